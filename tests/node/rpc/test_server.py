"""Limits of a listener on real sockets: overload, slow readers, lives, sizes, and its end."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from federation.log.errors import Refused
from node.rpc.channels import bearer, exchange_channel
from node.rpc.limits import MESSAGE_SIZE_BYTES_MAX, RpcLimits
from node.rpc.server import Listener, RpcServer, exchange_credentials
from tests.node.rpc.serving import (
    CATALOGUE,
    PLATFORM,
    Counts,
    dialled,
    failure,
    identity,
    invoke,
    path_of,
    servicer_of,
    serving,
)
from tests.waiting import until
from ydx.exchange.v1 import change_pb2
from ydx.exchange.v1 import listing_messages_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from node.rpc.stream_life import StreamLife
    from node.services.access import Caller

GET = path_of(CATALOGUE, "GetListing")
WATCH = path_of(CATALOGUE, "WatchChanges")
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
QUICK = RpcLimits(watch_interval_s=0.02)


def authenticate(context: grpc.ServicerContext) -> Caller:
    if ("authorization", "Bearer good") not in list(context.invocation_metadata() or ()):
        raise Refused("TOKEN_MISSING", "no token")
    return PLATFORM


def loopback(limits: RpcLimits = QUICK, **kwargs: Any) -> Listener:
    return Listener("127.0.0.1:0", authenticate, limits=limits, **kwargs)


def get(channel: grpc.Channel, body: bytes = b"") -> Any:
    call: Any = channel.unary_unary(GET)
    return call.future(body, metadata=bearer("good"), timeout=30)


def watch(channel: grpc.Channel) -> Any:
    call: Any = channel.unary_stream(
        WATCH, response_deserializer=change_pb2.WatchChangesResponse.FromString
    )
    return call(b"", metadata=bearer("good"), timeout=30)


def idle(
    _request: object, _caller: Caller, life: StreamLife
) -> Generator[change_pb2.WatchChangesResponse, None, None]:
    yield change_pb2.WatchChangesResponse(position=1)
    assert life.wait(60)
    yield change_pb2.WatchChangesResponse(position=2, end_of_life=True)


class Gate:
    """A unary method that waits until it is opened."""

    def __init__(self) -> None:
        self.entered: SimpleQueue[None] = SimpleQueue()
        self.opened = threading.Event()

    def __call__(self, _request: object, _caller: Caller) -> pb.GetListingResponse:
        self.entered.put(None)
        assert self.opened.wait(60)
        return pb.GetListingResponse()


def test_what_does_not_fit_is_refused_at_once_and_told_when_to_come_again() -> None:
    gate = Gate()
    limits = replace(QUICK, unary_threads=1, unary_waiting_max=1)
    with (
        serving(loopback(limits), (CATALOGUE, servicer_of(CATALOGUE, GetListing=gate))) as server,
        dialled(server) as channel,
    ):
        running = get(channel)
        gate.entered.get(timeout=20)
        waiting = get(channel)
        until(lambda: server._pools[0]._work_queue.qsize() == 1)
        error = failure(get(channel).result)
        gate.opened.set()
        assert (running.result(), waiting.result()) == (b"", b"")
    assert (error.code, error.reason) == ("RESOURCE_EXHAUSTED", "OVERLOADED")
    assert error.retry_after_s == 1.0


def test_idle_streams_starve_no_unary_call_and_one_too_many_is_refused() -> None:
    limits = replace(QUICK, unary_threads=1, streams_max=3)
    with (
        serving(loopback(limits), (CATALOGUE, servicer_of(CATALOGUE, WatchChanges=idle))) as server,
        dialled(server) as channel,
    ):
        streams = [watch(channel) for _ in range(3)]
        assert [next(stream).position for stream in streams] == [1, 1, 1]
        assert get(channel).result() == b""
        error = failure(partial(next, watch(channel)))
        assert error.reason == "OVERLOADED"
        streams[0].cancel()
        until(lambda: server._calls.stream_count() < limits.streams_max)
        assert next(watch(channel)).position == 1


def test_a_reader_that_is_too_slow_loses_its_stream_and_nobody_else_does() -> None:
    ended = threading.Event()

    def flood(*_: object) -> Generator[change_pb2.WatchChangesResponse, None, None]:
        big = change_pb2.WatchChangesResponse(changes=[change_pb2.Change(name="x" * 1_000_000)])
        try:
            while True:
                yield big
        finally:
            ended.set()

    counts = Counts()
    limits = replace(QUICK, send_s=0.3)
    servicer = servicer_of(CATALOGUE, WatchChanges=flood)
    with (
        serving(loopback(limits), (CATALOGUE, servicer), counts=counts) as server,
        dialled(server) as slow,
        dialled(server) as other,
    ):
        stream = watch(slow)
        next(stream)
        assert ended.wait(20)
        assert get(other).result() == b""
        assert failure(partial(list, stream)).code == "CANCELLED"
        until(lambda: (WATCH, "CANCELLED") in counts.handled_codes)


def test_a_stream_ends_cleanly_with_its_last_message_when_its_life_is_over() -> None:
    limits = replace(QUICK, stream_life_s=0.1)
    with (
        serving(loopback(limits), (CATALOGUE, servicer_of(CATALOGUE, WatchChanges=idle))) as server,
        dialled(server) as channel,
    ):
        first, last = watch(channel)
    assert not first.end_of_life
    assert (last.position, last.end_of_life) == (2, True)


def test_a_stream_that_does_not_end_by_itself_is_cancelled() -> None:
    release = threading.Event()

    def deaf(*_: object) -> Iterator[change_pb2.WatchChangesResponse]:
        yield change_pb2.WatchChangesResponse()
        release.wait(60)

    limits = replace(QUICK, stream_life_s=0.05, stream_end_s=0.05)
    with (
        serving(loopback(limits), (CATALOGUE, servicer_of(CATALOGUE, WatchChanges=deaf))) as server,
        dialled(server) as channel,
    ):
        assert failure(partial(list, watch(channel))).code == "CANCELLED"
        release.set()


def test_nothing_more_is_streamed_to_a_token_that_was_revoked() -> None:
    revoked = threading.Event()

    def verified(context: grpc.ServicerContext) -> Caller:
        if revoked.is_set():
            raise Refused("TOKEN_INVALID", "revoked")
        return authenticate(context)

    def tell(_request: object, _caller: Caller, life: StreamLife) -> Any:
        position = 0
        while not life.wait(0.01):
            position += 1
            yield change_pb2.WatchChangesResponse(position=position)

    listener = Listener("127.0.0.1:0", verified, limits=QUICK)
    with (
        serving(listener, (CATALOGUE, servicer_of(CATALOGUE, WatchChanges=tell))) as server,
        dialled(server) as channel,
    ):
        stream = watch(channel)
        next(stream)
        revoked.set()
        error = failure(partial(list, stream))
        until(lambda: server._calls.stream_count() == 0)
    assert (error.code, error.reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")


def test_a_client_that_goes_wakes_its_stream() -> None:
    woken = threading.Event()

    def waits(
        _request: object, _caller: Caller, life: StreamLife
    ) -> Iterator[change_pb2.WatchChangesResponse]:
        life.on_end(woken.set)
        yield change_pb2.WatchChangesResponse()
        assert woken.wait(60)

    with (
        serving(loopback(), (CATALOGUE, servicer_of(CATALOGUE, WatchChanges=waits))) as server,
        dialled(server) as channel,
    ):
        stream = watch(channel)
        next(stream)
        stream.cancel()
        assert woken.wait(20)


def test_a_unary_call_that_takes_too_long_is_cancelled() -> None:
    gate = Gate()
    limits = replace(QUICK, unary_s=0.1)
    with (
        serving(loopback(limits), (CATALOGUE, servicer_of(CATALOGUE, GetListing=gate))) as server,
        dialled(server) as channel,
    ):
        error = failure(get(channel).result)
        assert (error.code, error.reason) == ("CANCELLED", "OUT_OF_REACH")
        gate.opened.set()


def test_a_caller_that_sends_no_message_holds_no_thread() -> None:
    never = threading.Event()

    def silence() -> Iterator[bytes]:
        never.wait(60)
        yield from ()

    limits = replace(QUICK, unary_threads=1, unary_s=0.1)
    with (
        serving(loopback(limits), (CATALOGUE, servicer_of(CATALOGUE))) as server,
        dialled(server) as channel,
    ):
        call: Any = channel.stream_unary(GET)
        error = failure(partial(call, silence(), timeout=30))
        assert error.reason == "TOKEN_MISSING"
        error = failure(partial(call, silence(), metadata=bearer("good"), timeout=30))
        assert error.code == "CANCELLED"
        assert get(channel).result() == b""
        error = failure(partial(call, iter(()), metadata=bearer("good"), timeout=30))
        assert (error.code, error.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")
        never.set()


def test_a_message_over_the_limit_is_refused_and_the_next_one_answered() -> None:
    big = pb.GetListingResponse()
    big.listing.name = "x" * (MESSAGE_SIZE_BYTES_MAX + 1)

    def answer(request: pb.GetListingRequest, _caller: Caller) -> pb.GetListingResponse:
        return big if request.name == "big" else pb.GetListingResponse()

    servicer = servicer_of(CATALOGUE, GetListing=answer)
    with serving(loopback(), (CATALOGUE, servicer)) as server, dialled(server) as channel:
        error = failure(get(channel, bytes(MESSAGE_SIZE_BYTES_MAX + 1)).result)
        assert (error.code, error.reason) == ("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE")
        request = pb.GetListingRequest(name="big").SerializeToString()
        error = failure(get(channel, request).result)
        assert (error.code, error.reason) == ("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE")
        assert get(channel).result() == b""


def test_stopping_says_not_serving_ends_streams_cleanly_and_lets_calls_finish() -> None:
    gate = Gate()
    servicer = servicer_of(CATALOGUE, GetListing=gate, WatchChanges=idle)
    counts = Counts()
    listener = loopback(open_probes=True)
    server = RpcServer(listener, [(CATALOGUE, servicer)], metrics=counts, audit=counts.audit)
    server.start()
    with dialled(server) as channel:
        health = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(service=CATALOGUE.full_name), timeout=30
        )
        assert next(health).status == SERVING
        stream = watch(channel)
        next(stream)
        running = get(channel)
        gate.entered.get(timeout=20)
        stopping = threading.Thread(target=server.stop, args=(20,))
        stopping.start()
        assert next(health).status == NOT_SERVING
        assert failure(partial(next, health)).code == "CANCELLED"
        assert [message.end_of_life for message in stream] == [True]
        gate.opened.set()
        assert running.result() == b""
        stopping.join(20)
        assert not stopping.is_alive()


def test_calls_that_outlast_the_grace_time_are_cancelled() -> None:
    gate = Gate()
    servicer = servicer_of(CATALOGUE, GetListing=gate)
    counts = Counts()
    server = RpcServer(loopback(), [(CATALOGUE, servicer)], metrics=counts, audit=counts.audit)
    server.start()
    with dialled(server) as channel:
        running = get(channel)
        gate.entered.get(timeout=20)
        stopping = threading.Thread(target=server.stop, args=(0.1,))
        stopping.start()
        assert failure(running.result).code in {"CANCELLED", "UNAVAILABLE"}
        gate.opened.set()
        stopping.join(20)
        assert not stopping.is_alive()


def test_probes_need_a_token_unless_they_are_open() -> None:
    service = (CATALOGUE, servicer_of(CATALOGUE))
    check = "/grpc.health.v1.Health/Check"
    reflect = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    request = reflection_pb2.ServerReflectionRequest(list_services="").SerializeToString()
    with serving(loopback(reflection=True), service) as server, dialled(server) as channel:
        assert failure(partial(invoke, channel, check)).reason == "TOKEN_MISSING"
        assert failure(partial(invoke, channel, reflect, request)).reason == "TOKEN_MISSING"
        assert invoke(channel, check, token="good") == [b"\x08\x01"]
    with (
        serving(loopback(reflection=True, open_probes=True), service) as server,
        dialled(server) as channel,
    ):
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        (answer,) = stub.ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=20
        )
        names = {found.name for found in answer.list_services_response.service}
        assert CATALOGUE.full_name in names
    with serving(loopback(), service) as server, dialled(server) as channel:
        error = failure(partial(invoke, channel, reflect, request, token="good"))
        assert error.code == "UNIMPLEMENTED"


def test_health_is_stated_per_service() -> None:
    service = (CATALOGUE, servicer_of(CATALOGUE))
    with serving(loopback(open_probes=True), service) as server, dialled(server) as channel:
        stub = health_pb2_grpc.HealthStub(channel)

        def status(name: str) -> int:
            return int(stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=20).status)

        assert (status(""), status(CATALOGUE.full_name)) == (SERVING, SERVING)
        server.set_health(CATALOGUE.full_name, serving=False)
        assert (status(""), status(CATALOGUE.full_name)) == (SERVING, NOT_SERVING)
        assert failure(partial(status, "ydx.none")).code == "NOT_FOUND"


def test_plaintext_is_for_loopback_only() -> None:
    listener = replace(loopback(), address="0.0.0.0:0")
    with pytest.raises(Refused, match=r"BAD_CONFIG: 0\.0\.0\.0:0 is not on loopback"):
        RpcServer(listener, [], metrics=Counts(), audit=Counts().audit)


def test_a_port_in_use_is_named() -> None:
    with serving(loopback()) as server:
        address = f"127.0.0.1:{server.port}"
        with pytest.raises(Refused, match=f"BAD_CONFIG: cannot listen on {address}") as caught:
            RpcServer(
                replace(loopback(), address=address), [], metrics=Counts(), audit=Counts().audit
            )
        assert "Something may hold the port" in str(caught.value.cure)


def test_the_exchange_listener_speaks_tls_with_the_operators_certificate() -> None:
    own = identity("localhost")  # its certificate names localhost.ydx
    listener = loopback(credentials=exchange_credentials(own.key, own.certificate))
    with serving(listener, (CATALOGUE, servicer_of(CATALOGUE))) as server:
        name = (("grpc.ssl_target_name_override", "localhost.ydx"),)
        trusted = grpc.ssl_channel_credentials(own.certificate)
        target = f"127.0.0.1:{server.port}"
        with grpc.secure_channel(target, trusted, options=name) as channel:
            assert invoke(channel, GET, token="good") == [b""]
        with exchange_channel(target, roots=identity("other").certificate) as channel:
            assert failure(partial(invoke, channel, GET, token="good")).reason == "OUT_OF_REACH"
