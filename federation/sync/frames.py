"""What travels between nodes, as values, and the bounds that every frame keeps.

- A stream of one log is a target checkpoint, then batches that follow on without a gap.
- A batch has 1 to 512 entries and at most 1 MiB; one larger record travels alone.
- For every part of every entry there is either content or a mark; marks are claims.
- A proof has at most 63 hashes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, Protocol

BATCH_ENTRIES_MAX: Final = 512
BATCH_BYTES_MAX: Final = 1 << 20
# One record that is larger than a batch may be: 8 parts of 256 KiB and an entry.
RECORD_BYTES_MAX: Final = 8 * 256 * 1024 + 65_535
PROOF_HASHES_MAX: Final = 63
PLACES_MAX: Final = 512


class PartMark(IntEnum):
    """Why a part came without content."""

    WITHHELD = 1
    ERASED = 2
    MISSING = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one log.

    `parts` has one element for every part of every entry, in order: salt ‖ payload, or b"" where
    a mark stands; `marks` has one element for every b"".
    """

    first_leaf_index: int
    entries: Sequence[bytes]
    parts: Sequence[bytes]
    marks: Sequence[int]
    proof: Sequence[bytes]

    def size_bytes(self) -> int:
        """Return how many bytes of entries and parts it carries."""
        return sum(map(len, self.entries)) + sum(map(len, self.parts))


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where a part stands: (origin, leaf index, part number)."""

    origin: str
    leaf_index: int
    part_number: int


@dataclass(frozen=True, slots=True)
class FetchedPart:
    """One part asked for by its place: content, or b"" and a mark."""

    content: bytes
    mark: PartMark | None


@dataclass(frozen=True, slots=True)
class Head:
    """What one member knows about one log; notes are signed notes or b""."""

    origin: str
    newest: bytes = b""
    confirmed: bytes = b""
    verified_size: int = 0
    confirmed_size: int = 0
    evidence_digests: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """What one side says when two nodes meet."""

    time_ms: int
    software_version: str
    formats: tuple[int, ...]
    trust_versions: tuple[tuple[str, int], ...]
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class WitnessStanding:
    """Where a witness stands with a log: the size it cosigned last, and the size it mirrors."""

    cosigned_size: int
    verified_size: int


class BooksTold(NamedTuple):
    """What a member tells of its books: an answer, or its signature line; and their dispute."""

    answer: bytes
    signature: bytes
    disputed: str = ""
    """Why they are disputed above what is answered for; empty where they are not, or not said."""


class Peer(Protocol):
    """One member that we are connected to.

    Every method raises `Unreachable` where the peer does not answer and `Refused` where its answer
    breaks the wire's rules. Nothing that it returns is verified beyond that.
    """

    name: str

    def get_heads(
        self, meeting: Meeting, start_id: bytes = b""
    ) -> tuple[Meeting, tuple[bytes, ...]]:
        """Swap heads; return the peer's and the evidence that ours did not list."""

    def watch_heads(self) -> Generator[tuple[Head, ...], None, None]:
        """Stream heads as they change; an empty tuple is a heartbeat."""

    def read_log(self, origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
        """Stream a log: the target note first, then batches."""

    def fetch_parts(self, places: Sequence[PartPlace]) -> list[FetchedPart]:
        """Ask for at most 512 parts; the answer may be shorter, then the rest is asked again."""

    def cosign(
        self, checkpoint: bytes, old_size: int, proof: Sequence[bytes], start_id: bytes
    ) -> bytes | WitnessStanding:
        """Offer our checkpoint; return a cosignature line or where the witness stands."""

    def get_trust_file(self, role: str, version: int) -> bytes:
        """Return a TUF file; version 0 is the newest."""

    def reconcile_books(self, question: bytes, proof: bytes) -> BooksTold:
        """Ask about the books of an agreement, or with a note that they be signed for as equal.

        A peer of older software refuses with PEER_TOO_OLD.
        """
