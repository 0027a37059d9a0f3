"""The match score: its rules one by one, and what must hold for any pair."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.matching.points import MEETING_MODES, reasons
from federation.matching.score import (
    Listed,
    Note,
    Pair,
    Preference,
    Reason,
    Side,
    Signal,
    TextScore,
    rank_key,
    total,
)
from federation.records.codec import (
    CooperationMode,
    Demand,
    Indicator,
    ListingPublic,
    ListingTerms,
    PriceRange,
    Relation,
    Supply,
    TransferMode,
)
from tests.federation.matching.pairs import (
    PAIRS,
    TERMS,
    demand,
    indicator,
    pair,
    supply,
)

_BOUNDS = {
    Signal.TEXT: (0, 600),
    Signal.FIELD: (0, 120),
    Signal.INDICATOR: (-120, 120),
    Signal.TRL: (-40, 40),
    Signal.TRANSFER_MODE: (0, 30),
    Signal.BUDGET: (0, 40),
    Signal.REGION: (0, 15),
    Signal.FRESHNESS: (-20, 0),
}
_AT_LEAST, _AT_MOST = Relation.RELATION_AT_LEAST, Relation.RELATION_AT_MOST


def _of(signal: Signal, of: Pair) -> list[Reason]:
    return [reason for reason in reasons(of) if reason.signal is signal]


def _points(signal: Signal, of: Pair) -> int | None:
    found = _of(signal, of)
    return sum(reason.points for reason in found) if found else None


def _copy(public: ListingPublic, **fields: Any) -> ListingPublic:
    copy = ListingPublic()
    copy.CopyFrom(public)
    for field, value in fields.items():
        setattr(copy, field, value)
    return copy


def test_full_pair_shows_every_signal_and_sums() -> None:
    found = reasons(pair())
    assert [(reason.signal, reason.points) for reason in found] == [
        (Signal.TEXT, 300),
        (Signal.FIELD, 120),
        (Signal.INDICATOR, 40),
        (Signal.TRL, 40),
        (Signal.TRANSFER_MODE, 30),
        (Signal.BUDGET, 40),
        (Signal.REGION, 15),
        (Signal.FRESHNESS, -20),
    ]
    assert total(found) == 565
    (met,) = _of(Signal.INDICATOR, pair())
    assert met.demand.value == "抗拉强度 ≥ 450 MPa"
    assert met.supply.value == "拉伸强度 = 520 MPa"
    assert met.note is Note.MET


@given(PAIRS)
def test_any_pair_sums_within_bounds_and_every_reason_names_fields_of_both(of: Pair) -> None:
    found = reasons(of)
    assert found == reasons(of)
    assert total(found) == sum(reason.points for reason in found)
    for signal, (least, most) in _BOUNDS.items():
        assert least <= (_points(signal, of) or 0) <= most
    for reason in found:
        for side, listed in ((reason.demand, of.demand), (reason.supply, of.supply)):
            assert side.fields
            for path in side.fields:
                assert path == "preference.region" or _is_path(path, listed)


def _is_path(path: str, listed: Listed) -> bool:
    part, *steps = path.split(".")
    at: Any = {"public": listed.public, "members": listed.terms}[part]
    for step in steps:
        name, _, place = step.partition("[")
        at = getattr(at, name)
        if place:
            at = at[int(place.rstrip("]"))]
    return at is not None


@given(PAIRS, st.integers(1, 9), st.integers(1, 9))
def test_better_trl_never_ranks_lower(of: Pair, one: int, other: int) -> None:
    low, high = sorted((one, other))
    worse, better = (
        total(reasons(replace(of, supply=replace(of.supply, public=public))))
        for public in (_copy(of.supply.public, trl=low), _copy(of.supply.public, trl=high))
    )
    assert worse <= better


@given(PAIRS)
def test_swapping_two_regions_changes_region_points_only(of: Pair) -> None:
    wanted, offered = of.demand.public, of.supply.public
    swapped = replace(
        of,
        demand=replace(of.demand, public=_copy(wanted, region=offered.region)),
        supply=replace(of.supply, public=_copy(offered, region=wanted.region)),
    )
    before = [reason for reason in reasons(of) if reason.signal is not Signal.REGION]
    after = [reason for reason in reasons(swapped) if reason.signal is not Signal.REGION]
    assert before == after


@given(PAIRS, st.integers(0, 5))
def test_adding_a_met_indicator_never_lowers(of: Pair, at: int) -> None:
    wanted = indicator("阻燃时间", _AT_LEAST, "10", "分钟")
    kept = indicator("阻燃时间", _AT_LEAST, "0.5", "小时")
    asked, told = _copy(of.demand.public), _copy(of.supply.public)
    at = min(at, len(asked.demand.indicators))
    asked.demand.indicators.insert(at, wanted)
    with_demand = replace(of, demand=replace(of.demand, public=asked))
    told.supply.indicators.append(kept)
    with_both = replace(with_demand, supply=replace(of.supply, public=told))
    assert total(reasons(of)) == total(reasons(with_demand)) <= total(reasons(with_both))


@given(PAIRS)
def test_who_asks_changes_region_points_only(of: Pair) -> None:
    asked = {
        side: replace(of, preference=Preference("310115", side))
        for side in (Side.DEMAND, Side.SUPPLY)
    }
    without = {
        side: [reason for reason in reasons(one) if reason.signal is not Signal.REGION]
        for side, one in asked.items()
    }
    assert without[Side.DEMAND] == without[Side.SUPPLY]


@given(PAIRS)
def test_hidden_terms_leave_all_but_the_budget(of: Pair) -> None:
    hidden = replace(
        of, demand=replace(of.demand, terms=None), supply=replace(of.supply, terms=None)
    )
    shown = [reason for reason in reasons(of) if reason.signal is not Signal.BUDGET]
    assert [one for one in reasons(hidden) if one.signal is not Signal.BUDGET] == shown


@pytest.mark.parametrize(
    ("pair_score", "own", "points"),
    [
        (60, 60, 600),
        (30, 60, 300),
        (599_999, 600_000, 599),
        (70, 60, 600),
        (1, 1200, 0),
        (1, 3, 200),
    ],
)
def test_text_is_a_floored_share_of_the_demands_own_score(
    pair_score: int, own: int, points: int
) -> None:
    of = pair(text=TextScore(pair_score, own, TERMS * 3))
    (reason,) = _of(Signal.TEXT, of)
    assert reason.points == points
    assert len(reason.terms) == 5


@pytest.mark.parametrize(
    "text",
    [None, TextScore(1, 0, TERMS), TextScore(1, 2, ())],
)
def test_text_that_says_nothing_gives_no_reason(text: TextScore | None) -> None:
    assert _of(Signal.TEXT, pair(text=text)) == []


@pytest.mark.parametrize(
    ("ipc", "industry", "points", "note"),
    [
        (["C22C 21/99"], [], 120, Note.SAME_GROUP),
        (["C22C 1/00"], [], 100, Note.SAME_SUBCLASS),
        (["C22C"], [], 100, Note.SAME_SUBCLASS),
        (["C22F 1/04"], [], 60, Note.SAME_CLASS),
        (["C01B"], [], 20, Note.SAME_SECTION),
        (["A61K 31/00"], [], 0, Note.NONE),
        (["A61K 31/00", "C22C 21/06"], [], 120, Note.SAME_GROUP),
        ([], ["C3252"], 120, Note.SAME_GROUP),
        ([], ["C3254"], 100, Note.SAME_SUBCLASS),
        ([], ["C32"], 60, Note.SAME_CLASS),
        ([], ["C26"], 20, Note.SAME_SECTION),
        ([], [], 40, Note.SAME_TECH_FIELD),
        (["C01B"], ["C3252"], 120, Note.SAME_GROUP),
    ],
)
def test_field_counts_the_closest_codes(
    ipc: list[str], industry: list[str], points: int, note: Note
) -> None:
    of = pair(demand(industry=["C3252"]), supply(ipc=ipc, industry=industry))
    (reason,) = _of(Signal.FIELD, of)
    assert (reason.points, reason.note) == (points, note)


def test_other_tech_field_without_codes_gives_no_reason() -> None:
    assert _of(Signal.FIELD, pair(demand(ipc=[]), supply(tech_field=3))) == []


@pytest.mark.parametrize(
    ("wanted", "reached", "points"),
    [(6, 9, 40), (6, 6, 40), (6, 5, 20), (6, 4, 10), (6, 3, 0), (6, 1, -20), (9, 1, -40),
     (9, 2, -40), (0, 5, None), (5, 0, None)],
)  # fmt: skip
def test_trl(wanted: int, reached: int, points: int | None) -> None:
    assert _points(Signal.TRL, pair(demand(trl=wanted), supply(trl=reached))) == points


def test_estimated_trl_says_so() -> None:
    (reason,) = _of(Signal.TRL, pair(None, supply(trl_estimated=True)))
    assert reason.note is Note.ESTIMATED


@pytest.mark.parametrize("wanted", list(CooperationMode.values())[1:])
@pytest.mark.parametrize("offered", list(TransferMode.values())[1:])
def test_modes_meet_by_the_table(wanted: int, offered: int) -> None:
    asked, told = demand(), supply()
    asked.demand.cooperation_modes[:] = [wanted]  # type: ignore[list-item]  # enum numbers
    told.supply.transfer_modes[:] = [offered]  # type: ignore[list-item]  # enum numbers
    meets = {mode: set(modes) for mode, modes in MEETING_MODES.items()}
    expected = 30 if offered in meets.get(wanted, set()) else 0  # type: ignore[call-overload]
    assert _points(Signal.TRANSFER_MODE, pair(asked, told)) == expected


@pytest.mark.parametrize(
    ("budget", "price", "points"),
    [
        ((0, 100), (50, 80), 40),
        ((0, 100), (100, 0), 40),
        ((0, 100), (0, 100), 40),
        ((0, 100), (101, 0), 15),
        ((0, 100), (150, 0), 15),
        ((0, 100), (151, 0), 0),
        ((100, 0), (90, 0), 40),
        ((100, 0), (110, 0), None),
        (None, (90, 0), None),
        ((0, 100), None, None),
        ((0, 0), (90, 0), None),
    ],
)
def test_budget(
    budget: tuple[int, int] | None, price: tuple[int, int] | None, points: int | None
) -> None:
    of = pair(
        demand=Listed(demand(), ListingTerms(budget=_price(budget))),
        supply=Listed(supply(), ListingTerms(price=_price(price))),
    )
    assert _points(Signal.BUDGET, of) == points


def _price(amounts: tuple[int, int] | None) -> PriceRange:
    if amounts is None:
        return PriceRange(negotiable=True)
    return PriceRange(amount_min_fen=amounts[0], amount_max_fen=amounts[1])


@pytest.mark.parametrize(
    ("wanted", "fee", "points"),
    [
        ([CooperationMode.COOPERATION_MODE_LICENCE], 0, 40),
        ([], 0, 40),
        ([], 120, 15),
        ([CooperationMode.COOPERATION_MODE_ASSIGNMENT], 0, None),
    ],
)
def test_open_licence_has_its_fee_for_who_wants_a_licence(
    wanted: list[Any], fee: int, points: int | None
) -> None:
    told = supply(
        supply=Supply(
            transfer_modes=[TransferMode.TRANSFER_MODE_OPEN_LICENCE], open_licence_fee_fen=fee
        )
    )
    of = pair(
        demand=Listed(
            demand(demand=Demand(cooperation_modes=wanted)),
            ListingTerms(budget=PriceRange(amount_max_fen=100)),
        ),
        supply=Listed(told),
    )
    assert _points(Signal.BUDGET, of) == points


def test_bounty_is_the_budget_of_a_challenge_without_one() -> None:
    of = pair(
        demand=Listed(demand(demand=Demand(challenge=True, bounty_fen=100))),
        supply=Listed(supply(), ListingTerms(price=PriceRange(amount_min_fen=100))),
    )
    (reason,) = _of(Signal.BUDGET, of)
    assert reason.points == 40
    assert reason.demand.fields == ("public.demand.bounty_fen",)


@pytest.mark.parametrize(
    ("preferred", "region", "points"),
    [
        ("310115", "310115", 15),
        ("310000", "310115", 15),
        ("320500", "320583", 15),
        ("320583", "320505", 10),
        ("320583", "320100", 5),
        ("320583", "310115", None),
        ("", "310115", None),
        ("000000", "310115", None),
    ],
)
def test_region_is_the_askers_preference(preferred: str, region: str, points: int | None) -> None:
    of = pair(None, supply(region=region), preference=Preference(preferred, Side.DEMAND))
    assert _points(Signal.REGION, of) == points
    of = pair(demand(region=region), None, preference=Preference(preferred, Side.SUPPLY))
    assert _points(Signal.REGION, of) == points
    assert _of(Signal.REGION, pair(preference=None)) == []


@pytest.mark.parametrize(
    ("last", "points"),
    [("2026-08-29", -20), ("2026-08-30", None), ("2026-07-30", -20), ("", None), ("x", None)],
)
def test_freshness(last: str, points: int | None) -> None:
    assert _points(Signal.FRESHNESS, pair(None, supply(valid_until=last))) == points
    of = pair(demand(valid_until=last), supply(valid_until=""))
    assert _points(Signal.FRESHNESS, of) == points


def _indicator_points(wanted: list[Indicator], told: list[Indicator]) -> list[tuple[int, Note]]:
    of = pair(demand(demand=Demand(indicators=wanted)), supply(supply=Supply(indicators=told)))
    return [(reason.points, reason.note) for reason in _of(Signal.INDICATOR, of)]


def test_indicators_are_capped_in_both_directions() -> None:
    names = ["抗拉强度", "屈服强度", "抗压强度", "抗弯强度", "抗剪强度"]
    wanted = [indicator(name, _AT_LEAST, "450", "MPa") for name in names]
    good = [indicator(name, _AT_LEAST, "500", "MPa") for name in names]
    bad = [indicator(name, _AT_MOST, "400", "MPa") for name in names]
    met, beyond = (40, Note.MET), (0, Note.BEYOND_CAP)
    assert _indicator_points(wanted, good) == [met, met, met, beyond, beyond]
    not_met = (-40, Note.CONTRADICTED)
    assert _indicator_points(wanted, bad) == [not_met, not_met, not_met, beyond, beyond]


def test_indicators_that_do_not_decide_are_named_without_points() -> None:
    wanted = [indicator("抗拉强度", _AT_LEAST, "450", "MPa")]
    unknown = [(0, Note.UNKNOWN)]
    low, high = (indicator("抗拉强度", _AT_LEAST, value, "MPa") for value in ("400", "500"))
    less = indicator("抗拉强度", _AT_MOST, "400", "MPa")
    assert _indicator_points(wanted, [low]) == unknown
    assert _indicator_points(wanted, [high, less]) == unknown
    assert _indicator_points(wanted, [low, high]) == [(40, Note.MET)]
    assert _indicator_points(wanted, [indicator("抗拉强度", _AT_LEAST, "5", "级")]) == []
    assert _indicator_points(wanted, [indicator("密度", _AT_LEAST, "5", "g/cm3")]) == []


def test_best_score_comes_first_and_ties_go_by_origin_and_subject() -> None:
    keys = [rank_key(5, "b", b"1"), rank_key(9, "c", b"1"), rank_key(5, "a", b"2")]
    assert sorted([*keys, rank_key(5, "a", b"1")]) == [
        rank_key(9, "c", b"1"),
        rank_key(5, "a", b"1"),
        rank_key(5, "a", b"2"),
        rank_key(5, "b", b"1"),
    ]
