"""Random bytes of the operating system, drawn in advance.

Every record takes some for its subject and salts, twice a write. Asking the system each time lets
other threads in, which costs a busy node more than the bytes do. Drawn bytes are given out once and
forgotten.
"""

from __future__ import annotations

import os
import threading
from typing import Final

DRAWN: Final = 65_536


class RandomBytes:
    """Gives fresh random bytes; safe for use by many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawn = b""
        self._given = 0

    def __call__(self, count: int) -> bytes:
        """Return `count` bytes that nobody else gets."""
        if count > DRAWN:
            return os.urandom(count)
        with self._lock:
            end = self._given + count
            if end > len(self._drawn):
                self._drawn, self._given, end = os.urandom(DRAWN), 0, count
            given = self._drawn[self._given : end]
            self._given = end
        return given
