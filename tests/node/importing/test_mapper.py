"""The mapper: every way to fill a field and to refuse a row; it never raises."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.importing.codec import resolve
from node.importing.indicators import ParsedIndicator, parse_indicators
from node.importing.mapper import FileMapper, Mapped
from node.importing.mapping import MappingFile
from node.importing.path_mapper import PathMapper
from node.importing.rows import Row

if TYPE_CHECKING:
    from federation.records.codec import Listing
    from node.importing.rows import Cells


def mapper_of(fields: str) -> FileMapper:
    return FileMapper(MappingFile.model_validate(tomllib.loads(f"title = 't'\n[fields]\n{fields}")))


def mapped(fields: str, cells: Cells) -> Mapped:
    return mapper_of(fields).map_row(Row(1, cells))


def listing_of(fields: str, cells: Cells) -> Listing:
    result = mapped(fields, cells)
    assert result.problems == ()
    return result.listing


FIELD = '"public.tech_field" = { from = "领域", map = { "新材料" = "NEW_MATERIALS" }, '


def rules(result: Mapped) -> list[str]:
    return [found.rule for found in result.problems]


def test_the_first_alias_that_is_not_empty_wins() -> None:
    rule = '"public.title" = { from = ["成果名称", "名称"] }'
    assert listing_of(rule, {"成果名称": "", "名称": " 铝合金 "}).public.title == "铝合金"


def test_headings_are_compared_without_case_width_and_blanks() -> None:
    rule = '"public.title" = { from = "Title  （Ａ）" }'
    assert listing_of(rule, {"title (a)": "铝合金"}).public.title == "铝合金"


def test_a_template_takes_columns() -> None:
    rule = '"public.title" = { template = "{名称}（{型号}）" }'
    assert listing_of(rule, {"名称": "泵", "型号": "A1"}).public.title == "泵（A1）"


def test_a_template_and_a_digest_take_aliases() -> None:
    rule = '"public.summary" = { template = "取自摘要：{summary|成果简介}" }'
    for heading in ("summary", "成果简介"):
        assert listing_of(rule, {heading: "泵"}).public.summary == "取自摘要：泵"
    rule = '"public.source_id" = { digest = ["name|成果名称"] }'
    ids = {listing_of(rule, {one: "泵"}).public.source_id for one in ("name", "成果名称")}
    assert len(ids) == 1
    assert ids != {""}
    rule = '"public.title" = { template = "{a|b}" }'
    assert listing_of(rule, {"a|b": "泵"}).public.title == "泵", "a heading may hold the sign"


def test_a_heading_that_a_template_or_digest_needs_is_missing_and_others_are_told() -> None:
    mapper = mapper_of("""
"public.summary" = { template = "{summary|成果简介}" }
"public.source_id" = { digest = ["name|成果名称"] }
"public.title" = { from = ["name", "成果名称"], required = true }
"public.declared_stage" = { from = ["stage", "阶段"] }
"public.trl" = { value = "3", when = "stage" }
""")
    assert mapper.missing(["a"]) == ["summary|成果简介", "name|成果名称", "name"]
    assert mapper.missing(["成果简介", "成果名称"]) == []
    assert mapper.absent(["成果简介", "成果名称"]) == [
        "stage|阶段 (public.declared_stage)",
        "stage (public.trl)",
    ]
    assert mapper.absent(["成果简介", "name", "Stage"]) == []


def test_a_digest_depends_on_its_columns_alone() -> None:
    rule = '"public.source_id" = { digest = ["a", "b"] }'
    one, other, moved = (
        listing_of(rule, cells).public.source_id
        for cells in (
            {"a": "x", "b": "y", "c": "1"},
            {"a": "x", "b": "y", "c": "2"},
            {"a": "xy", "b": ""},
        )
    )
    assert one == other != moved
    assert len(one) == 20
    assert listing_of(rule, {"a": "", "b": " "}).public.source_id == ""


def test_a_constant_stands_only_where_its_column_is_filled() -> None:
    rule = '"public.supply.ip[0].type" = { value = "INVENTION", when = "专利号" }'
    assert not listing_of(rule, {"专利号": ""}).public.supply.ip
    assert listing_of(rule, {"专利号": "CN1"}).public.supply.ip[0].type == 1


def test_terms_are_translated_and_one_may_become_two() -> None:
    rule = """
