"""The threads that turn a node's step functions, and how they end.

A loop runs one step again and again until the node stops. A step that fails for a reason of ours
(a full disk, a database out of reach) is logged, counted and tried again after a pause; any other
exception is a fault of ours: it is logged with its traceback, and the loop goes on too, since a
thread that silently ends is worse than one that complains.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from federation.log.errors import YdxError

PAUSE_AFTER_FAILURE_S: Final = 1.0

_log = structlog.get_logger(__name__)


class Loops:
    """All loops of a node: started together, stopped together."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._wakers: list[Callable[[], None]] = []

    def add(
        self, name: str, step: Callable[[], None], wake: Callable[[], None] | None = None
    ) -> None:
        """Add a loop; `wake` interrupts a step that waits, when the node stops."""
        self._threads.append(
            threading.Thread(target=self._run, args=(name, step), name=name, daemon=True)
        )
        if wake is not None:
            self._wakers.append(wake)

    def start(self) -> None:
        """Start all loops."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float) -> None:
        """Ask all loops to end, and wait for them at most `timeout_s` in all."""
        self.stopped.set()
        for wake in self._wakers:
            wake()
        until_s = time.monotonic() + timeout_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until_s - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            _log.warning("loops did not end in time", loops=late)

    def _run(self, name: str, step: Callable[[], None]) -> None:
        while not self.stopped.is_set():
            try:
                step()
            except YdxError as error:
                if self.stopped.is_set():
                    return  # what it needs is being closed
                _log.warning("step failed", loop=name, reason=error.reason, what=error.what)
                self.stopped.wait(PAUSE_AFTER_FAILURE_S)
            except Exception:  # noqa: BLE001 - see above: a loop must not end silently
                if self.stopped.is_set():
                    return
                _log.exception("step failed unexpectedly", loop=name)
                self.stopped.wait(PAUSE_AFTER_FAILURE_S)
