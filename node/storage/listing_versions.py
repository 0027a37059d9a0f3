"""Listings as they stood before: where their earlier entries are, and what is held of these.

- What was erased is not read, though it may lie in the database until it is destroyed.
- A listing may have been revised any number of times. What stood just before an entry is found by
  its revision, one less, so that it costs the same whatever stood before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, bindparam, func, literal_column, select

from federation.log.entry import KIND_LISTING, Audience
from federation.records.facets import RecordState
from node.storage import parts
from node.storage.lookup import Lookup
from node.storage.positions import MAX_LEAVES, PART_BITS, position
from node.storage.schema import catalogue, erased, mirror, superseded
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Table

    from node.storage.arrivals import Arrival
    from node.storage.transaction import Transaction

_RECORD_AUDIENCES: Final = 0b1110
_PARTS_MAX: Final = 3
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


_first_position: Final = mirror.c.origin_id * literal_column(str(MAX_LEAVES))
_STANDING: Final = Lookup(
    select(
        catalogue.c.subject,
        catalogue.c.position,
        catalogue.c.state,
        catalogue.c.revision,
        catalogue.c.position >= _first_position + mirror.c.confirmed_size,
    )
    .select_from(catalogue.join(mirror, catalogue.c.origin_id == mirror.c.origin_id))
    .where(
        catalogue.c.origin_id == bindparam("origin_id"),
        catalogue.c.kind == literal_column(str(KIND_LISTING)),
        catalogue.c.position
        < _first_position + func.coalesce(mirror.c.frozen_size, literal_column(str(MAX_LEAVES))),
    ),
    catalogue.c.subject,
    "origin_id",
)


def _with_former(table: Table) -> Lookup:
    """Find entries that stand in a table, each with the one that it took the place of, if any."""
    former = superseded.alias("former")
    is_former = and_(
        former.c.origin_id == table.c.origin_id,
        former.c.subject == table.c.subject,
        former.c.revision == table.c.revision - literal_column("1"),
    )
    tables = table.outerjoin(former, is_former)
    return Lookup(
        select(table.c.position, former.c.position.label("former")).select_from(tables),
        table.c.position,
    )


_PASSED: Final = _with_former(superseded)
_LATEST: Final = _with_former(catalogue)
_ERASED: Final = Lookup(select(erased.c.part_id, erased.c.audience), erased.c.part_id)


class Standing(NamedTuple):
    """The entry by which a listing stands now; `state` is a RecordState."""

    position: int
    state: int
    revision: int
    is_provisional: bool


def standing(tx: Transaction, origin_id: int, subjects: Collection[bytes]) -> dict[bytes, Standing]:
    """Return how listings of an origin stand that no freeze hides, by subject."""
    return {
        subject: Standing(place, state, revision, bool(is_provisional))
        for subject, place, state, revision, is_provisional in _STANDING.rows(
            tx, subjects, (origin_id,)
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


def stood_at(tx: Transaction, positions: Collection[int]) -> dict[int, list[int]]:
    """Return, by entry that advanced its listing, by which ones that stood before later ones came.

    That is the one before, if it was not the first, and itself, if it is not the latest.
    """
    found: dict[int, list[int]] = {}
    for place, former in _PASSED.rows(tx, positions):
        found[place] = [place] if former is None else [former, place]
    for place, former in _LATEST.rows(tx, positions):
        found[place] = [] if former is None else [former]
    return found


def contents(tx: Transaction, positions: Collection[int]) -> dict[int, dict[int, bytes]]:
    """Return the contents that are held of entries, by position and audience."""
    held = parts.of_entries(tx, [(place, _RECORD_AUDIENCES) for place in positions])
    return {
        place: {audience: parts.content_of(wire) for audience, wire in pairs}
        for place, pairs in held.items()
    }


def erased_audiences(tx: Transaction, positions: Collection[int]) -> dict[int, set[Audience]]:
    """Return which parts of entries were erased, by position."""
    places = [place << PART_BITS | number for place in positions for number in range(_PARTS_MAX)]
    found: dict[int, set[Audience]] = {}
    for place, audience in _ERASED.rows(tx, places):
        found.setdefault(place >> PART_BITS, set()).add(Audience(audience))
    return found
