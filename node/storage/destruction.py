"""Destroying what ERASE entries took out of sight: what waits, and how far each has come.

- An ERASE entry is noted once this node has seen it, with how many of its parts were held. Nothing
  is noted of parts that never were.
- Its parts are emptied, a number a transaction; then the database is scrubbed, and only then are
  they destroyed. Whatever stops a node in between, the next step goes on from the row.
- What a freeze undoes before it was emptied is forgotten, and noted anew after the thaw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete, func, insert, literal, null, select, update

from node.storage.positions import part_id, position, split_position
from node.storage.schema import destruction, erased, part

if TYPE_CHECKING:
    from collections.abc import Collection

    from node.storage.transaction import Transaction


class Waiting(NamedTuple):
    """An ERASE entry whose parts are not destroyed; times in Unix seconds, None: not yet."""

    position: int
    parts: int
    noted_at_s: float
    agreed_at_s: float | None
    emptied_at_s: float | None


_HELD = select(erased.c.position).where(erased.c.content.is_not(None))


def is_anything_new(tx: Transaction) -> bool:
    """Tell whether `note` would change anything."""
    noted = select(destruction.c.position).where(destruction.c.emptied_at_s.is_(None))
    unnoted = _HELD.where(erased.c.position.not_in(noted)).limit(1)
    undone = noted.where(destruction.c.position.not_in(_HELD)).limit(1)
    return tx.execute(unnoted).first() is not None or tx.execute(undone).first() is not None


def note(tx: Transaction, now_s: float) -> None:
    """Note ERASE entries that were not seen before, forget those that were undone."""
    done = destruction.c.emptied_at_s.is_not(None)
    held = destruction.c.position.in_(_HELD)
    # A thaw may have put another ERASE entry where one was.
    tx.execute(delete(destruction).where(done == held))
    noted = select(destruction.c.position)
    found = (
        select(erased.c.position, func.count(), literal(now_s), null(), null(), null())
        .where(erased.c.content.is_not(None), erased.c.position.not_in(noted))
        .group_by(erased.c.position)
    )
    tx.execute(insert(destruction).from_select(list(destruction.columns), found))


def waiting(tx: Transaction) -> list[Waiting]:
    """Return what is not destroyed, in the order in which it was noted."""
    columns = destruction.c
    query = (
        select(
            columns.position,
            columns.parts,
            columns.noted_at_s,
            columns.agreed_at_s,
            columns.emptied_at_s,
        )
        .where(columns.destroyed_at_s.is_(None))
        .order_by(columns.noted_at_s, columns.position)
    )
    return [Waiting(*row) for row in tx.execute(query)]


def parts_noted(tx: Transaction, origin_id: int, first_s: float, end_s: float) -> tuple[int, int]:
    """Return how many parts of a log were erased in a time, and the position of the first ERASE.

    But for those that were agreed to; (0, 0): none.
    """
    which = and_(
        destruction.c.position.between(position(origin_id, 0), position(origin_id + 1, 0) - 1),
        destruction.c.noted_at_s >= first_s,
        destruction.c.noted_at_s < end_s,
        destruction.c.agreed_at_s.is_(None),
    )
    columns = (func.sum(destruction.c.parts), func.min(destruction.c.position))
    parts, first = tx.execute(select(*columns).where(which)).one()
    return int(parts or 0), int(first or 0)


def holds_parts_before(tx: Transaction, place: int, count: int) -> bool:
    """Tell whether a log holds as many parts of the entries before a position, not erased.

    Reads no more than that many.
    """
    if count <= 0:
        return True
    origin_id, leaf_index = split_position(place)
    first, end = part_id(origin_id, 0, 0), part_id(origin_id, leaf_index, 0)
    query = select(part.c.id).where(part.c.id >= first, part.c.id < end).order_by(part.c.id)
    return tx.execute(query.offset(count - 1).limit(1)).first() is not None


def agree(tx: Transaction, positions: Collection[int], now_s: float) -> None:
    """Note that an operator agrees to what these ERASE entries destroy."""
    _set(tx, positions, agreed_at_s=now_s)


def empty(tx: Transaction, place: int, limit: int, now_s: float) -> bool:
    """Overwrite so many parts of an ERASE entry at most; note and return whether none is left."""
    which = (
        select(erased.c.part_id)
        .where(erased.c.position == place, erased.c.content.is_not(None))
        .order_by(erased.c.part_id)
        .limit(limit + 1)
    )
    found = [row[0] for row in tx.execute(which)]
    emptied = found[:limit]
    tx.execute(update(erased).where(erased.c.part_id.in_(emptied)).values(content=null()))
    if len(found) > limit:
        return False
    _set(tx, [place], emptied_at_s=now_s)
    return True


def set_destroyed(tx: Transaction, positions: Collection[int], now_s: float) -> None:
    """Note that no file of the database holds the parts of ERASE entries any more."""
    _set(tx, positions, destroyed_at_s=now_s)


def _set(tx: Transaction, positions: Collection[int], **values: float) -> None:
    which = destruction.c.position.in_(list(positions))
    tx.execute(update(destruction).where(which).values(**values))
