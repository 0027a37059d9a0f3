"""What a watching peer waits for is told at once, the rest gathered, and silence broken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, cast

import pytest

from federation.sync.frames import Head
from node.services.sync import head_watch
from node.services.sync.head_watch import HeadWatch
from node.services.sync.origin_heads import OriginHeads

OWN = "ydx.example/shanghai"
PEERS = "ydx.example/anhui"
THIRD = "ydx.example/center"
FOR_EVER_S = 3600.0


class Board:
    """A board whose heads change when a test says so."""

    def __init__(self) -> None:
        self.own_origin = OWN
        self.version = 0
        self._versions = dict.fromkeys((OWN, PEERS, THIRD), 0)
        self._heads = {one: OriginHeads(cast("Any", None)) for one in self._versions}
        self._listeners: list[Callable[[str], None]] = []

    def subscribe(self, listener: Callable[[str], None]) -> None:
        self._listeners.append(listener)

    def heads(self, since_version: int = -1) -> tuple[Head, ...]:
        return tuple(Head(one) for one, at in self._versions.items() if at > since_version)

    def origin(self, origin: str) -> OriginHeads:
        return self._heads[origin]

    def grow(self, origin: str) -> None:
        self._heads[origin].verified_size += 1
        self.change(origin)

    def change(self, origin: str) -> None:
        self.version += 1
        self._versions[origin] = self.version
        self.publish(origin)

    def publish(self, origin: str) -> None:
        """Change what is no part of the heads."""
        for listener in self._listeners:
            listener(origin)


class Life:
    """A stream that lives until a test ends it."""

    def __init__(self) -> None:
        self.ended = False
        self.wakes: list[Callable[[], object]] = []

    def on_end(self, wake: Callable[[], object]) -> None:
        self.wakes.append(wake)

    def end(self) -> None:
        self.ended = True
        for wake in self.wakes:
            wake()


class _EndsOnceAsked:
    """A stream that is told to end just after it has looked whether it is."""

    def __init__(self) -> None:
        self._life = Life()

    @property
    def ended(self) -> bool:
        was_ended = self._life.ended
        self._life.end()
        return was_ended

    def on_end(self, wake: Callable[[], object]) -> None:
        self._life.on_end(wake)


@pytest.fixture
def board() -> Board:
    return Board()


def told(heads: tuple[Head, ...]) -> list[str]:
    return [head.origin for head in heads]


def watch(board: Board, life: Life) -> Any:
    return HeadWatch(cast("Any", board)).stream(frozenset({PEERS}), life)


@pytest.mark.parametrize("origin", [OWN, PEERS], ids=["our own log", "the watching peer's log"])
def test_growth_that_somebody_waits_for_is_told_at_once(
    board: Board, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a pause for gathering that no test survives."""
    monkeypatch.setattr(head_watch, "GATHER_S", FOR_EVER_S)
    stream = watch(board, Life())
    assert told(next(stream)) == [OWN, PEERS, THIRD]
    board.grow(origin)
    assert told(next(stream)) == [origin]


def test_that_more_of_our_own_log_is_confirmed_is_told_at_once(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_watch, "GATHER_S", FOR_EVER_S)
    stream = watch(board, Life())
    next(stream)
    board.origin(OWN).confirmed_size += 1
    board.change(OWN)
    assert told(next(stream)) == [OWN]


@pytest.mark.parametrize("origin", [OWN, PEERS], ids=["our own log", "the watching peer's log"])
def test_cosignatures_that_come_one_by_one_are_gathered(
    board: Board, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each changes the note, none of them what others wait for."""
    board.grow(origin)
    monkeypatch.setattr(head_watch, "GATHER_S", 0.01)
    monkeypatch.setattr(head_watch, "HEARTBEAT_S", 0.05)
    stream = watch(board, Life())
    next(stream)
    board.grow(origin)
    next(stream)
    for _ in range(4):
        board.change(origin)
    assert told(next(stream)) == [origin]
    assert told(next(stream)) == []  # the heartbeat


def test_changes_of_third_logs_are_gathered(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_watch, "GATHER_S", 0.01)
    monkeypatch.setattr(head_watch, "HEARTBEAT_S", FOR_EVER_S)
    stream = watch(board, Life())
    next(stream)
    board.change(THIRD)
    board.change(THIRD)
    assert told(next(stream)) == [THIRD]


def test_a_third_log_goes_along_with_one_that_is_waited_for(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_watch, "GATHER_S", FOR_EVER_S)
    stream = watch(board, Life())
    next(stream)
    board.change(THIRD)
    board.grow(OWN)
    assert told(next(stream)) == [OWN, THIRD]


def test_silence_is_broken_by_a_heartbeat(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_watch, "GATHER_S", 0.001)
    monkeypatch.setattr(head_watch, "HEARTBEAT_S", 0.01)
    stream = watch(board, Life())
    next(stream)
    assert told(next(stream)) == []


def test_what_changes_while_heads_are_sent_is_told_next(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_watch, "GATHER_S", FOR_EVER_S)
    stream = watch(board, Life())
    next(stream)
    board.grow(OWN)
    next(stream)
    board.grow(PEERS)
    assert told(next(stream)) == [PEERS]


def test_the_end_of_a_stream_wakes_it(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_watch, "GATHER_S", FOR_EVER_S)
    life = Life()
    stream = watch(board, life)
    next(stream)
    life.end()
    assert list(stream) == []


def test_an_end_that_comes_just_when_nobody_looks_is_noticed(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_watch, "GATHER_S", FOR_EVER_S)
    monkeypatch.setattr(head_watch, "HEARTBEAT_S", FOR_EVER_S)

    stream = watch(board, cast("Any", _EndsOnceAsked()))
    next(stream)
    ended = threading.Thread(target=lambda: list(stream), daemon=True)
    ended.start()
    ended.join(30)
    assert not ended.is_alive()


def test_a_stream_that_is_closed_listens_no_more(board: Board) -> None:
    heads = HeadWatch(cast("Any", board))
    stream: Any = heads.stream(frozenset(), Life())
    next(stream)
    stream.close()
    assert not heads._watchers


def test_what_is_not_told_does_not_put_the_heartbeat_off(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published changes nothing that others are told, and may change for long."""
    monkeypatch.setattr(head_watch, "GATHER_S", 0.01)
    monkeypatch.setattr(head_watch, "HEARTBEAT_S", 0.1)
    stream = watch(board, Life())
    next(stream)
    ended = threading.Event()

    def publish() -> None:
        for _ in range(100):
            board.publish(OWN)
            if ended.wait(0.02):
                return

    publisher = threading.Thread(target=publish)
    publisher.start()
    since_s = time.monotonic()
    assert told(next(stream)) == []
    waited_s = time.monotonic() - since_s
    ended.set()
    publisher.join()
    assert waited_s < 1
