"""Every statement that is kept compiled takes the values that it names, on both databases."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Integer, column, select

from node import storage
from node.storage.postgresql import _DIALECT as POSTGRESQL
from node.storage.sqlite import _DIALECT as SQLITE
from node.storage.statement import Many, Statement, limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect


def statements(value: object, dialect: Dialect) -> Iterator[Statement]:
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, Many):
        yield from [value.each] if dialect is POSTGRESQL else value.among.values()
    elif isinstance(value, dict):
        yield from statements([*value.values()], dialect)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from statements(one, dialect)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize("name", [one.name for one in pkgutil.iter_modules(storage.__path__)])
def test_every_statement_of_a_module_takes_the_values_that_it_names(
    name: str, dialect: Dialect
) -> None:
    module = importlib.import_module(f"{storage.__name__}.{name}")
    for statement in statements([*vars(module).values()], dialect):
        assert statement.sql(dialect)


def test_values_that_are_named_in_another_order_are_refused() -> None:
    query: Any = select(column("a", Integer)).where(column("b", Integer) > 1)
    with pytest.raises(TypeError, match="the SQL takes"):
        Statement(query, "other").sql(SQLITE)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_a_limit_is_the_last_value(dialect: Dialect) -> None:
    assert "LIMIT" in Statement(limited(select(column("a"))), "limit").sql(dialect)
