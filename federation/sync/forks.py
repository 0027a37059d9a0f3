"""Forks: when two checkpoints cannot both be honest, and where the origin is frozen then.

- A checkpoint that our copy reaches is held against the copy's own root at that size. Another root
  is evidence of a fork (tlog-formats section 11) beside the note that our copy stands for.
- A smaller head is lag, not a lie. What lies beyond our copy says nothing yet: a proof that merely
  fails is a bad peer.
- Let Q be the quorum-cosigned checkpoints that are known. Frozen is the largest in Q that is
  consistent with all of Q, 0 if there is none, computed anew whenever Q grows. Those of Q that our
  copy holds are consistent with each other; one that contradicts our copy forks from it somewhere
  below its size, so only what stands below every such size is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from federation.log.checkpoint import Checkpoint
from federation.log.evidence import Evidence, make_evidence
from federation.log.hashing import EMPTY_ROOT
from federation.log.keys import VerifierKey
from federation.log.prover import Prover


def root_at(prover: Prover, tree_size: int) -> bytes:
    """Return the root of the prover's log at a size that it reaches."""
    return prover.subtree_root(0, tree_size) if tree_size else EMPTY_ROOT


def evidence_against(
    note: bytes,
    checkpoint: Checkpoint,
    reached: tuple[bytes, Checkpoint],
    log_keys: Iterable[VerifierKey],
    copy: Prover,
) -> Evidence | None:
    """Return evidence if a verified checkpoint contradicts our copy, or None.

    `reached` is the largest verified note whose size our copy has, with its checkpoint.
    """
    reached_note, reached_checkpoint = reached
    size = checkpoint.tree_size
    if not 0 < size <= reached_checkpoint.tree_size or root_at(copy, size) == checkpoint.root:
        return None
    return make_evidence(note, reached_note, log_keys, copy)


def frozen_size(
    quorum_cosigned: Iterable[Checkpoint],
    confirmed_size: int,
    verified_size: int,
    root_of: Callable[[int], bytes],
) -> int:
    """Return the size at which an origin that forked is frozen.

    `root_of` gives the root of our copy at a size up to `verified_size`; what lies beyond cannot be
    compared yet. `confirmed_size` stands for the quorum-cosigned checkpoint that confirmed our copy
    there, though its note may be forgotten.
    """
    held = [0, confirmed_size]
    contradicting: list[int] = []
    for checkpoint in quorum_cosigned:
        size = checkpoint.tree_size
        if size <= verified_size:
            (held if root_of(size) == checkpoint.root else contradicting).append(size)
    ceiling = min(contradicting, default=verified_size + 1)
    return max(size for size in held if size < ceiling)
