"""How one document names another: by origin, leaf index and leaf hash.

A hash cannot be known before what it hashes, so a document that is named was written before the one
that names it; no name can form a ring.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from federation.log.errors import Refused
from federation.log.hashing import MAX_TREE_SIZE
from federation.log.subject import Origin, parse_origin, parse_record_name
from federation.records.codec import DocumentRef

_HASH_BYTES: Final = 32


class Ref(NamedTuple):
    """The name of a document."""

    origin: str
    leaf_index: int
    leaf_hash: bytes

    @property
    def member(self) -> str:
        """The member whose log it stands in."""
        return origin_of(self.origin).member


@lru_cache(maxsize=256)  # a federation has few logs, a partnership many references
def origin_of(text: str) -> Origin:
    """Return the pieces of an origin, or refuse it (MALFORMED_NAME)."""
    return parse_origin(text)


def read_ref(said: DocumentRef) -> Ref:
    """Return a reference, or refuse (MALFORMED_PART) what cannot name a document."""
    return _ref(said.origin, said.leaf_index, said.leaf_hash)


@lru_cache(maxsize=4096)  # an agreement, a contract, what is accepted: each is named many times
def _ref(origin: str, leaf_index: int, leaf_hash: bytes) -> Ref:
    if len(leaf_hash) != _HASH_BYTES:
        raise Refused("MALFORMED_PART", "a reference has a hash of 32 bytes")
    if leaf_index >= MAX_TREE_SIZE:
        raise Refused("MALFORMED_PART", "a reference is beyond the end of every log")
    try:
        origin_of(origin)
    except Refused as refusal:
        raise Refused("MALFORMED_PART", refusal.what) from refusal
    return Ref(origin, leaf_index, leaf_hash)


def member_of_record(name: str, collection: str) -> str:
    """Return the member of a record of that collection, or refuse its name (MALFORMED_PART)."""
    try:
        record = parse_record_name(name)
    except Refused as refusal:
        raise Refused("MALFORMED_PART", refusal.what) from refusal
    if record.collection != collection:
        raise Refused("MALFORMED_PART", "a record of another collection is named")
    return record.member


def said_ref(ref: Ref) -> DocumentRef:
    """Return the reference as a message."""
    return DocumentRef(origin=ref.origin, leaf_index=ref.leaf_index, leaf_hash=ref.leaf_hash)
