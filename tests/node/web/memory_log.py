"""A published log in memory, behind the port that the web listener reads through."""

from __future__ import annotations

from dataclasses import dataclass, field

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.hashing import hash_pairs, leaf_hashes
from federation.log.keys import ED25519, Signer, VerifierKey
from federation.log.merkle import CompactRange
from federation.log.tiles import TilePath, encode_bundle, tile_width


@dataclass
class MemoryLogs:
    """The logs of a few members; `published` of each member's entries are under a checkpoint."""

    own_member: str
    entries: dict[str, list[bytes]]
    published: dict[str, int]
    signers: dict[str, Signer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for member in self.entries:
            self.signers[member] = Signer(f"ydx.example/{member}", member.encode().ljust(32))

    def key(self, member: str) -> VerifierKey:
        return self.signers[member].verifier(ED25519)

    def checkpoint(self, member: str) -> bytes | None:
        if not self.published.get(member):
            return None
        size = self.published[member]
        tree = CompactRange()
        tree.extend(leaf_hashes(self.entries[member][:size]))
        head = Checkpoint(f"ydx.example/{member}", size, tree.root())
        return sign_checkpoint(head, [self.signers[member]])

    def tile(self, member: str, path: TilePath) -> bytes | None:
        size = self.published.get(member, 0)
        if path.width > tile_width(path.level or 0, path.n, size):
            return None
        start = 256 * path.n
        if path.level is None:
            return encode_bundle(self.entries[member][start : start + path.width])
        hashes = leaf_hashes(self.entries[member][:size])
        for _ in range(8 * path.level):
            hashes = hash_pairs(hashes[: len(hashes) // 2 * 2])
        return b"".join(hashes[start : start + path.width])
