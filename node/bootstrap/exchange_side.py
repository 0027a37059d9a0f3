"""Wiring of what faces the node's own users: the own log's writer and the catalogue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from node.bootstrap.contract_side import (
    ContractPorts,
    ContractSide,
    build_contract_side,
)
from node.bootstrap.federation_side import FederationSide
from node.bootstrap.ledger_side import LedgerPorts, LedgerSide, build_ledger_side
from node.bootstrap.partnership_side import PartnershipSide, build_partnership_side
from node.rpc.page_tokens import PageTokens
from node.services.access import Access
from node.services.catalogue.batch import BatchPublishing
from node.services.catalogue.changes import Bell, ChangeFeed
from node.services.catalogue.erasing import Erasing
from node.services.catalogue.publishing import Publishing
from node.services.catalogue.reading import Catalogue
from node.services.catalogue.receipts import Receipts
from node.services.catalogue.records import shanghai_day
from node.services.finding.asking import OriginAsker
from node.services.finding.duplicates import Duplicates
from node.services.finding.index_health import IndexHealth, IndexKeeper
from node.services.finding.index_standing import IndexStanding
from node.services.finding.matching import Matching
from node.services.finding.searching import Search
from node.services.finding.served_index import ServedIndex
from node.services.log.drafts import Draft, Encoder, genesis
from node.services.log.sealing import Sealing
from node.services.log.sequencer import Sequencer, SequencerPorts
from node.services.partnership.client_notes import ClientNotes
from node.services.sync.standing import LiveStatus
from node.services.sync.state_digests import StateFolder
from node.storage import mirrors
from node.telemetry.metrics import Metrics

_POLL_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class ExchangeSide:
    """Everything that faces the node's own users, wired and not yet running."""

    access: Access
    sequencer: Sequencer
    catalogue: Catalogue
    publishing: Publishing
    batches: BatchPublishing
    erasing: Erasing
    feed: ChangeFeed
    receipts: Receipts
    sealing: Sealing
    tokens: PageTokens
    status: LiveStatus
    index: ServedIndex
    index_health: IndexHealth
    finder: Search
    matching: Matching
    duplicates: Duplicates
    asker: OriginAsker
    partnerships: PartnershipSide
    contracts: ContractSide
    ledger: LedgerSide


class StoredByPeer:
    """Lets a writer wait until another member has stored its entry. Safe for many threads."""

    def __init__(self, side: FederationSide) -> None:
        self._board = side.board
        self._changed = threading.Condition()
        side.board.subscribe(self._wake)
        side.book.subscribe(lambda _peer, _head: self._wake(side.board.own_origin))

    def wait(self, tree_size: int, timeout_s: float) -> bool:
        """Return whether another member has stored the log up to a size in time."""
        until = time.monotonic() + timeout_s
        with self._changed:
            while self._board.peer_stored_size() < tree_size:
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return False
                self._changed.wait(min(left_s, _POLL_S))
        return True

    def _wake(self, origin: str) -> None:
        if origin == self._board.own_origin:
            with self._changed:
                self._changed.notify_all()


