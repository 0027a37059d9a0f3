"""Demands and supplies for the tests: one pair in which every signal speaks, and random ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from federation.matching.score import Listed, Pair, Preference, Side, TermShare, TextScore
from federation.records.codec import (
    CooperationMode,
    Demand,
    Indicator,
    ListingKind,
    ListingPublic,
    ListingTerms,
    PriceRange,
    Relation,
    Supply,
    TransferMode,
)

TODAY = date(2026, 7, 30)
TERMS = (
    TermShare("铝合金", 700, "public.title", "public.title"),
    TermShare("耐蚀", 300, "public.demand.problem", "public.summary"),
)


def indicator(name: str, relation: int, value: str, unit: str, value_max: str = "") -> Indicator:
    made = Indicator(name=name, value=value, value_max=value_max, unit=unit)
    made.relation = relation  # type: ignore[assignment]  # numbers are what tables hold
    return made


def demand(**fields: Any) -> ListingPublic:
    values: dict[str, Any] = {
        "kind": ListingKind.LISTING_KIND_DEMAND,
        "title": "无人装备高强耐蚀铝合金",
        "region": "320583",
        "tech_field": 5,
        "trl": 6,
        "valid_until": "2027-03-31",
        "ipc": ["C22C 21/00"],
        "demand": Demand(
            problem="7075 铝合金在近海维护成本高",
            indicators=[indicator("抗拉强度", Relation.RELATION_AT_LEAST, "450", "MPa")],
            cooperation_modes=[CooperationMode.COOPERATION_MODE_LICENCE],
        ),
    }
    return ListingPublic(**(values | fields))


def supply(**fields: Any) -> ListingPublic:
    values: dict[str, Any] = {
        "kind": ListingKind.LISTING_KIND_SUPPLY,
        "title": "高强耐蚀轻量化铝合金板材",
        "region": "310115",
        "tech_field": 5,
        "trl": 7,
        "valid_until": "2026-08-15",
        "open_for_enquiry": True,
        "ipc": ["C22C 21/10"],
        "supply": Supply(
            indicators=[indicator("拉伸强度", Relation.RELATION_EQUAL, "0.52", "GPa")],
            transfer_modes=[TransferMode.TRANSFER_MODE_LICENCE],
        ),
    }
    return ListingPublic(**(values | fields))


def pair(
    wanted: ListingPublic | None = None, offered: ListingPublic | None = None, **fields: Any
) -> Pair:
    values: dict[str, Any] = {
        "demand": Listed(
            wanted or demand(), ListingTerms(budget=PriceRange(amount_max_fen=60_000_000))
        ),
        "supply": Listed(
            offered or supply(), ListingTerms(price=PriceRange(amount_min_fen=50_000_000))
        ),
        "today": TODAY,
        "text": TextScore(30, 60, TERMS),
        "preference": Preference("310000", Side.DEMAND),
    }
    return Pair(**(values | fields))


_REGIONS = st.sampled_from(["", "310000", "310115", "320000", "320500", "320583", "340100"])
_DAYS = st.sampled_from(["", "2026-07-30", "2026-08-29", "2026-08-30", "2027-01-01"])
_CODES = st.lists(
    st.sampled_from(["A61K", "A61K 31/00", "A61P 1/00", "C22C 21/00", "C22C 21/10", "C22F 1/04"]),
    max_size=2,
)
_INDUSTRIES = st.lists(st.sampled_from(["C", "C32", "C325", "C3252", "C3254", "I65"]), max_size=2)
_INDICATORS = st.lists(
    st.builds(
        indicator,
        st.sampled_from(["抗拉强度", "拉伸强度", "密度", "延伸率", "工作温度"]),
        st.sampled_from([1, 2, 3]),
        st.sampled_from(["0.4", "1", "400", "450", "520"]),
        st.sampled_from(["MPa", "GPa", "g/cm3", "%", "℃", "级"]),
    ),
    max_size=6,
)
_PRICES = st.builds(
    PriceRange,
    negotiable=st.booleans(),
    amount_min_fen=st.sampled_from([0, 10, 100]),
    amount_max_fen=st.sampled_from([0, 100, 150]),
)
_COMMON: dict[str, Any] = {
    "region": _REGIONS,
    "tech_field": st.integers(0, 3),
    "trl": st.integers(0, 9),
    "valid_until": _DAYS,
    "ipc": _CODES,
    "industry": _INDUSTRIES,
}
DEMANDS = st.builds(
    demand,
    demand=st.builds(
        Demand,
        indicators=_INDICATORS,
        cooperation_modes=st.lists(st.integers(1, 7), max_size=3),
        bounty_fen=st.sampled_from([0, 100]),
    ),
    **_COMMON,
)
SUPPLIES = st.builds(
    supply,
    supply=st.builds(
        Supply,
        indicators=_INDICATORS,
        transfer_modes=st.lists(st.integers(1, 10), max_size=3),
        open_licence_fee_fen=st.sampled_from([0, 90, 120]),
    ),
    trl_estimated=st.booleans(),
    **_COMMON,
)
TEXTS = st.one_of(
    st.none(),
    st.builds(
        TextScore,
        st.floats(0, 100, allow_nan=False),
        st.floats(0, 100, allow_nan=False),
        st.sampled_from([(), TERMS, TERMS * 4]),
    ),
)
PAIRS = st.builds(
    Pair,
    st.builds(Listed, DEMANDS, st.one_of(st.none(), st.builds(ListingTerms, budget=_PRICES))),
    st.builds(Listed, SUPPLIES, st.one_of(st.none(), st.builds(ListingTerms, price=_PRICES))),
    st.just(TODAY),
    TEXTS,
    st.one_of(st.none(), st.builds(Preference, _REGIONS, st.sampled_from(Side))),
)