"public.supply.transfer_modes" = { from = "方式", separators = "、;", map = "modes" }
[maps.modes]
"转让" = "ASSIGNMENT"
"转让或许可" = ["ASSIGNMENT", "LICENCE"]
"""
    assert list(listing_of(rule, {"方式": "转让、转让或许可"}).public.supply.transfer_modes) == [
        2,
        5,
    ]


def test_an_unknown_term_refuses_the_row_and_names_its_place() -> None:
    rule = FIELD + "required = true }"
    result = mapped(rule, {"领域": "玄学"})
    (found,) = result.problems
    assert result.refused
    assert (found.rule, found.column, found.field, found.value) == (
        "UNKNOWN_TERM", "领域", "public.tech_field", "玄学",
    )  # fmt: skip


def test_an_unknown_term_is_told_with_the_known_ones_and_where_to_add_it() -> None:
    (found,) = mapped(FIELD + "required = true }", {"领域": "玄学"}).problems
    assert found.text_zh.endswith("已知：新材料；补充处：public.tech_field 的 map")
    assert found.text_en.endswith("known: 新材料; add it to: the map of public.tech_field")
    named = """
"public.supply.transfer_modes" = { from = "方式", map = "modes", skip_unmapped = true }
[maps.modes]
"""
    named += "\n".join(f'"{number}号方式" = "LICENCE"' for number in range(30))
    (found,) = mapped(named + '\n"技术转让" = "ASSIGNMENT"', {"方式": "技术转出"}).problems
    assert found.text_zh.endswith("相近：技术转让；补充处：[maps.modes]")
    (found,) = mapped('"public.kind" = "类型"', {"类型": "求购"}).problems
    assert found.text_zh.endswith("；已知：供给 SUPPLY、需求 DEMAND")
    assert found.text_en.endswith("; known: SUPPLY, DEMAND")
    (found,) = mapped('"public.supply.result_form" = "形式"', {"形式": "新药证"}).problems
    assert "；相近：新药证书 DRUG_CERTIFICATE" in found.text_zh
    (found,) = mapped('"public.supply.result_form" = "形式"', {"形式": "PROTO TYPE"}).problems
    assert "; nearest: PROTOTYPE" in found.text_en


def test_an_unknown_term_may_be_skipped_with_a_warning() -> None:
    rule = FIELD + 'skip_unmapped = true, default = "AGRICULTURE" }'
    result = mapped(rule, {"领域": "玄学"})
    assert (rules(result), result.refused) == (["E_SKIPPED"], False)
    assert result.listing.public.tech_field == 9


@pytest.mark.parametrize(
    ("unit", "text", "fen"),
    [
        ("yuan", "12000000", 1_200_000_000),
        ("yuan", "１，２００.50", 120_050),
        ("yuan", " 1 234 567 ", 123_456_700),
        ("wan_yuan", "3.5", 3_500_000),
        ("fen", "7", 7),
    ],
)
def test_money_becomes_fen(unit: str, text: str, fen: int) -> None:
    rule = f'"members.budget.amount_max_fen" = {{ from = "a", unit = "{unit}" }}'
    assert listing_of(rule, {"a": text}).members.budget.amount_max_fen == fen


@pytest.mark.parametrize(
    ("expected", "texts"),
    [
        (
            "BAD_NUMBER",
            [
                "面议", "1e999999999", "NaN", "9" * 5_000, "3,5", "1,2,3", "1.200,50", "12,3456",
                "1_000", "٣", "120元", "5-10", "-", ".",
            ],
        ),
        ("NOT_WHOLE_FEN", ["1.005", "0.001"]),
        ("NUMBER_RANGE", ["1e17", "-1e17", "9" * 40]),
    ],
)  # fmt: skip
def test_what_is_no_amount_refuses_the_row_and_tells_the_unit(
    expected: str, texts: list[str]
) -> None:
    rule = '"members.budget.amount_max_fen" = { from = "a", unit = "yuan" }'
    for text in texts:
        (found,) = mapped(rule, {"a": text}).problems
        assert found.rule == expected
        assert 'unit = "yuan"' in found.text_zh
        assert 'unit = "yuan"' in found.text_en


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("10 March 2015", "2015-03-10"),
        ("2027/3/9", "2027-03-09"),
        ("２０２７／０３／０９", "2027-03-09"),
        ("2027-03-09", "2027-03-09"),
        ("2027-02-30", None),
        ("45000", None),
        ("9" * 100, None),
    ],
)
def test_dates_become_iso_dates(text: str, iso: str | None) -> None:
    rule = '"public.valid_until" = { from = "a", dates = ["%d %B %Y", "%Y/%m/%d"] }'
    result = mapped(rule, {"a": text})
    assert rules(result) == ([] if iso else ["BAD_DATE"])
    assert result.listing.public.valid_until == (iso or "")


def test_remains_of_other_formats_go() -> None:
    rule = r"""'public.summary' = { from = "a", clean = ["escapes", "html"] }"""
    text = r"NASA\u2019s &amp;amp; <b>big</b>&nbsp;one\ud83d"
    assert listing_of(rule, {"a": text}).public.summary == "NASA’s &  big \xa0one"


def test_what_is_too_long_is_cut_with_a_warning() -> None:
    rule = '"public.title" = { from = "a", cut = 4 }\n"public.keywords" = { from = "b", most = 2 }'
    result = mapped(rule, {"a": "高强韧铝合金", "b": ("x", "y", "z")})
    assert (rules(result), result.refused) == (["E_CUT", "E_CUT"], False)
    assert result.listing.public.title == "高强韧铝"
    assert list(result.listing.public.keywords) == ["x", "y"]


@pytest.mark.parametrize(
    ("rule", "cell", "expected"),
    [
        ('"public.title" = { from = "a", required = true }', "", "REQUIRED"),
        ('"public.title" = { from = "a" }', ("x", "y"), "NOT_A_TEXT"),
        ('"public.trl" = { from = "a" }', "seven", "BAD_NUMBER"),
        ('"public.trl" = { from = "a" }', "-1", "NUMBER_RANGE"),
        ('"public.trl" = { from = "a" }', "99999999999", "NUMBER_RANGE"),
        ('"public.export_control" = { from = "a" }', "maybe", "BAD_BOOLEAN"),
        ('"public.kind" = { from = "a" }', "OFFER", "UNKNOWN_TERM"),
        ('"public.attachments[0].sha256" = { from = "a" }', "§", "BAD_BYTES"),
    ],
)
def test_a_bad_value_refuses_the_row(rule: str, cell: str | tuple[str, ...], expected: str) -> None:
    result = mapped(rule, {"a": cell})
    assert (rules(result), result.refused) == ([expected], True)


@pytest.mark.parametrize(
    ("path", "cell", "value"),
    [
        ("public.trl", "７", 7),
        ("public.kind", "ＳＵＰＰＬＹ　", 1),
        ("public.export_control", "Ｙ", True),
    ],
)
def test_full_width_choices_and_numbers_are_read(path: str, cell: str, value: object) -> None:
    public = listing_of(f'"{path}" = "a"', {"a": cell}).public
    assert getattr(public, path.removeprefix("public.")) == value


def test_values_of_contacts_stand_in_no_problem() -> None:
    rule = '"origin.contacts[0].name" = { from = "a", cut = 2 }\n"origin.contacts[0].phone" = "b"'
    result = mapped(rule, {"a": "王示例", "b": ("+86 100", "+86 100 1")})
    assert [found.value for found in result.problems] == ["", ""]


def test_indicators_are_parsed_where_they_are_certain() -> None:
    assert parse_indicators("抗拉强度≥450MPa；相变温度24-28摄氏度，盐雾试验1000小时无明显腐蚀") == [
        ParsedIndicator("抗拉强度", "RELATION_AT_LEAST", "450", unit="MPa"),
        ParsedIndicator("相变温度", "RELATION_RANGE", "24", "28", "摄氏度"),
        ParsedIndicator("盐雾试验1000小时无明显腐蚀", text="盐雾试验1000小时无明显腐蚀"),
    ]


@given(text=st.text(max_size=200))
def test_indicators_lose_no_text(text: str) -> None:
    parsed = parse_indicators(text)
    assert len(parsed) <= 30
    assert all(indicator.name and (indicator.value or indicator.text) for indicator in parsed)


def test_the_column_of_a_field_is_found_below_and_above_it() -> None:
    mapper = mapper_of('"public.keywords" = "关键词"\n"public.supply.ip[0].number" = "专利号"')
    assert mapper.column_of("public.keywords[3]") == "关键词"
    assert mapper.column_of("public.supply.ip[0].number") == "专利号"
    assert mapper.column_of("public.region") == ""


def test_missing_and_unread_columns_are_told() -> None:
    mapper = mapper_of('"public.title" = { from = "名称", required = true }')
    assert mapper.missing(["编号"]) == ["名称"]
    assert mapper.unread(["名称", "备注"]) == ["备注"]


def test_without_a_mapping_columns_are_paths() -> None:
    cells = {
        "public.kind": "SUPPLY",
        "public.keywords": "铝合金；压铸",
        "public.supply.ip[0].number": "CN1",
        "public.demand.indicators": "重量≤3kg",
        "members.price.negotiable": "是",
        "备注": "x",
    }
    result = PathMapper().map_row(Row(1, cells))
    listing = result.listing
    assert result.problems == ()
    assert list(listing.public.keywords) == ["铝合金", "压铸"]
    assert listing.public.supply.ip[0].number == "CN1"
    assert listing.public.demand.indicators[0].unit == "kg"
    assert listing.members.price.negotiable
    assert PathMapper().unread(cells) == ["备注"]
    assert PathMapper().missing(["备注"]) == ["public.title"]


PATHS = [
    "public.kind", "public.title", "public.trl", "public.valid_until", "public.keywords",
    "public.supply.ip[0].status", "public.supply.indicators", "public.attachments[1].sha256",
    "public.attachments[0].size_bytes", "members.price.amount_min_fen", "public.export_control",
    "origin.contacts[2].phone", "origin.contacts.phone", "origin.contacts.0.phone",
    "public.nothing", "state", "public.supply.ip[0]",
]  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
CELL = TEXT | st.lists(TEXT, max_size=4).map(tuple)


@given(cells=st.dictionaries(st.sampled_from(PATHS) | TEXT, CELL, max_size=8))
def test_no_cell_makes_the_path_mapper_raise(cells: Cells) -> None:
    PathMapper().map_row(Row(1, cells)).listing.SerializeToString()


@given(
    cells=st.dictionaries(st.sampled_from(["a", "b"]), CELL),
    path=st.sampled_from([path for path in PATHS if "[0]" not in path[-3:]][:12]),
    options=st.fixed_dictionaries(
        {},
        optional={
            "separators": st.text(";、|", min_size=1, max_size=2),
            "dates": st.lists(st.sampled_from(["%Y", "%d %B %Y", "%%", "%Q"]), max_size=2),
            "unit": st.sampled_from(["fen", "yuan", "wan_yuan"]),
            "clean": st.lists(st.sampled_from(["escapes", "html"])),
            "cut": st.integers(0, 9),
            "most": st.integers(0, 3),
            "map": st.dictionaries(TEXT, TEXT, max_size=2),
            "skip_unmapped": st.booleans(),
            "required": st.booleans(),
        },
    ),
)
def test_no_cell_and_no_rule_make_the_file_mapper_raise(
    cells: Cells, path: str, options: dict[str, object]
) -> None:
    assert resolve(path)
    mapping = MappingFile.model_validate(
        {"title": "t", "fields": {path: {"from": ["a", "b"], **options}}}
    )
    FileMapper(mapping).map_row(Row(1, cells)).listing.SerializeToString()
