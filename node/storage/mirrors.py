"""One row an origin: how far its log is held here, and what was signed about it.

- Verified size: up to where our copy is proven (for the own log: what was appended). Only
  `batches.apply` moves it. Confirmed size: up to where a quorum has cosigned; it never falls here.
- `origin_id` is this node's own number for the origin, given when it is first seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, insert, select, update

from federation.log.errors import YdxError
from federation.log.merkle import EMPTY_ROOT, CompactRange
from node.storage.positions import MAX_ORIGINS
from node.storage.schema import mirror
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


_NAMES: Final = Statement(select(mirror.c.origin_id, mirror.c.origin))


@dataclass(frozen=True, slots=True)
class Mirror:
    """One row; the fields are those of `schema.mirror`."""

    origin_id: int
    origin: str
    is_own: bool
    verified_size: int
    verified_root: bytes
    compact_range: bytes
    confirmed_size: int
    newest_note: bytes | None
    confirmed_note: bytes | None
    published_note: bytes | None
    frozen_size: int | None
    used_bytes: int
    last_proven_at_s: float

    @property
    def visible_size(self) -> int:
        """Up to where entries may be shown: the frozen size cuts the verified one."""
        if self.frozen_size is None:
            return self.verified_size
        return min(self.frozen_size, self.verified_size)


def names(tx: Transaction) -> dict[int, str]:
    """Return the origins by id. Hot: searches ask for them each time."""
    return dict(tx.all(_NAMES))


def add(tx: Transaction, origin: str, *, is_own: bool = False) -> Mirror:
    """Return the row of an origin; make an empty one where there is none."""
    found = find(tx, origin)
    if found is not None:
        return found
    last = tx.execute(select(func.max(mirror.c.origin_id))).scalar()
    if last is not None and last + 1 >= MAX_ORIGINS:
        raise YdxError("INTERNAL", "there are too many origins")
    empty = Mirror(
        origin_id=(last or 0) + 1,
        origin=origin,
        is_own=is_own,
        verified_size=0,
        verified_root=EMPTY_ROOT,
        compact_range=CompactRange().to_bytes(),
        confirmed_size=0,
        newest_note=None,
        confirmed_note=None,
        published_note=None,
        frozen_size=None,
        used_bytes=0,
        last_proven_at_s=0.0,
    )
    values = {column.name: getattr(empty, column.name) for column in mirror.columns}
    tx.execute(insert(mirror).values(values))
    return empty


def find(tx: Transaction, origin: str) -> Mirror | None:
    """Return the row of an origin, or None if it was never seen."""
    row = tx.execute(select(mirror).where(mirror.c.origin == origin)).one_or_none()
    return None if row is None else Mirror(*row)


def get(tx: Transaction, origin: str) -> Mirror:
    """Return the row of an origin; raises UNKNOWN_ORIGIN."""
    found = find(tx, origin)
    if found is None:
        raise YdxError("UNKNOWN_ORIGIN", "no log of this origin is held here", origin=origin)
    return found


def own(tx: Transaction) -> Mirror | None:
    """Return the row of the own log, or None before it is opened."""
    row = tx.execute(select(mirror).where(mirror.c.is_own)).one_or_none()
    return None if row is None else Mirror(*row)


def every(tx: Transaction) -> list[Mirror]:
    """Return all rows, ascending by origin."""
    return [Mirror(*row) for row in tx.execute(select(mirror).order_by(mirror.c.origin))]


def set_newest_note(tx: Transaction, origin_id: int, note: bytes) -> None:
    """Keep the largest signed note known, with all its cosignatures."""
    _set(tx, origin_id, newest_note=note)


def set_confirmed(tx: Transaction, origin_id: int, size: int, note: bytes) -> None:
    """Keep the largest quorum-cosigned note; a smaller one than is known changes nothing."""
    _set(
        tx,
        origin_id,
        confirmed_note=case((mirror.c.confirmed_size <= size, note), else_=mirror.c.confirmed_note),
        confirmed_size=case((mirror.c.confirmed_size < size, size), else_=mirror.c.confirmed_size),
    )


def set_published_note(tx: Transaction, origin_id: int, note: bytes) -> None:
    """Keep the largest own note that another member has stored."""
    _set(tx, origin_id, published_note=note)


def set_proven_at(tx: Transaction, origin_id: int, time_s: float) -> None:
    """Note when the copy was proven current; an earlier time than is known changes nothing."""
    last = mirror.c.last_proven_at_s
    _set(tx, origin_id, last_proven_at_s=case((last < time_s, time_s), else_=last))


def set_frozen_size(tx: Transaction, origin_id: int, size: int | None) -> None:
    """Set up to where entries are shown; `freezing.freeze` does what else belongs to it."""
    _set(tx, origin_id, frozen_size=size)


def _set(tx: Transaction, origin_id: int, **values: Any) -> None:
    tx.execute(update(mirror).where(mirror.c.origin_id == origin_id).values(values))
