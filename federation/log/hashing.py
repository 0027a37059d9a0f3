"""The hashes of RFC 6962 with SHA-256: leaf H(00 ‖ entry), node H(01 ‖ left ‖ right)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HASH_BYTES: Final = 32
MAX_TREE_SIZE: Final = 2**63 - 1
EMPTY_ROOT: Final = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one leaf."""
    return sha256(b"\0" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Return the leaf hash of each entry."""
    return [sha256(b"\0" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


def hash_pairs(nodes: Sequence[bytes]) -> list[bytes]:
    """Return the parents of an even number of neighbouring nodes."""
    pairs = zip(nodes[::2], nodes[1::2], strict=True)
    return [sha256(b"\1" + left + right).digest() for left, right in pairs]


def split_hashes(raw: bytes) -> tuple[bytes, ...]:
    """Return the 32-byte pieces of `raw`."""
    return tuple(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES))
