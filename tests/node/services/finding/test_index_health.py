"""The index is behind for as long as it lacks what was stored by then, however busy the node is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from node.services.finding.index_health import IndexHealth


class Stage:
    """An index and the feed, both moved by hand."""

    def __init__(self) -> None:
        self.last = self.taken = 0
        self.now_s = 100.0
        index = cast("Any", SimpleNamespace(reach=lambda: (self.last, self.taken)))
        self.keeper: Any = SimpleNamespace(is_running=True, restarts={"ended": 2})
        self.health = IndexHealth(index, self.keeper, lambda: self.now_s)

    def behind(self) -> tuple[int, float]:
        facts = self.health.facts()
        return facts.behind_entries, facts.behind_s


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_an_index_that_has_everything_is_not_behind(stage: Stage) -> None:
    assert stage.behind() == (0, 0.0)
    stage.health.look()
    stage.now_s += 100
    assert stage.behind() == (0, 0.0)


def test_an_index_that_stands_still_is_behind_since_it_was_first_seen_so(stage: Stage) -> None:
    stage.last = 5
    stage.health.look()
    stage.now_s += 10
    stage.last = 9  # more does not begin it anew
    stage.health.look()
    stage.now_s += 10
    assert stage.behind() == (9, 20.0)
    stage.taken = 5
    stage.health.look()
    stage.now_s += 1
    assert stage.behind() == (4, 1.0)


def test_an_index_that_follows_a_busy_node_closely_is_not_behind_for_long(stage: Stage) -> None:
    for _ in range(100):
        stage.taken, stage.last = stage.last, stage.last + 7
        stage.health.look()
        stage.now_s += 1
        assert stage.behind() == (7, 1.0)


def test_what_was_taken_in_since_the_last_look_is_not_lacked(stage: Stage) -> None:
    stage.last = 5
    stage.health.look()
    stage.now_s += 10
    stage.taken = 5
    assert stage.behind() == (0, 0.0)


def test_who_keeps_it_is_told(stage: Stage) -> None:
    stage.keeper.is_running = False
    facts = stage.health.facts()
    assert (facts.running, facts.restarts) == (False, {"ended": 2})
