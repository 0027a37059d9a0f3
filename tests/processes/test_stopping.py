"""SIGTERM under load with open streams (fault F18): it ends in time, and nothing told is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from node.rpc.channels import bearer, exchange_channel
from tests.processes.asking import CATALOGUE
from tests.processes.member_processes import Federation, MemberProcess
from tests.processes.writing import Book, check_book, load
from tests.waiting import until
from ydx.exchange.v1 import catalogue_service_pb2_grpc
from ydx.exchange.v1.change_pb2 import WatchChangesRequest

STREAMS: Final = 20
GRACE_S: Final = 20.0
STOPPED: Final = "anhui"


class Watcher:
    """One open stream in a thread of its own: what came, and how it ended."""

    def __init__(self, open_stream: Callable[[], Any]) -> None:
        self.messages: list[Any] = []
        self.code = ""
        self._open_stream = open_stream
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def ended(self) -> str:
        """Return with which code the stream ended, "OK" for a clean end."""
        self._thread.join(GRACE_S)
        assert not self._thread.is_alive(), "the stream hangs"
        return self.code

    def _run(self) -> None:
        try:
            for message in self._open_stream():
                self.messages.append(message)
            self.code = "OK"
        except grpc.RpcError as error:
            self.code = error.code().name


def watch_changes(member: MemberProcess, channel: grpc.Channel) -> Watcher:
    stub: Any = catalogue_service_pb2_grpc.CatalogueServiceStub(channel)
    metadata = bearer(member.member.tokens["auditor"])
    return Watcher(lambda: stub.WatchChanges(WatchChangesRequest(), metadata=metadata))


def watch_health(channel: grpc.Channel) -> Watcher:
    request = health_pb2.HealthCheckRequest(service=CATALOGUE)
    return Watcher(lambda: health_pb2_grpc.HealthStub(channel).Watch(request))


def test_sigterm_under_load_ends_in_time_and_keeps_what_was_acknowledged(
    federation: Federation,
) -> None:
    member, book = federation[STOPPED], Book()
    channel = exchange_channel(member.member.api)
    changes = [watch_changes(member, channel) for _ in range(STREAMS)]
    healths = [watch_health(channel) for _ in range(STREAMS)]
    with load([member], {STOPPED: book}, threads=4):
        until(lambda: len(book.acknowledged) >= 20, "the load")
        until(lambda: all(one.messages for one in changes + healths), "all streams are served")
        began = time.monotonic()
        member.terminate(GRACE_S)
        stopped_s = time.monotonic() - began
    assert {one.ended() for one in changes} == {"OK"}
    assert all(one.messages[-1].end_of_life for one in changes), "clients know where to resume"
    for one in healths:
        one.ended()
        assert one.messages[0].status == health_pb2.HealthCheckResponse.SERVING
        assert one.messages[-1].status == health_pb2.HealthCheckResponse.NOT_SERVING
    channel.close()
    assert stopped_s < GRACE_S

    member.start()
    member.wait_open()
    client = member.client()
    check_book(book, client)
    client.close()
