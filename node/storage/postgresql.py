"""The PostgreSQL side of storage, from version 15 on, through psycopg 3.

- Rows come in by COPY in binary form. Hot statements are prepared and answer so too; they go
  straight to the driver's library, since a cursor costs several times what it does for them.
- Write transactions of all processes on one database follow one another, as on SQLite: each takes
  one advisory lock. A transaction that need not be durable commits without waiting for the log; a
  durable one waits at least for the server's own disk, also where the operator set that none does.
- Nothing is waited for without end: a server that is gone without a word is given up within a
  minute, a lock that another session holds after LOCK_WAIT. Parameters in `database.url` and what
  is set for the role go before these.
"""

# ruff: noqa: D102 - the methods are described where they are declared, in `transaction`

from __future__ import annotations

from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from node.storage import cures
from node.storage.schema import erased, part
from node.storage.server_check import check_server, check_writable, server_warnings
from node.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from psycopg.pq.abc import PGresult
    from sqlalchemy import URL, Connection, Table
    from sqlalchemy.engine import Dialect

    from node.storage.statement import Many, Statement
    from node.storage.transaction import Row

WRITE_LOCK: Final = 0x796478  # "ydx"
_WAIT_FOR_LOG: Final = (
    "SELECT set_config('synchronous_commit', 'on', true)"
    " WHERE current_setting('synchronous_commit') = 'off'"
)
LOCK_WAIT: Final = "30s"
_WAIT_FOR_LOCKS: Final = (
    "SELECT set_config('lock_timeout', '{}', false) WHERE current_setting('lock_timeout') = '0'"
)
_PARAMETERS: Final = {
    "application_name": "ydx",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_NO_WAIT: Final = "SET LOCAL synchronous_commit = off"
# Transactions that may still see what was there before; VACUUM leaves it to them.
_OLDER: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"
    " AND xact_start < clock_timestamp() - make_interval(secs => :since_s)"
)
_DONE: Final = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}
_STREAM_ROWS: Final = 4096
_VALUES_AT_ONCE: Final = 1024
_DIALECT: Final[Dialect] = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's
_TYPE_NAMES: Final = {
    "BIGINT": "int8",
    "INTEGER": "int4",
    "SMALLINT": "int2",
    "FLOAT": "float8",
    "BOOLEAN": "bool",
    "BYTEA": "bytea",
    "VARCHAR": "text",
}


class PostgresqlEngine:
    """Opens connections to one database."""

    def __init__(self, url: URL) -> None:
        chosen = {key: value for key, value in _PARAMETERS.items() if key not in url.query}
        self._engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={**chosen, "client_encoding": "utf8"},
        )

    def open(self, *, writes: bool) -> PostgresqlTransaction:  # noqa: ARG002 - as SQLite's
        """Open a connection."""
        return PostgresqlTransaction(self.connect())

    def connect(self) -> Connection:
        """Open a connection; raises BAD_CONFIG where the server is none that a node can use."""
        connection = self._engine.connect()
        try:
            driver = _driver_of(connection)
            check_server(driver)
            _done(driver.pgconn.exec_(_WAIT_FOR_LOCKS.format(LOCK_WAIT).encode()))
        except BaseException:
            connection.close()
            raise
        return connection

    def warnings(self) -> list[tuple[str, str]]:
        """Return what the operator should change, in Chinese and English."""
        with closing(self.connect()) as connection:
            return server_warnings(connection)

    def scrub(self, since_s: float) -> bool:
        """Have the tables of parts vacuumed; return whether no older transaction keeps rows."""
        with closing(self.connect()) as connection:
            older = connection.execute(_OLDER, {"since_s": since_s}).scalar_one()
            for table in (part, erased):
                connection.exec_driver_sql(f"VACUUM {table.name}")
        return bool(older == 0)

    @staticmethod
    def faults() -> list[str]:
        """Return nothing: a server looks after its files, with data checksums and pg_amcheck."""
        return []

    @staticmethod
    def is_disk_full(error: BaseException) -> bool:
        """Tell a full disk from other failures."""
        return isinstance(error, psycopg.errors.DiskFull)

    @staticmethod
    def cure(error: BaseException) -> tuple[str, str] | None:
        """Return what to do about a failure, None where nothing more is known than to try again."""
        return cures.cure_of(error)

    @staticmethod
    def check_writable(connection: Connection) -> None:
        """Raise DATABASE_ERROR where a table is missing, or the user may not write it."""
        check_writable(connection, is_made=True)

    @staticmethod
    def is_sync_failure(_error: BaseException) -> bool:
        """Return False: a server that cannot sync stops by itself, and recovers."""
        return False

    @staticmethod
    def is_failure(error: BaseException) -> bool:
        """Tell failures of the database from those of its caller."""
        return isinstance(error, psycopg.Error)

    def close(self) -> None:
        """Forget the server."""
        self._engine.dispose()


