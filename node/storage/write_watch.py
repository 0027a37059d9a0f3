"""Whether writes succeed: what the last one failed of, and whether one is at work for too long."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from federation.log.errors import YdxError

if TYPE_CHECKING:
    from collections.abc import Iterator

STUCK_S: Final = 30.0
"""A write that is at work for longer waits for something: a lock, a standby, a server that is gone.

None of ours takes a second, but for rebuilding after an upgrade.
"""


class WriteWatch:
    """Hears of every write of one database, of one at a time; asked by many threads."""

    def __init__(self) -> None:
        self._failure: YdxError | None = None
        self._began_at_s: float | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Be told of a write that begins and ends."""
        self._began_at_s = time.monotonic()
        try:
            yield
        finally:
            self._began_at_s = None

    def failed(self, failure: YdxError) -> None:
        """Be told that the database failed; it stands until a sync succeeds."""
        self._failure = failure

    def succeeded(self) -> None:
        """Be told that something was written."""
        self._failure = None

    @property
    def is_idle(self) -> bool:
        """Whether no write is at work."""
        return self._began_at_s is None

    @property
    def trouble(self) -> YdxError | None:
        """Return why nothing is written, None where writes succeed as far as anybody knows."""
        began_at_s = self._began_at_s
        if began_at_s is not None and time.monotonic() - began_at_s > STUCK_S:
            text = f"the database has been at one write for more than {STUCK_S:.0f} s"
            return YdxError("DATABASE_ERROR", text)
        return self._failure
