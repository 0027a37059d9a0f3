"""Which listings each leaf of the change feed touches.

- An entry of a listing touches that listing, whether it advances it or not: who looks it up in the
  catalogue sees what stands. An ERASE entry touches every listing of its own log of which it names
  a part.
- That goes for leaves however they arrive: with their batch, once more with a part that came late,
  hidden by a freeze, shown again by a thaw. So a listing is touched by every change of what the
  catalogue shows of it.
"""

from __future__ import annotations

from itertools import chain
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
    origins = mirrors.names(tx)
    for run in runs:
        kind, origin_id = run.kind, run.origin_id
        end = run.first_leaf_index + run.count
        entries = logs.entries(tx, origin_id, run.first_leaf_index, end)
        scanned = scan_entries(entries)
        erased = {
            at: _erased_leaves(entries[at], origins[origin_id], run.first_leaf_index + at)
            for at, one in enumerate(scanned)
            if one[1] == KIND_ERASE
        }
        listings = _listings(tx, origin_id, erased.values())
        for at, one in enumerate(scanned):
            place, leaf_index = run.position + at, run.first_leaf_index + at
            if one[1] == KIND_LISTING:
                yield Touch(place, kind, origin_id, leaf_index, one[3], is_erasure=False)
            elif one[1] == KIND_ERASE:
                subjects = dict.fromkeys(listings[leaf] for leaf in erased[at] if leaf in listings)
                for subject in subjects:
                    yield Touch(place, kind, origin_id, leaf_index, subject, is_erasure=True)


def _erased_leaves(entry: bytes, origin: str, leaf_index: int) -> list[int]:
    """Return the leaves of its own log of which an ERASE entry names a part."""
    try:
        lines = parse_erase(parse_entry(entry).body)
    except Refused:
        return []
    return [
        line.leaf_index for line in lines if line.origin == origin and line.leaf_index < leaf_index
    ]


def _listings(tx: Transaction, origin_id: int, named: Iterable[Iterable[int]]) -> dict[int, bytes]:
    """Return the subjects of those leaves of a log that are of listings, all in few statements."""
    found: dict[int, bytes] = {}
    for leaf_index, entry in logs.some(tx, origin_id, set(chain.from_iterable(named))):
        (scanned,) = scan_entries([entry])
        if scanned[1] == KIND_LISTING:
            found[leaf_index] = scanned[3]
    return found
