"""Standard base64 (RFC 4648 section 4), strict: only the one canonical spelling is read."""

from __future__ import annotations

import binascii

from federation.log.errors import Refused


def encode(raw: bytes) -> bytes:
    """Return the padded base64 of `raw`, without a newline."""
    return binascii.b2a_base64(raw, newline=False)


def decode(text: bytes, reason: str) -> bytes:
    """Return the bytes that `text` spells; refuse junk, missing padding and stray trailing bits."""
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raw = b""
    if encode(raw) != text:
        raise Refused(reason, "not canonical base64")
    return raw
