"""Indicators: what is read, what is left as text, and what a supply's says about a demand's."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.matching.indicator import Parsed, Sign, Unparsed, Why, number_text
from federation.matching.indicators import Verdict, compare, parse, parse_message
from federation.matching.intervals import judge
from federation.matching.quantity_names import SYNONYMS, normal_name, quantity_key
from federation.matching.units import TEMPERATURE_DIFFERENCE, parse_unit
from federation.records.codec import Indicator, Relation


def _parsed(text: str) -> Parsed:
    indicator = parse(text)
    assert isinstance(indicator, Parsed), indicator
    return indicator


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("抗拉强度≥450MPa", "抗拉强度 ≥ 450 MPa"),
        ("① 抗拉强度 ≧ ４５０ ＭＰａ；", "抗拉强度 ≥ 450 MPa"),
        ("1. 抗拉强度应不低于450兆帕。", "抗拉强度 ≥ 450 兆帕"),
        ("抗拉强度>=450 N/mm²", "抗拉强度 ≥ 450 N/mm^2"),
        ("标签成本2元以内", "标签成本 ≤ 2 元"),
        ("机身减重12%以上", "机身减重 ≥ 12 %"),
        ("回收率不低于90%以上", "回收率 ≥ 90 %"),
        ("连续加工8小时定位误差8微米以内", "连续加工8小时定位误差 ≤ 8 微米"),
        ("零下20摄氏度启动小于60秒", "零下20摄氏度启动 < 60 秒"),
        ("启动温度≤零下20℃", "启动温度 ≤ -20 °C"),
        ("载荷20kg", "载荷 20 kg"),
        ("抗风6级", "抗风 6 级"),
        ("相变温度24-28摄氏度", "相变温度 24~28 摄氏度"),
        ("工作温度：-40℃～+85℃", "工作温度 -40~85 °C"),
        ("温度在20到30℃之间", "温度 20~30 °C"),
        ("炉温25±1℃", "炉温 24~26 °C"),
        ("湿度(50±5)%", "湿度 45~55 %"),
        ("控温精度±0.5℃", "控温精度 ≤ 0.5 °C"),
        ("误差≤±0.5%", "误差 ≤ 0.5 %"),
        ("定位精度优于0.1mm", "定位精度 < 0.1 mm"),
        ("信噪比优于60dB", "信噪比 > 60 dB"),
        ("循环寿命达到5万次", "循环寿命 ≥ 50000 次"),
        ("产能超过1.5亿件/年", "产能 > 150000000 件/年"),
        ("单价不超过3.5万元/吨", "单价 ≤ 35000 元/吨"),
        ("功率≥5千瓦", "功率 ≥ 5 千瓦"),
        ("投资5~10万元", "投资 50000~100000 元"),
        ("频率20kHz-2MHz", "频率 0.02~2 MHz"),
        ("冷却速率≥1.5×10⁶ K/s", "冷却速率 ≥ 1500000 K/s"),
        ("粒径 1×10^-3~1e-2 mm", "粒径 0.001~0.01 mm"),
        ("比表面积≥1,200m²/g", "比表面积 ≥ 1200 m^2/g"),
        ("pH 6-9", "pH 6~9"),
        ("pH值≥7", "pH值 ≥ 7"),
        ("误差为8微米以内", "误差 ≤ 8 微米"),
        ("标准偏差为0.5mm", "标准偏差 = 0.5 mm"),
        ("tensile strength of at least 450 MPa", "tensile strength ≥ 450 MPa"),
        ("a mass no more than 5 kg", "mass ≤ 5 kg"),
        ("Latency: up to 5 ms", "Latency ≤ 5 ms"),
        ("Latency Up To 5 ms", "Latency ≤ 5 ms"),
        ("operating temperature between -40 and 85 °C", "operating temperature -40~85 °C"),
        ("power less than 300 mW", "power < 300 mW"),
        ("cycle life 2,000 cycles or more", "cycle life ≥ 2000 cycles"),
        ("吨水成本降低15%", "吨水成本降低 15 %"),
    ],
)
def test_reads(text: str, written: str) -> None:
    indicator = _parsed(text)
    assert indicator.written == written
    assert parse(written) == indicator


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.EMPTY),
        ("。", Why.EMPTY),
        ("强" * 201, Why.TOO_LONG),
        ("支持MIG/TIG焊接", Why.NO_NUMBER),
        ("UL94 V-0等级", Why.NO_NUMBER),
        ("盐雾试验1000小时无明显腐蚀", Why.UNKNOWN_UNIT),
        ("覆盖80家企业碳核算", Why.UNKNOWN_UNIT),
        ("载荷20kg、航程80km、抗风6级", Why.NO_QUANTITY),
        ("抗拉强度≥450MPa，延伸率≥7%", Why.UNKNOWN_UNIT),
        ("frequency up to 50-100 kHz", Why.TWO_RELATIONS),
        ("强度大于90MPa以内", Why.TWO_RELATIONS),
        ("科企玉806", Why.NO_UNIT),
        ("标准GB/T 1234-2017", Why.NO_UNIT),
        ("There are over 500", Why.NO_UNIT),
        ("≥450MPa", Why.NO_QUANTITY),
        ("laser shall have a power of at least 5 kW", Why.NO_QUANTITY),
        ("成本约2元", Why.APPROXIMATE),
        ("成本2元左右", Why.APPROXIMATE),
        ("识别精度优于95%", Why.BETTER_HOW),
        ("厚度优于5mm", Why.BETTER_HOW),
        ("湿度50±5%", Why.TOLERANCE_OF_WHAT),
        ("位移±10mm", Why.TOLERANCE_OF_WHAT),
        ("强度≥½MPa", Why.ODD_NUMBER),
        ("强度≥1e99MPa", Why.ODD_NUMBER),
        ("温度30-20℃", Why.UPSIDE_DOWN),
        ("完成时间2026年", Why.DATE),
        ("分辨率≥0.1度", Why.UNKNOWN_UNIT),
        ("精度可达1/30000", Why.UNKNOWN_UNIT),
        ("第3级", Why.NO_QUANTITY),
    ],
)
def test_leaves_as_text_and_says_why(text: str, why: Why) -> None:
    indicator = parse(text)
    assert isinstance(indicator, Unparsed), indicator.written
    assert (indicator.text, indicator.why) == (text, why)


def test_temperature_and_its_difference_never_compare() -> None:
    assert _parsed("炉温≤40℃").interval.high == Fraction("313.15")
    rise = _parsed("温升≤40K")
    assert rise.unit.dimension == TEMPERATURE_DIFFERENCE
    assert rise.interval == _parsed("温升≤40℃").interval


_NAMES = st.sampled_from(
    ["抗拉强度", "能量密度", "定位误差", "PM2.5浓度", "specific energy", "COD去除率", "反应时间"]
)
_NUMBERS = st.decimals("-999999", "999999", places=3).map(lambda number: f"{number:f}")
_UNIT_TEXTS = st.sampled_from(
    ["MPa", "N/mm^2", "Wh/kg", "微米", "%", "W/(m·K)", "次", "元/吨", "°C", "小时", "级"]
)
_WORDS = st.sampled_from(
    [
        ("≥", Sign.AT_LEAST),
        ("不低于", Sign.AT_LEAST),
        (" at least ", Sign.AT_LEAST),
        ("大于", Sign.MORE),
        (">", Sign.MORE),
        ("≤", Sign.AT_MOST),
        ("不超过", Sign.AT_MOST),
        (" no more than ", Sign.AT_MOST),
        ("小于", Sign.LESS),
        (" less than ", Sign.LESS),
        ("=", Sign.EQUAL),
        ("等于", Sign.EQUAL),
    ]
)
_BLANKS = st.sampled_from(["", " "])


@given(_NAMES, _BLANKS, _WORDS, _NUMBERS, _BLANKS, _UNIT_TEXTS)
def test_relation_number_and_unit_come_back(
    name: str, blank: str, word: tuple[str, Sign], number: str, gap: str, unit: str
) -> None:
    indicator = _parsed(f"{name}{blank}{word[0]}{blank}{number}{gap}{unit}")
    assert indicator.quantity == name
    assert indicator.sign is word[1]
    assert indicator.value == Fraction(number)
    assert indicator.unit.text == unit
    assert parse(indicator.written) == indicator


@given(_NAMES, _NUMBERS, _NUMBERS, st.sampled_from(["~", "～", "至", "到", "–"]), _UNIT_TEXTS)
def test_range_comes_back(name: str, one: str, other: str, between: str, unit: str) -> None:
    low, high = sorted((one, other), key=Fraction)
    indicator = _parsed(f"{name} {low}{between}{high}{unit}")
    assert (indicator.sign, indicator.value) == (Sign.RANGE, Fraction(low))
    assert indicator.value_max == Fraction(high)
    assert parse(indicator.written) == indicator


_WORDS_AND_SIGNS = [
    "抗拉强度", "≥", "450", "MPa", "~", "±", "不低于", "以上", "约", "10^6", "×10", "(",
    ")", "/", "²", "-", ".", ",", "万", "千", "to", "½", "①", "为", "℃", "度", "年", "1e5",
    "%", "优于", "误差", "between", "and", "at least", " ",
]  # fmt: skip
_PIECES = st.lists(st.one_of(st.sampled_from(_WORDS_AND_SIGNS), st.text(max_size=3)), max_size=12)


@given(st.one_of(st.text(max_size=250), _PIECES.map("".join)), st.text(max_size=5))
def test_any_text_is_read_or_left_and_what_is_read_is_written_alike(
    text: str, quantity: str
) -> None:
    indicator = parse(text, quantity)
    if isinstance(indicator, Unparsed):
        assert indicator.text == text
        return
    again = parse(indicator.written)
    assert isinstance(again, Parsed), (indicator, again)
    assert (again.key, again.sign, again.interval) == (
        indicator.key,
        indicator.sign,
        indicator.interval,
    )


@given(
    st.sampled_from([("MPa", "GPa"), ("kWh", "J"), ("℃", "°F"), ("%", "ppm"), ("吨", "斤")]),
    st.sampled_from([Relation.RELATION_AT_LEAST, Relation.RELATION_AT_MOST]),
    st.decimals("-1000", "1000", places=2),
    st.decimals("-1000", "1000", places=2),
)
def test_verdict_does_not_depend_on_the_unit(
    units: tuple[str, str], relation: int, wanted: object, told: object
) -> None:
    demanded = _message("强度", relation, f"{wanted:f}", units[0])
    verdicts = set()
    for relation_told in (1, 2, 3):
        stated = _message("强度", relation_told, f"{told:f}", units[0])
        other = parse_unit(units[1].replace("℃", "°C"))
        assert not isinstance(other, str)
        moved = Parsed(
            stated.quantity,
            stated.sign,
            other.from_si(stated.unit.to_si(stated.value)),
            other,
        )
        assert compare(demanded, moved).verdict == compare(demanded, stated).verdict
        assert compare(demanded, moved).stated == compare(demanded, stated).stated
        verdicts.add(compare(demanded, stated).verdict)
    assert verdicts


def _message(name: str, relation: int, value: str, unit: str, value_max: str = "") -> Parsed:
    message = Indicator(name=name, value=value, value_max=value_max, unit=unit)
    message.relation = relation  # type: ignore[assignment]  # numbers are what tables hold
    parsed = parse_message(message)
    assert isinstance(parsed, Parsed), parsed
    return parsed


def test_pascals_agree_with_newtons() -> None:
    assert _parsed("强度≥0.45GPa").interval == _parsed("强度≥450MPa").interval
    assert _parsed("强度≥450N/mm2").interval == _parsed("强度≥450MPa").interval


@pytest.mark.parametrize(
    ("demanded", "stated", "verdict", "shown"),
    [
        ("抗拉强度≥450MPa", "拉伸强度 0.52GPa", Verdict.MET, ("≥ 450 MPa", "520 MPa")),
        ("抗拉强度≥450MPa", "tensile strength≥520MPa", Verdict.MET, ("≥ 450 MPa", "≥ 520 MPa")),
        ("抗拉强度≥450MPa", "抗拉强度≤400MPa", Verdict.CONTRADICTED, ("≥ 450 MPa", "≤ 400 MPa")),
        ("抗拉强度≥450MPa", "抗拉强度≥400MPa", Verdict.UNKNOWN, ("≥ 450 MPa", "≥ 400 MPa")),
        ("抗拉强度>450MPa", "抗拉强度=450MPa", Verdict.CONTRADICTED, ("> 450 MPa", "= 450 MPa")),
        ("抗拉强度≥450MPa", "屈服强度≥500MPa", Verdict.UNKNOWN, None),
        ("抗拉强度≥450MPa", "抗拉强度≥6级", Verdict.UNKNOWN, None),
        ("载荷20kg", "载荷25kg", Verdict.UNKNOWN, ("20 kg", "25 kg")),
        ("载荷20kg", "载荷=20000g", Verdict.MET, ("20 kg", "= 20 kg")),
        ("工作温度-40~85℃", "工作温度-50~100℃", Verdict.MET, ("-40~85 °C", "-50~100 °C")),
        ("工作温度-40~85℃", "工作温度-20~60℃", Verdict.CONTRADICTED, None),
        ("工作温度-40~85℃", "工作温度25℃", Verdict.UNKNOWN, None),
        ("工作温度≥800℃", "工作温度≥1000℃", Verdict.MET, None),
        ("量程≥10mm", "量程0~20mm", Verdict.UNKNOWN, None),
        ("航程≥80km", "flight range of 100 km", Verdict.MET, ("≥ 80 km", "100 km")),
        ("相变温度24~28℃", "相变温度25~26℃", Verdict.MET, None),
        ("相变温度24~28℃", "相变温度20~30℃", Verdict.UNKNOWN, None),
        ("温度≤100℃", "温度≤212°F", Verdict.MET, ("≤ 100 °C", "≤ 100 °C")),
        ("转速≥1rpm", "转速≥1r/h", Verdict.UNKNOWN, ("≥ 1 rpm", "≥ ≈0.0166666666667 rpm")),
    ],
)
def test_compares(
    demanded: str, stated: str, verdict: Verdict, shown: tuple[str, str] | None
) -> None:
    comparison = compare(_parsed(demanded), _parsed(stated))
    assert comparison.verdict is verdict
    if shown is not None:
        assert (comparison.demanded, comparison.stated) == shown


@given(_NAMES, _WORDS, _NUMBERS, _WORDS, _NUMBERS)
def test_comparing_is_the_interval_algebra(
    name: str, word: tuple[str, Sign], one: str, other_word: tuple[str, Sign], other: str
) -> None:
    demanded = _parsed(f"{name}{word[0]}{one}%")
    stated = _parsed(f"{name}{other_word[0]}{other}%")
    assert compare(demanded, stated).verdict is judge(demanded.interval, stated.interval)


def test_structured_indicator_is_taken_as_it_is() -> None:
    assert _message("循环寿命", 1, "5", "万次").written == "循环寿命 ≥ 50000 次"
    assert _message("相变温度", 4, "24", "℃", "28").written == "相变温度 24~28 °C"
    assert _message("密度", 3, "2.7", "g/cm³") == _parsed("密度=2.7g/cm³")


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (Indicator(name="强度", relation=Relation.RELATION_AT_LEAST, value="x"), Why.ODD_NUMBER),
        (Indicator(name="强度", relation=Relation.RELATION_AT_LEAST, value="٤"), Why.ODD_NUMBER),
        (
            Indicator(name="强度", relation=Relation.RELATION_EQUAL, value="1", unit="个月内"),
            Why.UNKNOWN_UNIT,
        ),
        (
            Indicator(name="强度", relation=Relation.RELATION_RANGE, value="2", value_max="1"),
            Why.UPSIDE_DOWN,
        ),
        (Indicator(relation=Relation.RELATION_EQUAL, value="1"), Why.NO_QUANTITY),
        (Indicator(name="焊接", text="支持MIG/TIG焊接"), Why.NO_NUMBER),
        (Indicator(), Why.EMPTY),
    ],
)
def test_structured_indicator_that_does_not_compare_says_why(message: Indicator, why: Why) -> None:
    indicator = parse_message(message)
    assert isinstance(indicator, Unparsed)
    assert indicator.why is why


def test_text_of_an_indicator_without_a_relation_is_read() -> None:
    indicator = parse_message(Indicator(name="抗拉强度", text="≥450MPa"))
    assert indicator == _parsed("抗拉强度≥450MPa")
    long = parse_message(Indicator(name="机身减重12%以上", text="机身减重12%以上"))
    assert long == _parsed("机身减重12%以上")


def test_no_name_stands_in_two_rows() -> None:
    names = [normal_name(name) for row in SYNONYMS for name in row]
    assert len(names) == len(set(names))
    assert quantity_key("Tensile  Strength") == quantity_key("拉伸强度") == "抗拉强度"
    assert quantity_key("抗拉强度保持率") != quantity_key("抗拉强度")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(450), "450"),
        (Fraction(9, 20), "0.45"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "≈0.333333333333"),
        (Fraction(10) ** 30, "1" + "0" * 30),
        (Fraction(2, 3 * 10**30), "≈0." + "0" * 30 + "666666666667"),
    ],
)
def test_numbers_are_shown_exactly_or_marked(number: Fraction, text: str) -> None:
    assert number_text(number) == text
