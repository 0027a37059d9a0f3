"""Candidates of a match: the same on every node, also where more tie than are taken."""

from __future__ import annotations

from federation.records.codec import ListingKind, ListingPublic
from node.search.index import in_memory
from node.search.statistics import candidates
from node.storage.live_listings import LiveListing

LISTINGS = 40


def _listing(number: int) -> LiveListing:
    public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, title="铝合金压铸件")
    content = public.SerializeToString()
    return LiveListing(number + 1, 1, number.to_bytes(16), 1, 1, number, content, None)


def test_equal_listings_are_the_same_candidates_in_whatever_order_they_were_indexed() -> None:
    listings = [_listing(number) for number in range(LISTINGS)]
    for limit in (1, 7, LISTINGS, LISTINGS + 1):
        found = [
            candidates(in_memory(some), [("铝合", 1.0), ("压铸", 2.0)], [], limit)
            for some in (listings, listings[::-1])
        ]
        assert found[0] == found[1]
        assert len(found[0]) == min(limit, LISTINGS)
