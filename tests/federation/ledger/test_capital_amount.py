"""Capital forms: examples written by hand, and a reader of its own that gets the amount back."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from federation.ledger.capital_amount import capital_form
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused
from tests.federation.ledger.examples import LAW

SPARSE = st.lists(st.sampled_from("000159"), min_size=1, max_size=18).map(
    lambda digits: int("".join(digits))
)
"""Amounts with zeros everywhere."""
AMOUNTS = st.integers(0, 20_000) | SPARSE | st.integers(0, AMOUNT_MAX_FEN)
SIGNED = st.tuples(st.sampled_from([1, -1]), AMOUNTS).map(lambda one: one[0] * one[1])

PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def _value(text: str) -> int:
    """Read a number, sign by sign: below 万, from there to 亿, and from 亿 up are kept apart."""
    above, ten_thousands, below, digit = 0, 0, 0, 0
    for sign in text.replace("亿亿", "京"):
        if sign in PLACES:
            below, digit = below + digit * PLACES[sign], 0
        elif sign == "万":
            ten_thousands, below, digit = below + digit, 0, 0
        elif sign in "亿京":
            size = 10**8 if sign == "亿" else 10**16
            above += (ten_thousands * 10**4 + below + digit) * size
            ten_thousands, below, digit = 0, 0, 0
        else:
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign)
    return above + ten_thousands * 10**4 + below + digit


def _fen(text: str) -> int:
    """Read an amount, or fail."""
    found = re.fullmatch(r"(负?)(?:([^元角分]+)元)?(?:零?(.)角)?(?:零?(.)分)?整?", text)
    assert found is not None, text
    sign, yuan, jiao, fen = found.groups(default="零")
    value = _value(yuan) * 100 + _value(jiao) * 10 + _value(fen)
    return -value if sign == "负" else value


@LAW
@given(SIGNED)
@example(AMOUNT_MAX_FEN)
@example(-AMOUNT_MAX_FEN)
def test_what_is_read_back_is_the_amount(amount_fen: int) -> None:
    assert _fen(capital_form(amount_fen)) == amount_fen


@pytest.mark.parametrize(
    "amounts",
    [
        pytest.param(range(10_000), id="a-hundred"),
        pytest.param(range(10_000, 100_000), id="a-thousand", marks=pytest.mark.chaos),
    ],
)
def test_every_amount_below_so_many_yuan_is_read_back(amounts: range) -> None:
    forms = {fen: capital_form(fen) for fen in amounts}
    assert [_fen(form) for form in forms.values()] == list(forms)


@LAW
@given(SIGNED)
def test_form_keeps_the_rules_of_zero_and_of_its_end(amount_fen: int) -> None:
    form = capital_form(amount_fen)
    assert not set(form) - set("负零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整")
    assert re.search(r"[整分]$", form)
    assert form.endswith("整") == (amount_fen % 10 == 0)
    assert form.startswith("负") == (amount_fen < 0)
    if amount_fen:
        assert not re.search(r"零[零拾佰仟万亿元角分整]", form)  # it stands before a digit
        assert not re.search(r"^负?零", form)
        assert not re.search(r"(^|[^壹贰叁肆伍陆柒捌玖])[拾佰仟角分]", form)  # ten is 壹拾


@pytest.mark.parametrize(
    ("yuan", "form"),
    [
        ("0.00", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角整"),
        ("0.15", "壹角伍分"),
        ("1.00", "壹元整"),
        ("1.01", "壹元零壹分"),
        ("1.20", "壹元贰角整"),
        ("1.23", "壹元贰角叁分"),
        ("10.00", "壹拾元整"),
        ("10.50", "壹拾元零伍角整"),
        ("14.00", "壹拾肆元整"),
        ("100.10", "壹佰元零壹角整"),
        ("105.03", "壹佰零伍元零叁分"),
        ("110.00", "壹佰壹拾元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1000.50", "壹仟元零伍角整"),
        ("1001.00", "壹仟零壹元整"),
        ("1010.00", "壹仟零壹拾元整"),
        ("1100.00", "壹仟壹佰元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("10000.00", "壹万元整"),
        ("10000.05", "壹万元零伍分"),
        ("10010.01", "壹万零壹拾元零壹分"),
        ("11000.00", "壹万壹仟元整"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100001.02", "壹拾万零壹元零贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("1000000.00", "壹佰万元整"),
        ("10001000.00", "壹仟万壹仟元整"),
        ("10010001.00", "壹仟零壹万零壹元整"),
        ("100000000.00", "壹亿元整"),
        ("100000001.00", "壹亿零壹元整"),
        ("100001000.00", "壹亿零壹仟元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("107000053.00", "壹亿零柒佰万零伍拾叁元整"),
        ("110000000.00", "壹亿壹仟万元整"),
        ("880000000000.00", "捌仟捌佰亿元整"),
        ("1000000000000.00", "壹万亿元整"),
        ("1000000000001.00", "壹万亿零壹元整"),
        ("1000100000000.00", "壹万零壹亿元整"),
        ("6150000000000.00", "陆万壹仟伍佰亿元整"),
        ("10000000000000000.00", "壹亿亿元整"),
        ("40000000500000000.00", "肆亿亿零伍亿元整"),
        (
            "46116860184273879.03",
            "肆亿亿陆仟壹佰壹拾陆万捌仟陆佰零壹亿捌仟肆佰贰拾柒万叁仟捌佰柒拾玖元零叁分",
        ),
        ("-0.01", "负壹分"),
        ("-105.03", "负壹佰零伍元零叁分"),
    ],
)
def test_examples(yuan: str, form: str) -> None:
    assert capital_form(int(yuan.replace(".", ""))) == form


@pytest.mark.parametrize(
    "amount_fen", [True, False, 1.0, "1", None, AMOUNT_MAX_FEN + 1, -AMOUNT_MAX_FEN - 1]
)
def test_what_is_no_amount_is_refused(amount_fen: object) -> None:
    with pytest.raises(Refused) as refusal:
        capital_form(amount_fen)  # type: ignore[arg-type] # what no type checker sees
    assert refusal.value.reason == "AMOUNT_OUT_OF_RANGE"
    assert refusal.value.metadata == {"field": "amount_fen", "value": str(amount_fen)}
