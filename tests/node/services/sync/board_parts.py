"""A board over logs in memory: a registry with four witnesses, tiles that rot, a store that keeps.

`HONEST` and `FORKED` have their first ten entries in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from federation.log.keys import COSIGNATURE_V1
from federation.trust.registry import Quorum
from node.services.sync.copies import Copies
from node.services.sync.heads import HeadBoard
from tests.federation.sync.origin import ORIGIN, MemoryLog, cosigned, signer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from federation.log.keys import VerifierKey
    from federation.log.prover import TileReader
    from federation.trust.registry import Registry
    from node.services.sync.origin_heads import StoredHead

WITNESSES: Final = {member: signer(f"w-{member}") for member in "abcd"}
OWN: Final = "ydx.example/own"


def _log(*counts: int) -> MemoryLog:
    log = MemoryLog()
    for at, count in enumerate(counts):
        log.publish(count, salt_from=7 * at)
    return log


HONEST: Final = _log(40)
FORKED: Final = _log(9, 31)


def noted(log: MemoryLog, size: int, witnesses: str = "abc") -> bytes:
    """Return a note with cosignatures; three make a quorum."""
    return cosigned(log.note(size), *(WITNESSES[member] for member in witnesses))


class SmallRegistry:
    """Names one log beside the own one."""

    version = 1

    def log(self, origin: str) -> None:
        """Know every log."""

    def origins(self) -> list[str]:
        return [ORIGIN]

    def witnesses(self, _origin: str) -> list[str]:
        return list(WITNESSES)

    def log_keys(self, _origin: str) -> list[VerifierKey]:
        return [HONEST.key()]

    def log_keys_at(self, _origin: str, _tree_size: int) -> list[VerifierKey]:
        return [HONEST.key()]

    def witness_keys_at(self, _origin: str, member: str, _size: int) -> tuple[VerifierKey, ...]:
        return (WITNESSES[member].verifier(COSIGNATURE_V1),)

    def quorums(self, _origin: str) -> list[Quorum]:
        return [Quorum(1, dict.fromkeys(WITNESSES, ()), 3)]


class RottenTiles:
    """Tiles that tell something else once `damage` is set: a bit that flipped, a row cut short."""

    def __init__(self, log: MemoryLog = HONEST, damage: str = "") -> None:
        self._tiles = log.prover()._tiles
        self.damage = damage

    def tile(self, level: int, n: int, width: int) -> bytes:
        raw = bytearray(self._tiles.tile(level, n, width))
        if self.damage == "a row cut short":
            del raw[-1:]
        elif self.damage == "a flipped bit":
            raw[5 * 32] ^= 1
        return bytes(raw)


class MemoryStore:
    """Keeps what the board keeps."""

    def __init__(self) -> None:
        self.heads: dict[str, StoredHead] = {}
        self.evidence: dict[bytes, bytes] = {}

    def save_head(self, head: StoredHead) -> None:
        self.heads[head.origin] = head

    def save_evidence(self, _origin: str, digest: bytes, content: bytes) -> None:
        self.evidence[digest] = content


def board_over(
    tiles: TileReader,
    store: MemoryStore,
    stored: Iterable[StoredHead] = (),
    evidence: Iterable[bytes] = (),
    *,
    registry: SmallRegistry | None = None,
    clock: Callable[[], float] = lambda: 100.0,
) -> HeadBoard:
    """Make a board whose copy of ORIGIN has these tiles."""
    trusted = cast("Registry", registry or SmallRegistry())
    copies = Copies(lambda _: tiles)
    return HeadBoard(OWN, lambda: trusted, copies, store, clock, stored, evidence)