class PostgresqlTransaction(Transaction):
    """One connection to the server."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        driver = _driver_of(connection)
        # Whatever their size: a statement is prepared for the types of its values.
        driver.adapters.register_dumper(int, Int8BinaryDumper)
        self._driver = driver
        self._cursor = psycopg.RawCursor(driver)
        self._cursor.format = Format.BINARY
        self._adapting = Transformer(driver)
        self._prepared: dict[tuple[Statement, tuple[int, ...] | None], bytes] = {}

    def one(self, statement: Statement, values: Row = ()) -> Row | None:
        rows = self.all(statement, values)
        return rows[0] if rows else None

    def all(self, statement: Statement, values: Row = ()) -> list[Row]:
        result = self._execute(statement, values)
        self._adapting.set_pgresult(result)
        return self._adapting.load_rows(0, result.ntuples, tuple)

    def on_many(self, many: Many, values: Collection[Any], first: Row) -> Iterator[Row]:
        asked = list(values)
        for start in range(0, len(asked), _VALUES_AT_ONCE):
            yield from self.all(many.each, (asked[start : start + _VALUES_AT_ONCE], *first))

    def stream(self, statement: Statement, values: Row = ()) -> Iterator[Row]:
        with psycopg.RawServerCursor(self._driver, "stream") as cursor:
            cursor.itersize = _STREAM_ROWS
            yield from cursor.execute(statement.sql(_DIALECT).encode(), values, binary=True)

    def run(self, statement: Statement, values: Row = ()) -> int:
        return self._execute(statement, values).command_tuples or 0

    def run_many(self, statement: Statement, values: Sequence[Row]) -> None:
        self._cursor.executemany(statement.sql(_DIALECT).encode(), values)

    def insert_rows(self, table: Table, rows: Sequence[Row]) -> None:
        sql, types = _copy_sql(table)
        with self._cursor.copy(sql) as copy:
            copy.set_types(types)
            write_row = copy.write_row
            for row in rows:
                write_row(row)

    def try_insert_rows(self, table: Table, rows: Sequence[Row]) -> bool:
        self._command(b"SAVEPOINT try_insert_rows")
        try:
            self.insert_rows(table, rows)
        except psycopg.errors.UniqueViolation:
            self._command(b"ROLLBACK TO try_insert_rows")
            taken = False
        else:
            taken = True
        # Not after any other failure: the transaction is aborted then, and this would hide why.
        self._command(b"RELEASE try_insert_rows")
        return taken

    def begin_read(self, *, snapshot: bool) -> None:
        if snapshot:
            self._command(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def begin_write(self, *, durable: bool) -> None:
        # One trip to the server for all.
        wait = _WAIT_FOR_LOG if durable else _NO_WAIT
        begin = f"BEGIN; {wait}; SELECT pg_advisory_xact_lock({WRITE_LOCK})"
        self._command(begin.encode())

    def commit(self) -> None:
        if self._driver.pgconn.transaction_status == TransactionStatus.INERROR:
            # The server would roll back, and say so by no error.
            raise psycopg.errors.InFailedSqlTransaction("a statement of this transaction failed")
        if self._driver.pgconn.transaction_status != TransactionStatus.IDLE:
            self._command(b"COMMIT")
        if self.connection.in_transaction():  # in Core's own books
            self.connection.commit()

    def rollback(self) -> None:
        # Not by the driver, which would have the server forget all statements that are prepared.
        # Also where nothing was begun: a connection that the server closed fails twice before the
        # library says that it is lost. This fails on a lost one, which is then given up.
        is_begun = self._driver.pgconn.transaction_status != TransactionStatus.IDLE
        self._command(b"ROLLBACK" if is_begun else b"SELECT 1")  # else the server logs a warning
        if self.connection.in_transaction():
            self.connection.rollback()

    def close(self) -> None:
        if self._driver.pgconn.status == ConnStatus.BAD:
            self.connection.invalidate()  # or it is rolled back first, and that fails at length
        self.connection.close()

    def _execute(self, statement: Statement, values: Row) -> PGresult:
        count = len(values)
        dumped: Any = self._adapting.dump_sequence(values, [PyFormat.BINARY] * count)
        key = (statement, self._adapting.types)
        name = self._prepared.get(key) or self._prepare(*key)
        binary = Format.BINARY
        return _done(self._driver.pgconn.exec_prepared(name, dumped, [binary] * count, binary))

    def _prepare(self, statement: Statement, types: tuple[int, ...] | None) -> bytes:
        name = f"ydx_{len(self._prepared)}".encode()
        sql = statement.sql(_DIALECT).encode()
        _done(self._driver.pgconn.prepare(name, sql, types))
        self._prepared[statement, types] = name
        return name

    def _command(self, sql: bytes) -> None:
        _done(self._driver.pgconn.exec_(sql))


def _driver_of(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("not a connection of psycopg")
    return driver


def _done(result: PGresult) -> PGresult:
    """Return a result of the library, or raise what it says."""
    if result.status in _DONE:
        return result
    raise psycopg.errors.error_from_result(result)


@cache
def _copy_sql(table: Table) -> tuple[bytes, list[str]]:
    columns = ", ".join(table.columns.keys())
    types = [_TYPE_NAMES[column.type.compile(_DIALECT)] for column in table.columns]
    return f"COPY {table.name} ({columns}) FROM STDIN (FORMAT BINARY)".encode(), types
