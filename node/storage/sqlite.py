"""The SQLite side of storage: one file, one writer at a time, readers that never wait.

Settings as measured (DESIGN section 12): 16 KiB pages, deleted bytes overwritten, a write-ahead log
of some 64 MB before a commit folds it back (for bulk writes that is done beside them, see
`checkpointing`). A durable transaction syncs the log at its commit (`synchronous = FULL`), another
one only when the log is folded back (NORMAL).

Caches are small, since what they do not hold lies in the kernel's. In processor time, a first sync
of a million records whose source ids have no order took 13 µs a record with 32 and with 16 MB,
reading one of a million listings, at random, 29 µs with 4, 2 and 1 MB.

What is deleted is overwritten where it lies. But where SQLite moves rows between pages it leaves
copies in the gaps of the old ones: measured, of 1,000 parts that come and go in random order about
one is still in the file, in none of its tables. Only VACUUM removes these; a small file gets one.
"""

# ruff: noqa: D102 - the methods are described where they are declared, in `transaction`

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import OperationalError

from node.storage.checkpointing import Checkpointer
from node.storage.cures import DAMAGED
from node.storage.lookup import in_lists
from node.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import URL, Connection, Table

    from node.storage.statement import Many, Statement
    from node.storage.transaction import Row

_PAGE_BYTES: Final = 16 * 1024
VACUUM_PAGES_MAX: Final = 128 * 1024 * 1024 // _PAGE_BYTES
"""Files up to this size are written anew when something was destroyed; it takes about a second."""
_SCRUB_WAIT_MS: Final = 500
_LOG_PAGES: Final = 64 * 1024 * 1024 // _PAGE_BYTES
_WRITER_CACHE_KIB: Final = 16 * 1024
_READER_CACHE_KIB: Final = 2 * 1024
_FAULTS_MAX: Final = 20
_BUSY_TIMEOUT_S: Final = 10.0
_ROWS_A_STATEMENT: Final = (32, 4, 1)
_SHARED_NOT_GROWN: Final = sqlite3.SQLITE_IOERR_SHMSIZE
"""The index of the log, which stands beside the file, got no space on the disk."""
_SYNC_FAILURES: Final = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}
_DIALECT: Final = SQLiteDialect_pysqlite(paramstyle="qmark")


class SqliteEngine:
    """Opens connections to one file."""

    def __init__(self, url: URL) -> None:
        if url.database and url.database != ":memory:":
            # It holds contacts: nobody but the node's own user may read it, whatever the umask.
            Path(url.database).touch(mode=0o600)
        self._engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "check_same_thread": False,  # a connection goes from thread to thread, never shared
                "timeout": _BUSY_TIMEOUT_S,
                "cached_statements": 512,
            },
        )
        self._checkpointer = Checkpointer(self.connect, self.is_sync_failure, _LOG_PAGES)

    def open(self, *, writes: bool) -> SqliteTransaction:
        """Open a connection, with a larger cache if it writes."""
        if not writes:
            return SqliteTransaction(self.connect(_READER_CACHE_KIB))
        return SqliteTransaction(self.connect(_WRITER_CACHE_KIB), self._checkpointer)

    def connect(self, cache_kib: int = _WRITER_CACHE_KIB) -> Connection:
        """Open a connection with all settings made."""
        connection = self._engine.connect()
        for pragma in (
            f"page_size = {_PAGE_BYTES}",  # before the first table, or without effect
            "journal_mode = WAL",
            "synchronous = FULL",
            f"wal_autocheckpoint = {_LOG_PAGES}",
            f"journal_size_limit = {_LOG_PAGES * _PAGE_BYTES}",
            f"cache_size = -{cache_kib}",
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.commit()
        return connection

    @staticmethod
    def warnings() -> list[tuple[str, str]]:
        """Return nothing: all settings are our own."""
        return []

    def scrub(self, _since_s: float) -> bool:
        """Fold the log back and cut it; write a small file anew. Return whether it is done."""
        with closing(self.connect()) as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_SCRUB_WAIT_MS}")
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            try:
                if pages <= VACUUM_PAGES_MAX:
                    connection.exec_driver_sql("VACUUM")
                done = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            except OperationalError as error:
                if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                    return False
                raise
        return bool(done[0] == 0)

    def faults(self) -> list[str]:
        """Return what is wrong with the file itself: pages, indexes, rows; reads all of it."""
        with closing(self.connect(_READER_CACHE_KIB)) as connection:
            rows = connection.exec_driver_sql(f"PRAGMA integrity_check({_FAULTS_MAX})").all()
        return [text for (text,) in rows if text != "ok"]

    @staticmethod
    def is_disk_full(error: BaseException) -> bool:
        """Tell a full disk from other failures."""
        code = getattr(error, "sqlite_errorcode", None)
        return code is not None and (
            code & 0xFF == sqlite3.SQLITE_FULL or code == _SHARED_NOT_GROWN
        )

    @staticmethod
    def cure(error: BaseException) -> tuple[str, str] | None:
        """Return what to do about a failure, None where nothing more is known than to try again."""
        code = getattr(error, "sqlite_errorcode", None)
        is_damaged = code is not None and code & 0xFF == sqlite3.SQLITE_CORRUPT
        return DAMAGED if is_damaged else None

    @staticmethod
    def check_writable(_connection: Connection) -> None:
        """Find nothing: a file has no rights of single tables."""

    @staticmethod
    def is_sync_failure(error: BaseException) -> bool:
        """Tell that what was written may not be on the disk, though it can be read."""
        return getattr(error, "sqlite_errorcode", None) in _SYNC_FAILURES

    @staticmethod
    def is_failure(error: BaseException) -> bool:
        """Tell failures of the database from those of its caller."""
        return isinstance(error, sqlite3.Error)

    def close(self) -> None:
        """Forget the file."""
        self._checkpointer.close()
        self._engine.dispose()


