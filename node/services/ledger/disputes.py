"""Which incomes are disputed: by a member, or with the books that their outcome made so.

- A member's dispute changes no posting, so the books do not tell it.
- What rests on the outcome with which the books became disputed is folded, so that it can be
  compared, and told to nobody as decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.books import State
from federation.ledger.codec import parse_document
from federation.ledger.documents import Dispute, Document
from node.services.document_names import PROPOSALS, DocumentName
from node.services.ledger import reading
from node.storage import ledger_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.ledger.books import Books, Ruling
    from federation.records.refs import Ref
    from node.services.ledger.documents import Documents, Told
    from node.services.ledger.reading import AgreementRow
    from node.storage.transaction import Transaction

DISPUTES_LOOKED_AT: Final = 1000
"""The newest of an agreement, with those that say that a dispute is over."""
_TAKEN_BACK: Final = frozenset({State.PARTLY_REVERSED, State.REVERSED})


def rests_on_disputed(
    tx: Transaction, row: AgreementRow, books: Books, proposal: Ref, ruling: Ruling
) -> bool:
    """Say whether what became of a proposal is what the outcome that is disputed made of it."""
    if not books.disputed or books.last is None:
        return False
    if ruling.place == books.last:
        return True
    if ruling.state not in _TAKEN_BACK:
        return False
    entry = reading.entry_at(tx, row, books.last)  # by which a reversal changed it last
    return entry is not None and entry.income == proposal


def standing_disputes(said: Sequence[Told]) -> dict[str, str]:
    """Return who disputes an income, and why, by all that is said of it."""
    found: dict[str, str] = {}
    for one in (told.document for told in said):
        if isinstance(one.facts, Dispute):
            found[one.author] = parse_document(one.content).dispute.reason
            if one.facts.is_over:
                del found[one.author]
    return found


def disputed_incomes(
    tx: Transaction, row: AgreementRow, books: Books, documents: Documents
) -> list[str]:
    """Return the names of the incomes of an agreement that somebody disputes, newest first."""
    found = (documents.get(one) for one in disputes_of(tx, row, books, documents))
    return [
        str(DocumentName(one.author, PROPOSALS, one.subject))
        for one in found
        if isinstance(one, Document)
    ]


def disputes_of(
    tx: Transaction, row: AgreementRow, books: Books, documents: Documents
) -> dict[Ref, dict[str, str]]:
    """Return the incomes that somebody disputes, newest first, with who does and why."""
    places = ledger_lists.disputes_of(tx, row.key, DISPUTES_LOOKED_AT)
    disputes = [one.facts for one in documents.at_all(places)]
    incomes = list(dict.fromkeys(one.income for one in disputes if isinstance(one, Dispute)))
    said = reading.said_of_all(tx, incomes, documents, books)
    standing = {one: standing_disputes(said[one]) for one in incomes}
    return {one: dict(sorted(why.items())) for one, why in standing.items() if why}
