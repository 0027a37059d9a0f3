"""Transactions, their durability and their failures, on both databases."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from federation.log.errors import YdxError
from node.storage import mirrors, tokens
from node.storage.database import Database
from node.storage.migrating import HEAD_REVISION
from node.storage.schema import metadata
from node.storage.tokens import Token
from node.storage.upgrading import head_revision
from node.storage.writer_lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.storage.transaction import Transaction


def origins(database: Database) -> list[str]:
    with database.read() as tx:
        return [row.origin for row in mirrors.every(tx)]


def test_the_migrations_make_the_schema(database: Database) -> None:
    with database.write() as tx:
        context = MigrationContext.configure(tx.connection)
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("DROP TABLE alembic_version", "DATABASE_OLDER"),
        ("UPDATE meta SET value = '0' WHERE key = 'fold_version'", "DATABASE_OLDER"),
        ("UPDATE meta SET value = '999' WHERE key = 'fold_version'", "DATABASE_NEWER"),
    ],
    ids=["no tables of ours", "an older fold", "a newer fold"],
)
def test_a_tool_leaves_a_database_of_another_version_alone(
    url: str, change: str, reason: str
) -> None:
    opened = Database.open(url)
    with opened.write() as tx:
        tx.execute(text(change))
    with pytest.raises(YdxError, match=reason):
        Database.open(url, migrate=False)
    with opened.read() as tx:
        kept = tx.execute(text("SELECT value FROM meta WHERE key = 'fold_version'")).scalar()
    assert ("fold_version" not in change) or f"'{kept}'" in change
    opened.close()


def test_a_tool_opens_the_database_of_its_own_version(url: str) -> None:
    opened = Database.open(url)
    tool = Database.open(url, migrate=False)
    assert origins(tool) == []
    tool.close()
    opened.close()


def test_a_tool_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(YdxError, match="BAD_CONFIG"):
        Database.open(f"sqlite:///{tmp_path}/none.db", migrate=False)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    opened = Database.open(url)
    with opened.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(YdxError, match="DATABASE_NEWER"):
        Database.open(url, migrate=False)
    with pytest.raises(YdxError, match="DATABASE_NEWER"):
        Database.open(url)


def test_tokens_of_an_older_version_are_held_by_nobody_that_is_known(url: str) -> None:
    opened = Database.open(url)
    token = Token(
        id="abc",
        sha256=bytes(32),
        label="",
        roles=frozenset({"clerk"}),
        scope="",
        created_at_s=1.0,
        expires_at_s=2.0,
    )
    with opened.write() as tx:
        tokens.add(tx, token)
        tx.execute(text("ALTER TABLE token DROP COLUMN holder"))
        tx.execute(text("ALTER TABLE saved_query DROP COLUMN waits_since_s"))
        tx.execute(text("ALTER TABLE wanted_part DROP COLUMN is_withheld"))
        tx.execute(text("ALTER TABLE enquiry DROP COLUMN organisation_name"))
        tx.execute(text("CREATE INDEX ix_ledger_posting_value_date ON ledger_posting (value_date)"))
        tx.execute(text("DROP INDEX ix_ledger_void_newest"))
        tx.execute(text("CREATE INDEX ix_ledger_void_agreement ON ledger_void (agreement)"))
        tx.execute(text("DROP INDEX ix_superseded_origin_id_subject_revision"))
        tx.execute(
            text("CREATE INDEX ix_superseded_origin_id_subject ON superseded (origin_id, subject)")
        )
        tx.execute(text("UPDATE alembic_version SET version_num = '0011'"))
    opened.close()
    again = Database.open(url)
    with again.read() as tx:
        assert tokens.every(tx) == [token]
    again.close()


def test_what_is_answered_as_stored_is_stored_though_a_statement_failed(url: str) -> None:
    """PostgreSQL rolls such a transaction back at its COMMIT, and calls that a success."""
    opened = Database.open(url)
    is_stored = True
    try:
        with opened.write() as tx:
            mirrors.add(tx, "ydx.example/anhui")
            with suppress(SQLAlchemyError):
                tx.execute(text("SELECT nothing FROM nowhere"))
    except YdxError as error:
        assert error.reason == "DATABASE_ERROR"  # noqa: PT017 - SQLite has no error
        is_stored = False
    assert origins(opened) == ["ydx.example/anhui"] * is_stored
    opened.close()


def test_what_was_written_is_there_after_reopening(url: str) -> None:
    opened = Database.open(url)
    with opened.write(durable=False) as tx:
        mirrors.add(tx, "ydx.example/anhui")
    opened.close()
    again = Database.open(url)
    assert origins(again) == ["ydx.example/anhui"]
    again.close()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    heard: list[str] = []

    def fail() -> None:
        with database.write() as tx:
            mirrors.add(tx, "ydx.example/anhui")
            tx.on_commit(lambda: heard.append("commit"))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    with database.write():
        pass
    assert origins(database) == []
    assert heard == []


def test_a_snapshot_does_not_move(database: Database) -> None:
    with database.read() as tx:
        before = mirrors.every(tx)
        with database.write() as other:
            mirrors.add(other, "ydx.example/anhui")
        assert mirrors.every(tx) == before == []
    assert origins(database) == ["ydx.example/anhui"]


def test_without_a_snapshot_each_statement_sees_the_newest_state(database: Database) -> None:
    with database.read(snapshot=False) as tx:
        assert mirrors.every(tx) == []
        with database.write() as other:
            mirrors.add(other, "ydx.example/anhui")
        assert len(mirrors.every(tx)) == 1


def test_hooks_run_after_the_commit_and_after_the_next_sync(database: Database) -> None:
    heard: list[str] = []
    with database.write(durable=False) as tx:
        tx.on_commit(lambda: heard.append(f"committed {origins(database)}"))
        tx.on_durable(lambda: heard.append("durable"))
        mirrors.add(tx, "ydx.example/anhui")
        assert heard == []
    assert heard == ["committed ['ydx.example/anhui']"]
    database.sync()
    assert heard[1:] == ["durable"]
    with database.write() as tx:
        tx.on_durable(lambda: heard.append("durable at once"))
    assert heard[2:] == ["durable at once"]


def test_many_threads_read_while_one_writes(database: Database) -> None:
    counts: list[list[int]] = []

    def read() -> None:
        seen = []
        for _ in range(30):
            with database.read() as tx:
                seen.append(len(mirrors.every(tx)))
        counts.append(seen)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for number in range(20):
        with database.write(durable=False) as tx:
            mirrors.add(tx, f"ydx.example/member-{number}")
    for reader in readers:
        reader.join()
    assert len(counts) == 6
    assert all(seen == sorted(seen) for seen in counts)
    assert len(origins(database)) == 20


def test_however_many_read_and_write_the_caches_stay_small(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/node.sqlite")
    with ExitStack() as busy:
        opened = [busy.enter_context(database.read()) for _ in range(32)]
        opened.append(busy.enter_context(database.write()))
        kib = [-int(tx.execute(text("PRAGMA cache_size")).scalar_one()) for tx in opened]
    database.close()
    assert min(kib) > 0, "a number of pages would say nothing"
    assert sum(kib) <= 80 * 1024


def test_writers_of_two_processes_follow_one_another(new_url: Callable[[], str]) -> None:
    url = new_url()
    first, second = Database.open(url), Database.open(url)
    entered, leave = threading.Event(), threading.Event()
    order: list[str] = []

    def hold() -> None:
        with first.write() as tx:
            entered.set()
            leave.wait(10)
            mirrors.add(tx, "ydx.example/one")
            order.append("first")

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(10)
    threading.Timer(0.2, leave.set).start()
    with second.write() as tx:
        order.append("second")
        assert mirrors.add(tx, "ydx.example/two").origin_id == 2
    holder.join()
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_a_statement_that_fails_is_a_database_error_and_counted(database: Database) -> None:
    with pytest.raises(YdxError, match="DATABASE_ERROR"), database.read() as tx:
        tx.execute(text("SELECT * FROM no_such_table"))
    with pytest.raises(YdxError, match="DATABASE_ERROR"), database.write() as tx:
        tx.execute(text("SELECT * FROM no_such_table"))
    assert database.failures == {"DATABASE_ERROR": 2}
    assert origins(database) == []


def fill_the_disk(database: Database) -> None:
    """Make the database believe that the disk is full."""
    with database.write() as tx:
        if tx.connection.dialect.name == "sqlite":
            pages = tx.execute(text("PRAGMA page_count")).scalar()
            tx.execute(text(f"PRAGMA max_page_count = {pages}"))
            tx.execute(text("CREATE TABLE filler AS SELECT randomblob(9000000) AS data"))
        else:
            tx.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"))


def test_a_full_disk_is_told_apart_and_reading_goes_on(database: Database) -> None:
    with database.write() as tx:
        mirrors.add(tx, "ydx.example/anhui")
    with pytest.raises(YdxError, match="DISK_FULL"):
        fill_the_disk(database)
    assert database.failures == {"DISK_FULL": 1}
    assert origins(database) == ["ydx.example/anhui"]


def test_a_lost_connection_is_replaced(database: Database) -> None:
    def break_and_use(tx: Transaction) -> None:
        driver: Any = tx.connection.connection.driver_connection
        driver.close()
        mirrors.every(tx)

    with pytest.raises(YdxError, match="DATABASE_ERROR"), database.write() as tx:
        break_and_use(tx)
    with pytest.raises(YdxError, match="DATABASE_ERROR"), database.read() as tx:
        break_and_use(tx)
    with database.write() as tx:
        mirrors.add(tx, "ydx.example/anhui")
    assert origins(database) == ["ydx.example/anhui"]


def test_the_own_log_goes_before_mirrors_that_wait() -> None:
    lock = WriterLock()
    order: list[str] = []
    started = threading.Barrier(4)

    def take(name: str, *, own: bool) -> None:
        started.wait(10)
        with lock.held(own=own):
            order.append(name)

    threads = [
        threading.Thread(target=take, args=(name,), kwargs={"own": name == "own"})
        for name in ("mirror", "mirror", "own")
    ]
    with lock.held(own=False):
        for thread in threads:
            thread.start()
        started.wait(10)
        while lock.waiting < 3:
            threading.Event().wait(0.01)
    for thread in threads:
        thread.join()
    assert order == ["own", "mirror", "mirror"]


def test_the_newest_step_is_the_one_that_a_start_looks_for(url: str) -> None:
    database = Database.open(url)
    with database.read() as tx:
        assert head_revision(tx.connection) == HEAD_REVISION
    database.close()


def test_a_start_on_known_tables_does_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/node.sqlite"
    Database.open(url).close()
    program = (
        "import sys; from node.storage.database import Database; "
        f"Database.open({url!r}).close(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_nothing_begins_in_a_database_that_was_closed(url: str) -> None:
    database = Database.open(url)
    database.close()
    with pytest.raises(YdxError, match="the database is closed"), database.write():
        raise AssertionError("it wrote")
    with pytest.raises(YdxError, match="the database is closed"):
        database.read()
