"""Wiring of the ledger: the view, what writes, accepts, decides and shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from federation.log.keys import VerifierKey
from federation.trust.registry import CENTER
from node.bootstrap.federation_side import FederationSide
from node.exporting.exports import LedgerExports
from node.rpc.ledger_service import LedgerServicer
from node.rpc.page_tokens import PageTokens
from node.services.catalogue.changes import Bell
from node.services.catalogue.receipts import Receipts
from node.services.ledger.accepting import PolicyAcceptor
from node.services.ledger.accounts import LedgerAccounts
from node.services.ledger.answering import LedgerAnswering
from node.services.ledger.books_answering import BooksAnswering
from node.services.ledger.deciding import Bookkeeper, BookkeeperPorts
from node.services.ledger.making import LedgerMaker
from node.services.ledger.policies import LedgerPolicies
from node.services.ledger.proposing import LedgerProposing
from node.services.ledger.reconciling import LedgerReconciling
from node.services.ledger.shown import LedgerShown
from node.services.ledger.simulating import LedgerSimulating
from node.services.ledger.trails import LedgerTrails
from node.services.ledger.view import LedgerView
from node.services.log.sealing import Sealing
from node.services.log.sequencer import Sequencer


@dataclass(frozen=True, slots=True)
class LedgerSide:
    """Everything about the ledger, wired and not yet running."""

    view: LedgerView
    acceptor: PolicyAcceptor
    bookkeeper: Bookkeeper
    is_center: Callable[[], bool]
    servicer: LedgerServicer
    books: BooksAnswering
    bell: Bell
    """Rings when there may be something for the view, the acceptor or the bookkeeper."""


@dataclass(frozen=True, slots=True)
class LedgerPorts:
    """What of the exchange side the ledger is wired to."""

    sequencer: Sequencer
    sealing: Sealing
    receipts: Receipts
    tokens: PageTokens
    bell: Bell
    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes]


def build_ledger_side(side: FederationSide, ports: LedgerPorts) -> LedgerSide:
    """Wire the ledger over the two sides."""
    member, origin, database = side.member.name, side.board.own_origin, side.database

    def centers() -> list[str]:
        members = side.trust.registry().members
        return [one.name for one in members if one.left_version is None and one.holds(CENTER)]

    def left() -> list[str]:
        return [one.name for one in side.trust.registry().members if one.left_version is not None]

    def keys_of(name: str) -> list[VerifierKey]:
        registry = side.trust.registry()
        log = registry.log(registry.member(name).origin)
        return [one.key for one in log.keys if one.end is None]

    view = LedgerView(database, side.trust.registry)
    maker = LedgerMaker(
        ports.sealing, origin, member, centers, left, ports.clock, ports.random_bytes, view.shelf
    )
    answering = LedgerAnswering(maker)
    shown = LedgerShown(database, member, view.shelf)
    accounts = LedgerAccounts(database, shown)
    bookkeeper = Bookkeeper(
        BookkeeperPorts(
            database=database,
            sealing=ports.sealing,
            view=view,
            origin=origin,
            member=member,
            confirmed=side.board.confirmed,
            registry_version=lambda: side.trust.registry().version,
            clock=ports.clock,
            random_bytes=ports.random_bytes,
        )
    )
    return LedgerSide(
        view=view,
        acceptor=PolicyAcceptor(database, view, ports.sealing, answering, member),
        bookkeeper=bookkeeper,
        is_center=lambda: member in centers(),
        servicer=LedgerServicer(
            sequencer=ports.sequencer,
            view=view,
            proposing=LedgerProposing(maker),
            answering=answering,
            policies=LedgerPolicies(database, shown, ports.bell.ring),
            simulating=LedgerSimulating(database, shown, ports.clock),
            shown=shown,
            accounts=accounts,
            trails=LedgerTrails(database, shown, ports.receipts),
            exports=LedgerExports(database, shown, ports.receipts),
            reconciling=LedgerReconciling(
                database, side.peers, side.keys.log_signer, keys_of, side.refused
            ),
            bookkeeper=bookkeeper,
            tokens=ports.tokens,
        ),
        books=BooksAnswering(database, side.keys.log_signer, keys_of),
        bell=ports.bell,
    )
