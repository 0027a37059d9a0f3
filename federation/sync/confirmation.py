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
- Of a note, the lines of log keys and of witnesses that count are kept and passed on; what a relay
  has put between them is not.
- What our copy has not reached yet is remembered, since it shows later how far the copy is
  confirmed; `forget_below` says what is over. Beyond a bound the middle is dropped: a copy that
  lags needs the smallest, clients get the newest. What is lost can be cosigned again on request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from federation.log.checkpoint import Checkpoint, parse_checkpoint
from federation.log.cosignature import cosignatures
from federation.log.keys import VerifierKey
from federation.log.note import Note, SignatureLine, add_signatures, parse_note
from federation.sync.mirror import open_origin_checkpoint
from federation.trust.registry import Quorum

_REMEMBERED_MAX: Final = 64
_NOTES_MAX: Final = 64


@dataclass(slots=True)
class KnownCheckpoint:
    """A checkpoint with its note and all cosignatures known of it."""

    checkpoint: Checkpoint
    note: bytes
    """Signed by the origin alone."""
    signatures: frozenset[SignatureLine]
    """The lines of that note."""
    lines: dict[str, tuple[int, SignatureLine]] = field(default_factory=dict)
    """Member → (Unix seconds, its newest line)."""

    def united_note(self) -> bytes:
        """Return the note with every cosignature known."""
        return add_signatures(self.note, [line for _, line in self.lines.values()])

    def holds(self, signatures: Iterable[SignatureLine]) -> bool:
        """Tell whether all these lines were judged and are kept."""
        kept = self.signatures.union(line for _, line in self.lines.values())
        return kept.issuperset(signatures)


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
        self._notes: dict[bytes, KnownCheckpoint] = {}
        """Notes as they came: every member tells each of them again and again."""
        self.newest: KnownCheckpoint | None = None
        self.confirmed: KnownCheckpoint | None = None

    def add(self, raw_note: bytes) -> KnownCheckpoint:
        """Take a note in; return what is known of its (size, root) now.

        Refuses what `open_origin_checkpoint` and `cosignatures` refuse. It is idempotent.
        """
        before = self.held(raw_note)
        if before is not None:
            return before
        note = parse_note(raw_note)
        claimed = parse_checkpoint(note.text)
        known = self._known.get((claimed.tree_size, claimed.root))
        if known is not None and claimed == known.checkpoint and known.holds(note.signatures):
            return self._told(raw_note, known)
        checkpoint = open_origin_checkpoint(raw_note, self.origin, self._log_keys)
        quorums = self._quorums(checkpoint.tree_size)
        known = known or self._signed_alone(note, checkpoint)
        members = _member_by_key(quorums)
        for timestamp_s, line in cosignatures(raw_note, members).values():
            member = next(member for key, member in members.items() if line.is_of(key))
            held = known.lines.get(member)
            if held is None or held[0] < timestamp_s:
                known.lines[member] = (timestamp_s, line)
        self._remember(known, quorums)
        return self._told(raw_note, known)

    def held(self, raw_note: bytes) -> KnownCheckpoint | None:
        """Return what is known of a note that came before, byte for byte, and is remembered."""
        known = self._notes.get(raw_note)
        if known is None:
            return None
        checkpoint = known.checkpoint
        is_kept = self._known.get((checkpoint.tree_size, checkpoint.root)) is known
        return known if is_kept else None

    def _told(self, raw_note: bytes, known: KnownCheckpoint) -> KnownCheckpoint:
        if len(self._notes) >= _NOTES_MAX:
            self._notes.clear()
        self._notes[raw_note] = known
        return known

    def forget_below(self, tree_size: int) -> None:
        """Forget the notes below a size that our copy has confirmed."""
        kept = {id(self.newest), id(self.confirmed)}
        for tree, known in list(self._known.items()):
            if tree[0] < tree_size and id(known) not in kept:
                del self._known[tree]

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
        if len(self._known) > _REMEMBERED_MAX:
            kept = {id(self.newest), id(self.confirmed)}
            dropped = [tree for tree, known in sorted(self._known.items()) if id(known) not in kept]
            del self._known[dropped[len(dropped) // 2]]

    def _signed_alone(self, note: Note, checkpoint: Checkpoint) -> KnownCheckpoint:
        """Return a checkpoint with the lines of the origin's log keys only."""
        keys = self._log_keys(checkpoint.tree_size)
        lines = [line for line in note.signatures if any(line.is_of(key) for key in keys)]
        raw = note.text + b"\n" + b"".join(line.encode() for line in dict.fromkeys(lines))
        return KnownCheckpoint(checkpoint, raw, frozenset(lines))


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
