"""Whether the database is read, found out by asking it now and then; nobody who asks this waits.

A read without an answer, since a table is locked or the server gone, counts as failed in the end.
"""

from __future__ import annotations

import time
from typing import Final

from federation.log.errors import YdxError
from node.storage import mirrors
from node.storage.database import Database

ANSWER_S: Final = 5.0


class DatabaseWatch:
    """Asked by many threads; `look` is called by one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._answered = True
        self._asked_at_s: float | None = None

    def look(self) -> None:
        """Read something; where the last write failed, find out whether one succeeds."""
        self._asked_at_s = time.monotonic()
        try:
            with self._database.read(snapshot=False) as tx:
                mirrors.names(tx)
            self._answered = True
        except YdxError:
            self._answered = False
        self._asked_at_s = None
        self._database.probe()

    @property
    def is_read(self) -> bool:
        """Whether the last read was answered, and none waits for long."""
        asked_at_s = self._asked_at_s
        is_waiting = asked_at_s is not None and time.monotonic() - asked_at_s > ANSWER_S
        return self._answered and not is_waiting

    @property
    def is_well(self) -> bool:
        """Whether it is read, and the last write did not fail of the database itself."""
        failure = self._database.write_failure
        return self.is_read and (failure is None or failure.reason == "DISK_FULL")
