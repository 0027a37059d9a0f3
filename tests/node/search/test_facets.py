"""Facets of an index of several segments: what each counted is added up."""

from __future__ import annotations

import tantivy

from federation.records.codec import ListingKind, ListingPublic
from node.search.documents import build_schema, listing_document, listings_only
from node.search.facets import Facets
from node.search.index import Mark, Snapshot
from node.storage.live_listings import LiveListing

LABELS = 600


def test_a_value_that_is_rare_in_one_segment_is_counted_there_too() -> None:
    schema = build_schema()
    index = tantivy.Index(schema)
    index.config_reader("manual")
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    first = ["首台套"] * 3
    second = ["首台套", *(f"标签{number}" for number in range(LABELS) for _ in range(2))]
    number = 0
    for segment in (first, second):
        for label in segment:
            number += 1
            public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, labels=[label])
            content = public.SerializeToString()
            made = LiveListing(number, 1, number.to_bytes(16), 1, 1, number, content, None)
            writer.add_document(listing_document(made, schema))
        writer.commit()
    index.reload()
    snapshot = Snapshot(index.searcher(), schema, Mark())
    counts = Facets().count(snapshot, listings_only(schema), 1, {}).values
    assert counts["labels"][:2] == [("首台套", 4), ("标签0", 2)]
