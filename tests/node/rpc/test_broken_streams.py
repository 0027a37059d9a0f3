"""Streams on real sockets that are given up, run out of time, go silent or are sent away.

Whatever ends a stream, the node keeps nothing of it: no place, no thread, no database connection.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from federation.log.entry import Audience
from federation.log.errors import Refused, Unreachable
from federation.sync import client
from federation.sync.client import GrpcPeer
from node.rpc import limits
from node.rpc.authentication import by_certificate, by_token
from node.rpc.channels import member_channel
from node.rpc.exchange_client import ExchangeClient
from node.rpc.limits import MESSAGE_SIZE_BYTES_MAX, RpcLimits, server_options
from node.rpc.pins import Pins
from node.rpc.server import Listener, RpcServer, federation_credentials
from node.rpc.sync_service import SyncServicer
from node.services.catalogue.records import LISTING
from node.storage.database import Database
from tests.node.rpc.catalogue_serving import TOKENS, Client, Exchange
from tests.node.rpc.relaying import relay
from tests.node.rpc.serving import CATALOGUE, SYNC, failure, identity, servicer_of, serving
from tests.node.services.conftest import database, node, postgres_server, url
from tests.node.services.own_node import PLATFORM, OwnNode, supply
from tests.node.storage.conftest import new_url
from tests.simulation.conftest import founded, world
from tests.simulation.member import SimulatedMember
from tests.simulation.world import World
from tests.waiting import until
from ydx.exchange.v1 import change_pb2
from ydx.sync.v1 import sync_service_pb2 as wire

__all__ = ["database", "founded", "new_url", "node", "postgres_server", "url", "world"]

ANHUI = identity("anhui")
JIANGSU = identity("jiangsu")
STREAMS = 20
READERS = 32
"""So many connections read at most; whoever asks for one more waits in vain."""
PART = bytes(250_000)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[OwnNode]:
    """Give a node where it does not matter which database it has."""
    database = Database.open(f"sqlite:///{tmp_path}/own.sqlite")
    with OwnNode(database) as running:
        yield running
    database.close()


@contextmanager
def federation_listener(servicer: object) -> Iterator[RpcServer]:
    """Serve as jiangsu."""
    pins = Pins([ANHUI.member, JIANGSU.member])
    credentials = federation_credentials(pins, JIANGSU.key, JIANGSU.certificate)
    listener = Listener("127.0.0.1:0", by_certificate(pins), credentials)
    with serving(listener, (SYNC, servicer)) as server:
        yield server


@contextmanager
def peer_at(port: int) -> Iterator[GrpcPeer]:
    """Give jiangsu as anhui dials it."""
    channel = member_channel(
        f"127.0.0.1:{port}",
        "jiangsu",
        roots=JIANGSU.certificate,
        key=ANHUI.key,
        certificate=ANHUI.certificate,
    )
    with channel:
        yield GrpcPeer("jiangsu", channel)


def servicer_of_member(member: SimulatedMember) -> SyncServicer:
    unused: Any = None
    side = member.side
    return SyncServicer(side.room, side.watch, side.log_server, side.witness, side.trust, unused)


@contextmanager
def exchange_listener(node: OwnNode) -> Iterator[RpcServer]:
    listener = Listener("127.0.0.1:0", by_token(lambda token: TOKENS[token]))
    with serving(listener, (CATALOGUE, Exchange(node).servicer)) as server:
        yield server


def open_connections(database: Database) -> int:
    """Have every connection that reads in use at once; return how many are open afterwards.

    Raises OVERLOADED if one was not given back.
    """
    with ExitStack() as busy:
        for _ in range(READERS):
            busy.enter_context(database.read())
    return len(database._idle)


def nobody_streams(server: RpcServer) -> None:
    until(lambda: server._calls.stream_count() == 0, "all streams end at the server", 20.0)


def publish(node: OwnNode, number: int) -> None:
    node.publishing.publish(PLATFORM, LISTING, supply(number), node.options())


def watch(client: Client, timeout_s: float = 30.0) -> Any:
    request = change_pb2.WatchChangesRequest(with_records=True)
    return client.stub.WatchChanges(request, metadata=client.metadata, timeout=timeout_s)


def test_edge_16_log_streams_that_are_given_up_midway_keep_no_connection(world: World) -> None:
    """Each has more to send than the windows hold, so that the server stands within most."""
    jiangsu = world["jiangsu"]
    for _ in range(30):
        assert jiangsu.append((Audience.PUBLIC, b"listing"), (Audience.MEMBERS, PART))
    world.pass_time(1.0)
    assert jiangsu.sign()
    open_before = open_connections(jiangsu.side.database)
    with (
        federation_listener(servicer_of_member(jiangsu)) as server,
        peer_at(server.port) as peer,
    ):
        for _ in range(3):
            streams = [peer.read_log(jiangsu.origin, 0) for _ in range(STREAMS)]
            for stream in streams:
                next(stream)
                next(stream)
            assert server._calls.stream_count() > STREAMS // 2
            for stream in streams:
                stream.close()
            nobody_streams(server)
            assert open_connections(jiangsu.side.database) == open_before == READERS


def test_edge_16_watches_that_are_cancelled_keep_no_connection(node: OwnNode) -> None:
    publish(node, 1)
    open_before = open_connections(node.database)
    with exchange_listener(node) as server:
        client = Client(server.port, "platform")
        for number in range(2, 5):
            streams = [watch(client) for _ in range(STREAMS)]
            for stream in streams:
                assert next(stream).changes
            publish(node, number)  # so that some are cancelled while they look
            for stream in streams:
                stream.cancel()
            nobody_streams(server)
            assert open_connections(node.database) == open_before == READERS
        client.channel.close()


def test_edge_16_the_deadline_of_a_stream_ends_it_at_the_server_too(
    world: World, on_sqlite: OwnNode
) -> None:
    jiangsu = world["jiangsu"]
    with federation_listener(servicer_of_member(jiangsu)) as server, peer_at(server.port) as peer:
        stream = peer._stub.WatchHeads(wire.WatchHeadsRequest(), timeout=0.5)
        assert failure(partial(list, stream)).code == "DEADLINE_EXCEEDED"
        nobody_streams(server)
        until(lambda: not jiangsu.side.watch._watchers, "nobody is told heads", 5.0)
    with exchange_listener(on_sqlite) as server:
        client = Client(server.port, "platform")
        assert failure(partial(list, watch(client, 0.5))).code == "DEADLINE_EXCEEDED"
        nobody_streams(server)
        client.channel.close()


def quick_to_notice(of: RpcLimits) -> list[tuple[str, int]]:
    """Return the options of a server that pings soon; all else is as it is."""
    quick = {"grpc.keepalive_time_ms": 200, "grpc.http2.ping_timeout_ms": 300}
    options = dict(server_options(of))
    assert quick.keys() <= options.keys()
    return list((options | quick).items())


def test_edge_16_a_client_that_vanished_without_a_word_is_noticed(
    on_sqlite: OwnNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.rpc.server.server_options", quick_to_notice)
    publish(on_sqlite, 1)
    with exchange_listener(on_sqlite) as server, relay(server.port) as way:
        client = Client(way.port, "platform")
        stream = watch(client)
        assert next(stream).changes
        time.sleep(1.0)
        assert server._calls.stream_count() == 1, "one that is there answers the pings"
        way.silence()
        nobody_streams(server)
        client.channel.close()


def test_edge_16_a_peer_that_fell_silent_is_out_of_reach_and_the_others_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SILENCE_S", 0.5)
    monkeypatch.setattr(client, "UNARY_S", 0.5)
    jiangsu, anhui, zhejiang = world["jiangsu"], world["anhui"], world["zhejiang"]
    for one in (jiangsu, zhejiang):
        one.publish()
    world.pass_time(1.0)
    for one in (jiangsu, zhejiang):
        one.sign()
        anhui.meet(one.name)
    with (
        federation_listener(servicer_of_member(jiangsu)) as server,
        relay(server.port) as way,
        peer_at(way.port) as peer,
    ):
        heads = peer.watch_heads()
        assert next(heads)
        way.silence()
        anhui.side.peers["jiangsu"] = peer
        assert not anhui.follow(jiangsu.origin)
        assert "jiangsu: OUT_OF_REACH" in anhui.side.last_error(jiangsu.origin)
        with pytest.raises(Unreachable):
            next(heads)
        with pytest.raises(Unreachable):
            peer.get_heads(anhui.side.room.introduce())
    assert anhui.follow(zhejiang.origin)
    assert not anhui.side.book.resting(), "silence is no fault"


def test_edge_16_a_follower_goes_on_when_its_connection_is_sent_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server ends each connection by GOAWAY after its age; what streams on it may go on."""
    monkeypatch.setattr(limits, "_CONNECTION_AGE_S", 1)
    jiangsu, anhui = world["jiangsu"], world["anhui"]
    with (
        federation_listener(servicer_of_member(jiangsu)) as server,
        relay(server.port) as way,
        peer_at(way.port) as peer,
    ):
        anhui.side.peers["jiangsu"] = peer
        heads = peer.watch_heads()
        next(heads)

        def is_sent_away_twice() -> bool:
            assert jiangsu.publish()
            world.pass_time(1.0)
            assert jiangsu.sign()
            anhui.side.book.told("jiangsu", peer.get_heads(anhui.side.room.introduce())[0].heads)
            assert anhui.follow(jiangsu.origin)
            assert anhui.stored(jiangsu.origin).verified_size == jiangsu.own_size()
            return way.connections > 2

        until(is_sent_away_twice, "connections are sent away", 20.0)
        size = jiangsu.own_size()
        until(lambda: any(head.verified_size == size for head in next(heads)), "the stream goes on")
        heads.close()
    assert not anhui.refusals


