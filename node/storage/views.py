"""How far the views that follow the change feed have come, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from node.storage.rows import put
from node.storage.schema import view_position

if TYPE_CHECKING:
    from node.storage.transaction import Transaction


class ViewPosition(NamedTuple):
    """The feed position up to which a view has taken everything in, and what built it."""

    position: int
    fold_version: str


def find(tx: Transaction, name: str) -> ViewPosition | None:
    """Return how far a view has come; None if it never began."""
    query = select(view_position.c.position, view_position.c.fold_version).where(
        view_position.c.name == name
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else ViewPosition(*row)


def keep(tx: Transaction, name: str, position: int, fold_version: str) -> None:
    """Note how far a view has come, in the transaction that brought it there."""
    put(tx, view_position, name=name, position=position, fold_version=fold_version)
