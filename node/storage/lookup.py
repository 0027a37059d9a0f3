"""Looking up and changing many rows by a column, in one statement or few.

A statement is a trip to the server on PostgreSQL, and on SQLite a moment in which other threads
run. What is asked of many at once is asked so:

- On SQLite a few hundred values a statement, in a list. Statements have one of few widths, so that
  each is compiled once.
- On PostgreSQL a thousand, in an array, and the query is run for each of its values. In a list,
  what the server thinks that a value matches decides between index and whole table; of a table
  that is growing from nothing it thinks wrongly until it is analyzed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ARRAY, Column, any_, bindparam, func, literal_column, select, true

from node.storage.statement import Many, Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Select, Update

    from node.storage.transaction import Row, Transaction

_WIDTHS: Final = (1, 16, 256)


class Lookup(Many):
    """A query of such rows."""

    def __init__(
        self, query: Select[*tuple[Any, ...]], column: ColumnElement[Any], *names: str
    ) -> None:
        """`names` are those of the values that the query itself takes."""
        super().__init__(_among(query, column, names), _each(query, column, names))

    def rows(self, tx: Transaction, values: Collection[Any], first: Row = ()) -> Iterator[Row]:
        """Yield the rows of distinct values; `first` are the values that the query itself takes.

        What the query orders is in order only among the rows of one value.
        """
        return tx.on_many(self, values, first)


class Change(Many):
    """A change of such rows, the same of all; its column is a primary key."""

    def __init__(self, change: Update, column: ColumnElement[Any]) -> None:
        array = bindparam("values", type_=ARRAY(column.type))
        each = Statement(change.where(column == any_(array)), "values")
        super().__init__(_among(change, column, ()), each)

    def run(self, tx: Transaction, values: Collection[Any]) -> None:
        """Change the rows of these values."""
        for _ in tx.on_many(self, values, ()):
            pass


def _among(
    clause: Select[*tuple[Any, ...]] | Update, column: ColumnElement[Any], names: tuple[str, ...]
) -> dict[int, Statement]:
    among = [f"value_{number}" for number in range(max(_WIDTHS))]
    return {
        width: Statement(
            clause.where(column.in_(list(map(bindparam, among[:width])))), *names, *among[:width]
        )
        for width in _WIDTHS
    }


def _each(
    query: Select[*tuple[Any, ...]], column: ColumnElement[Any], names: tuple[str, ...]
) -> Statement:
    array = func.unnest(bindparam("values", type_=ARRAY(column.type)))
    asked = array.table_valued(Column("value", column.type)).render_derived(name="asked")
    # The offset keeps the server from making another join of it.
    found = query.where(column == asked.c.value).offset(literal_column("0")).lateral("found")
    return Statement(select(found).select_from(asked.join(found, true())), "values", *names)


def in_lists(values: Collection[Any]) -> Iterator[list[Any]]:
    """Yield the values in lists of few widths; of the last one some may stand there again."""
    asked, largest = list(values), _WIDTHS[-1]
    for start in range(0, len(asked), largest):
        some = asked[start : start + largest]
        width = next(width for width in _WIDTHS if width >= len(some))
        yield some + [some[-1]] * (width - len(some))
