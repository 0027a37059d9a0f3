"""The rule of entries said again with protobuf: what re-encodes to the same bytes is canonical.

Independent of the codec under test: it parses with the generated classes and compares values.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError

from ydx.log.v1.entry_pb2 import Entry, PartHeader

NAMED = 3


def entry_reason(raw: bytes) -> str | None:
    """Return why an entry is refused, or None, judged with protobuf alone."""
    if len(raw) > 65_535:
        return "MALFORMED_ENTRY"
    entry = Entry()
    if _begins_with_another_format(raw):
        return "UNKNOWN_FORMAT"
    try:
        entry.ParseFromString(raw)
    except DecodeError:
        return "MALFORMED_ENTRY"
    entry.DiscardUnknownFields()
    if entry.SerializeToString(deterministic=True) != raw or not _fits(entry):
        return "MALFORMED_ENTRY"
    if entry.kind > 9:
        return "UNKNOWN_KIND"
    return None if _fits_kind(entry) else "MALFORMED_ENTRY"


def header_is_canonical(raw: bytes) -> bool:
    """Tell whether protobuf reads a part header and writes the same bytes."""
    header = PartHeader()
    try:
        header.ParseFromString(raw)
    except DecodeError:
        return False
    header.DiscardUnknownFields()
    return header.SerializeToString(deterministic=True) == raw


def _begins_with_another_format(raw: bytes) -> bool:
    for end in range(2, min(6, len(raw)) + 1):
        entry = Entry()
        try:
            entry.ParseFromString(raw[:end])
        except DecodeError:
            continue
        entry.DiscardUnknownFields()
        return raw[0] == 8 and entry.format > 1 and entry.SerializeToString() == raw[:end]
    return False


def _fits(entry: Entry) -> bool:
    return (
        entry.format == 1
        and entry.kind > 0
        and len(entry.subject) in {0, 16}
        and len(entry.request) in {0, 16}
        and entry.operation in {0, 1, 2}
        and len(entry.parts) <= 8
        and all(1 <= part.audience <= 4 and len(part.commitment) == 32 for part in entry.parts)
    )


def _fits_kind(entry: Entry) -> bool:
    audiences = [part.audience for part in entry.parts]
    if entry.kind in {2, 3, 4}:
        ascending = audiences == sorted(set(audiences)) and NAMED not in audiences
        return bool(entry.subject and entry.revision and entry.operation) and ascending
    if entry.subject or entry.revision or entry.operation:
        return False
    if entry.kind == 5:
        return not entry.recorded_at and audiences in ([NAMED], [NAMED, NAMED])
    return not audiences
