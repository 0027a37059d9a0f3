"""One row an origin: how far its log is held here, and what was signed about it.

- Verified size: up to where our copy is proven (for the own log: what was appended). Only
  `batches.apply` moves it. Confirmed size: up to where a quorum has cosigned; it never falls here.
- `origin_id` is this node's own number for the origin, given when it is first seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import BigInteger, Float, LargeBinary, bindparam, case, func, select, update

from federation.log.errors import YdxError
from federation.log.merkle import EMPTY_ROOT, CompactRange
from node.storage.positions import MAX_ORIGINS
from node.storage.schema import mirror
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Row, Transaction


_NAMES: Final = Statement(select(mirror.c.origin_id, mirror.c.origin))


class Mirror(NamedTuple):
    """One row; the columns of `schema.mirror`, in its order."""

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


_SELECT: Final = select(*mirror.columns)
_FIND: Final = Statement(_SELECT.where(mirror.c.origin == bindparam("which")), "which")
_OWN: Final = Statement(_SELECT.where(mirror.c.is_own))
_EVERY: Final = Statement(_SELECT.order_by(mirror.c.origin))
_UPDATE: Final = update(mirror).where(mirror.c.origin_id == bindparam("which"))
_SET_NEWEST_NOTE: Final = Statement(_UPDATE.values(newest_note=bindparam("note")), "note", "which")
_SIZES: Final = ("size_below", "size", "size_least")
_below, _size, _least = (bindparam(name, type_=BigInteger) for name in _SIZES)
_SET_CONFIRMED: Final = Statement(
    _UPDATE.values(
        confirmed_size=case(
            (mirror.c.confirmed_size < _below, _size), else_=mirror.c.confirmed_size
        ),
        confirmed_note=case(
            (mirror.c.confirmed_size <= _least, bindparam("note", type_=LargeBinary)),
            else_=mirror.c.confirmed_note,
        ),
    ),
    *(*_SIZES, "note", "which"),
)
_SET_PUBLISHED_NOTE: Final = Statement(
    _UPDATE.values(published_note=bindparam("note")), "note", "which"
)
_TIMES: Final = ("time_before", "time")
_before_s, _time_s = (bindparam(name, type_=Float) for name in _TIMES)
_SET_PROVEN_AT: Final = Statement(
    _UPDATE.values(
        last_proven_at_s=case(
            (mirror.c.last_proven_at_s < _before_s, _time_s), else_=mirror.c.last_proven_at_s
        )
    ),
    *(*_TIMES, "which"),
)
_SET_FROZEN_SIZE: Final = Statement(_UPDATE.values(frozen_size=bindparam("size")), "size", "which")
_SET_HEAD: Final = Statement(
    _UPDATE.values(
        confirmed_size=bindparam("size"),
        newest_note=bindparam("newest"),
        confirmed_note=bindparam("confirmed"),
        published_note=bindparam("published"),
        last_proven_at_s=bindparam("proven_at"),
    ),
    *("size", "newest", "confirmed", "published", "proven_at", "which"),
)


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
    tx.insert_rows(mirror, [empty])
    return empty


def find(tx: Transaction, origin: str) -> Mirror | None:
    """Return the row of an origin, or None if it was never seen."""
    row = tx.one(_FIND, (origin,))
    return None if row is None else _mirror(row)


def get(tx: Transaction, origin: str) -> Mirror:
    """Return the row of an origin; raises UNKNOWN_ORIGIN."""
    found = find(tx, origin)
    if found is None:
        raise YdxError("UNKNOWN_ORIGIN", "no log of this origin is held here", origin=origin)
    return found


def own(tx: Transaction) -> Mirror | None:
    """Return the row of the own log, or None before it is opened."""
    row = tx.one(_OWN)
    return None if row is None else _mirror(row)


def every(tx: Transaction) -> list[Mirror]:
    """Return all rows, ascending by origin."""
    return [_mirror(row) for row in tx.all(_EVERY)]


def set_newest_note(tx: Transaction, origin_id: int, note: bytes) -> None:
    """Keep the largest signed note known, with all its cosignatures."""
    tx.run(_SET_NEWEST_NOTE, (note, origin_id))


def set_confirmed(tx: Transaction, origin_id: int, size: int, note: bytes) -> None:
    """Keep the largest quorum-cosigned note; a smaller one than is known changes nothing."""
    tx.run(_SET_CONFIRMED, (size, size, size, note, origin_id))


def set_published_note(tx: Transaction, origin_id: int, note: bytes) -> None:
    """Keep the largest own note that another member has stored."""
    tx.run(_SET_PUBLISHED_NOTE, (note, origin_id))


def set_proven_at(tx: Transaction, origin_id: int, time_s: float) -> None:
    """Note when the copy was proven current; an earlier time than is known changes nothing."""
    tx.run(_SET_PROVEN_AT, (time_s, time_s, origin_id))


def set_head(
    tx: Transaction,
    row: Mirror,
    *,
    newest_note: bytes,
    confirmed_size: int,
    confirmed_note: bytes,
    published_note: bytes,
    proven_at_s: float,
) -> None:
    """Do what the functions above do, in one statement at most; an empty note says nothing.

    `row` is as it stands in this transaction.
    """
    is_confirmed = bool(confirmed_note) and confirmed_size >= row.confirmed_size
    known = (
        row.confirmed_size,
        row.newest_note,
        row.confirmed_note,
        row.published_note,
        row.last_proven_at_s,
    )
    said = (
        confirmed_size if is_confirmed else row.confirmed_size,
        newest_note or row.newest_note,
        confirmed_note if is_confirmed else row.confirmed_note,
        published_note or row.published_note,
        max(proven_at_s, row.last_proven_at_s),
    )
    if said != known:
        tx.run(_SET_HEAD, (*said, row.origin_id))


def set_frozen_size(tx: Transaction, origin_id: int, size: int | None) -> None:
    """Set up to where entries are shown; `freezing.freeze` does what else belongs to it."""
    tx.run(_SET_FROZEN_SIZE, (size, origin_id))


def _mirror(row: Row) -> Mirror:
    return Mirror(row[0], row[1], bool(row[2]), *row[3:])
