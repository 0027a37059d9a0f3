"""NodeService over a status that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.trust.tuf_file import TrustFile
from node.rpc.limits import RpcLimits
from node.rpc.node_service import NodeServicer
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.sync.node_status import (
    IndexFacts,
    NodeFacts,
    OriginFacts,
    PeerFacts,
    RestFacts,
    StateDigests,
    SyncFacts,
    TrustFacts,
)
from tests.node.rpc.serving import NODE, dialled, failure, serving
from ydx.exchange.v1 import node_service_pb2 as pb
from ydx.exchange.v1 import query_pb2
from ydx.exchange.v1.node_service_pb2_grpc import NodeServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REST = RestFacts(origin="ydx.example/anhui", until_s=2.5, refusals=3, reason="BAD_PROOF")
TRUST = [TrustFile("root", 1, b"{}"), TrustFile("registry", 4, b"[1]")]
CALLER = Caller(frozenset({Role.OPERATOR, Role.AUDITOR}), token_id="t")


class Status:
    """Two origins, one peer, and the sizes that were asked for."""

    asked: Mapping[str, int] | None = None
    retried: tuple[str, str] | None = None

    def node(self) -> NodeFacts:
        return NodeFacts(
            member="shanghai",
            origin="ydx.example/shanghai",
            vkey="ydx.example/shanghai+0123+key",
            version="1.2.3",
            formats=(1,),
            write_state="STARTING",
            write_state_why="waits for anhui",
        )

    def sync(self) -> SyncFacts:
        rows = [
            OriginFacts(
                member=name,
                origin=f"ydx.example/{name}",
                stored_size=8,
                tree_size=9,
                verified_size=8,
                confirmed_size=7,
                lag_s=1.5,
                state="STALE",
            )
            for name in ("jiangsu", "anhui")
        ]
        peer = PeerFacts(
            member="anhui", up=False, consecutive_failures=3, next_try_s=1.25, rests=[REST]
        )
        trust = TrustFacts(registry_version=4, stale=True, expires_s=2_000_000_000.5)
        return SyncFacts(origins=rows, peers=[peer, PeerFacts(member="a", up=True)], trust=trust)

    def index(self) -> IndexFacts:
        restarts = {"ended": 2, "hung": 1}
        return IndexFacts(running=True, restarts=restarts, behind_entries=7, behind_s=2.5)

    def digests(self, sizes: Mapping[str, int] | None) -> StateDigests:
        self.asked = sizes
        return StateDigests(public_digest="ab", members_digest="", sizes={"b": 2, "a": 1}, why="?")

    def retry(self, member: str, origin: str) -> list[RestFacts]:
        self.retried = member, origin
        return [REST]


@pytest.fixture
def status() -> Status:
    return Status()


@pytest.fixture
def stub(status: Status) -> Iterator[NodeServiceStub]:
    listener = Listener("127.0.0.1:0", lambda _: CALLER)
    servicer = NodeServicer(
        status, status.retry, RpcLimits(unary_s=10), request_id_days=30, trust_files=lambda: TRUST
    )
    with serving(listener, (NODE, servicer)) as server, dialled(server) as channel:
        yield NodeServiceStub(channel)


def test_the_node_tells_its_limits_its_state_and_the_callers_roles(stub: NodeServiceStub) -> None:
    node = stub.GetNode(pb.GetNodeRequest(), timeout=20)
    assert (node.member, node.version, list(node.formats)) == ("shanghai", "1.2.3", [1])
    assert list(node.roles) == ["auditor", "operator"]
    assert node.write_state == pb.WRITE_STATE_STARTING
    assert node.write_state_why == "waits for anhui"
    assert node.limits == pb.Limits(
        message_size_bytes_max=4 * 1024 * 1024,
        page_size_max=200,
        batch_rows_max=1000,
        unary_deadline_s=10,
        stream_life_s=1800,
        request_id_days=30,
    )


def test_the_trust_files_are_given_byte_for_byte(stub: NodeServiceStub) -> None:
    files = stub.GetTrustFiles(pb.GetTrustFilesRequest(), timeout=20).files
    assert [TrustFile(one.role, one.version, one.content) for one in files] == TRUST


def test_rows_ascend_and_times_are_timestamps(stub: NodeServiceStub) -> None:
    status = stub.GetSyncStatus(pb.GetSyncStatusRequest(), timeout=20)
    assert [row.member for row in status.origins] == ["anhui", "jiangsu"]
    assert status.origins[0].state == query_pb2.COMPLETENESS_STALE
    assert (status.origins[0].tree_size, status.origins[0].lag_s) == (9, 1.5)
    assert [row.member for row in status.peers] == ["a", "anhui"]
    assert not status.peers[0].HasField("next_try")
    assert status.peers[1].next_try.ToMilliseconds() == 1250
    assert [(one.origin, one.until.ToMilliseconds()) for one in status.peers[1].rests] == [
        ("ydx.example/anhui", 2500)
    ]
    assert status.trust.expires.ToMilliseconds() == 2_000_000_000_500
    assert status.trust.stale
    assert status.index == pb.IndexStatus(running=True, restarts=3, behind_entries=7, behind_s=2.5)


def test_a_peer_is_tried_again_and_the_rests_that_were_ended_are_told(
    stub: NodeServiceStub, status: Status
) -> None:
    request = pb.RetryPeerRequest(member="anhui", origin="ydx.example/anhui")
    (ended,) = stub.RetryPeer(request, timeout=20).ended
    assert status.retried == ("anhui", "ydx.example/anhui")
    assert (ended.origin, ended.refusals, ended.reason) == ("ydx.example/anhui", 3, "BAD_PROOF")


def test_digests_are_folded_to_the_sizes_asked_for(stub: NodeServiceStub, status: Status) -> None:
    answer = stub.GetStateDigest(
        pb.GetStateDigestRequest(
            sizes=[pb.OriginSize(origin="a", tree_size=5), pb.OriginSize(origin="b", tree_size=0)]
        ),
        timeout=20,
    )
    assert status.asked == {"a": 5, "b": 0}
    assert [(size.origin, size.tree_size) for size in answer.sizes] == [("a", 1), ("b", 2)]
    assert (answer.public_digest, answer.members_digest, answer.why) == ("ab", "", "?")
    stub.GetStateDigest(pb.GetStateDigestRequest(), timeout=20)
    assert status.asked is None


@pytest.mark.parametrize("origins", [["b", "a"], ["a", "a"]], ids=["descending", "twice"])
def test_sizes_out_of_order_are_an_invalid_field(stub: NodeServiceStub, origins: list[str]) -> None:
    request = pb.GetStateDigestRequest(sizes=[pb.OriginSize(origin=one) for one in origins])
    error = failure(lambda: stub.GetStateDigest(request, timeout=20))
    assert (error.reason, error.violations[0].field) == ("INVALID_FIELD", "sizes")
