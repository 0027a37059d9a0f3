"""The wrapper around each RPC: what is no request, what nobody expected, who hears of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from federation.log.errors import Refused
from node.rpc.server import Listener
from node.telemetry.metrics import Metrics
from tests.node.rpc.serving import (
    CATALOGUE,
    NODE,
    PLATFORM,
    Counts,
    dialled,
    failure,
    invoke,
    path_of,
    servicer_of,
    serving,
)
from ydx.exchange.v1 import listing_messages_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.services.access import Caller

GET = path_of(CATALOGUE, "GetListing")
WATCH = path_of(CATALOGUE, "WatchChanges")
SECRET = "联系人 13800000000"


def everybody(_context: grpc.ServicerContext) -> Caller:
    return PLATFORM


def nobody(_context: grpc.ServicerContext) -> Caller:
    raise Refused("TOKEN_MISSING", "no token")


def loopback(**kwargs: Any) -> Listener:
    return Listener("127.0.0.1:0", kwargs.pop("authenticate", everybody), **kwargs)


@pytest.fixture(scope="module")
def channel() -> Iterator[grpc.Channel]:
    with (
        serving(loopback(), (CATALOGUE, servicer_of(CATALOGUE))) as server,
        dialled(server) as dialled_channel,
    ):
        yield dialled_channel


def broken(*_: object) -> None:
    raise ValueError(SECRET)


def broken_stream(*_: object) -> Iterator[None]:
    yield from ()
    raise ValueError(SECRET)


def test_the_servicer_gets_the_request_and_the_caller() -> None:
    seen: list[Any] = []

    def get(request: pb.GetListingRequest, caller: Caller) -> pb.GetListingResponse:
        seen.append((request.name, caller))
        return pb.GetListingResponse()

    with (
        serving(loopback(), (CATALOGUE, servicer_of(CATALOGUE, GetListing=get))) as server,
        dialled(server) as channel,
    ):
        invoke(channel, GET, pb.GetListingRequest(name="nodes/x").SerializeToString())
    assert seen == [("nodes/x", PLATFORM)]


@pytest.mark.parametrize("path", [GET, WATCH])
@pytest.mark.parametrize(
    "body",
    [b"\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe", b"\x0b" * 2000, b"\x00"],
    ids=[
        "a broken tag",
        "a field cut short",
        "a string that is no UTF-8",
        "groups nested 2,000 deep",
        "field number 0",
    ],
)
def test_bytes_that_are_no_message_are_an_invalid_argument(
    channel: grpc.Channel, path: str, body: bytes
) -> None:
    if path == WATCH and body == b"\x0a\x02\xff\xfe":
        body = b"\x10"  # its messages have no strings: a varint cut short
    error = failure(partial(invoke, channel, path, body))
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")


@settings(max_examples=200, deadline=None)
@given(method=st.sampled_from([m.name for m in CATALOGUE.methods]), body=st.binary(max_size=200))
def test_no_bytes_are_an_internal_error(channel: grpc.Channel, method: str, body: bytes) -> None:
    try:
        invoke(channel, path_of(CATALOGUE, method), body)
    except grpc.RpcError as error:
        assert error.code() is grpc.StatusCode.INVALID_ARGUMENT  # noqa: PT017 - most bytes are answered


def test_who_is_unknown_learns_nothing_about_its_request() -> None:
    listener = loopback(authenticate=nobody)
    with (
        serving(listener, (CATALOGUE, servicer_of(CATALOGUE))) as server,
        dialled(server) as channel,
    ):
        assert failure(partial(invoke, channel, GET, b"\xff")).reason == "TOKEN_MISSING"
        assert failure(partial(invoke, channel, WATCH, b"\xff")).reason == "TOKEN_MISSING"


def test_an_unknown_method_is_unimplemented(channel: grpc.Channel) -> None:
    error = failure(partial(invoke, channel, path_of(NODE, "GetNode")))
    assert error.code == "UNIMPLEMENTED"


@pytest.mark.parametrize("path", [GET, WATCH])
def test_a_fault_is_internal_with_an_id_that_stands_in_the_log_and_without_its_text(
    path: str,
) -> None:
    servicer = servicer_of(CATALOGUE, GetListing=broken, WatchChanges=broken_stream)
    counts = Counts()
    with (
        capture_logs() as lines,
        serving(loopback(), (CATALOGUE, servicer), counts=counts) as server,
        dialled(server) as channel,
    ):
        error = failure(partial(invoke, channel, path))
    assert (error.code, error.reason) == ("INTERNAL", "INTERNAL")
    assert error.metadata["id"] in error.what
    (line,) = lines
    assert (line["id"], line["method"], line["fault"]) == (
        error.metadata["id"],
        path,
        "ValueError",
    )
    assert any("broken" in frame for frame in line["at"])
    assert SECRET not in repr((line, error))
    assert counts.reasons == ["INTERNAL"]


def test_metrics_and_audit_hear_of_every_outcome() -> None:
    def refuse(*_: object) -> None:
        raise Refused("RECORD_NOT_FOUND", "none", name="nodes/x")

    counts = Counts()
    listing = path_of(CATALOGUE, "ListListings")
    servicer = servicer_of(CATALOGUE, GetListing=refuse)
    with (
        serving(loopback(), (CATALOGUE, servicer), counts=counts) as server,
        dialled(server) as channel,
    ):
        invoke(channel, listing)
        invoke(channel, WATCH)
        failure(partial(invoke, channel, GET))
        failure(partial(invoke, channel, GET, b"\xff"))
    outcomes = [
        (listing, "OK"),
        (WATCH, "OK"),
        (GET, "NOT_FOUND"),
        (GET, "INVALID_ARGUMENT"),
    ]
    assert counts.handled_codes == outcomes
    assert counts.audited == [(method, PLATFORM, code) for method, code in outcomes]
    assert counts.reasons == ["RECORD_NOT_FOUND", "MALFORMED_REQUEST"]
    assert counts.served == {path_of(CATALOGUE, m.name) for m in CATALOGUE.methods}


def test_the_audit_of_an_unknown_caller_names_nobody() -> None:
    counts = Counts()
    listener = loopback(authenticate=nobody)
    with (
        serving(listener, (CATALOGUE, servicer_of(CATALOGUE)), counts=counts) as server,
        dialled(server) as channel,
    ):
        failure(partial(invoke, channel, GET))
    assert counts.audited == [(GET, None, "UNAUTHENTICATED")]


def test_the_real_metrics_take_what_the_wrapper_tells() -> None:
    metrics = Metrics(version="0", member="shanghai", reasons=["TOKEN_MISSING"])
    counts: Any = metrics.calls
    counts.audit = lambda *_: None
    listener = loopback(authenticate=nobody)
    with (
        serving(listener, (CATALOGUE, servicer_of(CATALOGUE)), counts=counts) as server,
        dialled(server) as channel,
    ):
        failure(partial(invoke, channel, GET))
    _, service, method = GET.split("/")
    labels = {"grpc_type": "unary", "grpc_service": service, "grpc_method": method}
    value = metrics.registry.get_sample_value
    handled = labels | {"grpc_code": "UNAUTHENTICATED"}
    assert value("grpc_server_handled_total", handled) == 1
    assert value("grpc_server_started_total", labels) == 1
    assert value("ydx_call_errors_total", {"reason": "TOKEN_MISSING"}) == 1
