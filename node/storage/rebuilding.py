"""Rebuilding the catalogue from the stored logs, when another version of the fold built it.

Which platform's number an erased record stands for is told by its PUBLIC part alone: where that was
destroyed, it is kept from the tables as they were. Else the platform's next import would publish
the same listing a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, true, update

from federation.log.batch import VerifiedBatch
from federation.log.entry import Audience, scan_entries
from federation.log.errors import YdxError
from federation.log.merkle import CompactRange, leaf_hashes
from federation.records.facets import RecordState, entry_facets
from federation.records.fold import FOLD_VERSION
from node.storage import logs, mirrors, parts, sources
from node.storage.folding import fold_batch
from node.storage.positions import PART_BITS, position
from node.storage.schema import (
    catalogue,
    erased,
    invalid_entry,
    meta,
    mirror,
    part,
    sealed,
    source,
    superseded,
)

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

RUN: Final = 512
_KEY: Final = "fold_version"
_HIDDEN: Final = (
    select(catalogue.c.subject)
    .join(mirror, mirror.c.origin_id == catalogue.c.origin_id)
    .where(mirror.c.is_own == true(), catalogue.c.state == RecordState.HIDDEN.value)
)
"""The live own records of which no PUBLIC part is shown."""


def rebuild_if_stale(tx: Transaction) -> bool:
    """Fold every log again if the catalogue is not of this FOLD_VERSION; return whether it was not.

    Erased parts whose bytes are not destroyed yet go back to the others first, so that the
    catalogue is what this version would have made of the logs.
    """
    built_by = tx.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar()
    if built_by == str(FOLD_VERSION):
        return False
    kept = select(erased.c.part_id, erased.c.audience, erased.c.content)
    tx.execute(
        insert(part).from_select(list(part.columns), kept.where(erased.c.content.is_not(None)))
    )
    hidden = select(source).where(source.c.subject.in_(_HIDDEN))
    numbers = [tuple(row) for row in tx.execute(hidden)]
    for table in (catalogue, superseded, erased, invalid_entry, source, sealed):
        tx.execute(delete(table))
    for row in mirrors.every(tx):
        for first in range(0, row.visible_size, RUN):
            run = stored_run(tx, row, first, min(first + RUN, row.visible_size))
            fold_batch(tx, row.origin_id, run, is_own=row.is_own)
    still_hidden = {row[0] for row in tx.execute(_HIDDEN)} if numbers else set()
    for platform, number, subject in numbers:
        if subject in still_hidden and sources.find(tx, platform, number) is None:
            sources.replace(tx, [subject], [(platform, number, subject)])
    tx.execute(update(meta).where(meta.c.key == _KEY).values(value=str(FOLD_VERSION)))
    return True


def check_fold(tx: Transaction) -> None:
    """Refuse a catalogue of another FOLD_VERSION: DATABASE_NEWER, DATABASE_OLDER."""
    built_by = int(tx.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar_one())
    if built_by != FOLD_VERSION:
        reason = "DATABASE_NEWER" if built_by > FOLD_VERSION else "DATABASE_OLDER"
        raise YdxError(reason, f"the catalogue was built by version {built_by} of the fold")


def stored_run(tx: Transaction, row: mirrors.Mirror, first: int, end: int) -> VerifiedBatch:
    """Read entries back in the shape in which they were folded when they came."""
    entries = logs.entries(tx, row.origin_id, first, end)
    contents: list[bytes | None] = [None] * len(entries)
    base = position(row.origin_id, first)
    for place, audience, wire in parts.of_range(tx, row.origin_id, first, end):
        if audience == Audience.PUBLIC:
            contents[(place >> PART_BITS) - base] = parts.content_of(wire)
    scanned = scan_entries(entries)
    return VerifiedBatch(
        origin=row.origin,
        first_leaf_index=first,
        entries=entries,
        leaf_hashes=leaf_hashes(entries),
        scanned=scanned,
        parts=(),  # they are stored already, and so are the bytes and sizes of the log
        facets=[
            entry_facets(kind, operation, content)
            for (_, kind, operation, *_), content in zip(scanned, contents, strict=True)
        ],
        compact_range=CompactRange(),
        tile_hashes=(),
    )
