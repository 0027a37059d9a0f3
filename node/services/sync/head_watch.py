"""Telling a peer what changed: at once what it waits for, the rest gathered.

- That our own log has grown or more of it is confirmed, and that we have stored more of the
  watching peer's own log, is told at once: others wait for the first, and the second is the
  origin's proof that it is stored elsewhere. Evidence about either is told at once too.
- All else is gathered for a moment: every member tells of third logs, and a checkpoint changes
  with each of its cosignatures.
- Silence is broken by a heartbeat, also where what changes is no part of what others are told.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from federation.sync.frames import Head
from node.services.sync.heads import HeadBoard

HEARTBEAT_S: Final = 10.0
GATHER_S: Final = 0.2


class Life(Protocol):
    """The end of a stream, as `node.rpc.stream_life` has it."""

    @property
    def ended(self) -> bool:
        """Return whether to stop now."""

    def on_end(self, wake: Callable[[], object]) -> None:
        """Call `wake` at the end."""


class HeadWatch:
    """Streams of changed heads, one for each watching peer."""

    def __init__(self, board: HeadBoard) -> None:
        self._board = board
        self._lock = threading.Lock()
        self._watchers: set[_Watcher] = set()
        board.subscribe(self._changed)

    def stream(self, peer_origins: frozenset[str], life: Life) -> Iterator[tuple[Head, ...]]:
        """Yield every head, then what changes; an empty tuple is a heartbeat."""
        watcher = _Watcher(peer_origins | {self._board.own_origin})
        life.on_end(watcher.event.set)
        with self._lock:
            self._watchers.add(watcher)
        try:
            version, heartbeat_at_s = -1, 0.0
            while True:
                watcher.begin()
                if life.ended:  # asked after `begin`, which forgets that the end has woken it
                    return
                told_version = self._board.version
                heads = self._board.heads(version)
                if heads or time.monotonic() >= heartbeat_at_s:
                    yield heads
                    heartbeat_at_s = time.monotonic() + HEARTBEAT_S
                version = told_version
                watcher.wait(heartbeat_at_s)
        finally:
            with self._lock:
                self._watchers.discard(watcher)

    def _changed(self, origin: str) -> None:
        heads = self._board.origin(origin)
        waited_for = heads.waited_for(is_own=origin == self._board.own_origin)
        with self._lock:
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher.changed(origin, waited_for)


class _Watcher:
    def __init__(self, urgent: frozenset[str]) -> None:
        self._urgent = urgent
        self._waited_for: dict[str, tuple[int, ...]] = {}
        self._any = threading.Event()
        self.event = threading.Event()

    def begin(self) -> None:
        self._any.clear()
        self.event.clear()

    def changed(self, origin: str, waited_for: tuple[int, ...]) -> None:
        self._any.set()
        if origin in self._urgent and self._waited_for.get(origin) != waited_for:
            self._waited_for[origin] = waited_for
            self.event.set()

    def wait(self, until_s: float) -> None:
        """Return at once for what is urgent, after a moment for what is not, or at a time."""
        while (left_s := until_s - time.monotonic()) > 0:
            if self.event.wait(min(GATHER_S, left_s)) or self._any.is_set():
                return
