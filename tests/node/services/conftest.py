"""The databases of the storage tests, and one member's services over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.node.services.own_node import OwnNode
from tests.node.storage.conftest import database, new_url, postgres_server, url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.storage.database import Database

__all__ = ["database", "new_url", "node", "postgres_server", "url"]


@pytest.fixture
def node(database: Database) -> Iterator[OwnNode]:
    with OwnNode(database) as running:
        yield running
