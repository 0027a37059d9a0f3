"""The demo that all tests of a module share, on the engine that the module names.

It is founded by `ydx demo run --once`, which stops it again. Then the link between two members is
cut for good, and it is brought up anew: what both commands said is kept. A test that takes
something else away puts it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from node.demo.listings import MEMBERS
from node.demo.processes import is_running
from tests.end_to_end.running import Demo, Said
from tests.node.storage.postgres import PostgresServer

CUT_LINK = ("shanghai", "anhui")


@dataclass(frozen=True, slots=True)
class Running:
    """The demo, and what the two commands said that made it."""

    demo: Demo
    first: Said
    left_running: list[str]
    second: Said


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give whatever shares the demo the time that its processes need on a busy machine."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    if request.module.ENGINE == "sqlite":
        yield from _running(Demo(tmp_path_factory.mktemp("demo")))
        return
    with PostgresServer() as server:
        yield from _running(
            Demo(tmp_path_factory.mktemp("demo"), "--database", _new_databases(server))
        )


def _new_databases(server: PostgresServer) -> str:
    """Make a database for each member; return their URL with `{member}` in it."""
    url = server.new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        for member in MEMBERS:
            connection.execute(
                f"CREATE DATABASE demo_{member} ENCODING 'UTF8' TEMPLATE template0".encode()
            )
        name = connection.info.dbname
    return url.replace(f"/{name}?", "/demo_{member}?")


def _running(demo: Demo) -> Iterator[Running]:
    try:
        first = demo.run_once()
        assert first.code == 0, first.out + first.err
        left = [one.name for one in demo.members() if is_running(one)]
        demo.cut(*CUT_LINK)
        yield Running(demo, first, left, demo.up())
    finally:
        demo.down()


@pytest.fixture(scope="module")
def demo(running: Running) -> Demo:
    """Give the running demo."""
    return running.demo
