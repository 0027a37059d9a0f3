"""Offering the own log's checkpoints to the witnesses, and taking in their cosignatures.

- One checkpoint at a time, the same to all, until its quorum has cosigned
  (`federation.sync.offer`).
- A witness that says that it has not mirrored so far is asked again as soon as its head shows that
  it has; one that does not know our start id is met first.
- A cosignature is verified before it counts; a witness that gives a bad one is asked again with
  back-off, like one that gives none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from federation.log.checkpoint import Checkpoint
from federation.log.errors import Refused, Unreachable
from federation.log.note import add_signatures, parse_signature_lines
from federation.sync.frames import Head, Peer
from federation.sync.offer import Offer
from node.services.sync.copies import Copies
from node.services.sync.heads import HeadBoard


class Offering:
    """The one offer of this node. `ask` runs on a thread for each witness."""

    def __init__(
        self,
        offer: Offer,
        board: HeadBoard,
        copies: Copies,
        start_id: bytes,
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._offer = offer
        self._board = board
        self._copies = copies
        self._start_id = start_id
        self._clock = clock
        self._jitter = jitter
        self._lock = threading.Lock()
        self._events = {witness: threading.Event() for witness in offer.witnesses}
        self._cosigned_sizes: dict[str, int] = {}

    def signed(self, note: bytes, checkpoint: Checkpoint) -> None:
        """Take a checkpoint that was just signed."""
        with self._lock:
            self._offer.signed(note, checkpoint, self._clock())
        self._wake_all()

    def peer_told(self, peer: str, head: Head) -> None:
        """Note that a witness has come further with our log."""
        if head.origin != self._board.own_origin or peer not in self._events:
            return
        with self._lock:
            checkpoint = self._offer.checkpoint
            if checkpoint is not None and head.verified_size >= checkpoint.tree_size:
                self._offer.retry(peer)
        self._events[peer].set()

    def is_missing(self, witness: str) -> bool:
        """Tell whether a witness has not cosigned what is on offer."""
        with self._lock:
            return self._offer.is_missing(witness)

    def wait(self, witness: str, timeout_s: float) -> None:
        """Return when a witness may be asked again, or after the timeout."""
        with self._lock:
            self._offer.refresh(self._clock())
            wait_s = self._offer.wait_s(witness, self._clock())
        self._events[witness].wait(min(timeout_s, wait_s))

    def ask(self, peer: Peer, meet: Callable[[], None]) -> bool:
        """Offer what is due to one witness; return whether it has cosigned.

        `meet` swaps heads with the witness, which tells it our start id. Raises Unreachable, and
        Refused where the witness's answer is wrong.
        """
        with self._lock:
            due = self._offer.due(peer.name, self._clock())
        self._events[peer.name].clear()
        if due is None:
            return False
        note, checkpoint = due
        try:
            cosigned = self._ask_until_clear(peer, note, checkpoint, meet)
        except (Refused, Unreachable):
            self._back_off(peer.name)
            raise
        if not cosigned:
            self._back_off(peer.name)
            return False
        with self._lock:
            self._offer.cosigned(peer.name, checkpoint, self._clock())
            settled = self._offer.is_settled()
        if settled or self._offer.checkpoint is not checkpoint:
            self._wake_all()
        return True

    def _ask_until_clear(
        self, peer: Peer, note: bytes, checkpoint: Checkpoint, meet: Callable[[], None]
    ) -> bool:
        """Ask, and again where the answer says how: after a meeting, from another size."""
        has_met = False
        for _ in range(3):
            old_size = self._cosigned_sizes.get(peer.name, 0)
            if old_size > checkpoint.tree_size:
                return False
            proof = self._copies.consistency_proof(
                checkpoint.origin, old_size, checkpoint.tree_size
            )
            try:
                outcome = peer.cosign(note, old_size, proof, self._start_id)
            except Refused as refusal:
                if refusal.reason != "START_ID_STALE" or has_met:
                    raise
                meet()
                has_met = True
                continue
            if isinstance(outcome, bytes):
                lines = parse_signature_lines(outcome)
                known = self._board.take_note(checkpoint.origin, add_signatures(note, lines))
                if peer.name not in known.lines:
                    raise Refused("NO_TRUSTED_SIGNATURE", "not a cosignature of this witness")
                self._cosigned_sizes[peer.name] = checkpoint.tree_size
                return True
            self._cosigned_sizes[peer.name] = outcome.cosigned_size
            if outcome.verified_size < checkpoint.tree_size:
                return False
        return False

    def _back_off(self, witness: str) -> None:
        with self._lock:
            self._offer.not_cosigned(witness, self._clock(), self._jitter())

    def _wake_all(self) -> None:
        for event in self._events.values():
            event.set()
