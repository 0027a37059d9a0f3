"""Amendments and terminations that begin or end where something is booked or closed already.

They are allowed, and change nothing of that: what was booked stays under its version (P9), and a
statement is never another. Who proposes or accepts one may think otherwise, so it is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.agreement import Version
from federation.ledger.documents import Termination
from federation.ledger.journal import EntryKind
from federation.records.findings import Finding
from node.storage import ledger_journal

if TYPE_CHECKING:
    from federation.ledger.books import Books
    from federation.ledger.documents import Document
    from node.services.ledger.reading import AgreementRow
    from node.storage.transaction import Transaction

COUNTED_MAX: Final = 1000


def backdated(
    tx: Transaction, row: AgreementRow, books: Books, proposal: Document
) -> tuple[Finding, ...]:
    """Return what is booked of the days that an open amendment or termination changes."""
    facts = proposal.facts
    if isinstance(facts, Version) and facts.first is not None:
        field, day = "version.effective_from", facts.effective_from
    elif isinstance(facts, Termination):
        field, day = "termination.effective_to", facts.effective_to
    else:
        return ()
    found = []
    income = EntryKind.INCOME.value
    if count := ledger_journal.count_since(tx, row.position, income, day, COUNTED_MAX):
        found.append(_booked(field, day, count))
    if day[: len("2026-11")] <= books.closed_through:
        found.append(_closed(field, day, books.closed_through))
    return tuple(found)


def _booked(field: str, day: str, count: int) -> Finding:
    is_all = count < COUNTED_MAX
    zh, en = (f"{count} 笔", str(count)) if is_all else (f"至少 {count} 笔", f"{count} or more")
    return Finding(
        field,
        "E_INCOMES_BOOKED",
        day,
        f"已有 {zh}日期在 {day} 及以后的收入入账，仍按原版本计，不因此改变；不应计入的请先冲销",
        f"{en} of the incomes of {day} or later are booked, and stay under the version of then;"
        " reverse those that should not count",
    )


def _closed(field: str, day: str, closed_through: str) -> Finding:
    return Finding(
        field,
        "E_MONTH_CLOSED",
        day,
        f"{day} 所在月份已结账（已结至 {closed_through}），其对账单不变；请核对日期",
        f"the month of {day} is closed, as all through {closed_through}, and its statement stays as"
        " it is; compare the day",
    )
