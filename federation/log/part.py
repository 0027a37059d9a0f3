r"""Parts: content with an audience, bound by a header to its place, by a commitment to its entry.

- On the wire: 32-byte salt ‖ payload, at most 256 KiB. The salt is fresh for every part.
- payload = u32be length ‖ header ‖ u32be length ‖ content ‖ zeros. Only NAMED parts have
  zeros: they fill salt ‖ payload up to exactly 1, 4, 16, 64 or 256 KiB.
- commitment = SHA-256("ydx/part/v1\0" ‖ salt ‖ payload).
- The header is canonical protobuf under the rule of entries. Only NAMED headers name members: the
  others that may read it, ascending, without the origin's own.
- For NAMED, subject and revision are the document's own; else they are the record's.

Whose fault a bad part is decides what happens to it. If the commitment does not fit, who sent it is
wrong: PART_DOES_NOT_OPEN, the part is still wanted. If it fits and the payload is not one, or its
header speaks of another place, the origin is wrong: PART_MISPLACED, the part is void.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from federation.log.entry import Audience
from federation.log.errors import Refused
from federation.log.subject import SUBJECT_BYTES, check_member, parse_origin
from federation.log.varint import U64_PATTERN, bytes_field, decode_varint, number_field

DOMAIN: Final = b"ydx/part/v1\0"
SALT_BYTES: Final = 32
MAX_PART_BYTES: Final = 256 * 1024
NAMED_SIZES_BYTES: Final = (1024, 4096, 16_384, 65_536, 262_144)

_MAX_PART_NUMBER: Final = 7
_LENGTH_BYTES: Final = 4
_LENGTH_MASK: Final = 0xFFFF_FFFF  # a part that is too short for a length says none
_HEADER: Final = re.compile(
    rb"\x0a[\x01-\x7f](?P<origin>[a-z0-9./-]+)"
    rb"\x12\x10(?P<subject>.{16})"
    rb"(?:\x18(?P<revision>" + U64_PATTERN + rb"))?"
    rb"(?:\x20(?P<part_number>[\x01-\x07]))?"
    rb"\x28(?P<audience>[\x01-\x04])"
    rb"(?P<named>.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class PartHeader:
    """Where a part belongs, and for NAMED who else may read it."""

    origin: str
    subject: bytes
    revision: int
    part_number: int
    audience: Audience
    named: tuple[str, ...] = ()

    def names(self, member: str) -> bool:
        """Tell whether a NAMED part is for a member: named here, or the origin's own."""
        return member in self.named or member == parse_origin(self.origin).member

    def encode(self) -> bytes:
        """Return the canonical bytes; refuses (MALFORMED_PART) what breaks a rule above."""
        self._check()
        return (
            _origin_field(self.origin)
            + b"\x12\x10"
            + self.subject
            + number_field(0x18, self.revision)
            + number_field(0x20, self.part_number)
            + bytes((0x28, self.audience))
            + _named_fields(self.origin, self.named)
        )

    def _check(self) -> None:
        if bool(self.named) and self.audience != Audience.NAMED:
            raise _malformed("only a NAMED part names members")
        if len(self.subject) != SUBJECT_BYTES or not 0 <= self.revision < 1 << 64:
            raise _malformed("a header has a subject of 16 bytes and a revision of 64 bits")
        if not 0 <= self.part_number <= _MAX_PART_NUMBER:
            raise _malformed("a part's number is from 0 to 7")


@lru_cache(maxsize=1024)  # many documents name the same members
def _named_fields(origin: str, named: tuple[str, ...]) -> bytes:
    own = parse_origin(origin).member
    for member in named:
        check_member(member)
    if list(named) != sorted(set(named)) or own in named:
        raise _malformed("a header names other members, ascending")
    return b"".join(bytes_field(0x32, member.encode()) for member in named)


def parse_header(raw: bytes) -> PartHeader:
    """Read a canonical header, or refuse it (MALFORMED_PART)."""
    match = _HEADER.fullmatch(raw)
    if match is None:
        raise _malformed("the header is not canonical")
    named, rest = [], match["named"]
    while len(rest) > 1:
        named.append(rest[2 : 2 + rest[1]].decode("latin-1"))
        rest = rest[2 + rest[1] :]
    header = PartHeader(
        match["origin"].decode(),
        match["subject"],
        decode_varint(match["revision"] or b""),
        decode_varint(match["part_number"] or b""),
        Audience(match["audience"][0]),
        tuple(named),
    )
    try:
        canonical = header.encode()
    except Refused as refusal:
        raise _malformed(refusal.what) from refusal
    # Lengths that do not fit, and cut ends, show here.
    if canonical != raw:
        raise _malformed("the header is not canonical")
    return header


def commitment(salt: bytes, payload: bytes) -> bytes:
    """Return the 32-byte commitment of an entry to a part."""
    return sha256(DOMAIN + salt + payload).digest()


def build_payload(header: PartHeader, content: bytes, *, pad_named: bool) -> bytes:
    """Return the payload of a part, or refuse (PART_TOO_LARGE) what exceeds 256 KiB on the wire.

    With `pad_named` it is filled up so that, with its salt, it has one of the five sizes.
    """
    head = header.encode()
    size = len(content).to_bytes(_LENGTH_BYTES)
    payload = len(head).to_bytes(_LENGTH_BYTES) + head + size + content
    wire_bytes = SALT_BYTES + len(payload)
    if wire_bytes > MAX_PART_BYTES:
        raise Refused("PART_TOO_LARGE", "a part has at most 256 KiB", size_bytes=str(wire_bytes))
    if not pad_named:
        return payload
    full = next(size for size in NAMED_SIZES_BYTES if size >= wire_bytes)
    return payload + bytes(full - wire_bytes)


