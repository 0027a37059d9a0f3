"""One round of taking newer trust files from one peer, by python-tuf's rules.

    round = TrustRound(state, now)
    while wanted := round.wanted():
        round.feed(peer.file(*wanted))      # None: the peer does not hold it
    store(round.accepted)

- Files are wanted in the order root (+1 each, until the peer has no more) → timestamp → snapshot →
  targets → registry; what is held already is not asked for again.
- What TUF's rules refuse ends the round and raises; what was accepted before that stays accepted.
- What has expired ends the round without a word: `state.stale(now)` says so, and the peer may know
  no better. An expired timestamp or snapshot is kept nevertheless, against rollbacks.
- A timestamp or snapshot more than 1,000 versions ahead is accepted and gives an alarm.
- One that would expire over a day later than any that is made now is refused: whoever made it has a
  wrong clock, and nobody would renew again until it expires.
- Beyond TUF: the registry never goes back in version, has one content a version, and deletes
  nothing (`check_succession`), so that keys of targets that were lost cannot undo it either.
- All files of one round come from one peer: two members may renew at the same time, and their
  snapshots of one version then differ.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tuf.api.exceptions import (
    EqualVersionNumberError,
    ExpiredMetadataError,
    RepositoryError,
)

# The rule set without I/O, as python-tuf's own updater uses it; the public updater fetches over
# HTTP and reads the clock. The version is pinned, and the attack tables of our tests guard updates.
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from federation.trust.ceremony import ONLINE_VALIDITY_S
from federation.trust.registry_rules import check_succession
from federation.trust.tuf_file import (
    REGISTRY,
    REGISTRY_TARGET,
    ROOT,
    SIZE_BYTES_MAX,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    TrustFile,
    read_metadata,
    trust_refused,
)
from federation.trust.tuf_state import TrustState, read_root, registry_of

if TYPE_CHECKING:
    from tuf.api.metadata import Signed, Targets

    from federation.trust.registry import Registry

ROOTS_A_ROUND_MAX: Final = 1_024
FAST_FORWARD_VERSIONS: Final = 1_000
CLOCK_AHEAD_S_MAX: Final = 86_400.0
"""How much later than one that is made now an online file may expire."""


@dataclass(frozen=True, slots=True)
class FastForward:
    """An alarm: an online key drove a version up. It is cured by a root without that key."""

    role: str
    from_version: int
    to_version: int


class TrustRound:
    """The state machine of one round. `accepted` and `alarms` grow as files are fed."""

    def __init__(self, state: TrustState, now: float) -> None:
        """Start from the state, which the round changes; `now` is the Unix time it judges by."""
        self._state = state
        self._now = now
        self._trusted = TrustedMetadataSet(
            state.roots[state.root.version][1].content, EnvelopeType.METADATA
        )
        self._trusted.reference_time = datetime.fromtimestamp(now, UTC)
        self._roots_left = ROOTS_A_ROUND_MAX
        self._fresh_targets: bytes | None = None
        self._wanted: tuple[str, int] | None = (ROOT, state.root.version + 1)
        self.accepted: list[TrustFile] = []
        self.alarms: list[FastForward] = []

    def wanted(self) -> tuple[str, int] | None:
        """Return role and version of the file to ask for next (0: the newest), or None: done."""
        return self._wanted

    def feed(self, content: bytes | None) -> None:
        """Take in the file that is wanted; None says that the peer does not hold it.

        Refuses (TRUST_FILE_REFUSED) what breaks a rule; the round is over then.
        """
        if self._wanted is None:
            raise RuntimeError("no file is wanted")
        (role, _), self._wanted = self._wanted, None
        try:
            if content is not None:
                self._take[role](self, content)
            elif role == ROOT:
                self._want_timestamp()
        except ExpiredMetadataError:
            return
        except RepositoryError as error:
            raise trust_refused(role, str(error) or type(error).__name__) from error

    def _take_root(self, content: bytes) -> None:
        read_root(content)
        root = self._trusted.update_root(content)
        self.accepted.append(self._state.accept_root(root, content))
        self._roots_left -= 1
        if self._roots_left:
            self._wanted = (ROOT, root.version + 1)
        else:
            self._want_timestamp()

    def _want_timestamp(self) -> None:
        held = self._state.content(TIMESTAMP)
        if held is not None:
            with suppress(RepositoryError):  # expired: it still guards against a rollback
                self._trusted.update_timestamp(held)
        self._wanted = (TIMESTAMP, 0)

    def _take_timestamp(self, content: bytes) -> None:
        self._check_not_ahead(TIMESTAMP, content)
        try:
            self._trusted.update_timestamp(content)
        except EqualVersionNumberError:
            pass  # ours stays
        except ExpiredMetadataError:
            self._keep_expired(TIMESTAMP, content)
            raise
        else:
            self._keep(self._trusted.timestamp, content)
        self._want_snapshot()

    def _want_snapshot(self) -> None:
        meta = self._trusted.timestamp.snapshot_meta
        self._wanted = (SNAPSHOT, meta.version)
        held = self._state.content(SNAPSHOT)
        if held is None:
            return
        try:
            self._trusted.update_snapshot(held, trusted=True)
            meta.verify_length_and_hashes(held)  # another member's renewal may bear this version
        except ExpiredMetadataError:
            self._end_if_newest(meta.version)
        except RepositoryError:
            return
        else:
            self._want_targets()

    def _end_if_newest(self, version: int) -> None:
        """End the round where the timestamp or the newest snapshot there is has expired."""
        if SNAPSHOT not in self._trusted or self._trusted.snapshot.version == version:
            self._wanted = None

    def _take_snapshot(self, content: bytes) -> None:
        self._check_not_ahead(SNAPSHOT, content)
        try:
            self._trusted.update_snapshot(content)
        except ExpiredMetadataError:
            self._keep_expired(SNAPSHOT, content)
            raise
        self._keep(self._trusted.snapshot, content)
        self._want_targets()

    def _want_targets(self) -> None:
        meta = self._trusted.snapshot.meta["targets.json"]
        self._wanted = (TARGETS, meta.version)
        held = self._state.content(TARGETS)
        if held is not None:
            try:
                self._take_targets(held)
            except ExpiredMetadataError:
                self._wanted = None
            except RepositoryError:
                return  # not what the snapshot names, or not of the new root's keys

    def _take_targets(self, content: bytes) -> None:
        read_metadata(TARGETS, content)
        targets = self._trusted.update_targets(content)
        in_force = self._registry_in_force()
        if in_force is not None and targets.version < in_force.version:
            raise trust_refused(TARGETS, f"the registry in force is version {in_force.version}")
        info = targets.targets.get(REGISTRY_TARGET)
        if info is None or info.length > SIZE_BYTES_MAX[REGISTRY]:
            raise trust_refused(TARGETS, f"names no {REGISTRY_TARGET} or one that is too large")
        self._fresh_targets = content
        held = self._state.file(REGISTRY, targets.version)
        if held is not None:
            self._take_registry(held)
        else:
            self._wanted = (REGISTRY, targets.version)

    def _take_registry(self, content: bytes) -> None:
        targets: Targets = self._trusted.targets
        registry = registry_of(targets, content)
        in_force = self._registry_in_force()
        self._wanted = None
        if in_force is None or in_force.version < registry.version:
            if in_force is not None:
                check_succession(in_force, registry)
            self.accepted.append(self._state.accept_registry(registry, content))
        if self._fresh_targets is not None and self._fresh_targets != self._state.content(TARGETS):
            self._keep(targets, self._fresh_targets)

    def _check_not_ahead(self, role: str, content: bytes) -> None:
        expires = read_metadata(role, content).signed.expires.timestamp()
        if expires > self._now + ONLINE_VALIDITY_S + CLOCK_AHEAD_S_MAX:
            raise trust_refused(role, "expires later than any file that is made now")

    def _registry_in_force(self) -> Registry | None:
        return self._state.registry if self._state.has_registry else None

    def _keep_expired(self, role: str, content: bytes) -> None:
        """Keep what python-tuf has loaded though it has expired; an expired root loads nothing."""
        signed = self._trusted.get(role)
        if signed is not None and signed == read_metadata(role, content).signed:
            self._keep(signed, content)

    def _keep(self, signed: Signed, content: bytes) -> None:
        role = signed.type
        held = self._state.versions().get(role)
        if role != TARGETS and held and signed.version > held + FAST_FORWARD_VERSIONS:
            self.alarms.append(FastForward(role, held, signed.version))
        self.accepted.append(self._state.accept(role, signed, content))

    _take: Final = {
        ROOT: _take_root,
        TIMESTAMP: _take_timestamp,
        SNAPSHOT: _take_snapshot,
        TARGETS: _take_targets,
        REGISTRY: _take_registry,
    }
