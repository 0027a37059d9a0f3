"""Ranges of places of one agreement's rows, read by scans that end where the range does.

- PostgreSQL up to 17 ends a scan at a bound of several columns only where the first of them passes
  it: bounded by generation, leaf and number as one, it reads on to the end of the generation. So a
  range is cut into what lies in the generation of its end, and what lies in those before.
- The leaves of the first part are bounded apart as well. From bounds of several columns alone
  PostgreSQL takes a range for a ninth of the table, and starts workers to read it.
- A range is half-open and may begin and end at any place that a key can name, also those that no
  table holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, tuple_

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from node.storage.ledger_journal import Key

_INT: Final = (1 << 31) - 1
_BIGINT: Final = (1 << 63) - 1

_EARLIER: Final = ("first_log", "last_log", "from_log", "from_leaf", "from_number")
_OF_END: Final = (
    *("log", "first_leaf", "last_leaf"),
    *("from_leaf", "from_number", "end_leaf", "end_number"),
)


class Span(NamedTuple):
    """A part of a range: the values of `names_of_span` for rows that `is_in_span`."""

    is_earlier: bool
    """It lies in the generations before that of the end."""
    values: tuple[int, ...]


def place(table: Table) -> tuple[ColumnElement[int], ...]:
    """Return the columns of a place."""
    return (table.c.generation, table.c.leaf_index, table.c.number)


def is_in_span(table: Table, *, is_earlier: bool) -> tuple[ColumnElement[bool], ...]:
    """Return that a row is in a span of one kind."""
    leaf, number = table.c.leaf_index, table.c.number
    start: list[ColumnElement[int]] = [bindparam(one) for one in _EARLIER[-3:]]
    if is_earlier:
        logs = table.c.generation.between(bindparam("first_log"), bindparam("last_log"))
        return (logs, tuple_(*place(table)) >= tuple_(*start))
    return (
        table.c.generation == bindparam("log"),
        leaf.between(bindparam("first_leaf"), bindparam("last_leaf")),
        tuple_(leaf, number) >= tuple_(*start[1:]),
        tuple_(leaf, number) < tuple_(bindparam("end_leaf"), bindparam("end_number")),
    )


def names_of_span(*, is_earlier: bool) -> tuple[str, ...]:
    """Return the names of the values of a span, in their order."""
    return _EARLIER if is_earlier else _OF_END


def spans(first: Key, end: Key) -> list[Span]:
    """Cut a range into spans, ascending."""
    first, end = _held(first), _held(end)
    if first >= end:
        return []
    found = []
    log, *stop = end
    if first[0] < log:
        found.append(Span(is_earlier=True, values=(first[0], log - 1, *first)))
        first = (log, 0, 0)
    found.append(Span(is_earlier=False, values=(log, first[1], end[1], *first[1:], *stop)))
    return found


def _held(key: Key) -> Key:
    """Return a key below which the same rows stand, of numbers that the tables can hold."""
    generation, leaf_index, number = key
    if number > _INT:
        leaf_index, number = leaf_index + 1, 0
    if leaf_index > _BIGINT:
        generation, leaf_index, number = generation + 1, 0, 0
    return (_INT, _BIGINT, _INT) if generation > _INT else (generation, leaf_index, number)
