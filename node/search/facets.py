"""How many listings of a search have each value of each filter.

Numbers are given as the filter takes them; a code counts for each of its beginnings that the filter
takes. At most VALUES_MAX values a filter, most frequent first, equal ones by value. An owner counts
under the most frequent spelling of its name. Ranges are counted in `node.search.facet_ranges`.

tantivy adds up what each segment of the index counted, and of each takes some values only. It takes
all of a code table; of labels, IPC and owners so many that only one that is rare in each can be
missed. Where a segment had more, those that are told are counted again in all of it.

Counting reads columns of all that matches, which of a broad search is most of its time: what was
counted is kept as long as its commit serves, for its other pages and whoever asks the same.
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tantivy import Occur, Query

from federation.records.codec import TransferMode
from node.search import facet_ranges
from node.search.documents import normal_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tantivy import Searcher

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
_OF_A_SEGMENT: Final = {
    "regions": 4_000, "industries": 2_500, "ipc": 2_000, "labels": 2_000, "owners": 1_000,
}  # fmt: skip
"""Values that a segment gives; all of GB/T 2260 and 4754 with their beginnings."""
_MERGED: Final = {"origin_id": 500, "owners": 1_000}
"""Values that are taken where some are counted together: logs of a member, spellings of a name."""
_SPELLINGS_MAX: Final = 20_000
_CODES: Final = ("regions", "industries", "ipc", "labels")


def _terms(name: str, size: int, of_a_segment: int, **only: Any) -> dict[str, Any]:
    return {"terms": {"field": name, "size": size, "segment_size": of_a_segment, **only}}


_COUNTED: Final[dict[str, Any]] = {
    name: _terms(name, _MERGED.get(name, VALUES_MAX), _OF_A_SEGMENT.get(name, 500))
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
    values = {name: _values(counted[name]) for name in COLUMNS}
    if cut := [name for name in _CODES if counted[name]["doc_count_error_upper_bound"]]:
        values |= _of_these(snapshot, query, {name: values[name] for name in cut})
    owners = _merged(values["owners"])[:VALUES_MAX]
    is_cut = counted["owners"]["sum_other_doc_count"]
    values["owners"] = _of_names(snapshot, query, owners) if is_cut else owners
    values = {name: sorted(told, key=_frequent_first) for name, told in values.items()}
    open_licences = [one for one in values["transfer_modes"] if one[0] == _OPEN_LICENCE]
    values["open_licence"] = [("1", count) for _, count in open_licences]
    return Counts(values, facet_ranges.read(counted, today, since))


def _values(counted: Any) -> Values:
    return [(_value(one["key"]), one["doc_count"]) for one in counted["buckets"]]


def _of_these(snapshot: Snapshot, query: Query, told: Mapping[str, Values]) -> dict[str, Values]:
    """Count some values of columns again, in all of each segment."""
    asked = {
        name: _terms(name, VALUES_MAX, VALUES_MAX, include=[value for value, _ in values])
        for name, values in told.items()
    }
    counted = snapshot.searcher.aggregate(query, asked)
    return {name: _values(counted[name]) for name in told}


def _of_names(snapshot: Snapshot, query: Query, told: Values) -> Values:
    """Count some names again, in every spelling."""
    names = {normal_name(value) for value, _ in told}
    having = Query.term_set_query(snapshot.schema, "organisations", list(names))
    both = Query.boolean_query([(Occur.Must, query), (Occur.Must, having)])
    asked = {"owners": _terms("owners", _SPELLINGS_MAX, _SPELLINGS_MAX)}
    counted = snapshot.searcher.aggregate(both, asked)["owners"]
    return [one for one in _merged(_values(counted)) if normal_name(one[0]) in names]


def _frequent_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _merged(owners: Iterable[tuple[str, int]]) -> Values:
    """Count the spellings of one name, as its filter takes it, together; most frequent first."""
    spellings: dict[str, Values] = {}
    for one in owners:
        spellings.setdefault(normal_name(one[0]), []).append(one)
    merged = [
        (min(some, key=_frequent_first)[0], sum(count for _, count in some))
        for some in spellings.values()
    ]
    return sorted(merged, key=_frequent_first)


def _value(key: Any) -> str:
    return key if isinstance(key, str) else str(int(key))
