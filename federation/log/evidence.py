r"""Evidence that an origin shows two histories: self-verifying, so that it can be passed on.

- Type A: two signed checkpoints of one origin and size whose roots differ. Only origin, size and
  root are compared: other timestamps, extension lines or signatures are no conflict.
- Type B: checkpoints (m, R) and (n, S), 0 < m < n, and a hash list that, run as a consistency
  proof, yields S for the new root but another root than R for the old one. Nobody can make such a
  list for a log that only grows.
- The list begins with the root of the last perfect subtree of m, which an ordinary proof omits when
  m is a power of two: then it is the other prefix root itself.
- What a key signed above the size at which the registry ended it is void: no evidence of anything.
- A proof that merely fails is no evidence. A smaller checkpoint is lag, not a lie.
- On the wire: "ydx/evidence/v1\0" ‖ u32be length ‖ note ‖ u32be length ‖ note ‖ hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from federation.log.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from federation.log.errors import Refused
from federation.log.hashing import HASH_BYTES, split_hashes
from federation.log.merkle import consistency_roots
from federation.log.note import MAX_NOTE_BYTES, parse_note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from federation.log.keys import VerifierKey
    from federation.log.prover import Prover

MAX_EVIDENCE_HASHES: Final = 64
_MAGIC: Final = b"ydx/evidence/v1\0"
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two notes of one origin, the smaller tree first, and for type B the hash list."""

    first: bytes
    second: bytes
    hashes: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """Return the bytes that are passed on."""
        notes = (len(note).to_bytes(_LENGTH_BYTES) + note for note in (self.first, self.second))
        return _MAGIC + b"".join(notes) + b"".join(self.hashes)

    def digest(self) -> bytes:
        """Return what names this conflict, however its notes are cosigned: 32 bytes.

        Refuses MALFORMED_NOTE and MALFORMED_CHECKPOINT.
        """
        texts = b"".join(
            b"\n".join(parse_note(note).text.split(b"\n")[:3]) + b"\n"
            for note in (self.first, self.second)
        )
        return sha256(_MAGIC + texts).digest()


def parse_evidence(raw: bytes) -> Evidence:
    """Read what `Evidence.encode` wrote, or refuse it (MALFORMED_EVIDENCE); nothing is verified."""
    longest = len(_MAGIC) + 2 * (_LENGTH_BYTES + MAX_NOTE_BYTES) + MAX_EVIDENCE_HASHES * HASH_BYTES
    if len(raw) > longest or not raw.startswith(_MAGIC):
        raise Refused("MALFORMED_EVIDENCE", "not evidence, or too long")
    at = len(_MAGIC)
    notes = []
    for _ in range(2):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(raw[at:start])
        if at > len(raw):
            raise Refused("MALFORMED_EVIDENCE", "the evidence is cut")
        notes.append(raw[start:at])
    rest = raw[at:]
    if len(rest) % HASH_BYTES or len(rest) > MAX_EVIDENCE_HASHES * HASH_BYTES:
        raise Refused("MALFORMED_EVIDENCE", "the hash list has not whole hashes, or too many")
    return Evidence(notes[0], notes[1], split_hashes(rest))


def make_evidence(
    note1: bytes, note2: bytes, log_keys: Iterable[VerifierKey], larger: Prover | None = None
) -> Evidence:
    """Return the evidence that two notes make, in either order.

    For different sizes `larger` proves from the tree of the larger note. Refuses MALFORMED_EVIDENCE
    when the notes do not contradict each other, and what `check_evidence` refuses.
    """
    sized = [(parse_checkpoint(parse_note(raw).text), raw) for raw in (note1, note2)]
    sized.sort(key=lambda pair: (pair[0].tree_size, pair[0].root))
    (old, first), (new, second) = sized
    hashes: Sequence[bytes] = ()
    if 0 < old.tree_size < new.tree_size:
        if larger is None:
            raise Refused("MALFORMED_EVIDENCE", "two sizes need hashes that show the contradiction")
        hashes = larger.seeded_consistency_proof(old.tree_size, new.tree_size)
    evidence = Evidence(first, second, tuple(hashes))
    check_evidence(evidence, log_keys)
    return evidence


def check_evidence(
    evidence: Evidence, log_keys: Iterable[VerifierKey]
) -> tuple[Checkpoint, Checkpoint]:
    """Return the two checkpoints that cannot both be honest, the smaller one first.

    Refuses what shows no contradiction (MALFORMED_EVIDENCE), a hash list of the wrong shape
    (BAD_PROOF), and what `open_checkpoint` refuses. `log_keys` are the keys that the registry gives
    the origin.
    """
    keys = tuple(log_keys)
    old, new = (open_checkpoint(note, keys) for note in (evidence.first, evidence.second))
    if old.origin != new.origin:
        raise Refused("MALFORMED_EVIDENCE", "the checkpoints speak of two origins")
    if old.tree_size == new.tree_size:
        # Type A has one spelling: roots ascending, no hashes.
        if old.root >= new.root or evidence.hashes:
            raise Refused("MALFORMED_EVIDENCE", "the checkpoints do not contradict each other")
        return old, new
    if not 0 < old.tree_size < new.tree_size:
        raise Refused("MALFORMED_EVIDENCE", "the checkpoints do not contradict each other")
    old_root, new_root = consistency_roots(old.tree_size, new.tree_size, evidence.hashes)
    if new_root != new.root or old_root == old.root:
        raise Refused("MALFORMED_EVIDENCE", "the hash list shows no contradiction")
    return old, new


def is_void(evidence: Evidence, keys_at: Callable[[int], Iterable[VerifierKey]]) -> bool:
    """Tell whether a note is signed by no key that is valid at its size, but by one that ended.

    Of evidence that `check_evidence` takes; `keys_at` gives the keys that may sign a tree size.
    """
    for note in (evidence.first, evidence.second):
        keys = keys_at(parse_checkpoint(parse_note(note).text).tree_size)
        try:
            open_checkpoint(note, keys)
        except Refused:
            return True
    return False
