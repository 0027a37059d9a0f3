"""Indicators as people and tables write them: what must be read, and what must never be judged."""

from __future__ import annotations

import pytest

from federation.matching.indicator import Parsed, Unparsed, Why
from federation.matching.indicators import Verdict, compare, parse, parse_message
from federation.records.codec import Indicator, Relation


def _parsed(text: str) -> Parsed:
    indicator = parse(text)
    assert isinstance(indicator, Parsed), indicator
    return indicator


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # Exponents and negative powers, whose "-" is no range.
        ("误码率≤1e-12", "误码率 ≤ 0.000000000001"),
        ("误码率优于1E-12", "误码率 < 0.000000000001"),
        ("漏率≤1E-9Pa·m3/s", "漏率 ≤ 0.000000001 Pa·m3/s"),
        ("热导率≥400 W·m-1·K-1", "热导率 ≥ 400 W·m-1·K-1"),
        ("热导率≥400 W m^-1 K^-1", "热导率 ≥ 400 W m^-1 K^-1"),
        ("能量密度 300Wh·kg⁻¹", "能量密度 300 Wh·kg^-1"),
        ("体积电阻率≥10^14 Ω.cm", "体积电阻率 ≥ 100000000000000 Ω.cm"),
        # Below zero in words.
        ("启动温度零下40度", "启动温度 -40 度"),
        ("启动温度零下40℃以下", "启动温度 ≤ -40 °C"),
        ("储存温度 负20℃", "储存温度 -20 °C"),
        # Both ends around the name.
        ("500MPa≤抗拉强度≤600MPa", "抗拉强度 500~600 MPa"),
        ("0.1≤厚度≤0.3 mm", "厚度 0.1~0.3 mm"),
        ("-40℃≤工作温度≤85℃", "工作温度 -40~85 °C"),
        ("－40 ≤ 工作温度 ≤ +85 ℃", "工作温度 -40~85 °C"),
        # The unit behind the name, as in the heads of tables.
        ("抗拉强度（MPa）：≥450", "抗拉强度 ≥ 450 MPa"),
        ("抗拉强度(MPa)≥450MPa", "抗拉强度 ≥ 450 MPa"),
        ("效率(%) 95以上", "效率 ≥ 95 %"),
        ("工作温度（℃） -40～85", "工作温度 -40~85 °C"),
        ("抗拉强度(室温)≥450MPa", "抗拉强度(室温) ≥ 450 MPa"),
        ("定位精度优于±0.02mm", "定位精度 < 0.02 mm"),
        ("控温精度正负0.5℃", "控温精度 ≤ 0.5 °C"),
        # A bullet, and a sign that is none.
        ("- 抗拉强度≥450MPa", "抗拉强度 ≥ 450 MPa"),
    ],
)
def test_is_read_as_it_was_meant(text: str, written: str) -> None:
    indicator = _parsed(text)
    assert indicator.written == written
    assert parse(written) == indicator


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("500MPa<抗拉强度≤600MPa", Why.TWO_RELATIONS),  # a range has no open ends
        ("600MPa≤抗拉强度≤500MPa", Why.UPSIDE_DOWN),
        ("5≥抗拉强度≥3 MPa", Why.TWO_RELATIONS),
        ("抗拉强度≥400-450MPa", Why.TWO_RELATIONS),
        ("漏率≤1×10-9 Pa·m3/s", Why.UNKNOWN_UNIT),  # a lost superscript
    ],
)
def test_stays_a_text_and_says_why(text: str, why: Why) -> None:
    indicator = parse(text)
    assert isinstance(indicator, Unparsed), indicator.written
    assert (indicator.text, indicator.why) == (text, why)


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        # The sign of a text's first number is no bullet.
        ("工作温度", "-40~85℃", "工作温度 -40~85 °C"),
        ("工作温度", "－40℃～＋85℃", "工作温度 -40~85 °C"),
        ("启动温度", "-40℃以下", "启动温度 ≤ -40 °C"),
        ("启动温度", "-40℃", "启动温度 -40 °C"),
        ("启动温度", "零下40℃", "启动温度 -40 °C"),
        ("抗拉强度(MPa)", "≥450", "抗拉强度 ≥ 450 MPa"),
    ],
)
def test_a_text_is_read_with_the_name_beside_it(name: str, text: str, written: str) -> None:
    indicator = parse_message(Indicator(name=name, text=text))
    assert isinstance(indicator, Parsed), indicator
    assert indicator.written == written


def _message(name: str, relation: int, value: str, unit: str = "") -> Parsed:
    message = Indicator(name=name, value=value, unit=unit)
    message.relation = relation  # type: ignore[assignment]  # numbers are what tables hold
    parsed = parse_message(message)
    assert isinstance(parsed, Parsed), parsed
    return parsed


def test_a_structured_indicator_has_its_unit_from_its_name_too() -> None:
    at_least = Relation.RELATION_AT_LEAST
    assert _message("抗拉强度(MPa)", at_least, "450") == _parsed("抗拉强度≥450MPa")
    assert _message("抗拉强度（MPa）", at_least, "450", "MPa") == _parsed("抗拉强度≥450MPa")
    assert _message("高度(h)", at_least, "5", "m").quantity == "高度(h)"


@pytest.mark.parametrize(
    ("demanded", "stated", "verdict"),
    [
        ("启动温度≤零下20℃", "启动温度零下40℃", Verdict.MET),
        ("启动温度零下20℃以下", "启动温度零下40℃", Verdict.MET),
        ("启动温度零下20℃以下", "启动温度零下10℃", Verdict.CONTRADICTED),
        # Letters that differ in their case only are different units.
        ("漏率(mPa)≤5", "漏率(MPa)≤3", Verdict.UNKNOWN),
        ("抗拉强度(MPa)≥450", "抗拉强度 0.5GPa", Verdict.MET),
        # A number without a unit is a percentage or a fraction: nobody knows.
        ("准确率≥95", "准确率 98%", Verdict.UNKNOWN),
        ("误差≤0.5", "误差 0.8%", Verdict.UNKNOWN),
        ("准确率≥95%", "准确率≥0.98", Verdict.UNKNOWN),
        ("介电常数≥3", "介电常数≥3.5", Verdict.MET),
        ("浓度≤1%", "浓度≤5ppm", Verdict.MET),
    ],
)
def test_is_judged_only_where_it_is_certain(demanded: str, stated: str, verdict: Verdict) -> None:
    assert compare(_parsed(demanded), _parsed(stated)).verdict is verdict
