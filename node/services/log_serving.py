"""Serving logs to other members: the own one and every mirrored one, alike.

- A stream leads to the largest note whose size our copy has. Batches are cut at multiples of 512
  entries, and earlier where they would weigh more than 1 MiB.
- PUBLIC and MEMBERS parts go to every member, NAMED ones to those that their header names and to
  their owner, ORIGIN ones to nobody. What is not sent is marked for what it is.
- A part that an ERASE entry names is not served from the moment that the entry is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from federation.log.batch import Absence
from federation.log.entry import Audience, ScannedEntry, scan_entries
from federation.log.errors import Refused
from federation.log.part import SALT_BYTES, parse_payload
from federation.sync.frames import (
    BATCH_BYTES_MAX,
    BATCH_ENTRIES_MAX,
    Batch,
    FetchedPart,
    PartMark,
    PartPlace,
)
from federation.trust.registry import Registry
from node.services.copies import Copies
from node.services.heads import HeadBoard
from node.storage import logs, mirrors, parts
from node.storage.database import Database
from node.storage.positions import part_id
from node.storage.transaction import Transaction

_RESPONSE_BYTES_MAX: Final = 2 * 1024 * 1024
_MARKS: Final = {Absence.WITHHELD: PartMark.WITHHELD, Absence.ERASED: PartMark.ERASED}


class LogServer:
    """Reads logs for members. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        board: HeadBoard,
        copies: Copies,
        registry: Callable[[], Registry],
    ) -> None:
        self._database = database
        self._board = board
        self._copies = copies
        self._registry = registry

    def read_log(self, origin: str, from_size: int, caller: str) -> Iterator[bytes | Batch]:
        """Yield the target note, then batches; refuses UNKNOWN_ORIGIN, HEAD_NOT_GROWING."""
        reached = self._board.origin(origin).reached
        if reached is None or reached[1].tree_size < from_size:
            raise Refused(
                "HEAD_NOT_GROWING", "this member has not so much of the log", origin=origin
            )
        note, target = reached
        yield note
        at = from_size
        while at < target.tree_size:
            end = min(at - at % BATCH_ENTRIES_MAX + BATCH_ENTRIES_MAX, target.tree_size)
            batch = self._batch(origin, at, end, target.tree_size, caller)
            yield batch
            at += len(batch.entries)

    def fetch_parts(self, places: Sequence[PartPlace], caller: str) -> list[FetchedPart]:
        """Return what the caller may see of some parts, cut short at 2 MiB."""
        fetched: list[FetchedPart] = []
        size_bytes = 0
        with self._database.read() as tx:
            for place in places:
                one = self._fetch(tx, place, caller)
                size_bytes += len(one.content)
                if fetched and size_bytes > _RESPONSE_BYTES_MAX:
                    break
                fetched.append(one)
        return fetched

    def _batch(self, origin: str, start: int, end: int, target_size: int, caller: str) -> Batch:
        with self._database.read() as tx:
            origin_id = mirrors.get(tx, origin).origin_id
            entries = logs.entries(tx, origin_id, start, end)
            held = parts.of_range(tx, origin_id, start, end)
            scanned = scan_entries(entries)
            wires, marks, count = self._lay_out(
                tx, origin, origin_id, start, entries, scanned, held, caller
            )
        proof = self._copies.consistency_proof(origin, start + count, target_size)
        return Batch(start, entries[:count], wires, marks, proof)

    def _lay_out(
        self,
        tx: Transaction,
        origin: str,
        origin_id: int,
        start: int,
        entries: Sequence[bytes],
        scanned: Sequence[ScannedEntry],
        held: Sequence[tuple[int, int, bytes]],
        caller: str,
    ) -> tuple[list[bytes], list[int], int]:
        """Return parts, marks and the number of entries that fit one batch. Hot."""
        contents = {place: wire for place, audience, wire in held if audience != Audience.ORIGIN}
        wires: list[bytes] = []
        marks: list[int] = []
        size_bytes = 0
        for count, entry in enumerate(scanned):
            row = []
            place = part_id(origin_id, start + count, 0)
            for part_number, (audience, _) in enumerate(entry[5]):
                wire = contents.get(place + part_number, b"")
                if wire and audience == Audience.NAMED and not self._names(origin, wire, caller):
                    wire = b""
                row.append(wire)
            size_bytes += len(entries[count]) + sum(map(len, row))
            if count and size_bytes > BATCH_BYTES_MAX:
                return wires, marks, count
            for part_number, wire in enumerate(row):
                if not wire:
                    audience = entry[5][part_number][0]
                    mark = _mark(tx, origin_id, start + count, part_number, audience)
                    marks.append(mark)
            wires += row
        return wires, marks, len(entries)

    def _fetch(self, tx: Transaction, place: PartPlace, caller: str) -> FetchedPart:
        row = mirrors.find(tx, place.origin)
        entry = (
            logs.entry(tx, row.origin_id, place.leaf_index)
            if row is not None and place.leaf_index < row.verified_size
            else None
        )
        commitments = scan_entries([entry])[0][5] if entry is not None else ()
        if row is None or place.part_number >= len(commitments):
            return FetchedPart(b"", PartMark.MISSING)
        audience = commitments[place.part_number][0]
        wire = parts.find(tx, row.origin_id, place.leaf_index, place.part_number)
        if (
            wire is None
            or audience == Audience.ORIGIN
            or (audience == Audience.NAMED and not self._names(place.origin, wire, caller))
        ):
            mark = _mark(tx, row.origin_id, place.leaf_index, place.part_number, audience)
            return FetchedPart(b"", mark)
        return FetchedPart(wire, None)

    def _names(self, origin: str, wire: bytes, caller: str) -> bool:
        """Tell whether a NAMED part may be seen by the caller."""
        if self._registry().member_of_origin(origin).name == caller:
            return True
        return caller in parse_payload(wire[SALT_BYTES:])[0].named


def _mark(
    tx: Transaction, origin_id: int, leaf_index: int, part_number: int, audience: int
) -> PartMark:
    if audience == Audience.ORIGIN:
        return PartMark.WITHHELD
    absence = parts.absence(tx, origin_id, leaf_index, part_number)
    if absence is Absence.WITHHELD and audience != Audience.NAMED:
        return PartMark.MISSING
    return _MARKS.get(absence, PartMark.MISSING)
