"""The printed statement: complete, escaped, and never of figures that do not add up."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from federation.ledger import netting
from federation.ledger.amounts import grouped_yuan
from federation.ledger.capital_amount import capital_form
from federation.ledger.claims import claims_of
from federation.ledger.journal import Account, AccountKind, EntryKind, Posting
from federation.ledger.netting import Claim
from node.exporting.book import LedgerBook
from node.exporting.names import one_line
from node.exporting.statement_page import statement_page
from tests.laws import examples
from tests.node.exporting.books import HOSTILE, books, story

VOID = {"meta", "col"}
ALLOWED = {"html", "head", "title", "style", "body", "h1", "h2", "h3", "p", "span"} | {
    *("table", "colgroup", "thead", "tbody", "tr", "th", "td", "meta", "col")
}


class Reader(HTMLParser):
    """Reads a page and fails where an element is not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data.replace("\n", "")


def november() -> Reader:
    book = story()
    return Reader(statement_page(book, book.statements[1]))


def test_a_page_says_what_it_is_of() -> None:
    book = story()
    before, statement = book.statements
    text = statement_page(book, statement)
    for said in (
        book.title,
        "after 2026-10 to 2026-11-30",
        statement.digest().hex(),
        before.digest().hex(),
        book.state_digest.hex(),
        "国家技术转移东部中心",
        '"第 " counter(page) " 页 共 " counter(pages) " 页',
    ):
        assert said in text
    first = Reader(statement_page(book, before))
    assert ["上期摘要Digest of the one before", "无None"] in first.rows


def test_a_party_has_opening_movements_closing_and_net_position() -> None:
    rows = november().rows
    opening = rows.index(["", "期初余额Opening", "", "", "借Dr", "700.01"])
    assert rows[opening + 1] == [
        "2026-11-09",
        f"冲销 Reversal · 合同 0000-26-001 · 第 1 期 · 服务费 · {HOSTILE[6]}102.0",
        "",
        "100.01",
        "借Dr",
        "600.00",
    ]
    assert rows[opening + 2] == ["", "期末余额Closing", "0.00", "100.01", "借Dr", "600.00"]
    credits_ = [cells for cells in rows if cells[1:2] == ["期末余额Closing"] and "贷Cr" in cells]
    assert credits_
    assert not any(cell.startswith("-") for cells in credits_ for cell in cells)
    assert ["应付Owes", "150.00", "壹佰伍拾元整"] in rows
    assert ["合计Sum", "", "0.00", ""] in rows


def test_netting_is_proposed_in_both_ways_and_open_items_are_carried() -> None:
    book = story()
    rows = november().rows
    entries = [one.entry for one in book.narrated() if one.entry.month <= "2026-11"]
    for way in (netting.multilateral, netting.bilateral):
        for one in way(claims_of(entries)):
            names = [f"{book.display_name(party)}{party}" for party in (one.payer, one.payee)]
            assert [*names, grouped_yuan(one.amount_fen), capital_form(one.amount_fen)] in rows
    assert [row[:4] for row in rows if row[0] == "2026-12-02"] == [
        ["2026-12-02", "收入Income", f"0000-26-009 · 2 · {HOSTILE[6]}", "5,000.00"]
    ]


def test_an_earlier_statement_carries_nothing_that_came_after_the_next_one() -> None:
    """What is open now was proposed after its close, or is told by the newest statement."""
    book = story()
    page = statement_page(book, book.statements[0])
    assert "2026-12-02" not in page
    assert "they stand in the newest statement, 2026-11" in page
    assert "they stand in the newest" not in statement_page(book, book.statements[1])


def test_a_page_that_leaves_out_open_items_says_so() -> None:
    book = story()
    said = "There are more open items than these"
    assert said not in statement_page(book, book.statements[1])
    assert said in statement_page(replace(book, has_more_open=True), book.statements[1])


def test_a_page_says_who_agrees_to_it_and_which_of_its_incomes_are_disputed() -> None:
    book = story()
    (first, *others), none = book.entries, ["已同意本单的成员Members that agree to it", "无None"]
    assert none in Reader(statement_page(book, book.statements[0])).rows
    disputed = replace(first, disputes=(("jiangsu", HOSTILE[6]),))
    told = replace(book, agreed={"2026-10": ("anhui", "jiangsu")}, entries=[disputed, *others])
    rows = Reader(statement_page(told, book.statements[0])).rows
    assert [none[0], "anhui, jiangsu"] in rows
    said = f"有异议 Disputed by jiangsu: {HOSTILE[6]}"
    assert [row[0] for row in rows if said in "".join(row)] == ["2026-10-03"] * 4
    later = statement_page(told, book.statements[1])
    assert "jiangsu:" not in later
    assert "anhui, jiangsu" not in later


def test_claims_of_entries_come_to_the_net_positions_of_the_statement() -> None:
    book = story()
    entries = [one.entry for one in book.narrated() if one.entry.month <= "2026-11"]
    nets = {party: fen for party, fen in book.statements[1].net_fen().items() if fen}
    positions = netting.net_positions(claims_of(entries))
    assert {party: fen for party, fen in positions.items() if fen} == nets
    assert list(claims_of(entries[:1])) == [
        Claim("AH", "JS-2", 30_000),
        Claim("AH", "netc", 20_000),
    ]


def test_an_entry_of_many_parties_on_both_sides_names_no_claims() -> None:
    entry = story().entries[0].entry
    clearing = AccountKind.CLEARING
    sides = (("a", 1), ("b", 1), ("c", -1), ("d", -1))
    postings = tuple(Posting(Account(clearing, party), fen) for party, fen in sides)
    with pytest.raises(ValueError, match="both sides"):
        list(claims_of([entry._replace(kind=EntryKind.INCOME, postings=postings)]))


@pytest.mark.parametrize("column", ["opening_fen", "debit_fen", "credit_fen"])
def test_a_fen_too_much_in_any_line_makes_no_page(column: str) -> None:
    book = story()
    statement = book.statements[1]
    for index, line in enumerate(statement.lines):
        lines = list(statement.lines)
        lines[index] = replace(line, **{column: getattr(line, column) + 1})
        with pytest.raises(ValueError, match=f"differ in {line.account}"):
            statement_page(book, replace(statement, lines=tuple(lines)))


def test_an_entry_or_a_line_too_few_makes_no_page() -> None:
    book = story()
    statement = book.statements[1]
    for index in range(4):
        entries = [*book.entries[:index], *book.entries[index + 1 :]]
        with pytest.raises(ValueError, match="differ in"):
            statement_page(replace(book, entries=entries), statement)
    with pytest.raises(ValueError, match="differ in"):
        statement_page(book, replace(statement, lines=statement.lines[1:]))


@settings(max_examples=examples(15), deadline=None)
@given(book=books())
def test_the_pages_of_any_book_hold_only_our_elements_and_run_nothing(book: LedgerBook) -> None:
    for statement in book.statements:
        text = statement_page(book, statement)
        read = Reader(text)
        assert read.tags <= ALLOWED
        assert read.attributes <= {"lang", "charset", "http-equiv", "content", "class", "style"}
        assert not re.search(r"url\(|@import|https?:", text.split("<body>")[0])
        shown = "".join(read.texts)
        assert one_line(book.title) in shown
        for line in statement.lines:
            assert grouped_yuan(abs(line.closing_fen)) in shown
