"""The ledger as tables for spreadsheet programs, and as CSV.

- A cell is a text, a day, a whole number or `Fen`; each format writes them as it can.
- Amounts are in yuan; the journal has them in whole fen besides, for programs.
- A text that a spreadsheet would compute begins with an apostrophe: texts come from other members.
- CSV is UTF-8 with a byte-order mark, without which Excel reads Chinese as something else.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final

from node.exporting.book import LedgerBook, NarratedEntry, last_day_of
from node.exporting.names import one_line, yuan
from node.formulas import csv_safe
from node.services.ledger.words import ACCOUNTS, ENTRIES, INCOMES, called


@dataclass(frozen=True, slots=True)
class Fen:
    """An amount."""

    fen: int


Cell = str | date | int | Fen
"""What stands in one place of a table."""

BOM: Final = "\ufeff"
JOURNAL_HEADINGS: Final = (
    "计入日期 Value date",
    "业务日期 Own date",
    "裁定位置 Outcome",
    "类型 Kind",
    "合同 Contract",
    "期次 Instalment",
    "收入类型 Income kind",
    "事由 Reason",
    "科目 Account",
    "当事方 Party",
    "名称 Name",
    "借方（元） Debit, yuan",
    "贷方（元） Credit, yuan",
    "金额（分，借正贷负） Amount, fen, debit above 0",
    "文件日志 Proposal origin",
    "文件序号 Proposal leaf index",
    "文件哈希 Proposal leaf hash",
    "付款 Payment",
    "凭证摘要 Evidence, SHA-256",
)
STATEMENT_HEADINGS: Final = (
    "期间 Period",
    "截止日 Last day",
    "科目 Account",
    "当事方 Party",
    "名称 Name",
    "期初（元，借正贷负） Opening, yuan, debit above 0",
    "借方（元） Debit, yuan",
    "贷方（元） Credit, yuan",
    "期末（元，借正贷负） Closing, yuan, debit above 0",
    "当事方净额（元，正为应收） Net position of the party, yuan, above 0: is owed",
    "对账单摘要 Statement digest",
)


def journal_rows(book: LedgerBook) -> Iterator[tuple[Cell, ...]]:
    """Yield one row a posting, under JOURNAL_HEADINGS."""
    for narrated in book.narrated():
        head, tail = _entry_cells(narrated)
        for account, fen in narrated.entry.postings:
            if fen:
                yield (
                    *head,
                    str(ACCOUNTS[account.kind]),
                    account.party,
                    book.display_name(account.party),
                    Fen(max(fen, 0)),
                    Fen(max(-fen, 0)),
                    fen,
                    *tail,
                )


def statement_rows(book: LedgerBook) -> Iterator[tuple[Cell, ...]]:
    """Yield one row an account of each statement, under STATEMENT_HEADINGS."""
    for statement in book.statements:
        nets = statement.net_fen()
        last_day = date.fromisoformat(last_day_of(statement.period))
        for line in statement.lines:
            yield (
                statement.period,
                last_day,
                str(ACCOUNTS[line.account.kind]),
                line.account.party,
                book.display_name(line.account.party),
                Fen(line.opening_fen),
                Fen(line.debit_fen),
                Fen(line.credit_fen),
                Fen(line.closing_fen),
                Fen(nets[line.account.party]),
                statement.digest().hex(),
            )


def csv_text(headings: tuple[str, ...], rows: Iterator[tuple[Cell, ...]]) -> Iterator[str]:
    """Yield a table as CSV in pieces of whole lines, to be written as UTF-8."""
    yield BOM
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([csv_cell(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def safe_text(text: str) -> str:
    """Return a text in one line that no spreadsheet computes."""
    return csv_safe(one_line(text))


def csv_cell(cell: Cell) -> str:
    """Return a cell as CSV has it."""
    if isinstance(cell, Fen):
        return yuan(cell.fen)
    if isinstance(cell, date):
        return cell.isoformat()
    return safe_text(cell) if isinstance(cell, str) else str(cell)


def _entry_cells(narrated: NarratedEntry) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """Return the cells of an entry that stand before and behind those of a posting."""
    entry = narrated.entry
    kind = narrated.income_kind
    head = (
        date.fromisoformat(entry.value_date),
        date.fromisoformat(entry.own_date),
        str(entry.place),
        str(called(ENTRIES, entry.kind.value)),
        narrated.contract,
        narrated.instalment,
        str(called(INCOMES, kind)) if kind else "",
        narrated.reason,
    )
    proposal = entry.proposal
    paid = " → ".join(narrated.payment or ())
    tail = (proposal.origin, proposal.leaf_index, proposal.leaf_hash.hex(), paid)
    return head, (*tail, narrated.evidence)
