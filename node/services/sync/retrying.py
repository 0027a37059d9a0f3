"""Trying a peer again because its operator says that it is well (DESIGN section 7).

- What ends is the peer's rests, with the failures that double the next one. If it sends something
  wrong again it rests again; nothing that is checked is checked less.
- A link that waits for its next try, and the followers of the origins, are woken. Parts that are
  wanted are asked for at their own next try, 10 min from the last at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.log.errors import Refused
from node.services.errors import invalid_field
from node.services.sync.standing import rest_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from node.services.sync.following import Follower
    from node.services.sync.meeting import PeerLink
    from node.services.sync.node_status import RestFacts
    from node.services.sync.peers import PeerBook


@dataclass(frozen=True, slots=True)
class PeerRetry:
    """Tries peers again; `links` by peer, `followers` by origin."""

    book: PeerBook
    links: Mapping[str, PeerLink]
    followers: Mapping[str, Follower]

    def retry(self, member: str, origin: str = "") -> list[RestFacts]:
        """End a peer's rests, or that for one origin; return those that were not over.

        Refuses INVALID_FIELD for who is no peer, and UNKNOWN_ORIGIN.
        """
        if member not in self.links:
            peers = "、".join(sorted(self.links)), ", ".join(sorted(self.links))
            zh, en = f"不是本节点的对端（{peers[0]}）", f"is no peer of this node ({peers[1]})"
            raise invalid_field("member", "PEER_UNKNOWN", member, zh, en)
        if origin and origin not in self.followers:
            raise Refused("UNKNOWN_ORIGIN", "this node follows no log of it", origin=origin)
        ended = self.book.end_rests(member, origin)
        self.links[member].wake()
        for of in [origin] if origin else self.followers:
            self.followers[of].wake()
        return rest_facts(ended)
