"""The ledger as an XLSX workbook: journal, statements and what they are of, a sheet each.

- Texts are written as texts, never as formulas or links.
- A number of up to 15 digits is a number; a longer one is text, since spreadsheets hold no more
  digits and would show another.
- What one sheet cannot hold goes on in another.
- The same book gives the same bytes: the day it was made is the last day of the book.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Final

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from node.exporting.book import LedgerBook
from node.exporting.names import ref_text
from node.exporting.tables import (
    JOURNAL_HEADINGS,
    STATEMENT_HEADINGS,
    Cell,
    Fen,
    csv_cell,
    journal_rows,
    safe_text,
    statement_rows,
)

EXACT: Final = 10**15
ROWS_MAX: Final = 1_048_576
_WIDTH: Final = 18
_A4: Final = 9


def workbook(book: LedgerBook, rows_max: int = ROWS_MAX) -> bytes:
    """Return the workbook; a sheet has at most `rows_max` rows, its headings among them."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as made:
        made.set_properties(
            {"title": safe_text(book.title), "created": datetime.fromisoformat(_made_on(book))}
        )
        writer = _Writer(made, rows_max)
        writer.fill("分录 Journal", JOURNAL_HEADINGS, journal_rows(book))
        writer.fill("对账单 Statements", STATEMENT_HEADINGS, statement_rows(book))
        writer.fill("说明 About", ("项目 Item", "内容 Value"), _about(book))
    return buffer.getvalue()


class _Writer:
    """Fills sheets of a workbook with tables."""

    def __init__(self, made: Workbook, rows_max: int) -> None:
        self._made = made
        self._rows_max = rows_max
        self._heading = made.add_format({"bold": True, "text_wrap": True})
        self._day = made.add_format({"num_format": "yyyy-mm-dd"})
        self._amount = made.add_format({"num_format": "#,##0.00"})

    def fill(self, name: str, headings: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> None:
        """Write a table in a sheet of that name, and in more where it is longer."""
        sheet = self._sheet(name, headings)
        sheets, number = 1, 0
        for row in rows:
            number += 1
            if number == self._rows_max:
                sheets, number = sheets + 1, 1
                sheet = self._sheet(f"{name} {sheets}", headings)
            for column, cell in enumerate(row):
                self._write(sheet, number, column, cell)

    def _sheet(self, name: str, headings: tuple[str, ...]) -> Worksheet:
        """Add a sheet that prints on A4 and whose headings stay in sight."""
        sheet = self._made.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, _WIDTH)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, self._heading)
        return sheet

    def _write(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        match cell:
            case Fen(fen) if abs(fen) < EXACT:
                sheet.write_number(row, column, Decimal(fen).scaleb(-2), self._amount)
            case int() if abs(cell) < EXACT:
                sheet.write_number(row, column, cell)
            case date():
                sheet.write_datetime(row, column, cell, self._day)
            case str():
                sheet.write_string(row, column, safe_text(cell))
            case _:
                sheet.write_string(row, column, csv_cell(cell))


def _made_on(book: LedgerBook) -> str:
    return book.last_day() or "1970-01-01"


def _about(book: LedgerBook) -> Iterable[tuple[Cell, ...]]:
    yield "协议名称 Title", book.title
    yield "协议 Agreement", ref_text(book.agreement)
    yield "中心 Center", book.center
    yield "中心日志确认大小 Confirmed size of the center's log", str(book.center_size)
    yield "账本状态摘要 State digest", book.state_digest.hex()
    for statement in book.statements:
        yield f"对账单摘要 Statement digest {statement.period}", statement.digest().hex()
