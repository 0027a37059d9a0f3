"""Bounds: every sum that the books hold stays below 2^62, whatever many amounts add up to (L10).

- What an agreement's entries debit in all its life, and so what they credit, stays below 2^62; so
  do the bases that were counted, net of reversals. Balances, net positions, turnovers of any months
  and totals of any scope are parts of one of the two.
- Amounts are below 2^62 each (`reading`); an entry that would bring a sum there is refused, alike
  everywhere. So digests, columns and messages of 64 bits hold every figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.ledger.books import LIFE
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused

if TYPE_CHECKING:
    from federation.ledger.books import Books, Effect


def check_sums(books: Books, effect: Effect) -> None:
    """Refuse (AMOUNT_OUT_OF_RANGE) what would bring a sum to 2^62; nothing is changed."""
    if effect.entry is not None:
        _check(books.turnover_fen + effect.entry.debits_fen)
    if effect.counted is not None:
        _check(books.total(LIFE).base_fen + effect.counted.base_fen)


def _check(fen: int) -> None:
    if fen > AMOUNT_MAX_FEN:
        raise Refused(
            "AMOUNT_OUT_OF_RANGE",
            "the books would hold a sum of 2^62 fen or more",
            field="amount_fen",
            value=str(fen),
        )
