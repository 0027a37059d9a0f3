"""How many listings of a search have each value of each filter.

Numbers are given as the filter takes them; a code counts for each of its beginnings that the filter
takes. At most VALUES_MAX values a filter, most frequent first, equal ones by value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tantivy import Query

    from node.search.index import Snapshot

VALUES_MAX: Final = 50
COLUMNS: Final = (
    "kind", "origin_id", "regions", "tech_field", "industries", "ipc", "trl", "transfer_modes",
    "cooperation_modes", "state", "open_for_enquiry", "ip_statuses", "labels",
)  # fmt: skip

_COUNTED: Final[dict[str, Any]] = {
    name: {"terms": {"field": name, "size": VALUES_MAX}} for name in COLUMNS
}


def count_facets(snapshot: Snapshot, query: Query) -> Mapping[str, list[tuple[str, int]]]:
    """Return (value, count) by column for all that a query matches."""
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
