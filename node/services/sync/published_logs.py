"""What outsiders may see of the logs: everything below a checkpoint that may be published.

Of the own log that is the largest checkpoint that another member has stored, of the others the
largest that our verified copy has reached. A log outside the registry does not exist here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.errors import Refused
from federation.log.tiles import tile_width
from node.storage import logs, mirrors

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.log.checkpoint import Checkpoint
    from federation.log.tiles import TilePath
    from federation.trust.registry import Registry
    from node.storage.database import Database


class PublishedLogs:
    """Reads the logs by member name; safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        own_member: str,
        registry: Callable[[], Registry],
        publishable: Callable[[str], tuple[bytes, Checkpoint] | None],
    ) -> None:
        """Take the ports; `publishable` gives an origin's note for clients, and what it says."""
        self._database = database
        self._registry = registry
        self._publishable = publishable
        self.own_member = own_member

    def checkpoint(self, member: str) -> bytes | None:
        """Return the newest note that may be published, with all its cosignatures."""
        published = self._published(member)
        return published[0] if published else None

    def tile(self, member: str, path: TilePath) -> bytes | None:
        """Return a hash tile or entry bundle, exactly as wide as asked for.

        None unless the published checkpoint covers all of it.
        """
        published = self._published(member)
        if published is None:
            return None
        head = published[1]
        if path.width > tile_width(path.level or 0, path.n, head.tree_size):
            return None
        with self._database.read() as tx:
            origin_id = mirrors.get(tx, head.origin).origin_id
            if path.level is None:
                return logs.bundle(tx, origin_id, path.n, path.width)
            return logs.tile(tx, origin_id, path.level, path.n, path.width)

    def _published(self, member: str) -> tuple[bytes, Checkpoint] | None:
        try:
            return self._publishable(self._registry().member(member).origin)
        except Refused:
            return None
