"""What matches a search without a score: any text of a saved query is held against the index."""

from __future__ import annotations

from federation.records.codec import ListingKind, ListingPublic
from node.search.among import Matching
from node.search.index import in_memory
from node.search.query import ListingFilter, every_word
from node.storage.live_listings import LiveListing

QUERY_CHARACTERS = 1000
"""As many as a query may have (node.rpc.search_arguments)."""


def test_a_query_of_a_thousand_different_characters_is_answered() -> None:
    """Its single characters once made a query so deep that it overflowed the stack."""
    text = "".join(map(chr, range(0x4E00, 0x4E00 + QUERY_CHARACTERS)))
    public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, title=text)
    content = public.SerializeToString()
    listing = LiveListing(1, 1, bytes(16), 1, 1, 0, content, None)
    matching = Matching(in_memory([listing]), every_word(text), ListingFilter())
    assert matching.every() == {(1, bytes(16))}
    assert matching.among([(1, bytes(16))]) == {(1, bytes(16)): 1}
