"""What an index has taken in, by its mark, held against the change feed of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.storage import arrivals
from node.storage.positions import split_position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from node.search.index import Mark
    from node.storage.live_listings import LiveListing
    from node.storage.transaction import Transaction


def has_arrived(listing: LiveListing, sizes: Mapping[int, int]) -> bool:
    """Tell whether the entry that a listing stands at lies within logs of some sizes."""
    origin_id, leaf_index = split_position(listing.position)
    return leaf_index < sizes.get(origin_id, 0)


def is_known(tx: Transaction, mark: Mark) -> bool:
    """Tell whether the feed of this database has come to a mark, in the same way."""
    if mark.position == 0:
        return True
    if mark.position > arrivals.last_position(tx):
        return False
    # A log that nothing has come of may have been added since.
    return _grown(mark.sizes) == _grown(arrivals.sizes_at(tx, mark.position))


def _grown(sizes: Mapping[int, int]) -> dict[int, int]:
    return {origin_id: size for origin_id, size in sizes.items() if size}
