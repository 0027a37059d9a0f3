"""Bounds: every sum that the books hold stays below 2^62, whatever many amounts add up to (L10).

- Amounts are below 2^62 each (`reading`); an entry whose postings would bring a sum there is
  refused, alike everywhere. So digests, columns and messages of 64 bits hold every figure.
- Sums are balances, net positions, totals of a scope, and what the open months moved on one side of
  an account: a statement may add up any number of them. A close begins these anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.ledger.books import LIFE
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused

if TYPE_CHECKING:
    from federation.ledger.books import Books, Counted, Effect, Posting


def check_sums(books: Books, effect: Effect) -> None:
    """Refuse (AMOUNT_OUT_OF_RANGE) what would bring a sum to 2^62; nothing is changed."""
    if effect.entry is not None and effect.entry.postings:
        _check_postings(books, effect.entry.postings)
    if effect.counted is not None:
        _check_totals(books, effect.counted)


def _check_postings(books: Books, postings: tuple[Posting, ...]) -> None:
    months = [month.moved for month in books.open_months.values()]
    moved: dict[str, int] = {}
    for account, fen in postings:
        party = account.party
        _check(books.balances.get(account, 0) + fen, party)
        side, turnover = fen < 0, abs(fen)
        for month in months:
            if account in month:
                turnover += month[account][side]
        _check(turnover, party)
        moved[party] = moved.get(party, 0) + fen
    for party, fen in moved.items():
        _check(books.net_fen(party) - fen, party)


def _check_totals(books: Books, counted: Counted) -> None:
    # The agreement's life is the sum of its years, and no year is below 0.
    total = books.total(LIFE)
    _check(total.base_fen + counted.base_fen, "")
    for party, fen in counted.received_fen.items():
        _check(total.received_fen.get(party, 0) + fen, party)


def _check(fen: int, party: str) -> None:
    if not -AMOUNT_MAX_FEN <= fen <= AMOUNT_MAX_FEN:
        raise Refused(
            "AMOUNT_OUT_OF_RANGE",
            "the books would hold a sum of 2^62 fen or more",
            field="amount_fen",
            party=party,
            value=str(fen),
        )
