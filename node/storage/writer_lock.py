"""The lock of the only writer: the own log goes first, a mirror waits for one more turn."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class WriterLock:
    """A lock that prefers writers of the own log over all others that wait."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_held = False
        self._own_waiting = 0
        self.waiting = 0
        """How many wait now."""

    @contextmanager
    def held(self, *, own: bool) -> Iterator[None]:
        """Hold the lock; wait for it as long as it takes."""
        with self._condition:
            self.waiting += 1
            self._own_waiting += own
            while self._is_held or (self._own_waiting and not own):
                self._condition.wait()
            self.waiting -= 1
            self._own_waiting -= own
            self._is_held = True
        try:
            yield
        finally:
            with self._condition:
                self._is_held = False
                self._condition.notify_all()
