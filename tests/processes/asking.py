"""What anybody can see of a member from outside, without a token: HTTP and gRPC health."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

from grpc_health.v1 import health_pb2, health_pb2_grpc

from node.rpc.channels import exchange_channel
from tests.processes.member_processes import MemberProcess

CATALOGUE = "ydx.exchange.v1.CatalogueService"
NODE = "ydx.exchange.v1.NodeService"


def http(address: str, path: str) -> tuple[int, bytes]:
    """Return status and body."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def ready(member: MemberProcess) -> tuple[int, dict[str, str]]:
    """Return the status of /readyz, and what it says of each part."""
    status, body = http(member.member.telemetry, "/readyz")
    return status, dict(line.split(" ", 1) for line in body.decode().splitlines())


def metric(member: MemberProcess, series: str) -> float:
    """Return the value of one series, written as in the exposition."""
    _, body = http(member.member.telemetry, "/metrics")
    found = re.search(rf"^{re.escape(series)} (\S+)$", body.decode(), re.MULTILINE)
    assert found, f"{series} is not exported"
    return float(found[1])


def health(member: MemberProcess, service: str) -> str:
    """Return the name of the health of a service."""
    channel = exchange_channel(member.member.api)
    try:
        request = health_pb2.HealthCheckRequest(service=service)
        answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=10)
    finally:
        channel.close()
    status: str = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    return status
