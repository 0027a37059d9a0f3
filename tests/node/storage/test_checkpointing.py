"""Folding SQLite's write-ahead log back beside the writer."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest
from sqlalchemy.exc import OperationalError

from federation.log.errors import YdxError
from node.storage import checkpointing
from node.storage.checkpointing import ROWS, Checkpointer
from node.storage.database import Database
from node.storage.schema import request
from node.storage.sqlite import SqliteEngine
from tests.waiting import until


def checkpointer_of(database: Database) -> Checkpointer:
    engine = database._engine
    assert isinstance(engine, SqliteEngine)
    return engine._checkpointer


def _insert(database: Database, first: int, count: int) -> None:
    rows = [(b"%020d" % n, bytes(32), b"outcome", float(n)) for n in range(first, first + count)]
    with database.write(durable=False) as tx:
        tx.insert_rows(request, rows)


def test_bulk_writes_reach_the_file_before_the_log_has_its_length(tmp_path: Path) -> None:
    file = tmp_path / "node.sqlite"
    database = Database.open(f"sqlite:///{file}")
    before = file.stat().st_size
    for n in range(6):
        _insert(database, n * ROWS, ROWS)
    until(lambda: file.stat().st_size > before)
    database.close()
    with sqlite3.connect(file) as read:
        assert read.execute("SELECT count(*) FROM request").fetchone() == (6 * ROWS,)
        assert read.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    read.close()


def test_the_thread_is_free_to_leave_the_processor_that_the_writer_is_kept_on(
    tmp_path: Path,
) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/node.sqlite")
    free = os.sched_getaffinity(os.getpid())

    def write() -> None:
        os.sched_setaffinity(0, {min(free)})
        _insert(database, 0, ROWS)

    writer = threading.Thread(target=write)
    writer.start()
    writer.join()
    thread = checkpointer_of(database)._thread
    assert thread is not None
    number = thread.native_id
    assert number is not None
    until(lambda: os.sched_getaffinity(number) == free)
    database.close()


def test_a_few_rows_start_no_thread() -> None:
    def connect() -> NoReturn:
        raise AssertionError("nothing is to be folded back")

    checkpointer = Checkpointer(connect, lambda _: False, 4096)
    checkpointer.wrote(ROWS - 1)
    assert checkpointer._thread is None
    checkpointer.close()


@pytest.mark.parametrize(
    ("code", "told"),
    [(sqlite3.SQLITE_IOERR_FSYNC, True), (sqlite3.SQLITE_FULL, False)],
)
def test_a_failed_sync_is_told_to_the_next_writer_and_a_full_disk_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: bool
) -> None:
    asked = threading.Event()

    class Failing:
        def exec_driver_sql(self, sql: str) -> Any:
            assert sql.startswith("PRAGMA wal_checkpoint")
            asked.set()
            error = sqlite3.OperationalError("disk")
            error.sqlite_errorcode = code
            raise OperationalError(sql, None, error)

        def close(self) -> None:
            pass

    file = tmp_path / "node.sqlite"
    monkeypatch.setattr(checkpointing, "ROWS", 8)
    database = Database.open(f"sqlite:///{file}")
    database.sync()  # the writer has its own connection by now
    monkeypatch.setattr(checkpointer_of(database), "_connect", Failing)
    checkpointer_of(database)._wait_rows = 8
    _insert(database, 0, 8)
    assert asked.wait(10)
    if told:
        until(lambda: checkpointer_of(database)._failure is not None)
        with pytest.raises(YdxError, match="DATABASE_ERROR"):
            _insert(database, 8, 1)
        assert database.sync_failed
        with pytest.raises(YdxError):
            database.sync()
    else:
        _insert(database, 8, 1)
        assert not database.sync_failed
    database.close()


def test_rows_that_are_committed_are_never_told_as_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_self: threading.Thread) -> NoReturn:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(checkpointing, "ROWS", 8)
    database = Database.open(f"sqlite:///{tmp_path}/node.sqlite")
    checkpointer_of(database)._wait_rows = 8
    monkeypatch.setattr(threading.Thread, "start", start)
    _insert(database, 0, 8)
    database.close()


def test_with_the_log_at_its_bound_the_thread_leaves_it_to_the_writer() -> None:
    passes = []

    class Long:
        def exec_driver_sql(self, sql: str) -> Any:
            passes.append(sql)
            return SimpleNamespace(one=lambda: (0, 4096, 17))

        def close(self) -> None:
            pass

    checkpointer = Checkpointer(cast("Any", Long), lambda _: False, 4096)
    checkpointer.wrote(ROWS)
    until(lambda: checkpointer._wait_rows > ROWS)
    checkpointer.wrote(ROWS)
    checkpointer.wrote(ROWS)
    assert not checkpointer._wake.is_set()
    checkpointer.wrote(checkpointer._wait_rows)
    until(lambda: len(passes) == 2)
    checkpointer.close()


def test_a_connection_that_fails_is_opened_again_later() -> None:
    tries = []

    def connect() -> NoReturn:
        tries.append(1)
        raise OperationalError("connect", None, sqlite3.OperationalError("too many files"))

    checkpointer = Checkpointer(connect, lambda _: False, 4096)
    checkpointer.wrote(ROWS)
    until(lambda: len(tries) == 1)
    checkpointer.wrote(ROWS)
    until(lambda: len(tries) == 2)
    checkpointer.check()
    checkpointer.close()
