"""NodeService: what the node says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from node.rpc.limits import MESSAGE_SIZE_BYTES_MAX
from node.services.errors import invalid_field
from ydx.exchange.v1 import node_service_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.timestamp_pb2 import Timestamp

    from federation.trust.tuf_file import TrustFile
    from node.rpc.limits import RpcLimits
    from node.services.access import Caller
    from node.services.sync.node_status import (
        IndexFacts,
        NodeFacts,
        NodeStatus,
        OriginFacts,
        PeerFacts,
        RestFacts,
        TrustFacts,
    )

SERVICE: Final = pb.DESCRIPTOR.services_by_name["NodeService"]
PAGE_SIZE_MAX: Final = 200
BATCH_ROWS_MAX: Final = 1000


class NodeServicer:
    """The servicer; one a node. `request_id_days` is how long request ids are remembered.

    `retry_peer` ends the rests of a peer, for an origin or ("") all, and returns them;
    `trust_files` gives those in force.
    """

    def __init__(
        self,
        status: NodeStatus,
        retry_peer: Callable[[str, str], Sequence[RestFacts]],
        limits: RpcLimits,
        request_id_days: int,
        trust_files: Callable[[], Sequence[TrustFile]],
    ) -> None:
        self._status = status
        self._retry_peer = retry_peer
        self._trust_files = trust_files
        self._limits = pb.Limits(
            message_size_bytes_max=MESSAGE_SIZE_BYTES_MAX,
            page_size_max=PAGE_SIZE_MAX,
            batch_rows_max=BATCH_ROWS_MAX,
            unary_deadline_s=limits.unary_s,
            stream_life_s=limits.stream_life_s,
            request_id_days=request_id_days,
        )

    def GetNode(self, _request: pb.GetNodeRequest, caller: Caller) -> pb.GetNodeResponse:
        """Tell version, limits, the caller's roles and the log's key."""
        facts: NodeFacts = self._status.node()
        return pb.GetNodeResponse(
            member=facts.member,
            origin=facts.origin,
            vkey=facts.vkey,
            version=facts.version,
            formats=facts.formats,
            limits=self._limits,
            roles=sorted(caller.roles),
            write_state=f"WRITE_STATE_{facts.write_state}",
            write_state_why=facts.write_state_why,
        )

    def GetSyncStatus(
        self, _request: pb.GetSyncStatusRequest, _caller: Caller
    ) -> pb.GetSyncStatusResponse:
        """Tell how far every log is copied, proven and confirmed here."""
        facts = self._status.sync()
        return pb.GetSyncStatusResponse(
            origins=map(_origin, sorted(facts.origins, key=lambda row: row.origin)),
            peers=map(_peer, sorted(facts.peers, key=lambda row: row.member)),
            trust=_trust(facts.trust),
            index=_index(self._status.index()),
        )

    def GetStateDigest(
        self, request: pb.GetStateDigestRequest, _caller: Caller
    ) -> pb.GetStateDigestResponse:
        """Tell the state digests per audience."""
        origins = [size.origin for size in request.sizes]
        if origins != sorted(set(origins)):
            raise invalid_field(
                "sizes",
                "ORDER",
                ", ".join(origins),
                "须按来源升序且不重复",
                "must ascend by origin",
            )
        sizes = {size.origin: size.tree_size for size in request.sizes}
        digests = self._status.digests(sizes or None)
        return pb.GetStateDigestResponse(
            public_digest=digests.public_digest,
            members_digest=digests.members_digest,
            sizes=[
                pb.OriginSize(origin=origin, tree_size=size)
                for origin, size in sorted(digests.sizes.items())
            ],
            why=digests.why,
        )

    def GetTrustFiles(
        self, _request: pb.GetTrustFilesRequest, _caller: Caller
    ) -> pb.GetTrustFilesResponse:
        """Give what leads from a pinned root to the registry in force."""
        return pb.GetTrustFilesResponse(
            files=[
                pb.TrustFile(role=one.role, version=one.version, content=one.content)
                for one in self._trust_files()
            ]
        )

    def RetryPeer(self, request: pb.RetryPeerRequest, _caller: Caller) -> pb.RetryPeerResponse:
        """Try a peer again that an operator has talked with."""
        ended = self._retry_peer(request.member, request.origin)
        return pb.RetryPeerResponse(ended=map(_rest, ended))


def _origin(row: OriginFacts) -> pb.OriginStatus:
    return pb.OriginStatus(
        member=row.member,
        origin=row.origin,
        tree_size=row.tree_size,
        verified_size=row.verified_size,
        confirmed_size=row.confirmed_size,
        lag_s=row.lag_s,
        state=f"COMPLETENESS_{row.state}",
        why=row.why,
        last_error=row.last_error,
        wanted_parts=row.wanted_parts,
        frozen=row.frozen,
        stored_size=row.stored_size,
    )


def _peer(row: PeerFacts) -> pb.PeerStatus:
    status = pb.PeerStatus(
        member=row.member,
        up=row.up,
        consecutive_failures=row.consecutive_failures,
        last_error=row.last_error,
        clock_skew_s=row.clock_skew_s,
        software_version=row.software_version,
        rests=map(_rest, row.rests),
    )
    if row.next_try_s:
        _set(status.next_try, row.next_try_s)
    return status


def _rest(row: RestFacts) -> pb.PeerRest:
    rest = pb.PeerRest(origin=row.origin, refusals=row.refusals, reason=row.reason)
    _set(rest.until, row.until_s)
    return rest


def _trust(facts: TrustFacts) -> pb.TrustStatus:
    status = pb.TrustStatus(registry_version=facts.registry_version, stale=facts.stale)
    _set(status.expires, facts.expires_s)
    return status


def _index(facts: IndexFacts) -> pb.IndexStatus:
    return pb.IndexStatus(
        running=facts.running,
        restarts=sum(facts.restarts.values()),
        behind_entries=facts.behind_entries,
        behind_s=facts.behind_s,
    )


def _set(stamp: Timestamp, time_s: float) -> None:
    stamp.FromMilliseconds(round(time_s * 1000))
