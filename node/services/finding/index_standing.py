"""What an answer of the search says of each origin: as everywhere, and an index behind is partial.

DESIGN section 7: *partial* is the worst, so an origin that is stale and not yet indexed is partial.

- Behind is an index that lacks entries, or anything else that the feed says of an origin since: a
  part that came late, a freeze, a thaw. So is one of another database, for every origin.
- Where more than LEAVES_LOOKED_AT leaves wait, which logs they are of is not asked: all are behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from node.services.finding.index_marks import is_known
from node.storage import arrivals, mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from node.search.index import Snapshot
    from node.services.sync.node_status import OriginFacts
    from node.storage.database import Database
    from node.storage.transaction import Transaction

LEAVES_LOOKED_AT: Final = 10_000


@dataclass(frozen=True, slots=True)
class IndexStanding:
    """Tells it for a commit of the index."""

    database: Database
    completeness: Callable[[], Sequence[OriginFacts]]
    """What is said of each origin without an index."""

    def origins(self, snapshot: Snapshot, members: Sequence[str] = ()) -> list[OriginFacts]:
        """Return what an answer from a snapshot says of the origins of members; none: of all."""
        with self.database.read() as tx:
            ids = {origin: origin_id for origin_id, origin in mirrors.names(tx).items()}
            waiting = _waiting(tx, snapshot, ids.values())
        told = []
        for one in self.completeness():
            if members and one.member not in members:
                continue
            origin_id = ids.get(one.origin, -1)
            behind = one.verified_size - snapshot.mark.sizes.get(origin_id, 0)
            facts = one
            if one.state != "PARTIAL" and (behind > 0 or origin_id in waiting):
                why = "the index is behind"
                if behind > 0:
                    why = f"the index is {behind} entries behind"
                facts = replace(one, state="PARTIAL", why=why)
            told.append(facts)
        return told


def _waiting(tx: Transaction, snapshot: Snapshot, every: Collection[int]) -> Collection[int]:
    """Return the ids of the origins of which the index has not taken in all that the feed says."""
    taken, last = snapshot.mark.position, arrivals.last_position(tx)
    if last - taken > LEAVES_LOOKED_AT or not is_known(tx, snapshot.mark):
        return every
    return {run.origin_id for run in arrivals.after(tx, taken, LEAVES_LOOKED_AT)}
