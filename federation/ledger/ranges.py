"""Items of a journal by their places, and the ranges in which two journals are compared.

- An item is what one outcome did, in the state that it made: later outcomes do not change it, so
  its hash is the same at every size of the center's log.
- A key is generation u32be ‖ leaf index u64be ‖ number u32be, read as one number of 32 hexadecimal
  digits. A range holds the keys that share their first digits. It is split by place, never by
  count, so one missing item does not shift those after it.
- Digests of more than `LEAF_ITEMS` items may take it that all documents open: so whole journals are
  compared without opening them. Of so few as are exchanged whole a digest says what does open, so
  what an item is said to be is the same in its range's digest and in the exchange.
- Item hash = SHA-256(0x00 ‖ key ‖ entry length u32be ‖ entry ‖ state length u32be ‖ state ‖
  unsound u8); digest of a range = SHA-256 over the item hashes in order.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from federation.ledger.journal import Place
from federation.log.hashing import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from federation.records.refs import Ref

LEAF_ITEMS: Final = 8
"""As many are exchanged whole."""
DIGITS: Final = 32
KEY_BYTES: Final = 16
_DIGIT_BITS: Final = 4
_FLAGS: Final = (b"\0", b"\1")


@dataclass(frozen=True, slots=True)
class Item:
    """What one outcome did."""

    place: Place
    entry: bytes
    """`months.entry_bytes` of what it posted; empty if it posted nothing."""
    state: str
    unsound: bool = False
    """Its documents do not open or verify where it is held."""

    def hash(self) -> bytes:
        """Return its hash, as above."""
        key = key_of(self.place).to_bytes(KEY_BYTES)
        return item_hash(key, self.entry, self.state, unsound=self.unsound)


class Range(NamedTuple):
    """The keys from `first` that share its first `depth` digits."""

    first: int
    depth: int

    @property
    def end(self) -> int:
        """The first key after it."""
        return self.first + (1 << _DIGIT_BITS * (DIGITS - self.depth))

    def holds(self, other: Range) -> bool:
        """Say whether another range is narrower and lies within."""
        return self.depth < other.depth and self.first <= other.first and other.end <= self.end


ALL: Final = Range(0, 0)


class Summary(NamedTuple):
    """What the books of an agreement come to at one size of the center's log."""

    center_size: int
    center_root: bytes
    entries: int
    """How many outcomes count, also those that post nothing."""
    journal_digest: bytes
    state_digest: bytes
    balances_digest: bytes


class Journal(Protocol):
    """A member's own copy of one agreement's journal. Keys are given half-open."""

    @property
    def agreement(self) -> Ref:
        """The first version."""

    @property
    def center_origin(self) -> str:
        """The center's log."""

    @property
    def generation(self) -> int:
        """The generation of that log."""

    @property
    def center_size(self) -> int:
        """How much of it is confirmed and folded here."""

    def summary(self, center_size: int) -> Summary:
        """Return the summary at a size that is not above the own one."""

    def count_and_digest(self, first: int, end: int) -> tuple[int, bytes]:
        """Return how many items there are, and their digest; which documents open, as above."""

    def bounds(self, first: int, end: int) -> tuple[int, int] | None:
        """Return the least and the greatest key of an item."""

    def items(self, first: int, end: int) -> Sequence[Item]:
        """Return the items in order."""


def key_of(place: Place) -> int:
    """Return the key of a place."""
    return place.generation << 96 | place.leaf_index << 32 | place.number


def place_of_key(key: int) -> Place:
    """Return the place of a key."""
    return Place(key >> 96, key >> 32 & 0xFFFF_FFFF_FFFF_FFFF, key & 0xFFFF_FFFF)


def item_hash(key: bytes, entry: bytes, state: str, *, unsound: bool = False) -> bytes:
    """Return the hash of an item by its pieces."""
    said = state.encode()
    pieces = (key, len(entry).to_bytes(4), entry, len(said).to_bytes(4), said, _FLAGS[unsound])
    return leaf_hash(b"".join(pieces))


def digest(hashes: Iterable[bytes]) -> bytes:
    """Return the digest of a range."""
    return sha256(b"".join(hashes)).digest()


def split(within: Range, least: int, greatest: int) -> list[Range]:
    """Return the ranges into which one falls whose items lie between two different keys.

    Digits that all of them share are passed over at once.
    """
    shared = DIGITS - ((least ^ greatest).bit_length() + _DIGIT_BITS - 1) // _DIGIT_BITS
    depth = max(shared, within.depth) + 1
    width = 1 << _DIGIT_BITS * (DIGITS - depth)
    first = least // width * width
    return [Range(at, depth) for at in range(first, greatest + 1, width)]


class HeldItems:
    """Items in memory, ascending by place."""

    def __init__(self, items: Iterable[Item]) -> None:
        """Take them in."""
        self._items = sorted(items, key=lambda item: item.place)
        self._keys = [key_of(item.place) for item in self._items]
        self._hashes = [item.hash() for item in self._items]

    def _slice(self, first: int, end: int) -> slice:
        return slice(bisect_left(self._keys, first), bisect_left(self._keys, end))

    def count_and_digest(self, first: int, end: int) -> tuple[int, bytes]:
        """Return how many items there are, and their digest."""
        hashes = self._hashes[self._slice(first, end)]
        return len(hashes), digest(hashes)

    def bounds(self, first: int, end: int) -> tuple[int, int] | None:
        """Return the least and the greatest key of an item."""
        keys = self._keys[self._slice(first, end)]
        return (keys[0], keys[-1]) if keys else None

    def items(self, first: int, end: int) -> Sequence[Item]:
        """Return the items in order."""
        return self._items[self._slice(first, end)]
