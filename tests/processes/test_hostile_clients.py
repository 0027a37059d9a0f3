"""Slow and hostile clients at a real node's listeners: everybody else is served (promise 6)."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import grpc
import pytest

from node.demo.observing import Observer, all_confirmed
from node.rpc.channels import bearer, exchange_channel
from node.rpc.exchange_client import CallFailedError
from tests.processes.asking import http, ready
from tests.processes.member_processes import Federation, MemberProcess
from tests.processes.writing import Book, load, new_listing
from tests.waiting import until
from ydx.exchange.v1 import catalogue_service_pb2_grpc
from ydx.exchange.v1.change_pb2 import WatchChangesRequest

pytestmark = pytest.mark.timeout(300)
ATTACKED: Final = "anhui"
LISTENERS: Final = ("federation", "api", "http", "telemetry")
CONNECTIONS: Final = 150
HANDSHAKES: Final = 4_000
STREAMS: Final = 500
STREAMS_SERVED: Final = 64
RSS_BYTES_MAX: Final = 600 << 20
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS: Final = bytes(3) + b"\x04" + bytes(5)
HALF_HEADERS: Final = b"\x00\x40\x00\x01\x04\x00\x00\x00\x01" + bytes(100)
HALF_SAID: Final = {
    "silence": b"",
    "half a preface": PREFACE[:10],
    "half a frame": PREFACE + SETTINGS + HALF_HEADERS,
    "half an HTTP/1 request": b"GET /log/checkpoint HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(30),
}


@contextmanager
def connections(address: str, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """Give open connections that have said something and wait."""
    host, _, port = address.rpartition(":")
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
            one.sendall(said)
            opened.append(one)
        yield opened


def rss_bytes(member: MemberProcess) -> int:
    status = Path(f"/proc/{member.pid}/status").read_text("ascii")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) << 10


def check_served(federation: Federation, *, settled: bool = True) -> None:
    """Check that a platform, a monitor, a probe, and once all is quiet the others, are served."""
    member, book = federation[ATTACKED], Book()
    client = member.client()
    for _ in range(5):
        sent = book.write(client)
        assert sent.name, sent.reason
        assert client.call("GetListing", name=sent.name).listing.name == sent.name
    client.close()
    if settled:
        Observer(federation.demo_members()).wait(all_confirmed, 60.0, "not equal")
    assert http(member.member.http, "/log/checkpoint")[0] == 200
    assert ready(member)[0] == 200
    assert rss_bytes(member) < RSS_BYTES_MAX


@pytest.mark.parametrize("said", HALF_SAID.values(), ids=HALF_SAID)
def test_connections_that_stop_half_way_keep_nobody_out(
    federation: Federation, said: bytes
) -> None:
    member = federation[ATTACKED].member
    with ExitStack() as stack:
        for listener in LISTENERS:
            stack.enter_context(connections(getattr(member, listener), CONNECTIONS, said))
        check_served(federation)


@pytest.mark.parametrize("listener", LISTENERS)
def test_many_handshakes_that_fail_at_once_end_no_process(
    federation: Federation, listener: str
) -> None:
    address = getattr(federation[ATTACKED].member, listener)

    def connect_and_go(_number: int) -> None:
        hung_up = suppress(ConnectionResetError, BrokenPipeError)
        with hung_up, connections(address, 1, HALF_SAID["half a TLS hello"]):
            pass

    with ThreadPoolExecutor(16) as pool:
        for _ in pool.map(connect_and_go, range(HANDSHAKES)):
            pass
    check_served(federation)


def test_garbage_on_every_listener_harms_nobody(federation: Federation) -> None:
    member, rng = federation[ATTACKED].member, random.Random(7)  # noqa: S311 - repeatable
    for listener in LISTENERS:
        for start in (b"", PREFACE, PREFACE + SETTINGS, b"POST / HTTP/1.1\r\n"):
            for _ in range(10):
                with connections(getattr(member, listener), 1, start) as [one]:
                    one.settimeout(10)
                    try:
                        one.sendall(rng.randbytes(rng.randrange(1, 60_000)))
                    except (BrokenPipeError, ConnectionResetError):
                        continue  # the node has hung up already
    check_served(federation)


def test_a_message_over_the_limit_is_refused_and_its_connection_goes_on(
    federation: Federation,
) -> None:
    client = federation[ATTACKED].client()
    huge = new_listing()
    huge.public.description = "长" * (5 << 20)
    with pytest.raises(CallFailedError) as caught:
        client.call("PublishListing", repeat=False, listing=huge)
    assert caught.value.reason == "MESSAGE_TOO_LARGE"
    assert Book().write(client).name
    client.close()
    check_served(federation)


def test_a_flood_of_streams_is_cut_at_the_limit_and_unary_calls_go_on(
    federation: Federation,
) -> None:
    member = federation[ATTACKED]
    channels = [exchange_channel(member.member.api) for _ in range(10)]
    metadata = bearer(member.member.tokens["auditor"])
    streams: list[Any] = [
        catalogue_service_pb2_grpc.CatalogueServiceStub(channel).WatchChanges(
            WatchChangesRequest(), metadata=metadata, timeout=120
        )
        for channel in channels
        for _ in range(STREAMS // len(channels))
    ]
    book = Book()
    with load([member], {ATTACKED: book}, threads=4):
        refused = until(
            lambda: (
                over
                if len(over := [one for one in streams if one.done()]) >= STREAMS - STREAMS_SERVED
                else None
            ),
            "all streams over the limit are refused",
        )
        check_served(federation, settled=False)
    check_served(federation)
    assert {one.code() for one in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert len(book.acknowledged) > 0
    assert not book.unknown + book.refused
    served = [one for one in streams if one not in refused]
    assert served
    assert all(next(one).position for one in served)
    for channel in channels:
        channel.close()

    def a_new_stream_is_served() -> bool:
        channel = exchange_channel(member.member.api)
        stub: Any = catalogue_service_pb2_grpc.CatalogueServiceStub(channel)
        try:
            return bool(next(stub.WatchChanges(WatchChangesRequest(), metadata=metadata)).position)
        except grpc.RpcError:
            return False
        finally:
            channel.close()

    until(a_new_stream_is_served, "the flood's places are given to others")
