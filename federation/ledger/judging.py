"""Judging the center's outcomes: the only way in which books change.

- An outcome is judged against the center's lower indices and the documents that it names, nothing
  else. It may name documents of the center's own log below itself, and of others what `covers`
  says: those below a quorum-cosigned checkpoint that the center's log carries lower (`coverage`).
- It is void, and changes nothing, if it is not by the agreement's center; if its header leaves out
  a member; if it names what it may not, or no document of this agreement; if its proposal was
  decided before; if the acceptances that it names are not all good or not enough; if it books what
  cannot be booked; if it refuses without a signer's rejection or a reason that is found here too.
  The proposal stays open, and the node alarms.
- A version is accepted by each member that keeps a party, beside its signers: nobody is booked
  against its will. The center's own consent is ACTIVATED. A termination is accepted by the signers
  of each version that it cuts.
- What this version of the rules does not know, in an outcome or a document that it names, stops the
  books as a dispute does: a newer one may count it, and two members must never tell two balances.
- The vector of BOOKED and the digest of CLOSED are compared. Where ours differ the books are
  *disputed* from there on: nothing more is folded, no balance is told.
- A document that may be named and has not come is waited for (`Waits`): that agreement stops there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Final, Protocol

from federation.ledger.activation import activate
from federation.ledger.agreement import Version
from federation.ledger.booking import book
from federation.ledger.books import Books, Effect, Ruling, State
from federation.ledger.closing import close
from federation.ledger.documents import (
    Acceptance,
    Document,
    Income,
    Outcome,
    OutcomeKind,
    Outcomes,
    Payment,
    Rejection,
    Reversal,
    Termination,
    Unknown,
)
from federation.ledger.journal import Place
from federation.ledger.reading import month_of
from federation.log.errors import Refused
from federation.records.refs import Ref, origin_of

__all__ = [
    "Held",
    "Missing",
    "Waits",
    "activate",
    "judge",
    "open_books",
    "place_of",
    "versions_that_sign",
    "why_foreign",
    "why_not",
]

_KINDS: Final = frozenset(OutcomeKind)
_NEWEST_KIND: Final = max(_KINDS)
# Plain numbers for the hot path.
_ACTIVATED, _REFUSED = OutcomeKind.ACTIVATED.value, OutcomeKind.REFUSED.value
_EXPIRED, _CLOSED = OutcomeKind.EXPIRED.value, OutcomeKind.CLOSED.value
_ACCEPTED: Final = (OutcomeKind.ACTIVATED, OutcomeKind.BOOKED)
_FORMERLY: Final = {"AGREEMENT_TERMINATED": ("OUTSIDE_AGREEMENT", "AMENDMENT_DOES_NOT_FIT")}
"""What centers said before a reason was told apart; what they have refused stays refused."""
_DECIDES: Final[dict[int, tuple[type, ...]]] = {
    OutcomeKind.ACTIVATED: (Version, Termination),
    OutcomeKind.BOOKED: (Income, Reversal, Payment),
    OutcomeKind.REFUSED: (Version, Termination, Income, Reversal, Payment),
    OutcomeKind.EXPIRED: (Version, Termination, Income, Reversal, Payment),
}


class Missing(Enum):
    """Why a document is not here."""

    NOT_YET = "NOT_YET"
    NOWHERE = "NOWHERE"
    """The logs prove that nothing readable stands there."""


class Held(Protocol):
    """What the judge may look at."""

    def document(self, ref: Ref) -> Document | Missing:
        """Return a document by its name."""

    def covers(self, ref: Ref, leaf_index: int) -> bool:
        """Say whether the center's log covers a place of another log below one of its own.

        Of a log that it succeeds it covers what counts.
        """


class Waits(Exception):  # noqa: N818 - nothing is wrong: it is on its way
    """Documents that may be named have not come yet."""

    def __init__(self, refs: frozenset[Ref]) -> None:
        super().__init__(f"{len(refs)} documents have not come yet")
        self.refs = refs


class _Void(Exception):  # noqa: N818 - an outcome of judging, not an error
    def __init__(self, void: str, why: str = "") -> None:
        super().__init__(void)
        self.void = void
        self.why = why


class _Stop(Exception):  # noqa: N818 - an outcome of judging, not an error
    """A newer program may know what this one does not."""


def open_books(first: Document) -> Books | None:
    """Return the empty books of an agreement; None if its first version is none."""
    facts = first.facts
    if not isinstance(facts, Version) or facts.first is not None:
        return None
    if not first.reaches(facts.members) or first.author not in facts.members:
        return None
    return Books(first.ref, facts.center, facts.members, {}, {})


def place_of(document: Document, number: int) -> Place:
    """Return the place of an outcome of a document."""
    origin = origin_of(document.ref.origin)
    return Place(origin.generation, document.ref.leaf_index, number)


def judge(books: Books, document: Document, number: int, held: Held) -> Effect:
    """Return what one outcome changes in the books; they stay as they are.

    `document` holds Outcomes that name this agreement, by whomever. Raises Waits.
    """
    facts = document.facts
    assert isinstance(facts, Outcomes)  # noqa: S101 - tells the checker
    outcome = facts.outcomes[number]
    place = place_of(document, number)
    try:
        return _Judge(books, document, outcome, place, held).effect()
    except _Void as void:
        return Effect(place, outcome.kind, outcome.proposal, void=void.void, why=void.why)
    except _Stop as stop:
        return Effect(place, outcome.kind, outcome.proposal, disputed=str(stop))


class _Judge:
    """Judges one outcome."""

    def __init__(
        self, books: Books, document: Document, outcome: Outcome, place: Place, held: Held
    ) -> None:
        self._books = books
        self._document = document
        self._outcome = outcome
        self._place = place
        self._held = held

    def effect(self) -> Effect:
        outcome = self._outcome
        kind = outcome.kind
        if self._document.author != self._books.center:
            raise _Void("NOT_THE_CENTER")
        if not self._document.reaches(self._books.members):
            raise _Void("NOT_ADDRESSED")
        if kind > _NEWEST_KIND:
            raise _Stop("UNKNOWN_OUTCOME")
        if kind not in _KINDS:
            raise _Void("UNKNOWN_OUTCOME")
        if (outcome.acceptances and kind not in _ACCEPTED) or (
            outcome.rejection is not None and kind != _REFUSED
        ):
            raise _Void("NAMES_TOO_MUCH")
        if kind == _CLOSED:
            return self._close()
        proposal = self._proposal()
        if kind == _EXPIRED:
            return self._ends(proposal.ref, State.EXPIRED, "")
        if kind == _REFUSED:
            return self._refuse(proposal)
        if kind == _ACTIVATED:
            effect = activate(self._books, proposal, self._place)
            self._check_accepted(proposal)
            return self._counted(effect)
        return self._book(proposal)

    def _counted(self, effect: Effect | Refused) -> Effect:
        if isinstance(effect, Refused):
            raise _Void("CANNOT_BE_BOOKED", effect.reason)
        return effect

    def _proposal(self) -> Document:
        outcome = self._outcome
        if outcome.proposal is None:
            raise _Void("NO_PROPOSAL")
        if outcome.proposal in self._books.rulings:
            raise _Void("ALREADY_DECIDED")
        named = (outcome.proposal, *outcome.acceptances)
        if outcome.rejection is not None:
            named += (outcome.rejection,)
        self._named = self._documents(named)
        proposal = self._named[outcome.proposal]
        if not isinstance(proposal.facts, _DECIDES[outcome.kind]):
            raise _Void("NOT_A_PROPOSAL")
        return proposal

    def _documents(self, refs: tuple[Ref, ...]) -> dict[Ref, Document]:
        """Return what is named. What the same document has named before is looked at once."""
        named = self._books.named_by(self._document.ref)
        new = [ref for ref in refs if ref not in named]
        if not all(map(self._may_name, new)):
            raise _Void("NOT_COVERED")
        found, waited = [], []
        for ref in new:
            document = self._held.document(ref)
            if document is Missing.NOT_YET:
                waited.append(ref)
            elif document is Missing.NOWHERE:
                raise _Void("NO_SUCH_DOCUMENT")
            else:
                assert isinstance(document, Document)  # noqa: S101 - tells the checker
                found.append(document)
        if waited:
            raise Waits(frozenset(waited))
        for document in found:
            self._check_belongs(document)
            named[document.ref] = document
        return named

    def _check_belongs(self, document: Document) -> None:
        if isinstance(document.facts, Unknown):
            raise _Stop("UNKNOWN_DOCUMENT")
        if foreign := why_foreign(self._books, document):
            raise _Void(foreign)

    def _may_name(self, ref: Ref) -> bool:
        own, there = origin_of(self._document.ref.origin), origin_of(ref.origin)
        if own.domain != there.domain:
            return False
        if own.member == there.member and there.generation >= own.generation:
            mine = (self._place.generation, self._place.leaf_index)
            return (there.generation, ref.leaf_index) < mine
        return self._held.covers(ref, self._place.leaf_index)

    def _check_accepted(self, proposal: Document) -> None:
        needed = versions_that_sign(self._books, proposal)
        signers = _signers(needed)
        authors = set()
        for ref in self._outcome.acceptances:
            document = self._named[ref]
            facts, author = document.facts, document.author
            if not isinstance(facts, Acceptance) or proposal.ref not in facts.proposals:
                raise _Void("NOT_AN_ACCEPTANCE")
            if author not in signers or author in authors:
                raise _Void("NOT_A_SIGNER")
            authors.add(author)
        if not needed or not all(version.is_signed_by(authors) for version in needed):
            raise _Void("NOT_ACCEPTED")

    def _book(self, proposal: Document) -> Effect:
        self._check_accepted(proposal)
        try:
            effect, vector = book(self._books, proposal, self._place)
        except Refused as refusal:
            raise _Void("CANNOT_BE_BOOKED", refusal.reason) from refusal
        if tuple(vector.items()) != self._outcome.vector:
            return effect._replace(disputed="VECTOR_DIFFERS")
        return effect

    def _refuse(self, proposal: Document) -> Effect:
        outcome = self._outcome
        if outcome.rejection is not None:
            document = self._named[outcome.rejection]
            facts = document.facts
            signers = _signers(versions_that_sign(self._books, proposal))
            if not isinstance(facts, Rejection) or facts.proposal != proposal.ref:
                raise _Void("NOT_A_REJECTION")
            if document.author not in signers:
                raise _Void("NOT_A_SIGNER")
            return self._ends(proposal.ref, State.REJECTED, "REJECTED")
        reason = why_not(self._books, proposal, self._place)
        said = outcome.refusal_reason
        if not reason or said not in {reason, *_FORMERLY.get(reason, ())}:
            raise _Void("REASON_NOT_FOUND", reason)
        return self._ends(proposal.ref, State.REJECTED, said)

    def _ends(self, proposal: Ref, state: State, reason: str) -> Effect:
        ruling = Ruling(state, self._place, reason)
        return Effect(self._place, self._outcome.kind, proposal, rulings={proposal: ruling})

    def _close(self) -> Effect:
        outcome, books = self._outcome, self._books
        try:
            period = month_of(outcome.period, "period")
        except Refused as refusal:
            raise _Void("NO_PERIOD") from refusal
        if not books.versions:
            raise _Void("NOT_ACTIVE")
        if period <= books.closed_through:
            raise _Void("ALREADY_CLOSED")
        statement = close(books, period)
        differs = statement.digest() != outcome.statement_digest
        return Effect(
            self._place,
            OutcomeKind.CLOSED,
            statement=statement,
            disputed="STATEMENT_DIFFERS" if differs else "",
        )


def _signers(versions: Sequence[Version]) -> frozenset[str]:
    if len(versions) == 1:  # as for every income
        return versions[0].signers
    return frozenset[str]().union(*[one.signers for one in versions])


def why_foreign(books: Books, document: Document) -> str:
    """Return why an outcome on these books may not name a document, "" if it may.

    Who decides asks as who judges does: what one foreign document is named in is void.
    """
    members = books.members
    if document.agreement != books.agreement:
        return "OTHER_AGREEMENT"
    if document.author not in members:
        return "NOT_A_MEMBER"
    return "" if document.reaches(members) else "NOT_ADDRESSED"


def versions_that_sign(books: Books, proposal: Document) -> list[Version]:
    """Return the versions whose signers have to accept a proposal."""
    facts = proposal.facts
    if isinstance(facts, Income):
        active = books.version(facts.version)
        return [] if active is None else [active.version]
    if isinstance(facts, Version):
        # Nobody owes under an agreement that it did not accept, whoever else signs.
        keepers = frozenset(one.member for one in facts.parties) - {facts.center}
        own = [facts, replace(facts, signers=keepers, signers_required=len(keepers))]
        return own if facts.first is None else own + _in_force(books)
    if isinstance(facts, Termination):
        cut = [one for one in books.versions if one.effective_to > facts.effective_to]
        return [one.version for one in cut or books.versions[-1:]]
    if isinstance(facts, Reversal):
        ruling = books.rulings.get(facts.income)
        active = books.version(ruling.booked.version) if ruling and ruling.booked else None
        if active is not None:
            return [active.version]
    return _in_force(books)


def _in_force(books: Books) -> list[Version]:
    return [one.version for one in books.in_force[-1:]]


def why_not(books: Books, proposal: Document, place: Place) -> str:
    """Return the reason for which a proposal cannot take effect now, "" if it can."""
    if isinstance(proposal.facts, Version | Termination):
        effect = activate(books, proposal, place)
        return effect.reason if isinstance(effect, Refused) else ""
    try:
        book(books, proposal, place)
    except Refused as refusal:
        return refusal.reason
    return ""
