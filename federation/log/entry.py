"""Entries: the leaves of a log, and the one definition of well-formed (DESIGN section 4).

- An entry is serialised once, by its origin: protobuf with ascending fields, shortest varints,
  defaults left out, nothing unknown. Those bytes are hashed, stored and sent; they are never
  rebuilt from a parsed entry. At most 65,535 bytes and 8 parts.
- `subject` and `request` have 16 bytes or are empty; a commitment has 32.
- Records (kinds 2 to 4): a subject, a revision from 1, operation PUT or WITHDRAW, each of the
  audiences PUBLIC, MEMBERS, ORIGIN at most once, ascending.
- SEALED (5): one or two NAMED parts; no subject, revision, operation or time.
- Control kinds (1, 6 to 9): no parts, no subject, revision or operation.
- An entry of an unknown kind must have the shape of this format and is refused as UNKNOWN_KIND, one
  that begins with an unknown format as UNKNOWN_FORMAT: both are kept, proven and relayed, and a
  later version may understand them. MALFORMED_ENTRY is for ever.

The shape is a regular language once the body is cut out: one pattern up to the body's length, one
for the parts after it. `_RECORD` is the same shape for the entry met a million times: a record
without a body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from federation.log.errors import Refused
from federation.log.varint import (
    U32_PATTERN,
    U64_PATTERN,
    bytes_field,
    decode_varint,
    encode_varint,
    number_field,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT: Final = 1
MAX_ENTRY_BYTES: Final = 65_535
MAX_PARTS: Final = 8

KIND_GENESIS: Final = 1
KIND_LISTING: Final = 2
KIND_ORGANISATION: Final = 3
KIND_MANAGER: Final = 4
KIND_SEALED: Final = 5
KIND_ERASE: Final = 6
KIND_ACK: Final = 7
KIND_CHECKPOINT: Final = 8
KIND_REGISTRY: Final = 9
RECORD_KINDS: Final = frozenset({KIND_LISTING, KIND_ORGANISATION, KIND_MANAGER})
CONTROL_KINDS: Final = frozenset(
    {KIND_GENESIS, KIND_ERASE, KIND_ACK, KIND_CHECKPOINT, KIND_REGISTRY}
)


class Operation(IntEnum):
    """What a record entry does to its record."""

    PUT = 1
    WITHDRAW = 2


class Audience(IntEnum):
    """Who gets a part's payload."""

    PUBLIC = 1
    MEMBERS = 2
    NAMED = 3
    ORIGIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One leaf of a log. `recorded_at_ms` is Unix time and informs; no fold reads it."""

    kind: int
    subject: bytes = b""
    revision: int = 0
    operation: int = 0
    recorded_at_ms: int = 0
    request: bytes = b""
    body: bytes = b""
    parts: tuple[tuple[Audience, bytes], ...] = ()


ScannedEntry: TypeAlias = tuple[str, int, int, bytes, int, tuple[tuple[int, bytes], ...]]
"""(reason or "", kind, operation, subject, revision, ((audience, commitment), …))."""

_UNKNOWN_FORMAT: Final = re.compile(rb"\x08(?!\x01)" + U32_PATTERN, re.DOTALL)
_HEAD: Final = re.compile(
    rb"\x08\x01\x10(?P<kind>" + U32_PATTERN + rb")"
    rb"(?:\x1a\x10(?P<subject>.{16}))?"
    rb"(?:\x20(?P<revision>" + U64_PATTERN + rb"))?"
    rb"(?:\x28(?P<operation>[\x01\x02]))?"
    rb"(?:\x30(?P<recorded_at>" + U64_PATTERN + rb"))?"
    rb"(?:\x3a\x10(?P<request>.{16}))?"
    rb"(?:\x42(?P<body_length>[\x80-\xff]{0,2}[\x01-\x7f]))?",
    re.DOTALL,
)
_PARTS: Final = re.compile(rb"(?:\x4a\x24\x08[\x01-\x04]\x12\x20.{32}){0,8}", re.DOTALL)
_PART_BYTES: Final = 38
_RECORD_PARTS: Final = b"".join(
    rb"(?:\x4a\x24\x08\x%02x\x12\x20(.{32}))?" % audience
    for audience in (Audience.PUBLIC, Audience.MEMBERS, Audience.ORIGIN)
)
_RECORD: Final = re.compile(
    rb"\x08\x01\x10([\x02-\x04])\x1a\x10(.{16})\x20(" + U64_PATTERN + rb")\x28([\x01\x02])"
    rb"(?:\x30" + U64_PATTERN + rb")?(?:\x3a\x10.{16})?" + _RECORD_PARTS,
    re.DOTALL,
)


def encode_entry(entry: Entry) -> bytes:
    """Return the entry's canonical bytes; refuses (MALFORMED_ENTRY) what breaks a rule above."""
    pieces = [
        b"\x08\x01\x10",
        encode_varint(entry.kind),
        bytes_field(0x1A, entry.subject),
        _numbers(entry.revision, entry.operation, entry.recorded_at_ms),
        bytes_field(0x3A, entry.request),
        bytes_field(0x42, entry.body),
    ]
    for audience, commitment in entry.parts:
        pieces += (b"\x4a\x24\x08%c\x12\x20" % audience, commitment)
    raw = b"".join(pieces)
    match = _RECORD.fullmatch(raw)
    if match is not None:  # nearly always: every length but those of the commitments is fixed
        fits = [one for one in match.groups()[4:] if one] == [one for _, one in entry.parts]
    else:
        fits = parse_entry(raw) == entry
    if not fits:
        raise _malformed("a value does not fit its field")
    return raw


