"""A federation's trust files in memory, served as a peer serves them, or as a test bends them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile

from federation.log.keys import COSIGNATURE_V1, ED25519, VerifierKey
from federation.log.keys import Signer as LogSigner
from federation.trust import ceremony, names
from federation.trust.certificate import self_signed
from federation.trust.public_line import PublicLine
from federation.trust.tuf_file import ROOT, SNAPSHOT, TIMESTAMP, TrustFile
from federation.trust.tuf_round import TrustRound
from federation.trust.tuf_state import TrustState

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.trust.registry import Registry

NOW = 1_780_000_000.0
DAY_S = 86_400.0
FEDERATION = "delta.example"
MEMBERS = ("anhui", "center", "jiangsu", "shanghai", "zhejiang")


def signer(number: int) -> CryptoSigner:
    """Return the n-th of a fixed row of TUF keys."""
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(number.to_bytes(32)))


def key_of(name: str, key_type: int, salt: str = "") -> VerifierKey:
    """Return a fixed verifier key for a name."""
    return LogSigner(name, _seed(name + salt)).verifier(key_type)


def _seed(text: str) -> bytes:
    return sha256(text.encode()).digest()


@cache
def certificate_of(member: str, salt: str = "") -> bytes:
    """Return the DER of a fixed key's certificate."""
    scalar = int.from_bytes(_seed(member + salt)) >> 1
    return self_signed(member, ec.derive_private_key(scalar, ec.SECP256R1()))


def line_of(member: str) -> PublicLine:
    """Return a member's public line."""
    return PublicLine(
        federation=FEDERATION,
        member=member,
        region="310000",
        endpoint="node.example:7400",
        log_key=key_of(names.origin_of(FEDERATION, member), ED25519),
        witness_key=key_of(names.witness_key_name(FEDERATION, member), COSIGNATURE_V1),
        trust_key=key_of(names.trust_key_name(FEDERATION, member), ED25519),
        certificate=certificate_of(member),
    )


def online_signer(member: str) -> CryptoSigner:
    """Return a member's online trust key."""
    seed = _seed(names.trust_key_name(FEDERATION, member))
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed))


def version(registry: Registry, number: int) -> Registry:
    """Return the registry under another version."""
    return replace(registry, version=number)


class Repository:
    """What a peer holds. `files` may be bent by a test; `state` is what the honest peer trusts."""

    def __init__(self, members: tuple[str, ...] = MEMBERS, first_signer: int = 1) -> None:
        self.offline = [signer(n) for n in range(first_signer, first_signer + 5)]
        lines = [line_of(member) for member in members]
        center = "center" if "center" in members else None
        founded = ceremony.found(lines, self.offline, 3, NOW, center)
        self.pinned_root = founded[0].content
        self.state = TrustState(self.pinned_root, founded)
        self.files: dict[tuple[str, int], bytes] = {}
        self.asked: list[tuple[str, int]] = []
        self._put(founded)

    def _put(self, files: tuple[TrustFile, ...]) -> None:
        for file in files:
            self.files[file.role, file.version] = file.content
            if file.role != ROOT:
                self.files[file.role, 0] = file.content
        self.state = TrustState(self.pinned_root, [*self.state.files(), *files])

    def serve(self, role: str, version: int) -> bytes | None:
        self.asked.append((role, version))
        return self.files.get((role, version))

    def renew(self, now: float = NOW, by: str = "anhui") -> None:
        self._put(ceremony.renew(self.state, online_signer(by), now))

    def publish(self, registry: Registry, now: float = NOW, by: str = "anhui") -> None:
        targets, registry_file = ceremony.sign_targets(registry, self.offline[:3], now)
        renewed = ceremony.renew(self.state, online_signer(by), now, targets)
        self._put((targets, registry_file, *renewed))

    def next_root(self, now: float = NOW, **changes: Any) -> None:
        """Publish the next root, with new offline signers or registry where `changes` say so."""
        offline = changes.get("offline", self.offline)
        root = ceremony.new_root(
            self.state.root.version + 1,
            [one.public_key for one in offline],
            3,
            changes.get("registry", self.state.registry),
            now,
        )
        signers = {one.public_key.keyid: one for one in (*self.offline, *offline)}
        self._put((ceremony.sign_root(root, list(signers.values())),))
        self.offline = offline

    def bend(
        self,
        role: str,
        change: Callable[[Any], None],
        signers: list[CryptoSigner],
        version: int = 0,
    ) -> None:
        """Change the signed part of a file and sign it anew, as a dishonest key holder could."""
        metadata: Metadata[Any] = Metadata.from_bytes(self.files[role, version])
        change(metadata.signed)
        metadata.signatures.clear()
        for one in signers:
            metadata.sign(one, append=True)
        content = metadata.to_bytes()
        self.files[role, version] = self.files[role, metadata.signed.version] = content

    def point_to_snapshot(self, by: str = "anhui") -> None:
        """Have version 99 of the timestamp name the newest snapshot as it is."""
        snapshot = self.files[SNAPSHOT, 0]

        def point(timestamp: Any) -> None:
            number = Metadata.from_bytes(snapshot).signed.version
            timestamp.version = 99
            timestamp.snapshot_meta = MetaFile.from_data(number, snapshot, ["sha256"])

        self.bend(TIMESTAMP, point, [online_signer(by)])

    def pinned(self) -> TrustState:
        """Return a state that trusts the first root and holds nothing else."""
        return TrustState(self.pinned_root)

    def update(self, state: TrustState, now: float = NOW) -> TrustRound:
        """Run one round against this peer."""
        one = TrustRound(state, now)
        while wanted := one.wanted():
            one.feed(self.serve(*wanted))
        return one
