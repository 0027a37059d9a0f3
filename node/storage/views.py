"""How far the views that follow the change feed have come, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, select

from node.storage.rows import put_row
from node.storage.schema import view_position
from node.storage.statement import Statement

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


class ViewPosition(NamedTuple):
    """The feed position up to which a view has taken everything in, and what built it."""

    position: int
    fold_version: str


_FIND: Final = Statement(
    select(view_position.c.position, view_position.c.fold_version).where(
        view_position.c.name == bindparam("which")
    ),
    "which",
)


def find(tx: Transaction, name: str) -> ViewPosition | None:
    """Return how far a view has come; None if it never began."""
    row = tx.one(_FIND, (name,))
    return None if row is None else ViewPosition(*row)


def keep(tx: Transaction, name: str, position: int, fold_version: str) -> None:
    """Note how far a view has come, in the transaction that brought it there."""
    put_row(tx, view_position, (name, position, fold_version))
