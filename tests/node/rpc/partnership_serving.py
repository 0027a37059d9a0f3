"""The exchange listeners of two nodes over simulated members, for tests of PartnershipService."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc

from node.rpc import partnership_service
from node.rpc.authentication import by_token
from node.rpc.channels import bearer
from node.rpc.server import Listener
from tests.node.rpc.serving import node_giving, serving
from tests.node.services.own_node import PLATFORM
from tests.node.services.partnership.enquiring import ASKER, AUDITOR, CLERK, OWNER, STRANGER
from ydx.exchange.v1.partnership_service_pb2_grpc import PartnershipServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.node.services.partnership.enquiring import EnquiringNode

TOKENS: Final = {
    "clerk": CLERK,
    "asker": ASKER,
    "owner": OWNER,
    "stranger": STRANGER,
    "platform": PLATFORM,
    "auditor": AUDITOR,
}


class Client:
    """Calls one node."""

    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = PartnershipServiceStub(self.channel)

    def call(self, method: str, request: object, who: str = "clerk") -> Any:
        """Make a unary call."""
        return getattr(self.stub, method)(request, metadata=bearer(who), timeout=30)


@contextmanager
def partnership_listener(node: EnquiringNode) -> Iterator[int]:
    """Serve a node on a free port; tokens are the names of TOKENS."""
    listener = Listener("127.0.0.1:0", by_token(lambda token: TOKENS[token]))
    services = (
        (partnership_service.SERVICE, node.partnerships.servicer),
        node_giving(node.side.trust.files()),
    )
    with serving(listener, *services) as server:
        yield server.port
