"""What the center decides on one proposal, by the books as they stand and what its signers said.

- A signer's rejection refuses. What is whole and cannot be booked is refused with the reason, which
  everybody finds alike; where the reason may pass, the proposal waits.
- What takes effect is taken into the books that are given: the next decision rests upon it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger import codec
from federation.ledger.agreement import Version
from federation.ledger.booking import book
from federation.ledger.documents import Acceptance, Document, Rejection, Termination
from federation.ledger.judging import activate, versions_that_sign, why_not
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.ledger.books import Books
    from federation.ledger.journal import Place

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
    signing = list(versions_that_sign(books, proposal))
    signers = {name for version in signing for name in version.signers}
    for one in said:
        if isinstance(one.facts, Rejection) and one.author in signers:
            return _refused(proposal, one.ref)
    accepted: dict[str, Ref] = {}
    for one in said:
        if isinstance(one.facts, Acceptance) and one.author in signers:
            accepted.setdefault(one.author, one.ref)
    if not signing or not all(version.is_signed_by(accepted) for version in signing):
        return None
    reason = why_not(books, proposal, place)
    if reason in _LATER:
        return None
    if reason:
        return _refused(proposal, None, reason)
    return _takes_effect(books, proposal, tuple(accepted.values()), place)


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
