"""Reading records: one by its name, pages by a filter, the history of one.

- Everything at or above the frozen size of its origin is left out.
- Pages are in the order of positions: by origin, then by leaf index. A page goes on after the last
  position of the one before, so it neither doubles nor skips what stays where it is; a record that
  is revised meanwhile moves behind.
- A record is provisional while its latest entry is not below the confirmed size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, func, literal_column, or_, select

from node.storage import logs, parts
from node.storage.positions import LEAF_BITS, MAX_LEAVES, position, split_position
from node.storage.schema import catalogue, mirror, part, superseded
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, FromClause, Select

    from node.storage.transaction import Row, Transaction


class Record(NamedTuple):
    """A record as this node has it. `parts` is salt ‖ payload by audience, of what is held.

    `state` is a RecordState; bit a of `audiences` is set where its entry has a part of audience a,
    so a part's number is the number of lower bits set.
    """

    origin: str
    leaf_index: int
    subject: bytes
    kind: int
    revision: int
    state: int
    audiences: int
    leaf_hash: bytes
    recorded_at_ms: int
    is_provisional: bool
    parts: dict[int, bytes]

    @property
    def absent_parts(self) -> list[tuple[int, int]]:
        """Return (part number, audience) of the parts that are not held, for `parts.absence`."""
        audiences = [a for a in range(1, self.audiences.bit_length()) if self.audiences >> a & 1]
        return [(n, a) for n, a in enumerate(audiences) if a not in self.parts]


class Revision(NamedTuple):
    """One advancing entry of a record: its bytes, and salt ‖ payload by part number."""

    leaf_index: int
    revision: int
    entry: bytes
    parts: dict[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which records. What is empty, 0 or None does not filter.

    `region` is the beginning of a code. `sizes` leaves out what is below a leaf index, by origin id
    (see `arrivals.sizes_at`).
    """

    kind: int
    origins: Sequence[str] = ()
    states: Sequence[int] = ()
    listing_kind: int = 0
    region: str = ""
    tech_field: int = 0
    source_platform: str = ""
    source_id: str = ""
    sizes: Mapping[int, int] = field(default_factory=dict)


_COLUMNS: Final = (
    mirror.c.origin,
    catalogue.c.position,
    catalogue.c.subject,
    catalogue.c.kind,
    catalogue.c.revision,
    catalogue.c.state,
    catalogue.c.audiences,
    catalogue.c.leaf_hash,
    catalogue.c.recorded_at_ms,
    mirror.c.confirmed_size,
)
_WIDTH: Final = len(_COLUMNS)
_first_position: Final = mirror.c.origin_id * literal_column(str(MAX_LEAVES))
_VISIBLE: Final = catalogue.c.position < _first_position + func.coalesce(
    mirror.c.frozen_size, literal_column(str(MAX_LEAVES))
)


_PART_NUMBERS: Final = range(3)
"""A record has a part for each of PUBLIC, MEMBERS and ORIGIN at most."""

_held: Final = [part.alias(f"part_{number}") for number in _PART_NUMBERS]


def _with_parts() -> Select[*tuple[Any, ...]]:
    """One row with all parts: each further row would let other threads in, and cost them more."""
    tables: FromClause = mirror.join(catalogue, catalogue.c.origin_id == mirror.c.origin_id)
    for number, one in zip(_PART_NUMBERS, _held, strict=True):
        place = catalogue.c.position * literal_column("8") + literal_column(str(number))
        tables = tables.outerjoin(one, one.c.id == place)
    columns = (column for one in _held for column in (one.c.audience, one.c.content))
    return select(*_COLUMNS, *columns).select_from(tables).where(_VISIBLE)


_ORIGIN: Final = Statement(
    select(mirror.c.origin_id, mirror.c.frozen_size).where(mirror.c.origin == bindparam("which")),
    "which",
)
_FIND: Final = Statement(
    _with_parts().where(
        mirror.c.origin == bindparam("which"), catalogue.c.subject == bindparam("key")
    ),
    "which",
    "key",
)


def _at_statement(count: int) -> Statement:
    places = [f"position_{number}" for number in range(count)]
    return Statement(
        _with_parts().where(catalogue.c.position.in_([bindparam(name) for name in places])),
        *places,
    )


_AT: Final = {count: _at_statement(count) for count in (1, 32, 256)}
_REVISION_MAX: Final = 2**62
"""Nobody counts so far; what an entry says of itself may be more than a database can hold."""
# Revisions have no gaps, so this bounds the rows, of a record that was revised however often.
_HISTORY: Final = tuple(
    Statement(
        select(table.c.position, table.c.revision)
        .where(
            table.c.origin_id == bindparam("origin_id"),
            table.c.subject == bindparam("subject"),
            table.c.revision.between(bindparam("first"), bindparam("last")),
        )
        .order_by(table.c.revision),
        *("origin_id", "subject", "first", "last"),
    )
    for table in (superseded, catalogue)
)


