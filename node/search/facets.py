"""How many listings of a search have each value of each filter.

Numbers are given as the filter takes them; a code counts for each of its beginnings that the filter
takes. At most VALUES_MAX values a filter, most frequent first, equal ones by value. An owner counts
under the most frequent spelling of its name. Ranges are counted in `node.search.facet_ranges`.

tantivy adds up what each segment of the index counted, and of each takes some values only. It takes
all of a code table; of labels and IPC so many that only one that is rare there can be missed.

Counting reads columns of all that matches, which of a broad search is most of its time: what was
counted is kept as long as its commit serves, for its other pages and whoever asks the same.
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from federation.records.codec import TransferMode
from node.search import facet_ranges
from node.search.documents import normal_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tantivy import Query, Searcher

    from node.search.facet_ranges import RangeCount, Since
    from node.search.index import Snapshot

    Values = list[tuple[str, int]]

VALUES_MAX: Final = 50
KEPT_MAX: Final = 200
"""Searches; what was counted for one takes up to 100 kB."""

COLUMNS: Final = (
    "kind", "origin_id", "regions", "tech_field", "industries", "ipc", "trl", "transfer_modes",
    "cooperation_modes", "state", "open_for_enquiry", "ip_statuses", "labels", "owners",
)  # fmt: skip

_OPEN_LICENCE: Final = str(int(TransferMode.TRANSFER_MODE_OPEN_LICENCE))
_OF_A_SEGMENT: Final = {"regions": 4_000, "industries": 2_500, "ipc": 2_000, "labels": 2_000}
"""Values that a segment gives; all of GB/T 2260 and 4754 with their beginnings."""

_COUNTED: Final[dict[str, Any]] = {
    name: {
        "terms": {"field": name, "size": VALUES_MAX, "segment_size": _OF_A_SEGMENT.get(name, 500)}
    }
    for name in COLUMNS
}


class Counts(NamedTuple):
    """What was counted: (value, count) by column, and ranges by the filter of their beginning."""

    values: Mapping[str, Values]
    ranges: Mapping[str, list[RangeCount]]


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

    def count(self, snapshot: Snapshot, query: Query, today: int, since: Since) -> Counts:
        """Return the counts for all that a query matches, on a day, and since some positions."""
        # All of its terms, ranges and weights are in how it is shown.
        said = hashlib.sha256(f"{today} {list(since)} {query!r}".encode()).digest()
        with self._lock:
            if self._searcher is not snapshot.searcher:
                self._searcher, self._kept = snapshot.searcher, {}
            kept = self._kept
        counts = kept.get(said)
        if counts is None:
            counts = _count(snapshot, query, today, since)
            with self._lock:
                if len(kept) >= KEPT_MAX:
                    kept.clear()
                kept[said] = counts
        return counts


def _count(snapshot: Snapshot, query: Query, today: int, since: Since) -> Counts:
    asked = _COUNTED | facet_ranges.requests(today, since)
    counted = snapshot.searcher.aggregate(query, asked)
    values = {
        name: [(_value(one["key"]), one["doc_count"]) for one in counted[name]["buckets"]]
        for name in COLUMNS
    }
    values["owners"] = _merged(values["owners"])
    values = {name: sorted(told, key=_frequent_first) for name, told in values.items()}
    open_licences = [one for one in values["transfer_modes"] if one[0] == _OPEN_LICENCE]
    values["open_licence"] = [("1", count) for _, count in open_licences]
    return Counts(values, facet_ranges.read(counted, today, since))


def _frequent_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _merged(owners: Iterable[tuple[str, int]]) -> Values:
    """Count the spellings of one name, as its filter takes it, together."""
    spellings: dict[str, Values] = {}
    for one in owners:
        spellings.setdefault(normal_name(one[0]), []).append(one)
    return [
        (min(some, key=_frequent_first)[0], sum(count for _, count in some))
        for some in spellings.values()
    ]


def _value(key: Any) -> str:
    return key if isinstance(key, str) else str(int(key))
