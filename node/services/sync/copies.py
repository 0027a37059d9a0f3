"""Our copies of the logs, for questions about their past: roots and proofs.

One prover an origin, kept, since what it has expanded stays right as a log grows. A prover is not
for several threads at once, so each has its lock; a question reads at most a few tiles.

What our own tiles fail to give is our damage, never the fault of whoever asked: COPY_DAMAGED.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from federation.log.errors import Refused, YdxError
from federation.log.merkle import CompactRange
from federation.log.prover import Prover, TileReader
from federation.sync import forks

# What a prover over sound tiles never refuses, nor evidence from it of notes that are signed.
_DAMAGE: Final = frozenset({"MALFORMED_TILE", "BAD_PROOF", "MALFORMED_EVIDENCE"})


class Copies:
    """The provers of all origins."""

    def __init__(self, tiles: Callable[[str], TileReader]) -> None:
        """`tiles` opens the hash tiles of an origin's log."""
        self._tiles = tiles
        self._lock = threading.Lock()
        self._provers: dict[str, tuple[Prover, threading.Lock]] = {}

    @contextmanager
    def prover(self, origin: str) -> Iterator[Prover]:
        """Lend the prover of an origin; raises COPY_DAMAGED for what its tiles fail to give."""
        with self._lock:
            held = self._provers.get(origin)
            if held is None:
                held = self._provers[origin] = (Prover(self._tiles(origin)), threading.Lock())
        prover, lock = held
        with lock:
            try:
                yield prover
            except Refused as refusal:
                if refusal.reason not in _DAMAGE:
                    raise
                self.forget(origin)  # what is mended on disk is read again
                raise YdxError(
                    "COPY_DAMAGED",
                    f"our copy of {origin} is damaged; run ydx log verify --full",
                    origin=origin,
                ) from refusal

    def root_at(self, origin: str, tree_size: int) -> bytes:
        """Return the root of our copy at a size that it reaches."""
        with self.prover(origin) as prover:
            return forks.root_at(prover, tree_size)

    def consistency_proof(self, origin: str, size1: int, size2: int) -> tuple[bytes, ...]:
        """Return the proof that our copy at `size2` extends it at `size1`."""
        with self.prover(origin) as prover:
            return prover.consistency_proof(size1, size2)

    def compact_range(self, origin: str, tree_size: int) -> CompactRange:
        """Return the compact range of our copy at a size that it reaches."""
        hashes, start = [], 0
        with self.prover(origin) as prover:
            for height in range(tree_size.bit_length() - 1, -1, -1):
                if tree_size >> height & 1:
                    hashes.append(prover.subtree_root(start, start + (1 << height)))
                    start += 1 << height
        return CompactRange(tree_size, hashes)

    def forget(self, origin: str) -> None:
        """Drop what was expanded: the log was rolled back or frozen."""
        with self._lock:
            self._provers.pop(origin, None)
