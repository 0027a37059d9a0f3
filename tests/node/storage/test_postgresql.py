"""What an operator may have set on a PostgreSQL server or role, and what holds nevertheless."""

from __future__ import annotations

import re
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from federation.log.errors import YdxError
from node.commands.translating import in_chinese
from node.storage import mirrors
from node.storage.database import Database
from node.storage.opening import check_can_open
from node.storage.postgresql import WRITE_LOCK
from tests.node.storage.postgres import FORGETFUL, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.new_database()
    yield url
    postgres_server.drop(url)


def name_of(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def run(url: str, *statements: str) -> None:
    """Run statements as the operator does, beside the node."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_an_acknowledged_write_survives_a_crash_whatever_the_server_is_told() -> None:
    with PostgresServer(*FORGETFUL, "synchronous_commit=off") as server:
        database = Database.open(server.new_database())
        with database.write() as tx:
            mirrors.add(tx, "ydx.example/anhui")
            url = str(tx.connection.engine.url)
        server.crash()
        server.start()
        with closing(Database.open(url)) as again, again.read() as tx:
            assert [row.origin for row in mirrors.every(tx)] == ["ydx.example/anhui"]


@pytest.mark.parametrize(
    ("told", "durable", "used"),
    [
        ("off", True, "on"),
        ("local", True, "local"),
        ("remote_apply", True, "remote_apply"),
        ("on", False, "off"),
    ],
)
def test_a_durable_commit_waits_as_the_server_says_and_at_least_for_the_disk(
    postgres_server: PostgresServer, postgres_url: str, told: str, used: str, *, durable: bool
) -> None:
    postgres_server.alter(postgres_url, f"SET synchronous_commit = {told}")
    with closing(Database.open(postgres_url)) as database:
        with database.write(durable=durable) as tx:
            assert tx.execute(text("SHOW synchronous_commit")).scalar() == used
        with database.read() as tx:
            assert tx.execute(text("SHOW synchronous_commit")).scalar() == told


def test_a_server_that_does_not_sync_is_told(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    ((_, told),) = check_can_open(
        postgres_url, "ydx.example/anhui"
    )  # the tests' own server is such a one
    assert "fsync = off" in told
    Database.open(postgres_url).close()
    assert told in caplog.messages


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_in_another_encoding_is_refused(postgres_url: str, encoding: str) -> None:
    name = f"in_{encoding.lower()}"
    run(postgres_url, f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    refused_with(
        re.sub("@/[^?]+", f"@/{name}", postgres_url),
        f"the database's encoding is {encoding}, not UTF8",
    )
    run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def test_a_server_that_is_too_old_is_refused(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.storage.server_check.VERSION_MIN", 990_000)
    refused_with(postgres_url, "the server is PostgreSQL 1., older than 15")


def refused_with(url: str, text: str) -> None:
    """Check that a node does not start on a database, and that it is told before."""
    for opening in (check_can_open, lambda url, origin: Database.open(url, origin=origin)):
        with pytest.raises(YdxError, match=text) as refused:
            opening(url, "ydx.example/anhui")
        assert refused.value.reason == "BAD_CONFIG"
        assert refused.value.cure is not None


def test_text_is_utf8_whatever_the_client_is_told(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "SQL_ASCII")
    with closing(Database.open(postgres_url)) as database, database.read() as tx:
        assert tx.execute(text("SELECT '安徽'")).scalar() == "安徽"


def test_a_server_that_is_gone_is_given_up_unless_the_url_says_otherwise(postgres_url: str) -> None:
    url = f"{postgres_url}&tcp_user_timeout=7&application_name=books"
    with closing(Database.open(url)) as database, database.read() as tx:
        driver: Any = tx.connection.connection.driver_connection
        used = driver.info.get_parameters()
    assert used["connect_timeout"] == "10"
    assert used["keepalives_idle"] == "30"
    assert used["tcp_user_timeout"] == "7"
    assert used["application_name"] == "books"


@pytest.mark.parametrize(
    "held", [f"SELECT pg_advisory_lock({WRITE_LOCK})", "BEGIN; LOCK TABLE mirror"]
)
def test_a_lock_that_another_session_holds_fails_a_write_and_a_read(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    monkeypatch.setattr("node.storage.postgresql.LOCK_WAIT", "200ms")
    with closing(Database.open(postgres_url)) as database:
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(held.encode())
            began_at_s = time.monotonic()
            with pytest.raises(YdxError, match="lock timeout"), database.write() as tx:
                mirrors.add(tx, "ydx.example/anhui")
            if "TABLE" in held:
                with pytest.raises(YdxError, match="lock timeout"), database.read() as tx:
                    mirrors.every(tx)
            assert time.monotonic() - began_at_s < 10
        with database.write() as tx:
            mirrors.add(tx, "ydx.example/anhui")


def test_a_wait_for_locks_that_the_operator_set_holds(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    postgres_server.alter(postgres_url, "SET lock_timeout = '7s'")
    with closing(Database.open(postgres_url)) as database, database.read() as tx:
        assert tx.execute(text("SHOW lock_timeout")).scalar() == "7s"


def test_who_waits_for_the_database_says_so(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("node.storage.postgresql.LOCK_WAIT", "1s")
    monkeypatch.setattr("node.storage.opening.SLOW_S", 0.2)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(f"SELECT pg_advisory_lock({WRITE_LOCK})".encode())
        with pytest.raises(YdxError, match="lock timeout"):
            Database.open(postgres_url)
    assert any(one.startswith("waiting for the database") for one in caplog.messages)


@pytest.mark.parametrize(
    ("done", "cure"),
    [
        ("ALTER ROLE clerk SET default_transaction_read_only = on", "read_only from role"),
        ("REVOKE ALL ON meta FROM clerk", "owner of the tables"),
        ("DROP TABLE meta", "from a backup"),
        ("ALTER ROLE clerk SET statement_timeout = 1", "statement_timeout"),
        ("ALTER DATABASE {name} CONNECTION LIMIT 0", "max_connections"),
    ],
    ids=["read-only", "no right", "no table", "timeout", "connections"],
)
def test_a_failure_is_told_with_what_the_operator_does(
    postgres_server: PostgresServer, postgres_url: str, clerk_url: str, done: str, cure: str
) -> None:
    Database.open(postgres_url).close()
    run(postgres_url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk")
    with closing(Database.open(clerk_url)) as database:
        run(postgres_url, done.format(name=name_of(postgres_url)))
        postgres_server.terminate_connections(postgres_url)
        with pytest.raises(YdxError):
            database.sync()
        with pytest.raises(YdxError) as failed, database.write() as tx:
            tx.execute(text("UPDATE meta SET value = value, key = key || pg_sleep(0.1)"))
        assert failed.value.cure is not None
        assert cure in failed.value.cure[1]
        assert in_chinese(failed.value.what), failed.value.what
    run(postgres_url, "DROP OWNED BY clerk", "DROP ROLE clerk")


@pytest.fixture
def clerk_url(postgres_url: str) -> str:
    """Give an empty database as a user sees it who may do nothing there yet."""
    run(postgres_url, "DROP ROLE IF EXISTS clerk", "CREATE ROLE clerk LOGIN")
    return postgres_url.replace("postgres@", "clerk@")


@pytest.mark.parametrize(
    ("done", "text"),
    [
        ("REVOKE DELETE ON mirror FROM clerk", "the user may not read and write mirror"),
        ("DROP TABLE wanted_part", "the table wanted_part is missing"),
        ("DROP TABLE ledger_void", "the table ledger_void is missing"),
        ("ALTER ROLE clerk SET default_transaction_read_only = on", "transactions are read-only"),
        ("REVOKE SELECT ON alembic_version FROM clerk", "permission denied for table alembic_ver"),
    ],
)
def test_what_would_keep_a_node_from_writing_is_told_before(
    postgres_url: str, clerk_url: str, done: str, text: str
) -> None:
    Database.open(postgres_url).close()
    run(postgres_url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO clerk")
    warnings = check_can_open(clerk_url, "ydx.example/anhui")
    assert [en for _, en in warnings if "the table part belongs to postgres" in en]
    run(postgres_url, done)
    with pytest.raises(YdxError, match=text) as refused:
        check_can_open(clerk_url, "ydx.example/anhui")
    assert refused.value.reason == "DATABASE_ERROR"
    assert "For the operator" in (refused.value.cure or "")[1]
    run(postgres_url, "DROP OWNED BY clerk", "DROP ROLE clerk")


def test_an_empty_database_where_no_tables_can_be_made_is_told(
    postgres_url: str, clerk_url: str
) -> None:
    with pytest.raises(YdxError, match="may make no tables in the schema public"):
        check_can_open(clerk_url, "ydx.example/anhui")
    run(postgres_url, "GRANT CREATE ON SCHEMA public TO clerk")
    check_can_open(clerk_url, "ydx.example/anhui")
    run(postgres_url, "DROP SCHEMA public")
    with pytest.raises(YdxError, match="no schema to make tables in"):
        check_can_open(clerk_url, "ydx.example/anhui")


def test_a_probe_looks_at_every_table(postgres_url: str) -> None:
    with closing(Database.open(postgres_url)) as database:
        run(postgres_url, "ALTER TABLE mirror RENAME TO mirrored")
        with pytest.raises(YdxError), database.write() as tx:
            mirrors.every(tx)
        database.probe()
        assert database.write_failure is not None
        run(postgres_url, "ALTER TABLE mirrored RENAME TO mirror")
        database.probe()
        assert database.write_failure is None
