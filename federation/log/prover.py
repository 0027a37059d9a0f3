"""Making Merkle proofs from hash tiles, fast enough to give a receipt with every answer.

A tile of width *w* at level *l* holds *w* hashes of height 8·*l*; the seven heights between two
levels are recomputed here and kept: above level 0 for ever (1.2 MB at five million leaves), of the
most recently used level-0 tiles those from height 3 (2 kB a tile). The three lowest heights cost
four hashes a proof and are folded from the tile itself, of which only a few are kept.

A log only grows, so what is kept stays right; after a roll-back a new `Prover` is needed.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from federation.log.errors import Refused
from federation.log.hashing import HASH_BYTES, MAX_TREE_SIZE, node_hash

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 256
_Kept = TypeVar("_Kept")

_KEPT_HEIGHT: Final = 3
_KEPT_LEVEL_0_TILES: Final = 8192  # of two million leaves, 20 MB
_KEPT_RAW_TILES: Final = 64  # 0.5 MB


class TileReader(Protocol):
    """Where the hashes of one log come from."""

    def tile(self, level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes, concatenated, of tile `n` of a level.

        A reader that holds a wider tile cuts it. `width` is 1 to 256.
        """


class Prover:
    """Makes proofs from one log's tiles. Not for use by several threads at once."""

    def __init__(self, tiles: TileReader, kept_level_0_tiles: int = _KEPT_LEVEL_0_TILES) -> None:
        """Take one log's tiles; each kept level-0 tile costs about 2.4 kB."""
        self._tiles = tiles
        self._kept_level_0_tiles = kept_level_0_tiles
        self._raw: OrderedDict[int, bytes] = OrderedDict()
        self._level_0: OrderedDict[int, list[bytes]] = OrderedDict()
        self._upper: dict[tuple[int, int], list[bytes]] = {}
        self._ragged_size = 0
        self._ragged: dict[int, bytes] = {}

    def inclusion_proof(self, leaf_index: int, tree_size: int) -> tuple[bytes, ...]:
        """Return the proof that leaf `leaf_index` stands in the tree; refuses BAD_PROOF."""
        if not 0 <= leaf_index < tree_size <= MAX_TREE_SIZE:
            raise Refused("BAD_PROOF", "the leaf index does not lie below the tree size")
        return tuple(self._path(leaf_index, 0, tree_size))

    def consistency_proof(self, size1: int, size2: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of `size2` extends that of `size1`; refuses BAD_PROOF.

        Cheap: about 20 look-ups at a million leaves, whatever the sizes.
        """
        if not 0 <= size1 <= size2 <= MAX_TREE_SIZE:
            raise Refused("BAD_PROOF", "the sizes shrink")
        if size1 in {0, size2}:
            return ()
        hashes = self.seeded_consistency_proof(size1, size2)
        return hashes if size1 & (size1 - 1) else hashes[1:]

    def seeded_consistency_proof(self, size1: int, size2: int) -> tuple[bytes, ...]:
        """Return the hashes that `merkle.consistency_roots` takes, for 0 < size1 < size2."""
        if not 0 < size1 < size2 <= MAX_TREE_SIZE:
            raise Refused("BAD_PROOF", "the sizes do not grow")
        lowest = (size1 & -size1).bit_length() - 1
        seed = self._node(lowest, (size1 >> lowest) - 1, size2)
        return (seed, *self._path(size1 - 1, lowest, size2))

    def subtree_root(self, start: int, end: int) -> bytes:
        """Return the root of leaves `start` to `end` - 1; refuses BAD_PROOF.

        `start` is a multiple of a power of two that is not smaller than the number of leaves.
        """
        count = end - start
        if not 0 <= start < end <= MAX_TREE_SIZE or start & ((1 << (count - 1).bit_length()) - 1):
            raise Refused("BAD_PROOF", "the range is not a subtree")
        return self._range_root(start, end, end)

    def _path(self, index: int, lowest: int, tree_size: int) -> list[bytes]:
        """Return the siblings on the way from the node above leaf `index` to the root."""
        inner = (index ^ (tree_size - 1)).bit_length()
        node = self._node
        path = [
            node(height, (index >> height) ^ 1, tree_size) for height in range(lowest, inner - 1)
        ]
        if inner > lowest:
            # The only sibling that the end of the tree may cut.
            path.append(self._ragged_root(((index >> (inner - 1)) ^ 1) << (inner - 1), tree_size))
        path += [
            node(height, (index >> height) ^ 1, tree_size)
            for height in range(inner, index.bit_length())
            if index >> height & 1
        ]
        return path

    def _ragged_root(self, start: int, tree_size: int) -> bytes:
        if tree_size != self._ragged_size:
            self._ragged_size = tree_size
            self._ragged.clear()
        root = self._ragged.get(start)
        if root is None:
            root = self._ragged[start] = self._range_root(start, tree_size, tree_size)
        return root

    def _range_root(self, start: int, end: int, tree_size: int) -> bytes:
        """Fold the perfect subtrees of [start, end) from the right."""
        roots = []
        while start < end:
            height = (end - start).bit_length() - 1
            roots.append(self._node(height, start >> height, tree_size))
            start += 1 << height
        root = roots.pop()
        while roots:
            root = node_hash(roots.pop(), root)
        return root

    def _node(self, height: int, index: int, tree_size: int) -> bytes:
        """Return the root of the perfect subtree `index` of a height."""
        level, inside = divmod(height, TILE_HEIGHT)
        n = index >> (TILE_HEIGHT - inside)
        width = min(TILE_WIDTH, (tree_size >> (TILE_HEIGHT * level)) - TILE_WIDTH * n)
        at = HASH_BYTES * (index - (n << (TILE_HEIGHT - inside)))
        if level:
            return self._upper_heights(level, n, width)[inside][at : at + HASH_BYTES]
        if inside >= _KEPT_HEIGHT:
            return self._level_0_heights(n, width)[inside - _KEPT_HEIGHT][at : at + HASH_BYTES]
        piece = self._raw_tile(n, width)[at << inside : (at + HASH_BYTES) << inside]
        for _ in range(inside):
            piece = _parents(piece)
        return piece

    def _upper_heights(self, level: int, n: int, width: int) -> list[bytes]:
        """Return all heights of a tile above level 0, each height's hashes concatenated."""
        heights = self._upper.get((level, n))
        if heights is None or len(heights[0]) < HASH_BYTES * width:
            heights = self._upper[level, n] = _heights(self._read(level, n, width))
        return heights

    def _level_0_heights(self, n: int, width: int) -> list[bytes]:
        """Return the kept heights of a level-0 tile, each height's hashes concatenated."""
        heights = self._level_0.get(n)
        if heights is None or len(heights[0]) < HASH_BYTES * (width >> _KEPT_HEIGHT):
            heights = _heights(self._raw_tile(n, width))[_KEPT_HEIGHT:]
            _keep(self._level_0, n, heights, self._kept_level_0_tiles)
        else:
            self._level_0.move_to_end(n)
        return heights

    def _raw_tile(self, n: int, width: int) -> bytes:
        raw = self._raw.get(n)
        if raw is None or len(raw) < HASH_BYTES * width:
            raw = self._read(0, n, width)
            _keep(self._raw, n, raw, _KEPT_RAW_TILES)
        return raw

    def _read(self, level: int, n: int, width: int) -> bytes:
        raw = self._tiles.tile(level, n, width)
        if len(raw) != HASH_BYTES * width:
            raise Refused("MALFORMED_TILE", "a tile has 32 bytes for each of its hashes")
        return raw


def _heights(raw: bytes) -> list[bytes]:
    """Return a tile's hashes and those of the seven heights above it."""
    heights = [raw]
    for _ in range(1, TILE_HEIGHT):
        heights.append(_parents(heights[-1]))
    return heights


def _parents(raw: bytes) -> bytes:
    """Return the parents of concatenated nodes, concatenated; a last odd node has none yet."""
    pair = 2 * HASH_BYTES
    ends = range(pair, len(raw) + 1, pair)
    return b"".join([sha256(b"\1" + raw[end - pair : end]).digest() for end in ends])


def _keep(kept: OrderedDict[int, _Kept], n: int, value: _Kept, limit: int) -> None:
    kept[n] = value
    kept.move_to_end(n)
    if len(kept) > limit:
        kept.popitem(last=False)


def inclusion_proof(
    leaf_index: int, tree_size: int, tiles: TileReader | Prover
) -> tuple[bytes, ...]:
    """Return one inclusion proof; who makes many hands in a `Prover` and keeps it."""
    return _prover(tiles).inclusion_proof(leaf_index, tree_size)


def consistency_proof(size1: int, size2: int, tiles: TileReader | Prover) -> tuple[bytes, ...]:
    """Return one consistency proof; who makes many hands in a `Prover` and keeps it."""
    return _prover(tiles).consistency_proof(size1, size2)


def subtree_root(start: int, end: int, tiles: TileReader | Prover) -> bytes:
    """Return the root of a subtree; who asks for many hands in a `Prover` and keeps it."""
    return _prover(tiles).subtree_root(start, end)


def _prover(tiles: TileReader | Prover) -> Prover:
    return tiles if isinstance(tiles, Prover) else Prover(tiles)
