"""Writing single rows of the small tables."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, update

from node.storage.statement import Statement

if TYPE_CHECKING:
    from sqlalchemy import Table

    from node.storage.transaction import Row, Transaction


def put(tx: Transaction, table: Table, **values: Any) -> None:
    """Write a row of all columns in place of the one with the same key, if there is one.

    There is one writer, so that nothing can come between looking and inserting.
    """
    put_row(tx, table, tuple([values[column.name] for column in table.columns]))


def put_row(tx: Transaction, table: Table, row: Row) -> None:
    """Write a row of all columns, in the table's order, as `put` does."""
    statement, places = _update(table)
    if tx.run(statement, tuple([row[place] for place in places])) == 0:
        tx.insert_rows(table, [row])


@cache
def _update(table: Table) -> tuple[Statement, tuple[int, ...]]:
    """Return what writes a row in place of another, and which columns it takes in which order."""
    columns = [column.name for column in table.columns]
    key = [column.name for column in table.primary_key]
    rest = [name for name in columns if name not in key]
    clause = (
        update(table)
        .where(and_(*(table.c[name] == bindparam(f"value_{name}") for name in key)))
        .values({name: bindparam(f"value_{name}") for name in rest})
    )
    order = [*rest, *key]
    names = [f"value_{name}" for name in order]
    return Statement(clause, *names), tuple(map(columns.index, order))
