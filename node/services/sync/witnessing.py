"""Being a witness: answering what other origins offer, and the start ids that they ask under.

- `federation.sync.witness` decides; this module keeps. Before a cosignature leaves, (origin, size,
  root) is durable in the database and in the file beside the witness key, one offer at a time.
- What the file says counts, not the database: a database put back from a backup knows less.
- A start id is durable before it is answered.
- Our cosignature goes with our heads too: others can unite a quorum that the origin keeps to
  itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from federation.log.cosignature import make_cosignature
from federation.log.hashing import EMPTY_ROOT
from federation.sync.frames import WitnessStanding
from federation.sync.witness import CosignOffer, WitnessState, judge_offer
from federation.trust.registry import Registry
from node.services.sync.copies import Copies
from node.services.sync.heads import HeadBoard
from node.storage import witnessing
from node.storage.database import Database
from node.storage.failpoint import failpoint
from node.storage.keyfolder import KeyFolder


class Witness:
    """The node as a witness of all other origins. Safe for many threads."""

    def __init__(
        self,
        database: Database,
        keys: KeyFolder,
        board: HeadBoard,
        copies: Copies,
        registry: Callable[[], Registry],
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._keys = keys
        self._board = board
        self._copies = copies
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()

    def start_asked(self, member: str, start_id: bytes) -> None:
        """Keep the start id that a member asks under, before it is answered."""
        with self._lock:
            with self._database.read() as tx:
                known = witnessing.start_id(tx, member)
            if known != start_id:
                with self._database.write() as tx:
                    witnessing.set_start_id(tx, member, start_id)

    def cosign(
        self, member: str, offer: CosignOffer, clock_skew_s: float
    ) -> bytes | WitnessStanding:
        """Return a cosignature line, or where this witness stands with the member's log.

        Refuses what `judge_offer` refuses; a contradiction is kept as evidence first.
        """
        with self._lock:
            heads = self._board.origin(offer.origin)
            last = self._keys.witness_state.last_cosigned(offer.origin)
            with self._database.read() as tx:
                start_id = witnessing.start_id(tx, member)
            state = WitnessState(
                start_id=start_id,
                cosigned_size=last.size,
                cosigned_root=last.root if last.size else EMPTY_ROOT,
                verified_size=heads.verified_size,
                frozen=heads.frozen_size is not None,
                clock_skew_s=clock_skew_s,
            )
            if offer.start_id == start_id:
                self._board.take_note(offer.origin, offer.checkpoint)
            checkpoint = judge_offer(
                offer,
                state,
                lambda size: self._registry().log_keys_at(offer.origin, size),
                lambda size: self._copies.root_at(offer.origin, size),
            )
            if isinstance(checkpoint, WitnessStanding):
                return checkpoint
            line = make_cosignature(
                offer.checkpoint, self._keys.witness_signer, int(self._clock())
            ).encode()
            failpoint("cosign_before_record")
            with self._database.write() as tx:
                said = witnessing.Cosigned(checkpoint.tree_size, checkpoint.root, line)
                witnessing.set_cosigned(tx, offer.origin, said)
            failpoint("cosign_in_database")
            self._keys.witness_state.record_cosigned(
                offer.origin, checkpoint.tree_size, checkpoint.root
            )
            failpoint("cosign_in_file")
            self._board.take_note(offer.origin, offer.checkpoint + line)
            return line
