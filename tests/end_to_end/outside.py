"""What anybody can see of the demo without a token: health, reflection, metrics, HTTP."""

from __future__ import annotations

import urllib.request
from http.client import HTTPMessage

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from node.rpc.channels import exchange_channel
from node.rpc.exchange_client import ExchangeClient
from tests.deploy.queries import unanswered
from tests.end_to_end.running import Demo
from tests.end_to_end.writing import publish, wait_confirmed
from tests.processes.asking import CATALOGUE, NODE, http
from tests.processes.writing import reason_of


def test_health_and_reflection_need_no_token(demo: Demo) -> None:
    for member in demo.members():
        channel = exchange_channel(member.api)
        try:
            for service in ("", CATALOGUE, NODE):
                request = health_pb2.HealthCheckRequest(service=service)
                answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=10)
                assert answer.status == health_pb2.HealthCheckResponse.SERVING, service
            database = ProtoReflectionDescriptorDatabase(channel)
            assert {CATALOGUE, NODE} <= set(database.get_services())
            catalogue = DescriptorPool(database).FindServiceByName(CATALOGUE)
            assert catalogue.FindMethodByName("PublishListing").input_type.fields_by_name["listing"]
        finally:
            channel.close()


def test_everything_else_needs_a_token(demo: Demo) -> None:
    unknown = "ydx_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    for token, reason in (("", "TOKEN_MISSING"), (unknown, "TOKEN_INVALID")):
        client = ExchangeClient(demo["anhui"].api, token)
        try:
            assert reason_of(lambda: client.call("GetNode")) == reason  # noqa: B023 - called here
        finally:
            client.close()


def test_the_federation_port_takes_no_plain_caller(demo: Demo) -> None:
    channel = grpc.insecure_channel(demo["anhui"].federation)
    try:
        request = health_pb2.HealthCheckRequest()
        with pytest.raises(grpc.RpcError) as refused:
            health_pb2_grpc.HealthStub(channel).Check(request, timeout=10)
        assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
    finally:
        channel.close()


def test_every_query_of_alerts_and_dashboard_is_answered_by_the_scrapes(demo: Demo) -> None:
    scrapes = [http(member.telemetry, "/metrics") for member in demo.members()]
    assert {status for status, _ in scrapes} == {200}
    assert unanswered("".join(body.decode() for _, body in scrapes)) == []


def test_every_member_is_alive_and_ready(demo: Demo) -> None:
    for member in demo.members():
        assert http(member.telemetry, "/livez")[0] == 200
        assert http(member.telemetry, "/readyz")[0] == 200


def test_nobody_is_behind_and_nothing_failed(demo: Demo) -> None:
    demo.wait_equal()
    for member in demo.members():
        status = demo.client(member.name).call("GetSyncStatus")
        assert [row.last_error for row in status.origins] == [""] * 5
        assert sum(row.wanted_parts for row in status.origins) == 0
        assert not any(row.frozen for row in status.origins)


def headers(address: str, path: str) -> HTTPMessage:
    with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
        assert isinstance(answer.headers, HTTPMessage)
        return answer.headers


def test_checkpoints_are_asked_for_again_and_tiles_are_kept(demo: Demo) -> None:
    sent = publish(demo, "center")
    wait_confirmed(demo, "center", sent.name)
    for member in demo.members():
        for prefix in ("/log", *(f"/mirror/{name}" for name in demo.others(member.name))):
            checkpoint = headers(member.http, f"{prefix}/checkpoint")
            assert checkpoint["Cache-Control"] == "no-cache"
            assert checkpoint.get_content_type() == "text/plain"
            size = int(http(member.http, f"{prefix}/checkpoint")[1].splitlines()[1])
            for path, width in tiles(size):
                tile = headers(member.http, f"{prefix}/{path}")
                assert ("immutable" in tile["Cache-Control"]) == (width == 256), path
                assert tile.get_content_type() == "application/octet-stream"


def tiles(tree_size: int) -> list[tuple[str, int]]:
    """Return (path, width) of the first and the last tile of a log, and of their bundles."""
    full, rest = divmod(tree_size, 256)
    places = [("000", 256)] * bool(full) + [(f"{full:03}.p/{rest}", rest)] * bool(rest)
    return [
        (f"tile/{level}/{place}", width) for level in ("0", "entries") for place, width in places
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/log/tile/0/999",
        "/log/tile/entries/999",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256",
        "/log/tile/8/0/000",
        "/log/tile/data/000",
        "/mirror/nobody/checkpoint",
        "/log/",
        "/",
    ],
    ids=[
        "a tile beyond the log",
        "a bundle beyond the log",
        "a tile of width 0",
        "a full tile called partial",
        "the layout of Go's sumdb",
        "bundles under the name of Go's sumdb",
        "a log of nobody",
        "the folder of the log",
        "the root",
    ],
)
def test_what_is_not_published_does_not_exist(demo: Demo, path: str) -> None:
    assert http(demo["jiangsu"].http, path)[0] == 404


def test_errors_name_no_path_and_no_software(demo: Demo) -> None:
    _, body = http(demo["jiangsu"].http, "/log/tile/0/999")
    assert b"Traceback" not in body
    assert str(demo.folder).encode() not in body
    assert headers(demo["jiangsu"].http, "/log/checkpoint")["Server"] == "ydx"
