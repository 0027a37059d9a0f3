"""Telling a peer what changed: at once what it waits for, the rest gathered.

- A change of our own log, or of the watching peer's own log, is told at once: others wait for the
  first, and the second is the origin's proof that it is stored elsewhere.
- Changes of third logs are gathered for a moment, since every member tells them.
- Silence is broken by a heartbeat.
"""

from __future__ import annotations

import threading
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
            version = -1
            while not life.ended:
                watcher.begin()
                told_version = self._board.version
                yield self._board.heads(version)
                version = told_version
                watcher.wait()
        finally:
            with self._lock:
                self._watchers.discard(watcher)

    def _changed(self, origin: str) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher.changed(origin)


class _Watcher:
    def __init__(self, urgent: frozenset[str]) -> None:
        self._urgent = urgent
        self._any = threading.Event()
        self.event = threading.Event()

    def begin(self) -> None:
        self._any.clear()
        self.event.clear()

    def changed(self, origin: str) -> None:
        self._any.set()
        if origin in self._urgent:
            self.event.set()

    def wait(self) -> None:
        """Return at once for what is urgent, after a moment for what is not, or for a heartbeat."""
        waited_s = 0.0
        while waited_s < HEARTBEAT_S and not self.event.wait(GATHER_S):
            waited_s += GATHER_S
            if self._any.is_set():
                return
