"""Which of some listings match a search: by all words and the filter, without order or score.

Of few listings each is looked up. Where many are asked about and few match at all, those are
fetched once.

What only adds to a score is left out: `listing_query` nests a level for each such word, and a
saved query has as many as its text is long.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tantivy import Occur, Query

from node.search.documents import document_id
from node.search.query import Words, listing_query

if TYPE_CHECKING:
    from collections.abc import Collection

    from node.search.index import Snapshot
    from node.search.query import ListingFilter, QueryWords

    Key = tuple[int, bytes]

_MANY_ASKED: Final = 500
_FEW_MATCH: Final = 5_000


class Matching:
    """What matches one search in one snapshot."""

    def __init__(self, snapshot: Snapshot, words: QueryWords, which: ListingFilter) -> None:
        self._snapshot = snapshot
        self._query = listing_query(snapshot, replace(words, added={}), which, Words.ALL)
        self._all: dict[Key, int] | None = None
        self._is_counted = False

    def every(self) -> set[Key]:
        """Return all that match."""
        return set(self._found(self._query, max(1, self._snapshot.searcher.num_docs)))

    def among(self, listings: Collection[Key]) -> dict[Key, int]:
        """Return those of the (origin id, subject)s that match, each with the position indexed."""
        if len(listings) > _MANY_ASKED and not self._is_counted:
            self._is_counted = True
            if self._count() <= _FEW_MATCH:
                self._all = self._found(self._query, _FEW_MATCH)
        if self._all is not None:
            return {key: self._all[key] for key in listings if key in self._all}
        if not listings:
            return {}
        ids = [document_id(origin_id, subject) for origin_id, subject in listings]
        among = Query.term_set_query(self._snapshot.schema, "id", ids)
        both = Query.boolean_query([(Occur.Must, among), (Occur.Must, self._query)])
        return self._found(both, len(ids))

    def _count(self) -> int:
        return self._snapshot.searcher.search(self._query, limit=1, count=True).count  # type: ignore[attr-defined,no-any-return] # the stubs forget it

    def _found(self, query: Query, limit: int) -> dict[Key, int]:
        searcher = self._snapshot.searcher
        found = searcher.search(query, limit=limit, count=False).hits
        addresses = [address for _, address in found]
        columns = [
            searcher.fast_field_values(name, addresses)
            for name in ("origin_id", "subject_high", "subject_low", "position")
        ]
        return {
            (origin_id, high.to_bytes(8) + low.to_bytes(8)): position
            for origin_id, high, low, position in zip(*columns, strict=True)
        }
