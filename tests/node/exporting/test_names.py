"""Names and amounts in the languages of other programs."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.amounts import grouped_yuan
from federation.ledger.journal import Account, AccountKind, EntryKind
from federation.ledger.terms import AMOUNT_MAX_FEN
from node.exporting.beancount import beancount
from node.exporting.journal_texts import day_after
from node.exporting.names import (
    account_name,
    one_line,
    party_component,
    plain_words,
    yuan,
)
from tests.node.exporting.books import AGREEMENT, HOSTILE, NAMES, TEXTS, Booked, book_of

BEANCOUNT_ACCOUNT = re.compile(r"(?:Assets|Liabilities)(?::[A-Z0-9][A-Za-z0-9-]*){3}", re.ASCII)


@pytest.mark.parametrize(
    ("party", "component"),
    [("AH", "AH"), ("7-a", "7-a"), ("ah", "X-ah"), ("-", "X--"), ("X-ah", "X-X-ah"), ("X", "X")],
)
def test_a_party_has_a_component_that_every_program_takes(party: str, component: str) -> None:
    assert party_component(party) == component


def test_no_two_of_all_short_names_share_a_component() -> None:
    marks = "XxA0-"
    names = ["".join(one) for length in (1, 2, 3, 4, 5) for one in product(marks, repeat=length)]
    assert len({party_component(name) for name in names}) == len(names)


@given(st.sampled_from(tuple(AccountKind)), NAMES)
def test_every_account_is_one_of_beancount_and_says_its_party(
    kind: AccountKind, party: str
) -> None:
    name = account_name(AGREEMENT, Account(kind, party))
    assert BEANCOUNT_ACCOUNT.fullmatch(name)
    component = name.rsplit(":", 1)[1]
    assert component in {party, f"X-{party}"}


@given(st.integers(-4 * AMOUNT_MAX_FEN, 4 * AMOUNT_MAX_FEN))
def test_yuan_hold_every_fen(fen: int) -> None:
    assert re.fullmatch(r"-?\d+\.\d\d", yuan(fen))
    assert int(yuan(fen).replace(".", "")) == fen
    assert grouped_yuan(fen).replace(",", "") == yuan(fen)


def test_amounts_are_written_as_readers_know_them() -> None:
    assert [yuan(fen) for fen in (0, 5, -5, -100, 123_456)] == [
        *("0.00", "0.05", "-0.05", "-1.00", "1234.56")
    ]
    assert [grouped_yuan(fen) for fen in (-5, 123_456_789)] == ["-0.05", "1,234,567.89"]


@given(TEXTS)
def test_a_text_is_one_line_and_means_nothing_in_a_comment(text: str) -> None:
    assert one_line(text) == " ".join(one_line(text).split())
    assert not set(plain_words(text)) & set(';|[]{}()<>,:=@"\\#*!\n\r\t')


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_keeps_to_its_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\U00031350某", "\U00031350某"),  # of a later Unicode than this Python's
        ("\ue001\u3000某", "\ue001 某"),  # for private use, as old registers write rare names
        ("𠮷\u200b\x00\u202e\ufeff𰻝", "𠮷 𰻝"),
        ("a\ufffe\ufdd0\U0010ffffb", "a b"),
    ],
)
def test_a_letter_of_a_rare_name_is_kept_and_what_is_no_character_is_not(
    text: str, line: str
) -> None:
    assert one_line(text) == line


def test_where_the_calendar_ends_no_balance_is_asserted() -> None:
    assert (day_after("2026-12-31"), day_after("9999-12-31")) == ("2027-01-01", "")
    clearing, payable, _ = AccountKind
    last = Booked("9999-12-31", EntryKind.INCOME, ((clearing, "AH", 5), (payable, "AH", -5)))
    text = "".join(beancount(book_of([last])))
    assert "balance " not in text.replace("assert a balance", "")
    assert "the calendar ends" in text
