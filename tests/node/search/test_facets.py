"""Facets of an index of several segments: what each counted is added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tantivy

from federation.records.codec import ListingKind, ListingPublic
from node.search.documents import build_schema, listing_document, listings_only
from node.search.facets import VALUES_MAX, Facets
from node.search.index import Mark, Snapshot
from node.search.query import ListingFilter, query_words
from node.search.ranking import Ranking, Sort
from node.storage.live_listings import LiveListing

if TYPE_CHECKING:
    from collections.abc import Sequence

LABELS = 600
MANY = 2_400


def segments(*listings: Sequence[Any]) -> Snapshot:
    """Index PUBLIC parts, those of each list in a segment of its own."""
    schema = build_schema()
    index = tantivy.Index(schema)
    index.config_reader("manual")
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    number = 0
    for some in listings:
        for public in some:
            number += 1
            public.kind = ListingKind.LISTING_KIND_SUPPLY
            content = public.SerializeToString()
            made = LiveListing(number, 1, number.to_bytes(16), 1, 1, number, content, None)
            writer.add_document(listing_document(made, schema))
        writer.commit()
    index.reload()
    return Snapshot(index.searcher(), schema, Mark())


def test_a_value_that_is_rare_in_one_segment_is_counted_there_too() -> None:
    first = ["首台套"] * 3
    second = ["首台套", *(f"标签{number}" for number in range(LABELS) for _ in range(2))]
    snapshot = segments(
        *([ListingPublic(labels=[one]) for one in some] for some in (first, second))
    )
    counts = Facets().count(snapshot, listings_only(snapshot.schema), 1, {}).values
    assert counts["labels"][:2] == [("首台套", 4), ("标签0", 2)]


def test_each_count_is_what_its_filter_finds_however_many_other_values_there_are() -> None:
    def crowd(copies: int) -> list[Any]:
        made = []
        for number in range(MANY):
            public: Any = ListingPublic(labels=[f"标签{number}"], ipc=[f"H{number}"])
            public.owner.name = f"第{number}研究所"
            made += [public] * copies
        return made

    wanted: Any = ListingPublic(labels=["首台套"], ipc=["A61K"])
    wanted.owner.name = "安徽 大学"
    spelt = ListingPublic.FromString(wanted.SerializeToString())
    spelt.owner.name = "安徽大学"
    snapshot = segments([wanted] * 5, [*crowd(2), wanted, spelt], [*crowd(1), spelt])

    def found(**which: Any) -> int:
        words = query_words(snapshot, "")
        only = ListingFilter(**which)
        return Ranking(snapshot, words, only, Sort.NEWEST, {1: "x/anhui"}, 1).total()[0]

    told = Facets().count(snapshot, listings_only(snapshot.schema), 1, {}).values
    assert told["owners"][0] == ("安徽 大学", 8)
    assert ("首台套", 8) in told["labels"]
    for column, name in (("labels", "labels"), ("ipc", "ipc"), ("owners", "organisation")):
        assert len(told[column]) == VALUES_MAX
        for value, count in told[column]:
            assert found(**{name: value if name == "organisation" else [value]}) == count, value


def test_owners_are_as_many_as_other_values_once_spellings_are_counted_together() -> None:
    listings = []
    for number in range(2 * VALUES_MAX):
        for name in (f"第{number}研究所", f"第{number} 研究所"):
            public: Any = ListingPublic()
            public.owner.name = name
            listings.append(public)
    snapshot = segments(listings)
    told = Facets().count(snapshot, listings_only(snapshot.schema), 1, {}).values["owners"]
    assert [count for _, count in told] == [2] * VALUES_MAX
