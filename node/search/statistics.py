"""Exact statistics of one commit of the index, for scores that two members must agree on.

tantivy's own counts keep deleted listings until a merge removes them, and merges differ from node
to node. So documents are counted among the live ones, term by term; counts are kept as long as
their commit serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tantivy import Occur, Query

from node.search.documents import document_id, listings_only

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from node.search.index import Snapshot

KEPT_MAX: Final = 50_000
TIES_MAX: Final = 400
"""How many of those that tie with the last candidate are looked at: more is a flood."""


class IndexStatistics:
    """What is known of all listings of a commit. Safe for many threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        searcher = snapshot.searcher
        self.documents = max(0, searcher.num_docs - 1)
        """Live listings: all documents but the mark."""
        counted = searcher.aggregate(
            listings_only(snapshot.schema), {"terms": {"sum": {"field": "length"}}}
        )
        self.total_terms = int(counted["terms"]["value"] or 0)
        self._kept: dict[str, int] = {}

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many live listings each term stands."""
        found = {}
        for term in terms:
            count = self._kept.get(term)
            if count is None:
                if len(self._kept) >= KEPT_MAX:
                    self._kept = {}
                count = self._kept[term] = self._count(term)
            found[term] = count
        return found

    def holds(self, origin_id: int, subject: bytes) -> int:
        """Return 1 where a listing is in the index, else 0."""
        return self._count(document_id(origin_id, subject), "id", "basic")

    def _count(self, term: str, field: str = "text", option: str = "freq") -> int:
        searcher, schema = self.snapshot.searcher, self.snapshot.schema
        query = Query.term_query(schema, field, term, option)
        return searcher.search(query, limit=1, count=True).count  # type: ignore[attr-defined,no-any-return] # the stubs forget it


class Present(NamedTuple):
    """A listing that holds some of the terms: their points, its length in terms, where it is."""

    points: int
    length: int
    subject: tuple[int, int]
    position: int


def present(
    snapshot: Snapshot, points: Iterable[tuple[str, int]], filters: Iterable[Query], limit: int
) -> list[Present]:
    """Return the listings that hold terms of the most points, most first, ties by subject.

    Equal where the live listings are: it rests on nothing that counts deleted ones.
    """
    schema = snapshot.schema
    wanted = []
    for term, worth in points:
        one = Query.term_query(schema, "text", term, "basic")
        wanted.append((Occur.Should, Query.const_score_query(one, float(worth))))
    columns = ("length", "subject_high", "subject_low", "position")
    found = [
        Present(int(score), length, (high, low), position)
        for score, length, high, low, position in _best(snapshot, wanted, filters, limit, columns)
    ]
    return sorted(found, key=lambda one: (-one.points, one.subject))[:limit]


def candidates(
    snapshot: Snapshot, weights: Iterable[tuple[str, float]], filters: Iterable[Query], limit: int
) -> list[int]:
    """Return the positions of the listings that hold the weighted terms best, best first.

    Equal ones are ordered by subject, and cut so: where a document lies differs from node to node.
    """
    schema = snapshot.schema
    wanted = [
        (Occur.Should, Query.boost_query(Query.term_query(schema, "text", term, "freq"), weight))
        for term, weight in weights
    ]
    columns = ("subject_high", "subject_low", "position")
    found = sorted(
        (-score, high, low, position)
        for score, high, low, position in _best(snapshot, wanted, filters, limit, columns)
    )
    return [position for *_, position in found[:limit]]


def _best(
    snapshot: Snapshot,
    wanted: Sequence[tuple[Occur, Query]],
    filters: Iterable[Query],
    limit: int,
    columns: Sequence[str],
) -> Iterable[tuple[Any, ...]]:
    """Return the score and columns of the best, with those that tie with the last one."""
    if not wanted:
        return []
    parts = [(Occur.Must, Query.boolean_query(wanted)), *((Occur.Must, one) for one in filters)]
    query, searcher = Query.boolean_query(parts), snapshot.searcher
    hits = searcher.search(query, limit=limit + 1, count=False).hits
    if len(hits) > limit and hits[limit][0] == hits[limit - 1][0]:
        hits = searcher.search(query, limit=limit + TIES_MAX, count=False).hits
    addresses = [address for _, address in hits]
    values = [searcher.fast_field_values(name, addresses) for name in columns]
    return zip((score for score, _ in hits), *values, strict=True)
