"""What every function of this package works on: one open transaction.

- Functions over a transaction see one snapshot and their own writes. Nothing is visible to others
  before the block of `Database.write` ends without an exception.
- `execute` takes any Core statement; `one`, `all`, `run`, `run_many` and `insert_rows` are the
  driver's short way for hot paths.
- What lives in memory changes only in `on_commit`; what is reported to others as stored, only in
  `on_durable`, which runs when this commit is synced to disk: at once after a durable transaction,
  with the next durable one or `Database.sync` after another.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy import Connection, CursorResult, Executable, Table

    from node.storage.statement import Many, Statement

    Row = tuple[Any, ...]


class Transaction(ABC):
    """One open transaction on one connection; used by one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.commit_hooks: list[Callable[[], None]] = []
        self.durable_hooks: list[Callable[[], None]] = []

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a Core statement; a list of dictionaries runs it for each."""
        return self.connection.execute(statement, values)

    def on_commit(self, hook: Callable[[], None]) -> None:
        """Call `hook` once this transaction is committed; it must not fail."""
        self.commit_hooks.append(hook)

    def on_durable(self, hook: Callable[[], None]) -> None:
        """Call `hook` once this transaction is synced to disk; it must not fail."""
        self.durable_hooks.append(hook)

    @abstractmethod
    def one(self, statement: Statement, values: Row = ()) -> Row | None:
        """Return the first row, or None."""

    @abstractmethod
    def all(self, statement: Statement, values: Row = ()) -> list[Row]:
        """Return all rows."""

    @abstractmethod
    def on_many(self, many: Many, values: Collection[Any], first: Row) -> Iterator[Row]:
        """Run a statement on the rows of some values, and yield what it finds (`lookup`)."""

    @abstractmethod
    def stream(self, statement: Statement, values: Row = ()) -> Iterator[Row]:
        """Yield rows without holding them all; other statements may run meanwhile."""

    @abstractmethod
    def run(self, statement: Statement, values: Row = ()) -> int:
        """Run a statement without rows; return how many it changed."""

    @abstractmethod
    def run_many(self, statement: Statement, values: Sequence[Row]) -> None:
        """Run a statement without rows for each of `values`."""

    @abstractmethod
    def insert_rows(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows of all columns, in the table's order, by the fastest way there is."""

    @abstractmethod
    def try_insert_rows(self, table: Table, rows: Sequence[Row]) -> bool:
        """Insert all rows, or none if a unique index refuses one; return whether it was done."""

    @abstractmethod
    def begin_read(self, *, snapshot: bool) -> None:
        """Begin reading (`Database` calls this and what follows)."""

    @abstractmethod
    def begin_write(self, *, durable: bool) -> None:
        """Begin writing, once every other writer of the database is done."""

    @abstractmethod
    def commit(self) -> None:
        """Make it visible."""

    @abstractmethod
    def rollback(self) -> None:
        """Undo it."""

    @abstractmethod
    def close(self) -> None:
        """Give up the connection."""
