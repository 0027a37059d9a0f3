"""A check that recomputes all that is stored of a log from the log itself, slowly and plainly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from federation.log.entry import KIND_ERASE, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.log.hashing import leaf_hash
from federation.log.merkle import (
    CompactRange,
    leaf_hashes,
    verify_consistency,
    verify_inclusion,
)
from federation.log.prover import Prover
from federation.log.tiles import encode_bundle
from federation.records.codec_body import parse_erase
from federation.records.facets import HIDDEN, WITHDRAWN, facets
from node.storage import logs, mirrors, parts
from node.storage.positions import position, split_part_id, split_position
from node.storage.schema import catalogue, erased, invalid_entry, superseded
from node.storage.stored_tiles import StoredTiles

if TYPE_CHECKING:
    from typing import Any

    from node.storage.database import Database
    from node.storage.transaction import Transaction
    from tests.node.storage.made_logs import MadeLog


END_OF_9999_MS = 253_402_300_799_999


@dataclass
class Expected:
    """What a log amounts to, folded one entry after the other."""

    live: dict[bytes, tuple[int, int, int, bool]] = field(default_factory=dict)
    """subject → (leaf index, revision, kind, withdrawn)."""
    superseded: list[tuple[int, bytes, int]] = field(default_factory=list)
    invalid: dict[int, str] = field(default_factory=dict)
    erased: dict[tuple[int, int], int] = field(default_factory=dict)
    """(leaf index, part number) → leaf index of the ERASE."""


def expect(log: MadeLog) -> Expected:
    """Fold a log with the rules of DESIGN section 4, read out plainly."""
    state = Expected()
    for leaf_index, raw in enumerate(log.entries):
        try:
            entry = parse_entry(raw)
        except Refused as refusal:
            state.invalid[leaf_index] = refusal.reason
            continue
        if entry.kind == KIND_ERASE:
            _expect_erasure(state, log, leaf_index, entry.body)
        elif entry.subject:
            _expect_record(state, leaf_index, entry)
    return state


def _expect_record(state: Expected, leaf_index: int, entry: Any) -> None:
    before = state.live.get(entry.subject)
    if before is None:
        good = entry.revision == 1 and entry.operation == 1
        reason = "" if good else "NOT_A_FIRST_ENTRY"
    elif before[3]:
        reason = "RECORD_WITHDRAWN"
    elif entry.kind != before[2]:
        reason = "KIND_CHANGED"
    else:
        reason = "" if entry.revision == before[1] + 1 else "WRONG_REVISION"
    if reason:
        state.invalid[leaf_index] = reason
        return
    if before is not None:
        state.superseded.append((before[0], entry.subject, before[1]))
    state.live[entry.subject] = (leaf_index, entry.revision, entry.kind, entry.operation == 2)


def _expect_erasure(state: Expected, log: MadeLog, leaf_index: int, body: bytes) -> None:
    try:
        lines = parse_erase(body)
    except Refused as refusal:
        state.invalid[leaf_index] = refusal.reason
        return
    for line in lines:
        if line.origin != log.origin or line.leaf_index >= leaf_index:
            continue
        _, kind, _, _, _, commitments = scan_entries([log.entries[line.leaf_index]])[0]
        sealed_document = kind == 5 and line.part_number == 0
        if line.part_number < len(commitments) and not sealed_document:
            state.erased.setdefault((line.leaf_index, line.part_number), leaf_index)


def check_log(
    database: Database, log: MadeLog, absent: frozenset[tuple[int, int]] = frozenset()
) -> None:
    """Compare all that is stored of the log with what it amounts to."""
    expected = expect(log)
    with database.read() as tx:
        row = mirrors.get(tx, log.origin)
        _check_bytes(tx, row, log)
        _check_parts(tx, row.origin_id, log, expected, absent)
        _check_records(tx, row.origin_id, log, expected, absent)
    _check_tiles(database, row, log)


def _check_bytes(tx: Transaction, row: mirrors.Mirror, log: MadeLog) -> None:
    size = len(log.entries)
    compact_range = CompactRange()
    compact_range.extend(leaf_hashes(log.entries))
    assert (row.verified_size, row.verified_root) == (size, compact_range.root())
    assert row.compact_range == compact_range.to_bytes()
    assert logs.entries(tx, row.origin_id, 0, size + 5) == log.entries
    for leaf_index in {0, size // 3, size - 1}:
        assert logs.entry(tx, row.origin_id, leaf_index) == log.entries[leaf_index]
    for leaf_index in (size, size + 3, size + 1000):
        assert logs.entry(tx, row.origin_id, leaf_index) is None
    for n in range(size // 256 + 1):
        held = log.entries[256 * n : 256 * (n + 1)]
        if held:
            assert logs.bundle(tx, row.origin_id, n, len(held)) == encode_bundle(held)


def _check_tiles(database: Database, row: mirrors.Mirror, log: MadeLog) -> None:
    """Make proofs from the stored tiles; they hold only if every tile is right."""
    prover = Prover(StoredTiles(database, row.origin_id))
    size, root = row.verified_size, row.verified_root
    for leaf_index in {0, size // 2, size - 1}:
        proof = prover.inclusion_proof(leaf_index, size)
        verify_inclusion(leaf_index, size, leaf_hash(log.entries[leaf_index]), proof, root)
    for old_size in {1, size // 3, size // 2, size - 1} - {0}:
        compact_range = CompactRange()
        compact_range.extend(leaf_hashes(log.entries[:old_size]))
        proof = prover.consistency_proof(old_size, size)
        verify_consistency(old_size, size, compact_range.root(), root, proof)


def _check_parts(
    tx: Transaction,
    origin_id: int,
    log: MadeLog,
    expected: Expected,
    absent: frozenset[tuple[int, int]],
) -> None:
    held = {
        split_part_id(place)[1:]: wire
        for place, _, wire in parts.of_range(tx, origin_id, 0, len(log.entries))
    }
    assert held == {
        (leaf_index, number): wire
        for leaf_index, wires in enumerate(log.parts)
        for number, wire in enumerate(wires)
        if wire and (leaf_index, number) not in absent | expected.erased.keys()
    }
    span = (position(origin_id, 0), position(origin_id + 1, 0) - 1)
    rows = tx.execute(
        select(erased.c.part_id, erased.c.position).where(erased.c.position.between(*span))
    )
    assert expected.erased == {
        split_part_id(place)[1:]: split_position(erasing)[1] for place, erasing in rows
    }


def _check_records(
    tx: Transaction,
    origin_id: int,
    log: MadeLog,
    expected: Expected,
    absent: frozenset[tuple[int, int]],
) -> None:
    rows = tx.execute(select(catalogue).where(catalogue.c.origin_id == origin_id)).all()
    wanted = set()
    for subject, (leaf_index, revision, kind, withdrawn) in expected.live.items():
        entry = parse_entry(log.entries[leaf_index])
        gone = (leaf_index, 0) in absent | expected.erased.keys()
        shown = HIDDEN if gone else facets(kind, log.publics[leaf_index])
        wanted.add(
            (
                position(origin_id, leaf_index),
                origin_id,
                subject,
                revision,
                kind,
                sum(1 << audience for audience, _ in entry.parts),
                leaf_hash(log.entries[leaf_index]),
                min(entry.recorded_at_ms, END_OF_9999_MS),
                *(WITHDRAWN if withdrawn else shown),
            )
        )
    assert {tuple(row) for row in rows} == wanted
    rows = tx.execute(select(superseded).where(superseded.c.origin_id == origin_id)).all()
    assert {tuple(row) for row in rows} == {
        (
            position(origin_id, leaf_index),
            origin_id,
            subject,
            revision,
            sum(1 << audience for audience, _ in parse_entry(log.entries[leaf_index]).parts),
            leaf_hash(log.entries[leaf_index]),
        )
        for leaf_index, subject, revision in expected.superseded
    }
    span = (position(origin_id, 0), position(origin_id + 1, 0) - 1)
    found = tx.execute(select(invalid_entry).where(invalid_entry.c.position.between(*span)))
    assert {split_position(place)[1]: reason for place, reason in found} == expected.invalid
