"""What the center decides on one proposal, by the books as they stand and what its signers said.

- The last word of a signer counts. A rejection refuses what too few are left to accept, or what its
  own author takes back; where k of n signers are enough, so they are whoever else rejects.
- As many acceptances are named as are required, and no more. Where that is more than one outcome
  holds nothing is decided: nobody could read it.
- What is whole and cannot be booked is refused with the reason, which
  everybody finds alike; where the reason may pass, the proposal waits.
- What takes effect is taken into the books that are given: the next decision rests upon it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger import codec
from federation.ledger.agreement import Version
from federation.ledger.booking import book
from federation.ledger.documents import (
    ACCEPTANCES_MAX,
    OUTCOMES_MAX,
    Acceptance,
    Document,
    Rejection,
    Termination,
)
from federation.ledger.judging import activate, versions_that_sign, why_not
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from federation.ledger.books import Books
    from federation.ledger.journal import Place

DOCUMENT_BYTES_MAX: Final = 240 * 1024
"""Of the outcomes in one document: a part holds 256 KiB, with its header."""
_FRAME_BYTES: Final = 8
"""More than tag and length of an outcome take."""
TTL_S: Final = 30 * 86_400
"""How long a proposal waits for its signers where its agreement does not say."""
_LATER: Final = frozenset({"AGREEMENT_NOT_ACTIVE", "INCOME_NOT_BOOKED"})
"""Reasons that may pass: such a proposal waits until it expires."""


class Decision(NamedTuple):
    """An outcome, and the places in other logs that it names."""

    outcome: codec.Outcome
    names: tuple[Ref, ...]


def decide(
    books: Books, proposal: Document, said: Sequence[Document], place: Place
) -> Decision | None:
    """Return what is decided on a proposal now; None while it waits.

    `said` are the acceptances and rejections that may be named, `place` is of the center's log.
    """
    signing = versions_that_sign(books, proposal)
    signers = {name for version in signing for name in version.signers}
    accepted: dict[str, Ref] = {}
    rejected: dict[str, Ref] = {}
    for one in said:
        if one.author not in signers:
            continue
        if isinstance(one.facts, Acceptance):
            accepted[one.author] = one.ref
            rejected.pop(one.author, None)
        elif isinstance(one.facts, Rejection):
            rejected[one.author] = one.ref
            accepted.pop(one.author, None)
    if rejected and _ends(signing, proposal, rejected):
        return _refused(proposal, rejected.get(proposal.author, next(iter(rejected.values()))))
    if not signing or not all(version.is_signed_by(accepted) for version in signing):
        return None
    named = _required(signing, accepted)
    reason = why_not(books, proposal, place)
    if reason in _LATER or len(named) > ACCEPTANCES_MAX:
        return None
    if reason:
        return _refused(proposal, None, reason)
    return _takes_effect(books, proposal, tuple(named), place)


def _required(signing: Sequence[Version], accepted: Mapping[str, Ref]) -> list[Ref]:
    """Return acceptances that are enough, none of which could be left out."""

    def counts(name: str) -> int:
        return sum(name in version.signers for version in signing)

    left = dict(accepted)
    for name in sorted(accepted, key=counts):  # who signs for more versions is kept
        others = left.keys() - {name}
        if all(version.is_signed_by(others) for version in signing):
            del left[name]
    return list(left.values())


def _ends(signing: Sequence[Version], proposal: Document, rejected: Collection[str]) -> bool:
    """Say whether rejections end a proposal: its author's, or so many that too few are left."""
    return proposal.author in rejected or not all(
        version.is_signed_by(version.signers.difference(rejected)) for version in signing
    )


def ttl_s(books: Books, proposal: Document) -> int:
    """Return for how many seconds a proposal waits for its signers."""
    version = next(iter(versions_that_sign(books, proposal)), None)
    return (version.countersign_ttl_s if version else 0) or TTL_S


def expired(proposal: Document) -> Decision:
    """Return that a proposal was neither accepted nor rejected in time."""
    outcome = codec.Outcome(
        kind=codec.OutcomeKind.OUTCOME_KIND_EXPIRED, proposal=said_ref(proposal.ref)
    )
    return Decision(outcome, (proposal.ref,))


def documents_of(decided: Sequence[Decision]) -> Iterator[list[codec.Outcome]]:
    """Yield the outcomes of decisions in their order, as many at a time as one document holds."""
    some: list[codec.Outcome] = []
    size_bytes = 0
    for one in decided:
        more_bytes = one.outcome.ByteSize() + _FRAME_BYTES
        if some and (len(some) == OUTCOMES_MAX or size_bytes + more_bytes > DOCUMENT_BYTES_MAX):
            yield some
            some, size_bytes = [], 0
        some.append(one.outcome)
        size_bytes += more_bytes
    if some:
        yield some


def _takes_effect(
    books: Books, proposal: Document, acceptances: tuple[Ref, ...], place: Place
) -> Decision:
    named = list(map(said_ref, acceptances))
    if isinstance(proposal.facts, Version | Termination):
        effect = activate(books, proposal, place)
        assert not isinstance(effect, Refused)  # noqa: S101 - why_not has said so
        books.take(effect)
        outcome = codec.Outcome(
            kind=codec.OutcomeKind.OUTCOME_KIND_ACTIVATED,
            proposal=said_ref(proposal.ref),
            acceptances=named,
        )
    else:
        effect, vector = book(books, proposal, place)
        books.take(effect)
        outcome = codec.Outcome(
            kind=codec.OutcomeKind.OUTCOME_KIND_BOOKED,
            proposal=said_ref(proposal.ref),
            acceptances=named,
            vector=[codec.VectorLine(party=name, amount_fen=fen) for name, fen in vector.items()],
        )
    return Decision(outcome, (proposal.ref, *acceptances))


def _refused(proposal: Document, rejection: Ref | None, reason: str = "") -> Decision:
    outcome = codec.Outcome(
        kind=codec.OutcomeKind.OUTCOME_KIND_REFUSED,
        proposal=said_ref(proposal.ref),
        refusal_reason=reason,
    )
    if rejection is None:
        return Decision(outcome, (proposal.ref,))
    outcome.rejection.CopyFrom(said_ref(rejection))
    return Decision(outcome, (proposal.ref, rejection))
