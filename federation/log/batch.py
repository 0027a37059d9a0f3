"""A verified batch: consecutive records of one log, checked and ready to be stored.

Made in two places only: by a mirror (`federation.sync.mirror`) from what a peer sent, and by the
sequencer from what this node appends to its own log. Whoever stores one need not check it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from federation.log.entry import ScannedEntry
from federation.log.merkle import CompactRange

Facets: TypeAlias = tuple[int, int, str, str, int, int, str, str, str]
"""What the catalogue shows of a record: see `federation.records.facets`, which reads them.

(state, listing kind, title, region, tech field, TRL, valid until, source platform, source id);
0 and "" stand for what is not said.
"""


class Absence(IntEnum):
    """Why a part of a stored entry has no content here."""

    WITHHELD = 1
    """Normal: a NAMED part that does not name us, or another's ORIGIN part. Need not be said."""
    ERASED = 2
    """A verified ERASE entry names it."""
    WANTED = 3
    """It should be here: asked for until it comes or is proven gone."""
    VOID = 4
    """It opens its commitment but its header belongs elsewhere: never stored, never shown."""


@dataclass(frozen=True, slots=True)
class VerifiedBatch:
    """Records `first_leaf_index` … of one log, in order.

    `parts` has one element for every part of every scanned entry, in order: salt ‖ payload, or b""
    where it is withheld or `absences` says why. `facets` has what the catalogue shows of each
    entry's record, whatever its kind. `compact_range` is the log's after the batch; `tile_hashes`
    are the hashes that it adds to the tiles, one list a level (see `CompactRange.extend`).
    """

    origin: str
    first_leaf_index: int
    entries: Sequence[bytes]
    leaf_hashes: Sequence[bytes]
    scanned: Sequence[ScannedEntry]
    parts: Sequence[bytes]
    facets: Sequence[Facets]
    compact_range: CompactRange
    tile_hashes: Sequence[Sequence[bytes]]
    absences: dict[tuple[int, int], Absence] = field(default_factory=dict)
    """(leaf index, part number) → why a part that others have is not here."""

    @property
    def end(self) -> int:
        """Return the tree size after the batch."""
        return self.first_leaf_index + len(self.entries)