def find(tx: Transaction, origin: str, subject: bytes) -> Record | None:
    """Return a record with its parts; a single statement, about 20 µs on SQLite."""
    row = tx.one(_FIND, (origin, subject))
    if row is None:
        return None
    return _with_held(row)


def page(tx: Transaction, which: Filter, after_position: int, limit: int) -> list[Record]:
    """Return at most `limit` records behind a position; the first page begins behind 0."""
    query = (
        select(*_COLUMNS)
        .select_from(catalogue)
        .join(mirror, catalogue.c.origin_id == mirror.c.origin_id)
        .where(catalogue.c.position > after_position, _VISIBLE, *_conditions(which))
        .order_by(catalogue.c.position)
        .limit(limit)
    )
    rows = [tuple(row) for row in tx.execute(query)]
    held = parts.of_entries(tx, [(row[1], row[6]) for row in rows])
    return [_record(row, dict(held.get(row[1], ()))) for row in rows]


def at(tx: Transaction, positions: Sequence[int]) -> dict[int, Record]:
    """Return the records whose latest entry stands at one of these positions, by position."""
    found: dict[int, Record] = {}
    waiting = list(dict.fromkeys(positions))
    while waiting:
        size = next((size for size in _AT if size >= len(waiting)), max(_AT))
        asked, waiting = waiting[:size], waiting[size:]
        asked += [asked[-1]] * (size - len(asked))
        for row in tx.all(_AT[size], tuple(asked)):
            found[row[1]] = _with_held(row)
    return found


def history(
    tx: Transaction, origin: str, subject: bytes, after_revision: int, limit: int
) -> list[Revision]:
    """Return the advancing entries of a record behind a revision, oldest first."""
    row = tx.one(_ORIGIN, (origin,))
    if row is None:
        return []
    origin_id, frozen_size = row
    end = MAX_LEAVES if frozen_size is None else frozen_size
    revisions: list[Revision] = []
    first = min(max(0, after_revision), _REVISION_MAX) + 1
    asked = origin_id, subject, first, first + limit - 1
    for place, revision in (row for statement in _HISTORY for row in tx.all(statement, asked)):
        leaf_index = split_position(place)[1]
        if leaf_index >= end:
            continue
        entry = logs.entry(tx, origin_id, leaf_index)
        held = parts.of_entry(tx, origin_id, leaf_index)
        revisions.append(Revision(leaf_index, revision, entry or b"", held))
    return revisions


def counts(tx: Transaction) -> list[tuple[str, int, int, int]]:
    """Return (origin, record kind, state, how many); reads the whole catalogue."""
    query = (
        select(mirror.c.origin, catalogue.c.kind, catalogue.c.state, func.count())
        .select_from(catalogue)
        .join(mirror, catalogue.c.origin_id == mirror.c.origin_id)
        .where(_VISIBLE)
        .group_by(mirror.c.origin, catalogue.c.kind, catalogue.c.state)
        .order_by(mirror.c.origin, catalogue.c.kind, catalogue.c.state)
    )
    return [(row[0], row[1], row[2], row[3]) for row in tx.execute(query)]


def _conditions(which: Filter) -> Iterable[ColumnElement[bool]]:
    columns = catalogue.c
    yield columns.kind == which.kind
    if which.origins:
        yield mirror.c.origin.in_(which.origins)
    if which.states:
        yield columns.state.in_(which.states)
    if which.region:
        yield columns.region.startswith(which.region, autoescape=True)
    for name in ("listing_kind", "tech_field", "source_platform", "source_id"):
        value = getattr(which, name)
        if value:
            yield columns[name] == value
    if which.sizes:
        yield or_(
            *(
                and_(columns.origin_id == origin_id, columns.position >= position(origin_id, size))
                for origin_id, size in which.sizes.items()
            )
        )


def _with_held(row: Row) -> Record:
    """Make a record of a row that has its parts beside it."""
    pairs = zip(row[_WIDTH::2], row[_WIDTH + 1 :: 2], strict=True)
    return _record(row, {audience: wire for audience, wire in pairs if audience is not None})


def _record(row: Row, held: dict[int, bytes]) -> Record:
    """Make a record of its row and the parts held, by audience."""
    origin, place, subject, kind, revision, state, audiences, leaf_hash, at_ms, confirmed = row[
        :_WIDTH
    ]
    leaf_index = place & (1 << LEAF_BITS) - 1
    return Record(
        origin,
        leaf_index,
        subject,
        kind,
        revision,
        state,
        audiences,
        leaf_hash,
        at_ms,
        leaf_index >= confirmed,
        held,
    )
