"""The interval algebra against a brute-force oracle: every pair of intervals on a grid."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.matching.intervals import Interval, Verdict, judge, judge_bare, judge_span

_ENDS = (None, Fraction(0), Fraction(1), Fraction(2), Fraction(3))
# Quarters between and around the ends: two intervals with these ends that differ anywhere differ
# at one of these points.
_POINTS = [Fraction(n, 4) for n in range(-8, 21)]


def _is_empty(low: Fraction | None, high: Fraction | None, low_open: bool, high_open: bool) -> bool:
    if low is None or high is None:
        return False
    return low > high or (low == high and (low_open or high_open))


_ALL = [
    Interval(low, high, low_open, high_open)
    for low, high, low_open, high_open in product(_ENDS, _ENDS, (False, True), (False, True))
    if not _is_empty(low, high, low_open, high_open)
]


def _is_after_start(point: Fraction, interval: Interval) -> bool:
    if interval.low is None:
        return True
    return point > interval.low if interval.low_open else point >= interval.low


def _is_before_end(point: Fraction, interval: Interval) -> bool:
    if interval.high is None:
        return True
    return point < interval.high if interval.high_open else point <= interval.high


def _members(interval: Interval) -> frozenset[Fraction]:
    return frozenset(
        point
        for point in _POINTS
        if _is_after_start(point, interval) and _is_before_end(point, interval)
    )


def test_verdict_is_that_of_the_points() -> None:
    seen = set()
    for demanded, stated in product(_ALL, _ALL):
        wanted, said = _members(demanded), _members(stated)
        assert said
        if said <= wanted:
            expected = Verdict.MET
        elif not said & wanted:
            expected = Verdict.CONTRADICTED
        else:
            expected = Verdict.UNKNOWN
        assert judge(demanded, stated) == expected, (demanded, stated)
        seen.add(expected)
    assert seen == set(Verdict)


def test_span_is_met_when_all_of_it_is_covered() -> None:
    for demanded, stated in product(_ALL, _ALL):
        verdict = judge_span(demanded, stated)
        covered = _members(demanded) <= _members(stated)
        if verdict is Verdict.MET:
            assert covered
        elif verdict is Verdict.CONTRADICTED:
            assert not covered
        elif demanded.is_bounded and stated.is_bounded:
            assert stated.point is not None


def test_bare_number_is_met_in_every_reading_or_not_judged() -> None:
    for stated, number in product(_ALL, _ENDS[1:]):
        assert number is not None
        readings = {
            judge(Interval(number, number), stated),
            judge(Interval(number, None), stated),
            judge(Interval(None, number), stated),
        }
        assert (judge_bare(number, stated) is Verdict.MET) == (readings == {Verdict.MET})


@pytest.mark.parametrize(
    ("demanded", "stated", "verdict"),
    [
        (Interval(Fraction(450), None), Interval(Fraction(520), Fraction(520)), Verdict.MET),
        (Interval(Fraction(450), None), Interval(Fraction(520), None), Verdict.MET),
        (Interval(Fraction(450), None), Interval(None, Fraction(400)), Verdict.CONTRADICTED),
        (Interval(Fraction(450), None), Interval(Fraction(400), None), Verdict.UNKNOWN),
        (
            Interval(Fraction(450), None, low_open=True),
            Interval(Fraction(450), Fraction(450)),
            Verdict.CONTRADICTED,
        ),
    ],
)
def test_examples(demanded: Interval, stated: Interval, verdict: Verdict) -> None:
    assert judge(demanded, stated) == verdict


@given(st.sampled_from(_ALL), st.sampled_from(_ALL), st.sampled_from(_ALL))
def test_what_is_met_stays_met_for_a_wider_demand_and_a_narrower_statement(
    wide: Interval, demanded: Interval, stated: Interval
) -> None:
    if judge(demanded, stated) is Verdict.MET and demanded.is_within(wide):
        assert judge(wide, stated) is Verdict.MET
