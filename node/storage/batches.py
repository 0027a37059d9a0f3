"""Storing a verified batch: bytes, parts, catalogue and sizes, all in the caller's transaction.

The same for a mirror's batch and for what this node appends to its own log. Who calls it has
checked everything (see `federation.log.batch`); here only the place is compared: a batch goes
exactly behind what is stored, so a second writer of the same log cannot get in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select, update

from federation.log.batch import Absence
from federation.log.errors import YdxError
from node.storage import arrivals, logs, mirrors
from node.storage.failpoint import failpoint
from node.storage.folding import fold_batch
from node.storage.positions import MAX_LEAVES, part_id
from node.storage.rebuilding import stored_run
from node.storage.schema import mirror, part, void_part, wanted_part
from node.storage.statement import Statement

if TYPE_CHECKING:
    from federation.log.batch import VerifiedBatch
    from node.storage.transaction import Transaction

_PLACE: Final = Statement(
    select(mirror.c.origin_id, mirror.c.is_own, mirror.c.verified_size, mirror.c.frozen_size).where(
        mirror.c.origin == bindparam("which")
    ),
    "which",
)
_ADVANCE: Final = Statement(
    update(mirror)
    .where(mirror.c.origin_id == bindparam("which"), mirror.c.verified_size == bindparam("seen"))
    .values(
        verified_size=bindparam("size"),
        verified_root=bindparam("root"),
        compact_range=bindparam("range"),
        used_bytes=mirror.c.used_bytes + bindparam("more"),
    ),
    "size",
    "root",
    "range",
    "more",
    "which",
    "seen",
)


def apply(tx: Transaction, batch: VerifiedBatch) -> None:
    """Store a batch behind what is held of its log, and fold what a freeze does not hide of it.

    The origin must have a row (`mirrors.add`). Raises UNKNOWN_ORIGIN, BATCH_OUT_OF_PLACE, and
    QUOTA_EXCEEDED at 2^40 entries.
    """
    found = tx.one(_PLACE, (batch.origin,))
    if found is None:
        raise YdxError("UNKNOWN_ORIGIN", "no log of this origin is held", origin=batch.origin)
    origin_id, is_own, size, frozen_size = found
    stage = "append" if is_own else "ingest"
    if size != batch.first_leaf_index:
        raise YdxError(
            "BATCH_OUT_OF_PLACE",
            "the batch does not go behind what is stored",
            first_leaf_index=str(batch.first_leaf_index),
            verified_size=str(size),
        )
    if batch.end > MAX_LEAVES:
        raise YdxError("QUOTA_EXCEEDED", "a log has at most 2^40 entries here")
    failpoint(f"{stage}.before_write")
    logs.append(tx, origin_id, size, batch.entries, batch.tile_hashes)
    _insert_parts(tx, origin_id, batch)
    _insert_absences(tx, origin_id, batch)
    if frozen_size is None or batch.end <= frozen_size:
        fold_batch(tx, origin_id, batch, is_own=bool(is_own))
    elif size < frozen_size:
        run = stored_run(tx, mirrors.get(tx, batch.origin), size, frozen_size)
        fold_batch(tx, origin_id, run, is_own=bool(is_own))
    arrivals.add(tx, origin_id, size, len(batch.entries))
    _advance(tx, origin_id, batch)
    failpoint(f"{stage}.before_commit")
    tx.on_commit(lambda: failpoint(f"{stage}.after_commit"))


def _insert_parts(tx: Transaction, origin_id: int, batch: VerifiedBatch) -> None:
    rows = []
    wires = iter(batch.parts)
    place = part_id(origin_id, batch.first_leaf_index, 0)
    for entry in batch.scanned:
        number = place
        for audience, _ in entry[5]:
            wire = next(wires)
            if wire:
                rows.append((number, audience, wire))
            number += 1
        place += 8
    if rows:
        tx.insert_rows(part, rows)


def _insert_absences(tx: Transaction, origin_id: int, batch: VerifiedBatch) -> None:
    wanted, void = [], []
    for (leaf_index, part_number), absence in batch.absences.items():
        if absence is Absence.WANTED:
            commitments = batch.scanned[leaf_index - batch.first_leaf_index][5]
            place = part_id(origin_id, leaf_index, part_number)
            wanted.append((place, commitments[part_number][0], 0, 0.0, 0))
        elif absence is Absence.VOID:
            void.append((part_id(origin_id, leaf_index, part_number),))
    if wanted:
        tx.insert_rows(wanted_part, wanted)
    if void:
        tx.insert_rows(void_part, void)


def _advance(tx: Transaction, origin_id: int, batch: VerifiedBatch) -> None:
    values = (
        batch.end,
        batch.compact_range.root(),
        batch.compact_range.to_bytes(),
        sum(map(len, batch.entries)) + sum(map(len, batch.parts)),
        origin_id,
        batch.first_leaf_index,
    )
    if tx.run(_ADVANCE, values) != 1:
        raise AssertionError("one transaction writes at a time")
