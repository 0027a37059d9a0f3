"""CSV and XLSX: every amount as it is, and nothing that a spreadsheet would compute."""

from __future__ import annotations

import csv
from datetime import datetime
from io import BytesIO, StringIO

import openpyxl  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
from hypothesis import given, settings

from federation.ledger.journal import AccountKind, EntryKind
from federation.ledger.terms import AMOUNT_MAX_FEN
from node.exporting.beancount import beancount
from node.exporting.book import LedgerBook
from node.exporting.journal import journal
from node.exporting.statement_page import statement_page
from node.exporting.tables import (
    BOM,
    JOURNAL_HEADINGS,
    STATEMENT_HEADINGS,
    csv_text,
    journal_rows,
    safe_text,
    statement_rows,
)
from node.exporting.workbook import workbook
from tests.laws import examples
from tests.node.exporting.books import EVIDENCE, Booked, book_of, books, story, without_zeros

DEBIT, CREDIT, FEN = 11, 12, 13
COMPUTED = tuple("=+-@＝＋－＠")


def parsed(text: str) -> list[list[str]]:
    assert text.startswith(BOM)
    return list(csv.reader(StringIO(text.removeprefix(BOM), newline="")))


def sheets(raw: bytes) -> dict[str, list[tuple[object, ...]]]:
    opened = openpyxl.load_workbook(BytesIO(raw))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in opened.worksheets}


def to_fen(yuan: str) -> int:
    whole, below = yuan.split(".")
    return int(whole) * 100 + int(below)


@settings(max_examples=examples(15), deadline=None)
@given(book=books())
def test_the_csv_of_any_book_holds_its_postings_and_computes_nothing(book: LedgerBook) -> None:
    headings, *rows = parsed("".join(csv_text(JOURNAL_HEADINGS, journal_rows(book))))
    postings = [one for entry in book.narrated() for one in without_zeros(entry.entry)]
    assert tuple(headings) == JOURNAL_HEADINGS
    assert [int(row[FEN]) for row in rows] == [one.amount_fen for one in postings]
    for row in rows:
        assert to_fen(row[DEBIT]) - to_fen(row[CREDIT]) == int(row[FEN])
        texts = [cell for column, cell in enumerate(row) if column != FEN]
        assert not [cell for cell in texts if cell.startswith(COMPUTED)]


def test_a_payment_says_who_paid_whom_by_which_evidence_in_every_form() -> None:
    book = story()
    _, *rows = parsed("".join(csv_text(JOURNAL_HEADINGS, journal_rows(book))))
    paid = [row for row in rows if row[3] == "付款 Payment"]
    assert [row[-2:] for row in paid] == [["AH → JS-2", EVIDENCE]] * 2
    assert [row[-2:] for row in rows if row not in paid] == [["", ""]] * (len(rows) - 2)
    assert '"付款 Payment" "AH 付给 JS-2"\n' in "".join(beancount(book))
    assert f'  evidence: "{EVIDENCE}"\n' in "".join(beancount(book))
    assert "付款 Payment AH 付给 JS-2\n" in "".join(journal(book))
    assert f"    ; evidence: {EVIDENCE}\n" in "".join(journal(book))
    page = statement_page(book, book.statements[0])
    assert "付款 Payment · AH 付给 JS-2" in page
    assert f"凭证 Evidence {EVIDENCE}" in page


def test_the_csv_of_the_statements_has_their_lines() -> None:
    book = story()
    _, *rows = parsed("".join(csv_text(STATEMENT_HEADINGS, statement_rows(book))))
    assert [row[:2] + row[3:4] + row[5:9] for row in rows[:4]] == [
        ["2026-10", "2026-10-31", "AH", "0.00", "1000.01", "300.00", "700.01"],
        ["2026-10", "2026-10-31", "AH", "0.00", "0.00", "500.01", "-500.01"],
        ["2026-10", "2026-10-31", "JS-2", "0.00", "300.00", "300.00", "0.00"],
        ["2026-10", "2026-10-31", "netc", "0.00", "0.00", "200.00", "-200.00"],
    ]
    assert STATEMENT_HEADINGS[9].startswith("当事方净额")
    nets = {row[3]: row[9] for row in rows if row[0] == "2026-10"}
    assert nets == {"AH": "-200.00", "JS-2": "0.00", "netc": "200.00"}
    sheet = sheets(workbook(book))["对账单 Statements"]
    assert [row[9] for row in sheet[1:5]] == [-200, -200, 0, 200]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        (" \t\r\n@SUM(A1)", "'@SUM(A1)"),
        ("\ufeff\u200b-1", "'-1"),
        ("＝1", "'＝1"),
        ("1-1", "1-1"),
        ("", ""),
    ],
)
def test_a_text_that_would_be_computed_begins_with_an_apostrophe(text: str, written: str) -> None:
    assert safe_text(text) == written


def test_the_workbook_holds_numbers_days_and_texts() -> None:
    found = sheets(workbook(story()))
    assert list(found) == ["分录 Journal", "对账单 Statements", "说明 About"]
    first = found["分录 Journal"][1]
    assert first[0] == datetime(2026, 10, 3)  # noqa: DTZ001 - a day of a spreadsheet has no zone
    assert first[DEBIT:14] == (1000.01, 0, 100_001)
    assert len(found["分录 Journal"]) == 1 + 4 + 2 + 4 + 3 + 2


def test_an_amount_of_more_digits_than_a_spreadsheet_holds_is_text() -> None:
    clearing, payable, _ = AccountKind
    for fen, written in (
        (10**15 - 1, 9_999_999_999_999.99),
        (10**15, "10000000000000.00"),
        (AMOUNT_MAX_FEN, "46116860184273879.03"),
    ):
        postings = ((clearing, "AH", fen), (payable, "-tm7", -fen))
        found = sheets(workbook(book_of([Booked("2026-01-01", EntryKind.INCOME, postings)])))
        first, second = found["分录 Journal"][1:]
        assert (first[DEBIT], second[CREDIT]) == (written, written)
        assert (first[9], second[9]) == ("AH", "'-tm7")


@settings(max_examples=examples(5), deadline=None)
@given(book=books())
def test_the_workbook_of_any_book_has_no_formula_and_is_the_same_again(book: LedgerBook) -> None:
    raw = workbook(book)
    assert workbook(book) == raw
    cells = [
        cell
        for sheet in openpyxl.load_workbook(BytesIO(raw)).worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_a_table_goes_on_in_another_sheet() -> None:
    found = sheets(workbook(story(), rows_max=5))
    whole = sheets(workbook(story()))["分录 Journal"]
    names = [name for name in found if name.startswith("分录")]
    assert names == ["分录 Journal", *(f"分录 Journal {number}" for number in (2, 3, 4))]
    assert [row for name in names for row in found[name][1:]] == whole[1:]
