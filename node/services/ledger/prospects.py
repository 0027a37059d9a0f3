"""What a proposal has posted, or would post now; who has answered it, and who has yet to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.agreement import Version
from federation.ledger.booking import allocate_income, book, explain
from federation.ledger.books import State
from federation.ledger.codec import parse_document
from federation.ledger.documents import (
    Acceptance,
    Document,
    Income,
    Outcomes,
    Payment,
    Rejection,
    Reversal,
    Termination,
)
from federation.ledger.journal import Place
from federation.ledger.judging import activate, versions_that_sign, why_not
from federation.log.errors import Refused
from federation.log.subject import parse_origin
from node.services.ledger import outcomes

if TYPE_CHECKING:
    from federation.ledger.books import Books, Effect, Ruling
    from federation.ledger.decisions import Decision
    from node.services.ledger.documents import Told
    from node.services.ledger.reading import AgreementRow
    from node.storage.transaction import Transaction

_NOWHERE: Final = Place(1, 0, 0)
_PART_OF: Final = {
    Version: "agreement",
    Termination: "termination",
    Income: "income",
    Reversal: "reversal",
    Payment: "payment",
}
"""Where the fields of a proposal stand in the call that makes it."""
_BESIDE_IT: Final = frozenset({"agreement", "income"})
"""What the call names beside it."""


class Prospect(NamedTuple):
    """What a proposal posts, and which rules say so; `reason` where it does not or could not."""

    vector: Mapping[str, int]
    decisions: Sequence[Decision] = ()
    reason: str = ""
    value_date: str = ""
    """The day on which it would count, YYYY-MM-DD; "" for what posts nothing."""


def effect_of(books: Books, candidate: Document) -> Effect:
    """Return what a proposal would change in the books as they stand, or refuse it.

    The books know nothing of calls: a field that they name is told as one of the call.
    """
    try:
        return _effect(books, candidate)
    except Refused as refusal:
        field, part = refusal.metadata.get("field", ""), _PART_OF.get(type(candidate.facts))
        if field and part and "." not in field and field not in _BESIDE_IT:
            refusal.metadata["field"] = f"{part}.{field}"
        raise


def _effect(books: Books, candidate: Document) -> Effect:
    place = Place(parse_origin(candidate.ref.origin).generation, candidate.ref.leaf_index, 0)
    if isinstance(candidate.facts, Version | Termination):
        effect = activate(books, candidate, place)
        if isinstance(effect, Refused):
            raise effect
        return effect
    return book(books, candidate, place)[0]


def prospect(books: Books, document: Document) -> Prospect:
    """Return what a proposal would do as the books stand."""
    if isinstance(document.facts, Version | Termination):
        return Prospect({}, reason=why_not(books, document, _NOWHERE))
    try:
        effect, vector = book(books, document, _NOWHERE)
    except Refused as refusal:
        return Prospect({}, reason=refusal.reason)
    decisions: Sequence[Decision] = ()
    if isinstance(document.facts, Income):
        decisions = allocate_income(books, document.facts)[1].decisions
    value_date = effect.entry.value_date if effect.entry else ""
    return Prospect(vector, decisions, value_date=value_date)


def as_decided(
    tx: Transaction, row: AgreementRow, books: Books, document: Document, ruling: Ruling
) -> Prospect:
    """Return what a proposal posted when the center decided it."""
    booked, facts = ruling.booked, document.facts
    vector = booked.shares if booked else _said_vector(tx, row, ruling)
    decisions: Sequence[Decision] = ()
    if booked is not None and isinstance(facts, Income):
        decisions = explain(books, facts, booked)
    return Prospect(vector, decisions, ruling.reason)


def _said_vector(tx: Transaction, row: AgreementRow, ruling: Ruling) -> Mapping[str, int]:
    """Return the vector of an outcome that posts and is no income: what was booked is the same."""
    if ruling.state is not State.FINAL:
        return {}
    told = outcomes.outcome_document(tx, row, ruling.place)
    facts = told.document.facts if told else None
    if not isinstance(facts, Outcomes):
        return {}
    return dict(facts.outcomes[ruling.place.number].vector)


def answers(said: Sequence[Told]) -> tuple[set[str], list[tuple[str, str]]]:
    """Return who has accepted a proposal, and who has rejected it and why."""
    accepted: set[str] = set()
    rejections: list[tuple[str, str]] = []
    for one in (told.document for told in said):
        if isinstance(one.facts, Acceptance):
            accepted.add(one.author)
        elif isinstance(one.facts, Rejection):
            accepted.discard(one.author)
            rejections.append((one.author, parse_document(one.content).rejection.reason))
    return accepted, rejections


def waits_for(books: Books, document: Document, accepted: set[str]) -> list[str]:
    """Return the members whose acceptance is still needed; with k of n, those that may give it."""
    return sorted(
        {
            name
            for version in versions_that_sign(books, document)
            if not version.is_signed_by(accepted)
            for name in version.signers - accepted
        }
    )
