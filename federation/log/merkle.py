"""Merkle trees of RFC 6962 with SHA-256: hashes, compact ranges, verification of proofs.

- Leaf SHA-256(00 ‖ entry), node SHA-256(01 ‖ left ‖ right), empty tree SHA-256("").
- Index and sizes are compared before anything is hashed; every hash has 32 bytes; a proof has
  exactly the length that the sizes imply, so at most 63 hashes.
- Consistency m → n: for m = n both roots are equal and the proof is empty. m = 0 is decided
  explicitly: the old root is the empty root and the proof is empty. When m is a power of two, the
  old root is left out of the proof.

Hashes stand in `hashing`, making proofs in `prover`; both are exported here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from federation.log.errors import Refused
from federation.log.hashing import (
    EMPTY_ROOT,
    HASH_BYTES,
    MAX_TREE_SIZE,
    hash_pairs,
    leaf_hash,
    leaf_hashes,
    node_hash,
    split_hashes,
)
from federation.log.prover import (
    Prover,
    TileReader,
    consistency_proof,
    inclusion_proof,
    subtree_root,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "MAX_TREE_SIZE",
    "CompactRange",
    "Prover",
    "TileReader",
    "consistency_proof",
    "consistency_roots",
    "inclusion_proof",
    "leaf_hash",
    "leaf_hashes",
    "node_hash",
    "subtree_root",
    "verify_consistency",
    "verify_inclusion",
]


class CompactRange:
    """The shortest description of a tree: its size, and the roots of its perfect subtrees.

    `hashes` runs from the left, so from the largest subtree: one for each bit set in `size`.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Take a size and its hashes; refuses MALFORMED_TILE."""
        self.size = size
        self.hashes = tuple(hashes)
        if not 0 <= size <= MAX_TREE_SIZE or len(self.hashes) != size.bit_count():
            raise Refused("MALFORMED_TILE", "a compact range has one hash for each bit of its size")
        if any(len(one) != HASH_BYTES for one in self.hashes):
            raise Refused("MALFORMED_TILE", "a hash has 32 bytes")

    def extend(self, leaves: Sequence[bytes]) -> list[list[bytes]]:
        """Append leaf hashes; return the hashes that this completes, one list a tile level.

        The first list is `leaves`; list *l* continues the elements of the tiles of level *l*, so
        that a keeper of tiles need not hash anything twice.
        """
        kept, fresh, by_level = list(self.hashes), [], []
        nodes, height = list(leaves), 0
        while nodes:
            if height % 8 == 0:
                by_level.append(nodes.copy())
            if self.size >> height & 1:
                nodes.insert(0, kept.pop())
            if len(nodes) & 1:
                fresh.append(nodes.pop())
            nodes = hash_pairs(nodes)
            height += 1
        self.size += len(leaves)
        self.hashes = (*kept, *reversed(fresh))
        return by_level

    def root(self) -> bytes:
        """Return the root hash."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in self.hashes[-2::-1]:
            root = node_hash(left, root)
        return root

    def copy(self) -> Self:
        """Return an independent copy."""
        return type(self)(self.size, self.hashes)

    def to_bytes(self) -> bytes:
        """Return u64be size ‖ hashes."""
        return self.size.to_bytes(8) + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read what `to_bytes` wrote, or refuse it (MALFORMED_TILE)."""
        size, rest = int.from_bytes(raw[:8]), len(raw) - 8
        if rest != HASH_BYTES * size.bit_count():
            raise Refused("MALFORMED_TILE", "a compact range has one hash for each bit of its size")
        return cls(size, split_hashes(raw[8:]))


def verify_inclusion(
    leaf_index: int, tree_size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf hash stands at `leaf_index` of the tree, or refuse (BAD_PROOF)."""
    if not 0 <= leaf_index < tree_size <= MAX_TREE_SIZE:
        raise _bad("the leaf index does not lie below the tree size")
    _check_hashes(leaf, root, *proof)
    inner = (leaf_index ^ (tree_size - 1)).bit_length()
    border = (leaf_index >> inner).bit_count()
    if len(proof) != inner + border:
        raise _bad("the proof has the wrong length")
    node = leaf
    for height, sibling in enumerate(proof[:inner]):
        right = leaf_index >> height & 1
        node = node_hash(sibling, node) if right else node_hash(node, sibling)
    for sibling in proof[inner:]:
        node = node_hash(sibling, node)
    if node != root:
        raise _bad("the proof does not lead to the root")


def verify_consistency(
    size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree of `size2` extends the tree of `size1`, or refuse (BAD_PROOF)."""
    if not 0 <= size1 <= size2 <= MAX_TREE_SIZE:
        raise _bad("the sizes shrink")
    _check_hashes(root1, root2, *proof)
    if size1 in {0, size2}:
        if proof:
            raise _bad("a proof from size 0, or between equal sizes, is empty")
        if size1 == size2 and root1 != root2:
            raise _bad("equal sizes have different roots")
        if size1 == 0 and root1 != EMPTY_ROOT:
            raise _bad("an empty tree has the empty root")
        return
    hashes = proof if size1 & (size1 - 1) else (root1, *proof)
    if consistency_roots(size1, size2, hashes) != (root1, root2):
        raise _bad("the proof does not lead to the roots")


def consistency_roots(size1: int, size2: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the two roots that a consistency proof yields, for 0 < size1 < size2.

    The first hash is the root of the last perfect subtree of `size1`; an ordinary proof omits it
    when `size1` is a power of two (it is the old root then), here it always stands. Refuses
    (BAD_PROOF) a wrong number or length of hashes.
    """
    if not 0 < size1 < size2 <= MAX_TREE_SIZE:
        raise _bad("the sizes do not grow")
    _check_hashes(*hashes)
    last = size1 - 1
    lowest = (size1 & -size1).bit_length() - 1
    inner = (last ^ (size2 - 1)).bit_length()
    border = (last >> inner).bit_count()
    if len(hashes) != 1 + inner - lowest + border:
        raise _bad("the proof has the wrong length")
    old = new = hashes[0]
    for height, sibling in enumerate(hashes[1 : 1 + inner - lowest], lowest):
        if last >> height & 1:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
        else:
            new = node_hash(new, sibling)
    for sibling in hashes[1 + inner - lowest :]:
        old, new = node_hash(sibling, old), node_hash(sibling, new)
    return old, new


def _check_hashes(*hashes: bytes) -> None:
    if len(hashes) > 2 + 64:  # the sizes imply less; this bounds the work before they are compared
        raise _bad("the proof has too many hashes")
    if any(len(one) != HASH_BYTES for one in hashes):
        raise _bad("a hash has 32 bytes")


def _bad(what: str) -> Refused:
    return Refused("BAD_PROOF", what)
