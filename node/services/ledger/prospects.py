"""What an open proposal would do if it were booked now, and whose acceptance it still needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.agreement import Version
from federation.ledger.booking import allocate_income, book
from federation.ledger.documents import Document, Income, Termination
from federation.ledger.journal import Place
from federation.ledger.judging import versions_that_sign, why_not
from federation.log.errors import Refused

if TYPE_CHECKING:
    from federation.ledger.books import Books
    from federation.ledger.decisions import Decision

_NOWHERE: Final = Place(1, 0, 0)


class Prospect(NamedTuple):
    """What a proposal would post now, and which rules say so; `reason` where it could not."""

    vector: Mapping[str, int]
    decisions: Sequence[Decision] = ()
    reason: str = ""
    value_date: str = ""
    """The day on which it would count, YYYY-MM-DD; "" for what posts nothing."""


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
