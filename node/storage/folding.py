"""Writing the catalogue: the fold of `federation.records.fold`, batch by batch.

First entries of records go in without a look at what stands there. Only an origin that writes a
second first entry for a subject makes the index refuse them; then the same batch is folded again
with every subject looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, delete, select

from federation.log.entry import RECORD_KINDS, Operation, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.records.codec_body import parse_erase
from federation.records.facets import RECORDED_AT_MS_MAX, RecordState
from federation.records.fold import Folded, Standing, can_be_erased, fold
from node.storage import citing, logs, parts, sealed_folding, sources
from node.storage.positions import part_id, position
from node.storage.schema import catalogue, invalid_entry, superseded
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from federation.log.batch import VerifiedBatch
    from federation.log.entry import ScannedEntry
    from node.storage.transaction import Row, Transaction

_LOOKUP_SIZES: Final = (1, 16, 256)
_PUT: Final = Operation.PUT.value
_WITHDRAWN_STATE: Final = RecordState.WITHDRAWN.value
# Where a record entry with a revision of one byte tells its time, as a varint.
_ONE_BYTE_MAX: Final = 127
_TIME_AT: Final = 26
_TIME_TAG: Final = 0x30
_TIME_END: Final = _TIME_AT + 7


def _lookup_of(count: int) -> Statement:
    names = [f"subject_{i}" for i in range(count)]
    columns = catalogue.c
    query = select(
        columns.subject,
        columns.position,
        columns.revision,
        columns.kind,
        columns.state,
        columns.audiences,
        columns.leaf_hash,
    ).where(
        columns.origin_id == bindparam("origin_id"),
        columns.subject.in_([bindparam(name) for name in names]),
    )
    return Statement(query, "origin_id", *names)


_LOOKUPS: Final = [(count, _lookup_of(count)) for count in _LOOKUP_SIZES]
_DELETE: Final = Statement(
    delete(catalogue).where(catalogue.c.position == bindparam("position")), "position"
)


class _Stored(NamedTuple):
    """What the catalogue has of a record."""

    position: int
    revision: int
    kind: int
    state: int
    audiences: int
    leaf_hash: bytes


def fold_batch(tx: Transaction, origin_id: int, batch: VerifiedBatch, *, is_own: bool) -> None:
    """Fold a batch whose entries and parts are stored already."""
    later = {
        subject
        for _, kind, operation, subject, revision, _ in batch.scanned
        if (revision != 1 or operation != _PUT) and kind in RECORD_KINDS
    }
    stored = _look_up(tx, origin_id, later)
    folded = _fold(batch, stored)
    rows = _catalogue_rows(origin_id, batch, folded)
    if not _replace(tx, folded, stored, rows):
        subjects = {entry[3] for entry in batch.scanned if entry[1] in RECORD_KINDS}
        stored |= _look_up(tx, origin_id, subjects - later)  # the rows of `later` are gone by now
        folded = _fold(batch, stored)
        rows = _catalogue_rows(origin_id, batch, folded)
        if not _replace(tx, folded, stored, rows):
            raise AssertionError("every subject was looked up")
    _insert_superseded(tx, origin_id, batch, folded, stored)
    if folded.sealed:
        base = position(origin_id, batch.first_leaf_index)
        span = (base + folded.sealed[0], base + folded.sealed[-1])
        sealed_folding.fold(tx, *span)
        citing.want_cited(tx, *span)
    invalid = folded.invalid + _erase(tx, origin_id, batch, folded.erasing)
    if invalid:
        base = position(origin_id, batch.first_leaf_index)
        tx.insert_rows(invalid_entry, sorted((base + at, reason) for at, reason in invalid))
    if is_own:
        gone = [subject for subject in folded.latest if subject in stored]
        sources.replace(tx, gone, list(_sources(rows)))


def show_again(tx: Transaction, origin_id: int, run: VerifiedBatch, *, is_own: bool) -> None:
    """Show a record as the only entry of a run left it, in place of what the catalogue had."""
    subject = run.scanned[0][3]
    rows = _catalogue_rows(origin_id, run, Folded(latest={subject: 0}))
    tx.insert_rows(catalogue, rows)
    if is_own:
        sources.replace(tx, [subject], list(_sources(rows)))


def _look_up(tx: Transaction, origin_id: int, subjects: Collection[bytes]) -> dict[bytes, _Stored]:
    """Return what the catalogue has of the subjects."""
    stored: dict[bytes, _Stored] = {}
    waiting = sorted(subjects)
    while waiting:
        size, statement = next((one for one in _LOOKUPS if one[0] >= len(waiting)), _LOOKUPS[-1])
        asked, waiting = waiting[:size], waiting[size:]
        asked += [asked[-1]] * (size - len(asked))
        for subject, *row in tx.all(statement, (origin_id, *asked)):
            stored[subject] = _Stored(*row)
    return stored


def _fold(batch: VerifiedBatch, stored: dict[bytes, _Stored]) -> Folded:
    standings = {
        subject: Standing(row.kind, row.revision, row.state == _WITHDRAWN_STATE)
        for subject, row in stored.items()
    }
    return fold(batch.first_leaf_index, batch.scanned, standings)


def _catalogue_rows(origin_id: int, batch: VerifiedBatch, folded: Folded) -> list[Row]:
    """Return the row of each record that the batch advances, in the order of the log. Hot."""
    base = position(origin_id, batch.first_leaf_index)
    scanned, entries = batch.scanned, batch.entries
    leaf_hashes, facets = batch.leaf_hashes, batch.facets
    rows = []
    for subject, at in folded.latest.items():
        _, kind, _, _, revision, commitments = scanned[at]
        audiences = 0
        for audience, _ in commitments:
            audiences |= 1 << audience
        recorded_at_ms = _recorded_at_ms(entries[at], revision)
        head = (
            base + at,
            origin_id,
            subject,
            revision,
            kind,
            audiences,
            leaf_hashes[at],
            recorded_at_ms,
        )
        rows.append(head + facets[at])
    if folded.passed:
        rows.sort()
    return rows


def _recorded_at_ms(entry: bytes, revision: int) -> int:
    """Return when a well-formed record entry was written, as far as a Timestamp can say it."""
    if revision <= _ONE_BYTE_MAX and len(entry) > _TIME_END and entry[_TIME_AT] == _TIME_TAG:
        a, b, c, d, e, f = entry[_TIME_AT + 1 : _TIME_END]
        if a & b & c & d & e & ~f & 0x80:  # six bytes: from 2004 to 2109
            low = a & 127 | (b & 127) << 7 | (c & 127) << 14
            return low | (d & 127) << 21 | (e & 127) << 28 | f << 35
    return min(parse_entry(entry).recorded_at_ms, RECORDED_AT_MS_MAX)


def _replace(
    tx: Transaction, folded: Folded, stored: dict[bytes, _Stored], rows: list[Row]
) -> bool:
    """Put the new rows in place of the old ones; say whether the index took them."""
    gone = [(stored[subject].position,) for subject in folded.latest if subject in stored]
    if gone:
        tx.run_many(_DELETE, gone)
    return not rows or tx.try_insert_rows(catalogue, rows)


def _insert_superseded(
    tx: Transaction,
    origin_id: int,
    batch: VerifiedBatch,
    folded: Folded,
    stored: dict[bytes, _Stored],
) -> None:
    rows = []
    for subject in folded.latest:
        row = stored.get(subject)
        if row is not None:
            old = (row.position, origin_id, subject, row.revision, row.audiences, row.leaf_hash)
            rows.append(old)
    base = position(origin_id, batch.first_leaf_index)
    for at in folded.passed:
        _, _, _, subject, revision, commitments = batch.scanned[at]
        audiences = sum(1 << audience for audience, _ in commitments)
        rows.append((base + at, origin_id, subject, revision, audiences, batch.leaf_hashes[at]))
    if rows:
        tx.insert_rows(superseded, sorted(rows))


def _erase(
    tx: Transaction, origin_id: int, batch: VerifiedBatch, erasing: Iterable[int]
) -> list[tuple[int, str]]:
    """Do what the ERASE entries say; return those that say nothing well-formed."""
    invalid = []
    for at in erasing:
        leaf_index = batch.first_leaf_index + at
        try:
            lines = parse_erase(parse_entry(batch.entries[at]).body)
        except Refused as refusal:
            invalid.append((at, refusal.reason))
            continue
        for line in lines:
            if line.origin != batch.origin or line.leaf_index >= leaf_index:
                continue
            target = _scanned(tx, origin_id, batch, line.leaf_index)
            if can_be_erased(target, line.part_number):
                place = part_id(origin_id, line.leaf_index, line.part_number)
                audience = target[5][line.part_number][0]
                parts.erase(tx, position(origin_id, leaf_index), place, audience)
    return invalid


def _scanned(
    tx: Transaction, origin_id: int, batch: VerifiedBatch, leaf_index: int
) -> ScannedEntry:
    if leaf_index >= batch.first_leaf_index:
        return batch.scanned[leaf_index - batch.first_leaf_index]
    entry = logs.entry(tx, origin_id, leaf_index)
    if entry is None:
        raise AssertionError("a log has every entry below its size")
    return scan_entries([entry])[0]


def _sources(rows: Iterable[Row]) -> Iterator[tuple[str, str, bytes]]:
    """Yield (platform, number, subject) of the records that a platform may look up."""
    for row in rows:
        platform, number = row[-2:]
        if platform and number:  # neither withdrawn nor hidden
            yield platform, number, row[2]
