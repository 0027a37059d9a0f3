"""Members that enquire and contract, each over its own database, for tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from federation.log.batch import Absence, VerifiedBatch
from federation.log.entry import KIND_SEALED, Audience, scan_entries
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.part import SALT_BYTES, parse_payload
from federation.log.subject import parse_origin
from federation.partnership.codec import (
    EnquiryStep,
    PartnershipDocument,
    serialise,
)
from federation.partnership.steps import StepKind
from federation.records.facets import entry_facets
from federation.records.refs import Ref, said_ref
from node.services.access import Caller
from node.services.catalogue.publishing import Publishing
from node.services.catalogue.reading import Catalogue
from node.services.catalogue.receipts import PublishableNote, Receipts
from node.services.log.contents import content_of
from node.services.log.drafts import Encoder, SealedDocument, genesis
from node.services.log.sealing import Sealing
from node.services.log.sequencer import Sequencer, SequencerPorts
from node.services.log.write_options import WriteOptions
from node.services.partnership.client_notes import ClientNotes
from node.services.partnership.contract_folding import ContractFolder
from node.services.partnership.contract_writing import ContractWriting
from node.services.partnership.contracts import Contracts
from node.services.partnership.documents import documents_of
from node.services.partnership.enquiry_folder import EnquiryFolder
from node.services.partnership.view import PartnershipView
from node.services.sync.copies import Copies
from node.services.sync.node_status import OriginFacts
from node.storage import batches, logs, mirrors, parts, sealed
from node.storage.database import Database
from node.storage.positions import MAX_LEAVES
from node.storage.stored_tiles import StoredTiles
from tests.node.services.partnership.contract_texts import (
    CENTER,
    CLERK,
    FEDERATION,
    MEMBERS,
)

if TYPE_CHECKING:
    from federation.partnership.attribution import Attributed
    from node.services.partnership.contracts import ShownContract
    from tests.simulation.member import SimulatedMember
    from tests.simulation.world import World


_QUIET_ROUNDS: Final = 2


@dataclass
class Party:
    """What one member writes and reads, over its own database; `centers` and `left` can change."""

    name: str
    database: Database
    clock: Callable[[], float]
    copies: Copies
    note_over: Callable[[str, int], PublishableNote | None] = lambda _origin, _leaf_index: None
    on_commit: Callable[[int], None] = lambda _size: None
    centers: list[str] = field(default_factory=lambda: [CENTER])
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.origin = f"{FEDERATION}/{self.name}"
        self.sequencer = Sequencer(
            self.database,
            Encoder(self.origin, self.clock, os.urandom),
            SequencerPorts(
                may_write=lambda: None,
                on_commit=self.on_commit,
                wait_stored_by_peer=lambda _size, _timeout: True,
                genesis=lambda: genesis(FEDERATION, self.name, 1),
            ),
            bytes(32),
        )
        self.catalogue = Catalogue(self.database, self.origin, self.completeness)
        self.publishing = Publishing(
            self.sequencer, self.catalogue, self.name, self.clock, os.urandom
        )
        self.receipts = Receipts(self.database, self.catalogue, self.copies, self.note_over)
        self.sealing = Sealing(self.sequencer, self.name, lambda: MEMBERS)
        self.writing = ContractWriting(
            self.database,
            self.sealing,
            self.origin,
            self.name,
            lambda: self.centers,
            self.clock,
            os.urandom,
        )
        self.contracts = Contracts(self.database, self.name, self.receipts, self.completeness)
        self.view = PartnershipView(self.database, [EnquiryFolder(), ContractFolder()])

    def __enter__(self) -> Self:
        self.sequencer.start()
        self.sequencer.open_log()
        return self

    def __exit__(self, *_: object) -> None:
        self.sequencer.stop()

    def completeness(self) -> list[OriginFacts]:
        """Say that every copy is complete."""
        with self.database.read() as tx:
            return [
                OriginFacts(
                    member=parse_origin(row.origin).member,
                    origin=row.origin,
                    stored_size=row.verified_size,
                    tree_size=row.verified_size,
                    verified_size=row.verified_size,
                    confirmed_size=row.confirmed_size,
                    lag_s=0.0,
                    state="COMPLETE",
                )
                for row in mirrors.every(tx)
            ]

    def options(self, request_id: str = "", body: bytes = b"", **more: bool) -> WriteOptions:
        request = self.sequencer.request(CLERK.identity, request_id, body)
        return WriteOptions(request=request, **more)

    def seal(self, subject: bytes, said: PartnershipDocument, *named: str) -> Ref:
        """Write a document as it is, whatever the rules say."""
        with self.database.read() as tx:
            mine = [one for one in documents_of(tx, subject) if one.author == self.name]
        document = SealedDocument(subject, len(mine) + 1, named, serialise(said))
        place = self.sealing.seal(document)
        return Ref(self.origin, place.leaf_index, place.leaf_hash)

    def step(self, subject: bytes, kind: StepKind, answers: Ref, *others: str) -> Ref:
        """Answer a step of an enquiry."""
        said: Any = EnquiryStep(kind=kind.value, answers=said_ref(answers))  # type: ignore[arg-type]
        said.recorded_at_ms = int(self.clock() * 1000)
        return self.seal(subject, PartnershipDocument(step=said), *others)

    def documents(self, subject: bytes) -> int:
        """Return how many documents of a subject are readable here."""
        with self.database.read() as tx:
            return len(sealed.by_subject(tx, subject))

    def show(self, name: str, caller: Caller = CLERK) -> ShownContract:
        return self.contracts.get(caller, name)

    def attribution(self, name: str) -> tuple[Attributed, ...]:
        return tuple(self.show(name).attribution)

    def size(self) -> int:
        with self.database.read() as tx:
            return mirrors.get(tx, self.origin).verified_size

    def take_from(self, origin: Party, most: int = MAX_LEAVES, *, without: bool = False) -> None:
        """Take in what another member has written, with the parts that name this one.

        `without` lets those parts be wanted: they come with `take_late`.
        """
        with origin.database.read() as tx:
            theirs = mirrors.get(tx, origin.origin)
            with self.database.read() as mine_tx:
                known = mirrors.find(mine_tx, origin.origin)
            start = known.verified_size if known else 0
            end = min(theirs.verified_size, start + most)
            entries = logs.entries(tx, theirs.origin_id, start, end)
            scanned = scan_entries(entries)
            wires: list[bytes] = []
            publics: list[bytes | None] = []
            absences: dict[tuple[int, int], Absence] = {}
            for at, (_, kind, _, _, _, commitments) in enumerate(scanned, start):
                held = parts.of_entry(tx, theirs.origin_id, at)
                if without and kind == KIND_SEALED:
                    absences[at, 0] = Absence.WANTED
                    wires.append(b"")
                    publics.append(None)
                    continue
                given = [
                    held[number] if self._may_read(audience, held[number]) else b""
                    for number, (audience, _) in enumerate(commitments)
                ]
                wires += given
                is_public = bool(commitments) and commitments[0][0] == Audience.PUBLIC
                publics.append(content_of(given[0]) if is_public else None)
        with self.database.write() as tx:
            row = mirrors.add(tx, origin.origin)
            compact_range = CompactRange.from_bytes(row.compact_range)
            hashes = leaf_hashes(entries)
            tile_hashes = compact_range.extend(hashes)
            batch = VerifiedBatch(
                origin=origin.origin,
                first_leaf_index=start,
                entries=entries,
                leaf_hashes=hashes,
                scanned=scanned,
                parts=wires,
                facets=[
                    entry_facets(one[1], one[2], public)
                    for one, public in zip(scanned, publics, strict=True)
                ],
                compact_range=compact_range,
                tile_hashes=tile_hashes,
                absences=absences,
            )
            if entries:
                batches.apply(tx, batch)

    def take_late(self, origin: Party) -> None:
        """Take in the parts that are wanted of another member's log; what is withheld is none."""
        with origin.database.read() as tx, self.database.write() as mine:
            origin_id = mirrors.get(mine, origin.origin).origin_id
            their_id = mirrors.get(tx, origin.origin).origin_id
            for one in parts.wanted_due(mine, origin_id, 1e12, 1000):
                wire = parts.find(tx, their_id, one.leaf_index, one.part_number)
                if wire is not None and self._may_read(one.audience, wire):
                    parts.arrive(mine, origin_id, one.leaf_index, one.part_number, wire, None)
                else:
                    parts.give_up(mine, origin_id, one.leaf_index, one.part_number)

    def _may_read(self, audience: int, wire: bytes) -> bool:
        if audience == Audience.NAMED:
            return parse_payload(wire[SALT_BYTES:])[0].names(self.name)
        return audience != Audience.ORIGIN

    def confirm_all(self) -> None:
        """Take all logs as confirmed."""
        with self.database.write() as tx:
            for row in mirrors.every(tx):
                mirrors.set_confirmed(tx, row.origin_id, row.verified_size, b"")

    def fold_all(self) -> None:
        """Let the view take everything in."""
        while self.view.step():
            pass


def simulated_party(member: SimulatedMember) -> Party:
    """Return what a simulated member writes and reads."""
    side = member.side
    return Party(
        member.name,
        side.database,
        member.clock,
        side.copies,
        ClientNotes(side.board).over,
        side.signer.committed,
    )


def small_party(name: str, database: Database, clock: Callable[[], float]) -> Party:
    """Return a member with nothing but a database."""

    def tiles(origin: str) -> StoredTiles:
        with database.read() as tx:
            return StoredTiles(database, mirrors.get(tx, origin).origin_id)

    return Party(name, database, clock, Copies(tiles))


def world_sync(world: World) -> Callable[[], None]:
    """Return what lets a simulated world work until nothing moves."""

    def sync() -> None:
        quiet = 0
        for _ in range(30):
            quiet = 0 if world.work_round() else quiet + 1
            world.pass_time(1.0)
            if quiet == _QUIET_ROUNDS:
                return
        raise AssertionError("the world does not settle")

    return sync
