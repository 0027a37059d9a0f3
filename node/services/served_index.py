"""The index that serves: what its writer has committed, read anew whenever the writer tells.

The writer may be another process, so nothing is shared with it but the folder. An index that cannot
be opened just now (it was replaced meanwhile) leaves what served before; the writer tells again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from federation.log.errors import Unreachable
from node.search.index import IndexReader, UnreadableIndexError
from node.storage import arrivals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.search.index import Mark, Snapshot
    from node.storage.database import Database

_log = structlog.get_logger(__name__)


class ServedIndex:
    """What there is to search. `show` is for one thread at a time, the rest for many."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._name = ""
        self._reader: IndexReader | None = None
        self._snapshot: Snapshot | None = None
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever there is another state to search; it must not wait."""
        self._listeners.append(listener)

    def snapshot(self) -> Snapshot:
        """Return what there is to search; raises INDEX_NOT_READY."""
        if self._snapshot is None:
            raise Unreachable("INDEX_NOT_READY", "the index is being opened")
        return self._snapshot

    def behind(self) -> int:
        """Return how many leaves of all logs have arrived and are not in the index yet."""
        taken = self._snapshot.mark.position if self._snapshot is not None else 0
        with self._database.read() as tx:
            return max(0, arrivals.last_position(tx) - taken)

    def show(self, name: str, mark: Mark) -> None:
        """Serve the index of a name, which has taken in what `mark` says.

        Its own mark may say less (no listing has changed since) or more (another commit came).
        """
        try:
            if self._reader is None or name != self._name:
                self._reader, self._name = IndexReader(self._folder / name), name
            snapshot = self._reader.read()
        except UnreadableIndexError as error:
            self._reader = None
            _log.warning("the index cannot be read", name=name, why=str(error))
            return
        if snapshot.mark.position < mark.position:
            snapshot = replace(snapshot, mark=mark)
        self._snapshot = snapshot
        for listener in self._listeners:
            listener()
