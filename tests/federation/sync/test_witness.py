"""A witness cosigns what it mirrors and what extends its last cosignature, nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from federation.log.checkpoint import Checkpoint
from federation.log.errors import Refused
from federation.log.hashing import EMPTY_ROOT
from federation.sync.forks import root_at
from federation.sync.frames import WitnessStanding
from federation.sync.witness import CosignOffer, WitnessState, judge_offer
from tests.federation.sync.origin import ORIGIN, MemoryLog

START = b"s" * 16


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    log.publish(19)
    return log


def state(log: MemoryLog, cosigned: int, verified: int, **changes: Any) -> WitnessState:
    root = log.checkpoint(cosigned).root if cosigned else EMPTY_ROOT
    known = WitnessState(START, cosigned, root, verified, frozen=False, clock_skew_s=0.0)
    return replace(known, **changes)


def offer(log: MemoryLog, old: int, size: int, **changes: Any) -> CosignOffer:
    proof = log.prover().consistency_proof(old, size) if old <= size else ()
    return replace(CosignOffer(ORIGIN, log.note(size), old, proof, START), **changes)


def judge(
    log: MemoryLog, an_offer: CosignOffer, known: WitnessState
) -> Checkpoint | WitnessStanding:
    return judge_offer(an_offer, known, log.keys, lambda size: root_at(log.prover(), size))


def test_what_is_mirrored_and_extends_is_cosigned(log: MemoryLog) -> None:
    assert judge(log, offer(log, 8, 20), state(log, 8, 20)) == log.checkpoint(20)


def test_the_first_cosignature_needs_no_proof(log: MemoryLog) -> None:
    assert judge(log, offer(log, 0, 20), state(log, 0, 20)) == log.checkpoint(20)


def test_the_same_size_is_cosigned_again_on_request(log: MemoryLog) -> None:
    assert judge(log, offer(log, 20, 20), state(log, 20, 20)) == log.checkpoint(20)


def test_a_size_that_is_not_mirrored_yet_is_answered_with_the_standing(log: MemoryLog) -> None:
    assert judge(log, offer(log, 8, 20), state(log, 8, 15)) == WitnessStanding(8, 15)


def test_an_origin_that_believes_in_another_last_size_is_told(log: MemoryLog) -> None:
    assert judge(log, offer(log, 0, 20), state(log, 8, 20)) == WitnessStanding(8, 20)


def test_a_smaller_offer_than_was_cosigned_is_answered_with_the_standing(log: MemoryLog) -> None:
    assert judge(log, offer(log, 12, 12), state(log, 15, 20)) == WitnessStanding(15, 20)


def test_a_witness_whose_copy_is_behind_its_own_cosignature_signs_nothing(log: MemoryLog) -> None:
    assert judge(log, offer(log, 15, 10), state(log, 15, 10)) == WitnessStanding(15, 10)


def test_t1b_an_offer_from_before_the_restart_is_refused_unread(log: MemoryLog) -> None:
    with pytest.raises(Refused, match="START_ID_STALE"):
        judge(log, offer(log, 8, 20, checkpoint=b"unread"), state(log, 8, 20, start_id=b"n" * 16))


def test_nothing_is_cosigned_for_a_frozen_origin(log: MemoryLog) -> None:
    with pytest.raises(Refused, match="ORIGIN_FROZEN"):
        judge(log, offer(log, 8, 20), state(log, 8, 20, frozen=True))


@pytest.mark.parametrize("skew_s", [-301.0, 301.0])
def test_edge_14_clocks_five_minutes_apart_are_refused(log: MemoryLog, skew_s: float) -> None:
    with pytest.raises(Refused, match="CLOCK_SKEW"):
        judge(log, offer(log, 8, 20), state(log, 8, 20, clock_skew_s=skew_s))


def test_another_history_of_the_same_size_is_refused(log: MemoryLog) -> None:
    fork = MemoryLog()
    fork.publish(19, salt_from=900)
    with pytest.raises(Refused, match="ROOT_MISMATCH"):
        judge(log, offer(log, 8, 20, checkpoint=fork.note(20)), state(log, 8, 20))


def test_t4_a_copy_that_lost_what_was_cosigned_signs_nothing(log: MemoryLog) -> None:
    fork = MemoryLog()
    fork.publish(19, salt_from=900)
    known = state(log, 8, 20, cosigned_root=fork.checkpoint(8).root)
    with pytest.raises(Refused, match="ROOT_MISMATCH"):
        judge(log, offer(log, 8, 20), known)


def test_a_proof_that_does_not_hold_is_refused(log: MemoryLog) -> None:
    with pytest.raises(Refused, match="BAD_PROOF"):
        judge(log, offer(log, 8, 20, proof=[bytes(32)]), state(log, 8, 20))


def test_a_checkpoint_of_another_origin_is_refused(log: MemoryLog) -> None:
    other = MemoryLog(origin="ydx.example/jiangsu")
    with pytest.raises(Refused, match="WRONG_ORIGIN"):
        judge(log, offer(log, 0, 20, checkpoint=other.note()), state(log, 0, 20))
