"""Databases with their tables, one member's services over them, and simulated members."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from node.storage.database import Database
from tests.node.services.own_node import OwnNode
from tests.node.services.partnership.enquiring import Enquiring
from tests.node.storage.conftest import database, postgres_server, url
from tests.simulation.conftest import few, founded, founded_few, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.storage.postgres import PostgresServer
    from tests.simulation.world import World

__all__ = [
    "database", "few", "founded", "founded_few", "node", "postgres_server", "url", "world",
]  # fmt: skip


@pytest.fixture(scope="session")
def sqlite_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a file with all tables and no rows, of which each test gets copies."""
    path = tmp_path_factory.mktemp("made") / "made.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_made(postgres_server: PostgresServer) -> str:
    """Make a database likewise; copying it takes a third of the time of making another."""
    url = postgres_server.new_database()
    Database.open(url).close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Give URLs of databases of one kind, each with all tables and no rows."""
    urls: list[str] = []
    if request.param == "sqlite":
        made: Path = request.getfixturevalue("sqlite_made")

        def copied() -> str:
            path = tmp_path / f"{len(urls)}.db"
            shutil.copyfile(made, path)
            urls.append(f"sqlite:///{path}")
            return urls[-1]

        yield copied
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    like: str = request.getfixturevalue("postgres_made")

    def new() -> str:
        urls.append(server.new_database(like))
        return urls[-1]

    yield new
    for used in urls:
        server.drop(used)


@pytest.fixture
def enquiring(few: World) -> Iterator[Enquiring]:
    made = Enquiring(few)
    yield made
    made.close()


@pytest.fixture
def node(database: Database) -> Iterator[OwnNode]:
    with OwnNode(database) as running:
        yield running
