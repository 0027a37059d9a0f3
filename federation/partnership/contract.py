"""The fold of one contract: its state from the documents of its sides' logs.

- A contract is named by its first version; the ledger names it by that reference. Its sides and the
  center, the quoted enquiries too, are fixed there.
- A document counts only if its header, with its author, names both sides' members and the center:
  so all three hold the same documents. Enquiries do not name the center, so nothing here reads one.
- The member that wrote the first version, one of the two sides, amends and cancels, as an origin
  does with its records: its log alone orders the versions. An amendment names the version in force.
  Cancellation is final.
- The other side confirms a version with a ContractConfirmation. CONTRACTED on the enquiry
  says there that a contract was made; the center cannot read that, and it is said only once.
- The seller's member registers: its log alone orders the registration, one only
  (`terms.REGISTRATION_MOVES`). What it registers is a version that stands. The number is that of
  REGISTERED; what other states say of one is not heard.
- Where one member stands for both sides it does all of this, and its versions need no confirmation.
- A document waits for those that it names and that are not here; so does a later one of the same
  kind and author, whose turn is not known yet.

No rule compares places in two logs, so nothing depends on the order of arrival, and what stands
falls only with the log that it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from federation.partnership.documents import Document, Facts, Standing, Unknown, Unreadable, Void
from federation.partnership.terms import (
    REGISTRATION_MOVES,
    Cancellation,
    Confirmation,
    Registering,
    Registration,
    Terms,
)
from federation.records.refs import Ref, origin_of

_REGISTRATIONS: Final = frozenset(Registration)


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract, as far as its documents are here."""

    first: Ref
    author: str
    """The member that wrote the first version."""
    terms: Terms | None
    """What the version in force says; None while the first is void or not here."""
    versions: tuple[Document, ...]
    """The valid versions, first to last."""
    confirmed: frozenset[Ref]
    """The versions that the other side confirmed."""
    registration: Registration
    register_number: str
    registered: Ref | None
    """The version that the last registration document names."""
    cancellation: Document | None
    standings: tuple[Standing, ...]
    may_write: dict[str, tuple[str, ...]]
    """Member → the documents that it may add."""
    waits_for: tuple[Ref, ...]

    @property
    def current(self) -> Document | None:
        """The version in force, or the last one before it was cancelled."""
        return self.versions[-1] if self.versions else None

    @property
    def is_confirmed(self) -> bool:
        """Whether both sides stand behind the current version."""
        return self.current is not None and self.current.ref in self.confirmed

    def standing(self, ref: Ref) -> Standing | None:
        """Return what became of a document; None if it is not here."""
        return next((one for one in self.standings if one.document.ref == ref), None)


def contracts_in(documents: Iterable[Document]) -> tuple[Ref, ...]:
    """Return the first versions among documents, ascending: each names a contract."""
    firsts = {
        document.ref
        for document in documents
        if isinstance(document.facts, Terms) and document.facts.previous is None
    }
    return tuple(sorted(firsts))


def fold_contract(
    first: Ref, documents: Iterable[Document], absent: frozenset[Ref] = frozenset()
) -> Contract:
    """Return the state of a contract.

    `documents` are those that are here of its subject, in any order; `absent` is as for
    `fold_enquiry`.
    """
    return _Fold(first, documents, absent).result()


def _named(facts: Facts) -> Ref | None:
    if isinstance(facts, Terms):
        return facts.previous
    if isinstance(facts, Confirmation | Registering | Cancellation):
        return facts.contract
    return None


