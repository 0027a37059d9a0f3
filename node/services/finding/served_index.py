"""The index that serves: what its writer has committed, opened when somebody asks for it.

- The writer may be another process, so nothing is shared with it but the folder. It tells of each
  commit; opening one takes many files, so it is done by the first who searches after that.
- At the start, what was committed before serves until the writer tells more. One that this database
  does not know (it was put back from a copy) waits for its writer, who builds another one.
- An index that cannot be opened just now (it was replaced meanwhile) leaves what served before; the
  writer tells again.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from federation.log.errors import Unreachable
from node.search.folder import index_in_use
from node.search.index import IndexReader, UnreadableIndexError
from node.services.finding.index_marks import is_known
from node.storage import arrivals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.search.index import Mark, Snapshot
    from node.storage.database import Database

_log = structlog.get_logger(__name__)


class ServedIndex:
    """What there is to search. Safe for many threads."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._lock = threading.Lock()
        self._told: tuple[str, Mark] | None = None
        self._opened: tuple[str, Mark] | None = None
        self._reader: IndexReader | None = None
        self._snapshot: Snapshot | None = None
        self._is_failing = False
        self._listeners: list[Callable[[], None]] = []

    def open_committed(self) -> None:
        """Serve what is committed; to be called before the writer begins, and once."""
        name = index_in_use(self._folder)
        if name is None:
            return
        try:
            reader = IndexReader(self._folder / name)
            snapshot = reader.read()
        except UnreadableIndexError:
            return
        mark = snapshot.mark
        with self._database.read() as tx:
            if mark.position == 0 or not is_known(tx, mark):
                return
        self._told = self._opened = (name, mark)
        self._reader, self._snapshot = reader, snapshot

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever there is another state to search; it must not wait."""
        self._listeners.append(listener)

    def show(self, name: str, mark: Mark) -> None:
        """Serve the index of a name, which has taken in what `mark` says."""
        self._told = (name, mark)
        opened = self._opened
        if opened is not None and opened[0] != name:
            # The old files are removed (after an erasure because of their words), and stay on the
            # disk for as long as they are open here.
            with self._lock:
                self._open(self._told)
        for listener in self._listeners:
            listener()

    def behind(self) -> int:
        """Return how many leaves of all logs have arrived and are not in the index yet."""
        last, taken = self.reach()
        return max(0, last - taken)

    def reach(self) -> tuple[int, int]:
        """Return up to which feed position leaves have arrived, and up to which they are in it."""
        told, snapshot = self._told, self._snapshot
        taken = told[1].position if told is not None else 0
        if self._is_failing:
            taken = snapshot.mark.position if snapshot is not None else 0
        with self._database.read() as tx:
            # One of another database says nothing of this one, until it is built again.
            if told is not None and not is_known(tx, told[1]):
                taken = 0
            return arrivals.last_position(tx), taken

    def snapshot(self) -> Snapshot:
        """Return what there is to search; raises INDEX_NOT_READY."""
        served = self._snapshot
        # One opens; the others go on with what served before, since the writer may hold that up.
        if not self._lock.acquire(blocking=served is None):
            assert served is not None  # noqa: S101 - else it waits
            return served
        try:
            told = self._told
            if told is not None and told is not self._opened:
                self._open(told)
            if self._snapshot is None:
                raise Unreachable("INDEX_NOT_READY", "the index is being opened")
            return self._snapshot
        finally:
            self._lock.release()

    def _open(self, told: tuple[str, Mark]) -> None:
        """Open a commit.

        Its own mark may say less (no listing has changed since) or more (another commit came).
        """
        name, mark = told
        try:
            if self._reader is None or self._opened is None or name != self._opened[0]:
                self._reader = IndexReader(self._folder / name)
            snapshot = self._reader.read()
        except UnreadableIndexError as error:
            self._reader = None
            self._is_failing = True
            _log.warning("the index cannot be read", name=name, why=str(error))
            return
        if snapshot.mark.position < mark.position:
            snapshot = replace(snapshot, mark=mark)
        self._snapshot, self._opened, self._is_failing = snapshot, told, False
