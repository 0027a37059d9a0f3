"""The denominators of the first sync: the same bytes and facets, unsigned, nothing verified.

- raw: `executemany` in SQLite, binary COPY in PostgreSQL, into one table with two unique indexes,
  512 rows a transaction, from memory, through the connections that the node itself uses.
- replication: PostgreSQL's logical replication of that table between two servers, from CREATE
  SUBSCRIPTION until the last row is there: of the same transactions, which stand in the publisher's
  log by then. The pauses between a subscription's steps are shortened, so that the denominator
  waits for nothing. (Its initial copy, which is COPY from server to server, is told beside it.)
- replication of a node's tables: the same of what a node itself keeps of that log, in the tables
  that a pulling node fills: what its operator would have who let PostgreSQL copy its database.
"""

from __future__ import annotations

import gc
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Column, LargeBinary, MetaData, Table, UniqueConstraint

from federation.log.entry import Audience
from federation.records.facets import facets
from node.storage import schema
from node.storage.database import Database
from node.storage.statement import Statement
from tests.bench.nodes import store
from tests.node.storage.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from node.services.log.drafts import Encoded
    from node.storage.transaction import Row

ROWS_A_TRANSACTION: Final = 512
_POLL_S: Final = 0.02
_COPIED_WITHIN_S: Final = 600.0
_MIRRORED: Final = (
    schema.mirror,
    schema.entry_bundle,
    schema.hash_tile,
    schema.part,
    schema.catalogue,
    schema.arrival,
)
_metadata: Final = MetaData()
_raw: Final = Table(
    "raw",
    _metadata,
    Column("position", schema.catalogue.c.position.type, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("members", LargeBinary, nullable=False),
    *(
        Column(column.name, column.type, nullable=False)
        for column in list(schema.catalogue.columns)[1:]
    ),
    UniqueConstraint("origin_id", "subject"),
)
_INSERT: Final = Statement(_raw.insert(), *_raw.columns.keys())


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the collector away from what is measured: it would walk the corpus over and over."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def rows_of(log: Sequence[Encoded]) -> list[Row]:
    """Return the rows that hold what a node stores of a log's listings."""
    return [
        (
            leaf_index,
            one.entry,
            *one.parts[:2],
            1,
            one.draft.subject,
            one.draft.revision,
            one.draft.kind,
            sum(1 << audience for audience, _ in one.draft.contents),
            one.leaf_hash,
            one.recorded_at_ms,
            *facets(one.draft.kind, dict(one.draft.contents)[Audience.PUBLIC]),
        )
        for leaf_index, one in enumerate(log)
        if one.draft.contents
    ]


def insert(url: str, rows: Sequence[Row]) -> float:
    """Insert all rows in a new database; return how many seconds it took."""
    database = Database.open(url)
    with database.write() as tx:
        _metadata.create_all(tx.connection)
    one_by_one = url.startswith("sqlite")
    with undisturbed():
        started = time.perf_counter()
        for start in range(0, len(rows), ROWS_A_TRANSACTION):
            some = rows[start : start + ROWS_A_TRANSACTION]
            with database.write(durable=False) as tx:
                if one_by_one:
                    tx.run_many(_INSERT, some)
                else:
                    tx.insert_rows(_raw, some)
        database.sync()
        took_s = time.perf_counter() - started
    database.close()
    return took_s


class PostgresPair:
    """Two PostgreSQL servers, as two members would run them."""

    def __init__(self) -> None:
        self.publisher = PostgresServer("synchronous_commit=on", "wal_level=logical")
        try:
            self.subscriber = PostgresServer(
                "synchronous_commit=on", "wal_retrieve_retry_interval=20ms"
            )
        except BaseException:
            self.publisher.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.subscriber.close()
        self.publisher.close()

    def settle(self) -> None:
        """Have all that was written before on the disk, so that nobody waits for it later."""
        for server in (self.publisher, self.subscriber):
            server.checkpoint()
        os.sync()

    def replicate(self, rows: Sequence[Row]) -> float:
        """Let the other server apply a stream of all rows; return how many seconds it took.

        The transactions stand in the log already: it decodes, sends and applies them, nothing else.
        """
        source, target = self._tables()
        return self._streamed(source, target, "raw", lambda: insert(source, rows))

    def replicate_node(self, log: Sequence[Encoded]) -> float:
        """Let the other server apply what a node keeps of a log, in the node's own tables."""
        source, target = self.publisher.new_database(), self.subscriber.new_database()
        for url in (source, target):
            Database.open(url).close()
        _publish(source, *(table.name for table in _MIRRORED))
        return self._streamed(source, target, "catalogue", lambda: store(source, log))

    def _streamed(self, source: str, target: str, table: str, write: Callable[[], object]) -> float:
        """Write behind a slot, then stream it; the last row of `table` tells that all is there."""
        with psycopg.connect(source, autocommit=True) as connection:
            slot = conninfo_to_dict(source)["dbname"]
            connection.execute("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (slot,))
        write()
        self.settle()
        with psycopg.connect(source) as there:
            newest = f"SELECT max(position) FROM {table}"  # noqa: S608 - one of our own names
            (last,) = there.execute(newest.encode()).fetchone() or (0,)
        applied = f"SELECT count(*) FROM {table} WHERE position = {last}"  # noqa: S608 - a number
        options = "copy_data = false, create_slot = false"
        return self._subscribed(source, target, table, options, applied)

    def copy(self, rows: Sequence[Row]) -> float:
        """Let the other server copy the table at first; return how many seconds it took."""
        source, target = self._tables()
        insert(source, rows)
        self.settle()
        copied = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate IN ('f', 's', 'r')"
        return self._subscribed(source, target, "raw", "copy_data = true", copied)

    def _tables(self) -> tuple[str, str]:
        """Give a database on each server, with the table, which the first one publishes."""
        source, target = self.publisher.new_database(), self.subscriber.new_database()
        for url in (source, target):
            database = Database.open(url)
            with database.write() as tx:
                _metadata.create_all(tx.connection)
            database.close()
        _publish(source, "raw")
        return source, target

    def _subscribed(self, source: str, target: str, table: str, options: str, done: str) -> float:
        """Subscribe, and return after how many seconds the query `done` counts one."""
        name = conninfo_to_dict(source)["dbname"]
        conninfo = f"host={self.publisher.folder} user=postgres dbname={name}"
        count = f"SELECT count(*) FROM {table}".encode()  # noqa: S608 - one of our own names
        with psycopg.connect(source) as there:
            expected = there.execute(count).fetchone()
        with psycopg.connect(target, autocommit=True) as connection:
            started = time.perf_counter()
            connection.execute(
                f"CREATE SUBSCRIPTION {name} CONNECTION '{conninfo}' PUBLICATION bench "
                f"WITH ({options})".encode()
            )
            _await_one(connection, done)
            took_s = time.perf_counter() - started
            found = connection.execute(count).fetchone()
            connection.execute(f"DROP SUBSCRIPTION {name}".encode())
        if found != expected:
            raise RuntimeError(f"{found} of {expected} rows were replicated")
        return took_s


def _publish(source: str, *tables: str) -> None:
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute(f"CREATE PUBLICATION bench FOR TABLE {', '.join(tables)}".encode())


def _await_one(connection: psycopg.Connection[tuple[int]], query: str) -> None:
    """Return once the query counts one."""
    until = time.monotonic() + _COPIED_WITHIN_S
    while connection.execute(query.encode()).fetchone() != (1,):
        if time.monotonic() > until:
            raise RuntimeError("the rows were not replicated in time")
        time.sleep(_POLL_S)
