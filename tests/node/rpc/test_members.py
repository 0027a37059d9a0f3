"""Mutual TLS between members: pins, and nothing but pins (DESIGN section 8)."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from federation.trust.certificate import pin_of
from node.rpc.authentication import by_certificate
from node.rpc.channels import member_channel
from node.rpc.limits import RpcLimits
from node.rpc.pins import Pins
from node.rpc.server import Listener, RpcServer, federation_credentials
from tests.node.rpc.serving import SYNC, failure, identity, invoke, path_of, servicer_of, serving
from ydx.sync.v1 import sync_service_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.rpc.stream_life import StreamLife
    from node.services.access import Caller
    from tests.node.rpc.serving import Identity

HEADS = path_of(SYNC, "GetHeads")
WATCH = path_of(SYNC, "WatchHeads")
SHANGHAI = identity("shanghai")
JIANGSU = identity("jiangsu")
ANHUI = identity("anhui")


def echo_name(_request: pb.GetHeadsRequest, caller: Caller) -> pb.GetHeadsResponse:
    meeting = pb.Meeting(software_version=caller.member)
    return pb.GetHeadsResponse(meeting=meeting, evidence=[caller.pin])


@contextmanager
def federation(
    pins: Pins, identity_of_server: Identity = SHANGHAI, **methods: Callable[..., object]
) -> Iterator[RpcServer]:
    listener = Listener(
        "127.0.0.1:0",
        by_certificate(pins),
        federation_credentials(pins, identity_of_server.key, identity_of_server.certificate),
        limits=RpcLimits(watch_interval_s=0.02),
    )
    servicer = servicer_of(SYNC, GetHeads=echo_name, **methods)
    with serving(listener, (SYNC, servicer)) as server:
        pins.on_change(server.cancel_pins)
        yield server


def dial(
    server: RpcServer, own: Identity, roots: bytes = SHANGHAI.certificate, member: str = "shanghai"
) -> grpc.Channel:
    return member_channel(
        f"127.0.0.1:{server.port}", member, roots=roots, key=own.key, certificate=own.certificate
    )


def who(channel: grpc.Channel) -> pb.GetHeadsResponse:
    (answer,) = invoke(channel, HEADS)
    return pb.GetHeadsResponse.FromString(answer)


def test_a_member_is_known_by_its_pin_on_every_call() -> None:
    pins = Pins([SHANGHAI.member, JIANGSU.member, ANHUI.member])
    with federation(pins) as server:
        for own in (JIANGSU, ANHUI):
            with dial(server, own) as channel:
                for _ in range(2):
                    answer = who(channel)
                    assert answer.meeting.software_version == own.member.name
                    (pin,) = answer.evidence
                    assert pin == pin_of(own.member.certificates[0].der)


def test_two_pins_of_one_member_are_both_good() -> None:
    """Between pinning a new certificate and revoking the old one both are in use."""
    new = identity("jiangsu")
    both = replace(
        JIANGSU.member, certificates=(*JIANGSU.member.certificates, *new.member.certificates)
    )
    with federation(Pins([SHANGHAI.member, both])) as server:
        for own in (JIANGSU, new):
            with dial(server, own) as channel:
                assert who(channel).meeting.software_version == "jiangsu"


@pytest.mark.parametrize(
    "stranger",
    [ANHUI, identity("jiangsu")],
    ids=["a member that is not pinned here", "another key under a pinned member's name"],
)
def test_an_unpinned_certificate_gets_nothing(stranger: Identity) -> None:
    pins = Pins([SHANGHAI.member, JIANGSU.member])
    with federation(pins) as server, dial(server, stranger) as channel:
        error = failure(partial(invoke, channel, HEADS))
        assert (error.code, error.reason) == ("UNAVAILABLE", "OUT_OF_REACH")


def test_no_certificate_gets_nothing() -> None:
    with federation(Pins([SHANGHAI.member, JIANGSU.member])) as server:
        credentials = grpc.ssl_channel_credentials(SHANGHAI.certificate)
        name = (("grpc.ssl_target_name_override", "shanghai.ydx"),)
        target = f"127.0.0.1:{server.port}"
        with grpc.secure_channel(target, credentials, options=name) as channel:
            assert failure(partial(invoke, channel, HEADS)).code == "UNAVAILABLE"
        with grpc.insecure_channel(target) as channel:
            assert failure(partial(invoke, channel, HEADS)).code == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("roots", "member"),
    [
        (ANHUI.certificate, "shanghai"),
        (ANHUI.certificate, "anhui"),
        (SHANGHAI.certificate, "anhui"),
        (identity("shanghai").certificate, "shanghai"),
    ],
    ids=[
        "another member's pin",
        "another member answers there",
        "another name than the certificate's",
        "a pin of an older key",
    ],
)
def test_a_client_believes_only_the_pins_of_the_member_that_it_dials(
    roots: bytes, member: str
) -> None:
    pins = Pins([SHANGHAI.member, JIANGSU.member])
    with federation(pins) as server, dial(server, JIANGSU, roots, member) as channel:
        assert failure(partial(invoke, channel, HEADS)).reason == "OUT_OF_REACH"


def test_a_member_without_a_pin_cannot_be_dialled() -> None:
    roots = Pins([]).roots_of("anhui")
    with pytest.raises(ValueError, match="no certificate of anhui is pinned"):
        member_channel("127.0.0.1:1", "anhui", roots=roots, key=b"", certificate=b"")


def test_a_pin_that_goes_ends_the_open_calls_of_its_member_and_no_others() -> None:
    ended = {"jiangsu": threading.Event(), "anhui": threading.Event()}

    def watch(
        _request: object, caller: Caller, life: StreamLife
    ) -> Iterator[pb.WatchHeadsResponse]:
        yield pb.WatchHeadsResponse()
        life.on_end(ended[caller.member].set)
        assert life.wait(60)

    pins = Pins([SHANGHAI.member, JIANGSU.member, ANHUI.member])
    with (
        federation(pins, WatchHeads=watch) as server,
        dial(server, JIANGSU) as jiangsu,
        dial(server, ANHUI) as anhui,
    ):
        streams = {}
        for name, channel in (("jiangsu", jiangsu), ("anhui", anhui)):
            call: Any = channel.unary_stream(WATCH)
            streams[name] = call(b"", timeout=30)
            assert next(streams[name]) == b""
        pins.replace([SHANGHAI.member, ANHUI.member])
        assert failure(partial(next, streams["jiangsu"])).code == "CANCELLED"
        assert ended["jiangsu"].wait(20)
        assert not ended["anhui"].is_set()
        # The connection still stands; who is behind it is looked up on each call.
        error = failure(partial(invoke, jiangsu, HEADS))
        assert (error.code, error.reason) == ("UNAUTHENTICATED", "UNKNOWN_MEMBER")
        with dial(server, JIANGSU) as fresh:
            assert failure(partial(invoke, fresh, HEADS)).reason == "OUT_OF_REACH"
        assert who(anhui).meeting.software_version == "anhui"


def test_a_pin_that_comes_opens_the_door_without_a_restart() -> None:
    pins = Pins([SHANGHAI.member])
    with federation(pins) as server:
        with dial(server, ANHUI) as channel:
            assert failure(partial(invoke, channel, HEADS)).reason == "OUT_OF_REACH"
        pins.replace([SHANGHAI.member, ANHUI.member])
        with dial(server, ANHUI) as channel:
            assert who(channel).meeting.software_version == "anhui"


def test_who_listens_to_pins_hears_which_ones_have_gone() -> None:
    heard: list[frozenset[bytes]] = []
    pins = Pins([SHANGHAI.member, JIANGSU.member])
    pins.on_change(heard.append)
    revoked = replace(
        JIANGSU.member,
        certificates=(replace(JIANGSU.member.certificates[0], revoked_version=2),),
    )
    pins.replace([SHANGHAI.member, revoked])
    pins.replace([SHANGHAI.member, ANHUI.member])
    assert heard == [frozenset({JIANGSU.member.certificates[0].pin}), frozenset()]
    assert pins.roots == SHANGHAI.certificate + ANHUI.certificate
