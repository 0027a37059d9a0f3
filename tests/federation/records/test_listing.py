"""A listing's warnings, its normal form, and what decides between its rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from federation.records.codec import (
    IntellectualProperty,
    IpStatus,
    IpType,
    Listing,
    ListingKind,
    ListingStatus,
    ResultForm,
)
from federation.records.listing import check_in_place, check_listing
from tests.federation.records.examples import TODAY, credit_code, demand, supply
from tests.federation.records.spoiling import Broken, drop, put, sentence, told

WARNED = [
    Broken("full-width forms", "E_NFKC", "public.title", put("public.title", "高强（ＡＬ）铝材")),
    Broken("a cut summary", "E_TRUNC", "public.summary", put("public.summary", "对太阳光进行宽?")),
    Broken("a damaged text", "E_TRUNC", "public.summary", put("public.summary", "对太阳\ufffd光")),
    Broken("a variety as title", "E_TITLE", "public.title", put("public.title", "科企玉806")),
    Broken("a model as title", "E_TITLE", "public.title", put("public.title", "型号XR-2000")),
    Broken("a series as title", "E_TITLE", "public.title", put("public.title", "XR 2000系列")),
    Broken("an English title", "E_LANG", "public.title", put("public.title", "Aluminium sheet")),
    Broken("a newer district", "E_REGION", "public.region", put("public.region", "330113")),
    Broken("an owner without code", "E_UNRESOLVED", "public.owner", put("public.owner.uscc", "")),
    Broken(
        "a slip in a patent number",
        "E_IP_NUMBER",
        "public.supply.ip[0].number",
        lambda listing: setattr(listing.public.supply.ip[0], "number", "ZL202310123456.7"),
    ),
    Broken(
        "a level without evaluator",
        "E_SELF_DECLARED",
        "public.supply.evaluation_level",
        drop("public.supply.evaluator"),
    ),
    Broken(
        "a price from 9,999 fen, which was yuan",
        "E_AMOUNT_SMALL",
        "members.price.amount_min_fen",
        put("members.price.amount_min_fen", 9_999),
    ),
    Broken("yesterday", "E_EXPIRED", "public.valid_until", put("public.valid_until", "2026-07-29")),
]


@pytest.mark.parametrize("broken", WARNED, ids=sentence)
def test_supply_is_accepted_with_exactly_this_warning(broken: Broken) -> None:
    listing = supply()
    broken.spoil(listing)
    checked = check_listing(listing, today=TODAY)
    assert checked.violations == ()
    assert told(checked.warnings) == [(broken.rule, broken.field)]


@pytest.mark.parametrize(
    "title",
    [
        "Pyrometer",
        "Sound Shield",
        "1-Way Bearing",
        "5G V2X",
        "3D ICs",
        "2024 Aluminium sheet",
        "Laser welding at 1000 W",
        "RFID Cavity",
    ],
)
def test_an_english_title_of_few_words_is_no_brand(title: str) -> None:
    listing = supply()
    listing.public.title = title
    checked = check_listing(listing, today=TODAY)
    assert checked.violations == ()
    assert told(checked.warnings) == [("E_LANG", "public.title")]


@pytest.mark.parametrize(
    "title", ["2000系列铝合金挤压型材", "5G射频滤波器", "A356合金", "C919用铝材"]
)
def test_a_chinese_title_with_a_number_is_no_name(title: str) -> None:
    listing = supply()
    listing.public.title = title
    checked = check_listing(listing, today=TODAY)
    assert (checked.violations, checked.warnings) == ((), ())


@pytest.mark.parametrize("example", [supply, demand])
def test_good_listing_is_stored_as_it_is(example: Callable[[], Listing]) -> None:
    checked = check_listing(example(), today=TODAY)
    assert (checked.violations, checked.warnings) == ((), ())
    assert checked.record == example()


@pytest.mark.parametrize(
    ("path", "given", "stored"),
    [
        ("public.title", " 高强  铝合金\n板材 ", "高强 铝合金 板材"),
        ("public.title", "高强铝合金（ＡＬ－７）", "高强铝合金(AL-7)"),
        ("public.summary", " 强度，耐蚀：１ m²\r\n第二行 ", "强度，耐蚀：１ m²\n第二行"),
        ("public.summary", "e\u0301tude 研究", "étude 研究"),
        ("public.owner.uscc", " 91110000600037341l ", "91110000600037341L"),
        ("public.valid_until", "２０２７－０６－３０", "2027-06-30"),
        ("public.region", "３１００００", "310000"),
        ("public.source_id", "ＳＨ－１", "ＳＨ－１"),
    ],
)
def test_normal_form(path: str, given: str, stored: str) -> None:
    listing, expected = supply(), supply()
    put(path, given)(listing)
    put(path, stored)(expected)
    checked = check_listing(listing, today=TODAY)
    assert checked.violations == ()
    assert checked.record == expected


def test_codes_are_written_in_one_way() -> None:
    listing = supply()
    listing.public.industry[:] = ["3311", "c3252", "Ａ０１"]
    listing.public.ipc[:] = ["c22c21/00", "B22D"]
    stored = check_listing(listing, today=TODAY).record.public
    assert stored.industry == ["C3311", "C3252", "A01"]
    assert stored.ipc == ["C22C 21/00", "B22D"]


def test_given_listing_is_left_alone() -> None:
    listing = supply()
    listing.public.title = " 高强铝合金板材 "
    check_listing(listing, today=TODAY)
    assert listing.public.title == " 高强铝合金板材 "


def test_listing_checked_in_place_becomes_what_its_copy_would() -> None:
    listing = supply()
    listing.public.title = " 高强铝合金板材 "
    listing.info.revision = 7
    copied = check_listing(listing, today=TODAY)
    (checked,) = check_in_place([listing], today=TODAY)
    assert checked.record is listing
    assert checked == copied


def test_what_only_a_node_may_say_is_dropped() -> None:
    listing = supply()
    listing.info.revision = 7
    listing.MergeFromString(b"\xfa\x3f\x03\x0a\x01a")  # field 1023, which nobody knows
    listing.public.MergeFromString(b"\xfa\x3f\x0b13800001234")
    assert check_listing(listing, today=TODAY).record == supply()


def test_empty_listing_is_told_all_that_it_lacks() -> None:
    found = check_listing(Listing(), today=TODAY).violations
    assert {one.rule for one in found} == {"REQUIRED"}
    assert {one.field for one in found} >= {"public.kind", "public.title", "public.source_id"}


def test_unknown_kind_is_refused() -> None:
    listing = supply()
    listing.public.kind = 7  # type: ignore[assignment]
    assert told(check_listing(listing, today=TODAY).violations) == [
        ("CHOICE_UNKNOWN", "public.kind")
    ]


def test_kind_decides_and_not_what_is_filled_in() -> None:
    listing = supply()
    listing.public.kind = ListingKind.LISTING_KIND_DEMAND
    found = told(check_listing(listing, today=TODAY).violations)
    assert ("WRONG_KIND", "public.supply") in found
    assert ("REQUIRED", "public.demand") in found


def _right(kind: str, number: str, status: str = "UNSPECIFIED") -> IntellectualProperty:
    return IntellectualProperty(
        type=getattr(IpType, f"IP_TYPE_{kind}"),
        number=number,
        status=getattr(IpStatus, f"IP_STATUS_{status}"),
    )


def _paper() -> Listing:
    listing = supply()
    listing.public.supply.result_form = ResultForm.RESULT_FORM_PAPER
    del listing.public.supply.ip[:]
    return listing


@pytest.mark.parametrize(
    ("status", "good"),
    [
        ("UNSPECIFIED", False),
        ("PUBLISHED", False),
        ("ON_HOLD", True),
        ("MATCHED", False),
        ("CLOSED_DEAL", False),
        ("FLAGGED", True),
    ],
)
def test_paper_without_a_right_is_kept_but_never_an_offer(status: str, good: bool) -> None:
    listing = _paper()
    listing.public.status = getattr(ListingStatus, f"LISTING_STATUS_{status}")
    listing.public.status_reason = "待补充知识产权"
    found = told(check_listing(listing, today=TODAY).violations)
    assert found == ([] if good else [("PAPER_WITHOUT_RIGHT", "public.supply.result_form")])


@pytest.mark.parametrize(
    ("status", "good"), [("PUBLISHED", False), ("MATCHED", True), ("CLOSED_DEAL", True)]
)
def test_the_right_of_a_paper_may_lapse_once_a_partner_is_found(status: str, good: bool) -> None:
    listing = _paper()
    listing.public.supply.ip.append(_right("INVENTION", "ZL202310123456.6", "LAPSED"))
    listing.public.status = getattr(ListingStatus, f"LISTING_STATUS_{status}")
    found = told(check_listing(listing, today=TODAY).violations)
    assert found == ([] if good else [("PAPER_WITHOUT_RIGHT", "public.supply.result_form")])


@pytest.mark.parametrize(
    ("sentence", "right", "good"),
    [
        ("know-how", _right("KNOW_HOW", ""), True),
        ("know-how that lapsed", _right("KNOW_HOW", "", "LAPSED"), False),
        ("a patent", _right("INVENTION", "ZL202310123456.6", "GRANTED"), True),
        ("a patent whose status is not known", _right("INVENTION", "ZL202310123456.6"), True),
        ("a patent that lapsed", _right("INVENTION", "ZL202310123456.6", "LAPSED"), False),
        ("an application", _right("INVENTION", "202310123456.6", "PENDING"), True),
        ("a patent without number", _right("INVENTION", "", "GRANTED"), False),
    ],
)
def test_paper_needs_a_right_that_is_named_and_has_not_lapsed(
    sentence: str, right: IntellectualProperty, good: bool
) -> None:
    listing = _paper()
    listing.public.supply.ip.append(right)
    assert check_listing(listing, today=TODAY).ok is good, sentence


def test_one_right_in_force_beside_a_lapsed_one_is_enough() -> None:
    listing = _paper()
    listing.public.supply.ip.append(_right("INVENTION", "ZL202310123456.6", "LAPSED"))
    listing.public.supply.ip.append(_right("SOFTWARE", "2023SR0123456"))
    assert check_listing(listing, today=TODAY).ok


def test_credit_code_with_letters_in_the_first_places_is_good() -> None:
    listing = supply()
    listing.public.owner.uscc = credit_code("N2310000MB1EXAMP1")
    assert check_listing(listing, today=TODAY).ok


def test_contacts_in_origin_are_welcome() -> None:
    listing = supply()
    listing.origin.contacts.add(name="某某", phone="138 0000 1234", email="a@example.com")
    assert check_listing(listing, today=TODAY).ok


def test_place_of_a_phone_number_is_told_but_not_the_number() -> None:
    listing = supply()
    listing.public.summary = "性能优异，详情１３８００００１２３４。"
    (found,) = check_listing(listing, today=TODAY).violations
    assert found.value == ""
    assert "第 8 个字符" in found.text_zh
    assert "character 8" in found.text_en