def test_edge_16_a_client_goes_on_when_its_connection_is_sent_away(
    on_sqlite: OwnNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_CONNECTION_AGE_S", 1)
    publish(on_sqlite, 1)
    with exchange_listener(on_sqlite) as server, relay(server.port) as way:
        asking = ExchangeClient(f"127.0.0.1:{way.port}", "platform")
        watching = Client(way.port, "platform")
        stream = watch(watching)
        assert next(stream).changes

        def is_sent_away_twice() -> bool:
            assert asking.call("ListListings", repeat=False).listings
            return way.connections > 3

        until(is_sent_away_twice, "connections are sent away", 20.0)
        publish(on_sqlite, 2)
        assert len(next(stream).changes) == 1
        asking.close()
        watching.channel.close()


def test_edge_16_a_message_up_to_the_limit_is_taken_and_one_byte_more_is_refused() -> None:
    """Tag and length of the one field take 5 bytes."""

    def trust_file(request: wire.GetTrustFileRequest, _caller: Any) -> wire.GetTrustFileResponse:
        return wire.GetTrustFileResponse(content=bytes(request.version - 5))

    with (
        federation_listener(servicer_of(SYNC, GetTrustFile=trust_file)) as server,
        peer_at(server.port) as peer,
    ):
        for size in (MESSAGE_SIZE_BYTES_MAX - 1, MESSAGE_SIZE_BYTES_MAX):
            assert len(peer.get_trust_file("root", size)) == size - 5
        with pytest.raises(Refused) as refused:
            peer.get_trust_file("root", MESSAGE_SIZE_BYTES_MAX + 1)
        assert peer.get_trust_file("root", 6)
    assert refused.value.reason == "FRAME_TOO_LARGE"
