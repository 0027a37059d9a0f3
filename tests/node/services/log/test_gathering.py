"""How long a group commit waits for its next group."""

from __future__ import annotations

import threading
import time
from typing import Final

import pytest

from node.services.log import gathering
from node.services.log.gathering import Gathering

FOR_EVER_S: Final = 3600.0
SOON_S: Final = 30.0


@pytest.fixture(autouse=True)
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what ends a wait early lets these tests end."""
    monkeypatch.setattr(gathering, "WAIT_S_MAX", FOR_EVER_S)


def _waits(gather: Gathering, waiting: int) -> threading.Thread:
    thread = threading.Thread(target=gather.wait, args=(lambda: waiting,), daemon=True)
    thread.start()
    return thread


def test_nobody_is_waited_for_before_the_first_group_and_after_a_single_caller() -> None:
    gather = Gathering()
    gather.wait(lambda: 0)
    gather.wrote(1, FOR_EVER_S)
    gather.wait(lambda: 0)


def test_the_wait_ends_with_the_last_of_as_many_as_before() -> None:
    gather = Gathering()
    gather.wrote(4, FOR_EVER_S)
    thread = _waits(gather, 0)
    for waiting in (1, 2):
        gather.came(waiting)
        thread.join(0.05)
        assert thread.is_alive()
    while thread.is_alive():  # heard only once it waits
        gather.came(3)
        thread.join(0.01)


def test_who_waits_already_is_not_waited_for() -> None:
    gather = Gathering()
    gather.wrote(4, FOR_EVER_S)
    thread = _waits(gather, 3)
    thread.join(SOON_S)
    assert not thread.is_alive()


def test_who_came_while_a_group_was_written_ends_no_later_wait() -> None:
    gather = Gathering()
    gather.came(100)
    gather.wrote(4, FOR_EVER_S)
    gather.came(100)
    thread = _waits(gather, 0)
    thread.join(0.05)
    assert thread.is_alive()
    while thread.is_alive():
        gather.came(3)
        thread.join(0.01)


def test_who_comes_long_after_a_group_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    gather = Gathering()
    gather.wrote(4, FOR_EVER_S)
    later_s = time.monotonic() + FOR_EVER_S
    monkeypatch.setattr(time, "monotonic", lambda: later_s)
    gather.wait(lambda: 0)


def test_the_wait_takes_no_longer_than_the_group_took() -> None:
    gather = Gathering()
    gather.wrote(4, 0.001)
    thread = _waits(gather, 0)
    thread.join(SOON_S)
    assert not thread.is_alive()
