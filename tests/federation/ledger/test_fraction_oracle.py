"""A8: the allocation and the refund agree with a second implementation that knows only the text."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from federation.ledger.allocation import Before, Income, allocate
from federation.ledger.refund import refund
from federation.ledger.terms import Party, Terms, Tier
from federation.log.errors import Refused
from tests.federation.ledger.fraction_oracle import (
    AMOUNT_OUT_OF_RANGE,
    CAPS_LEAVE_REST,
    DEDUCTION_NOT_ALLOWED,
    DEDUCTION_TWICE,
    DEDUCTIONS_EXCEED_GROSS,
    FLOORS_EXCEED_AMOUNT,
    REFUND_EXCEEDS_OUTSTANDING,
    allocate_exactly,
    amount_of,
    largest_remainder,
    refund_exactly,
    tie_key,
)
from tests.federation.ledger.random_cases import (
    AllocationCase,
    RefundCase,
    allocation_case,
    refund_case,
)

_EVERY_CASE = 100_000
_BY_DEFAULT = 2_000
_INCOME = Income("contract", "1", "SERVICE_FEE", 12)
_SPANS = [
    pytest.param(range(_BY_DEFAULT), id="by-default"),
    pytest.param(range(_BY_DEFAULT, _EVERY_CASE), id="the-rest", marks=pytest.mark.chaos),
]


def _by_name(party: str) -> bytes:
    return party.encode()


def _allocated(case: AllocationCase) -> dict[str, int] | str:
    try:
        return dict(allocate(case.terms, case.income, case.before).shares)
    except Refused as refused:
        return refused.reason


def _refunded(case: RefundCase) -> dict[str, int] | str:
    try:
        return dict(refund(case.outstanding, case.refund_fen, _tie_of(case)))
    except Refused as refused:
        return refused.reason


def _tie_of(case: RefundCase) -> Callable[[str], bytes]:
    return lambda party: tie_key(case.terms, case.income, party)


def _exactly_allocated(case: AllocationCase) -> dict[str, int] | str:
    return allocate_exactly(case.terms, case.income, case.before)


@pytest.mark.parametrize("seeds", _SPANS)
def test_a8_agrees_with_an_independent_implementation(seeds: range) -> None:
    for seed in seeds:
        case = allocation_case(seed)
        expected, found = _exactly_allocated(case), _allocated(case)
        assert found == expected, f"seed {seed}: run allocation_case({seed}) alone: {case}"
        if not isinstance(expected, str):
            assert list(found) == list(expected), f"seed {seed}: the order of the terms is lost"


@pytest.mark.parametrize("seeds", _SPANS)
def test_a8_refunds_agree_with_an_independent_implementation(seeds: range) -> None:
    for seed in seeds:
        case = refund_case(seed)
        expected = refund_exactly(case.outstanding, case.refund_fen, _tie_of(case))
        assert _refunded(case) == expected, f"seed {seed}: run refund_case({seed}) alone: {case}"


def test_random_cases_reach_every_rule() -> None:
    met: Counter[str] = Counter()
    for seed in range(2_000):
        case = allocation_case(seed)
        result = _exactly_allocated(case)
        met[result if isinstance(result, str) else "shared"] += 1
        if isinstance(result, str):
            continue
        met["nothing to share"] += not any(result.values())
        for party in case.terms.parties:
            had = case.before.received_fen.get(party.party, 0)
            got = result[party.party]
            met["at its cap"] += party.cap_fen is not None and 0 < got == party.cap_fen - had
            met["at its floor"] += party.floor_fen is not None and 0 < got == party.floor_fen - had
            met["over its cap before"] += party.cap_fen is not None and had > party.cap_fen
        bare = tuple(replace(p, cap_fen=None, floor_fen=None) for p in case.terms.parties)
        unlimited = replace(case.terms, parties=bare, excess_to=None)
        met["moved by limits"] += result != allocate_exactly(unlimited, case.income, case.before)
        by_parts = replace(case.terms, remainder_to=None)
        met["remainder to a party"] += result != allocate_exactly(
            by_parts, case.income, case.before
        )
    kinds = {
        "shared",
        "nothing to share",
        "at its cap",
        "at its floor",
        "over its cap before",
        "moved by limits",
        "remainder to a party",
        AMOUNT_OUT_OF_RANGE,
        DEDUCTION_NOT_ALLOWED,
        DEDUCTION_TWICE,
        DEDUCTIONS_EXCEED_GROSS,
        FLOORS_EXCEED_AMOUNT,
        CAPS_LEAVE_REST,
    }
    assert not kinds - set(+met), met


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, [0, 0, 0, 0]),
        (1, [1, 0, 0, 0]),  # parts .70 .15 .10 .05
        (9, [6, 1, 1, 1]),  # exactly 6.30 1.35 0.90 0.45
        (10, [7, 2, 1, 0]),  # exactly 7.00 1.50 1.00 0.50, the tie by name
        (100, [70, 15, 10, 5]),
        (
            2**62 - 1,
            [3228180212899171532, 691752902764108186, 461168601842738790, 230584300921369395],
        ),
    ],
)
def test_the_oracle_shares_by_largest_remainder(amount: int, expected: list[int]) -> None:
    weights = {"a": 700_000, "b": 150_000, "c": 100_000, "d": 50_000}
    assert largest_remainder(amount, weights, _by_name) == dict(zip("abcd", expected, strict=True))


def test_the_oracle_gives_a_tie_to_the_lowest_key() -> None:
    weights = {"a": 1, "b": 1, "c": 1}
    assert largest_remainder(
        5, weights, lambda party: {"a": b"3", "b": b"1", "c": b"2"}[party]
    ) == {
        "a": 1,
        "b": 2,
        "c": 2,
    }


def test_the_oracle_gives_all_that_is_left_over_to_the_named_party_unless_it_has_no_weight() -> (
    None
):
    weights = {"a": 3, "b": 3, "c": 3, "d": 0}
    assert largest_remainder(5, weights, _by_name, "c") == {"a": 1, "b": 1, "c": 3, "d": 0}
    assert largest_remainder(5, weights, _by_name, "d") == {"a": 2, "b": 2, "c": 1, "d": 0}


def test_the_oracle_frames_each_text_of_the_tie_key() -> None:
    terms = Terms(b"\xff\x00", (Party("沪", 1_000_000),))
    income = Income("ab", "", "K", 1)
    framed = b"ydx/tie/v1\0\0\0\0\2\xff\0\0\0\0\2ab\0\0\0\0\0\0\0\1K\0\0\0\3\xe6\xb2\xaa"
    assert tie_key(terms, income, "沪") == hashlib.sha256(framed).digest()


@pytest.mark.parametrize(
    ("gross", "deductions", "expected"),
    [
        (12, (("tax", 2), ("fee", 1)), {"a": 9}),
        (12, (("tax", 11),), {"a": 1}),
        (12, (("tax", 12),), DEDUCTIONS_EXCEED_GROSS),
        (12, (("rent", 1),), DEDUCTION_NOT_ALLOWED),
        (12, (("tax", 1), ("tax", 1)), DEDUCTION_TWICE),
        (12, (("tax", 0),), AMOUNT_OUT_OF_RANGE),
        (0, (), AMOUNT_OUT_OF_RANGE),
        (2**62, (), AMOUNT_OUT_OF_RANGE),
        (2**62 - 1, (), {"a": 2**62 - 1}),
        (True, (), AMOUNT_OUT_OF_RANGE),
    ],
)
def test_the_oracle_takes_the_base_from_gross_and_agreed_deductions(
    gross: int, deductions: tuple[tuple[str, int], ...], expected: dict[str, int] | str
) -> None:
    terms = Terms(b"", (Party("a", 1_000_000),), ("tax", "fee"))
    income = _INCOME._replace(gross_fen=gross, deductions=deductions)
    assert allocate_exactly(terms, income, Before()) == expected


@pytest.mark.parametrize(
    ("before", "base", "expected"),
    [
        (0, 100, 0),  # the first tier pays nothing, and its end is not part of it
        (0, 101, 0),  # 1 fen at 50 %: half a fen
        (0, 102, 1),
        (101, 1, 1),  # the half fen from before counts
        (102, 1, 0),
        (0, 200, 50),
        (0, 1_200, 50),  # 0.15 permille of 1,000 fen: .15
        (200, 6_666, 0),  # .9999
        (200, 6_667, 1),
    ],
)
def test_the_oracle_rounds_tiers_once(before: int, base: int, expected: int) -> None:
    tiers = (Tier(100, 0), Tier(200, 500_000), Tier(None, 150))
    assert amount_of(tiers, before, base) == expected


_HALF, _QUARTER = 500_000, 250_000


@pytest.mark.parametrize(
    ("amount", "parties", "excess_to", "expected"),
    [
        (
            12,  # 6 3 3, then 10 among two equals
            (Party("a", _HALF, cap_fen=2), Party("b", _QUARTER), Party("c", _QUARTER)),
            None,
            {"a": 2, "b": 5, "c": 5},
        ),
        (
            12,  # b is over its cap only once a's excess has come to it
            (Party("a", _HALF, cap_fen=2), Party("b", _QUARTER, cap_fen=4), Party("c", _QUARTER)),
            None,
            {"a": 2, "b": 4, "c": 6},
        ),
        (
            12,
            (Party("a", _HALF, cap_fen=2), Party("b", _QUARTER, cap_fen=4), Party("c", _QUARTER)),
            "c",
            {"a": 2, "b": 3, "c": 7},
        ),
        (
            12,
            (Party("a", _HALF, cap_fen=2), Party("b", _HALF, cap_fen=4), Party("c", 0)),
            None,
            CAPS_LEAVE_REST,
        ),
        (
            12,
            (Party("a", _HALF, cap_fen=2), Party("b", _HALF, cap_fen=4), Party("c", 0)),
            "c",
            {"a": 2, "b": 4, "c": 6},
        ),
        (
            12,  # c is raised to 5, then b's share of 7 (2.33) falls under its floor
            (
                Party("a", _HALF),
                Party("b", _QUARTER, floor_fen=3),
                Party("c", _QUARTER, floor_fen=5),
            ),
            None,
            {"a": 4, "b": 3, "c": 5},
        ),
        (
            12,
            (Party("a", _HALF, floor_fen=6), Party("b", _HALF, floor_fen=7)),
            None,
            FLOORS_EXCEED_AMOUNT,
        ),
        (
            12,
            (Party("a", _HALF, floor_fen=5), Party("b", _HALF, floor_fen=7)),
            None,
            {"a": 5, "b": 7},
        ),
        (
            16,  # c takes the excess: it is raised to 4, then a's last excess of 1 comes on top
            (Party("a", _HALF, cap_fen=5), Party("b", _HALF), Party("c", 0, floor_fen=4)),
            "c",
            {"a": 5, "b": 6, "c": 5},
        ),
    ],
)
def test_the_oracle_keeps_caps_and_floors(
    amount: int,
    parties: tuple[Party, ...],
    excess_to: str | None,
    expected: Mapping[str, int] | str,
) -> None:
    terms = Terms(b"agreement", parties, excess_to=excess_to)
    income = _INCOME._replace(gross_fen=amount)
    assert allocate_exactly(terms, income, Before()) == expected


def test_the_oracle_counts_what_a_party_received_before() -> None:
    terms = Terms(b"", (Party("a", _HALF, cap_fen=10), Party("b", _HALF, floor_fen=10)))
    before = Before(received_fen={"a": 8, "b": 1})
    assert allocate_exactly(terms, _INCOME, before) == {"a": 2, "b": 10}
    assert allocate_exactly(terms, _INCOME, Before(received_fen={"a": 99})) == {"a": 0, "b": 12}


@pytest.mark.parametrize(
    ("refund_fen", "expected"),
    [
        (1, {"a": 1, "b": 0, "c": 0}),  # parts .7 .2 .1
        (9, {"a": 6, "b": 2, "c": 1}),  # exactly 6.3 1.8 0.9
        (10, {"a": 7, "b": 2, "c": 1}),
        (0, AMOUNT_OUT_OF_RANGE),
        (11, REFUND_EXCEEDS_OUTSTANDING),
    ],
)
def test_the_oracle_refunds_by_what_is_outstanding(
    refund_fen: int, expected: dict[str, int] | str
) -> None:
    assert refund_exactly({"a": 7, "b": 2, "c": 1}, refund_fen, _by_name) == expected
