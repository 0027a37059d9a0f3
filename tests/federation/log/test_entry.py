"""Entries: one well-formed spelling, everything else refused, and always the same way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.entry import Audience, Entry, encode_entry, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.log.varint import encode_varint
from tests.federation.log.protobuf_oracle import entry_reason
from tests.federation.log.refusals import refusal_reason
from tests.federation.log.samples import (
    COMMITMENT,
    CONTROL,
    ENTRIES,
    RECORD,
    RECORDS,
    SEALED,
    SUBJECT,
)

PART = b"\x4a\x24\x08\x01\x12\x20" + COMMITMENT
HEAD = b"\x08\x01\x10\x02\x1a\x10" + SUBJECT
MINIMAL = HEAD + b"\x20\x01\x28\x01"


def named(audience: int) -> bytes:
    return b"\x4a\x24\x08%c\x12\x20" % audience + COMMITMENT


def test_the_bytes_of_an_entry() -> None:
    assert encode_entry(RECORD) == (
        b"\x08\x01\x10\x02\x1a\x10"
        + SUBJECT
        + b"\x20\x01\x28\x01\x30\x80\xd8\xc1\xa2\x8c\x34\x3a\x10"
        + bytes(16)
        + named(1)
        + named(2)
        + named(4)
    )
    assert encode_entry(SEALED) == b"\x08\x01\x10\x05" + named(3) + named(3)
    assert encode_entry(CONTROL) == b"\x08\x01\x10\x07\x30\x05\x42\x05\x0a\x01a\x10\x05"


WELL_FORMED = {
    "no parts": MINIMAL,
    "a withdrawal with a body": HEAD + b"\x20\x02\x28\x02\x42\x02\x08\x01",
    "revision 128": HEAD + b"\x20\x80\x01\x28\x01",
    "the last revision": HEAD + b"\x20" + b"\xff" * 9 + b"\x01\x28\x01",
    "a newline in every byte": HEAD[:6] + b"\n" * 16 + b"\x20\n\x28\x01" + PART[:6] + b"\n" * 32,
    "a body that looks like a part": MINIMAL + b"\x42\x26" + PART + PART,
    "a body of 128 bytes": MINIMAL + b"\x42\x80\x01" + bytes(128),
    "65,535 bytes": MINIMAL + b"\x42\xe1\xff\x03" + bytes(65_505),
    "genesis": b"\x08\x01\x10\x01",
}


@pytest.mark.parametrize("raw", WELL_FORMED.values(), ids=WELL_FORMED.keys())
def test_a_well_formed_entry_is_read_and_written_back(raw: bytes) -> None:
    assert entry_reason(raw) is None
    assert encode_entry(parse_entry(raw)) == raw


MALFORMED = {
    "nothing": b"",
    "no format": b"\x10\x02",
    "format 0": b"\x08\x00\x10\x02",
    "format 1 in two bytes": b"\x08\x81\x00" + MINIMAL[2:],
    "a format above 32 bits": b"\x08\xff\xff\xff\xff\x10" + MINIMAL[2:],
    "no kind": b"\x08\x01",
    "kind 0": b"\x08\x01\x10\x00",
    "kind in two bytes": b"\x08\x01\x10\x82\x00" + HEAD[4:] + b"\x20\x01\x28\x01",
    "a kind above 32 bits": b"\x08\x01\x10\xff\xff\xff\xff\x1f",
    "a subject of 15 bytes": b"\x08\x01\x10\x02\x1a\x0f" + SUBJECT[1:] + b"\x20\x01\x28\x01",
    "a subject of 17 bytes": b"\x08\x01\x10\x02\x1a\x11\0" + SUBJECT + b"\x20\x01\x28\x01",
    "an empty subject spelled out": b"\x08\x01\x10\x01\x1a\x00",
    "a revision of 0 spelled out": HEAD + b"\x20\x00\x28\x01",
    "a revision in too many bytes": HEAD + b"\x20\x81\x00\x28\x01",
    "a revision above 64 bits": HEAD + b"\x20" + b"\xff" * 9 + b"\x02\x28\x01",
    "a revision of eleven bytes": HEAD + b"\x20" + b"\x80" * 10 + b"\x01\x28\x01",
    "an operation of 0 spelled out": HEAD + b"\x20\x01\x28\x00",
    "operation 3": HEAD + b"\x20\x01\x28\x03",
    "a time of 0 spelled out": MINIMAL + b"\x30\x00",
    "a request of 15 bytes": MINIMAL + b"\x3a\x0f" + bytes(15),
    "an empty request spelled out": MINIMAL + b"\x3a\x00",
    "an empty body spelled out": MINIMAL + b"\x42\x00",
    "a body length in too many bytes": MINIMAL + b"\x42\x81\x00\x01",
    "a cut body": MINIMAL + b"\x42\x05\x01",
    "a body beyond the end": MINIMAL + b"\x42\xff\xff\x7f",
    "65,536 bytes": MINIMAL + b"\x42\xe2\xff\x03" + bytes(65_506),
    "fields in another order": HEAD + b"\x28\x01\x20\x01",
    "a field twice": MINIMAL + b"\x28\x01",
    "a subject twice": HEAD + HEAD[4:] + b"\x20\x01\x28\x01",
    "an unknown field": MINIMAL + b"\x50\x01",
    "an unknown field in front": b"\x78\x01" + MINIMAL,
    "a group": MINIMAL + b"\x0b\x0c",
    "a byte at the end": MINIMAL + b"\0",
    "a cut part": MINIMAL + PART[:-1],
    "a part of the wrong length": MINIMAL + b"\x4a\x23" + PART[2:-1],
    "a part without an audience": MINIMAL + b"\x4a\x22" + PART[4:],
    "a part for audience 0": MINIMAL + named(0),
    "a part for audience 5": MINIMAL + named(5),
    "a part with its fields turned round": MINIMAL + b"\x4a\x24" + PART[4:] + PART[2:4],
    "an unknown field in a part": MINIMAL + b"\x4a\x26" + PART[2:] + b"\x18\x01",
    "nine parts": b"\x08\x01\x10\x0a" + PART * 9,
    "a record without a subject": b"\x08\x01\x10\x02\x20\x01\x28\x01",
    "a record without a revision": HEAD + b"\x28\x01",
    "a record without an operation": HEAD + b"\x20\x01",
    "a record with a NAMED part": MINIMAL + named(3),
    "a record with an audience twice": MINIMAL + named(1) + named(1),
    "a record with descending audiences": MINIMAL + named(2) + named(1),
    "a control entry with a part": b"\x08\x01\x10\x06" + PART,
    "a control entry with a subject": b"\x08\x01\x10\x06\x1a\x10" + SUBJECT,
    "a control entry with a revision": b"\x08\x01\x10\x06\x20\x01",
    "a control entry with an operation": b"\x08\x01\x10\x06\x28\x01",
    "a sealed entry without a part": b"\x08\x01\x10\x05",
    "a sealed entry with three parts": b"\x08\x01\x10\x05" + named(3) * 3,
    "a sealed entry with a PUBLIC part": b"\x08\x01\x10\x05" + named(1),
    "a sealed entry with a subject": b"\x08\x01\x10\x05\x1a\x10" + SUBJECT + named(3),
    "a sealed entry with a revision": b"\x08\x01\x10\x05\x20\x01" + named(3),
    "a sealed entry with a time": b"\x08\x01\x10\x05\x30\x01" + named(3),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_entry_is_refused_for_ever(raw: bytes) -> None:
    assert refusal_reason(parse_entry, raw) == "MALFORMED_ENTRY"
    assert entry_reason(raw) == "MALFORMED_ENTRY"
    assert scan_entries([raw]) == [("MALFORMED_ENTRY", 0, 0, b"", 0, ())]


UNKNOWN = {
    "kind 10": (b"\x08\x01\x10\x0a", "UNKNOWN_KIND"),
    "the last kind": (b"\x08\x01\x10\xff\xff\xff\xff\x0f", "UNKNOWN_KIND"),
    "an unknown kind with everything": (
        b"\x08\x01\x10\x0a" + MINIMAL[4:] + b"\x30\x01\x42\x01\0" + named(3) + named(1) * 7,
        "UNKNOWN_KIND",
    ),
    "format 2": (b"\x08\x02", "UNKNOWN_FORMAT"),
    "format 2 with anything behind": (b"\x08\x02\xff\xff\xff\xff", "UNKNOWN_FORMAT"),
    "format 129": (b"\x08\x81\x01" + MINIMAL, "UNKNOWN_FORMAT"),
    "the last format": (b"\x08\xff\xff\xff\xff\x0f", "UNKNOWN_FORMAT"),
}


@pytest.mark.parametrize(("raw", "reason"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_an_unknown_entry_is_told_from_a_malformed_one(raw: bytes, reason: str) -> None:
    assert refusal_reason(parse_entry, raw) == reason
    assert entry_reason(raw) == reason
    assert scan_entries([raw]) == [(reason, 0, 0, b"", 0, ())]


UNFIT = {
    "an unknown kind": replace(CONTROL, kind=10),
    "a kind above 32 bits": replace(CONTROL, kind=2**32 + 1),
    "a short subject": replace(RECORD, subject=b"a"),
    "a revision above 64 bits": replace(RECORD, revision=2**64),
    "a short commitment": replace(RECORD, parts=((Audience.PUBLIC, b""),)),
    "a body too long": replace(CONTROL, body=bytes(65_536)),
    "a sealed entry that tells its time": replace(SEALED, recorded_at_ms=1),
}


@pytest.mark.parametrize("entry", UNFIT.values(), ids=UNFIT.keys())
def test_what_is_not_well_formed_is_not_written(entry: Entry) -> None:
    with pytest.raises(Refused):
        encode_entry(entry)


def scanned(entry: Entry) -> object:
    return ("", entry.kind, entry.operation, entry.subject, entry.revision, entry.parts)


@given(ENTRIES)
def test_every_entry_round_trips_and_protobuf_agrees(entry: Entry) -> None:
    raw = encode_entry(entry)
    assert parse_entry(raw) == entry
    assert entry_reason(raw) is None
    assert scan_entries([raw]) == [scanned(entry)]


@given(st.lists(ENTRIES, max_size=20))
def test_a_frame_is_scanned_in_order(entries: list[Entry]) -> None:
    assert scan_entries([encode_entry(one) for one in entries]) == [scanned(one) for one in entries]


def agree(raw: bytes) -> None:
    """All three readers give the same outcome."""
    reason = refusal_reason(parse_entry, raw)
    assert reason == entry_reason(raw)
    assert scan_entries([raw])[0][0] == (reason or "")
    if reason is None:
        assert encode_entry(parse_entry(raw)) == raw
        assert scan_entries([raw]) == [scanned(parse_entry(raw))]


@given(st.binary(max_size=300))
def test_reading_is_total_and_agrees_with_protobuf_on_any_bytes(raw: bytes) -> None:
    agree(raw)


@given(st.data())
def test_reading_agrees_with_protobuf_on_mutated_entries(data: st.DataObject) -> None:
    raw = bytearray(encode_entry(data.draw(ENTRIES)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, min(len(raw), 60)))
        match data.draw(st.sampled_from(["flip", "insert", "cut", "splice"])):
            case "flip" if at < len(raw):
                raw[at] ^= data.draw(st.integers(1, 255))
            case "insert":
                raw.insert(at, data.draw(st.integers(0, 255)))
            case "cut":
                del raw[at : at + data.draw(st.integers(1, 40))]
            case "splice":
                raw[at:at] = encode_entry(data.draw(RECORDS))[: data.draw(st.integers(1, 80))]
    agree(bytes(raw))


VARINTS = st.one_of(st.integers(0, 20), st.integers(0, 2**64 - 1)).map(encode_varint)
PADDED = VARINTS.map(lambda raw: raw[:-1] + bytes([raw[-1] | 0x80]) + b"\0")
PIECES = st.sampled_from([0, 1, 15, 16, 17, 32, 36, 130]).flatmap(
    lambda size: st.binary(min_size=size, max_size=size)
)
NUMBER_FIELDS = st.tuples(st.sampled_from([8, 16, 32, 40, 48, 80]), VARINTS | PADDED)
BYTES_FIELDS = st.tuples(
    st.sampled_from([0x1A, 0x3A, 0x42, 0x4A, 0x52]),
    PIECES.map(lambda raw: encode_varint(len(raw)) + raw) | st.just(PART[1:]),
)


@given(st.lists(NUMBER_FIELDS | BYTES_FIELDS, max_size=9), st.booleans())
def test_reading_agrees_with_protobuf_on_any_message(
    fields: list[tuple[int, bytes]], ascending: bool
) -> None:
    if ascending:
        fields = sorted(fields, key=lambda one: one[0])
    agree(b"\x08\x01" + b"".join(bytes([tag]) + value for tag, value in fields))
