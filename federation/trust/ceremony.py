"""Makes the trust files: the founding of a federation, and the renewal by running members. Pure.

- Root and targets: m-of-n offline keys, valid for two years; snapshot and timestamp: any one of the
  members' online trust keys, valid for seven days. The offline keys may sign these two as well, so
  that the founder needs no member's secret.
- A renewal makes snapshot and timestamp together, each with the highest version seen + 1.
- Whose turn a renewal is rotates by version over the members that hold an online key, ascending by
  name: the first renews when half of the seven days is over, each next one six hours later, if it
  has not happened yet. So nobody is waited for, and not all act at once.
- The version of a targets file is that of the registry it names.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.metadata import Role as TufRole

from federation.log.errors import YdxError
from federation.trust.quorum import quorum_size
from federation.trust.registry import (
    CENTER,
    Certificate,
    Log,
    LogKey,
    Member,
    QuorumPeriod,
    Registry,
    Role,
    WitnessKey,
)
from federation.trust.registry_file import encode_registry
from federation.trust.tuf_file import (
    REGISTRY,
    REGISTRY_TARGET,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    TrustFile,
    trust_refused,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from securesystemslib.signer import Key, Signer
    from tuf.api.metadata import T

    from federation.log.keys import VerifierKey
    from federation.trust.public_line import PublicLine
    from federation.trust.tuf_state import TrustState

OFFLINE_VALIDITY_S: Final = 2 * 365 * 86_400
ONLINE_VALIDITY_S: Final = 7 * 86_400
RENEWAL_STEP_S: Final = 6 * 3_600


def found(
    lines: Sequence[PublicLine],
    offline: Sequence[Signer],
    threshold: int,
    now: float,
    center: str | None = None,
) -> tuple[TrustFile, ...]:
    """Return the five files of a new federation, all of version 1.

    Refuses (TRUST_FILE_REFUSED) lines that do not make a registry, and a threshold that is none.
    """
    registry = founding_registry(lines, center)
    root = new_root(1, [one.public_key for one in offline], threshold, registry, now)
    targets, registry_file = sign_targets(registry, offline, now)
    snapshot = _snapshot(1, _meta_of(targets), offline[0], now)
    return (
        sign_root(root, offline),
        _timestamp(1, snapshot, offline[0], now),
        snapshot,
        targets,
        registry_file,
    )


def founding_registry(lines: Sequence[PublicLine], center: str | None = None) -> Registry:
    """Return version 1 of the registry: each member with one log, all of them witnesses."""
    if not lines or len({line.federation for line in lines}) != 1:
        cure = (
            "各公开行的 federation= 须相同；请不同的成员重新生成",
            "federation= has to be the same in all lines; have the one that differs made anew",
        )
        raise trust_refused(REGISTRY, "the lines are not of one federation", cure)
    members = tuple(sorted((_member(line, center) for line in lines), key=lambda one: one.name))
    witnesses = tuple(member.name for member in members)
    if center is not None and center not in witnesses:
        named = ", ".join(witnesses)
        cure = (
            f"请更正 --center：须为成员之一（{named}）",
            f"Correct --center: it has to be one of the members ({named})",
        )
        raise trust_refused(REGISTRY, f"{center} is no member and cannot be the center", cure)
    period = QuorumPeriod(
        1, witnesses, quorum_size(len(witnesses) - 1), quorum_size(len(witnesses))
    )
    registry = Registry(lines[0].federation, 1, members, (period,))
    encode_registry(registry)  # refuses what breaks a rule
    return registry


def new_root(
    version: int, offline: Iterable[Key], threshold: int, registry: Registry, now: float
) -> Root:
    """Return an unsigned root: offline keys for root and targets, members' trust keys online."""
    offline_keys = {key.keyid: key for key in offline}
    if not 1 <= threshold <= len(offline_keys):
        cure = (
            "请更正 --threshold 或 --keys：门限至少为 1，至多为离线密钥数",
            (
                "Correct --threshold or --keys: a change needs one signature at least, and no more "
                "than there are offline keys"
            ),
        )
        what = f"{threshold} of {len(offline_keys)} keys is no threshold"
        raise trust_refused(ROOT, what, cure)
    online_keys = {
        key.keyid: key
        for key in (tuf_key(m.trust_key) for m in registry.members if m.left_version is None)
    }
    keys = {**offline_keys, **online_keys}
    offline_role = TufRole(sorted(offline_keys), threshold)
    online_role = TufRole(sorted(keys), 1)
    return Root(
        version=version,
        expires=_after(now, OFFLINE_VALIDITY_S),
        keys=keys,
        roles={
            ROOT: offline_role,
            TARGETS: offline_role,
            SNAPSHOT: online_role,
            TIMESTAMP: online_role,
        },
    )


