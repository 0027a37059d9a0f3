"""Which booked incomes are disputed: a dispute changes no posting, so the books do not tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.codec import parse_document
from federation.ledger.documents import Dispute, Document
from node.services.document_names import PROPOSALS, DocumentName
from node.services.ledger import reading
from node.storage import ledger_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.ledger.books import Books
    from federation.records.refs import Ref
    from node.services.ledger.documents import Documents, Told
    from node.services.ledger.reading import AgreementRow
    from node.storage.transaction import Transaction

DISPUTES_LOOKED_AT: Final = 1000
"""The newest of an agreement, with those that say that a dispute is over."""


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
