"""The end of a stream, as its servicer sees it.

A stream ends when its client has gone, when its bounded life is over, when the caller's certificate
is no longer pinned, or when the node stops. A servicer looks at `ended` between messages, sends its
last message (the position to resume from) and returns.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class StreamLife:
    """Says once, to any thread, that a stream has to end."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._wakers: list[Callable[[], object]] = []

    @property
    def ended(self) -> bool:
        """Whether the servicer should return now."""
        return self._ended.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Sleep until the end, at most `timeout_s`; True once ended."""
        return self._ended.wait(timeout_s)

    def on_end(self, wake: Callable[[], object]) -> None:
        """Call `wake` at the end (now, if it has come), to interrupt a wait for something else."""
        with self._lock:
            if not self._ended.is_set():
                self._wakers.append(wake)
                return
        wake()

    def end(self) -> None:
        """Let the servicer return. Further calls do nothing."""
        with self._lock:
            self._ended.set()
            wakers, self._wakers = self._wakers, []
        for wake in wakers:
            wake()
