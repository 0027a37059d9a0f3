"""When the index process rests: while more arrives than it could take in.

What arrives faster than BULK_PER_S, a first copy or an import, leaves any index behind. Followed at
once it only takes longer to be stored: reading, merging and syncing beside it take of the memory,
the disk and the second core. So the index waits until it is over, for REST_S at most, and then goes
on for WORK_S before it may rest again. What it has taken in before is committed first.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BULK_PER_S: Final = 5_000
REST_S: Final = 20.0
WORK_S: Final = 10.0
LOOK_S: Final = 0.2


class Rest:
    """Tells when to rest. For one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells seconds that never go back."""
        self._clock = clock
        self._looked_at_s = clock()
        self._newest: int | None = None
        self._bulk_since_s: float | None = None

    def is_due(self, newest: int) -> bool:
        """Tell whether to rest for LOOK_S, by the newest position of the change feed."""
        now_s = self._clock()
        passed_s = now_s - self._looked_at_s
        if passed_s >= LOOK_S:
            before = newest if self._newest is None else self._newest
            is_bulk = newest - before >= BULK_PER_S * passed_s
            self._looked_at_s, self._newest = now_s, newest
            if not is_bulk:
                self._bulk_since_s = None
            elif self._bulk_since_s is None:
                self._bulk_since_s = now_s
        since_s = self._bulk_since_s
        return since_s is not None and (now_s - since_s) % (REST_S + WORK_S) < REST_S
