"""Writing single rows of the small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, update

if TYPE_CHECKING:
    from sqlalchemy import Table

    from node.storage.transaction import Transaction


def put(tx: Transaction, table: Table, **values: Any) -> None:
    """Write a row of all columns in place of the one with the same key, if there is one.

    There is one writer, so that nothing can come between looking and inserting.
    """
    key = and_(*(column == values[column.name] for column in table.primary_key))
    rest = {name: value for name, value in values.items() if name not in table.primary_key}
    if tx.execute(update(table).where(key).values(rest)).rowcount == 0:
        tx.execute(insert(table).values(values))
