"""Shortest protobuf varints, and the length-delimited fields that carry them."""

from __future__ import annotations

from federation.log.errors import Refused


def encode_varint(value: int) -> bytes:
    """Return the shortest varint of a number from 0 to 2^64 - 1."""
    if value < 0x80:
        return bytes((value,))
    pieces = bytearray()
    while value >= 0x80:
        pieces.append(value & 0x7F | 0x80)
        value >>= 7
    pieces.append(value)
    return bytes(pieces)


def decode_varint(raw: bytes) -> int:
    """Return the number that a whole varint spells; its form is the caller's to check."""
    value = 0
    for byte in reversed(raw):
        value = value << 7 | byte & 0x7F
    return value


def read_varint(raw: bytes, at: int, reason: str) -> tuple[int, int]:
    """Return the shortest varint at a place, and the place after it; else refuse."""
    for end in range(at, min(at + 10, len(raw))):
        if raw[end] < 0x80:
            value = decode_varint(raw[at : end + 1])
            if value >= 1 << 64 or (raw[end] == 0 and end > at):
                break
            return value, end + 1
    raise Refused(reason, "not a shortest varint")


def bytes_field(tag: int, raw: bytes) -> bytes:
    """Return a length-delimited field whose tag has one byte; nothing when `raw` is empty."""
    return bytes((tag,)) + encode_varint(len(raw)) + raw if raw else b""


def number_field(tag: int, value: int) -> bytes:
    """Return a varint field whose tag has one byte; nothing when `value` is 0."""
    return bytes((tag,)) + encode_varint(value) if value else b""
