"""SyncService: what other members' nodes ask of this one. Values in, values out, no rules here.

Who the caller is follows from its certificate; that decides which parts it may see. A member can
offer only checkpoints of its own open log.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

from federation.log.errors import Refused
from federation.sync import codec
from federation.sync.frames import Batch
from node.rpc.errors import naming_field
from node.rpc.stream_life import StreamLife
from node.services.access import Caller
from node.services.ledger.books_answering import BooksAnswering
from node.services.sync.head_watch import HeadWatch
from node.services.sync.log_serving import LogServer
from node.services.sync.meeting import MeetingRoom
from node.services.sync.trusting import TrustKeeper
from node.services.sync.witnessing import Witness
from ydx.sync.v1 import sync_service_pb2 as wire

SERVICE: Final = wire.DESCRIPTOR.services_by_name["SyncService"]
START_ID_BYTES: Final = 16
EVIDENCE_AT_ONCE: Final = 16
_OF_A_NOTE: Final = ("MALFORMED_NOTE", "ROOT_MISMATCH", "BAD_SIGNATURE", "NO_TRUSTED_SIGNATURE")


@dataclass(frozen=True, slots=True)
class SyncServicer:
    """The servicer; one a node."""

    room: MeetingRoom
    watch: HeadWatch
    log_server: LogServer
    witness: Witness
    trust: TrustKeeper
    books: BooksAnswering

    def GetHeads(self, request: wire.GetHeadsRequest, caller: Caller) -> wire.GetHeadsResponse:
        """Swap heads, and keep the start id that is asked under."""
        if request.start_id:
            if len(request.start_id) != START_ID_BYTES:
                raise Refused("MALFORMED_FRAME", "a start id has 16 bytes", field="start_id")
            self.witness.start_asked(caller.member, request.start_id)
        with naming_field("meeting"):
            asked = codec.meeting_from_wire(request.meeting)
        meeting, evidence = self.room.answer(caller.member, asked)
        return wire.GetHeadsResponse(
            meeting=codec.meeting_to_wire(meeting), evidence=evidence[:EVIDENCE_AT_ONCE]
        )

    def WatchHeads(
        self, _request: wire.WatchHeadsRequest, caller: Caller, life: StreamLife
    ) -> Generator[wire.WatchHeadsResponse, None, None]:
        """Stream heads as they change."""
        for heads in self.watch.stream(self._origins(caller), life):
            yield wire.WatchHeadsResponse(heads=[codec.head_to_wire(head) for head in heads])

    def ReadLog(
        self, request: wire.ReadLogRequest, caller: Caller, life: StreamLife
    ) -> Generator[wire.ReadLogResponse, None, None]:
        """Stream a log from a size."""
        frames: Iterator[bytes | Batch] = self.log_server.read_log(
            request.origin, request.from_size, caller.member
        )
        for frame in frames:
            if life.ended:
                return
            if isinstance(frame, bytes):
                yield wire.ReadLogResponse(target=wire.Target(checkpoint=frame))
            else:
                yield codec.batch_to_wire(frame)

    def FetchParts(
        self, request: wire.FetchPartsRequest, caller: Caller
    ) -> wire.FetchPartsResponse:
        """Give single parts."""
        with naming_field("places"):
            places = codec.places_from_wire(request)
        return codec.fetched_to_wire(self.log_server.fetch_parts(places, caller.member))

    def Cosign(self, request: wire.CosignRequest, caller: Caller) -> wire.CosignResponse:
        """Cosign the caller's checkpoint, or say where this witness stands."""
        origin = self.trust.registry().member(caller.member).origin
        skew_s = self.room.book.state(caller.member).clock_skew_s
        offer = codec.offer_from_wire(request, origin)
        with naming_field("checkpoint", BAD_PROOF="proof"):
            outcome = self.witness.cosign(caller.member, offer, skew_s)
        return codec.outcome_to_wire(outcome)

    def GetTrustFile(
        self, request: wire.GetTrustFileRequest, _caller: Caller
    ) -> wire.GetTrustFileResponse:
        """Give a trust file."""
        content = self.trust.file(request.role, request.version)
        if content is None:
            raise Refused("RECORD_NOT_FOUND", "no such trust file is held here", role=request.role)
        return wire.GetTrustFileResponse(content=content)

    def ReconcileBooks(
        self, request: wire.ReconcileBooksRequest, caller: Caller
    ) -> wire.ReconcileBooksResponse:
        """Answer a question about the books of an agreement that names the caller."""
        with naming_field("question", **dict.fromkeys(_OF_A_NOTE, "proof")):
            told = self.books.answer(caller.member, request.question, request.proof)
        return wire.ReconcileBooksResponse(**told._asdict())

    def _origins(self, caller: Caller) -> frozenset[str]:
        return frozenset(log.origin for log in self.trust.registry().member(caller.member).logs)
