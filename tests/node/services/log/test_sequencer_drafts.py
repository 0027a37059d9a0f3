"""Drafts and their encoding."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.entry import KIND_ERASE, KIND_LISTING, Audience, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.log.merkle import CompactRange, leaf_hash
from federation.log.part import MAX_PART_BYTES, PartHeader, open_part, parse_payload
from federation.sync.frames import Batch
from federation.sync.opening import open_batch
from node.services.log.drafts import (
    Draft,
    Encoder,
    SealedDocument,
    genesis,
    record_body,
)
from tests.node.services.own_node import NOW_S, ORIGIN
from ydx.log.v1 import body_pb2

ENCODER = Encoder(ORIGIN, lambda: NOW_S, os.urandom)
_AUDIENCES = [Audience.PUBLIC, Audience.MEMBERS, Audience.ORIGIN]
_PARTS = st.lists(st.tuples(st.sampled_from(_AUDIENCES), st.binary(max_size=300)), max_size=3)


def records() -> st.SearchStrategy[Draft]:
    contents = _PARTS.map(lambda parts: sorted(dict(parts).items()))
    return st.builds(
        Draft,
        kind=st.sampled_from([2, 3, 4]),
        subject=st.binary(min_size=16, max_size=16),
        revision=st.integers(1, 2**63),
        operation=st.sampled_from([1, 2]),
        body=st.binary(max_size=50),
        contents=contents,
    )


@given(
    drafts=st.lists(records(), min_size=1, max_size=4), request=st.sampled_from([b"", bytes(16)])
)
def test_a_batch_says_of_its_entries_what_a_mirror_would_find(
    drafts: list[Draft], request: bytes
) -> None:
    encoded = [ENCODER.encode(draft, request) for draft in drafts]
    before = CompactRange(1, [bytes(32)])
    batch = ENCODER.batch(before, encoded)
    assert before.size == batch.first_leaf_index == 1
    assert batch.scanned == scan_entries(batch.entries)
    assert batch.leaf_hashes == [leaf_hash(entry) for entry in batch.entries]
    assert batch.end == batch.compact_range.size == 1 + len(drafts)
    for one, draft in zip(encoded, drafts, strict=True):
        entry = parse_entry(one.entry)
        assert (entry.request, entry.body) == (request, draft.body)
        assert entry.recorded_at_ms == one.recorded_at_ms == int(NOW_S * 1000)
        for number, (audience, content) in enumerate(draft.contents):
            header = PartHeader(ORIGIN, draft.subject, draft.revision, number, audience)
            assert open_part(one.parts[number], entry.parts[number][1], header) == content


@given(
    personal=st.none() | st.binary(max_size=2000),
    content=st.binary(max_size=2000),
    revision=st.integers(0, 2**64 - 1),
    request=st.sampled_from([b"", bytes(16)]),
)
def test_a_sealed_document_is_what_a_mirror_would_find(
    personal: bytes | None, content: bytes, revision: int, request: bytes
) -> None:
    document = SealedDocument(bytes(range(16)), revision, ("center", "x"), content, personal)
    batch = ENCODER.batch(CompactRange(), [ENCODER.encode_sealed(document, request)])
    (scanned,) = scan_entries(batch.entries)
    assert list(batch.scanned) == [scanned]
    sent = Batch(0, batch.entries, batch.parts, [], [])
    for reader, kept in (("center", True), ("anhui", True), ("jiangsu", False)):
        opened = open_batch(ORIGIN, sent, reader, from_owner=True)
        assert [bool(part) for part in opened.parts] == [kept] * len(batch.parts)
    headers = [parse_payload(part[32:])[0] for part in batch.parts]
    assert {(one.subject, one.revision) for one in headers} == {(bytes(range(16)), revision)}


def test_every_part_has_its_own_salt() -> None:
    contents = [(audience, b"x") for audience in _AUDIENCES]
    draft = Draft(kind=KIND_LISTING, subject=bytes(16), revision=1, operation=1, contents=contents)
    salts = {part[:32] for _ in range(2) for part in ENCODER.encode(draft, b"").parts}
    assert len(salts) == 6


@pytest.mark.parametrize(
    "draft",
    [
        {"kind": KIND_LISTING, "subject": b"", "revision": 1, "operation": 1},
        {"kind": KIND_LISTING, "subject": bytes(16), "revision": 0, "operation": 1},
        {"kind": KIND_ERASE, "contents": [(Audience.PUBLIC, b"")]},
        {"kind": KIND_ERASE, "body": bytes(70_000)},
    ],
    ids=["no subject", "no revision", "a control entry with a part", "an entry over 65,535 bytes"],
)
def test_a_draft_that_breaks_the_rules_of_its_kind_is_refused(draft: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="MALFORMED_ENTRY"):
        ENCODER.encode(Draft(**draft), b"")


def test_a_part_over_256_kib_is_refused() -> None:
    contents = [(Audience.PUBLIC, bytes(MAX_PART_BYTES - 60))]
    draft = Draft(kind=KIND_LISTING, subject=bytes(16), revision=1, operation=1, contents=contents)
    with pytest.raises(Refused, match="PART_TOO_LARGE"):
        ENCODER.encode(draft, b"")


def test_bodies_are_canonical_messages() -> None:
    body = genesis("ydx.example", "anhui", 3).body
    said = body_pb2.GenesisBody(federation="ydx.example", member="anhui", registry_version=3)
    assert body == said.SerializeToString(deterministic=True)
    assert record_body() == b""
    body = record_body(reason=3, successor="nodes/a/listings/1", replaces="x")
    said_record = body_pb2.RecordBody(reason=3, successor="nodes/a/listings/1", replaces="x")
    assert body == said_record.SerializeToString(deterministic=True)
