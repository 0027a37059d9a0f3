"""Amounts on a command line: what is told is read again exactly, and nothing is guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.terms import AMOUNT_MAX_FEN
from node.commands.amounts import any_amount, fen_of_digits, fen_of_yuan, one_amount
from node.commands.ledger_texts import yuan
from node.services.errors import InvalidFields

if TYPE_CHECKING:
    from collections.abc import Callable

FEN = st.integers(1, AMOUNT_MAX_FEN)
WRITTEN = re.compile(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)\.[0-9]{2}")


def rule(call: Callable[[], object]) -> str:
    with pytest.raises(InvalidFields) as caught:
        call()
    return caught.value.violations[0].rule


@given(FEN)
def test_every_amount_that_is_told_is_read_again_exactly(fen: int) -> None:
    told = yuan(fen)
    assert fen_of_yuan(told) == fen
    assert fen_of_yuan(told.replace(",", "")) == fen
    assert fen_of_digits(str(fen)) == fen
    assert one_amount(told, "") == one_amount("", str(fen)) == fen


@given(st.one_of(st.text(max_size=24), st.from_regex(r"[0-9,.]{1,24}", fullmatch=True)))
def test_what_is_read_as_yuan_is_written_so_and_has_just_these_digits(text: str) -> None:
    try:
        fen = fen_of_yuan(text)
    except InvalidFields as refusal:
        (found,) = refusal.violations
        out_of_range = (
            WRITTEN.fullmatch(text)
            and not 0 < int(text.replace(",", "").replace(".", "")) <= AMOUNT_MAX_FEN
        )
        assert found.rule == "AMOUNT_FORM" or out_of_range
        return
    assert WRITTEN.fullmatch(text)
    assert fen == int(text.replace(",", "").replace(".", ""))


@pytest.mark.parametrize(
    ("text", "fen"),
    [("0.01", 1), ("4800.00", 480_000), ("4,800.00", 480_000), ("1,234,567.89", 123_456_789)],
)
def test_yuan_have_two_decimals_and_may_have_separators(text: str, fen: int) -> None:
    assert fen_of_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", "4800", "4800.0", "4800.000", "-1.00", "+1.00", "1e3", "48,00.00", "4,800,00.00", ".50",
     "１.00", "1.00 ", " 1.00", "¥1.00", "1,000", "1.00\n", "nan", "9" * 5000 + ".00"],
)  # fmt: skip
def test_what_could_be_meant_otherwise_is_refused(text: str) -> None:
    assert rule(lambda: fen_of_yuan(text)) == "AMOUNT_FORM"


@pytest.mark.parametrize("fen", [0, AMOUNT_MAX_FEN + 1, 1 << 70, 10**39])
def test_a_sound_number_that_no_ledger_holds_is_told_to_be_out_of_range(fen: int) -> None:
    assert rule(lambda: fen_of_digits(str(fen))) == "AMOUNT_RANGE"
    for text in (f"{fen // 100}.{fen % 100:02}", f"{fen // 100:,}.{fen % 100:02}"):
        assert rule(lambda text=text: fen_of_yuan(text)) == "AMOUNT_RANGE"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["1.00", "-1", "1,000", "1e3", "٣", "", "9" * 5000])
def test_fen_are_whole(text: str) -> None:
    assert rule(lambda: fen_of_digits(text)) == "FEN_FORM"


@pytest.mark.parametrize(
    ("amount", "fen", "expected"),
    [
        ("1.00", "100", "AMOUNT_TWICE"),
        ("", "", "REQUIRED"),
        ("0.00", "", "AMOUNT_RANGE"),
        ("", "0", "AMOUNT_RANGE"),
        (yuan(AMOUNT_MAX_FEN + 1), "", "AMOUNT_RANGE"),
        ("", str(AMOUNT_MAX_FEN + 1), "AMOUNT_RANGE"),
    ],
)
def test_one_amount_is_given_and_it_is_above_zero(amount: str, fen: str, expected: str) -> None:
    assert rule(lambda: one_amount(amount, fen)) == expected


def test_where_no_amount_means_all_none_may_be_given() -> None:
    assert any_amount("", "") == 0
