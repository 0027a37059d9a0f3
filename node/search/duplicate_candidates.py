"""Where the index looks for listings that may be one: equal titles, equal rights, near texts.

Only candidates: what speaks for and against a pair says `federation.matching.duplicates`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from tantivy import Query

from federation.matching import text_score
from federation.matching.duplicate_keys import patent_key, title_key
from node.search.statistics import candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.records.codec import ListingPublic
    from node.search.index import Snapshot

NEAR_TEXTS: Final = 10
SAME_KEY_MAX: Final = 50
_KEYS_MAX: Final = 50_000
"""Shared keys of each kind; tantivy gives up above 65,000, which one member could reach."""
_EVERY_KEY: Final = 100_000_000
_ORDER_CHARS: Final = 64
_KEYS: Final = ("title_key", "patents")


def near(snapshot: Snapshot, public: ListingPublic) -> list[int]:
    """Return the positions of listings that may be the same as one, itself perhaps among them."""
    found: dict[int, None] = {}
    keys = [("title_key", title_key(public.title))]
    keys += [("patents", patent_key(right.number)) for right in public.supply.ip]
    for field, key in keys:
        if key:
            found.update(dict.fromkeys(with_key(snapshot, field, key)))
    text = f"{public.title}\n{public.summary}"
    weights = text_score.query_weights([(text, 1)])
    statistics = text_score.Statistics(
        snapshot.searcher.num_docs,
        0,
        {term: snapshot.searcher.doc_freq("text", term) for term in weights},
    )
    heaviest = text_score.query(weights, statistics).heaviest(statistics, own=1)
    kind = Query.term_query(snapshot.schema, "kind", int(public.kind), "basic")
    scaled = ((term, weight / text_score.SCALE) for term, weight in heaviest)
    same_kind = [Query.const_score_query(kind, 0.0)]
    found.update(dict.fromkeys(candidates(snapshot, scaled, same_kind, NEAR_TEXTS)))
    return list(found)


def with_key(snapshot: Snapshot, field: str, value: str) -> list[int]:
    """Return the positions of listings that hold a value in a field of labels."""
    searcher = snapshot.searcher
    query = Query.term_query(snapshot.schema, field, value, "basic")
    hits = searcher.search(query, limit=SAME_KEY_MAX, count=False).hits
    return searcher.fast_field_values("position", [address for _, address in hits])  # type: ignore[return-value] # a number of each


def pointing_to(snapshot: Snapshot, names: Sequence[str]) -> list[int]:
    """Return the positions of listings that say to be the same as one of these."""
    searcher = snapshot.searcher
    # Most listings are named by none, and to look a name up costs far less than a search.
    named = [name for name in names if searcher.doc_freq("same_as", name)]
    if not named:
        return []
    query = Query.term_set_query(snapshot.schema, "same_as", named)
    hits = searcher.search(query, limit=SAME_KEY_MAX * max(1, len(names)), count=False).hits
    return searcher.fast_field_values("position", [address for _, address in hits])  # type: ignore[return-value] # a number of each


class KeyPlace(NamedTuple):
    """Where a key stands among those that several listings share: the most shared come first."""

    fewness: int
    """Minus how many listings share it."""
    field: str
    order: str
    """The key; of a long one, its beginning and its digest."""


def repeated(snapshot: Snapshot) -> list[tuple[KeyPlace, str]]:
    """Return the keys that two listings at least share, most shared first. Looks at every key.

    Of each kind at most _KEYS_MAX are given.
    """
    found = []
    for field in _KEYS:
        # Each segment gives all that it has, for a key may be rare in each.
        most = {"size": _KEYS_MAX, "segment_size": _EVERY_KEY}
        terms = {"field": field, "min_doc_count": 2, **most}
        counted = snapshot.searcher.aggregate(Query.all_query(), {"keys": {"terms": terms}})
        for one in counted["keys"]["buckets"]:
            key = str(one["key"])
            found.append((KeyPlace(-int(one["doc_count"]), field, _order(key)), key))
    return sorted(found)


def _order(key: str) -> str:
    """Return a text of bounded length that no other key has."""
    if len(key) <= _ORDER_CHARS:
        return key
    return key[:_ORDER_CHARS] + sha256(key.encode()).hexdigest()
