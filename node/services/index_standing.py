"""What an answer of the search says of each origin: as everywhere, and an index behind is partial.

DESIGN section 7: *partial* is the worst, so an origin that is stale and not yet indexed is partial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from node.storage import mirrors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from node.search.index import Snapshot
    from node.services.node_status import OriginFacts
    from node.storage.database import Database


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
        told = []
        for one in self.completeness():
            if members and one.member not in members:
                continue
            taken = snapshot.mark.sizes.get(ids.get(one.origin, -1), 0)
            behind = one.verified_size - taken
            facts = one
            if behind > 0 and one.state != "PARTIAL":
                why = f"the index is {behind} entries behind"
                facts = replace(one, state="PARTIAL", why=why)
            told.append(facts)
        return told
