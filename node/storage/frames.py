"""Reading a log back in the shape in which it is served to other members (ReadLog).

Cut at multiples of 512 records, or before 1 MiB; one larger record travels alone. Parts stand in
the order of the entries; one that is not given has a mark: ERASED where an ERASE entry names it,
WITHHELD for ORIGIN parts and for NAMED ones that the reader may not see, MISSING where it is not
held.

Of another's log a NAMED part that is not given is always marked WITHHELD: a mark that told whether
it is held here would tell whether it names us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, select

from federation.log.entry import Audience, scan_entries
from federation.sync.frames import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, PartMark
from node.storage import logs, parts
from node.storage.positions import part_id
from node.storage.schema import erased
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.storage.transaction import Transaction

_ERASED: Final = Statement(
    select(erased.c.part_id).where(erased.c.part_id.between(bindparam("first"), bindparam("last"))),
    "first",
    "last",
)
_NAMED: Final = Audience.NAMED.value
_ORIGIN: Final = Audience.ORIGIN.value
_WITHHELD: Final = PartMark.WITHHELD.value


class StoredFrame(NamedTuple):
    """Consecutive records: entries, one element a part (b"" where a mark stands), the marks."""

    first_leaf_index: int
    entries: list[bytes]
    parts: list[bytes]
    marks: list[int]

    @property
    def end(self) -> int:
        """Return the leaf index behind the last entry."""
        return self.first_leaf_index + len(self.entries)


def read(
    tx: Transaction,
    origin_id: int,
    first: int,
    end: int,
    may_see_named: Callable[[bytes], bool],
    *,
    is_own: bool,
) -> StoredFrame:
    """Return the frame that begins at `first` and goes no further than `end` - 1.

    `may_see_named` decides on the salt ‖ payload of a NAMED part. `is_own` where it is the own log.
    """
    end = min(end, (first // BATCH_ENTRIES_MAX + 1) * BATCH_ENTRIES_MAX)
    entries = logs.entries(tx, origin_id, first, end)
    held = {place: wire for place, _, wire in parts.of_range(tx, origin_id, first, end)}
    place = part_id(origin_id, first, 0)
    gone = {row[0] for row in tx.all(_ERASED, (place, part_id(origin_id, end, 0) - 1))}
    wires: list[bytes] = []
    marks: list[int] = []
    size_bytes = 0
    for at, (entry, scanned) in enumerate(zip(entries, scan_entries(entries), strict=True)):
        record = [held.get(place + n, b"") for n in range(len(scanned[5]))]
        record_marks = []
        for n, (audience, _) in enumerate(scanned[5]):
            wire = record[n]
            if audience == _ORIGIN:  # one a record
                record[n] = b""
                record_marks.append(_WITHHELD)
            elif not wire or (audience == _NAMED and not may_see_named(wire)):
                record[n] = b""
                is_erased = place + n in gone
                said = mark(audience, is_erased=is_erased, is_held=bool(wire), is_own=is_own)
                record_marks.append(said)
        size_bytes += len(entry) + sum(map(len, record))
        if size_bytes > BATCH_BYTES_MAX and at:
            return StoredFrame(first, entries[:at], wires, marks)
        wires += record
        marks += record_marks
        place += 8
    return StoredFrame(first, entries, wires, marks)


def mark(audience: int, *, is_erased: bool, is_held: bool, is_own: bool) -> PartMark:
    """Return the mark of a part that is not given, whether it is held or not."""
    if audience == _ORIGIN:
        return PartMark.WITHHELD
    if is_erased:
        return PartMark.ERASED
    if audience == _NAMED and (is_held or not is_own):
        return PartMark.WITHHELD
    return PartMark.MISSING
