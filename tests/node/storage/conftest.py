"""The databases that every storage test runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.storage.database import Database
from tests.node.storage.postgres import NOT_DURABLE, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with PostgresServer(*NOT_DURABLE) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Give URLs of new, empty databases of one kind."""
    if request.param == "sqlite":
        numbers = iter(range(1000))
        yield lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    urls: list[str] = []

    def new() -> str:
        urls.append(server.new_database())
        return urls[-1]

    yield new
    for used in urls:
        server.drop(used)


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    return new_url()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.open(url)
    yield opened
    opened.close()
