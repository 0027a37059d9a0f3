"""Which listings each leaf of the change feed touches.

- An entry of a listing touches that listing, whether it advances it or not: who looks it up in the
  catalogue sees what stands. An ERASE entry touches every listing of its own log of which it names
  a part.
- That goes for leaves however they arrive: with their batch, once more with a part that came late,
  hidden by a freeze, shown again by a thaw. So a listing is touched by every change of what the
  catalogue shows of it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.entry import KIND_ERASE, KIND_LISTING, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.records.codec_body import parse_erase
from node.storage import logs, mirrors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from node.storage.arrivals import Arrival, ArrivalKind
    from node.storage.transaction import Transaction


_ERASURES_AT_A_TIME: Final = 64
"""Each may name thousands of leaves."""


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
        erasing = [at for at, one in enumerate(scanned) if one[1] == KIND_ERASE]
        erased: dict[int, list[int]] = {}
        for at, one in enumerate(scanned):
            place, leaf_index = run.position + at, run.first_leaf_index + at
            if one[1] == KIND_LISTING:
                yield Touch(place, kind, origin_id, leaf_index, one[3], is_erasure=False)
            elif one[1] == KIND_ERASE:
                if at not in erased:
                    some, erasing = erasing[:_ERASURES_AT_A_TIME], erasing[_ERASURES_AT_A_TIME:]
                    origin, first = origins[origin_id], run.first_leaf_index
                    erased = {n: _erased_leaves(entries[n], origin, first + n) for n in some}
                    listings = _listings(tx, origin_id, erased.values())
                subjects = dict.fromkeys(listings[leaf] for leaf in erased[at] if leaf in listings)
                for subject in subjects:
                    yield Touch(place, kind, origin_id, leaf_index, subject, is_erasure=True)


def first_touches(
    tx: Transaction, runs: Sequence[Arrival], most: int
) -> tuple[list[Touch], list[Arrival]]:
    """Return what the first leaves of runs touch, and these leaves.

    They touch about `most` at most: the last of them is the one that comes to it.
    """
    found: list[Touch] = []
    for touch in touches(tx, runs):
        if len(found) >= most and touch.position > found[-1].position:
            end = touch.position
            return found, [
                replace(run, count=min(run.count, end - run.position))
                for run in runs
                if run.position < end
            ]
        found.append(touch)
    return found, list(runs)


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
