"""Names: subjects (ULIDs), records, members and origins.

- A subject is 16 bytes, u48be Unix milliseconds ‖ 10 random bytes, shown as 26 Crockford letters,
  lower case: `0-9a-z` without i, l, o, u; the first is 0 to 7. No rule reads the time.
- A record is `nodes/<member>/{listings,organisations,managers}/<subject>`.
- A member is a lower-case word of up to 32 letters, digits and inner hyphens, a letter first.
- An origin is `<federation domain>/<member>`, a successor's `…/<member>.2` and so on; at most 127
  bytes, so that its length takes one byte in a part's header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from federation.log.errors import Refused

SUBJECT_BYTES: Final = 16
_TIME_BYTES: Final = 6
MAX_ORIGIN_BYTES: Final = 127
COLLECTIONS: Final = ("listings", "organisations", "managers")
"""The collections of the record kinds LISTING, ORGANISATION and MANAGER, in that order."""

_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = [first + second for first in _LETTERS for second in _LETTERS]
_PAIR_SHIFTS: Final = range(120, -1, -10)  # 128 bits in 13 pairs of letters, 10 bits each
_TO_DIGITS: Final = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")
_MEMBER: Final = r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?"
_MEMBER_PATTERN: Final = re.compile(_MEMBER)
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(
    rf"({_LABEL}(?:\.{_LABEL})*)/({_MEMBER})(?:\.([2-9]|[1-9][0-9]{{1,3}}))?"
)
_TEXT: Final = rf"[0-7][{_LETTERS}]{{25}}"
_TEXT_PATTERN: Final = re.compile(_TEXT)
_RECORD: Final = re.compile(rf"nodes/({_MEMBER})/({'|'.join(COLLECTIONS)})/({_TEXT})")


@dataclass(frozen=True, slots=True)
class Origin:
    """The pieces of an origin; `generation` is 1 for a member's first log."""

    domain: str
    member: str
    generation: int = 1

    def __str__(self) -> str:
        """Return the origin's text."""
        successor = "" if self.generation == 1 else f".{self.generation}"
        return f"{self.domain}/{self.member}{successor}"


@dataclass(frozen=True, slots=True)
class RecordName:
    """The pieces of a record's name."""

    member: str
    collection: str
    subject: bytes

    def __str__(self) -> str:
        """Return the record's name."""
        return f"nodes/{self.member}/{self.collection}/{subject_text(self.subject)}"


def new_subject(time_ms: int, random10: bytes) -> bytes:
    """Return the ULID of a Unix time in milliseconds and 10 random bytes."""
    if not 0 <= time_ms < 1 << 8 * _TIME_BYTES or len(random10) != SUBJECT_BYTES - _TIME_BYTES:
        raise _bad("a ULID has 48 bits of time and 80 random bits")
    return time_ms.to_bytes(_TIME_BYTES) + random10


def subject_text(subject: bytes) -> str:
    """Return the 26 letters of a 16-byte subject."""
    if len(subject) != SUBJECT_BYTES:
        raise _bad("a subject has 16 bytes")
    value = int.from_bytes(subject)
    return "".join([_PAIRS[value >> shift & 1023] for shift in _PAIR_SHIFTS])


def parse_subject(text: str) -> bytes:
    """Return the 16 bytes of 26 lower-case letters, or refuse them (MALFORMED_NAME)."""
    if not _TEXT_PATTERN.fullmatch(text):
        raise _bad("a subject is shown as 26 Crockford letters, lower case")
    return int(text.translate(_TO_DIGITS), 32).to_bytes(SUBJECT_BYTES)


def parse_record_name(name: str) -> RecordName:
    """Read `nodes/<member>/<collection>/<subject>`, or refuse it (MALFORMED_NAME)."""
    match = _RECORD.fullmatch(name)
    if match is None:
        raise _bad("a record's name reads nodes/<member>/<collection>/<subject>")
    return RecordName(match[1], match[2], parse_subject(match[3]))


def check_member(name: str) -> None:
    """Refuse (MALFORMED_NAME) what is not a member's name."""
    if not _MEMBER_PATTERN.fullmatch(name):
        raise _bad("a member's name is a lower-case word of up to 32 letters, digits and hyphens")


@lru_cache(maxsize=1024)  # a federation has few logs, and every part, entry and note names one
def parse_origin(text: str) -> Origin:
    """Read `<domain>/<member>[.n]`, n being 2 or more, or refuse it (MALFORMED_NAME)."""
    match = _ORIGIN.fullmatch(text) if len(text) <= MAX_ORIGIN_BYTES else None
    if match is None:
        raise _bad("an origin reads <federation domain>/<member>, lower case, at most 127 bytes")
    return Origin(match[1], match[2], int(match[3] or 1))


def _bad(what: str) -> Refused:
    return Refused("MALFORMED_NAME", what)
