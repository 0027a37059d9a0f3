"""The exchange listeners of nodes that keep books together, over simulated members."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from node.bootstrap.ledger_side import LedgerPorts, build_ledger_side
from node.rpc.authentication import by_token
from node.rpc.page_tokens import PageTokens
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.catalogue.changes import Bell
from node.services.catalogue.receipts import Receipts
from node.services.log.sealing import Sealing
from node.services.partnership.client_notes import ClientNotes
from tests.node.rpc.serving import LEDGER, node_giving, serving
from tests.node.services.partnership.enquiring import EnquiringNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.member import SimulatedMember
    from tests.simulation.world import World

TOKENS: Final = {
    role.value: Caller(frozenset({role}), role.value)
    for role in (Role.CLERK, Role.APPROVER, Role.AUDITOR)
}


class LedgerNode(EnquiringNode):
    """One member's node with its ledger."""

    def __init__(self, member: SimulatedMember) -> None:
        super().__init__(member)
        registry = self.side.trust.registry
        sealing = Sealing(
            self.sequencer, member.name, lambda: [one.name for one in registry().members]
        )
        receipts = Receipts(
            self.side.database, self.catalogue, self.side.copies, ClientNotes(self.side.board).over
        )
        tokens = PageTokens(self.side.keys.node_secret, os.urandom)
        self.ledger = build_ledger_side(
            self.side,
            LedgerPorts(
                self.sequencer, sealing, receipts, tokens, Bell(), member.clock, os.urandom
            ),
        )

    def work(self) -> int:
        """Fold what is new, and answer it; return how much was written."""
        self.follow_view()
        self.ledger.view.recheck()
        while self.ledger.view.step():
            pass
        done = self.ledger.acceptor.step()
        return done + (self.ledger.bookkeeper.step() if self.ledger.is_center() else 0)


class Ledgers:
    """A world in which members keep books together."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.nodes = {name: LedgerNode(world[name]) for name in world.members}

    def __getitem__(self, name: str) -> LedgerNode:
        return self.nodes[name]

    def sync(self, rounds: int = 30) -> None:
        """Let everybody work until nothing moves."""
        for _ in range(rounds):
            moved = self.world.work_round()
            self.world.pass_time(1.0)
            written = sum(node.work() for node in self.nodes.values())
            if not moved and not written:
                return

    def close(self) -> None:
        """Stop all nodes."""
        for node in self.nodes.values():
            node.stop()


@contextmanager
def ledger_listener(node: LedgerNode) -> Iterator[int]:
    """Serve a node's ledger on a free port; tokens are the names of roles."""
    listener = Listener("127.0.0.1:0", by_token(lambda token: TOKENS[token]))
    services = (LEDGER, node.ledger.servicer), node_giving(node.side.trust.files())
    with serving(listener, *services) as server:
        yield server.port
