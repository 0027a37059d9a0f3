"""Closing a period of the books: its statement, made from what is posted and not closed yet.

Rules (L9, S4): it opens with the balances that the statement before it closed with, and what was
posted since then in months up to its own moves them. It changes nothing: the center's outcome does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.ledger.statement import Line, Statement

if TYPE_CHECKING:
    from federation.ledger.books import Books
    from federation.ledger.journal import Account


def close(books: Books, period: str) -> Statement:
    """Return the statement of a period that ends after the last one that was closed."""
    before = books.last_statement
    opening = {line.account: line.closing_fen for line in before.lines} if before else {}
    moved: dict[Account, list[int]] = {}
    months = []
    for month in sorted(one for one in books.open_months if one <= period):
        posted = books.open_months[month]
        months.append((month, posted.entries.size, posted.entries.root()))
        for account, (debit, credit) in posted.moved.items():
            total = moved.setdefault(account, [0, 0])
            total[0] += debit
            total[1] += credit
    lines = [
        Line(account, opening.get(account, 0), *moved.get(account, (0, 0)))
        for account in sorted(opening.keys() | moved.keys(), key=str)
    ]
    return Statement(
        agreement=books.agreement,
        period=period,
        after=books.closed_through,
        previous_digest=before.digest() if before else b"",
        months=tuple(months),
        lines=tuple(
            line for line in lines if line.opening_fen or line.debit_fen or line.credit_fen
        ),
    )
