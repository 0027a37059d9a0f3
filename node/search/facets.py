"""How many listings of a search have each value of each filter.

Numbers are given as the filter takes them; a code counts for each of its beginnings that the filter
takes. At most VALUES_MAX values a filter, most frequent first, equal ones by value.

tantivy adds up what each segment of the index counted, and of each takes some values only. It takes
all of a code table; of labels and IPC so many that only one that is rare there can be missed.

Counting reads columns of all that matches, which of a broad search is most of its time: what was
counted is kept as long as its commit serves, for its other pages and whoever asks the same.
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tantivy import Query, Searcher

    from node.search.index import Snapshot

    Counts = Mapping[str, list[tuple[str, int]]]

VALUES_MAX: Final = 50
KEPT_MAX: Final = 200
"""Searches; what was counted for one takes up to 100 kB."""

COLUMNS: Final = (
    "kind", "origin_id", "regions", "tech_field", "industries", "ipc", "trl", "transfer_modes",
    "cooperation_modes", "state", "open_for_enquiry", "ip_statuses", "labels",
)  # fmt: skip

_OF_A_SEGMENT: Final = {"regions": 4_000, "industries": 2_500, "ipc": 2_000, "labels": 2_000}
"""Values that a segment gives; all of GB/T 2260 and 4754 with their beginnings."""

_COUNTED: Final[dict[str, Any]] = {
    name: {
        "terms": {"field": name, "size": VALUES_MAX, "segment_size": _OF_A_SEGMENT.get(name, 500)}
    }
    for name in COLUMNS
}


class Facets:
    """Counts facets. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._kept: dict[bytes, Counts] = {}

    def forget(self) -> None:
        """Let go of what was counted, and of files that may be removed after an erasure."""
        with self._lock:
            self._searcher, self._kept = None, {}

    def count(self, snapshot: Snapshot, query: Query) -> Counts:
        """Return (value, count) by column for all that a query matches."""
        # All of its terms, ranges and weights are in how it is shown.
        said = hashlib.sha256(repr(query).encode()).digest()
        with self._lock:
            if self._searcher is not snapshot.searcher:
                self._searcher, self._kept = snapshot.searcher, {}
            kept = self._kept
        counts = kept.get(said)
        if counts is None:
            counts = _count(snapshot, query)
            with self._lock:
                if len(kept) >= KEPT_MAX:
                    kept.clear()
                kept[said] = counts
        return counts


def _count(snapshot: Snapshot, query: Query) -> Counts:
    counted = snapshot.searcher.aggregate(query, _COUNTED)
    return {
        name: sorted(
            ((_value(one["key"]), one["doc_count"]) for one in counted[name]["buckets"]),
            key=lambda pair: (-pair[1], pair[0]),
        )
        for name in COLUMNS
    }


def _value(key: Any) -> str:
    return key if isinstance(key, str) else str(int(key))
