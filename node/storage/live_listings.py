"""Live listings with their content, for views that are built from what the catalogue shows.

A listing is live while it is advertised: not withdrawn, not hidden, not above the frozen size of
its origin, and its PUBLIC part is held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, func, literal_column, or_, select

from federation.log.entry import KIND_LISTING, Audience
from federation.records.facets import RecordState
from node.storage import parts
from node.storage.lookup import Lookup
from node.storage.positions import MAX_LEAVES, PART_BITS, split_position
from node.storage.schema import catalogue, mirror

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from node.storage.transaction import Row, Transaction

_NOT_ADVERTISED: Final = (RecordState.WITHDRAWN.value, RecordState.HIDDEN.value)
_COLUMNS: Final = (
    catalogue.c.position,
    catalogue.c.origin_id,
    catalogue.c.subject,
    catalogue.c.revision,
    catalogue.c.state,
    catalogue.c.recorded_at_ms,
    catalogue.c.audiences,
)
_TABLES: Final = catalogue.join(mirror, catalogue.c.origin_id == mirror.c.origin_id)
_FIRST_POSITION: Final = mirror.c.origin_id * literal_column(str(MAX_LEAVES))
_CONDITIONS: Final = (
    catalogue.c.kind == literal_column(str(KIND_LISTING)),
    catalogue.c.state.not_in([literal_column(str(state)) for state in _NOT_ADVERTISED]),
    or_(
        mirror.c.frozen_size.is_(None),
        catalogue.c.position < _FIRST_POSITION + mirror.c.frozen_size,
    ),
)
_LIVE: Final = select(*_COLUMNS).select_from(_TABLES).where(*_CONDITIONS)
_OF_SUBJECTS: Final = Lookup(
    _LIVE.where(catalogue.c.origin_id == bindparam("origin_id")), catalogue.c.subject, "origin_id"
)
_NEIGHBOURS: Final = 2
"""Up to so many leaves a listing, all parts between are read rather than each by its place."""


class LiveListing(NamedTuple):
    """A listing as it stands now; `public` and `members` are contents of parts."""

    position: int
    origin_id: int
    subject: bytes
    revision: int
    state: int
    recorded_at_ms: int
    public: bytes
    members: bytes | None


def of_subjects(tx: Transaction, origin_id: int, subjects: Collection[bytes]) -> list[LiveListing]:
    """Return those of an origin's listings that are live."""
    return _with_content(tx, list(_OF_SUBJECTS.rows(tx, sorted(subjects), (origin_id,))))


def behind(tx: Transaction, position: int, limit: int) -> tuple[list[LiveListing], int | None]:
    """Return at most `limit` live listings behind a position, and where to go on; None: the end."""
    query = _LIVE.where(catalogue.c.position > position).order_by(catalogue.c.position)
    rows = [tuple(row) for row in tx.execute(query.limit(limit))]
    return _with_content(tx, rows), rows[-1][0] if len(rows) == limit else None


def count(tx: Transaction) -> int:
    """Return how many listings are live; reads the whole catalogue."""
    query = select(func.count()).select_from(_TABLES).where(*_CONDITIONS)
    return int(tx.execute(query).scalar_one())


def _with_content(tx: Transaction, rows: Sequence[Row]) -> list[LiveListing]:
    held = _held(tx, sorted((row[0], row[6]) for row in rows))
    found = []
    for position, origin_id, subject, revision, state, recorded_at_ms, _ in rows:
        wires = dict(held.get(position, ()))
        public, members = wires.get(Audience.PUBLIC), wires.get(Audience.MEMBERS)
        if public is not None:
            found.append(
                LiveListing(
                    position,
                    origin_id,
                    subject,
                    revision,
                    state,
                    recorded_at_ms,
                    parts.content_of(public),
                    None if members is None else parts.content_of(members),
                )
            )
    return found


def _held(tx: Transaction, entries: list[tuple[int, int]]) -> dict[int, list[tuple[int, bytes]]]:
    """Return the parts held of entries in order; of neighbours all at once."""
    if not entries:
        return {}
    (first, leaf), (last, end) = split_position(entries[0][0]), split_position(entries[-1][0])
    if first != last or end - leaf > _NEIGHBOURS * len(entries):
        return parts.of_entries(tx, entries)
    held: dict[int, list[tuple[int, bytes]]] = {}
    for place, audience, content in parts.of_range(tx, first, leaf, end + 1):
        held.setdefault(place >> PART_BITS, []).append((audience, content))
    return held
