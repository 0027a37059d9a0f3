"""The hash tiles of a log as provers read them, each in a transaction of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.storage.logs import tile

if TYPE_CHECKING:
    from node.storage.database import Database


class StoredTiles:
    """The hash tiles of one log, for provers (a `federation.log.prover.TileReader`)."""

    def __init__(self, database: Database, origin_id: int) -> None:
        self._database = database
        self._origin_id = origin_id

    def tile(self, level: int, n: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile, as it stands now."""
        with self._database.read(snapshot=False) as tx:
            return tile(tx, self._origin_id, level, n, width)
