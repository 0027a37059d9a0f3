"""Freezing an origin: what lies above a size is hidden, and the views are folded again.

- What is folded speaks of the entries below the visible size only. A record that was revised or
  withdrawn above it is shown as it stood there. The log keeps everything, so that a thaw folds on.
- Erasures above it are undone, as far as their bytes are not destroyed yet. A part that had not
  come by then is wanted again: else this copy alone would lack it.
- Sealed documents above it are listed no more.
- What is hidden arrives in the change feed as RETRACTED, what is shown again as SHOWN.

Takes time in proportion to what is hidden or shown, in the caller's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, insert, literal_column, select

from federation.log.entry import Audience
from node.storage import arrivals, mirrors, sealed_folding
from node.storage.arrivals import ArrivalKind
from node.storage.folding import fold_batch, show_again
from node.storage.positions import PART_BITS, position, split_position
from node.storage.rebuilding import RUN, stored_run
from node.storage.schema import (
    catalogue,
    destruction,
    erased,
    invalid_entry,
    part,
    sealed,
    source,
    superseded,
    void_part,
    wanted_part,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction


def freeze(tx: Transaction, row: Mirror, size: int | None) -> None:
    """Hide the entries of an origin from `size` on, or with None show all that is stored."""
    mirrors.set_frozen_size(tx, row.origin_id, size)
    before, after = row.visible_size, row._replace(frozen_size=size).visible_size
    if after < before:
        _unfold(tx, row, after)
        arrivals.add(tx, row.origin_id, after, before - after, ArrivalKind.RETRACTED)
    elif after > before:
        for first in range(before, after, RUN):
            run = stored_run(tx, row, first, min(first + RUN, after))
            fold_batch(tx, row.origin_id, run, is_own=row.is_own)
        arrivals.add(tx, row.origin_id, before, after - before, ArrivalKind.SHOWN)


def _unfold(tx: Transaction, row: Mirror, size: int) -> None:
    """Bring the views back to what the entries below `size` say."""
    first, end = position(row.origin_id, size), position(row.origin_id + 1, 0)
    standing = _standing(tx, row.origin_id, first, end)
    documents = _erased_documents(tx, first, end)
    unerased = _unerase(tx, first, end)
    if row.is_own:
        gone = select(catalogue.c.subject).where(_between(catalogue.c.position, first, end))
        tx.execute(delete(source).where(source.c.subject.in_(gone)))
    for table in (catalogue, superseded, invalid_entry, sealed):
        tx.execute(delete(table).where(_between(table.c.position, first, end)))
    for place in sorted({*standing, *unerased}):
        for table in (catalogue, superseded):
            tx.execute(delete(table).where(table.c.position == place))
        leaf_index = split_position(place)[1]
        run = stored_run(tx, row, leaf_index, leaf_index + 1)
        show_again(tx, row.origin_id, run, is_own=row.is_own)
    for place in documents:
        if place < first:
            sealed_folding.refold(tx, place)


def _erased_documents(tx: Transaction, first: int, end: int) -> list[int]:
    """Return the SEALED entries whose personal part an ERASE entry above took away."""
    undone = and_(_between(erased.c.position, first, end), erased.c.content.is_not(None))
    query = select(erased.c.part_id).where(undone, erased.c.audience == Audience.NAMED.value)
    return [row[0] >> PART_BITS for row in tx.execute(query)]


def _standing(tx: Transaction, origin_id: int, first: int, end: int) -> list[int]:
    """Return the last entry below `first` of each record that was revised or withdrawn above."""
    is_same = and_(
        superseded.c.origin_id == catalogue.c.origin_id,
        superseded.c.subject == catalogue.c.subject,
    )
    query = (
        select(func.max(superseded.c.position))
        .select_from(superseded)
        .join(catalogue, is_same)
        .where(_between(catalogue.c.position, first, end))
        .where(superseded.c.origin_id == origin_id, superseded.c.position < first)
        .group_by(superseded.c.subject)
    )
    return [row[0] for row in tx.execute(query)]


def _unerase(tx: Transaction, first: int, end: int) -> list[int]:
    """Undo what ERASE entries above did; return the shown records whose PUBLIC part is back."""
    undone = and_(_between(erased.c.position, first, end), erased.c.content.is_not(None))
    entry = erased.c.part_id.op(">>")(literal_column(str(PART_BITS)))
    query = (
        select(catalogue.c.position)
        .select_from(catalogue)
        .join(erased, entry == catalogue.c.position)
        .where(undone, erased.c.audience == Audience.PUBLIC.value, catalogue.c.position < first)
    )
    shown = [row[0] for row in tx.execute(query)]
    kept = select(erased.c.part_id, erased.c.audience, erased.c.content).where(undone)
    tx.execute(insert(part).from_select(list(part.columns), kept))
    tx.execute(delete(erased).where(undone))
    _want_again(tx, first, end)
    return shown


def _want_again(tx: Transaction, first: int, end: int) -> None:
    """Undo what ERASE entries above said of parts that were never held."""
    emptied = select(destruction.c.position).where(destruction.c.emptied_at_s.is_not(None))
    never_held = and_(
        _between(erased.c.position, first, end),
        erased.c.content.is_(None),
        erased.c.position.not_in(emptied),
    )
    nothing: ColumnElement[int] = literal_column("0")
    awaited = select(erased.c.part_id, erased.c.audience, nothing, nothing, nothing).where(
        never_held,
        erased.c.audience != Audience.ORIGIN.value,  # nobody else holds it
        erased.c.part_id.not_in(select(void_part.c.part_id)),
    )
    tx.execute(insert(wanted_part).from_select(list(wanted_part.columns), awaited))
    tx.execute(delete(erased).where(never_held))


def _between(column: ColumnElement[int], first: int, end: int) -> ColumnElement[bool]:
    return column.between(first, end - 1)
