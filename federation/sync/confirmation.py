"""What is known of one origin's checkpoints, and how far a quorum has confirmed them.

- Every note is opened under the origin's log keys first; cosignatures of witnesses that the
  registry names are collected from it, all others ignored. A bad one of a known witness refuses
  the note.
- Cosignatures of one (size, root) from different notes are united. Members count, not keys.
- A (size, root) is quorum-cosigned for good once it meets the quorum of any registry version that
  was accepted. With no other witness the quorum is 0: what the origin signed is confirmed.
- The *newest* note is the one of the largest size; of equal sizes the one that came first. Heads
  carry it and the largest quorum-cosigned one, each with all cosignatures known.
- Two notes of one size with different roots are both kept for whoever makes evidence of them.
- Only a bounded number of sizes between the largest quorum-cosigned and the newest is remembered;
  what falls out can be cosigned again on request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from federation.log.checkpoint import Checkpoint, parse_checkpoint
from federation.log.cosignature import cosignatures
from federation.log.keys import VerifierKey
from federation.log.note import SignatureLine, add_signatures, parse_note
from federation.sync.mirror import open_origin_checkpoint
from federation.trust.registry import Quorum

_REMEMBERED_MAX: Final = 64
_SEEN_MAX: Final = 100


@dataclass(slots=True)
class KnownCheckpoint:
    """A checkpoint with its note and all cosignatures known of it."""

    checkpoint: Checkpoint
    note: bytes
    lines: dict[str, tuple[int, SignatureLine]] = field(default_factory=dict)
    """Member → (Unix seconds, its newest line)."""
    seen: set[SignatureLine] = field(default_factory=set)
    """Lines that were judged: a note with no other lines is not verified again."""

    def united_note(self) -> bytes:
        """Return the note with every cosignature known."""
        return add_signatures(self.note, [line for _, line in self.lines.values()])


class Confirmations:
    """The checkpoints of one origin that are known, and the largest that a quorum has cosigned."""

    def __init__(
        self,
        origin: str,
        log_keys: Callable[[int], Sequence[VerifierKey]],
        quorums: Callable[[int], Sequence[Quorum]],
    ) -> None:
        """`log_keys` and `quorums` give what counts for a checkpoint of a tree size.

        The quorums are those of all accepted registry versions, the newest last.
        """
        self.origin = origin
        self._log_keys = log_keys
        self._quorums = quorums
        self._known: dict[tuple[int, bytes], KnownCheckpoint] = {}
        self.newest: KnownCheckpoint | None = None
        self.confirmed: KnownCheckpoint | None = None

    def add(self, raw_note: bytes) -> KnownCheckpoint:
        """Take a note in; return what is known of its (size, root) now.

        Refuses what `open_origin_checkpoint` and `cosignatures` refuse. It is idempotent.
        """
        note = parse_note(raw_note)
        claimed = parse_checkpoint(note.text)
        known = self._known.get((claimed.tree_size, claimed.root))
        if (
            known is not None
            and note.text == parse_note(known.note).text
            and known.seen.issuperset(note.signatures)
        ):
            return known
        checkpoint = open_origin_checkpoint(raw_note, self.origin, self._log_keys)
        quorums = self._quorums(checkpoint.tree_size)
        known = known or KnownCheckpoint(checkpoint, raw_note)
        members = _member_by_key(quorums)
        for timestamp_s, line in cosignatures(raw_note, members).values():
            member = next(member for key, member in members.items() if line.is_of(key))
            held = known.lines.get(member)
            if held is None or held[0] < timestamp_s:
                known.lines[member] = (timestamp_s, line)
        known.seen.update(note.signatures[:_SEEN_MAX])
        self._remember(known, quorums)
        return known

    def at(self, tree_size: int) -> list[KnownCheckpoint]:
        """Return what is remembered of one size; two elements are a fork."""
        return [known for (size, _), known in self._known.items() if size == tree_size]

    def known(self) -> list[KnownCheckpoint]:
        """Return all that is remembered, ascending by size."""
        return [known for _, known in sorted(self._known.items())]

    def is_quorum(self, known: KnownCheckpoint) -> bool:
        """Tell whether its cosignatures meet the quorum of any accepted registry version."""
        return _meets(known, self._quorums(known.checkpoint.tree_size))

    def _remember(self, known: KnownCheckpoint, quorums: Sequence[Quorum]) -> None:
        checkpoint = known.checkpoint
        self._known[checkpoint.tree_size, checkpoint.root] = known
        if self.newest is None or self.newest.checkpoint.tree_size < checkpoint.tree_size:
            self.newest = known
        confirmed_size = self.confirmed.checkpoint.tree_size if self.confirmed else -1
        if checkpoint.tree_size > confirmed_size and _meets(known, quorums):
            self.confirmed = known
        self._forget()

    def _forget(self) -> None:
        """Keep the newest, the confirmed, and what may still be confirmed, bounded."""
        floor = self.confirmed.checkpoint.tree_size if self.confirmed else 0
        for tree in [tree for tree in self._known if tree[0] < floor]:
            del self._known[tree]
        while len(self._known) > _REMEMBERED_MAX:
            kept = {id(self.newest), id(self.confirmed)}
            oldest = min(tree for tree, known in self._known.items() if id(known) not in kept)
            del self._known[oldest]


def _member_by_key(quorums: Sequence[Quorum]) -> dict[VerifierKey, str]:
    return {
        key: member
        for quorum in quorums
        for member, keys in quorum.witness_keys.items()
        for key in keys
    }


def _meets(known: KnownCheckpoint, quorums: Sequence[Quorum]) -> bool:
    return any(
        len(known.lines.keys() & quorum.witness_keys.keys()) >= quorum.required
        for quorum in quorums
    )
