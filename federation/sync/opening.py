"""Opening a batch: what each of its records says, looked at one by one.

The part of a mirror's work (its rules 4 and 5) that needs no more than the batch itself, so that it
may be done anywhere:

- Parts and marks come one for every part of every entry (MALFORMED_FRAME). What came is held
  against its commitment: a part that does not open is dropped and wanted, and the batch stands; one
  that opens but belongs elsewhere is void for ever.
- A NAMED part that opens and does not name the reader is withheld, whoever sent it: it is dropped,
  neither kept nor asked for. Who sent it told what it must not.
- Marks are claims. WITHHELD is normal for ORIGIN parts, and for NAMED parts when their owner says
  so; another relay may just not hold them, so the owner is asked once. What else came without
  content is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from federation.log.batch import Absence, Facets
from federation.log.entry import Audience, ScannedEntry, scan_entries
from federation.log.errors import Refused
from federation.log.merkle import leaf_hashes
from federation.log.part import DOMAIN, MAX_PART_BYTES, content_at, open_named
from federation.records.facets import entry_facets
from federation.sync.frames import Batch, PartMark

# Plain names for the hot loop.
_PUBLIC, _NAMED, _ORIGIN = Audience.PUBLIC.value, Audience.NAMED.value, Audience.ORIGIN.value
_WANTED, _VOID = Absence.WANTED, Absence.VOID


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
    stray_parts: int = 0
    """How many NAMED parts came that do not name the reader: whoever sent them is wrong."""


def open_batch(origin: str, batch: Batch, reader: str, *, from_owner: bool) -> Opened:
    """Hold every part against its commitment and its place, and read what is shown. Hot.

    `reader` is the member that takes the batch in; `from_owner` tells whether the origin's own node
    sent it. Refuses MALFORMED_FRAME.
    """
    scanned = scan_entries(batch.entries)
    wires = batch.parts
    _check_counts(batch, scanned)
    leaf_index, at, dropped_parts = batch.first_leaf_index, 0, 0
    parts: list[bytes] = list(wires)
    named: list[_Named] = []
    shown: list[Facets] = []
    absences: dict[tuple[int, int], Absence] = {}
    for _, kind, operation, subject, revision, commitments in scanned:
        content = absence = None
        for part_number, (audience, commitment) in enumerate(commitments):
            wire = wires[at]
            if audience == _ORIGIN:  # nobody sends them
                parts[at] = b""
            elif audience == _NAMED:
                named.append(_Named(leaf_index, part_number, at, commitment))
            elif not wire:
                absence = _WANTED
            elif sha256(DOMAIN + wire).digest() != commitment or len(wire) > MAX_PART_BYTES:
                dropped_parts += 1
                absence = _WANTED
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
    opened = Opened(leaf_hashes(batch.entries), scanned, parts, shown, absences, dropped_parts)
    return _open_named(opened, batch, named, origin, reader, from_owner=from_owner)


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


class _Named(NamedTuple):
    """A NAMED part: its place in the log, and in the batch's parts."""

    leaf_index: int
    part_number: int
    at: int
    commitment: bytes


def _open_named(
    opened: Opened,
    batch: Batch,
    named: Sequence[_Named],
    origin: str,
    reader: str,
    *,
    from_owner: bool,
) -> Opened:
    """Return the batch with its NAMED parts, if it has any, looked at."""
    if not named:
        return opened
    parts, absences = list(opened.parts), dict(opened.absences)
    dropped_parts, stray_parts = opened.dropped_parts, 0
    counted_to = mark = 0
    for one in named:
        mark += batch.parts[counted_to : one.at].count(b"")
        counted_to = one.at
        wire = batch.parts[one.at]
        absence: Absence | None = _WANTED
        if wire:
            absence = _named_absence(wire, one, origin, reader)
            dropped_parts += absence is _WANTED
            stray_parts += absence is Absence.WITHHELD
        elif from_owner and batch.marks[mark] == PartMark.WITHHELD:
            absence = None
        if absence is not None:
            parts[one.at] = b""
            absences[one.leaf_index, one.part_number] = absence
    return replace(
        opened,
        parts=parts,
        absences=absences,
        dropped_parts=dropped_parts,
        stray_parts=stray_parts,
    )


def _named_absence(wire: bytes, one: _Named, origin: str, reader: str) -> Absence | None:
    """Return why a NAMED part that came is not kept; None if it is."""
    try:
        header, _ = open_named(wire, one.commitment, origin, one.part_number)
    except Refused as refusal:
        return _VOID if refusal.reason == "PART_MISPLACED" else _WANTED
    return None if header.names(reader) else Absence.WITHHELD
