"""A mirror: our verified copy of one origin's log, as a state machine without I/O.

Rules, in the order in which they are checked; the code below only enforces them:

1. A *target* is a checkpoint that one of the origin's log keys has signed, for this origin, and
   that reaches past what is verified here (HEAD_NOT_GROWING), or has the same size and the same
   root (ROOT_MISMATCH otherwise).
2. A *batch* begins exactly at the verified size (BATCH_OUT_OF_PLACE), is not empty, keeps the
   bounds of `frames` (FRAME_TOO_LARGE) and does not run past the target (BATCH_PAST_TARGET).
3. The leaf hashes of the entries extend the compact range; the batch's proof shows that the range
   then reached is a prefix of the target, or at the target's size its root is the target's
   (BAD_PROOF). So every batch stands on its own.
4. and 5. Parts are held against their commitments: see `opening`.
6. Nothing advances until the caller has stored the batch and says so with `advance`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from federation.log.batch import VerifiedBatch
from federation.log.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from federation.log.errors import Refused
from federation.log.keys import VerifierKey
from federation.log.merkle import CompactRange, verify_consistency
from federation.log.note import parse_note
from federation.sync.frames import (
    BATCH_BYTES_MAX,
    BATCH_ENTRIES_MAX,
    PROOF_HASHES_MAX,
    RECORD_BYTES_MAX,
    Batch,
)
from federation.sync.opening import Opened, open_batch


class OriginMirror:
    """The verified copy of one log: what is verified, and what the next batch must be."""

    def __init__(
        self,
        origin: str,
        compact_range: CompactRange,
        log_keys: Callable[[int], Sequence[VerifierKey]],
        reader: str,
    ) -> None:
        """Start from what is stored; `log_keys` gives the keys that may sign a tree size.

        `reader` is the member whose copy it is.
        """
        self.origin = origin
        self._reader = reader
        self._range = compact_range
        self._log_keys = log_keys
        self.target: Checkpoint | None = None
        self._from_owner = True
        self.dropped_parts = 0
        """Parts that did not open since the target was set: the peer that sent them is wrong."""
        self.stray_parts = 0
        """NAMED parts that do not name us since the target was set: likewise."""

    @property
    def verified_size(self) -> int:
        """Return up to where the copy is proven."""
        return self._range.size

    def set_target(self, raw_note: bytes, *, from_owner: bool = True) -> Checkpoint:
        """Take the checkpoint that the next batches lead to (rule 1).

        `from_owner` tells whether the origin's own node serves the stream (rule 5).
        """
        self.target, self._from_owner = None, from_owner
        self.dropped_parts = self.stray_parts = 0
        checkpoint = open_origin_checkpoint(raw_note, self.origin, self._log_keys)
        if checkpoint.tree_size < self._range.size:
            raise Refused(
                "HEAD_NOT_GROWING",
                "the target is smaller than what is verified here",
                tree_size=str(checkpoint.tree_size),
                verified_size=str(self._range.size),
            )
        if checkpoint.tree_size == self._range.size and checkpoint.root != self._range.root():
            raise Refused(
                "ROOT_MISMATCH",
                "the target has the verified size and another root",
                tree_size=str(checkpoint.tree_size),
            )
        self.target = checkpoint
        return checkpoint

    def verify(self, batch: Batch, opened: Opened | None = None) -> VerifiedBatch:
        """Return the batch, proven; the mirror itself does not move (rules 2 to 5).

        `opened` is what `open_batch` gave for it, where that was done already.
        """
        target = self._check_place(batch)
        if opened is None:
            opened = open_batch(self.origin, batch, self._reader, from_owner=self._from_owner)
        hashes = opened.leaf_hashes
        compact_range = self._range.copy()
        tile_hashes = compact_range.extend(hashes)
        verify_consistency(
            compact_range.size, target.tree_size, compact_range.root(), target.root, batch.proof
        )
        self.dropped_parts += opened.dropped_parts
        self.stray_parts += opened.stray_parts
        return VerifiedBatch(
            origin=self.origin,
            first_leaf_index=batch.first_leaf_index,
            entries=batch.entries,
            leaf_hashes=hashes,
            scanned=opened.scanned,
            parts=opened.parts,
            facets=opened.facets,
            compact_range=compact_range,
            tile_hashes=tile_hashes,
            absences=opened.absences,
        )

    def advance(self, batch: VerifiedBatch) -> None:
        """Move past a batch that is stored now (rule 6)."""
        if batch.first_leaf_index != self._range.size:
            raise AssertionError("a batch is advanced past once, in order")
        self._range = batch.compact_range

    def reload(self, compact_range: CompactRange) -> None:
        """Go on from what is stored, after a batch whose storing failed half way."""
        self._range = compact_range
        self.target = None

    def _check_place(self, batch: Batch) -> Checkpoint:
        if self.target is None:
            raise Refused("MALFORMED_FRAME", "a batch came before its target")
        count = len(batch.entries)
        if batch.first_leaf_index != self._range.size or count == 0:
            raise Refused(
                "BATCH_OUT_OF_PLACE",
                "the batch does not begin where the verified log ends",
                first_leaf_index=str(batch.first_leaf_index),
                verified_size=str(self._range.size),
            )
        limit = BATCH_BYTES_MAX if count > 1 else RECORD_BYTES_MAX
        if count > BATCH_ENTRIES_MAX or batch.size_bytes() > limit:
            raise Refused("FRAME_TOO_LARGE", "the batch is over its limit", entries=str(count))
        if len(batch.proof) > PROOF_HASHES_MAX:
            raise Refused("FRAME_TOO_LARGE", "the proof has too many hashes")
        if self._range.size + count > self.target.tree_size:
            raise Refused(
                "BATCH_PAST_TARGET",
                "the batch runs past its target",
                tree_size=str(self.target.tree_size),
            )
        return self.target


def open_origin_checkpoint(
    raw_note: bytes, origin: str, log_keys: Callable[[int], Sequence[VerifierKey]]
) -> Checkpoint:
    """Return the checkpoint of a note that a log key of `origin` has signed at its own size.

    Refuses WRONG_ORIGIN besides what `open_checkpoint` refuses, and extension lines
    (MALFORMED_CHECKPOINT): members write none, and cosignatures of one tree under two texts could
    not be united in one note.
    """
    claimed = parse_checkpoint(parse_note(raw_note).text)
    if claimed.origin != origin:
        raise Refused("WRONG_ORIGIN", "the checkpoint is another origin's", origin=claimed.origin)
    if claimed.extensions:
        raise Refused("MALFORMED_CHECKPOINT", "a member's checkpoint has no extension lines")
    return open_checkpoint(raw_note, log_keys(claimed.tree_size))
