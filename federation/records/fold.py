"""The fold of one log's records: which entries advance a record, and what an ERASE entry names.

Both follow from entry bytes alone, so they are alike on every member (DESIGN section 4):

- The first entry of a subject is a PUT with revision 1 and fixes its kind (NOT_A_FIRST_ENTRY).
- Every other one has the revision that follows the last advancing one's (WRONG_REVISION), the same
  kind (KIND_CHANGED), and does not come after a WITHDRAW (RECORD_WITHDRAWN).
- GENESIS is entry 0 (MISPLACED_GENESIS elsewhere).
- What does not advance, is ill-formed or of an unknown kind or format is kept, proven and relayed;
  it is invalid for the reason named, and changes nothing.
- A line of an ERASE entry counts for a lower entry of the same log that has such a part; part 0 of
  a SEALED entry cannot be erased. Any other line is void; the other lines stand. A body that is no
  EraseBody makes the entry invalid (MALFORMED_ENTRY).

No clock, no order of arrival, no part is asked. Change FOLD_VERSION with any rule here or in
`facets`: a view built by another version is rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from federation.log.entry import (
    KIND_ERASE,
    KIND_GENESIS,
    KIND_SEALED,
    RECORD_KINDS,
    Operation,
    ScannedEntry,
)

FOLD_VERSION: Final = 2

_PUT: Final = Operation.PUT.value
_WITHDRAW: Final = Operation.WITHDRAW.value


class Standing(NamedTuple):
    """The last advancing entry of a record."""

    kind: int
    revision: int
    is_withdrawn: bool


@dataclass(slots=True)
class Folded:
    """What a run of consecutive entries does. Numbers are places in the run, from 0."""

    latest: dict[bytes, int] = field(default_factory=dict)
    """subject → its last advancing entry."""
    passed: list[int] = field(default_factory=list)
    """Advancing entries that a later one of the run replaces."""
    invalid: list[tuple[int, str]] = field(default_factory=list)
    """(entry, reason)."""
    erasing: list[int] = field(default_factory=list)
    """Well-formed ERASE entries."""
    sealed: list[int] = field(default_factory=list)
    """Well-formed SEALED entries."""


def fold(
    first_leaf_index: int, scanned: Sequence[ScannedEntry], standings: Mapping[bytes, Standing]
) -> Folded:
    """Fold a run of entries upon the records as they stood before it.

    `standings` must have every subject of the run that the log has below it.
    """
    folded = Folded()
    latest = folded.latest
    for at, (reason, kind, operation, subject, revision, _) in enumerate(scanned):
        if kind in RECORD_KINDS:
            if (
                revision == 1
                and operation == _PUT
                and not (subject in standings or subject in latest)
            ):  # nearly always
                latest[subject] = at
            else:
                _advance(folded, scanned, at, standings.get(subject))
        elif reason:
            folded.invalid.append((at, reason))
        elif kind == KIND_ERASE:
            folded.erasing.append(at)
        elif kind == KIND_SEALED:
            folded.sealed.append(at)
        elif kind == KIND_GENESIS and first_leaf_index + at:
            folded.invalid.append((at, "MISPLACED_GENESIS"))
    return folded


def _advance(
    folded: Folded, scanned: Sequence[ScannedEntry], at: int, standing: Standing | None
) -> None:
    """Judge a record entry that is not plainly the first of its record."""
    _, kind, operation, subject, revision, _ = scanned[at]
    before = folded.latest.get(subject)
    if before is not None:
        _, its_kind, its_operation, _, its_revision, _ = scanned[before]
        standing = Standing(its_kind, its_revision, its_operation == _WITHDRAW)
    reason = why_invalid(kind, operation, revision, standing)
    if reason:
        folded.invalid.append((at, reason))
        return
    if before is not None:
        folded.passed.append(before)
    folded.latest[subject] = at


def why_invalid(kind: int, operation: int, revision: int, standing: Standing | None) -> str:
    """Return why a well-formed record entry does not advance its record; "" if it does."""
    if standing is None:
        first = revision == 1 and operation == _PUT
        return "" if first else "NOT_A_FIRST_ENTRY"
    if standing.is_withdrawn:
        return "RECORD_WITHDRAWN"
    if kind != standing.kind:
        return "KIND_CHANGED"
    return "" if revision == standing.revision + 1 else "WRONG_REVISION"


def can_be_erased(scanned: ScannedEntry, part_number: int) -> bool:
    """Tell whether a lower entry of the log has a part that an ERASE line may name."""
    _, kind, _, _, _, parts = scanned
    if kind == KIND_SEALED and part_number == 0:
        return False
    return part_number < len(parts)
