"""Which listings each leaf of the change feed touches.

- An entry of a listing touches that listing, whether it advances it or not: who looks it up in the
  catalogue sees what stands. An ERASE entry touches every listing of its own log of which it names
  a part.
- That goes for leaves however they arrive: with their batch, once more with a part that came late,
  hidden by a freeze, shown again by a thaw. So a listing is touched by every change of what the
  catalogue shows of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from federation.log.entry import KIND_ERASE, KIND_LISTING, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.records.codec_body import parse_erase
from node.storage import logs, mirrors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from node.storage.arrivals import Arrival, ArrivalKind
    from node.storage.transaction import Transaction


class Touch(NamedTuple):
    """The leaf at a feed position, and a listing that it touches."""

    position: int
    kind: ArrivalKind
    origin_id: int
    leaf_index: int
    subject: bytes
    is_erasure: bool


def touches(tx: Transaction, runs: Iterable[Arrival]) -> Iterator[Touch]:
    """Yield what the leaves of runs touch, in order. Hot."""
    for run in runs:
        kind, origin_id = run.kind, run.origin_id
        end = run.first_leaf_index + run.count
        entries = logs.entries(tx, origin_id, run.first_leaf_index, end)
        for at, scanned in enumerate(scan_entries(entries)):
            place, leaf_index = run.position + at, run.first_leaf_index + at
            if scanned[1] == KIND_LISTING:
                yield Touch(place, kind, origin_id, leaf_index, scanned[3], is_erasure=False)
            elif scanned[1] == KIND_ERASE:
                for subject in _erased_subjects(tx, origin_id, entries[at]):
                    yield Touch(place, kind, origin_id, leaf_index, subject, is_erasure=True)


def _erased_subjects(tx: Transaction, origin_id: int, entry: bytes) -> Iterator[bytes]:
    """Yield the listings of which an ERASE entry erases something."""
    try:
        lines = parse_erase(parse_entry(entry).body)
    except Refused:
        return
    own = {row.origin: row.origin_id for row in mirrors.every(tx)}
    for line in lines:
        if own.get(line.origin) != origin_id:
            continue
        found = logs.entry(tx, origin_id, line.leaf_index)
        scanned = scan_entries([found])[0] if found is not None else None
        if scanned is not None and scanned[1] == KIND_LISTING:
            yield scanned[3]
