"""Merkle trees as RFC 6962 defines them, word for word and slow, and tiles in memory."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from federation.log.merkle import CompactRange

if TYPE_CHECKING:
    from collections.abc import Sequence


def leaves(count: int, seed: bytes = b"") -> list[bytes]:
    """Return that many leaf hashes."""
    return [sha256(b"\0" + seed + number.to_bytes(8)).digest() for number in range(count)]


def split(count: int) -> int:
    """Return the largest power of two below a number of leaves."""
    return 1 << (count - 1).bit_length() - 1


def root(hashes: Sequence[bytes]) -> bytes:
    """Return MTH of leaf hashes (RFC 6962 section 2.1)."""
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha256(b"\1" + root(hashes[:k]) + root(hashes[k:])).digest()


def inclusion(index: int, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return PATH(m, D[n]) (RFC 6962 section 2.1.1)."""
    if len(hashes) == 1:
        return ()
    k = split(len(hashes))
    if index < k:
        return (*inclusion(index, hashes[:k]), root(hashes[k:]))
    return (*inclusion(index - k, hashes[k:]), root(hashes[:k]))


def consistency(size1: int, hashes: Sequence[bytes], *, whole: bool = True) -> tuple[bytes, ...]:
    """Return SUBPROOF(m, D[n], b) (RFC 6962 section 2.1.2)."""
    if size1 == len(hashes):
        return () if whole else (root(hashes),)
    k = split(len(hashes))
    if size1 <= k:
        return (*consistency(size1, hashes[:k], whole=whole), root(hashes[k:]))
    return (*consistency(size1 - k, hashes[k:], whole=False), root(hashes[:k]))


class Tiles:
    """A log's hash tiles, grown by what `CompactRange.extend` returns; counts what is read."""

    def __init__(self) -> None:
        self.tree = CompactRange()
        self.levels: list[bytearray] = []
        self.reads = 0

    def extend(self, hashes: Sequence[bytes]) -> None:
        for level, added in enumerate(self.tree.extend(hashes)):
            if level == len(self.levels):
                self.levels.append(bytearray())
            self.levels[level] += b"".join(added)

    def tile(self, level: int, n: int, width: int) -> bytes:
        self.reads += 1
        return bytes(self.levels[level][8192 * n : 8192 * n + 32 * width])


def tiles(count: int, seed: bytes = b"") -> Tiles:
    """Return the tiles of `leaves(count, seed)`."""
    made = Tiles()
    made.extend(leaves(count, seed))
    return made
