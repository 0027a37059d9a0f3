"""A peer over gRPC: the `Peer` port for real, the only part of this package with I/O.

- What the transport reports as out of reach, late or cancelled is `Unreachable`; what the peer says
  with a reason of ours is `Refused` with that reason; a message over the limit is FRAME_TOO_LARGE.
- Its text ends in our log lines: it is cut, and only what prints is kept.
- Unary calls have a deadline. A stream ends after its life, and is cancelled when nothing comes for
  a while: a peer that is silent must not hold us.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from federation.log.errors import Refused, Unreachable, YdxError
from federation.sync import codec
from federation.sync.frames import (
    Batch,
    BooksTold,
    FetchedPart,
    Head,
    Meeting,
    PartPlace,
    WitnessStanding,
)
from ydx.exchange.v1.error_reason_pb2 import ErrorReason
from ydx.sync.v1 import sync_service_pb2 as wire
from ydx.sync.v1 import sync_service_pb2_grpc as rpc

_Value = TypeVar("_Value")

UNARY_S: Final = 10.0
RECONCILE_S: Final = 60.0
"""A summary is computed from a whole journal."""
WHAT_MAX: Final = 200
STREAM_LIFE_S: Final = 1800.0
SILENCE_S: Final = 30.0

_REASONS: Final = frozenset(
    value.name.removeprefix("ERROR_REASON_")
    for value in ErrorReason.DESCRIPTOR.values
    if value.number
)
_OUT_OF_REACH: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.INTERNAL,
    }
)


class GrpcPeer:
    """One member, reached through a channel that the caller opened and closes."""

    def __init__(self, name: str, channel: grpc.Channel) -> None:
        self.name = name
        self._stub = rpc.SyncServiceStub(channel)

    def get_heads(
        self, meeting: Meeting, start_id: bytes = b""
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        """Swap heads; see `Peer`."""
        request = wire.GetHeadsRequest(meeting=codec.meeting_to_wire(meeting), start_id=start_id)
        response: wire.GetHeadsResponse = self._call(
            lambda: self._stub.GetHeads(request, timeout=UNARY_S)
        )
        return codec.meeting_from_wire(response.meeting), tuple(response.evidence)

    def watch_heads(self) -> Generator[tuple[Head, ...], None, None]:
        """Stream heads; see `Peer`."""
        call = self._stub.WatchHeads(wire.WatchHeadsRequest(), timeout=STREAM_LIFE_S)
        with closing(self._stream(call)) as responses:
            for response in responses:
                yield codec.heads_from_wire(response.heads)

    def read_log(self, origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
        """Stream a log; see `Peer`."""
        request = wire.ReadLogRequest(origin=origin, from_size=from_size)
        call = self._stub.ReadLog(request, timeout=STREAM_LIFE_S)
        with closing(self._stream(call)) as responses:
            for response in responses:
                yield codec.frame_from_wire(response)

    def fetch_parts(self, places: Sequence[PartPlace]) -> list[FetchedPart]:
        """Ask for parts; see `Peer`."""
        request = codec.places_to_wire(places)
        response = self._call(lambda: self._stub.FetchParts(request, timeout=UNARY_S))
        return codec.fetched_from_wire(response, len(places))

    def cosign(
        self, checkpoint: bytes, old_size: int, proof: Sequence[bytes], start_id: bytes
    ) -> bytes | WitnessStanding:
        """Offer a checkpoint; see `Peer`."""
        request = codec.offer_to_wire(checkpoint, old_size, proof, start_id)
        response = self._call(lambda: self._stub.Cosign(request, timeout=UNARY_S))
        return codec.outcome_from_wire(response)

    def get_trust_file(self, role: str, version: int) -> bytes:
        """Return a TUF file; see `Peer`."""
        request = wire.GetTrustFileRequest(role=role, version=version)
        response = self._call(lambda: self._stub.GetTrustFile(request, timeout=UNARY_S))
        return response.content

    def reconcile_books(self, question: bytes, proof: bytes) -> BooksTold:
        """Ask about books; see `Peer`."""
        request = wire.ReconcileBooksRequest(question=question, proof=proof)
        response = self._call(lambda: self._stub.ReconcileBooks(request, timeout=RECONCILE_S))
        return BooksTold(response.answer, response.signature, response.disputed)

    def _call(self, call: Callable[[], _Value]) -> _Value:
        try:
            return call()
        except grpc.RpcError as error:
            raise to_failure(error, self.name) from error

    def _stream(self, call: Any) -> Generator[Any, None, None]:
        with _silence_guard(call) as touch:
            try:
                for message in call:
                    touch()
                    yield message
            except grpc.RpcError as error:
                raise to_failure(error, self.name) from error
            finally:
                call.cancel()


def to_failure(error: grpc.RpcError, peer: str) -> YdxError:
    """Return the failure of one of the two families that a transport error means."""
    code, said = error.code(), error.details() or ""
    details = "".join(filter(str.isprintable, said[: 2 * WHAT_MAX]))[:WHAT_MAX]
    if code == grpc.StatusCode.UNIMPLEMENTED:
        return Refused("PEER_TOO_OLD", "the peer's software does not know this call", peer=peer)
    status = None
    with suppress(ValueError, DecodeError):  # trailers that do not fit the code do not count
        status = rpc_status.from_call(error)
    for detail in status.details if status is not None else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Is(info.DESCRIPTOR) and detail.Unpack(info) and info.reason in _REASONS:
            family = Unreachable if code in _OUT_OF_REACH else Refused
            return family(info.reason, details, peer=peer)
    if code in _OUT_OF_REACH:
        return Unreachable("OUT_OF_REACH", details, peer=peer)
    if code == grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in said:
        return Refused("FRAME_TOO_LARGE", details, peer=peer)
    if code == grpc.StatusCode.RESOURCE_EXHAUSTED:
        return Unreachable("OVERLOADED", details, peer=peer)
    return Refused("MALFORMED_FRAME", details, peer=peer)


class _Silence(threading.Thread):
    """Cancels streams on which nothing has come for a while. One thread for all of them."""

    def __init__(self) -> None:
        super().__init__(name="stream-silence", daemon=True)
        self._last_heard: dict[grpc.Call, float] = {}
        self._lock = threading.Lock()

    def touch(self, call: grpc.Call) -> None:
        self._last_heard[call] = time.monotonic()

    def forget(self, call: grpc.Call) -> None:
        with self._lock:
            self._last_heard.pop(call, None)

    def watch(self, call: grpc.Call) -> None:
        with self._lock:
            self.touch(call)
            if not self.is_alive() and self.ident is None:
                self.start()

    def run(self) -> None:
        while True:
            time.sleep(1.0)
            with self._lock:
                streams = list(self._last_heard.items())
            for call, heard_at in streams:
                if time.monotonic() - heard_at > SILENCE_S:
                    call.cancel()


_SILENCE: Final = _Silence()


@contextmanager
def _silence_guard(call: grpc.Call) -> Iterator[Callable[[], None]]:
    _SILENCE.watch(call)
    try:
        yield lambda: _SILENCE.touch(call)
    finally:
        _SILENCE.forget(call)
