"""What is known of one log, in memory and in the database. `heads` has the rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from federation.log.checkpoint import Checkpoint
from federation.log.errors import YdxError
from federation.sync.confirmation import Confirmations
from federation.trust.registry import Quorum, Registry


@dataclass(frozen=True, slots=True)
class StoredHead:
    """What the database keeps of one origin; notes are b"" where there is none."""

    origin: str
    verified_size: int = 0
    confirmed_size: int = 0
    newest_note: bytes = b""
    confirmed_note: bytes = b""
    published_note: bytes = b""
    frozen_size: int | None = None
    last_proven_at_s: float = 0.0
    verified_root: bytes = b""
    """Told when starting only: what our copy was when it was stored."""


class HeadStore(Protocol):
    """Where heads and evidence are kept."""

    def save_head(self, head: StoredHead) -> None:
        """Keep what is known of an origin; need not be synced before the next durable write."""

    def save_evidence(self, origin: str, digest: bytes, content: bytes) -> None:
        """Keep evidence for good, soon; called under a lock, so it must not wait for a writer."""


@dataclass(slots=True)
class OriginHeads:
    """What is known of one log."""

    confirmations: Confirmations
    verified_size: int = 0
    confirmed_size: int = 0
    reached: tuple[bytes, Checkpoint] | None = None
    published: bytes = b""
    evidence: dict[bytes, bytes] = field(default_factory=dict)
    quorum_cosigned: dict[tuple[int, bytes], Checkpoint] = field(default_factory=dict)
    frozen_size: int | None = None
    heard_at_s: float = 0.0
    """When the origin, or a witness, last said that the newest note is its newest."""
    last_proven_at_s: float = 0.0
    """When our copy was last known to hold all that the origin has said."""
    is_doubted: bool = False
    """Whether a proof from our copy to a newer note has failed since the copy last grew."""
    is_damaged: bool = False
    """Whether our copy was found damaged; said until the node starts on a mended one."""
    version: int = 0

    @contextmanager
    def noting_damage(self) -> Iterator[None]:
        """Go on where our copy turns out to be damaged, and remember that it is."""
        try:
            yield
        except YdxError as error:
            if error.reason != "COPY_DAMAGED":
                raise
            self.is_damaged = True

    def largest_size(self) -> int:
        """Return the largest size that any signed note speaks of."""
        newest = self.confirmations.newest
        return max(self.verified_size, newest.checkpoint.tree_size if newest else 0)


def quorums_at(registry: Registry, origin: str, tree_size: int) -> list[Quorum]:
    """Return the quorums of an origin, with only the keys that count at a size of its log."""
    return [
        replace(
            quorum,
            witness_keys={
                member: registry.witness_keys_at(origin, member, tree_size)
                for member in quorum.witness_keys
            },
        )
        for quorum in registry.quorums(origin)
    ]
