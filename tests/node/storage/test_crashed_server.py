"""A PostgreSQL server that crashes and comes back, under a process that goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.errors import YdxError
from node.storage import mirrors
from node.storage.database import Database
from tests.node.storage.postgres import FORGETFUL, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

READERS = 4


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with PostgresServer(*FORGETFUL) as server:
        yield server


@pytest.fixture
def database(server: PostgresServer) -> Iterator[Database]:
    opened = Database.open(server.new_database())
    readers = [opened.read() for _ in range(READERS)]
    for reader in readers:
        reader.__enter__()
    for reader in readers:
        reader.__exit__(None, None, None)
    yield opened
    opened.close()


def origins(database: Database) -> list[str]:
    with database.read() as tx:
        return [row.origin for row in mirrors.every(tx)]


def add(database: Database, origin: str, told: list[str], *, durable: bool) -> None:
    with database.write(durable=durable) as tx:
        mirrors.add(tx, origin)
        tx.on_durable(lambda: told.append(origin))


def test_what_a_server_forgot_is_not_told_as_stored(
    server: PostgresServer, database: Database
) -> None:
    told: list[str] = []
    add(database, "ydx.example/anhui", told, durable=True)
    add(database, "ydx.example/jiangsu", told, durable=False)
    server.crash()
    server.start()
    with pytest.raises(YdxError, match="DATABASE_ERROR"):
        add(database, "ydx.example/center", told, durable=True)
    add(database, "ydx.example/center", told, durable=True)
    assert origins(database) == ["ydx.example/anhui", "ydx.example/center"]
    assert told == ["ydx.example/anhui", "ydx.example/center"]


@pytest.mark.parametrize("fault", ["ended", "crashed"])
def test_all_connections_that_the_server_ended_fail_once_and_together(
    server: PostgresServer, database: Database, fault: str
) -> None:
    before = database.losses
    if fault == "ended":
        with database.read() as tx:
            url = str(tx.connection.engine.url)
        assert server.terminate_connections(url) == READERS + 1
    else:
        server.crash()
        server.start()
    with pytest.raises(YdxError, match="DATABASE_ERROR"):
        origins(database)
    assert origins(database) == []
    with pytest.raises(YdxError, match="DATABASE_ERROR"):
        database.sync()
    database.sync()
    assert database.failures == {"DATABASE_ERROR": 2}
    assert database.losses == before + 2


def test_what_was_read_before_a_loss_is_not_built_upon(
    server: PostgresServer, database: Database
) -> None:
    before = database.losses
    server.crash()
    server.start()
    with pytest.raises(YdxError, match="DATABASE_ERROR"):
        database.sync()
    with pytest.raises(YdxError, match="stale"), database.write(losses=before):
        pytest.fail("what was read before may be gone")
    with database.write(losses=database.losses) as tx:
        mirrors.add(tx, "ydx.example/anhui")
    assert origins(database) == ["ydx.example/anhui"]
