"""Which of some listings match a search: by all words and the filter, without order or score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tantivy import Occur, Query

from node.search.documents import document_id
from node.search.query import Words, listing_query

if TYPE_CHECKING:
    from collections.abc import Collection

    from node.search.index import Snapshot
    from node.search.query import ListingFilter, QueryWords


def matching(
    snapshot: Snapshot,
    words: QueryWords,
    which: ListingFilter,
    listings: Collection[tuple[int, bytes]],
) -> dict[tuple[int, bytes], int]:
    """Return those of the (origin id, subject)s that match, each with the position indexed."""
    if not listings:
        return {}
    searcher = snapshot.searcher
    ids = [document_id(origin_id, subject) for origin_id, subject in listings]
    query = Query.boolean_query(
        [
            (Occur.Must, Query.term_set_query(snapshot.schema, "id", ids)),
            (Occur.Must, listing_query(snapshot, words, which, Words.ALL)),
        ]
    )
    found = searcher.search(query, limit=len(ids), count=False).hits
    addresses = [address for _, address in found]
    columns = [
        searcher.fast_field_values(name, addresses)
        for name in ("origin_id", "subject_high", "subject_low", "position")
    ]
    return {
        (origin_id, high.to_bytes(8) + low.to_bytes(8)): position
        for origin_id, high, low, position in zip(*columns, strict=True)
    }
