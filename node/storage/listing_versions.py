"""Listings as they stood before: where their earlier entries are, and what is held of these.

What was erased is not read, though it may lie in the database until it is destroyed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from sqlalchemy import bindparam, func, literal_column, select

from federation.log.entry import KIND_LISTING, Audience
from federation.records.facets import RecordState
from node.storage import parts
from node.storage.positions import MAX_LEAVES, PART_BITS, position
from node.storage.schema import catalogue, erased, mirror, superseded
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from node.storage.arrivals import Arrival
    from node.storage.transaction import Transaction

_Key = TypeVar("_Key", int, bytes)
_AT_A_TIME: Final = 500
_RECORD_AUDIENCES: Final = 0b1110
"""A record has a part for each of PUBLIC, MEMBERS and ORIGIN at most."""


_FIRST_REVISIONS: Final = Statement(
    select(catalogue.c.subject).where(
        catalogue.c.position.between(bindparam("first"), bindparam("last")),
        catalogue.c.kind == literal_column(str(KIND_LISTING)),
        catalogue.c.revision == literal_column("1"),
        catalogue.c.state < literal_column(str(RecordState.WITHDRAWN.value)),
    ),
    "first",
    "last",
)


class Standing(NamedTuple):
    """The entry by which a listing stands now; `state` is a RecordState."""

    position: int
    state: int
    revision: int
    is_provisional: bool


def standing(tx: Transaction, origin_id: int, subjects: Collection[bytes]) -> dict[bytes, Standing]:
    """Return how listings of an origin stand that no freeze hides, by subject."""
    first = mirror.c.origin_id * literal_column(str(MAX_LEAVES))
    end = first + func.coalesce(mirror.c.frozen_size, literal_column(str(MAX_LEAVES)))
    columns = catalogue.c
    query = (
        select(
            columns.subject,
            columns.position,
            columns.state,
            columns.revision,
            columns.position >= first + mirror.c.confirmed_size,
        )
        .select_from(catalogue.join(mirror, columns.origin_id == mirror.c.origin_id))
        .where(columns.kind == KIND_LISTING, columns.position < end)
        .where(columns.origin_id == origin_id)
    )
    return {
        subject: Standing(place, state, revision, bool(is_provisional))
        for some in _some(subjects)
        for subject, place, state, revision, is_provisional in tx.execute(
            query.where(columns.subject.in_(some))
        )
    }


def unchanged(tx: Transaction, runs: Iterable[Arrival]) -> set[tuple[int, bytes]]:
    """Return the listings shown by an entry in runs that is their first one."""
    found: set[tuple[int, bytes]] = set()
    for run in runs:
        first = position(run.origin_id, run.first_leaf_index)
        rows = tx.all(_FIRST_REVISIONS, (first, first + run.count - 1))
        found.update((run.origin_id, subject) for (subject,) in rows)
    return found


def earlier(tx: Transaction, origin_id: int, subjects: Collection[bytes]) -> dict[bytes, list[int]]:
    """Return the positions of entries that a later one has taken the place of, by subject."""
    query = (
        select(superseded.c.subject, superseded.c.position)
        .where(superseded.c.origin_id == origin_id)
        .order_by(superseded.c.position)
    )
    found: dict[bytes, list[int]] = {}
    for some in _some(subjects):
        for subject, place in tx.execute(query.where(superseded.c.subject.in_(some))):
            found.setdefault(subject, []).append(place)
    return found


def contents(tx: Transaction, positions: Collection[int]) -> dict[int, dict[int, bytes]]:
    """Return the contents that are held of entries, by position and audience."""
    return {
        place: {audience: parts.content_of(wire) for audience, wire in held}
        for some in _some(positions)
        for place, held in parts.of_entries(tx, [(one, _RECORD_AUDIENCES) for one in some]).items()
    }


def erased_audiences(tx: Transaction, positions: Collection[int]) -> dict[int, set[Audience]]:
    """Return which parts of entries were erased, by position."""
    found: dict[int, set[Audience]] = {}
    for some in _some(positions):
        places = [place << PART_BITS | number for place in some for number in range(3)]
        query = select(erased.c.part_id, erased.c.audience).where(erased.c.part_id.in_(places))
        for place, audience in tx.execute(query):
            found.setdefault(place >> PART_BITS, set()).add(Audience(audience))
    return found


def _some(every: Iterable[_Key]) -> Iterator[Sequence[_Key]]:
    ordered = sorted(every)
    for first in range(0, len(ordered), _AT_A_TIME):
        yield ordered[first : first + _AT_A_TIME]
