"""The change feed: what this node took in, in that order, counted without gaps.

- Feed position p names one leaf of one log. Positions are this node's own and never move.
- ENTRIES came with their batch; an entry whose wanted part came later arrives once more (PART); a
  freeze that hides what was shown makes one RETRACTED arrival of the hidden range, and what is
  shown again arrives as SHOWN.
- Neighbouring arrivals of one log share a row, so the table stays small.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, literal_column, select, update

from node.storage.schema import arrival, mirror
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


class ArrivalKind(IntEnum):
    """Why a leaf stands in the feed."""

    ENTRIES = 1
    PART = 2
    RETRACTED = 3
    SHOWN = 4


@dataclass(frozen=True, slots=True)
class Arrival:
    """Leaves first_leaf_index … of an origin at feed positions `position` …, `count` of them."""

    position: int
    kind: ArrivalKind
    origin_id: int
    first_leaf_index: int
    count: int


_ROW: Final = (
    arrival.c.feed_start,
    arrival.c.kind,
    arrival.c.origin_id,
    arrival.c.first_leaf_index,
    arrival.c.count,
)
_LAST: Final = Statement(
    select(*_ROW).where(
        arrival.c.feed_start == select(func.max(arrival.c.feed_start)).scalar_subquery()
    )
)
_LAST_UP_TO: Final = Statement(
    select(*_ROW).where(
        arrival.c.feed_start
        == select(func.max(arrival.c.feed_start))
        .where(arrival.c.feed_start <= bindparam("position"))
        .scalar_subquery()
    ),
    "position",
)
# Every row counts at least one leaf, so that this bounds the rows as well.
_BETWEEN: Final = Statement(
    select(*_ROW)
    .where(arrival.c.feed_start.between(bindparam("first"), bindparam("last")))
    .order_by(arrival.c.feed_start),
    "first",
    "last",
)
_LENGTHEN: Final = Statement(
    update(arrival)
    .where(arrival.c.feed_start == bindparam("start"))
    .values(count=arrival.c.count + bindparam("more")),
    "more",
    "start",
)
_ORIGINS: Final = Statement(select(mirror.c.origin_id).order_by(mirror.c.origin_id))
_LAST_OF_ORIGIN: Final = Statement(
    select(arrival.c.feed_start, arrival.c.first_leaf_index, arrival.c.count).where(
        arrival.c.feed_start
        == select(func.max(arrival.c.feed_start))
        .where(
            arrival.c.origin_id == bindparam("origin_id"),
            arrival.c.feed_start <= bindparam("position"),
            arrival.c.kind == literal_column(str(ArrivalKind.ENTRIES.value)),
        )
        .scalar_subquery()
    ),
    "origin_id",
    "position",
)


def add(
    tx: Transaction,
    origin_id: int,
    first_leaf_index: int,
    count: int,
    kind: ArrivalKind = ArrivalKind.ENTRIES,
) -> None:
    """Put leaves at the end of the feed."""
    last = tx.one(_LAST)
    start = 1
    if last is not None:
        last_start, last_kind, last_origin_id, last_first, last_count = last
        start = last_start + last_count
        follows = last_first + last_count == first_leaf_index
        if follows and last_origin_id == origin_id and last_kind == kind:
            tx.run(_LENGTHEN, (count, last_start))
            return
    row = {
        "feed_start": start,
        "origin_id": origin_id,
        "first_leaf_index": first_leaf_index,
        "count": count,
        "kind": kind.value,
    }
    tx.insert_rows(arrival, [tuple(row[column] for column in arrival.columns.keys())])  # noqa: SIM118 - no dictionary


def last_position(tx: Transaction) -> int:
    """Return the newest feed position; 0 when nothing has arrived."""
    last = tx.one(_LAST)
    return 0 if last is None else last[0] + last[4] - 1


def after(tx: Transaction, position: int, limit: int) -> list[Arrival]:
    """Return at most `limit` leaves after a feed position, in runs, in order."""
    rows = []
    current = tx.one(_LAST_UP_TO, (position,))
    if current is not None and position < current[0] + current[4] - 1:
        rows.append(current)
    rows += tx.all(_BETWEEN, (position + 1, position + limit))
    found = []
    for start, kind, origin_id, first_leaf_index, count in rows:
        skipped = max(0, position + 1 - start)
        taken = min(limit, count - skipped)
        if taken <= 0:
            break
        first = first_leaf_index + skipped
        found.append(Arrival(start + skipped, ArrivalKind(kind), origin_id, first, taken))
        limit -= taken
    return found


def sizes_at(tx: Transaction, position: int) -> dict[int, int]:
    """Return how many leaves of each origin id had arrived at a feed position."""
    sizes = {}
    for (origin_id,) in tx.all(_ORIGINS):
        row = tx.one(_LAST_OF_ORIGIN, (origin_id, position))
        sizes[origin_id] = 0 if row is None else row[1] + min(row[2], position - row[0] + 1)
    return sizes
