"""Numbers for places: all 63 bits, growing with the log, alike on both databases.

- position  = origin_id << 40 | leaf_index
- part id   = position << 3 | part number
- bundle id = origin_id << 40 | bundle number
- tile id   = origin_id << 40 | level << 36 | tile number

`origin_id` is this node's own number for an origin (below 2^20); it never leaves the node.
"""

from __future__ import annotations

from typing import Final

LEAF_BITS: Final = 40
PART_BITS: Final = 3
LEVEL_BITS: Final = 36
MAX_LEAVES: Final = 1 << LEAF_BITS
MAX_ORIGINS: Final = 1 << 20
_LEAF_MASK: Final = MAX_LEAVES - 1


def position(origin_id: int, leaf_index: int) -> int:
    """Return the place of an entry."""
    return origin_id << LEAF_BITS | leaf_index


def split_position(place: int) -> tuple[int, int]:
    """Return (origin_id, leaf_index)."""
    return place >> LEAF_BITS, place & _LEAF_MASK


def part_id(origin_id: int, leaf_index: int, part_number: int) -> int:
    """Return the place of a part."""
    return (origin_id << LEAF_BITS | leaf_index) << PART_BITS | part_number


def split_part_id(place: int) -> tuple[int, int, int]:
    """Return (origin_id, leaf_index, part_number)."""
    entry = place >> PART_BITS
    return entry >> LEAF_BITS, entry & _LEAF_MASK, place & 7


def bundle_id(origin_id: int, n: int) -> int:
    """Return the place of an entry bundle."""
    return origin_id << LEAF_BITS | n


def tile_id(origin_id: int, level: int, n: int) -> int:
    """Return the place of a hash tile."""
    return origin_id << LEAF_BITS | level << LEVEL_BITS | n
