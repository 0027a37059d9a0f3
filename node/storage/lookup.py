"""Looking up many rows by a column, in few statements.

A statement is a trip to the server on PostgreSQL, and on SQLite a moment in which other threads
run. What is asked for many at once is asked a few hundred a statement. The statements have fixed
widths, so that each is compiled and prepared once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam

from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Select

    from node.storage.transaction import Row, Transaction

_WIDTHS: Final = (1, 16, 256)


class Lookup:
    """A query of the rows in which a column has one of some values."""

    __slots__ = ("_statements",)

    def __init__(
        self, query: Select[*tuple[Any, ...]], column: ColumnElement[Any], *names: str
    ) -> None:
        """`names` are those of the values that the query itself takes."""
        self._statements = {}
        for width in _WIDTHS:
            among = [f"value_{number}" for number in range(width)]
            clause = query.where(column.in_(list(map(bindparam, among))))
            self._statements[width] = Statement(clause, *names, *among)

    def rows(self, tx: Transaction, values: Collection[Any], first: Row = ()) -> Iterator[Row]:
        """Yield the rows of distinct values; `first` are the values that the query itself takes.

        What the query orders is in order only among the rows of one value.
        """
        asked, largest = list(values), _WIDTHS[-1]
        for start in range(0, len(asked), largest):
            some = asked[start : start + largest]
            width = next(width for width in _WIDTHS if width >= len(some))
            repeated = [some[-1]] * (width - len(some))
            yield from tx.all(self._statements[width], (*first, *some, *repeated))
