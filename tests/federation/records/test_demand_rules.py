"""Each rule of a demand: an example that breaks it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from federation.records.codec import Listing, Relation
from federation.records.listing import check_listing
from tests.federation.records.examples import COMPANY, TODAY, demand, indicator, supply
from tests.federation.records.spoiling import Broken, drop, extend, put, sentence, told

_VALUE_MAX = "public.demand.indicators[0].value_max"


def _anonymous(listing: Listing) -> None:
    listing.public.demand.anonymous = True
    listing.public.ClearField("owner")


def _anonymous_but_named(listing: Listing) -> None:
    listing.public.demand.anonymous = True
    listing.members.demander.CopyFrom(listing.public.owner)


def _unmarked(listing: Listing) -> None:
    listing.members.demander.CopyFrom(listing.public.owner)
    listing.public.ClearField("owner")


def anonymous() -> Listing:
    listing = demand()
    _anonymous_but_named(listing)
    listing.public.ClearField("owner")
    return listing


def _naming(path: str, text: str) -> Callable[[Listing], object]:
    def spoil(listing: Listing) -> None:
        listing.CopyFrom(anonymous())
        put(path, text)(listing)

    return spoil


def _indicator(**values: object) -> Callable[[Listing], object]:
    def spoil(listing: Listing) -> None:
        for name, value in values.items():
            setattr(listing.public.demand.indicators[0], name, value)

    return spoil


OF_DEMANDS = [
    Broken("an end", "REQUIRED", "public.valid_until", drop("public.valid_until")),
    Broken("a demander", "REQUIRED", "public.owner", drop("public.owner")),
    Broken("its own half", "REQUIRED", "public.demand", drop("public.demand")),
    Broken("a problem", "REQUIRED", "public.demand.problem", drop("public.demand.problem")),
    Broken("a type", "REQUIRED", "public.demand.demand_type", drop("public.demand.demand_type")),
    Broken("indicators", "REQUIRED", "public.demand.indicators", drop("public.demand.indicators")),
    Broken(
        "a deadline for interest",
        "REQUIRED",
        "public.demand.deadline_eoi",
        drop("public.demand.deadline_eoi"),
    ),
    Broken("nobody whom members know", "REQUIRED", "members.demander", _anonymous),
    Broken(
        "31 indicators",
        "TOO_MANY",
        "public.demand.indicators",
        extend("public.demand.indicators", *[indicator()] * 30),
    ),
    Broken(
        "4 ways of cooperation",
        "TOO_MANY",
        "public.demand.cooperation_modes",
        extend("public.demand.cooperation_modes", 1, 3, 4),
    ),
    Broken(
        "a deadline after the end",
        "DATE_ORDER",
        "public.demand.deadline_eoi",
        put("public.demand.deadline_eoi", "2027-04-01"),
    ),
    Broken(
        "verified tomorrow",
        "DATE_IN_FUTURE",
        "public.demand.verified_on",
        put("public.demand.verified_on", "2026-07-31"),
    ),
    Broken(
        "a value with its unit",
        "DECIMAL_FORM",
        "public.demand.indicators[0].value",
        _indicator(value="15%"),
    ),
    Broken(
        "a relation to nothing",
        "INDICATOR_VALUE",
        "public.demand.indicators[0].value",
        _indicator(value=""),
    ),
    Broken(
        "a range upside down",
        "INDICATOR_RANGE",
        _VALUE_MAX,
        _indicator(relation=Relation.RELATION_RANGE, value="5", value_max="4.99"),
    ),
    Broken(
        "a range without an upper end",
        "INDICATOR_RANGE",
        _VALUE_MAX,
        _indicator(relation=Relation.RELATION_RANGE),
    ),
    Broken("an upper end alone", "INDICATOR_RANGE", _VALUE_MAX, _indicator(value_max="20")),
    Broken(
        "a named anonymous demander", "OWNER_OF_ANONYMOUS", "public.owner", _anonymous_but_named
    ),
    Broken(
        "a named demander beside the owner",
        "DEMANDER_OF_NAMED",
        "members.demander",
        put("members.demander.name", "示例新能源有限公司"),
    ),
    Broken(
        "a demander for members and no mark",
        "DEMANDER_OF_NAMED",
        "members.demander",
        _unmarked,
    ),
    Broken(
        "an anonymous demander in the title",
        "DEMANDER_NAMED",
        "public.title",
        _naming("public.title", "示例新能源有限公司续航提升"),
    ),
    Broken(
        "a bounty without a challenge",
        "BOUNTY_WITHOUT_CHALLENGE",
        "public.demand.bounty_fen",
        put("public.demand.bounty_fen", 100),
    ),
    Broken(
        "a supply's half",
        "WRONG_KIND",
        "public.supply",
        lambda listing: listing.public.supply.CopyFrom(supply().public.supply),
    ),
    Broken(
        "a price",
        "WRONG_KIND",
        "members.price",
        lambda listing: listing.members.price.CopyFrom(supply().members.price),
    ),
]


@pytest.mark.parametrize("broken", OF_DEMANDS, ids=sentence)
def test_demand_is_refused_for_exactly_this(broken: Broken) -> None:
    listing = demand()
    broken.spoil(listing)
    found = check_listing(listing, today=TODAY).violations
    assert told(found) == [(broken.rule, broken.field)]


def test_anonymous_demand_is_known_to_members() -> None:
    assert check_listing(anonymous(), today=TODAY).ok


WIDE_CODE = "".join(chr(ord(sign) + 0xFEE0) for sign in COMPANY)
_TEXTS = {
    "public.title": "{} 低温续航提升",
    "public.summary": "由{}提出。",
    "public.demand.problem": "{}的电池在冬季续航下降。",
    "public.demand.foundation": "2026{}已建成中试线",
    "public.description": "需求方：{}",
    "public.demand.verified_by": "{}",
    "public.source_platform": "{}",
    "public.source_id": "{}-001",
}


@pytest.mark.parametrize("path", _TEXTS)
def test_anonymous_demand_is_refused_where_a_public_text_names_the_demander(path: str) -> None:
    listing = anonymous()
    put(path, _TEXTS[path].format("示例新能源有限公司"))(listing)
    (found,) = check_listing(listing, today=TODAY).violations
    assert (found.rule, found.field) == ("DEMANDER_NAMED", path)
    place = _TEXTS[path].index("{") + 1
    assert f"第 {place} 个字符" in found.text_zh
    assert f"character {place}" in found.text_en
    assert "示例新能源" not in found.text_zh + found.text_en


@pytest.mark.parametrize(
    ("sentence", "name", "text", "good"),
    [
        ("its credit code", "示例新能源", f"代码 {COMPANY}", False),
        ("its credit code in small letters", "示例新能源", COMPANY.lower(), False),
        ("brackets of the other width", "示例（苏州）公司", "示例(苏州)公司提出", False),
        ("brackets as they are", "示例（苏州）公司", "示例（苏州）公司提出", False),
        ("full-width letters", "Example(苏州)", "ＥＸＡＭＰＬＥ（苏州）提出", False),
        ("another case", "Example Battery", "asked by EXAMPLE BATTERY.", False),
        ("a Latin name between Chinese words", "Otis", "由OTIS提出", False),
        ("a blank within", "示例新能源", "由示例 新能源提出", False),
        ("a line feed within", "示例新能源", "由示例\n新能源提出", False),
        ("no blank where it has one", "Example Battery", "asked by ExampleBattery", False),
        ("its credit code in full-width signs", "示例新能源", WIDE_CODE, False),
        ("brackets of both widths", "示例（苏州）公司", "示例（苏州)公司提出", False),
        ("a name of four characters", "示例电池", "由示例电池提出", False),
        ("a name of three characters", "示电池", "由示电池提出", True),
        ("the students of a university", "示例大学", "面向示例大学生的电池", True),
        ("a university's faculty of life", "示例大学", "示例大学生命科学学院提出", False),
        ("a university's students", "示例大学", "示例大学生创业园", True),
        ("a university", "示例大学", "由示例大学提出", False),
        ("a Latin name that begins in a word", "Otis", "a myotis asks", True),
        ("a Latin name that ends in a word", "Otis", "from Otisburg", True),
        ("a longer Latin word", "Otis", "a prognotist asks", True),
        ("a name that is masked", "苏州某企业", "苏州某企业需要低温电池", True),
        ("a name masked by stars", "上海**公司", "上海**公司需要低温电池", True),
        ("a name of two characters", "示例", "示例工况下的低温电池", True),
        ("another organisation", "示例新能源有限公司", "示例检测有限公司已验证", True),
    ],
)
def test_what_names_the_demander_of_an_anonymous_demand(
    sentence: str, name: str, text: str, good: bool
) -> None:
    listing = anonymous()
    listing.members.demander.name = name
    listing.public.description = text
    found = told(check_listing(listing, today=TODAY).violations)
    assert found == ([] if good else [("DEMANDER_NAMED", "public.description")]), sentence


def test_an_address_may_not_hold_the_credit_code_of_an_anonymous_demander() -> None:
    listing = anonymous()
    address = f"https://example.cn/{COMPANY}/1.pdf"
    listing.public.attachments.add(name="要求.pdf", sha256=bytes(32), uri=address)
    found = told(check_listing(listing, today=TODAY).violations)
    assert found == [("DEMANDER_NAMED", "public.attachments[0].uri")]


def test_members_and_origin_may_read_the_name_of_an_anonymous_demander() -> None:
    listing = anonymous()
    listing.members.terms = "示例新能源有限公司可先付定金。"
    listing.origin.contacts.add(name="某某", address="示例新能源有限公司")
    assert check_listing(listing, today=TODAY).ok


def test_named_demand_may_name_the_demander() -> None:
    listing = demand()
    listing.public.summary = "示例新能源有限公司提出。"
    assert check_listing(listing, today=TODAY).ok


def test_indicator_may_be_words_alone() -> None:
    listing = demand()
    listing.public.demand.indicators.add(name="焊接", text="支持 MIG 与 TIG")
    assert check_listing(listing, today=TODAY).ok


def test_deadline_that_has_passed_is_a_warning() -> None:
    listing = demand()
    listing.public.demand.deadline_eoi = "2026-07-29"
    checked = check_listing(listing, today=TODAY)
    assert checked.ok
    assert told(checked.warnings) == [("E_EXPIRED", "public.demand.deadline_eoi")]


@pytest.mark.parametrize(
    ("amount_fen", "is_told"), [(0, False), (1, True), (99_999, True), (100_000, False)]
)
def test_a_budget_and_a_bounty_below_a_thousand_yuan_are_perhaps_no_fen(
    amount_fen: int, is_told: bool
) -> None:
    listing = demand()
    listing.members.budget.Clear()
    listing.members.budget.amount_min_fen = amount_fen
    listing.members.budget.amount_max_fen = amount_fen or 200_000
    listing.public.demand.challenge = True
    listing.public.demand.bounty_fen = amount_fen
    checked = check_listing(listing, today=TODAY)
    assert checked.violations == ()
    fields = [
        "public.demand.bounty_fen",
        "members.budget.amount_min_fen",
        "members.budget.amount_max_fen",
    ]
    assert told(checked.warnings) == [("E_AMOUNT_SMALL", field) for field in fields if is_told]
