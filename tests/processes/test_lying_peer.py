"""A real node whose peer lies over the wire: refused, counted, rested; the other origins go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from federation.log.errors import YdxError
from federation.sync.codec import meeting_to_wire, outcome_to_wire
from federation.sync.frames import Head, Meeting, WitnessStanding
from node.rpc.authentication import by_certificate
from node.rpc.limits import MESSAGE_SIZE_BYTES_MAX, RpcLimits
from node.rpc.pins import Pins
from node.rpc.server import Listener, federation_credentials
from node.storage.trust_folder import read_trust
from tests.node.rpc.serving import SYNC, servicer_of, serving
from tests.processes.asking import metric
from tests.processes.member_processes import FEDERATION, Federation, MemberProcess
from tests.processes.writing import Book
from tests.waiting import until
from ydx.sync.v1 import sync_service_pb2 as wire

LIAR, HONEST, READER = "shanghai", "center", "anhui"
ORIGIN = f"{FEDERATION}/{LIAR}"


def target(note: bytes) -> wire.ReadLogResponse:
    return wire.ReadLogResponse(target=wire.Target(checkpoint=note))


LIES = {
    "MALFORMED_NOTE": target(b"no note"),
    "MALFORMED_FRAME": wire.ReadLogResponse(),
    "FRAME_TOO_LARGE": target(bytes(MESSAGE_SIZE_BYTES_MAX)),
}


@contextmanager
def lying(member: MemberProcess, told: Callable[[], wire.ReadLogResponse]) -> Iterator[None]:
    """Answer under a member's address and certificate; its log is said to be very long."""

    def meet(_request: object, _caller: object) -> wire.GetHeadsResponse:
        heads = (Head(ORIGIN, verified_size=1 << 40),)
        meeting = Meeting(int(time.time() * 1000), "1", (1,), (), heads)
        return wire.GetHeadsResponse(meeting=meeting_to_wire(meeting))

    def cosign(*_: object) -> wire.CosignResponse:
        return outcome_to_wire(WitnessStanding(0, 0))

    def read(*_: object) -> Iterator[wire.ReadLogResponse]:
        yield told()

    keys = member.folder / "keys"
    pins = Pins(read_trust(member.folder / "trust" / "root.json").registry.members)
    certificate = (keys / "tls.crt").read_bytes()
    credentials = federation_credentials(pins, (keys / "tls.key").read_bytes(), certificate)
    limits = RpcLimits(message_size_bytes_max=2 * MESSAGE_SIZE_BYTES_MAX)
    listener = Listener(member.member.federation, by_certificate(pins), credentials, limits)
    servicer = servicer_of(SYNC, GetHeads=meet, Cosign=cosign, ReadLog=read)
    with serving(listener, (SYNC, servicer)):
        yield


def refusals(reason: str, of: MemberProcess) -> float:
    return metric(of, f'ydx_sync_refused_total{{peer="{LIAR}",reason="{reason}"}}')


def published_is_shown(by: MemberProcess, at: MemberProcess) -> None:
    """Publish at one member, and wait until another shows it."""
    writing, reading = by.client(), at.client()

    def is_shown() -> bool:
        try:
            return bool(reading.call("GetListing", name=sent.name))
        except YdxError:
            return False

    try:
        sent = Book().write(writing)
        until(is_shown, f"{at.name} shows what {by.name} has published")
    finally:
        writing.close()
        reading.close()


@pytest.mark.timeout(300)
def test_promise_6_a_peer_that_lies_over_the_wire_is_counted_and_rests_and_the_others_go_on(
    federation: Federation,
) -> None:
    reader, honest, liar = (federation[name] for name in (READER, HONEST, LIAR))
    operator = reader.client("operator")
    liar.terminate()
    lie = ""

    def rests(reason: str) -> bool:
        peers = operator.call("GetSyncStatus").peers
        found = [(at.origin, at.reason) for one in peers for at in one.rests if one.member == LIAR]
        return found == [(ORIGIN, reason)]

    with lying(liar, lambda: LIES[lie]):
        for lie in LIES:
            before = refusals(lie, reader)
            operator.call("RetryPeer", member=LIAR)
            until(partial(rests, lie), f"it rests for {lie}")
            assert refusals(lie, reader) == before + 1
            published_is_shown(honest, reader)
            published_is_shown(reader, honest)
            assert refusals(lie, reader) == before + 1, "it is asked no more"
    operator.call("RetryPeer", member=LIAR)
    operator.close()
    federation.mend()
    published_is_shown(liar, reader)
