"""What an origin offers its witnesses: one checkpoint at a time, to all of them.

- The offer stands until its quorum has cosigned; newer checkpoints are published meanwhile without
  cosignatures. Offering the newest instead starves: witnesses that must first mirror would never
  sign the same one.
- It is repeated, with back-off, to those who have not cosigned.
- Once the quorum has cosigned, the newest checkpoint signed since is offered next. Witnesses that
  were left behind get the new offer; a late cosignature of the old one still counts.
- An unchanged offer is made again every 10 min for fresh cosignatures.
"""

from __future__ import annotations

from typing import Final

from federation.log.checkpoint import Checkpoint

REPEAT_UNCHANGED_S: Final = 600.0
BACKOFF_S_MIN: Final = 0.1
BACKOFF_S_MAX: Final = 60.0


class Offer:
    """The one checkpoint on offer, and who has cosigned it."""

    def __init__(self, witnesses: frozenset[str], required: int) -> None:
        self.witnesses = witnesses
        self.required = required
        self.note: bytes = b""
        self.checkpoint: Checkpoint | None = None
        self._newest: tuple[bytes, Checkpoint] | None = None
        self._cosigned: set[str] = set()
        self._next_try: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._offered_at = 0.0

    def signed(self, note: bytes, checkpoint: Checkpoint, now: float) -> None:
        """Take a checkpoint that the origin has just signed."""
        self._newest = (note, checkpoint)
        if self.checkpoint is None or self.is_settled():
            self._begin(now)

    def is_settled(self) -> bool:
        """Tell whether the quorum has cosigned what is on offer."""
        return len(self._cosigned & self.witnesses) >= self.required

    def is_missing(self, witness: str) -> bool:
        """Tell whether a witness has not cosigned what is on offer."""
        return self.checkpoint is not None and witness in self.witnesses - self._cosigned

    def due(self, witness: str, now: float) -> tuple[bytes, Checkpoint] | None:
        """Return what this witness is to be asked now, or None."""
        if self.checkpoint is None or witness not in self.witnesses:
            return None
        if witness in self._cosigned or now < self._next_try.get(witness, 0.0):
            return None
        return self.note, self.checkpoint

    def wait_s(self, witness: str, now: float) -> float:
        """Return after how many seconds `due` may be worth asking again."""
        if self.checkpoint is None:
            return REPEAT_UNCHANGED_S  # who signs wakes the waiting
        if witness in self._cosigned:
            return max(0.0, self._offered_at + REPEAT_UNCHANGED_S - now)
        return max(0.0, self._next_try.get(witness, 0.0) - now)

    def cosigned(self, witness: str, checkpoint: Checkpoint, now: float) -> None:
        """Record a cosignature; go on to the newest checkpoint once the quorum has cosigned."""
        self._failures.pop(witness, None)
        self._next_try.pop(witness, None)
        if self.checkpoint is None or not self.checkpoint.same_tree(checkpoint):
            return
        self._cosigned.add(witness)
        newer = self._newest is not None and not self._newest[1].same_tree(self.checkpoint)
        if self.is_settled() and newer:
            self._begin(now)

    def not_cosigned(self, witness: str, now: float, jitter: float) -> None:
        """Back off from a witness that did not cosign; `jitter` is from 0 to 1."""
        failures = self._failures.get(witness, 0) + 1
        self._failures[witness] = failures
        pause_s = min(BACKOFF_S_MAX, BACKOFF_S_MIN * 2 ** min(failures, 16))
        self._next_try[witness] = now + pause_s * (0.5 + jitter / 2)

    def retry(self, witness: str) -> None:
        """Forget the back-off: the witness has shown that it is there, or has come further."""
        self._next_try.pop(witness, None)

    def refresh(self, now: float) -> None:
        """Offer an unchanged checkpoint again after 10 min."""
        if self.checkpoint is not None and now >= self._offered_at + REPEAT_UNCHANGED_S:
            self._begin(now)

    def _begin(self, now: float) -> None:
        if self._newest is None:
            return
        self.note, self.checkpoint = self._newest
        self._cosigned.clear()
        self._next_try.clear()
        self._offered_at = now
