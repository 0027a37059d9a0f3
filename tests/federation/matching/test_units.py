"""Units: exact factors, no guesses, and pint only when a unit is read."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.matching.unit_table import MISWRITTEN, PREFIXES, UNITS
from federation.matching.units import (
    PURE_NUMBER,
    TEMPERATURE,
    TEMPERATURE_DIFFERENCE,
    Unit,
    as_difference,
    parse_unit,
)

_FORMS = [form for row in UNITS for form in row.written.split()]
_PREFIXED = [form for row in UNITS if row.prefixed for form in row.written.split()]


def _unit(text: str, quantity: str = "") -> Unit:
    unit = parse_unit(text, quantity)
    assert isinstance(unit, Unit), unit
    return unit


@pytest.mark.parametrize(
    ("one", "times", "other"),
    [
        ("GPa", 1000, "MPa"),
        ("兆帕", 1, "N/mm2"),
        ("MPa", 1, "N/mm^2"),
        ("kWh", 1, "度电"),
        ("kW·h", 1, "千瓦时"),
        ("kW.h", 3600, "kJ"),
        ("g/cm3", 1000, "kg/m3"),
        ("克/立方厘米", 1, "g/cm3"),
        ("W/(m·K)", 1, "W/m·K"),
        ("W/(m·K)", 1, "瓦/(米·开)"),
        ("r/min", 1, "转/分"),
        ("rpm", 1, "转/分钟"),
        ("r/s", 60, "rpm"),
        ("公里/小时", Fraction(5, 18), "米每秒"),
        ("公斤", 2, "斤"),
        ("吨", 1000, "千克"),
        ("微米", 1000, "纳米"),
        ("%", 10, "‰"),
        ("%", 10_000, "ppm"),
        ("mAh/g", Fraction(1, 1000), "Ah/g"),
        ("mg/(L·h)", 24, "mg/L/d"),
        ("kWh/100km", Fraction(1, 100), "kWh/km"),
        ("kPa", 1, "千帕"),
        ("Mpa", 1, "MPa"),
        ("KW", 1, "kW"),
        ("hours", 60, "分钟"),
        ("英寸", Fraction(254, 10), "毫米"),
        ("MB", 8_000_000, "bit"),
        ("s^-1", 1, "Hz"),
        ("cm-1", 100, "m-1"),
        ("ppm/℃", Fraction(1, 1_000_000), "K-1"),
        ("小时", 3600, "秒"),
    ],
)
def test_one_unit_is_so_many_of_the_other(one: str, times: Fraction, other: str) -> None:
    first, second = _unit(one), _unit(other)
    assert first.dimension == second.dimension
    assert first.factor == times * second.factor


@pytest.mark.parametrize(
    ("text", "kelvin"), [("℃", "298.15"), ("K", "25"), ("°F", "269.2611111111111111")]
)
def test_temperature_has_an_offset(text: str, kelvin: str) -> None:
    unit = _unit(text)
    assert unit.dimension == TEMPERATURE
    assert abs(unit.to_si(Fraction(25)) - Fraction(kelvin)) < Fraction(1, 10**12)
    assert unit.from_si(unit.to_si(Fraction(25))) == 25


def test_temperature_difference_has_none_and_is_another_dimension() -> None:
    difference = as_difference(_unit("℃"))
    assert difference.to_si(Fraction(25)) == 25
    assert difference.dimension == TEMPERATURE_DIFFERENCE != _unit("K").dimension
    assert as_difference(_unit("MPa")) == _unit("MPa")


@pytest.mark.parametrize("own", ["级", "倍", "次", "个", "台", "人", "元", "dB", "HRC", "转", "°"])
def test_what_has_its_own_dimension_compares_with_itself_only(own: str) -> None:
    others = {
        _unit(form).dimension for form in ("级", "倍", "次", "个", "台", "人", "元", "%", "m")
    }
    mine = _unit(own).dimension
    assert mine != PURE_NUMBER
    assert mine not in others - {mine}


@pytest.mark.parametrize(
    "text",
    ["小时无明显腐蚀", "foo", "m/m/", "/", "1/", "m^99", "V·s/℃^-1", "pH", "m" * 40, "9**9**9",
     "度", "T", "周", "(", ")(", "·", "m··s", "mm mm2 3", "家企业碳核算"],
)  # fmt: skip
def test_what_is_no_unit_says_so(text: str) -> None:
    assert isinstance(parse_unit(text), str)


def test_quantity_tells_which_unit_a_doubtful_letter_is() -> None:
    assert _unit("度", "工作温度").dimension == TEMPERATURE
    assert _unit("度", "旋转角").dimension == "angle"
    assert _unit("T", "磁感应强度").dimension == _unit("特斯拉").dimension
    assert _unit("T", "起重量").dimension == "mass"


def test_no_written_form_has_two_meanings() -> None:
    assert len(_FORMS) == len(set(_FORMS))
    assert not set(MISWRITTEN) & set(_FORMS)


@pytest.mark.parametrize("form", _FORMS)
def test_every_written_form_is_read(form: str) -> None:
    assert isinstance(parse_unit(form), Unit)


@given(st.sampled_from(_PREFIXED), st.sampled_from(PREFIXES))
def test_prefix_multiplies(form: str, prefix: object) -> None:
    assert isinstance(prefix, tuple)
    for sign in prefix[2].split():
        prefixed = parse_unit(sign + form)
        if isinstance(prefixed, Unit) and sign + form not in _FORMS:
            plain = _unit(form)
            assert prefixed.factor == Fraction(prefix[1]) * plain.factor
            assert prefixed.dimension == plain.dimension


@given(st.text(max_size=40), st.text(max_size=10))
def test_any_text_is_a_unit_or_is_not_and_never_raises(text: str, quantity: str) -> None:
    assert isinstance(parse_unit(text, quantity), Unit | str)


@given(st.lists(st.sampled_from([*_FORMS, "/", "·", "(", ")", "2", "^", "-1", "每"]), max_size=8))
def test_any_heap_of_units_is_a_unit_or_is_not_and_never_raises(pieces: list[str]) -> None:
    unit = parse_unit("".join(pieces))
    if isinstance(unit, Unit):
        assert unit.factor > 0
        assert isinstance(unit.factor, Fraction)


def test_importing_the_parser_does_not_import_pint() -> None:
    program = (
        "import sys; import federation.matching.indicators; assert 'pint' not in sys.modules;"
        "from federation.matching.indicators import parse; parse('强度≥1MPa');"
        "assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