class _Fold:
    """One run of the fold."""

    def __init__(self, first: Ref, documents: Iterable[Document], absent: frozenset[Ref]) -> None:
        self._first = first
        self._absent = absent
        self._all = sorted({one.ref: one for one in documents}.values(), key=lambda one: one.place)
        self._by_ref = {one.ref: one for one in self._all}
        self._places = {ref[:2] for ref in self._by_ref}
        self._standings: dict[Ref, Standing] = {}
        self._versions: list[Document] = []
        self._valid: set[Ref] = set()
        self._confirmed: set[Ref] = set()
        self._registration = Registration.NOT_APPLIED
        self._register_number = ""
        self._registered: Ref | None = None
        self._cancellation: Document | None = None
        self._waiting: dict[type[Facts], frozenset[Ref]] = {
            Terms: frozenset(),  # versions and cancellation have one order
            Registering: frozenset(),
        }

    def result(self) -> Contract:
        head = self._by_ref.get(self._first)
        terms = head.facts if head is not None and isinstance(head.facts, Terms) else None
        self._subject = head.subject if head else b""
        mine = [one for one in self._all if one.author == self._first.member]
        others = [one for one in self._all if one.author != self._first.member]
        for document in (*mine, *others):  # versions first: what is said of them follows
            if isinstance(document.facts, Terms | Cancellation):
                self._standings[document.ref] = self._judge(document, terms)
        for document in self._all:
            if document.ref not in self._standings:
                self._standings[document.ref] = self._judge(document, terms)
        return self._contract()

    def _contract(self) -> Contract:
        standings = tuple(self._standings[document.ref] for document in self._all)
        waits_for = {ref for standing in standings for ref in standing.waits_for}
        if self._first not in self._by_ref and self._first not in self._absent:
            waits_for.add(self._first)
        current = self._versions[-1].facts if self._versions else None
        terms = current if isinstance(current, Terms) else None
        confirmed = self._confirmed
        if terms and terms.buyer == terms.seller:
            confirmed = self._valid
        return Contract(
            self._first,
            self._first.member,
            terms,
            tuple(self._versions),
            frozenset(confirmed),
            self._registration,
            self._register_number,
            self._registered,
            self._cancellation,
            standings,
            self._may_write(terms),
            tuple(sorted(waits_for)),
        )

    def _judge(self, document: Document, terms: Terms | None) -> Standing:  # noqa: PLR0911 - one a rule
        facts = document.facts
        if isinstance(facts, Unreadable):
            return Standing(document, Void.UNREADABLE)
        if isinstance(facts, Unknown):
            return Standing(document, Void.UNKNOWN)
        if terms is None:
            if self._first in self._by_ref or self._first in self._absent:
                return Standing(document, Void.NO_SUCH_DOCUMENT)
            return Standing(document, None, frozenset((self._first,)))
        if document.subject != self._subject:
            return Standing(document, Void.OTHER_SUBJECT)
        if document.author not in (terms.buyer, terms.seller):
            return Standing(document, Void.NOT_A_PARTY)
        if not document.reaches(terms.members):
            return Standing(document, Void.NOT_ADDRESSED)
        if document.ref == self._first and isinstance(facts, Terms):
            return self._judge_first(document, facts)
        named = _named(facts)
        if named is None:  # another contract's first version, or a step of an enquiry
            return Standing(document, Void.OTHER_SUBJECT)
        return self._judge_next(document, named, terms)

    def _judge_first(self, document: Document, facts: Terms) -> Standing:
        if facts.previous is not None:
            return Standing(document, Void.NOT_ALLOWED_HERE)
        self._versions.append(document)
        self._valid.add(document.ref)
        return Standing(document)

    def _judge_next(self, document: Document, named: Ref, terms: Terms) -> Standing:
        """Judge a document that names a version."""
        facts = document.facts
        if not self._may_say(document, terms):
            return Standing(document, Void.NOT_ALLOWED_HERE)
        turn = Registering if isinstance(facts, Registering) else Terms
        before = frozenset() if isinstance(facts, Confirmation) else self._waiting[turn]
        waits_for = before
        version = self._by_ref.get(named)
        if version is None:
            if self._is_nowhere(named, document):
                return Standing(document, Void.NO_SUCH_DOCUMENT)
            waits_for |= {named}
        elif not isinstance(version.facts, Terms) or version.author != self._first.member:
            return Standing(document, Void.NO_SUCH_DOCUMENT)
        elif named not in self._valid:
            standing = self._standings.get(named)
            if standing is None or standing.void:
                return Standing(document, Void.ANSWERS_VOID)
            waits_for |= standing.waits_for
        if not waits_for:
            return Standing(document, self._take(document, named))
        if not isinstance(facts, Confirmation):
            self._waiting[turn] = before or waits_for
        return Standing(document, None, waits_for)

    def _may_say(self, document: Document, terms: Terms) -> bool:
        facts = document.facts
        if isinstance(facts, Registering):
            return document.author == terms.seller
        is_author = document.author == self._first.member
        return not is_author if isinstance(facts, Confirmation) else is_author

    def _is_nowhere(self, named: Ref, by: Document) -> bool:
        """Say whether a reference to what is not here names nothing that could be a version."""
        if named in self._absent or named[:2] in self._places:
            return True
        origin, own = origin_of(named.origin), origin_of(by.ref.origin)
        first = origin_of(self._first.origin)
        if (origin.domain, origin.member) != (first.domain, first.member):
            return True
        place = (origin.member, origin.generation, named.leaf_index)
        return origin.member == own.member and place >= by.place

    def _take(self, document: Document, named: Ref) -> Void | None:  # noqa: PLR0911 - one a rule
        """Let a document that may be said there take effect, or return why it may not now."""
        facts = document.facts
        if isinstance(facts, Confirmation):
            if named in self._confirmed:
                return Void.ALREADY_ANSWERED
            self._confirmed.add(named)
            return None
        if isinstance(facts, Registering):
            return self._register(facts, named)
        if self._cancellation or named != self._versions[-1].ref:
            return Void.ALREADY_ANSWERED
        if isinstance(facts, Cancellation):
            self._cancellation = document
            return None
        first = self._versions[0].facts
        if not (
            isinstance(facts, Terms) and isinstance(first, Terms) and facts.fixed == first.fixed
        ):
            return Void.NOT_ALLOWED_HERE
        self._versions.append(document)
        self._valid.add(document.ref)
        return None

    def _register(self, facts: Registering, named: Ref) -> Void | None:
        if facts.state not in _REGISTRATIONS:
            return Void.UNKNOWN
        if facts.state not in REGISTRATION_MOVES[self._registration]:
            return Void.NOT_ALLOWED_HERE
        self._registration = Registration(facts.state)
        if facts.state == Registration.REGISTERED:  # only there was its form judged
            self._register_number = facts.register_number
        self._registered = named
        return None

    def _may_write(self, terms: Terms | None) -> dict[str, tuple[str, ...]]:
        if terms is None:
            return {}
        found: dict[str, list[str]] = {terms.buyer: [], terms.seller: []}
        if not self._cancellation:
            found[self._first.member] += ["contract", "cancellation"]
        other = terms.seller if self._first.member == terms.buyer else terms.buyer
        if self._versions[-1].ref not in self._confirmed and other != self._first.member:
            found[other].append("confirmation")
        if REGISTRATION_MOVES[self._registration]:
            found[terms.seller].append("registration")
        return {member: tuple(kinds) for member, kinds in sorted(found.items()) if kinds}
