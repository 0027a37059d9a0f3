"""The client of the commands: what it asks again, and how often."""

from __future__ import annotations

from contextlib import closing

import pytest

from federation.log.errors import YdxError
from node.rpc import exchange_client
from node.rpc.authentication import by_token
from node.rpc.exchange_client import TRIES_MAX, CallFailedError, ExchangeClient
from node.rpc.server import Listener
from tests.node.rpc.serving import CATALOGUE, PLATFORM, servicer_of, serving
from ydx.exchange.v1 import listing_messages_pb2 as pb


class Node:
    """Refuses the first calls."""

    def __init__(self, refusals: int, reason: str) -> None:
        self.asked = 0
        self._refusals = refusals
        self._reason = reason

    def get(self, _request: object, _caller: object) -> pb.GetListingResponse:
        self.asked += 1
        if self.asked <= self._refusals:
            raise YdxError(self._reason, "not now")
        return pb.GetListingResponse()


def ask(node: Node, *, repeat: bool = True) -> str:
    """Call the node; return the reason of the failure, if it is one."""
    listener = Listener("127.0.0.1:0", by_token(lambda _: PLATFORM))
    with (
        serving(listener, (CATALOGUE, servicer_of(CATALOGUE, GetListing=node.get))) as server,
        closing(ExchangeClient(f"127.0.0.1:{server.port}", "token")) as client,
    ):
        try:
            client.call("GetListing", repeat=repeat, name="a")
        except CallFailedError as failure:
            return failure.reason
    return ""


@pytest.mark.parametrize(
    ("reason", "refusals", "asked", "told"),
    [
        ("STARTING", 2, 3, ""),
        ("OVERLOADED", 2, 3, ""),
        ("OVERLOADED", 99, TRIES_MAX, "OVERLOADED"),
        ("DISK_FULL", 1, 1, "DISK_FULL"),
        ("RECORD_NOT_FOUND", 1, 1, "RECORD_NOT_FOUND"),
    ],
)
def test_a_busy_or_starting_node_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, reason: str, refusals: int, asked: int, told: str
) -> None:
    monkeypatch.setattr(exchange_client, "_PAUSE_S", 0.0)
    node = Node(refusals, reason)
    assert ask(node) == told
    assert node.asked == asked


def test_what_must_not_be_repeated_is_not() -> None:
    node = Node(1, "OVERLOADED")
    assert (ask(node, repeat=False), node.asked) == ("OVERLOADED", 1)
