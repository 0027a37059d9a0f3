"""A real exchange listener over one member's services, for tests of the catalogue's servicer."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.keys import Signer, generate_private
from node.rpc.authentication import by_token
from node.rpc.catalogue_service import CatalogueServicer
from node.rpc.channels import bearer
from node.rpc.page_tokens import PageTokens
from node.rpc.server import Listener
from node.services.catalogue.changes import ChangeFeed
from node.services.catalogue.erasing import Erasing
from node.services.catalogue.receipts import PublishableNote, Receipts
from node.services.sync.copies import Copies
from node.storage import mirrors
from node.storage.stored_tiles import StoredTiles
from tests.federation.trust.repository import Repository
from tests.node.rpc.serving import CATALOGUE, node_giving, serving
from tests.node.services.own_node import CLERK, MEMBER, ORIGIN, OTHER_PLATFORM, PARTNER, PLATFORM
from ydx.exchange.v1.catalogue_service_pb2_grpc import CatalogueServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.services.access import Caller
    from tests.node.services.own_node import OwnNode

TOKENS: Final = {
    "platform": PLATFORM,
    "other-platform": OTHER_PLATFORM,
    "partner": PARTNER,
    "clerk": CLERK,
}


class Exchange:
    """The exchange side of one node: its servicer, and a signer of its log."""

    def __init__(self, node: OwnNode, heartbeat_s: float = 15.0) -> None:
        self.node = node
        self.signer = Signer(ORIGIN, generate_private())
        self.note: PublishableNote | None = None
        self.trust_files = Repository().state.files()
        self.feed = ChangeFeed(node.database, node.catalogue, heartbeat_s)
        node.on_commit = lambda _size: self.feed.bell.ring()
        with node.database.read() as tx:
            origin_id = mirrors.get(tx, ORIGIN).origin_id
        copies = Copies(lambda _origin: StoredTiles(node.database, origin_id))
        self.receipts = Receipts(node.database, node.catalogue, copies, lambda *_: self.note)
        self.servicer = CatalogueServicer(
            node.sequencer,
            node.publishing,
            node.batches,
            node.catalogue,
            self.feed,
            self.receipts,
            PageTokens(bytes(32), os.urandom),
            Erasing(node.sequencer, ORIGIN, MEMBER, ack_wait_s=0.1),
        )

    def checkpoint(self, *, is_confirmed: bool = False) -> None:
        """Sign a checkpoint of the log as it stands, and let clients see it."""
        with self.node.database.write() as tx:
            own = mirrors.get(tx, ORIGIN)
            checkpoint = Checkpoint(ORIGIN, own.verified_size, own.verified_root)
            note = sign_checkpoint(checkpoint, [self.signer])
            if is_confirmed:
                mirrors.set_confirmed(tx, own.origin_id, own.verified_size, note)
        self.note = PublishableNote(note, checkpoint.tree_size, is_confirmed)


class Client:
    """Calls as one caller."""

    def __init__(self, port: int, token: str) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = CatalogueServiceStub(self.channel)
        self.metadata = bearer(token)

    def call(self, method: str, request: object) -> Any:
        """Make a unary call."""
        return getattr(self.stub, method)(request, metadata=self.metadata, timeout=30)


@contextmanager
def exchange_listener(exchange: Exchange) -> Iterator[int]:
    """Serve on a free port; tokens are the names of TOKENS."""

    def verify(token: str) -> Caller:
        return TOKENS[token]

    listener = Listener("127.0.0.1:0", by_token(verify))
    services = (CATALOGUE, exchange.servicer), node_giving(exchange.trust_files)
    with serving(listener, *services) as server:
        yield server.port
