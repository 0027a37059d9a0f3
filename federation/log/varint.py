"""Shortest protobuf varints, and fields whose tag has one byte."""

from __future__ import annotations

from typing import Final

U32_PATTERN: Final = rb"(?:[\x80-\xff]{0,3}[\x01-\x7f]|[\x80-\xff]{4}[\x01-\x0f])"
U64_PATTERN: Final = rb"(?:[\x80-\xff]{0,8}[\x01-\x7f]|[\x80-\xff]{9}\x01)"
"""What a shortest varint looks like, 0 excepted: a default is left out."""

_MORE: Final = 0x80


def encode_varint(value: int) -> bytes:
    """Return the shortest varint of a number from 0 to 2^64 - 1."""
    if value < _MORE:
        return bytes((value,))
    pieces = bytearray()
    while value >= _MORE:
        pieces.append(value & 0x7F | _MORE)
        value >>= 7
    pieces.append(value)
    return bytes(pieces)


def decode_varint(raw: bytes) -> int:
    """Return the number that a whole varint spells; its form is the caller's to check."""
    value = 0
    for byte in reversed(raw):
        value = value << 7 | byte & 0x7F
    return value


def bytes_field(tag: int, raw: bytes) -> bytes:
    """Return a length-delimited field whose tag has one byte; nothing when `raw` is empty."""
    return bytes((tag,)) + encode_varint(len(raw)) + raw if raw else b""


def number_field(tag: int, value: int) -> bytes:
    """Return a varint field whose tag has one byte; nothing when `value` is 0."""
    return bytes((tag,)) + encode_varint(value) if value else b""