class SqliteTransaction(Transaction):
    """One connection to the file."""

    def __init__(self, connection: Connection, checkpointer: Checkpointer | None = None) -> None:
        """`checkpointer` hears what a writer has written."""
        super().__init__(connection)
        driver = _driver_of(connection)
        # Text whose bytes rotted is read, and seen to differ, instead of failing whole queries.
        driver.text_factory = _readable
        self._driver = driver
        self._cursor = driver.cursor()
        self._syncs = True
        self._checkpointer = checkpointer
        self._rows = 0

    def one(self, statement: Statement, values: Row = ()) -> Row | None:
        row: Row | None = self._cursor.execute(statement.sql(_DIALECT), values).fetchone()
        return row

    def all(self, statement: Statement, values: Row = ()) -> list[Row]:
        return self._cursor.execute(statement.sql(_DIALECT), values).fetchall()

    def on_many(self, many: Many, values: Collection[Any], first: Row) -> Iterator[Row]:
        for some in in_lists(values):
            yield from self.all(many.among[len(some)], (*first, *some))

    def stream(self, statement: Statement, values: Row = ()) -> Iterator[Row]:
        return self._driver.execute(statement.sql(_DIALECT), values)

    def run(self, statement: Statement, values: Row = ()) -> int:
        return self._cursor.execute(statement.sql(_DIALECT), values).rowcount

    def run_many(self, statement: Statement, values: Sequence[Row]) -> None:
        self._cursor.executemany(statement.sql(_DIALECT), values)

    def insert_rows(self, table: Table, rows: Sequence[Row]) -> None:
        self._rows += len(rows)
        values: list[Any] = []
        for row in rows:
            values += row
        # Many rows a statement: a third less than a statement a row.
        width, done = len(table.columns), 0
        for count in _ROWS_A_STATEMENT:
            size = width * count
            whole = len(values) - (len(values) - done) % size
            if done < whole:
                groups = [values[start : start + size] for start in range(done, whole, size)]
                self._cursor.executemany(_insert_sql(table, count), groups)
                done = whole

    def try_insert_rows(self, table: Table, rows: Sequence[Row]) -> bool:
        self._cursor.execute("SAVEPOINT try_insert_rows")
        try:
            self.insert_rows(table, rows)
        except sqlite3.IntegrityError:
            self._cursor.execute("ROLLBACK TO try_insert_rows")
            taken = False
        else:
            taken = True
        # Not after any other failure: the transaction is gone then, and this would hide why.
        self._cursor.execute("RELEASE try_insert_rows")
        return taken

    def begin_read(self, *, snapshot: bool) -> None:
        if snapshot:
            self._cursor.execute("BEGIN")

    def begin_write(self, *, durable: bool) -> None:
        self._rows = 0
        if self._checkpointer is not None:
            self._checkpointer.check()
        if durable is not self._syncs:
            self._cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._syncs = durable
        self._cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._driver.commit()
        if self.connection.in_transaction():  # in Core's own books
            self.connection.commit()
        if self._checkpointer is not None:
            self._checkpointer.wrote(self._rows)

    def rollback(self) -> None:
        self._driver.rollback()
        if self.connection.in_transaction():
            self.connection.rollback()

    def close(self) -> None:
        self.connection.close()


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("not a connection of the sqlite3 module")
    return driver


def _readable(text: bytes) -> str:
    return text.decode(errors="replace")


@cache
def _insert_sql(table: Table, rows: int) -> str:
    row = f"({', '.join('?' for _ in table.columns)})"
    return f"INSERT INTO {table.name} VALUES {', '.join([row] * rows)}"  # noqa: S608 - the schema's names
