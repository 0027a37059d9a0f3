"""Receipts: one file that proves an entry, and shows what its holder may see."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.entry import encode_entry, parse_entry
from federation.log.errors import Refused
from federation.log.keys import Signer
from federation.log.merkle import inclusion_proof, leaf_hashes
from federation.log.part import PartHeader, new_part, open_part
from federation.log.receipt import (
    MAX_FILES_BYTES,
    Opening,
    Receipt,
    encode_opening,
    encode_receipt,
    parse_opening,
    parse_receipt,
    verify_receipt,
)
from tests.federation.log import trees
from tests.federation.log.refusals import refusal_reason
from tests.federation.log.samples import ORIGIN, RECORD, SUBJECT

LOG = Signer(ORIGIN, b"l" * 32)
HEADER = PartHeader(ORIGIN, SUBJECT, 1, 0, RECORD.parts[0][0])
WIRE, COMMITTED = new_part(HEADER, b"what is advertised", b"s" * 32)
ENTRY = encode_entry(replace(RECORD, parts=((HEADER.audience, COMMITTED), *RECORD.parts[1:])))
ENTRIES = [b"entry %d" % number for number in range(300)]
ENTRIES[123] = ENTRY
TILES = trees.Tiles()
TILES.extend(leaf_hashes(ENTRIES))
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 300, TILES.tree.root()), [LOG])
RECEIPT = Receipt(
    leaf_index=123,
    path=inclusion_proof(123, 300, TILES),
    checkpoint=NOTE,
    extra=encode_opening(Opening(ENTRY, {0: WIRE})),
)
RAW = encode_receipt(RECEIPT)


def test_the_file_is_a_tlog_proof() -> None:
    lines = RAW.split(b"\n")
    assert lines[0] == b"c2sp.org/tlog-proof@v1"
    assert lines[1] == b"extra " + base64.b64encode(RECEIPT.extra)
    assert lines[2] == b"index 123"
    assert lines[3] == base64.b64encode(RECEIPT.path[0])
    assert lines[3 + len(RECEIPT.path)] == b""
    assert RAW.endswith(b"\n\n" + NOTE)


def test_a_receipt_proves_its_entry_and_opens_its_part() -> None:
    receipt = parse_receipt(RAW)
    opening = parse_opening(receipt.extra)
    assert verify_receipt(receipt, opening.entry, LOG.verifier()).tree_size == 300
    committed = parse_entry(opening.entry).parts[0][1]
    assert open_part(opening.parts[0], committed, HEADER) == b"what is advertised"


def test_extra_is_optional() -> None:
    bare = replace(RECEIPT, extra=b"")
    assert parse_receipt(encode_receipt(bare)) == bare
    assert b"extra" not in encode_receipt(bare)


LIES = {
    "another entry": (RECEIPT, ENTRY + b"\0", "BAD_PROOF"),
    "another index": (replace(RECEIPT, leaf_index=122), ENTRY, "BAD_PROOF"),
    "an index beyond the tree": (replace(RECEIPT, leaf_index=300), ENTRY, "BAD_PROOF"),
    "a path cut short": (replace(RECEIPT, path=RECEIPT.path[:-1]), ENTRY, "BAD_PROOF"),
    "another log's key": (
        replace(RECEIPT, checkpoint=NOTE.replace(b"shanghai", b"jiangsu")),
        ENTRY,
        "NO_TRUSTED_SIGNATURE",
    ),
    "another tree size": (
        replace(RECEIPT, checkpoint=NOTE.replace(b"\n300\n", b"\n301\n")),
        ENTRY,
        "BAD_SIGNATURE",
    ),
}


@pytest.mark.parametrize(("receipt", "entry", "reason"), LIES.values(), ids=LIES.keys())
def test_a_receipt_that_lies_is_refused(receipt: Receipt, entry: bytes, reason: str) -> None:
    assert refusal_reason(verify_receipt, receipt, entry, LOG.verifier()) == reason


HASH = base64.b64encode(bytes(32)) + b"\n"
FIRST = b"c2sp.org/tlog-proof@v1\n"
MALFORMED = {
    "nothing": b"",
    "another format": RAW.replace(b"@v1", b"@v2"),
    "no blank line": FIRST + b"index 1\n" + HASH,
    "no index line": FIRST + HASH + b"\n" + NOTE,
    "nothing between": FIRST + b"\n" + NOTE,
    "two index lines": FIRST + b"index 1\nindex 1\n\n" + NOTE,
    "extra behind the index": FIRST + b"index 1\nextra AAAA\n\n" + NOTE,
    "two extra lines": FIRST + b"extra AAAA\nextra AAAA\nindex 1\n\n" + NOTE,
    "an empty extra line": FIRST + b"extra \nindex 1\n\n" + NOTE,
    "edge 2: extra without padding": FIRST + b"extra AAA\nindex 1\n\n" + NOTE,
    "edge 4: an index with a sign": FIRST + b"index +1\n\n" + NOTE,
    "edge 4: an index with a leading zero": FIRST + b"index 01\n\n" + NOTE,
    "edge 4: an index of 2^63": FIRST + b"index 9223372036854775808\n\n" + NOTE,
    "a hash of 31 bytes": FIRST + b"index 1\n" + base64.b64encode(bytes(31)) + b"\n\n" + NOTE,
    "64 hashes": FIRST + b"index 1\n" + HASH * 64 + b"\n" + NOTE,
    "a million hashes": FIRST + b"index 1\n" + HASH * 50_000 + b"\n" + NOTE,
    "over the limit": RAW + bytes(9_000_000),
    "a carriage return": RAW.replace(b"index 123\n", b"index 123\r\n"),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_receipt_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match="MALFORMED_RECEIPT"):
        parse_receipt(raw)


def test_63_hashes_are_read() -> None:
    assert len(parse_receipt(FIRST + b"index 1\n" + HASH * 63 + b"\n" + NOTE).path) == 63


@given(st.binary() | st.binary(max_size=60).map(lambda middle: FIRST + middle + b"\n\n" + NOTE))
def test_reading_is_total_and_what_it_accepts_is_written_back_the_same(raw: bytes) -> None:
    reason = refusal_reason(parse_receipt, raw)
    assert reason in {None, "MALFORMED_RECEIPT"}
    assert reason or encode_receipt(parse_receipt(raw)) == raw


@given(st.integers(0, (len(RAW) - len(NOTE)) * 8 - 1))
def test_a_flipped_bit_is_refused_or_seen(bit: int) -> None:
    raw = bytearray(RAW)
    raw[bit // 8] ^= 1 << bit % 8
    try:
        receipt = parse_receipt(bytes(raw))
        opening = parse_opening(receipt.extra)
        verify_receipt(receipt, opening.entry, LOG.verifier())
        committed = parse_entry(opening.entry).parts[0][1]
        assert open_part(opening.parts.get(0, b""), committed, HEADER) == b"never"
    except Refused:
        return


@given(
    st.binary(max_size=50),
    st.dictionaries(st.integers(0, 7), st.binary(max_size=50)),
    st.lists(st.tuples(st.integers(8, 255), st.binary(max_size=50))),
)
def test_an_opening_round_trips(
    entry: bytes, parts: dict[int, bytes], files: list[tuple[int, bytes]]
) -> None:
    opening = Opening(entry, parts, tuple(sorted(files)))
    assert parse_opening(encode_opening(opening)) == opening


@given(st.binary(max_size=100))
def test_reading_an_opening_is_total(raw: bytes) -> None:
    reason = refusal_reason(parse_opening, raw)
    assert reason in {None, "MALFORMED_RECEIPT"}
    assert reason or encode_opening(parse_opening(raw)) == raw


PIECE = b"\0\0\0\1a"
BAD_OPENINGS = {
    "nothing": b"",
    "a cut length": b"\0\0\0",
    "a cut entry": b"\0\0\0\2a",
    "a part without a length": PIECE + b"\0",
    "a part after a file": PIECE + b"\x08" + PIECE + b"\0" + PIECE,
    "files descending": PIECE + b"\x09" + PIECE + b"\x08" + PIECE,
    "a cut file": PIECE + b"\x08" + PIECE[:-1],
    "files over the limit": PIECE + b"\x08" + MAX_FILES_BYTES.to_bytes(4) + bytes(MAX_FILES_BYTES),
    "a part twice": PIECE + b"\0" + PIECE + b"\0" + PIECE,
    "parts descending": PIECE + b"\1" + PIECE + b"\0" + PIECE,
    "over the limit": bytes(6_000_000),
}


@pytest.mark.parametrize("raw", BAD_OPENINGS.values(), ids=BAD_OPENINGS.keys())
def test_a_bad_opening_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match="MALFORMED_RECEIPT"):
        parse_opening(raw)
