"""Parts: what opens, what belongs elsewhere, and whose fault it is."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.entry import Audience
from federation.log.errors import Refused
from federation.log.part import (
    MAX_PART_BYTES,
    NAMED_SIZES_BYTES,
    PartHeader,
    build_payload,
    commitment,
    header_prefix,
    new_part,
    open_named,
    open_part,
    parse_header,
    parse_payload,
)
from tests.federation.log.protobuf_oracle import header_is_canonical
from tests.federation.log.refusals import refusal_reason
from tests.federation.log.samples import HEADERS, ORIGIN, SUBJECT

SALT = b"s" * 32
PUBLIC = PartHeader(ORIGIN, SUBJECT, 1, 0, Audience.PUBLIC)
MEMBERS = PartHeader(ORIGIN, SUBJECT, 300, 1, Audience.MEMBERS)
NAMED = PartHeader(ORIGIN, SUBJECT, 0, 0, Audience.NAMED, ("anhui", "center"))
CONTENT = "一种传感器".encode()


def length(raw: bytes) -> bytes:
    return len(raw).to_bytes(4)


def test_the_bytes_of_a_part() -> None:
    header = b"\x0a\x14" + ORIGIN.encode() + b"\x12\x10" + SUBJECT + b"\x18\x01\x28\x01"
    payload = length(header) + header + length(CONTENT) + CONTENT
    wire, committed = new_part(PUBLIC, CONTENT, SALT)
    assert wire == SALT + payload
    assert committed == sha256(b"ydx/part/v1\0" + SALT + payload).digest()
    assert committed == commitment(SALT, payload)


def test_the_bytes_of_a_named_header() -> None:
    assert NAMED.encode() == (
        b"\x0a\x14"
        + ORIGIN.encode()
        + b"\x12\x10"
        + SUBJECT
        + b"\x28\x03\x32\x05anhui\x32\x06center"
    )


@given(HEADERS, st.binary(max_size=2000))
def test_every_part_opens_at_its_place(header: PartHeader, content: bytes) -> None:
    wire, committed = new_part(header, content, SALT)
    assert open_part(wire, committed, header) == content
    assert parse_payload(wire[32:]) == (header, content)
    if header.audience == Audience.NAMED:
        found = open_named(wire, committed, header.origin, header.part_number)
        assert found == (header, content)
        assert len(wire) in NAMED_SIZES_BYTES


@given(HEADERS)
def test_every_header_round_trips_and_protobuf_agrees(header: PartHeader) -> None:
    raw = header.encode()
    assert parse_header(raw) == header
    assert header_is_canonical(raw)


@given(HEADERS.filter(lambda one: one.audience != Audience.NAMED))
def test_the_fast_prefix_is_that_of_the_checked_header(header: PartHeader) -> None:
    prefix = header_prefix(
        header.origin, header.subject, header.revision, header.part_number, header.audience
    )
    assert prefix == length(header.encode()) + header.encode()


@given(HEADERS, st.data())
def test_a_mutated_header_that_is_read_is_canonical(
    header: PartHeader, data: st.DataObject
) -> None:
    raw = bytearray(header.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
        raw = raw or bytearray(1)
    reason = refusal_reason(parse_header, bytes(raw))
    assert reason in {None, "MALFORMED_PART"}
    if reason is None:
        assert header_is_canonical(bytes(raw))
        assert parse_header(bytes(raw)).encode() == raw


MISPLACED = {
    "another origin": replace(PUBLIC, origin="ydx.example/anhui"),
    "another log of the same member": replace(PUBLIC, origin=ORIGIN + ".2"),
    "another subject": replace(PUBLIC, subject=bytes(16)),
    "another revision": replace(PUBLIC, revision=2),
    "another part": replace(PUBLIC, part_number=1),
    "another audience": replace(PUBLIC, audience=Audience.MEMBERS),
    "a sealed part": replace(NAMED, revision=1),
}


@pytest.mark.parametrize("header", MISPLACED.values(), ids=MISPLACED.keys())
def test_a_part_of_another_place_is_void(header: PartHeader) -> None:
    """A commitment copied into another entry gives no access to anything."""
    wire, committed = new_part(header, CONTENT, SALT)
    with pytest.raises(Refused, match="PART_MISPLACED"):
        open_part(wire, committed, PUBLIC)


MISPLACED_NAMED = {
    "another origin": replace(NAMED, origin="ydx.example/jiangsu"),
    "another part": replace(NAMED, part_number=1),
    "a public part": PUBLIC,
}


@pytest.mark.parametrize("header", MISPLACED_NAMED.values(), ids=MISPLACED_NAMED.keys())
def test_a_sealed_part_of_another_place_is_void(header: PartHeader) -> None:
    wire, committed = new_part(header, CONTENT, SALT)
    with pytest.raises(Refused, match="PART_MISPLACED"):
        open_part(wire, committed, NAMED)


def test_subject_and_revision_of_a_sealed_part_are_the_documents_own() -> None:
    document = replace(NAMED, subject=bytes(16), revision=9)
    wire, committed = new_part(document, CONTENT, SALT)
    assert open_part(wire, committed, NAMED) == CONTENT
    assert open_named(wire, committed, ORIGIN, 0)[0] == document


@pytest.mark.parametrize("header", [PUBLIC, MEMBERS, NAMED], ids=["PUBLIC", "MEMBERS", "NAMED"])
def test_a_part_that_does_not_fit_its_commitment_does_not_open(header: PartHeader) -> None:
    wire, committed = new_part(header, CONTENT, SALT)
    flipped = wire[:40] + bytes([wire[40] ^ 1]) + wire[41:]
    other_salt = b"t" + wire[1:]
    for bad in (b"", SALT, wire[:-1], wire + b"\0", flipped, other_salt):
        with pytest.raises(Refused, match="PART_DOES_NOT_OPEN"):
            open_part(bad, committed, header)
    for bad_commitment in (b"", committed[:-1], bytes(32)):
        with pytest.raises(Refused, match="PART_DOES_NOT_OPEN"):
            open_part(wire, bad_commitment, header)


def test_over_256_kib_nothing_opens() -> None:
    wire = bytes(MAX_PART_BYTES + 1)
    committed = sha256(b"ydx/part/v1\0" + wire).digest()
    with pytest.raises(Refused, match="PART_DOES_NOT_OPEN"):
        open_part(wire, committed, PUBLIC)


HEAD = PUBLIC.encode()
NAMED_HEAD = NAMED.encode()


def filled(payload: bytes, size: int) -> bytes:
    return payload + bytes(size - 32 - len(payload))


ONE_BYTE = length(NAMED_HEAD) + NAMED_HEAD + length(b"a") + b"a"
FAULTY = {
    "nothing": b"",
    "a header length beyond the end": b"\xff" * 4 + HEAD,
    "no content length": length(HEAD) + HEAD,
    "a cut content length": length(HEAD) + HEAD + b"\0\0\0",
    "a content length beyond the end": length(HEAD) + HEAD + b"\0\0\0\2a",
    "something behind the content": length(HEAD) + HEAD + b"\0\0\0\1aa",
    "zeros behind public content": length(HEAD) + HEAD + b"\0\0\0\1a\0",
    "NAMED without zeros": ONE_BYTE,
    "NAMED, one byte short of a size": filled(ONE_BYTE, 1023),
    "NAMED, filled up to 2 KiB": filled(ONE_BYTE, 2048),
    "NAMED, filled up with ones": filled(ONE_BYTE, 1023) + b"\1",
    "NAMED members descending": length(HEAD) + NAMED_HEAD[:-15] + b"\x32\x06center\x32\x05anhui",
}


@pytest.mark.parametrize("payload", FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_payload_under_its_own_commitment_is_the_origins_fault(payload: bytes) -> None:
    assert refusal_reason(parse_payload, payload) == "MALFORMED_PART"
    committed = commitment(SALT, payload)
    for header in (PUBLIC, NAMED):
        reason = refusal_reason(open_part, SALT + payload, committed, header)
        assert reason == ("PART_MISPLACED" if payload else "PART_DOES_NOT_OPEN")


BAD_HEADERS = {
    "a bad origin": replace(PUBLIC, origin="shanghai"),
    "a short subject": replace(PUBLIC, subject=b"a"),
    "a negative revision": replace(PUBLIC, revision=-1),
    "a revision above 64 bits": replace(PUBLIC, revision=2**64),
    "part 8": replace(PUBLIC, part_number=8),
    "names on a public part": replace(PUBLIC, named=("anhui",)),
    "names descending": replace(NAMED, named=("center", "anhui")),
    "a name twice": replace(NAMED, named=("anhui", "anhui")),
    "the origin's own name": replace(NAMED, named=("shanghai",)),
    "no member's name": replace(NAMED, named=("Anhui",)),
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
def test_a_bad_header_is_not_written(header: PartHeader) -> None:
    with pytest.raises(Refused):
        header.encode()


@pytest.mark.parametrize("size", NAMED_SIZES_BYTES)
def test_a_named_part_grows_from_size_to_size(size: int) -> None:
    overhead = 32 + 8 + len(NAMED_HEAD)
    wire, _ = new_part(NAMED, bytes(size - overhead), SALT)
    assert len(wire) == size
    if size < MAX_PART_BYTES:
        wire, _ = new_part(NAMED, bytes(size - overhead + 1), SALT)
        assert len(wire) == 4 * size
    else:
        with pytest.raises(Refused, match="PART_TOO_LARGE"):
            new_part(NAMED, bytes(size - overhead + 1), SALT)


def test_a_public_part_may_have_256_kib_and_no_more() -> None:
    room = MAX_PART_BYTES - 32 - 8 - len(HEAD)
    wire, committed = new_part(PUBLIC, bytes(room), SALT)
    assert open_part(wire, committed, PUBLIC) == bytes(room)
    with pytest.raises(Refused, match="PART_TOO_LARGE"):
        build_payload(PUBLIC, bytes(room + 1), pad_named=False)


def test_a_salt_has_32_bytes() -> None:
    with pytest.raises(Refused, match="MALFORMED_PART"):
        new_part(PUBLIC, CONTENT, SALT[1:])


@given(st.binary(max_size=400))
def test_opening_is_total(payload: bytes) -> None:
    assert refusal_reason(parse_payload, payload) in {None, "MALFORMED_PART"}
    assert refusal_reason(parse_header, payload) in {None, "MALFORMED_PART"}
    prefix = header_prefix(ORIGIN, SUBJECT, 1, 0, 1)
    for told in (payload, prefix, prefix + payload, prefix[: len(payload)]):
        place = PartHeader(ORIGIN, SUBJECT, 1, 0, Audience.PUBLIC)
        reason = refusal_reason(open_part, SALT + told, commitment(SALT, told), place)
        assert reason in {None, "PART_MISPLACED", "PART_DOES_NOT_OPEN"}
