"""When the index process rests."""

from __future__ import annotations

import pytest

from node.bootstrap.index_rest import BULK_PER_S, LOOK_S, REST_S, WORK_S, Rest


class Resting:
    """A rest and its clock; `pass_looks` lets entries arrive at a rate."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.newest = 1_000_000.0
        self.rest = Rest(lambda: self.now_s)
        self.pass_looks(1, 0)

    def pass_looks(self, count: int, per_s: float) -> list[bool]:
        due = []
        for _ in range(count):
            self.now_s += LOOK_S
            self.newest += per_s * LOOK_S
            due.append(self.rest.is_due(int(self.newest)))
        return due


def test_what_lay_there_at_the_start_is_no_bulk() -> None:
    resting = Resting()
    assert not resting.rest.is_due(int(resting.newest))
    assert resting.pass_looks(5, 0) == [False] * 5


def test_it_follows_what_it_can_take_in() -> None:
    assert not any(Resting().pass_looks(500, 0.9 * BULK_PER_S))


def test_it_rests_while_more_arrives_and_goes_on_at_once_behind_it() -> None:
    resting = Resting()
    assert resting.pass_looks(20, 8 * BULK_PER_S) == [True] * 20
    assert resting.pass_looks(3, 0) == [False] * 3


def test_it_is_asked_as_often_as_one_likes() -> None:
    resting = Resting()
    resting.pass_looks(2, 8 * BULK_PER_S)
    for _ in range(10):
        resting.now_s += LOOK_S / 100
        assert resting.rest.is_due(int(resting.newest))


def test_what_never_ends_is_indexed_a_third_of_the_time() -> None:
    due = Resting().pass_looks(round(10 * (REST_S + WORK_S) / LOOK_S), 8 * BULK_PER_S)
    longest = max(map(len, "".join("r" if one else "w" for one in due).split("w")))
    assert longest * LOOK_S == pytest.approx(REST_S, abs=2 * LOOK_S)
    assert due.count(False) / len(due) == pytest.approx(WORK_S / (REST_S + WORK_S), abs=0.01)
