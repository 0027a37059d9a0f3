"""State digests per audience: one line each that says what this node's copy amounts to."""

from __future__ import annotations

from collections.abc import Mapping

from federation.log.entry import Audience
from federation.log.errors import Refused
from node.services.errors import invalid_field
from node.services.sync.heads import HeadBoard
from node.services.sync.node_status import StateDigests
from node.storage import digests
from node.storage.database import Database


class StateFolder:
    """Folds the catalogue to sizes; safe for many threads."""

    def __init__(self, database: Database, board: HeadBoard) -> None:
        self._database = database
        self._board = board

    def fold(self, sizes: Mapping[str, int] | None) -> StateDigests:
        """Return the digests at `sizes` by origin, or at the confirmed sizes of now.

        Refuses UNKNOWN_ORIGIN, and INVALID_FIELD for a size that is not confirmed here: a digest
        speaks of confirmed sizes only (DESIGN section 2). Of a frozen origin it speaks up to there.
        """
        confirmed = self._board.shown_sizes()
        wanted_sizes = dict(confirmed if sizes is None else sizes)
        for origin, size in wanted_sizes.items():
            if origin not in confirmed:
                raise Refused("UNKNOWN_ORIGIN", "the registry does not name it", origin=origin)
            if size > confirmed[origin]:
                raise invalid_field(
                    "sizes",
                    "SIZE_CONFIRMED",
                    str(size),
                    f"：{origin} 在此只确认到 {confirmed[origin]}",
                    f"is not confirmed here: {origin} is confirmed up to {confirmed[origin]}",
                )
        with self._database.read() as tx:
            public, members = (
                digests.digest(tx, audience, wanted_sizes)
                for audience in (Audience.PUBLIC, Audience.MEMBERS)
            )
        missing = [
            name for name, digest in (("PUBLIC", public), ("MEMBERS", members)) if digest is None
        ]
        return StateDigests(
            public_digest=public.hex() if public else "",
            members_digest=members.hex() if members else "",
            sizes=wanted_sizes,
            why=f"parts are wanted: {', '.join(missing)}" if missing else "",
        )
