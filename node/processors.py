"""Which processors the threads of a node run on.

- Threads that answer callers, and the one that writes the own log, stay together on one: they take
  turns in Python anyway, and on two each turn wakes the other one and finds its caches cold.
  Measured in turns, 64 callers of PublishListing got 3,160 and 2,710 answers a second where they
  got 2,090 and 2,260, for 290 us of processor an answer instead of 380; 8 callers of SearchListings
  got no fewer (246, 251, 220 where they got 230, 215, 214).
- Which one is by chance, so that nodes on one machine do not all meet; what else runs, the kernel
  moves away.
- Synchronization, the index, the counting of facets, SQLite's log and TLS are free to run beside.
  A thread begins where the one is kept that begins it; so what such a thread begins for work of its
  own says `apart`.
- Where the kernel has no such thing, or a sandbox forbids it, all are free.
"""

from __future__ import annotations

import os
import random
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


_FREE: Final[set[int]] = set()
"""What the process may use, as it stood when it began; empty where nobody can tell."""

if sys.platform == "linux":
    with suppress(OSError):
        _FREE.update(os.sched_getaffinity(0))

_ONE: Final = set(random.SystemRandom().sample(sorted(_FREE), min(1, len(_FREE))))
"""Not by the process's number: in containers all have the same."""


@contextmanager
def together() -> Iterator[None]:
    """Keep threads that begin in the block, and those that they begin, on one processor.

    All blocks of a process mean the same one.
    """
    _keep(_ONE)
    try:
        yield
    finally:
        apart()


def apart() -> None:
    """Let this thread run wherever the process may."""
    _keep(_FREE)


def _keep(processors: set[int]) -> None:
    if sys.platform == "linux" and processors:
        with suppress(OSError):
            os.sched_setaffinity(0, processors)
