"""A mirror: our verified copy of one origin's log, as a state machine without I/O.

Rules, in the order in which they are checked; the code below only enforces them:

1. A *target* is a checkpoint that one of the origin's log keys has signed, for this origin, and that
   reaches past what is verified here (HEAD_NOT_GROWING) or has the same size and the same root
   (ROOT_MISMATCH otherwise).
2. A *batch* begins exactly at the verified size (BATCH_OUT_OF_PLACE), is not empty, keeps the bounds
   of `frames` (FRAME_TOO_LARGE) and does not run past the target (BATCH_PAST_TARGET).
3. Leaf hashes of the entries extend the compact range; the batch's proof shows that the range then
   reached is a prefix of the target, or, at the target's size, its root is the target's (BAD_PROOF).
   So every batch stands on its own.
4. Every part that came is held against its commitment. One that does not open is dropped and
   wanted; the batch stands. One that opens but belongs elsewhere is void for ever.
5. Marks are claims: WITHHELD is normal for NAMED parts that do not name us and for ORIGIN parts; what
   else came without content is wanted, unless an ERASE entry of the log is known to name it.
6. Nothing advances until the caller has stored the verified batch and says so with `advance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from federation.log.checkpoint import Checkpoint, open_checkpoint
from federation.log.entry import Audience, scan_entries
from federation.log.errors import Refused
from federation.log.keys import VerifierKey
from federation.log.merkle import CompactRange, leaf_hashes, verify_consistency
from federation.sync.frames import (
    BATCH_BYTES_MAX,
    BATCH_ENTRIES_MAX,
    PROOF_HASHES_MAX,
    RECORD_BYTES_MAX,
    Batch,
)
