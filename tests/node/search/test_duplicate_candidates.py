"""Keys that several listings share, counted over all that is indexed."""

from __future__ import annotations

from federation.records.codec import ListingKind, ListingPublic
from node.search.duplicate_candidates import repeated
from node.search.index import in_memory
from node.storage.live_listings import LiveListing

RIGHTS = 66_000


def test_one_members_listings_with_very_many_shared_rights_do_not_stop_the_counting() -> None:
    """The library gives up where more than 65,000 values are to be told."""
    public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, title="铝合金压铸件")
    for number in range(RIGHTS):
        public.supply.ip.add(number=f"US{10_000_000 + number}")
    content = public.SerializeToString()
    listings = [
        LiveListing(number, 1, number.to_bytes(16), 1, 1, number, content, None)
        for number in range(2)
    ]
    found = repeated(in_memory(listings))
    assert {place.fewness for place, _ in found} == {-2}
    assert sum(place.field == "title_key" for place, _ in found) == 1
    assert len(found) > RIGHTS // 2
