"""Wiring of what faces the other members: keys, trust, heads, signing, witnessing, following."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from federation.log.errors import Refused
from federation.log.hashing import EMPTY_ROOT
from federation.log.merkle import CompactRange
from federation.sync.frames import Head, Peer
from federation.sync.mirror import OriginMirror
from federation.sync.offer import Offer
from federation.sync.start import StartQuestion
from federation.trust.registry import Member, Registry, TreeHead
from node.config.settings import Settings
from node.rpc.pins import Pins
from node.services.sync.copies import Copies
from node.services.sync.enrolment import check_named, enrolled_member
from node.services.sync.following import Follower
from node.services.sync.head_store import (
    DatabaseHeadStore,
    stored_evidence,
    stored_heads,
    stored_rests,
)
from node.services.sync.head_watch import HeadWatch
from node.services.sync.heads import HeadBoard
from node.services.sync.log_serving import LogServer
from node.services.sync.meeting import MeetingRoom, PeerLink
from node.services.sync.offering import Offering
from node.services.sync.peers import PeerBook
from node.services.sync.signing import CheckpointSigner
from node.services.sync.starting import StartGate
from node.services.sync.trusting import TrustKeeper, stored_files
from node.services.sync.wanting import PartSeeker
from node.services.sync.witnessing import Witness
from node.storage import logs, mirrors, witnessing
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder
from node.storage.stored_tiles import StoredTiles
from node.storage.trust_folder import read_trust

START_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class FederationPorts:
    """What comes from outside of the process: time, chance, other members, a counter of faults."""

    clock: Callable[[], float]
    """Unix seconds; may be set forward or back."""
    monotonic: Callable[[], float]
    """Seconds that only grow: for how long a start settles, and an offer waits."""
    jitter: Callable[[], float]
    """A number from 0 to 1."""
    random_bytes: Callable[[int], bytes]
    open_peer: Callable[[str, str, Pins], Peer]
    """Opens a channel to (member, endpoint in the registry, pinned certificates)."""
    refused: Callable[[str, str, Refused], None]
    """Called with (peer, origin, refusal) for everything wrong that a peer says."""
    software_version: str
    stored: Callable[[str, int], None] = lambda _peer, _entries: None
    """Called with (peer, entries) for every batch of a mirror that is stored."""


@dataclass(frozen=True, slots=True)
class FederationSide:
    """Everything that faces the other members, wired and not yet running."""

    settings: Settings
    keys: KeyFolder
    database: Database
    trust: TrustKeeper
    member: Member
    pins: Pins
    copies: Copies
    head_store: DatabaseHeadStore
    board: HeadBoard
    book: PeerBook
    gate: StartGate
    signer: CheckpointSigner
    offering: Offering
    witness: Witness
    room: MeetingRoom
    watch: HeadWatch
    log_server: LogServer
    seeker: PartSeeker
    peers: dict[str, Peer]
    links: tuple[PeerLink, ...]
    followers: dict[str, Follower]
    refused: Callable[[str, str, Refused], None]

    def registry_witnesses(self) -> frozenset[str]:
        """Return the members that witness our log."""
        return frozenset(self.trust.registry().witnesses(self.board.own_origin))

    def last_error(self, origin: str) -> str:
        """Return the last error of following an origin."""
        follower = self.followers.get(origin)
        return follower.last_error if follower is not None else ""


class FederationBuilder:
    """Builds the federation side step by step; `build` is called once."""

    def __init__(
        self,
        settings: Settings,
        keys: KeyFolder,
        database: Database,
        ports: FederationPorts,
    ) -> None:
        self.settings = settings
        self.keys = keys
        self.database = database
        self.ports = ports
        self.clock = ports.clock
        state = read_trust(settings.keys.trust_root, stored_files(database))
        self.member = enrolled_member(state, keys)
        check_named(keys, settings.node.member, settings.node.federation)
        self.trust = TrustKeeper(state, database, keys, self.member.name, self.clock)
        self.registry: Callable[[], Registry] = self.trust.registry
        self.own_origin = self.member.origin
        self.origin_ids = self._open_mirrors()
        self.copies = Copies(lambda origin: StoredTiles(database, self.origin_ids[origin]))

    def build(self) -> FederationSide:
        """Wire everything."""
        head_store = DatabaseHeadStore(self.database)
        board = HeadBoard(
            self.own_origin,
            self.registry,
            self.copies,
            head_store,
            self.clock,
            stored_heads(self.database),
            stored_evidence(self.database),
        )
        others = [
            one.name
            for one in self.registry().members
            if one.name != self.member.name and one.live_certificates  # else nobody to dial
        ]
        book = PeerBook(
            others, self.clock, self.ports.jitter, stored_rests(self.database), head_store.save_rest
        )
        gate = self._gate()
        witnesses = frozenset(self.registry().witnesses(self.own_origin))
        offering = Offering(
            Offer(witnesses, self.registry().quorum(self.own_origin)),
            board,
            self.copies,
            gate.start_id,
            self.ports.monotonic,
            self.ports.jitter,
        )
        room = MeetingRoom(
            board,
            book,
            gate,
            self.trust,
            self.clock,
            self.ports.software_version,
            self.settings.sync.poll_interval_s,
            self.ports.refused,
        )
        pins = Pins(self.registry().members)
        peers = {
            name: self.ports.open_peer(name, self.registry().member(name).endpoint, pins)
            for name in others
        }
        side = FederationSide(
            settings=self.settings,
            keys=self.keys,
            database=self.database,
            trust=self.trust,
            member=self.member,
            pins=pins,
            copies=self.copies,
            head_store=head_store,
            board=board,
            book=book,
            gate=gate,
            signer=self._signer(board, gate, offering),
            offering=offering,
            witness=Witness(
                self.database, self.keys, board, self.copies, self.registry, self.clock
            ),
            room=room,
            watch=HeadWatch(board),
            log_server=LogServer(self.database, board, self.copies, self.registry),
            seeker=PartSeeker(
                self.database,
                peers,
                book,
                self.registry,
                self.clock,
                self.ports.refused,
                self.member.name,
            ),
            peers=peers,
            links=tuple(PeerLink(peers[name], room, self.registry) for name in others),
            followers=self._followers(peers, book, board),
            refused=self.ports.refused,
        )
        _subscribe(side)
        return side

    def _open_mirrors(self) -> dict[str, int]:
        with self.database.write() as tx:
            return {
                origin: mirrors.add(tx, origin, is_own=origin == self.own_origin).origin_id
                for origin in self.registry().origins()
            }

    def _gate(self) -> StartGate:
        with self.database.read() as tx:
            found = witnessing.find_intent(tx)
        in_file = self.keys.log_state.last_intent()

        def finish_interrupted() -> None:
            if found is not None and found[0] > in_file.size:
                self.keys.log_state.record_intent(*found)

        question = StartQuestion(
            frozenset(self.registry().witnesses(self.own_origin)),
            self.registry().quorum(self.own_origin),
            self._own_size,
            lambda size: self.copies.root_at(self.own_origin, size) if size else EMPTY_ROOT,
            TreeHead(*found) if found is not None else None,
            in_file if in_file.size else None,
        )
        start_id = self.ports.random_bytes(START_ID_BYTES)
        return StartGate(question, start_id, self.ports.monotonic, finish_interrupted)

    def _own_size(self) -> int:
        with self.database.read() as tx:
            return mirrors.get(tx, self.own_origin).verified_size

    def _signer(self, board: HeadBoard, gate: StartGate, offering: Offering) -> CheckpointSigner:
        own_id = self.origin_ids[self.own_origin]

        def read_entries(first: int, end: int) -> list[bytes]:
            with self.database.read() as tx:
                return logs.entries(tx, own_id, first, end)

        return CheckpointSigner(
            self.database,
            self.keys,
            board,
            self.copies,
            gate,
            self.clock,
            read_entries,
            offering.signed,
            self.settings.sync.checkpoint_interval_ms / 1000,
        )

    def _followers(
        self, peers: dict[str, Peer], book: PeerBook, board: HeadBoard
    ) -> dict[str, Follower]:
        with self.database.read() as tx:
            ranges = {
                row.origin: CompactRange.from_bytes(row.compact_range) for row in mirrors.every(tx)
            }
        return {
            origin: Follower(
                self._mirror(origin, ranges[origin]),
                self.registry().member_of_origin(origin).name,
                peers,
                book,
                board,
                self.database,
                self.registry,
                self.clock,
                self.ports.refused,
                self.ports.stored,
            )
            for origin in self.registry().origins()
            if origin != self.own_origin
        }

    def _mirror(self, origin: str, compact_range: CompactRange) -> OriginMirror:
        return OriginMirror(
            origin,
            compact_range,
            lambda size: self.registry().log_keys_at(origin, size),
            self.member.name,
        )


def _subscribe(side: FederationSide) -> None:
    """Connect what changes with what waits for it."""
    links = {link.peer.name: link for link in side.links}

    def peer_told(peer: str, head: Head) -> None:
        if peer in links and not side.book.state(peer).up:
            links[peer].called()  # so it can be dialled
        follower = side.followers.get(head.origin)
        if (
            follower is not None
            and head.verified_size > side.board.origin(head.origin).verified_size
        ):
            follower.wake()
        side.offering.peer_told(peer, head)

    side.book.subscribe(peer_told)
    side.trust.subscribe(lambda registry: side.pins.replace(registry.members))
    side.gate.subscribe(lambda: side.signer.committed(0))
