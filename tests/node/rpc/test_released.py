"""A finished call holds nothing, whether the garbage collector comes by or not.

HTTP/2 streams live as long as what handled them. gRPC refuses new ones on a connection when more
than it allows are alive, so exceptions in cycles would end an honest caller's connection.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import grpc
import pytest

from federation.log.errors import Refused
from node.rpc.limits import RpcLimits
from tests.node.rpc.serving import (
    CATALOGUE,
    dialled,
    failure,
    invoke,
    path_of,
    servicer_of,
    serving,
)
from tests.node.rpc.test_server import loopback

LIMITS = RpcLimits(watch_interval_s=0.02)
CALLS = 2 * LIMITS.streams_per_connection_max + 50


def refused(_request: object, _caller: object) -> NoReturn:
    kept = Refused("RECORD_NOT_FOUND", "there is none")  # a frame that holds its own exception
    raise kept


def unexpected(_request: object, _caller: object) -> NoReturn:
    try:
        int("inner")
    except ValueError as inner:
        kept = RuntimeError("outer")
        raise kept from inner
    raise AssertionError("inner is a number")


def broken_stream(_request: object, _caller: object, _life: object) -> Iterator[Any]:
    yield from ()
    kept = Refused("RECORD_NOT_FOUND", "there is none")
    raise kept


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("rpc", "handle", "token", "code"),
    [
        ("GetListing", None, "good", None),
        ("WatchChanges", None, "good", None),
        ("GetListing", refused, "good", "NOT_FOUND"),
        ("GetListing", unexpected, "good", "INTERNAL"),
        ("WatchChanges", broken_stream, "good", "NOT_FOUND"),
        ("GetListing", None, None, "UNAUTHENTICATED"),
        ("WatchChanges", None, None, "UNAUTHENTICATED"),
    ],
)
@pytest.mark.usefixtures("no_collector")
def test_finished_calls_hold_no_stream_of_their_connection(
    rpc: str, handle: Callable[..., Any] | None, token: str | None, code: str | None
) -> None:
    methods = {} if handle is None else {rpc: handle}
    with (
        serving(loopback(LIMITS), (CATALOGUE, servicer_of(CATALOGUE, **methods))) as server,
        dialled(server) as channel,
    ):
        path = path_of(CATALOGUE, rpc)
        for _ in range(CALLS):
            if code is None:
                assert invoke(channel, path, token=token) == [b""]
            else:
                assert failure(lambda: invoke(channel, path, token=token)).code == code


@pytest.mark.usefixtures("no_collector")
def test_unknown_methods_hold_no_stream_of_their_connection() -> None:
    with (
        serving(loopback(LIMITS), (CATALOGUE, servicer_of(CATALOGUE))) as server,
        dialled(server) as channel,
    ):
        for _ in range(CALLS):
            with pytest.raises(grpc.RpcError) as caught:
                invoke(channel, "/ydx.exchange.v1.CatalogueService/Nothing")
            assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
