"""One checkpoint is on offer at a time, to all witnesses, until its quorum has cosigned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.checkpoint import Checkpoint
from federation.sync.offer import BACKOFF_S_MAX, REPEAT_UNCHANGED_S, Offer

WITNESSES = frozenset({"a", "b", "c", "d"})


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint("ydx.example/anhui", size, size.to_bytes(32))


def offered(size: int = 1, required: int = 3) -> Offer:
    offer = Offer(WITNESSES, required)
    offer.signed(b"%d" % size, checkpoint(size), 0.0)
    return offer


def test_t10_the_offer_stands_until_its_quorum_has_cosigned() -> None:
    offer = offered(1)
    for size in range(2, 50):
        offer.signed(b"%d" % size, checkpoint(size), float(size))
        assert offer.due("a", float(size)) == (b"1", checkpoint(1))
    for witness in ("a", "b", "c"):
        offer.cosigned(witness, checkpoint(1), 60.0)
    assert offer.due("d", 60.0) == (b"49", checkpoint(49)), "then the newest is next"
    assert offer.due("a", 60.0) == (b"49", checkpoint(49))


def test_t9_the_offer_is_repeated_to_those_who_have_not_cosigned() -> None:
    offer = offered()
    offer.not_cosigned("a", 0.0, jitter=1.0)
    assert offer.due("a", 0.0) is None
    assert offer.due("a", offer.wait_s("a", 0.0)) == (b"1", checkpoint(1))
    assert offer.due("b", 0.0) is not None, "one slow witness does not hold the others"


@given(st.integers(1, 40), st.floats(0, 1))
def test_back_off_is_bounded(failures: int, jitter: float) -> None:
    offer = offered()
    for _ in range(failures):
        offer.not_cosigned("a", 0.0, jitter)
    assert 0 < offer.wait_s("a", 0.0) <= BACKOFF_S_MAX


def test_a_witness_that_has_come_further_is_asked_at_once() -> None:
    offer = offered()
    offer.not_cosigned("a", 0.0, jitter=1.0)
    offer.retry("a")
    assert offer.due("a", 0.0) is not None


def test_a_late_cosignature_of_an_earlier_offer_does_not_count_for_this_one() -> None:
    offer = offered(1, required=1)
    offer.signed(b"2", checkpoint(2), 1.0)
    offer.cosigned("a", checkpoint(1), 1.0)
    assert offer.checkpoint == checkpoint(2)
    offer.cosigned("b", checkpoint(1), 1.0)
    assert not offer.is_settled()


def test_an_unchanged_offer_is_made_again_after_ten_minutes() -> None:
    offer = offered(1, required=3)
    for witness in WITNESSES:
        offer.cosigned(witness, checkpoint(1), 1.0)
    assert all(offer.due(witness, 1.0) is None for witness in WITNESSES)
    offer.refresh(REPEAT_UNCHANGED_S - 1)
    assert offer.due("a", REPEAT_UNCHANGED_S - 1) is None
    offer.refresh(REPEAT_UNCHANGED_S)
    assert all(offer.due(witness, REPEAT_UNCHANGED_S) is not None for witness in WITNESSES)


def test_without_witnesses_everything_is_settled_at_once() -> None:
    offer = Offer(frozenset(), 0)
    offer.signed(b"1", checkpoint(1), 0.0)
    assert offer.is_settled()


@pytest.mark.parametrize("witness", ["stranger", ""])
def test_a_stranger_is_asked_nothing(witness: str) -> None:
    assert offered().due(witness, 0.0) is None


def test_with_nothing_on_offer_nobody_spins() -> None:
    offer = Offer(WITNESSES, 3)
    assert offer.wait_s("a", 1_800_000_000.0) == REPEAT_UNCHANGED_S
