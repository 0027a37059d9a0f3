"""A real exchange listener over one member's services, and `ydx` run against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from node.storage.database import Database
from tests.node.commands.ledger_desks import agreement, desks, file, ledgers
from tests.node.commands.running import runner
from tests.node.rpc.catalogue_serving import Exchange, exchange_listener
from tests.node.services.own_node import OwnNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said

__all__ = ["agreement", "desks", "file", "ledgers"]


@dataclass(frozen=True)
class Served:
    """A running exchange side and the address where it is served."""

    exchange: Exchange
    address: str

    @property
    def node(self) -> OwnNode:
        return self.exchange.node


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve the catalogue; `ydx` finds it in its environment, as the platform anhui-tech."""
    database = Database.open(f"sqlite:///{tmp_path}/node.db")
    with OwnNode(database) as node:
        node.sequencer.open_log()
        exchange = Exchange(node)
        with exchange_listener(exchange) as port:
            monkeypatch.setenv("YDX_NODE", f"127.0.0.1:{port}")
            monkeypatch.setenv("YDX_TOKEN", "platform")
            yield Served(exchange, f"127.0.0.1:{port}")
    database.close()


@pytest.fixture
def ydx(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    """Run `ydx` in an empty folder, on a wide screen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return runner(monkeypatch, capsys)