@lru_cache(maxsize=256)  # a batch has many first revisions within a millisecond
def _numbers(revision: int, operation: int, recorded_at_ms: int) -> bytes:
    return (
        number_field(0x20, revision)
        + number_field(0x28, operation)
        + number_field(0x30, recorded_at_ms)
    )


def parse_entry(raw: bytes) -> Entry:
    """Return the well-formed entry.

    Refuses MALFORMED_ENTRY, UNKNOWN_KIND or UNKNOWN_FORMAT; what each means stands above.
    """
    if len(raw) > MAX_ENTRY_BYTES:
        raise _malformed("an entry has at most 65,535 bytes")
    head = _HEAD.match(raw)
    if head is None:
        if _UNKNOWN_FORMAT.match(raw):
            raise Refused("UNKNOWN_FORMAT", "the entry's format is not known")
        raise _malformed("the entry's head is not canonical")
    kind, subject, revision, operation, recorded_at, request, body_length = head.groups(b"")
    body_end = head.end() + decode_varint(body_length)
    if body_end > len(raw) or not _PARTS.fullmatch(raw, body_end):
        raise _malformed("the entry's body or parts are not canonical")
    entry = Entry(
        kind=decode_varint(kind),
        subject=subject,
        revision=decode_varint(revision),
        operation=decode_varint(operation),
        recorded_at_ms=decode_varint(recorded_at),
        request=request,
        body=raw[head.end() : body_end],
        parts=tuple(
            (Audience(raw[at + 3]), raw[at + 6 : at + _PART_BYTES])
            for at in range(body_end, len(raw), _PART_BYTES)
        ),
    )
    _check_kind(entry)
    return entry


def scan_entries(entries: Sequence[bytes]) -> list[ScannedEntry]:
    """Return of each entry what taking it in needs; an ill-formed one has its reason in front.

    The fast way through a frame: about 1.5 µs a record. Agrees with `parse_entry` on every input.
    """
    fullmatch = _RECORD.fullmatch
    scanned: list[ScannedEntry] = []
    append = scanned.append
    for raw in entries:
        match = fullmatch(raw)
        if match is None:
            append(_scan_slowly(raw))
            continue
        kind, subject, revision, operation, public, members, origin = match.groups()
        if public and members and origin:  # nearly always
            parts: tuple[tuple[int, bytes], ...] = ((1, public), (2, members), (4, origin))
        else:
            found = ((1, public), (2, members), (4, origin))
            parts = tuple((audience, one) for audience, one in found if one is not None)
        number = revision[0] if len(revision) == 1 else decode_varint(revision)
        append(("", kind[0], operation[0], subject, number, parts))
    return scanned


def _scan_slowly(raw: bytes) -> ScannedEntry:
    try:
        entry = parse_entry(raw)
    except Refused as refusal:
        return (refusal.reason, 0, 0, b"", 0, ())
    return ("", entry.kind, entry.operation, entry.subject, entry.revision, entry.parts)


def _check_kind(entry: Entry) -> None:
    """Hold an entry of the right shape against the rules of its kind."""
    audiences = [audience for audience, _ in entry.parts]
    if entry.kind in RECORD_KINDS:
        if not entry.subject or not entry.revision or not entry.operation:
            raise _malformed("a record entry has a subject, a revision and an operation")
        if Audience.NAMED in audiences or audiences != sorted(set(audiences)):
            raise _malformed("a record's parts have each other audience once, ascending")
        return
    if entry.kind not in CONTROL_KINDS and entry.kind != KIND_SEALED:
        raise Refused("UNKNOWN_KIND", "the entry's kind is not known", kind=str(entry.kind))
    if entry.subject or entry.revision or entry.operation:
        raise _malformed("only a record entry has a subject, a revision or an operation")
    if entry.kind == KIND_SEALED:
        if entry.recorded_at_ms:
            raise _malformed("a sealed entry tells no time")
        if audiences not in ([Audience.NAMED], [Audience.NAMED] * 2):
            raise _malformed("a sealed entry has one or two NAMED parts")
    elif audiences:
        raise _malformed("a control entry has no parts")


def _malformed(what: str) -> Refused:
    return Refused("MALFORMED_ENTRY", what)