def build_exchange_side(
    side: FederationSide,
    clock: Callable[[], float],
    random_bytes: Callable[[int], bytes],
    software_version: str,
    metrics: Metrics,
    index_keeper: IndexKeeper,
) -> ExchangeSide:
    """Wire the exchange side over the federation side."""
    index = ServedIndex(side.database, side.settings.search.folder)
    index.open_committed()
    index_health = IndexHealth(index, index_keeper, time.monotonic)
    status = LiveStatus(
        member=side.member.name,
        vkey=side.keys.log_signer.verifier().text(),
        version=software_version,
        database=side.database,
        board=side.board,
        book=side.book,
        gate=side.gate,
        signer=side.signer,
        trust=side.trust,
        clock=clock,
        last_errors=side.last_error,
        fold=StateFolder(side.database, side.board).fold,
        index_facts=index_health.facts,
    )

    catalogue = Catalogue(side.database, side.board.own_origin, status.completeness)
    feed = ChangeFeed(side.database, catalogue)
    ledger_bell = Bell()
    stored = _ringing(side, feed.bell, ledger_bell)

    def committed(tree_size: int) -> None:
        side.signer.committed(tree_size)
        stored()

    def measure(entries: int, seconds: float) -> None:
        metrics.commit_entries.observe(entries)
        metrics.commit_seconds.observe(seconds)

    def may_write() -> None:
        side.gate.check()
        if side.signer.stopped is not None:
            raise side.signer.stopped

    def make_genesis() -> Draft:
        version = side.trust.registry().version
        return genesis(side.settings.node.federation, side.member.name, version)

    def member_names() -> list[str]:
        return [one.name for one in side.trust.registry().members]

    sequencer = Sequencer(
        side.database,
        Encoder(side.board.own_origin, clock, random_bytes),
        SequencerPorts(
            may_write=may_write,
            on_commit=committed,
            wait_stored_by_peer=StoredByPeer(side).wait,
            genesis=make_genesis,
            measure=measure,
        ),
        side.keys.node_secret,
    )
    asker = _asker(side, index)

    def today() -> date:
        return shanghai_day(clock())

    standing = IndexStanding(side.database, status.completeness)
    duplicates = Duplicates(side.database, catalogue, index, standing)
    finder = Search(side.database, catalogue, index, duplicates, standing, today, asker.ask)
    receipts = Receipts(side.database, catalogue, side.copies, ClientNotes(side.board).over)
    sealing = Sealing(sequencer, side.member.name, member_names)
    tokens = PageTokens(side.keys.node_secret, random_bytes)
    partnerships = build_partnership_side(
        side,
        sequencer,
        sealing,
        catalogue,
        receipts,
        tokens,
        status.completeness,
        clock,
        random_bytes,
    )
    ports = ContractPorts(
        sealing, receipts, index, finder, status, partnerships.view, clock, random_bytes
    )
    return ExchangeSide(
        access=Access(side.database, clock=clock, random_bytes=random_bytes),
        sequencer=sequencer,
        catalogue=catalogue,
        publishing=Publishing(sequencer, catalogue, side.member.name, clock, random_bytes),
        batches=BatchPublishing(sequencer, side.member.name, clock, random_bytes),
        erasing=Erasing(sequencer, side.board.own_origin, side.member.name),
        feed=feed,
        receipts=receipts,
        sealing=sealing,
        tokens=tokens,
        status=status,
        index=index,
        index_health=index_health,
        finder=finder,
        matching=Matching(side.database, catalogue, index, standing, today),
        duplicates=duplicates,
        asker=asker,
        partnerships=partnerships,
        contracts=build_contract_side(side, ports),
        ledger=build_ledger_side(
            side,
            LedgerPorts(sequencer, sealing, receipts, tokens, ledger_bell, clock, random_bytes),
        ),
    )


def _ringing(side: FederationSide, *bells: Bell) -> Callable[[], None]:
    """Let bells ring when something was stored, or more is confirmed; return what rings them.

    Heads change with every cosignature, but whoever follows the feed goes by sizes.
    """
    sizes: dict[str, tuple[int, int]] = {}

    def ring() -> None:
        for bell in bells:
            bell.ring()

    def changed(origin: str) -> None:
        heads = side.board.origin(origin)
        seen = (heads.verified_size, heads.shown_size())
        if sizes.get(origin) != seen:
            sizes[origin] = seen
            ring()

    side.board.subscribe(changed)
    side.seeker.subscribe(ring)
    side.head_store.subscribe(ring)
    return ring


def _asker(side: FederationSide, index: ServedIndex) -> OriginAsker:
    """Wire the question to the members that publish: their heads, and the index that takes them."""

    def heads(member: str) -> dict[str, int]:
        logs = side.trust.registry().member(member).logs
        return {log.origin: side.board.origin(log.origin).largest_size() for log in logs}

    def has_taken(news: Mapping[str, int]) -> bool:
        taken = index.snapshot().mark.sizes
        with side.database.read() as tx:
            ids = {row.origin: row.origin_id for row in mirrors.every(tx)}
        return all(taken.get(ids.get(origin, -1), 0) >= size for origin, size in news.items())

    return OriginAsker({link.peer.name: link.meet for link in side.links}, heads, has_taken)