def new_part(header: PartHeader, content: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Return (salt ‖ payload, commitment). The caller hands in 32 fresh random bytes of salt."""
    if len(salt) != SALT_BYTES:
        raise _malformed("a salt has 32 bytes")
    payload = build_payload(header, content, pad_named=header.audience == Audience.NAMED)
    return salt + payload, commitment(salt, payload)


def new_record_part(
    origin: str,
    subject: bytes,
    revision: int,
    part_number: int,
    audience: int,
    content: bytes,
    salt: bytes,
) -> tuple[bytes, bytes]:
    """Return what `new_part` does, of a record's part at a place that is known to be one. Hot.

    Refuses PART_TOO_LARGE.
    """
    prefix = header_prefix(origin, subject, revision, part_number, audience)
    wire = b"%b%b%b%b" % (salt, prefix, len(content).to_bytes(_LENGTH_BYTES), content)
    if len(wire) > MAX_PART_BYTES:
        raise Refused("PART_TOO_LARGE", "a part has at most 256 KiB")
    return wire, sha256(DOMAIN + wire).digest()


def header_prefix(
    origin: str, subject: bytes, revision: int, part_number: int, audience: int
) -> bytes:
    """Return how the payload of a record's part at that place begins: u32be length ‖ header.

    For the mirror's hot path, whose arguments come from a well-formed entry: nothing is checked.
    """
    before, after = _around_subject(origin, revision, part_number, audience)
    return before + subject + after


@lru_cache(maxsize=4096)
def _around_subject(
    origin: str, revision: int, part_number: int, audience: int
) -> tuple[bytes, bytes]:
    """Return what stands before and after the subject: nearly always one of a few."""
    before = _origin_field(origin) + b"\x12\x10"
    after = number_field(0x18, revision) + number_field(0x20, part_number) + bytes((0x28, audience))
    length = len(before) + SUBJECT_BYTES + len(after)
    return length.to_bytes(_LENGTH_BYTES) + before, after


def content_at(
    wire: bytes, origin: str, subject: bytes, revision: int, part_number: int, audience: int
) -> bytes | None:
    """Return the content of a record's part that opened, or None where it belongs elsewhere.

    For the mirror's hot path: the place comes from a well-formed entry, the commitment was checked.
    """
    prefix = header_prefix(origin, subject, revision, part_number, audience)
    start = SALT_BYTES + len(prefix) + _LENGTH_BYTES
    length = (len(wire) - start) & _LENGTH_MASK
    said = prefix + length.to_bytes(_LENGTH_BYTES)
    return wire[start:] if wire.startswith(said, SALT_BYTES) else None


def open_part(wire: bytes, expected_commitment: bytes, expected: PartHeader) -> bytes:
    """Return the content of a part that stands at the place that `expected` names.

    For NAMED only origin, part number and audience of `expected` count; `open_named` gives the
    rest. Refuses PART_DOES_NOT_OPEN and PART_MISPLACED; what each means stands above.
    """
    if expected.audience == Audience.NAMED:
        return open_named(wire, expected_commitment, expected.origin, expected.part_number)[1]
    _check_commitment(wire, expected_commitment)
    content = content_at(
        wire,
        expected.origin,
        expected.subject,
        expected.revision,
        expected.part_number,
        expected.audience,
    )
    if content is None:
        raise Refused("PART_MISPLACED", "the part's header or length does not fit its place")
    return content


def open_named(
    wire: bytes, expected_commitment: bytes, origin: str, part_number: int
) -> tuple[PartHeader, bytes]:
    """Return header and content of a NAMED part at a place; refuses as `open_part` does."""
    _check_commitment(wire, expected_commitment)
    try:
        header, content = parse_payload(wire[SALT_BYTES:])
    except Refused as refusal:
        raise Refused("PART_MISPLACED", refusal.what) from refusal
    place = (header.origin, header.part_number, header.audience)
    if place != (origin, part_number, Audience.NAMED):
        raise Refused("PART_MISPLACED", "the part's header does not fit its place")
    return header, content


def parse_payload(payload: bytes) -> tuple[PartHeader, bytes]:
    """Return header and content of a payload of any audience, or refuse it (MALFORMED_PART)."""
    if SALT_BYTES + len(payload) > MAX_PART_BYTES:
        raise _malformed("a part has at most 256 KiB")
    header_end = _LENGTH_BYTES + int.from_bytes(payload[:_LENGTH_BYTES])
    start = header_end + _LENGTH_BYTES
    end = start + int.from_bytes(payload[header_end:start])
    if end > len(payload):
        raise _malformed("the payload is cut")
    header = parse_header(payload[_LENGTH_BYTES:header_end])
    zeros = payload[end:]
    if header.audience == Audience.NAMED:
        if SALT_BYTES + len(payload) not in NAMED_SIZES_BYTES or zeros.strip(b"\0"):
            raise _malformed("a NAMED part is filled up with zeros to one of five sizes")
    elif zeros:
        raise _malformed("something follows the content")
    return header, payload[start:end]


def _check_commitment(wire: bytes, expected: bytes) -> None:
    fits = SALT_BYTES < len(wire) <= MAX_PART_BYTES and sha256(DOMAIN + wire).digest() == expected
    if not fits:
        raise Refused("PART_DOES_NOT_OPEN", "the part does not fit its commitment")


@lru_cache(maxsize=256)
def _origin_field(origin: str) -> bytes:
    return bytes_field(0x0A, origin.encode())


def _malformed(what: str) -> Refused:
    return Refused("MALFORMED_PART", what)
