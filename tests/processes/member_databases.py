"""A member's database seen from outside: read while the member runs, and copied.

Each member has its own, whichever engine it is of: a file in the member's folder, or a database of
a PostgreSQL server that all members of the federation share.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import psycopg

from tests.node.storage.postgres import PostgresServer

Read: TypeAlias = Callable[[str], list[tuple[Any, ...]]]
"""Runs a query, and returns all its rows."""


class MemberDatabase(Protocol):
    """What both engines give."""

    @property
    def url(self) -> str:
        """The database as a node's configuration names it."""

    def reading(self) -> AbstractContextManager[Read]:
        """Give what runs queries, beside the member."""

    def copy(self, folder: Path) -> str:
        """Return the URL of a copy as the database stands now; the copy before it goes."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database that is a file."""

    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    @contextmanager
    def reading(self) -> Iterator[Read]:
        with closing(self._open_read_only()) as database:
            yield lambda query: database.execute(query).fetchall()

    def copy(self, folder: Path) -> str:
        return f"sqlite:///{self.copy_file(folder)}"

    def copy_file(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        path = folder / f"{self.path.parent.name}.sqlite"
        path.unlink(missing_ok=True)
        with closing(self._open_read_only()) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        return path

    def _open_read_only(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, timeout=10)


@dataclass(slots=True)
class PostgresDatabase:
    """A database of a server."""

    server: PostgresServer
    url: str
    _copies: list[str] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[Read]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            yield lambda query: connection.execute(query.encode()).fetchall()

    def copy(self, folder: Path) -> str:  # noqa: ARG002 - as SQLite's
        while self._copies:
            self.server.drop(self._copies.pop())
        self._copies.append(self.server.copy(self.url))
        return self._copies[0]
