"""Signing the own log's checkpoints: on a cadence, never twice differently.

- At most one checkpoint in each interval (200 ms), none when nothing changed.
- Before (size, root) is signed, the root is computed from the stored entries, not from kept hashes:
  a disk that flips a bit must not be signed for.
- The intent to sign is made durable first: compare-and-swap on the last one in the database, then
  in the file beside the key. Whoever finds another intent than it left there is not the only
  signer, and stops. So does who is shown that its own log forked.
- A failure of the log itself stops signing for good until an operator looks: guessing would fork
  it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.errors import YdxError
from federation.log.merkle import CompactRange, leaf_hashes
from node.services.sync.copies import Copies
from node.services.sync.heads import HeadBoard
from node.services.sync.starting import StartGate
from node.storage import mirrors, witnessing
from node.storage.database import Database
from node.storage.failpoint import failpoint
from node.storage.keyfolder import KeyFolder

_ENTRIES_AT_ONCE: Final = 4096


class CheckpointSigner:
    """Signs the own log. One thread calls `sign_if_due`; any may read `stopped`."""

    def __init__(
        self,
        database: Database,
        keys: KeyFolder,
        board: HeadBoard,
        copies: Copies,
        gate: StartGate,
        clock: Callable[[], float],
        read_entries: Callable[[int, int], Sequence[bytes]],
        on_signed: Callable[[bytes, Checkpoint], None],
        interval_s: float,
    ) -> None:
        """`read_entries` gives the stored entries of the own log from a leaf index to a size."""
        self._database = database
        self._keys = keys
        self._board = board
        self._copies = copies
        self._gate = gate
        self._clock = clock
        self._read_entries = read_entries
        self._on_signed = on_signed
        self._interval_s = interval_s
        self._checked: CompactRange | None = None
        self._signed: Checkpoint | None = None
        self._left: tuple[tuple[int, bytes] | None, ...] = ()
        """What this signer may have left in the database as its intent: a commit can fail late."""
        self._signed_at = 0.0
        self._dirty = threading.Event()
        self.stopped: YdxError | None = None

    @property
    def signed_at_s(self) -> float:
        """Return the Unix time of the newest checkpoint; 0 before the first of this process."""
        return self._signed_at

    def committed(self, _tree_size: int) -> None:
        """Note that the own log has grown."""
        self._dirty.set()

    def wait(self, timeout_s: float) -> None:
        """Return when the log has grown, or after the timeout."""
        self._dirty.wait(timeout_s)

    def due_in_s(self) -> float:
        """Return after how many seconds the cadence allows the next checkpoint."""
        due_in_s = self._signed_at + self._interval_s - self._clock()
        return min(self._interval_s, max(0.0, due_in_s))  # the clock may have been set back

    def sign_if_due(self) -> bool:
        """Sign the log as it is stored, if it has grown; return whether it was signed.

        Raises what `StartGate.check` raises, and SIGNING_STOPPED once signing has stopped.
        """
        if self.stopped is not None:
            raise self.stopped
        self._dirty.clear()
        self._gate.check()
        with self._database.read() as tx:
            own = mirrors.own(tx)
        if own is None or own.verified_size == 0:
            return False
        if self._board.origin(own.origin).frozen_size is not None:
            self.stopped = YdxError("SIGNING_STOPPED", "the own log has signed two histories")
            raise self.stopped
        if self._signed is None:
            self._resume(own.origin, own.verified_size)
        if self._signed is not None and self._signed.tree_size >= own.verified_size:
            return False
        checkpoint = Checkpoint(own.origin, own.verified_size, own.verified_root)
        try:
            self._check_root(checkpoint)
            self._record_intent(checkpoint)
        except YdxError as error:
            if error.reason in {"SIGNING_STOPPED", "RESTORED_BEHIND"}:
                self.stopped = error
            raise
        note = sign_checkpoint(checkpoint, [self._keys.log_signer])
        failpoint("checkpoint_signed")
        self._signed_at = self._clock()
        self._board.signed(note, checkpoint.tree_size)
        self._on_signed(note, checkpoint)
        self._signed = checkpoint  # where telling of it fails, the same tree is signed again
        return True

    def _resume(self, origin: str, own_size: int) -> None:
        """Go on from what an earlier run signed: it is offered again, since its offer is lost.

        Only where it covers the whole log. Otherwise the next one is offered at once: witnesses may
        have cosigned more than is remembered here, and would not cosign less.
        """
        newest = self._board.newest(origin)
        if newest is not None:
            note, self._signed = newest
            if self._signed.tree_size == own_size:
                self._on_signed(note, self._signed)

    def _check_root(self, checkpoint: Checkpoint) -> None:
        """Compute the root from the stored entries that came since the last checkpoint."""
        if self._checked is None:
            signed_size = self._signed.tree_size if self._signed else 0
            self._checked = self._copies.compact_range(checkpoint.origin, signed_size)
        checked = self._checked.copy()
        while checked.size < checkpoint.tree_size:
            end = min(checked.size + _ENTRIES_AT_ONCE, checkpoint.tree_size)
            entries = self._read_entries(checked.size, end)
            if len(entries) != end - checked.size:
                break
            checked.extend(leaf_hashes(entries))
        if checked.size != checkpoint.tree_size or checked.root() != checkpoint.root:
            raise YdxError(
                "SIGNING_STOPPED",
                "the stored entries do not lead to the stored root; run ydx log verify --full",
                tree_size=str(checkpoint.tree_size),
            )
        self._checked = checked

    def _record_intent(self, checkpoint: Checkpoint) -> None:
        failpoint("checkpoint_before_intent")
        with self._database.write(own=True) as tx:
            found = witnessing.find_intent(tx)
            intended = (checkpoint.tree_size, checkpoint.root)
            if self._left and found not in self._left:
                raise YdxError("SIGNING_STOPPED", "another process signs for this log")
            if self._keys.log_state.last_intent().size > checkpoint.tree_size:
                raise YdxError("SIGNING_STOPPED", "the file beside the key is ahead of the log")
            self._left = (found, intended)
            if not witnessing.swap_intent(tx, found, intended):
                raise YdxError("SIGNING_STOPPED", "another process signs for this log")
        failpoint("checkpoint_intent_in_database")
        self._keys.log_state.record_intent(checkpoint.tree_size, checkpoint.root)
        failpoint("checkpoint_intent_in_file")
