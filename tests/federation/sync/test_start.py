"""A start opens only when enough members have answered and nothing is ahead or in conflict."""

from __future__ import annotations

import pytest

from federation.log.hashing import EMPTY_ROOT
from federation.sync.forks import root_at
from federation.sync.start import StartQuestion, Verdict
from federation.trust.registry import TreeHead
from tests.federation.sync.origin import MemoryLog

OTHERS = frozenset({"a", "b", "c", "d"})


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    log.publish(9)
    return log


def intent(log: MemoryLog, size: int) -> TreeHead:
    checkpoint = log.checkpoint(size)
    return TreeHead(checkpoint.tree_size, checkpoint.root)


def question(
    log: MemoryLog, size: int, database: TreeHead | None, file: TreeHead | None
) -> StartQuestion:
    def root_of(tree_size: int) -> bytes:
        return root_at(log.prover(), tree_size)

    return StartQuestion(OTHERS, 3, lambda: size, root_of, database, file)


def test_two_of_four_answers_and_three_seconds_open_a_start(log: MemoryLog) -> None:
    start = question(log, 10, intent(log, 10), intent(log, 10))
    start.answered("a", log.checkpoint(10), 100.0)
    assert start.verdict(200.0) is Verdict.STARTING
    start.answered("b", None, 200.0)
    assert start.verdict(202.9) is Verdict.STARTING
    assert start.verdict(203.0) is Verdict.OPEN


def test_one_member_answering_twice_is_one_answer(log: MemoryLog) -> None:
    start = question(log, 10, None, None)
    start.answered("a", None, 0.0)
    start.answered("a", None, 0.0)
    start.answered("stranger", None, 0.0)
    assert start.verdict(1000.0) is Verdict.STARTING
    assert start.missing_answers() == OTHERS - {"a"}


def test_an_interrupted_write_waits_thirty_seconds_and_is_finished(log: MemoryLog) -> None:
    start = question(log, 10, intent(log, 10), intent(log, 8))
    start.answered("a", None, 0.0)
    start.answered("b", None, 0.0)
    assert start.verdict(29.9) is Verdict.STARTING
    assert start.verdict(30.0) is Verdict.OPEN


def test_t1_an_empty_database_beside_a_used_key_is_restored_behind(log: MemoryLog) -> None:
    start = question(log, 0, None, intent(log, 1))
    for member in OTHERS:
        start.answered(member, None, 0.0)
    assert start.verdict(1000.0) is Verdict.RESTORED_BEHIND
    assert start.ahead_at == "file"


def test_a_member_that_is_ahead_makes_it_restored_behind(log: MemoryLog) -> None:
    start = question(log, 8, intent(log, 8), intent(log, 8))
    start.answered("a", log.checkpoint(10), 0.0)
    assert start.verdict(0.0) is Verdict.RESTORED_BEHIND
    assert start.ahead == intent(log, 10)


def test_a_late_answer_still_stops_a_start_that_was_open(log: MemoryLog) -> None:
    start = question(log, 8, intent(log, 8), intent(log, 8))
    start.answered("a", None, 0.0)
    start.answered("b", None, 0.0)
    assert start.verdict(10.0) is Verdict.OPEN
    start.answered("c", log.checkpoint(10), 11.0)
    assert start.verdict(11.0) is Verdict.RESTORED_BEHIND


def test_a_conflicting_head_of_the_own_log_stops_for_good(log: MemoryLog) -> None:
    fork = MemoryLog()
    fork.publish(9, salt_from=77)
    start = question(log, 10, intent(log, 10), intent(log, 10))
    start.answered("a", fork.checkpoint(6), 0.0)
    assert start.verdict(1000.0) is Verdict.STOPPED
    assert start.conflict_at == "a"


def test_a_file_that_conflicts_with_the_database_stops(log: MemoryLog) -> None:
    fork = MemoryLog()
    fork.publish(9, salt_from=77)
    assert question(log, 10, None, intent(fork, 6)).verdict(0.0) is Verdict.STOPPED


def test_a_member_alone_opens_after_three_seconds(log: MemoryLog) -> None:
    start = StartQuestion(frozenset(), 0, lambda: 0, lambda _size: EMPTY_ROOT, None, None)
    assert start.verdict(50.0) is Verdict.STARTING
    assert start.verdict(53.0) is Verdict.OPEN
    assert log.size == 10
