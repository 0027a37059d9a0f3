"""Opening a batch: what each of its records says, looked at one by one.

The part of a mirror's work (its rules 4 and 5) that needs no more than the batch itself, so that it
may be done anywhere:

- Parts and marks come one for every part of every entry (MALFORMED_FRAME). What came is held
  against its commitment: a part that does not open is dropped and wanted, and the batch stands; one
  that opens but belongs elsewhere is void for ever.
- Marks are claims. WITHHELD is normal for ORIGIN parts, and for NAMED parts when their owner says
  so; another relay may just not hold them, so the owner is asked once. What else came without
  content is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from federation.log.batch import Absence, Facets
from federation.log.entry import Audience, ScannedEntry, scan_entries
from federation.log.errors import Refused
from federation.log.merkle import leaf_hashes
from federation.log.part import DOMAIN, MAX_PART_BYTES, content_at, open_named
from federation.records.facets import entry_facets
from federation.sync.frames import Batch

# Plain names for the hot loop.
_PUBLIC, _NAMED, _ORIGIN = Audience.PUBLIC.value, Audience.NAMED.value, Audience.ORIGIN.value
_WANTED, _VOID = Absence.WANTED, Absence.VOID
# What it means that a part of an audience came without content; None is normal.
_ABSENT_AT_A_RELAY = {_PUBLIC: _WANTED, Audience.MEMBERS.value: _WANTED, _NAMED: _WANTED}
_ABSENT = _ABSENT_AT_A_RELAY | {_NAMED: None}


@dataclass(frozen=True, slots=True)
class Opened:
    """A batch whose records were looked at; the fields are those of `VerifiedBatch`."""

    leaf_hashes: Sequence[bytes]
    scanned: Sequence[ScannedEntry]
    parts: Sequence[bytes]
    facets: Sequence[Facets]
    absences: dict[tuple[int, int], Absence]
    dropped_parts: int
    """How many parts did not open: whoever sent them is wrong."""


def open_batch(origin: str, batch: Batch, *, from_owner: bool) -> Opened:
    """Hold every part against its commitment and its place, and read what is shown. Hot.

    `from_owner` tells whether the origin's own node sent the batch. Refuses MALFORMED_FRAME.
    """
    scanned = scan_entries(batch.entries)
    wires = batch.parts
    _check_counts(batch, scanned)
    leaf_index, at, dropped_parts = batch.first_leaf_index, 0, 0
    absent = _ABSENT if from_owner else _ABSENT_AT_A_RELAY
    parts: list[bytes] = list(wires)
    shown: list[Facets] = []
    absences: dict[tuple[int, int], Absence] = {}
    for _, kind, operation, subject, revision, commitments in scanned:
        content = absence = None
        for part_number, (audience, commitment) in enumerate(commitments):
            wire = wires[at]
            if audience == _ORIGIN:  # nobody sends them
                parts[at] = b""
            elif not wire:
                absence = absent[audience]
            elif sha256(DOMAIN + wire).digest() != commitment or len(wire) > MAX_PART_BYTES:
                dropped_parts += 1
                absence = _WANTED
            elif audience == _NAMED:
                absence = None if _named_fits(wire, commitment, origin, part_number) else _VOID
            else:
                found = content_at(wire, origin, subject, revision, part_number, audience)
                if found is None:
                    absence = _VOID
                elif audience == _PUBLIC:
                    content = found
            if absence is not None:
                parts[at] = b""
                absences[leaf_index, part_number] = absence
                absence = None
            at += 1
        shown.append(entry_facets(kind, operation, content))
        leaf_index += 1
    return Opened(leaf_hashes(batch.entries), scanned, parts, shown, absences, dropped_parts)


def _check_counts(batch: Batch, scanned: Sequence[ScannedEntry]) -> None:
    marks = batch.marks
    if len(batch.parts) != sum([len(entry[5]) for entry in scanned]):
        raise Refused("MALFORMED_FRAME", "the batch has not one element for every part")
    if len(marks) != batch.parts.count(b""):
        raise Refused(
            "MALFORMED_FRAME", "the batch has not one mark for every part without content"
        )
    if not {1, 2, 3}.issuperset(marks):
        raise Refused("MALFORMED_FRAME", "a mark says nothing")


def _named_fits(wire: bytes, commitment: bytes, origin: str, part_number: int) -> bool:
    try:
        open_named(wire, commitment, origin, part_number)
    except Refused:
        return False
    return True
