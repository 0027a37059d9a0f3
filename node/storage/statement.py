"""Statements of the hot paths: written in SQLAlchemy Core, compiled once, run by the driver.

Core's own execution costs more than a point read itself; what runs a million times goes around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, literal_column

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.expression import ClauseElement


class Statement:
    """A Core statement and the names of its values, each once, in the order of the SQL.

    Results are the driver's tuples; values and results must be int, str, bytes, float or None.
    """

    __slots__ = ("_by_dialect", "_clause", "_names")

    def __init__(self, clause: ClauseElement, *names: str) -> None:
        self._clause = clause
        self._names = names
        self._by_dialect: dict[str, str] = {}

    def sql(self, dialect: Dialect) -> str:
        """Return the statement with the driver's positional placeholders."""
        text = self._by_dialect.get(dialect.name)
        if text is None:
            compiled = self._clause.compile(dialect=dialect, column_keys=self._names)
            order = tuple(getattr(compiled, "positiontup", None) or ())
            if order != self._names:
                raise TypeError(f"the SQL takes {order}, not {self._names}: {compiled}")
            text = self._by_dialect[dialect.name] = str(compiled)
        return text


def limited(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a query of as many rows at most as its last value says, named "limit"."""
    # For SQLite an offset is written in any case, and as a value more where none is said.
    return query.limit(bindparam("limit")).offset(literal_column("0"))


class Many:
    """A statement on the rows in which a column has one of some values."""

    def __init__(self, among: dict[int, Statement], each: Statement) -> None:
        self.among = among
        """What takes so many values in a list, after the statement's own."""
        self.each = each
        """What takes all values in an array, before the statement's own."""
