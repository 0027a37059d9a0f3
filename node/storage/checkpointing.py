"""Folding SQLite's write-ahead log back into the file, beside the writer.

A commit that finds the log long folds it back itself, and bulk writes wait for the disk then. So a
thread of its own does it meanwhile, on another connection and core, a bit at a time; what the
writer finds to do when the log has reached its bound is then little. (Measured without network: a
first sync takes 24.5 µs a record instead of 26.5.)

- Only a writer that finds everything folded back can begin the log anew, and it finds nothing done
  while this thread is at it. So with the log at its bound the thread keeps still for a while: what
  holds on a slow disk too is that the writer waits, not that the log grows.
- A sync that failed here is told to the writer before it begins again: what is on the disk is not
  known. Any other failure is not: the writer folds back by itself, and meets it there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError

from node import processors

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROWS: Final = 8_192
"""After so many inserted rows the log is folded back: some 4 MB of a first sync."""
_STILL: Final = 4
"""How many of these it keeps still for."""


class Checkpointer:
    """Folds back when told of enough rows, on the connection that `connect` opens."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        is_sync_failure: Callable[[BaseException], bool],
        log_pages_max: int,
    ) -> None:
        """`log_pages_max` is the length at which the writer folds back by itself."""
        self._connect = connect
        self._is_sync_failure = is_sync_failure
        self._log_pages_max = log_pages_max
        self._rows = 0
        self._wait_rows = ROWS
        self._wake = threading.Event()
        self._closed = False
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None

    def check(self) -> None:
        """Raise the failure of a sync, if there was one."""
        if self._failure is not None:
            raise self._failure

    def wrote(self, rows: int) -> None:
        """Hear of rows that were committed; never raises. Only the writer calls it."""
        self._rows += rows
        if self._rows < self._wait_rows:
            return
        self._rows, self._wait_rows = 0, ROWS
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # no more threads: the writer folds back by itself
                return
            self._thread = thread
        self._wake.set()

    def close(self) -> None:
        """Stop; a checkpoint that runs is finished."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        processors.apart()
        connection: Connection | None = None
        while self._wake.wait() and not self._closed and self._failure is None:
            self._wake.clear()
            try:
                connection = connection or self._connect()
                self._fold_back(connection)
            except DBAPIError as error:
                if error.orig is not None and self._is_sync_failure(error.orig):
                    self._failure = error.orig
        if connection is not None:
            connection.close()

    def _fold_back(self, connection: Connection) -> None:
        done = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
        if done[1] >= self._log_pages_max:
            self._wait_rows = _STILL * ROWS
