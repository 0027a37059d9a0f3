"""What the center's outcomes did to one agreement, read by ranges of their places.

- A range is half-open and may begin and end at any place that a key can name, also those that no
  table holds.
- What was booked is read with the state of its ruling; what was decided and posts nothing stands in
  the rulings alone.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import select, tuple_

from federation.ledger.books import State
from node.storage.ledger_journal import EntryRow, PostingRow
from node.storage.ledger_tables import (
    ledger_document,
    ledger_entry,
    ledger_posting,
    ledger_ruling,
    ledger_statement,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from node.storage.ledger_journal import Key
    from node.storage.transaction import Transaction

_INT: Final = (1 << 31) - 1
_BIGINT: Final = (1 << 63) - 1
_POSTS_NOTHING: Final = (State.ACTIVE, State.REJECTED, State.EXPIRED)


class BookedRow(NamedTuple):
    """An entry, its postings in their order, and the state of its ruling; "" if there is none."""

    entry: EntryRow
    postings: tuple[PostingRow, ...]
    state: str

    @property
    def key(self) -> Key:
        """Return its place."""
        return self.entry[1:4]


class DecidedRow(NamedTuple):
    """A ruling that posts nothing."""

    generation: int
    leaf_index: int
    number: int
    position: int
    leaf_hash: bytes
    state: str


class ClosedRow(NamedTuple):
    """A closed period."""

    generation: int
    leaf_index: int
    number: int
    digest: bytes


def booked(tx: Transaction, agreement: int, first: Key, end: Key, limit: int) -> list[BookedRow]:
    """Return at most `limit` entries of a range, in the order of the outcomes."""
    table, ruling = ledger_entry, ledger_ruling
    query = (
        select(*table.columns, ruling.c.state)
        .outerjoin(ruling, ruling.c.position == table.c.proposal)
        .where(table.c.agreement == agreement, *_within(table, first, end))
        .order_by(*_place(table))
        .limit(limit)
    )
    rows = [(EntryRow(*row[:-1]), row[-1] or "") for row in tx.execute(query)]
    if not rows:
        return []
    upto = rows[-1][0]
    last = (upto.generation, upto.leaf_index, upto.number + 1)
    found = _postings(tx, agreement, rows[0][0][1:4], last)
    return [BookedRow(entry, found.get(entry[1:4], ()), state) for entry, state in rows]


def decided(tx: Transaction, agreement: int) -> list[DecidedRow]:
    """Return the rulings that post nothing, in the order of the outcomes."""
    table = ledger_ruling
    query = (
        select(*_place(table), table.c.position, table.c.leaf_hash, table.c.state)
        .where(
            table.c.agreement == agreement,
            table.c.instalment.is_(None),
            table.c.state.in_([one.value for one in _POSTS_NOTHING]),
        )
        .order_by(*_place(table))
    )
    return [DecidedRow(*row) for row in tx.execute(query)]


def closed(tx: Transaction, agreement: int) -> list[ClosedRow]:
    """Return the closed periods, in the order of the outcomes."""
    table = ledger_statement
    query = select(*_place(table), table.c.digest).where(table.c.agreement == agreement)
    return [ClosedRow(*row) for row in tx.execute(query.order_by(*_place(table)))]


def first_open(tx: Transaction, agreement_key: bytes, kind: int, first: int, last: int) -> int:
    """Return the first position from first to last of an open document; `last` + 1 if none is."""
    table = ledger_document
    query = (
        select(table.c.position)
        .where(
            table.c.agreement == agreement_key,
            table.c.kind == kind,
            table.c.is_open,
            table.c.position.between(first, last),
        )
        .order_by(table.c.position)
        .limit(1)
    )
    row = tx.execute(query).first()
    return last + 1 if row is None else int(row[0])


def _postings(
    tx: Transaction, agreement: int, first: Key, end: Key
) -> dict[Key, tuple[PostingRow, ...]]:
    table = ledger_posting
    query = (
        select(*table.columns)
        .where(table.c.agreement == agreement, *_within(table, first, end))
        .order_by(*_place(table), table.c.ordinal)
    )
    rows = (PostingRow(*row) for row in tx.execute(query))
    return {key: tuple(group) for key, group in groupby(rows, lambda row: row[1:4])}


def _place(table: Table) -> tuple[ColumnElement[int], ...]:
    return (table.c.generation, table.c.leaf_index, table.c.number)


def _within(table: Table, first: Key, end: Key) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    place = tuple_(*_place(table))
    return place >= _held(first), place < _held(end)


def _held(key: Key) -> Key:
    """Return a key below which the same rows stand, of numbers that the tables can hold."""
    generation, leaf_index, number = key
    if number > _INT:
        leaf_index, number = leaf_index + 1, 0
    if leaf_index > _BIGINT:
        generation, leaf_index, number = generation + 1, 0, 0
    return (_INT, _BIGINT, _INT) if generation > _INT else (generation, leaf_index, number)
