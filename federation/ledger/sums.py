"""Bounds: every sum that the books hold stays below 2^62, whatever many amounts add up to (L10).

- The shared amounts of all incomes that an agreement ever books stay below 2^60, and what is taken
  back is at most that once more. Payments stay below 2^61: as much as both together make owed. So
  all debits together, and with them balances, net positions and turnovers, stay below 2^62. No
  income is booked that could not be taken back or paid; who pays to and fro without end is stopped.
- The bases that were counted, net of reversals, stay below 2^62; totals of a scope are parts of it.
- An income that would bring a sum there is refused, alike everywhere. So digests, columns and
  messages of 64 bits hold every figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.books import LIFE
from federation.ledger.journal import EntryKind
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused

if TYPE_CHECKING:
    from federation.ledger.books import Books, Effect

INCOMES_MAX_FEN: Final = (1 << 60) - 1
PAYMENTS_MAX_FEN: Final = (1 << 61) - 1


def check_sums(books: Books, effect: Effect) -> None:
    """Refuse (AMOUNT_OUT_OF_RANGE) what would bring a sum to 2^62; nothing is changed."""
    entry, counted = effect.entry, effect.counted
    if entry is None:
        return
    if entry.kind is EntryKind.PAYMENT:
        _check(books.paid_fen + entry.debits_fen, PAYMENTS_MAX_FEN, "payments")
    elif entry.kind is EntryKind.INCOME and counted is not None:
        shared_fen = sum(counted.received_fen.values())
        check_totals(books.income_fen + shared_fen, books.total(LIFE).base_fen + counted.base_fen)


def check_totals(income_fen: int, base_fen: int) -> None:
    """Refuse (AMOUNT_OUT_OF_RANGE) what all incomes and all bases of an agreement add up to."""
    _check(income_fen, INCOMES_MAX_FEN, "incomes")
    _check(base_fen, AMOUNT_MAX_FEN, "incomes")


def _check(fen: int, most: int, what: str) -> None:
    if fen > most:
        raise Refused(
            "AMOUNT_OUT_OF_RANGE",
            f"the {what} of the agreement add up to more than its books can hold",
            field="gross_fen" if what == "incomes" else "amount_fen",
            value=str(fen),
        )
