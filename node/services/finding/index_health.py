"""How the search index does: whether a process keeps it, and how far it is behind.

- Behind in seconds is how long the index has not had what was stored by then, so that an index
  which follows a busy node closely is not behind, whenever it is looked at. It is known as finely
  as `look` is called, and counts from the start of the node at the earliest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from node.services.sync.node_status import IndexFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from node.services.finding.served_index import ServedIndex


class IndexKeeper(Protocol):
    """What writes the index."""

    @property
    def is_running(self) -> bool:
        """Whether it runs just now."""

    @property
    def restarts(self) -> Mapping[str, int]:
        """How often it was begun again, by cause."""


class IndexHealth:
    """Watches it. `look` is for one thread, the rest for many."""

    def __init__(self, index: ServedIndex, keeper: IndexKeeper, clock: Callable[[], float]) -> None:
        """`clock` tells seconds and never goes back."""
        self._index = index
        self._keeper = keeper
        self._clock = clock
        self._waits_for = 0
        self._since_s: float | None = None

    def look(self) -> None:
        """Note how far it is; to be called every second or so."""
        last, taken = self._index.reach()
        if taken >= self._waits_for:
            self._waits_for = last
            self._since_s = self._clock() if taken < last else None

    def facts(self) -> IndexFacts:
        """Return how it does; what it lacks now, and for how long by the last `look`."""
        last, taken = self._index.reach()
        since_s = self._since_s
        has_all = since_s is None or taken >= self._waits_for
        return IndexFacts(
            running=self._keeper.is_running,
            restarts=dict(self._keeper.restarts),
            behind_entries=max(0, last - taken),
            behind_s=0.0 if since_s is None or has_all else self._clock() - since_s,
        )