def sign_root(root: Root, signers: Sequence[Signer]) -> TrustFile:
    """Return the root signed by all signers: of the version before and of its own."""
    return _signed(root, signers)


def sign_targets(
    registry: Registry, signers: Sequence[Signer], now: float
) -> tuple[TrustFile, TrustFile]:
    """Return the targets file that names the registry, signed by all signers, and the registry."""
    content = encode_registry(registry)
    target = TargetFile.from_data(REGISTRY_TARGET, content, ["sha256"])
    targets = Targets(
        version=registry.version,
        expires=_after(now, OFFLINE_VALIDITY_S),
        targets={REGISTRY_TARGET: target},
    )
    return _signed(targets, signers), TrustFile(REGISTRY, registry.version, content)


def renew(
    state: TrustState, signer: Signer, now: float, targets: TrustFile | None = None
) -> tuple[TrustFile, TrustFile]:
    """Return the next snapshot and timestamp, signed by one online key.

    With `targets` they publish that file, whose threshold of signatures was reached. Where a new
    root made the state forget both, they start again from version 1 and the targets in force.
    Raises TRUST_STALE where there are no targets to name.
    """
    snapshot, timestamp = state.snapshot, state.timestamp
    seen = max(
        snapshot.version if snapshot else 0, timestamp.snapshot_meta.version if timestamp else 0
    )
    if targets is not None:
        targets_meta = _meta_of(targets)
    elif snapshot is not None:
        targets_meta = snapshot.meta["targets.json"]
    else:
        targets_meta = _meta_of(_targets_in_force(state))
    renewed = _snapshot(seen + 1, targets_meta, signer, now)
    return renewed, _timestamp(timestamp.version + 1 if timestamp else 1, renewed, signer, now)


def _targets_in_force(state: TrustState) -> TrustFile:
    for file in state.files():
        if file.role == TARGETS:
            return file
    raise YdxError("TRUST_STALE", "no registry has been accepted yet")


def renewal_due(state: TrustState, member: str) -> float | None:
    """Return the Unix time at which it is the member's turn to renew; None if it holds no key.

    0, that is at once, where a new root made the state forget what there was to renew.
    """
    timestamp, snapshot = state.timestamp, state.snapshot
    online = set(state.root.roles[TIMESTAMP].keyids) & set(state.root.roles[SNAPSHOT].keyids)
    order = [
        one.name
        for one in state.registry.members
        if one.left_version is None and tuf_key(one.trust_key).keyid in online
    ]
    if member not in order:
        return None
    if timestamp is None or snapshot is None:
        return 0.0
    place = (order.index(member) - timestamp.version) % len(order)
    expires = min(timestamp.expires, snapshot.expires).timestamp()
    return expires - ONLINE_VALIDITY_S / 2 + place * RENEWAL_STEP_S


def tuf_key(key: VerifierKey) -> SSlibKey:
    """Return a verifier key as TUF writes it; the key id is TUF's own."""
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(key.public))


def _member(line: PublicLine, center: str | None) -> Member:
    origin = line.log_key.name
    return Member(
        name=line.member,
        region=line.region,
        endpoint=line.endpoint,
        logs=(Log(origin, (LogKey(line.log_key),)),),
        witness_keys=(WitnessKey(line.witness_key, from_version=1),),
        trust_key=line.trust_key,
        certificates=(Certificate(line.certificate),),
        roles=(Role(CENTER, origin),) if line.member == center else (),
    )


def _snapshot(version: int, targets: MetaFile, signer: Signer, now: float) -> TrustFile:
    expires = _after(now, ONLINE_VALIDITY_S)
    meta = {"targets.json": targets}
    return _signed(Snapshot(version=version, expires=expires, meta=meta), [signer])


def _timestamp(version: int, snapshot: TrustFile, signer: Signer, now: float) -> TrustFile:
    expires = _after(now, ONLINE_VALIDITY_S)
    meta = _meta_of(snapshot)
    return _signed(Timestamp(version=version, expires=expires, snapshot_meta=meta), [signer])


def _meta_of(file: TrustFile) -> MetaFile:
    return MetaFile.from_data(file.version, file.content, ["sha256"])


def _signed(signed: T, signers: Sequence[Signer]) -> TrustFile:
    metadata = Metadata(signed)
    for signer in signers:
        metadata.sign(signer, append=True)
    return TrustFile(signed.type, signed.version, metadata.to_bytes())


def _after(now: float, validity_s: float) -> datetime:
    return datetime.fromtimestamp(now, UTC) + timedelta(seconds=validity_s)
