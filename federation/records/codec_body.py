"""Bodies of entries that the fold reads, from their canonical bytes."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from federation.log.errors import Refused
from ydx.log.v1.body_pb2 import EraseBody


@dataclass(frozen=True, slots=True)
class ErasedPart:
    """One line of an ERASE entry: a part of the own log, or of a closed predecessor."""

    origin: str
    leaf_index: int
    part_number: int


def parse_erase(body: bytes) -> tuple[ErasedPart, ...]:
    """Return the lines of an ERASE entry; refuses MALFORMED_ENTRY what is not canonical."""
    try:
        said = EraseBody.FromString(body)
    except DecodeError:
        said = EraseBody()
    said.DiscardUnknownFields()
    if not said.parts or said.SerializeToString(deterministic=True) != body:
        raise Refused("MALFORMED_ENTRY", "the body is not a canonical EraseBody")
    return tuple(ErasedPart(one.origin, one.leaf_index, one.part_number) for one in said.parts)


def erase_body(parts: tuple[ErasedPart, ...], legal_ground: str) -> bytes:
    """Return the body of an ERASE entry."""
    said = EraseBody(legal_ground=legal_ground)
    for one in parts:
        said.parts.add(origin=one.origin, leaf_index=one.leaf_index, part_number=one.part_number)
    return said.SerializeToString(deterministic=True)
