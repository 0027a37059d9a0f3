"""Values that ledger documents hold, read from hostile bytes: each is refused as MALFORMED_PART."""

from __future__ import annotations

import re
from typing import Final

from federation.ledger.months import MONTH
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused
from federation.log.hashing import HASH_BYTES
from federation.log.subject import check_member
from federation.records.days import day

YEAR_FIRST: Final = "1900"
"""Money of before is none of ours; and no month has more than one form."""
MONTH_END: Final = "9999-12"
"""It stays open, so that a month follows every closed one and no year has five digits."""
_BLANKS: Final = " \u3000"
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def day_of(text: str, field: str) -> str:
    """Return a day, YYYY-MM-DD."""
    if day(text) is None or text < YEAR_FIRST:
        raise _malformed(field, "is no day")
    return text


def month_of(text: str, field: str) -> str:
    """Return a month, YYYY-MM."""
    if not MONTH.fullmatch(text) or not YEAR_FIRST <= text < MONTH_END:
        raise _malformed(field, "is no month")
    return text


def amount_of(fen: int, field: str, least: int = 1) -> int:
    """Return an amount in fen from `least` up, below 2^62."""
    if not least <= fen <= AMOUNT_MAX_FEN:
        raise _malformed(field, "is no amount")
    return fen


def text_of(text: str, field: str, most: int) -> str:
    """Return a text of 1 to `most` characters."""
    if not 1 <= len(text) <= most:
        raise _malformed(field, f"has 1 to {most} characters")
    return text


def key_of(text: str, field: str, most: int) -> str:
    """Return a text that names something once: in one line, with no blank around it.

    No more is asked: what is a letter differs between versions of Unicode, and members must agree.
    """
    if not text.isalnum() and (text != text.strip(_BLANKS) or _CONTROLS.search(text)):
        raise _malformed(field, "is no single line without blanks around it")
    return text_of(text, field, most)


def digest_of(raw: bytes, field: str, *, may_lack: bool = False) -> bytes:
    """Return a digest of 32 bytes, or none where that is allowed."""
    if len(raw) != HASH_BYTES and (raw or not may_lack):
        raise _malformed(field, "has 32 bytes")
    return raw


def member_of(name: str, field: str) -> str:
    """Return a member's name."""
    try:
        check_member(name)
    except Refused as refusal:
        raise _malformed(field, "is no name of a member") from refusal
    return name


def _malformed(field: str, what: str) -> Refused:
    return Refused("MALFORMED_PART", f"{field} {what}", field=field)
