"""The databases of the storage tests, one member's services over them, and simulated members."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.node.services.enquiring import Enquiring
from tests.node.services.own_node import OwnNode
from tests.node.storage.conftest import database, new_url, postgres_server, url
from tests.simulation.conftest import few, founded, founded_few, world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.storage.database import Database
    from tests.simulation.world import World

__all__ = [
    "database", "few", "founded", "founded_few", "new_url", "node", "postgres_server", "url",
    "world",
]  # fmt: skip


@pytest.fixture
def enquiring(few: World) -> Iterator[Enquiring]:
    made = Enquiring(few)
    yield made
    made.close()


@pytest.fixture
def node(database: Database) -> Iterator[OwnNode]:
    with OwnNode(database) as running:
        yield running
