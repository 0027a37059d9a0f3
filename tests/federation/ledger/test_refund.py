"""Refunds: R1 to R3 of the design, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.refund import refund
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.ledger.tie import tie_of
from federation.log.errors import Refused
from tests.federation.ledger.examples import AGREEMENT, LAW

TIE = tie_of(AGREEMENT, "2026320500001234", "1", "SERVICE_FEE")
OUTSTANDING = st.dictionaries(
    st.sampled_from([f"p{at}" for at in range(6)]),
    st.integers(0, 30) | st.integers(0, AMOUNT_MAX_FEN // 8),
    min_size=1,
).filter(lambda held: sum(held.values()) > 0)


@LAW
@given(OUTSTANDING, st.data())
def test_r1_nobody_gives_back_more_than_it_has(
    outstanding: dict[str, int], data: st.DataObject
) -> None:
    back = refund(outstanding, data.draw(st.integers(1, sum(outstanding.values()))), TIE)
    assert list(back) == list(outstanding)
    assert all(0 <= back[party] <= held for party, held in outstanding.items())


@LAW
@given(OUTSTANDING, st.data())
def test_r2_what_is_given_back_sums_to_the_refund(
    outstanding: dict[str, int], data: st.DataObject
) -> None:
    refund_fen = data.draw(st.integers(1, sum(outstanding.values())))
    assert sum(refund(outstanding, refund_fen, TIE).values()) == refund_fen


@LAW
@given(OUTSTANDING, st.data())
def test_r3_refunds_that_add_up_to_all_end_at_zero(
    outstanding: dict[str, int], data: st.DataObject
) -> None:
    for last in (False, False, False, False, True):
        total = sum(outstanding.values())
        if not total:
            break
        refund_fen = total if last else data.draw(st.integers(1, total))
        back = refund(outstanding, refund_fen, TIE)
        outstanding = {party: held - back[party] for party, held in outstanding.items()}
    assert set(outstanding.values()) == {0}


@LAW
@given(OUTSTANDING)
def test_refund_of_all_is_what_is_outstanding(outstanding: dict[str, int]) -> None:
    assert refund(outstanding, sum(outstanding.values()), TIE) == outstanding


@LAW
@given(OUTSTANDING, st.data())
def test_the_order_of_the_parties_does_not_matter(
    outstanding: dict[str, int], data: st.DataObject
) -> None:
    refund_fen = data.draw(st.integers(1, sum(outstanding.values())))
    turned = dict(reversed(outstanding.items()))
    assert refund(outstanding, refund_fen, TIE) == refund(turned, refund_fen, TIE)


def test_a_refund_of_one_fen_pays_nobody() -> None:
    """The difference of the allocations of 10 and 9 fen would: [7, 2, 1, 0] less [6, 1, 1, 1]."""
    back = refund({"a": 7, "b": 2, "c": 1, "d": 0}, 1, TIE)
    assert back == {"a": 1, "b": 0, "c": 0, "d": 0}


@pytest.mark.parametrize(
    ("outstanding", "refund_fen", "reason", "field"),
    [
        ({"a": 5}, 0, "AMOUNT_OUT_OF_RANGE", "refund_fen"),
        ({"a": 5}, -1, "AMOUNT_OUT_OF_RANGE", "refund_fen"),
        ({"a": 5}, True, "AMOUNT_OUT_OF_RANGE", "refund_fen"),
        ({"a": 5}, 1.0, "AMOUNT_OUT_OF_RANGE", "refund_fen"),
        ({"a": 5, "b": -1}, 1, "AMOUNT_OUT_OF_RANGE", "outstanding[b]"),
        ({"a": 5}, 6, "REFUND_EXCEEDS_OUTSTANDING", "amount_fen"),
        ({}, 1, "REFUND_EXCEEDS_OUTSTANDING", "amount_fen"),
    ],
)
def test_refund_out_of_bounds_is_refused(
    outstanding: dict[str, int], refund_fen: int, reason: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        refund(outstanding, refund_fen, TIE)
    assert (refusal.value.reason, refusal.value.metadata["field"]) == (reason, field)
