"""What this node trusts: a pinned root, and the registry that TUF's rules lead to from it.

The state holds files that were accepted; `TrustRound` (module `tuf_round`) takes newer ones in.
- Nothing is trusted but the pinned root file. Each next root is signed by a threshold of the one
  before and of its own keys, and its version is one more. An expired root still leads to the next.
- Timestamp and snapshot are those of the highest version seen that the newest root's keys signed,
  even when expired: they guard against a rollback. When a new root drops the key that signed them
  they are forgotten, which is how a federation recovers from a version that was driven up.
- The registry in force is the last one accepted, with its targets file. It stays in force whatever
  expires or whichever keys are replaced later; until `stale` is false again trust changes and
  booking are refused, while publishing and mirroring go on.
- Time is an argument. Loading stored files judges no expiry; `stale` does.
- One round at a time; any thread may read.
"""

from __future__ import annotations

from copy import copy
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Root, Signed, Snapshot, Targets, Timestamp

from federation.log.errors import Refused, YdxError
from federation.trust.registry_file import parse_registry
from federation.trust.tuf_file import (
    REGISTRY,
    REGISTRY_TARGET,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    TrustFile,
    check_size,
    read_metadata,
    trust_refused,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.trust.registry import Registry


class TrustState:
    """The accepted trust files and the registry in force."""

    def __init__(
        self, pinned_root: bytes, stored: Iterable[TrustFile] = (), *, accepted: bool = True
    ) -> None:
        """Load the pinned root, then whatever of the stored files still proves itself.

        Refuses (TRUST_FILE_REFUSED) a pinned root that its own keys did not sign. Stored files that
        prove nothing (torn, of dropped keys) are left out: a round fetches them anew. Files that no
        round ever `accepted` are worth nothing once the keys that signed them are replaced: whoever
        stole these could have made them since.
        """
        root = read_root(pinned_root)
        verify_signed_by(root, ROOT, pinned_root)
        self.roots: dict[int, tuple[Root, TrustFile]] = {
            root.version: (root, TrustFile(ROOT, root.version, pinned_root))
        }
        self._held: dict[str, tuple[Signed, TrustFile]] = {}
        self._registry: Registry | None = None
        self._registry_file: tuple[TrustFile, ...] = ()
        self._endorsed = False
        self._accepted = accepted
        newest_first = sorted(stored, key=lambda file: -file.version)
        self._load_roots(newest_first)
        self._load_newest(TIMESTAMP, newest_first)
        self._load_newest(SNAPSHOT, newest_first)
        self._load_registry(newest_first)

    def copy(self) -> TrustState:
        """Return a state that takes files in by itself; this one does not change with it."""
        new = copy(self)
        new.roots, new._held = dict(self.roots), dict(self._held)  # noqa: SLF001 - its own
        return new

    # What the node reads.

    @property
    def registry(self) -> Registry:
        """Return the registry in force; TRUST_STALE where none was ever accepted."""
        if self._registry is None:
            raise YdxError("TRUST_STALE", "no registry has been accepted yet")
        return self._registry

    @property
    def has_registry(self) -> bool:
        """Tell whether a registry is in force."""
        return self._registry is not None

    @property
    def expires(self) -> float:
        """Return the Unix time at which the first of the accepted files expires."""
        held = [self.root, *(signed for signed, _ in self._held.values())]
        return min(signed.expires.timestamp() for signed in held)

    def stale(self, now: float) -> bool:
        """Tell whether what is in force may be out of date.

        An accepted file has expired, or is known not to be the newest, or the newest root's keys
        did not sign the registry.
        """
        if self._registry is None or now >= self.expires:
            return True
        timestamp, snapshot, targets = self.timestamp, self.snapshot, self.targets
        if timestamp is None or snapshot is None or targets is None:
            return True
        return (
            timestamp.snapshot_meta.version != snapshot.version
            or snapshot.meta["targets.json"].version != targets.version
            or not self._endorsed
        )

    def versions(self) -> dict[str, int]:
        """Return the version of each role held: root, timestamp, snapshot, targets, registry."""
        return {file.role: file.version for file in self.files()}

    def files(self) -> tuple[TrustFile, ...]:
        """Return all files held: the chain of roots ascending, then one a role. Store them all."""
        chain = [self.roots[version][1] for version in sorted(self.roots)]
        return (*chain, *(file for _, file in dict(self._held).values()), *self._registry_file)

    def file(self, role: str, version: int) -> bytes | None:
        """Return a file for a peer; version 0 asks for the newest. None: not held here."""
        if role == ROOT and version in self.roots:
            return self.roots[version][1].content
        newest = {file.role: file for file in self.files()}.get(role)
        if newest is None or version not in {0, newest.version}:
            return None
        return newest.content

    # What a round and the renewal read and write.

    @property
    def root(self) -> Root:
        """Return the newest root."""
        return self.roots[max(self.roots)][0]

    @property
    def timestamp(self) -> Timestamp | None:
        """Return the newest timestamp, expired or not."""
        return cast("Timestamp | None", self._signed(TIMESTAMP))

    @property
    def snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, expired or not."""
        return cast("Snapshot | None", self._signed(SNAPSHOT))

    @property
    def targets(self) -> Targets | None:
        """Return the targets file that names the registry in force."""
        return cast("Targets | None", self._signed(TARGETS))

    def content(self, role: str) -> bytes | None:
        """Return the newest file of a role other than root."""
        held = self._held.get(role)
        return held[1].content if held else None

    def accept_root(self, root: Root, content: bytes) -> TrustFile:
        """Take in a root that a round has verified; forget what its keys did not sign."""
        file = TrustFile(ROOT, root.version, content)
        self.roots = {**self.roots, root.version: (root, file)}
        if TARGETS in self._held:
            self._endorsed = _is_signed_by(root, TARGETS, self._held[TARGETS][1].content)
        for role in (TIMESTAMP, SNAPSHOT):
            held = self._held.get(role)
            if held and not _is_signed_by(root, role, held[1].content):
                del self._held[role]
        return file

    def accept(self, role: str, signed: Signed, content: bytes) -> TrustFile:
        """Take in a timestamp, snapshot or targets file that a round has verified."""
        file = TrustFile(role, signed.version, content)
        self._held[role] = signed, file
        if role == TARGETS:
            self._endorsed = _is_signed_by(self.root, TARGETS, content)
        return file

    def accept_registry(self, registry: Registry, content: bytes) -> TrustFile:
        """Put a registry in force that a round has verified."""
        file = TrustFile(REGISTRY, registry.version, content)
        self._registry_file, self._registry = (file,), registry
        return file

    # Loading.

    def _signed(self, role: str) -> Signed | None:
        held = self._held.get(role)
        return held[0] if held else None

    def _load_roots(self, newest_first: list[TrustFile]) -> None:
        for file in reversed(newest_first):
            if file.role == ROOT and file.version == self.root.version + 1:
                try:
                    root = read_root(file.content)
                    verify_next_root(self.root, root, file.content)
                except Refused:
                    return
                self.accept_root(root, file.content)

    def _load_newest(self, role: str, newest_first: list[TrustFile]) -> None:
        for file in newest_first:
            if file.role == role and _is_signed_by(self.root, role, file.content):
                self.accept(role, read_metadata(role, file.content).signed, file.content)
                return

    def _load_registry(self, newest_first: list[TrustFile]) -> None:
        registries = {
            sha256(file.content).hexdigest(): file.content
            for file in newest_first
            if file.role == REGISTRY
        }
        for file in newest_first:
            if file.role != TARGETS or not self._was_signed(file):
                continue
            targets = cast("Targets", read_metadata(TARGETS, file.content).signed)
            info = targets.targets.get(REGISTRY_TARGET)
            content = registries.get(info.hashes.get("sha256", "")) if info else None
            if content is None:
                continue
            try:
                registry = registry_of(targets, content)
            except Refused:
                continue
            self.accept(TARGETS, targets, file.content)
            self.accept_registry(registry, content)
            return

    def _was_signed(self, file: TrustFile) -> bool:
        """Tell whether a root accepts the file: of one accepted once, any of the chain."""
        roots = [root for root, _ in self.roots.values()] if self._accepted else [self.root]
        return any(_is_signed_by(root, file.role, file.content) for root in roots)


def read_root(content: bytes) -> Root:
    """Return a parsed root, or refuse it. No signature is verified."""
    return cast("Root", read_metadata(ROOT, content).signed)


def verify_signed_by(root: Root, role: str, content: bytes) -> None:
    """Refuse (TRUST_FILE_REFUSED) a file that a threshold of the root's keys did not sign."""
    metadata = read_metadata(role, content)
    try:
        root.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except RepositoryError as error:
        raise trust_refused(role, str(error)) from error


def verify_next_root(old: Root, new: Root, content: bytes) -> None:
    """Refuse a root that is not one version on, or not signed by both thresholds."""
    if new.version != old.version + 1:
        raise trust_refused(ROOT, f"version {new.version} does not follow {old.version}")
    verify_signed_by(old, ROOT, content)
    verify_signed_by(new, ROOT, content)


def _is_signed_by(root: Root, role: str, content: bytes) -> bool:
    try:
        verify_signed_by(root, role, content)
    except Refused:
        return False
    return True


def trust_file(role: str, content: bytes) -> TrustFile:
    """Return a file with the version that it states, or refuse what is malformed."""
    if role == REGISTRY:
        return TrustFile(role, parse_registry(content).version, content)
    return TrustFile(role, read_metadata(role, content).signed.version, content)


def registry_of(targets: Targets, content: bytes) -> Registry:
    """Return the registry that a targets file names, or refuse the bytes."""
    check_size(REGISTRY, content)
    info = targets.targets.get(REGISTRY_TARGET)
    if info is None:
        raise trust_refused(TARGETS, f"does not name {REGISTRY_TARGET}")
    try:
        info.verify_length_and_hashes(content)
    except RepositoryError as error:
        raise trust_refused(REGISTRY, str(error)) from error
    registry = parse_registry(content)
    if registry.version != targets.version:
        raise trust_refused(REGISTRY, f"version {registry.version} is not that of the targets file")
    return registry
