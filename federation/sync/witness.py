"""A witness: whether this member may cosign what an origin offers.

Rules, checked in this order; only when all hold is a cosignature made, and before it leaves, the
caller makes (origin, size, root) durable in its database and in the file beside the witness key:

1. The offer carries the start id that this witness answered last (START_ID_STALE): an offer from
   before a restart of the origin is dropped unread.
2. The origin is not frozen (ORIGIN_FROZEN), and its clock and ours differ by at most 5 min
   (CLOCK_SKEW).
3. The note is signed by a log key of the caller's own origin (WRONG_ORIGIN, BAD_SIGNATURE).
4. The witness itself has stored and synced that size; else it answers where it stands.
5. The root is the one that its own copy has at that size (ROOT_MISMATCH: evidence can be made).
6. The offer extends what was cosigned last: not smaller, and the last root is the one that its copy
   has there. An origin that believes in another last size is told, and its proof is checked
   (BAD_PROOF). The same size is cosigned again on request.

A cosignature speaks of the largest tree that this witness has *cosigned*, not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from federation.log.checkpoint import Checkpoint
from federation.log.errors import Refused
from federation.log.hashing import EMPTY_ROOT
from federation.log.keys import VerifierKey
from federation.log.merkle import verify_consistency
from federation.sync.frames import WitnessStanding
from federation.sync.mirror import open_origin_checkpoint

CLOCK_SKEW_S_MAX: Final = 300.0


@dataclass(frozen=True, slots=True)
class CosignOffer:
    """What an origin asks a witness to cosign."""

    origin: str
    checkpoint: bytes
    old_size: int
    proof: Sequence[bytes]
    start_id: bytes


@dataclass(frozen=True, slots=True)
class WitnessState:
    """What a witness knows of one origin when an offer comes."""

    start_id: bytes
    """The start id that it answered last; b"" for none."""
    cosigned_size: int
    cosigned_root: bytes
    verified_size: int
    """What it has stored and synced."""
    frozen: bool
    clock_skew_s: float


def judge_offer(
    offer: CosignOffer,
    state: WitnessState,
    log_keys: Callable[[int], Sequence[VerifierKey]],
    root_at: Callable[[int], bytes],
) -> Checkpoint | WitnessStanding:
    """Return the checkpoint to cosign, or where this witness stands; refuse what breaks a rule.

    `root_at` gives the root of the witness's own copy at a size up to its verified size.
    """
    if not offer.start_id or offer.start_id != state.start_id:
        raise Refused("START_ID_STALE", "the offer carries another start id than answered last")
    if state.frozen:
        raise Refused("ORIGIN_FROZEN", "the origin is frozen here", origin=offer.origin)
    if abs(state.clock_skew_s) > CLOCK_SKEW_S_MAX:
        raise Refused(
            "CLOCK_SKEW", "the clocks are too far apart", skew_s=f"{state.clock_skew_s:.0f}"
        )
    checkpoint = open_origin_checkpoint(offer.checkpoint, offer.origin, log_keys)
    standing = WitnessStanding(state.cosigned_size, state.verified_size)
    size = checkpoint.tree_size
    if size > state.verified_size or state.cosigned_size > state.verified_size:
        return standing
    if root_at(size) != checkpoint.root:
        raise Refused(
            "ROOT_MISMATCH", "the copy here has another root at that size", tree_size=str(size)
        )
    if root_at(state.cosigned_size) != state.cosigned_root:
        raise Refused(
            "ROOT_MISMATCH",
            "what was cosigned before is not part of the copy here",
            tree_size=str(state.cosigned_size),
        )
    if size < state.cosigned_size or offer.old_size != state.cosigned_size:
        return standing
    verify_consistency(
        state.cosigned_size,
        size,
        state.cosigned_root if state.cosigned_size else EMPTY_ROOT,
        checkpoint.root,
        offer.proof,
    )
    return checkpoint
