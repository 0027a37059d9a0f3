"""A database that takes no writes is known as such until a sync succeeds."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from sqlalchemy import text

from federation.log.errors import YdxError
from node.bootstrap.database_watch import DatabaseWatch
from node.storage import mirrors
from node.storage.database import Database
from tests.node.storage.postgres import PostgresServer
from tests.node.storage.test_database import fill_the_disk


def fail_to_write(database: Database) -> None:
    with pytest.raises(YdxError, match="DATABASE_ERROR"), database.write() as tx:
        tx.execute(text("SELECT * FROM no_such_table"))


def test_a_write_that_failed_is_known_until_a_sync_succeeds(database: Database) -> None:
    assert database.write_failure is None
    fail_to_write(database)
    with database.read() as tx:
        mirrors.every(tx)
    failure = database.write_failure
    assert failure is not None
    assert failure.reason == "DATABASE_ERROR"
    assert "no_such_table" in failure.what
    with database.write() as tx:
        mirrors.every(tx)
    assert database.write_failure is failure, "a write that changes nothing proves nothing"
    database.sync()
    assert database.write_failure is None


def test_a_probe_finds_out_that_writes_succeed_again(database: Database) -> None:
    fail_to_write(database)
    database.probe()
    assert database.write_failure is None


def test_a_read_that_failed_is_no_failure_of_writes(database: Database) -> None:
    with pytest.raises(YdxError, match="DATABASE_ERROR"), database.read() as tx:
        tx.execute(text("SELECT * FROM no_such_table"))
    assert database.write_failure is None


def test_a_full_disk_is_told_as_such(database: Database) -> None:
    watch = DatabaseWatch(database)
    with pytest.raises(YdxError, match="DISK_FULL"):
        fill_the_disk(database)
    failure = database.write_failure
    assert failure is not None
    assert failure.reason == "DISK_FULL"
    assert watch.is_well, "a full disk is no fault of the database"


def test_a_write_that_takes_too_long_is_told_and_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.storage.write_watch.STUCK_S", 0.05)
    began, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with database.write():
            began.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert began.wait(10)
    threading.Event().wait(0.1)
    failure = database.write_failure
    assert failure is not None
    assert "has been at one write for more than" in failure.what
    database.probe()
    leave.set()
    holder.join()
    assert database.write_failure is None


def test_a_database_that_was_made_read_only_is_told_until_it_is_written_again(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.new_database()
    with closing(Database.open(url)) as database:
        watch = DatabaseWatch(database)
        postgres_server.alter(url, "SET default_transaction_read_only = on")
        postgres_server.terminate_connections(url)
        for _ in range(3):
            with pytest.raises(YdxError, match="DATABASE_ERROR"):
                database.sync()
        for _ in range(2):
            watch.look()
            assert watch.is_read
            assert not watch.is_well
        postgres_server.alter(url, "RESET default_transaction_read_only")
        watch.look()
        watch.look()
        assert watch.is_well
        assert database.write_failure is None
    postgres_server.drop(url)


def test_a_database_that_cannot_be_read_is_not_well(url: str) -> None:
    with closing(Database.open(url)) as database:
        watch = DatabaseWatch(database)
        watch.look()
        assert watch.is_well
        with database.write() as tx:
            tx.execute(text("ALTER TABLE mirror RENAME TO mirrored"))
        watch.look()
        assert not watch.is_read


def test_a_read_that_waits_for_a_lock_is_not_waited_for(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.bootstrap.database_watch.ANSWER_S", 0.1)
    url = postgres_server.new_database()
    with closing(Database.open(url)) as database, closing(Database.open(url)) as other:
        watch = DatabaseWatch(database)
        with other.write() as tx:
            tx.execute(text("LOCK TABLE mirror"))
            looking = threading.Thread(target=watch.look)
            looking.start()
            threading.Event().wait(0.5)
            assert not watch.is_read
        looking.join()
        assert watch.is_well
    postgres_server.drop(url)
