"""What is known of one log, in memory and in the database. `heads` has the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from federation.log.checkpoint import Checkpoint
from federation.log.errors import YdxError
from federation.sync.confirmation import Confirmations, KnownCheckpoint
from federation.sync.frames import Head
from federation.trust.registry import Quorum, Registry

_QUORUMS_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class StoredHead:
    """What the database keeps of one origin; notes are b"" where there is none."""

    origin: str
    verified_size: int = 0
    confirmed_size: int = 0
    newest_note: bytes = b""
    confirmed_note: bytes = b""
    published_note: bytes = b""
    """Of the own log what is published, of the others the reached note."""
    frozen_size: int | None = None
    last_proven_at_s: float = 0.0
    quorum_notes: tuple[bytes, ...] = ()
    """Once there is evidence: all that decides where the origin is frozen."""
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
    quorum_cosigned: dict[tuple[int, bytes], KnownCheckpoint] = field(default_factory=dict)
    frozen_size: int | None = None
    heard_at_s: float = 0.0
    """When the origin, or a witness, last said that the newest note is its newest."""
    last_proven_at_s: float = 0.0
    """When our copy was last known to hold all that the origin has said."""
    is_doubted: bool = False
    """Whether a proof from our copy to a newer note has failed since the copy last grew."""
    is_damaged: bool = False
    """Whether our copy was found damaged; said until the node starts on a mended one."""
    unjudged: list[KnownCheckpoint] = field(default_factory=list)
    """What was taken in and not yet held against the other notes and our copy."""
    settled_under: int = 0
    """Version of the registry under which all was last brought up to what is known; 0: not now."""
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

    def shown_size(self) -> int:
        """Return up to where our copy is confirmed, and not hidden by a freeze."""
        if self.frozen_size is None:
            return self.confirmed_size
        return min(self.confirmed_size, self.frozen_size)

    def thin_quorums(self, contradicts: Callable[[KnownCheckpoint], bool]) -> None:
        """Keep what decides a freeze, once more is known than is kept.

        That is the smallest that contradict our copy, and the largest below them. Of the others
        every second one goes: any of them may turn out to stand just below a later contradiction.
        """
        if len(self.quorum_cosigned) <= _QUORUMS_MAX:
            return
        against: list[tuple[int, bytes]] = []
        others: list[tuple[int, bytes]] = []
        for tree, known in sorted(self.quorum_cosigned.items()):
            (against if contradicts(known) else others).append(tree)
        kept = {*against[: _QUORUMS_MAX // 2], *others[::2], *others[-1:]}
        kept.update([tree for tree in others if against and tree[0] < against[0][0]][-1:])
        self.quorum_cosigned = {tree: self.quorum_cosigned[tree] for tree in sorted(kept)}

    def head(self, origin: str) -> Head:
        """Return what others are told."""
        newest, confirmed = self.confirmations.newest, self.confirmations.confirmed
        note = newest.united_note() if newest else b""
        if self.is_doubted and self.reached is not None:
            note = self.reached[0]
        return Head(
            origin=origin,
            newest=note,
            confirmed=confirmed.united_note() if confirmed and confirmed is not newest else b"",
            verified_size=self.verified_size,
            confirmed_size=self.confirmed_size,
            evidence_digests=tuple(self.evidence),
        )

    def stored(self, origin: str, *, is_own: bool) -> StoredHead:
        """Return what the database is to keep."""
        reached = self.reached[0] if self.reached is not None else b""
        newest, confirmed = self.confirmations.newest, self.confirmations.confirmed
        quorums = self.quorum_cosigned.values() if self.evidence else ()
        return StoredHead(
            origin=origin,
            verified_size=self.verified_size,
            confirmed_size=self.confirmed_size,
            newest_note=newest.united_note() if newest else b"",
            confirmed_note=confirmed.united_note() if confirmed else b"",
            published_note=self.published if is_own else reached,
            frozen_size=self.frozen_size,
            last_proven_at_s=self.last_proven_at_s,
            quorum_notes=tuple(known.united_note() for known in quorums),
        )

    def waited_for(self, *, is_own: bool) -> tuple[int, ...]:
        """Return what others wait for: of an own log what is confirmed too."""
        confirmed_size = self.confirmed_size if is_own else 0
        return self.verified_size, confirmed_size, len(self.evidence)

    def marks(self) -> tuple[object, ...]:
        """Return what listeners and the database are told of when it changes."""
        newest, confirmed = self.confirmations.newest, self.confirmations.confirmed
        return (
            newest and (newest.checkpoint, len(newest.lines)),
            confirmed and (confirmed.checkpoint, len(confirmed.lines)),
            self.confirmed_size,
            self.frozen_size,
            self.published,
            len(self.evidence),
            self.is_damaged,
            len(self.quorum_cosigned) if self.evidence else 0,
        )


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
