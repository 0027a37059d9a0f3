"""Duplicates: normal forms, the rule table, its symmetry, and groups that no order changes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.subject import subject_text
from federation.matching.duplicate_keys import (
    is_same_organisation,
    organisation_key,
    patent_key,
    title_key,
)
from federation.matching.duplicates import RULES, DuplicateEvidence, Likelihood, compare, groups
from federation.matching.shingles import SKETCH_HASHES, similarity_permille, sketch
from federation.records.codec import (
    IntellectualProperty,
    ListingPublic,
    OrganisationRef,
    Supply,
)
from tests.federation.records.examples import COMPANY, UNIVERSITY, supply

_LONG = (
    "面向近海装备的铝合金板材，采用微合金化与分级时效工艺，强度与耐蚀性兼顾，已完成中试并通过第三方检测，"
    "盐雾试验一千小时无明显腐蚀，焊接接头强度系数不低于百分之八十五，适用于无人船艇与海上风电塔筒等场景。"
)
_OTHER = (
    "一种面向冷链物流的多温区温控与品质追溯系统，集成低功耗传感器、边缘网关与区块链存证平台，支持跨区域"
    "运输全程记录，异常识别准确率达到百分之九十以上，单个标签成本低于两元，已在三家企业示范应用。"
)


def _listing(
    *,
    title: str = "高强耐蚀轻量化铝合金板材",
    text: str = _LONG,
    owner: OrganisationRef | None = None,
    patent: str = "",
    source: str = "",
    kind: int = 1,
) -> ListingPublic:
    public = ListingPublic(
        title=title,
        description=text,
        owner=owner,
        region="310115",
        source_platform="sh-tt" if source else "",
        source_id=source,
        supply=Supply(ip=[IntellectualProperty(number=patent)] if patent else []),
    )
    public.kind = kind  # type: ignore[assignment]  # numbers are what tables hold
    return public


_UNIVERSITY = OrganisationRef(uscc=UNIVERSITY, name="示例大学")
_COMPANY = OrganisationRef(uscc=COMPANY, name="示例新能源有限公司")
_PATENT = "ZL202310123456.6"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("ZL202310123456.6", "CN202310123456"),
        ("ZL 2023 1 0123456.6", "CN202310123456"),
        ("cn202310123456.6", "CN202310123456"),
        ("２０２３１０１２３４５６．６", "CN202310123456"),
        ("202310123456", "CN202310123456"),
        ("202310123456X", "CN202310123456"),
        ("ZL98101234.5", "CN98101234"),
        ("CN112345678A", "CN112345678"),
        ("CN 112345678 B", "CN112345678"),
        ("CN101234567", "CN101234567"),
        ("US 10,123,456 B2", "US10123456"),
        ("EP1234567A1", "EP1234567"),
        ("2023SR0123456", "2023SR0123456"),
        ("CNA20191003783", "CNA20191003783"),
        ("申请中", ""),
        ("", ""),
    ],
)
def test_patent_numbers_have_one_form(written: str, key: str) -> None:
    assert patent_key(written) == key


@given(st.text(max_size=60))
def test_keys_never_raise_and_are_their_own(text: str) -> None:
    assert title_key(title_key(text)) in {title_key(text), title_key(text).removeprefix("一种")}
    patent_key(text)
    organisation_key(OrganisationRef(name=text, uscc=text))


def test_title_loses_dress_and_a_kind_of() -> None:
    assert title_key("一种Bi-Nd 发光材料（Ⅱ）") == title_key("ＢＩ—ＮＤ发光材料(II)")
    assert title_key("一种") == "一种"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (_UNIVERSITY, OrganisationRef(uscc=UNIVERSITY, name="示例大学（本部）"), True),
        (_UNIVERSITY, OrganisationRef(uscc=COMPANY, name="示例大学"), False),
        (_UNIVERSITY, OrganisationRef(name="示例 大学"), True),
        (_UNIVERSITY, OrganisationRef(name="示例学院"), None),
        (OrganisationRef(name="**大学"), OrganisationRef(name="**大学"), None),
        (OrganisationRef(name="某公司"), OrganisationRef(name="某公司"), None),
        (OrganisationRef(), OrganisationRef(), None),
    ],
)
def test_organisations(one: OrganisationRef, other: OrganisationRef, same: bool | None) -> None:
    assert is_same_organisation(one, other) is same
    assert is_same_organisation(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "likelihood", "rule"),
    [
        ({"kind": 1}, {"kind": 2}, Likelihood.UNLIKELY, "ANOTHER_KIND"),
        (
            {"source": "7", "title": "甲种技术的应用方法"},
            {"source": "7", "text": _OTHER},
            Likelihood.LIKELY,
            "SAME_SOURCE",
        ),
        (
            {"patent": _PATENT},
            {"patent": "202310123456", "text": _OTHER},
            Likelihood.LIKELY,
            "SAME_PATENT_AND_TITLE",
        ),
        (
            {"patent": _PATENT},
            {"patent": _PATENT, "title": "近海装备用铝板"},
            Likelihood.LIKELY,
            "SAME_PATENT_AND_TEXT",
        ),
        (
            {"patent": _PATENT},
            {"patent": _PATENT, "title": "冷链追溯系统", "text": _OTHER},
            Likelihood.POSSIBLE,
            "SAME_PATENT",
        ),
        (
            {"owner": _UNIVERSITY},
            {"owner": _UNIVERSITY, "text": _OTHER},
            Likelihood.LIKELY,
            "SAME_OWNER_AND_TITLE",
        ),
        (
            {"owner": _UNIVERSITY, "patent": _PATENT},
            {"owner": _UNIVERSITY, "patent": "ZL202010654321.1"},
            Likelihood.POSSIBLE,
            "SAME_TITLE",
        ),
        (
            {"owner": _UNIVERSITY},
            {"owner": _UNIVERSITY, "title": "近海装备用铝板"},
            Likelihood.LIKELY,
            "SAME_OWNER_AND_TEXT",
        ),
        ({}, {"text": _OTHER}, Likelihood.POSSIBLE, "SAME_TITLE"),
        (
            {"owner": _UNIVERSITY},
            {"owner": _COMPANY, "text": _OTHER},
            Likelihood.UNLIKELY,
            "NOTHING_IN_COMMON",
        ),
        ({"owner": _UNIVERSITY}, {"owner": _COMPANY}, Likelihood.POSSIBLE, "SAME_TEXT"),
        (
            {"owner": _UNIVERSITY},
            {"owner": _UNIVERSITY, "title": "近海装备用铝板", "text": _LONG + _OTHER[:60]},
            Likelihood.POSSIBLE,
            "SAME_OWNER_NEAR_TEXT",
        ),
        ({"title": "镜头模组"}, {"title": "镜头模组", "text": _OTHER}, *(
            Likelihood.UNLIKELY, "NOTHING_IN_COMMON")),
        ({}, {"title": "冷链追溯系统", "text": _OTHER}, Likelihood.UNLIKELY, "NOTHING_IN_COMMON"),
    ],
)  # fmt: skip
def test_first_rule_that_fits_decides(
    one: dict[str, Any], other: dict[str, Any], likelihood: Likelihood, rule: str
) -> None:
    evidence = compare(_listing(**one), _listing(**other))
    assert (evidence.likelihood, evidence.rule) == (likelihood, rule)


def test_every_rule_has_an_example() -> None:
    (marker,) = (
        mark for mark in test_first_rule_that_fits_decides.pytestmark if mark.name == "parametrize"
    )
    assert {case[3] for case in marker.args[1]} == {name for name, _, _ in RULES}


_LISTINGS = st.builds(
    _listing,
    title=st.sampled_from(["高强耐蚀轻量化铝合金板材", "冷链追溯系统研究", "镜头"]),
    text=st.sampled_from(["", _LONG, _OTHER, _LONG + _OTHER]),
    owner=st.sampled_from([None, _UNIVERSITY, _COMPANY, OrganisationRef(name="示例大学")]),
    patent=st.sampled_from(["", _PATENT, "202310123456", "CN112345678A"]),
    source=st.sampled_from(["", "7", "8"]),
    kind=st.sampled_from([1, 2]),
)


def _mirrored(evidence: DuplicateEvidence) -> DuplicateEvidence:
    def swap(fields: Any) -> Any:
        return tuple(type(one)(one.path, one.other, one.one, one.agrees) for one in fields)

    return DuplicateEvidence(
        evidence.likelihood,
        evidence.rule,
        swap(evidence.agreeing),
        swap(evidence.differing),
        evidence.text_permille,
    )


@given(_LISTINGS, _LISTINGS)
def test_comparing_is_symmetric(one: ListingPublic, other: ListingPublic) -> None:
    assert compare(one, other) == _mirrored(compare(other, one))


@given(_LISTINGS)
def test_a_listing_differs_from_itself_in_nothing(one: ListingPublic) -> None:
    evidence = compare(one, one)
    assert evidence.differing == ()
    assert evidence.text_permille in {0, 1000}


def test_example_listing_names_what_agrees_and_what_differs() -> None:
    one, other = supply().public, supply().public
    other.region = "320583"
    other.source_platform = "jiangsu-tt"
    evidence = compare(one, other)
    assert [field.path for field in evidence.agreeing] == [
        "public.kind",
        "public.title",
        "public.trl",
        "public.owner",
        "public.supply.ip",
    ]
    assert [field.path for field in evidence.differing] == ["public.source_id", "public.region"]


@given(st.text("铝合金板材强度ab1 。", max_size=80), st.text("铝合金板材强度ab1 。", max_size=80))
def test_similarity_of_short_texts_is_exactly_jaccards(one: str, other: str) -> None:
    mine, theirs = set(sketch(one)), set(sketch(other))
    expected = 1000 * len(mine & theirs) // len(mine | theirs) if mine | theirs else 0
    assert similarity_permille(sketch(one), sketch(other)) == expected
    assert similarity_permille(sketch(other), sketch(one)) == expected


def test_sketches_are_small_and_the_same_on_all_machines() -> None:
    long = "".join(chr(0x4E00 + place * 7 % 20_000) for place in range(4000))
    assert len(sketch(long)) == SKETCH_HASHES
    assert similarity_permille(sketch(long), sketch(long + "尾巴")) >= 990
    assert sketch("高强耐蚀") == (14_577_068_703_946_166_864,)


def _name(number: int, member: str = "jiangsu") -> str:
    return f"nodes/{member}/listings/{subject_text(number.to_bytes(16))}"


_NAMES = [_name(number, member) for number in range(4) for member in ("anhui", "jiangsu")]
_EDGES = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from([*_NAMES, "nodes/x", ""]))


@given(_EDGES, st.sets(st.sampled_from(_NAMES)), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_order(same_as: dict[str, str], gone: set[str], rng: Any) -> None:
    items = list(same_as.items())
    rng.shuffle(items)
    found = groups(same_as, gone)
    assert groups(dict(items), gone) == found
    members = [name for group in found for name in group.members]
    assert len(members) == len(set(members))
    assert not set(members) & gone
    for group in found:
        assert group.shown in group.members
        assert len(group.members) > 1


@given(_EDGES)
def test_who_is_pointed_to_and_points_to_nobody_is_shown(same_as: dict[str, str]) -> None:
    for group in groups(same_as):
        ends = [
            name for name in group.members if same_as.get(name, name) not in set(_NAMES) - {name}
        ]
        assert len(ends) <= 1
        if ends:
            assert group.shown == ends[0]
        else:
            at = same_as[group.shown]
            for _ in group.members:  # the shown one stands in the circle, and is its smallest
                assert _order(group.shown) <= _order(at)
                at = same_as[at]
            assert group.shown in _walk(same_as, same_as[group.shown])


def _order(name: str) -> tuple[str, str]:
    _, member, _, subject = name.split("/")
    return member, subject


def _walk(same_as: dict[str, str], start: str) -> set[str]:
    seen: set[str] = set()
    while start not in seen:
        seen.add(start)
        start = same_as[start]
    return seen


def test_chains_circles_and_what_is_gone() -> None:
    a, b, c, d = (_name(number) for number in range(4))
    (chain,) = groups({a: b, b: c})
    assert (chain.shown, chain.members) == (c, (a, b, c))
    (star,) = groups({a: c, b: c}, gone={c})
    assert (star.shown, star.members) == (a, (a, b))
    (circle,) = groups({b: c, c: b, a: b, d: a})
    assert (circle.shown, len(circle.members)) == (b, 4)
    assert groups({a: a, b: "nodes/jiangsu/managers/" + subject_text(bytes(16)), c: "?"}) == ()
    assert groups({a: b}, gone={b}) == ()


def test_a_claim_hides_only_who_makes_it() -> None:
    victim, liar = _name(9), _name(1)
    (group,) = groups({liar: victim})
    assert group.shown == victim
