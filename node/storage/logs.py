"""The bytes of logs: entry bundles and hash tiles, as tlog-tiles lays them out.

The last bundle and the last tile of each level are partial and grow in place; every other row is
written once. What stands at or above a log's verified size does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Integer, LargeBinary, bindparam, cast, func, literal_column, select, update

from federation.log.hashing import HASH_BYTES
from federation.log.prover import TILE_HEIGHT, TILE_WIDTH
from federation.log.tiles import decode_bundle, encode_bundle
from node.storage.lookup import Lookup
from node.storage.positions import bundle_id, tile_id
from node.storage.schema import entry_bundle, hash_tile
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import Table

    from node.storage.transaction import Transaction


def _append_to(table: Table) -> Statement:
    more = bindparam("more", type_=LargeBinary)
    grown = cast(table.c.data.op("||")(more), LargeBinary)
    where = table.c.id == bindparam("place")
    return Statement(update(table).where(where).values(data=grown), "more", "place")


_LENGTH_BYTES: Final = 2
_GROW: Final = {table: _append_to(table) for table in (entry_bundle, hash_tile)}
_BUNDLES: Final = Statement(
    select(entry_bundle.c.data)
    .where(entry_bundle.c.id.between(bindparam("first"), bindparam("last")))
    .order_by(entry_bundle.c.id),
    "first",
    "last",
)
_SOME: Final = Lookup(select(entry_bundle.c.id, entry_bundle.c.data), entry_bundle.c.id)
_BUNDLES_AT_A_TIME: Final = 16
"""A bundle of the largest entries has 16 MiB."""
_TILE: Final = Statement(
    select(
        func.substr(hash_tile.c.data, literal_column("1"), bindparam("length", type_=Integer))
    ).where(hash_tile.c.id == bindparam("place")),
    "length",
    "place",
)


def append(
    tx: Transaction,
    origin_id: int,
    first_leaf_index: int,
    entries: Sequence[bytes],
    tile_hashes: Sequence[Sequence[bytes]],
) -> None:
    """Put entries, and the hashes that they add to each tile level, behind those of a log.

    `tile_hashes` is what `CompactRange.extend` returns.
    """
    prefixed = [len(entry).to_bytes(_LENGTH_BYTES) + entry for entry in entries]
    _append(tx, entry_bundle, bundle_id(origin_id, 0), first_leaf_index, prefixed)
    for level, hashes in enumerate(tile_hashes):
        count = first_leaf_index >> (TILE_HEIGHT * level)
        _append(tx, hash_tile, tile_id(origin_id, level, 0), count, hashes)


def _append(tx: Transaction, table: Table, base: int, count: int, pieces: Sequence[bytes]) -> None:
    """Put pieces behind the `count` that the rows from `base` on have, 256 a row."""
    n, width = divmod(count, TILE_WIDTH)
    at = 0
    if width:
        at = TILE_WIDTH - width
        tx.run(_GROW[table], (b"".join(pieces[:at]), base + n))
        n += 1
    rows = [
        (base + n + i, b"".join(pieces[start : start + TILE_WIDTH]))
        for i, start in enumerate(range(at, len(pieces), TILE_WIDTH))
    ]
    if rows:
        tx.insert_rows(table, rows)


def tile(tx: Transaction, origin_id: int, level: int, n: int, width: int) -> bytes:
    """Return the first `width` hashes of a tile; fewer, or nothing, where it has no more."""
    row = tx.one(_TILE, (HASH_BYTES * width, tile_id(origin_id, level, n)))
    return b"" if row is None else row[0]


def bundle(tx: Transaction, origin_id: int, n: int, width: int) -> bytes:
    """Return the bundle of the first `width` entries; nothing where it has not so many."""
    first = TILE_WIDTH * n
    held = entries(tx, origin_id, first, first + width)
    return encode_bundle(held) if len(held) == width else b""


def entry(tx: Transaction, origin_id: int, leaf_index: int) -> bytes | None:
    """Return the bytes of an entry, or None where the log is shorter."""
    held = entries(tx, origin_id, leaf_index, leaf_index + 1)
    return held[0] if held else None


def entries(tx: Transaction, origin_id: int, first: int, end: int) -> list[bytes]:
    """Return the entries from `first` to `end` - 1, fewer where the log is shorter."""
    if end <= first:
        return []
    start, last = first // TILE_WIDTH, (end - 1) // TILE_WIDTH
    rows = tx.all(_BUNDLES, (bundle_id(origin_id, start), bundle_id(origin_id, last)))
    held: list[bytes] = []
    for n, (data,) in enumerate(rows, start):
        held += _between(data, max(0, first - TILE_WIDTH * n), end - TILE_WIDTH * n)
    return held


def _between(data: bytes, first: int, end: int) -> list[bytes]:
    """Decode the entries from `first` to `end` - 1 of a bundle; of the others only the lengths."""
    start = _skip(data, 0, first)
    if end >= TILE_WIDTH:
        return decode_bundle(data[start:])
    return decode_bundle(data[start : _skip(data, start, end - first)])


def _skip(data: bytes, at: int, count: int) -> int:
    """Return where the entry starts that comes `count` behind the one at `at`, or the end."""
    last = len(data) - _LENGTH_BYTES
    for _ in range(count):
        if at > last:
            return len(data)
        at += _LENGTH_BYTES + (data[at] << 8 | data[at + 1])
    return at


def some(
    tx: Transaction, origin_id: int, leaf_indexes: Collection[int]
) -> Iterator[tuple[int, bytes]]:
    """Yield leaf index and bytes of some entries, as far as the log has them."""
    asked: dict[int, list[int]] = {}
    for leaf_index in sorted(leaf_indexes):
        asked.setdefault(bundle_id(origin_id, leaf_index // TILE_WIDTH), []).append(leaf_index)
    places = list(asked)
    for start in range(0, len(places), _BUNDLES_AT_A_TIME):
        for place, data in _SOME.rows(tx, places[start : start + _BUNDLES_AT_A_TIME]):
            held = decode_bundle(data)
            for leaf_index in asked[place]:
                if leaf_index % TILE_WIDTH < len(held):
                    yield leaf_index, held[leaf_index % TILE_WIDTH]
