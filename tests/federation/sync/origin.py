"""An origin in memory for tests: it appends, signs, serves frames, and lies on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.entry import (
    KIND_GENESIS,
    KIND_LISTING,
    Audience,
    Entry,
    Operation,
    encode_entry,
)
from federation.log.keys import COSIGNATURE_V1, Signer, VerifierKey
from federation.log.merkle import CompactRange, leaf_hashes
from federation.log.note import add_signatures
from federation.log.part import PartHeader, new_part
from federation.log.prover import Prover
from federation.sync.frames import Batch

ORIGIN = "ydx.example/anhui"


def signer(name: str, number: int = 0) -> Signer:
    """Return a key that depends on its name and number only."""
    return Signer(name, (name.encode() + bytes([number]) * 32)[:31].ljust(32, b"k"))


@dataclass
class MemoryLog:
    """Entries and parts of one log, with what a peer that mirrors it can serve."""

    origin: str = ORIGIN
    key_number: int = 0
    entries: list[bytes] = field(default_factory=list)
    parts: list[tuple[bytes, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.signer = signer(self.origin, self.key_number)
        self.append(Entry(kind=KIND_GENESIS, body=b"\x0a\x01x"), ())

    def append(self, entry: Entry, parts: tuple[bytes, ...]) -> None:
        self.entries.append(encode_entry(entry))
        self.parts.append(parts)

    def publish(self, count: int, salt_from: int = 0) -> None:
        """Append listings with a PUBLIC and a MEMBERS part each."""
        for _ in range(count):
            number = len(self.entries)
            subject = number.to_bytes(16)
            wires, commitments = [], []
            for part_number, audience in enumerate((Audience.PUBLIC, Audience.MEMBERS)):
                header = PartHeader(self.origin, subject, 1, part_number, audience)
                salt = (number + salt_from).to_bytes(16) * 2
                wire, commitment = new_part(header, b"content %d" % number, salt)
                wires.append(wire)
                commitments.append((audience, commitment))
            entry = Entry(
                kind=KIND_LISTING,
                subject=subject,
                revision=1,
                operation=Operation.PUT,
                recorded_at_ms=1,
                parts=tuple(commitments),
            )
            self.append(entry, tuple(wires))

    @property
    def size(self) -> int:
        return len(self.entries)

    def compact_range(self, size: int | None = None) -> CompactRange:
        compact_range = CompactRange()
        compact_range.extend(leaf_hashes(self.entries[:size]))
        return compact_range

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        compact_range = self.compact_range(size)
        return Checkpoint(self.origin, compact_range.size, compact_range.root())

    def note(self, size: int | None = None) -> bytes:
        return sign_checkpoint(self.checkpoint(size), [self.signer])

    def key(self) -> VerifierKey:
        return self.signer.verifier()

    def keys(self, _tree_size: int = 0) -> Sequence[VerifierKey]:
        return [self.key()]

    def prover(self) -> Prover:
        return Prover(_Tiles(self.entries))

    def batch(self, start: int, end: int, target: int | None = None) -> Batch:
        """Return the honest batch [start, end) proven against a target size."""
        target = self.size if target is None else target
        return Batch(
            first_leaf_index=start,
            entries=self.entries[start:end],
            parts=[wire for parts in self.parts[start:end] for wire in parts],
            marks=[],
            proof=list(self.prover().consistency_proof(end, target)),
        )


class _Tiles:
    def __init__(self, entries: list[bytes]) -> None:
        self._levels = [leaf_hashes(entries)]
        while len(self._levels[-1]) >= 256:
            below = self._levels[-1]
            level = []
            for n in range(len(below) // 256):
                compact_range = CompactRange()
                compact_range.extend(below[256 * n : 256 * n + 256])
                level.append(compact_range.root())
            self._levels.append(level)

    def tile(self, level: int, n: int, width: int) -> bytes:
        return b"".join(self._levels[level][256 * n : 256 * n + width])


def cosigned(note: bytes, *witnesses: Signer, at_s: int = 1_700_000_000) -> bytes:
    """Return the note with a cosignature of each witness."""
    return add_signatures(note, [make_cosignature(note, one, at_s) for one in witnesses])


def witness_key(witness: Signer) -> VerifierKey:
    return witness.verifier(COSIGNATURE_V1)
