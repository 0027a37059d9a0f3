"""Trust in the registry: taken from any peer, proven by python-tuf's rules, renewed in turn.

- The pinned root file is all that is trusted to begin with. Files prove themselves, so whoever is
  met may serve them; one round takes all its files from one peer.
- What was accepted is stored before it is used, and stays in force when a file expires: trust is
  *stale* then, publishing and mirroring go on.
- Members that hold the online keys renew snapshot and timestamp in turn, before they expire.
- One round runs at a time, and nobody waits for it: a slow peer must not hold up the meetings with
  others, which offer their files again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

import structlog

from federation.log.errors import Refused
from federation.sync.frames import Peer
from federation.trust.ceremony import renew, renewal_due
from federation.trust.registry import Registry
from federation.trust.tuf_file import TrustFile
from federation.trust.tuf_round import TrustRound
from federation.trust.tuf_state import TrustState
from node.storage import trust_files
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder

_log = structlog.get_logger(__name__)
ROLES = ("root", "timestamp", "snapshot", "targets", "registry")


class TrustKeeper:
    """The trust files of this node. Safe for many threads."""

    def __init__(
        self,
        state: TrustState,
        database: Database,
        keys: KeyFolder,
        member: str,
        clock: Callable[[], float],
    ) -> None:
        self._state = state
        self._database = database
        self._keys = keys
        self._member = member
        self._clock = clock
        self._round = threading.Lock()
        self._listeners: list[Callable[[Registry], None]] = []

    def subscribe(self, listener: Callable[[Registry], None]) -> None:
        """Call `listener` with the registry when a newer one is in force."""
        self._listeners.append(listener)

    def registry(self) -> Registry:
        """Return the registry in force; TRUST_STALE where none was ever accepted."""
        return self._state.registry

    def is_stale(self) -> bool:
        """Tell whether a trust file has expired."""
        return self._state.stale(self._clock())

    def expires_s(self) -> float:
        """Return the Unix time at which the first file expires."""
        return self._state.expires

    def expiries(self) -> dict[str, float]:
        """Return the Unix time at which the file of each role of TUF expires."""
        held = {
            "root": self._state.root,
            "timestamp": self._state.timestamp,
            "snapshot": self._state.snapshot,
            "targets": self._state.targets,
        }
        return {
            role: signed.expires.timestamp() for role, signed in held.items() if signed is not None
        }

    def versions(self) -> tuple[tuple[str, int], ...]:
        """Return the versions held, as heads carry them."""
        return tuple(sorted(self._state.versions().items()))

    def file(self, role: str, version: int) -> bytes | None:
        """Return a file for a peer, 0 being the newest version; None: not held."""
        return self._state.file(role, version)

    def files(self) -> tuple[TrustFile, ...]:
        """Return all files in force: the chain of roots ascending, then one a role."""
        return self._state.files()

    def refresh(self, peer: Peer, offered: Mapping[str, int]) -> bool:
        """Take newer files from a peer whose versions are ahead; return whether any came.

        Does nothing while another round runs. Refuses (TRUST_FILE_REFUSED) what breaks a rule of
        TUF, and raises Unreachable.
        """
        held = self._state.versions()
        if all(offered.get(role, 0) <= held.get(role, 0) for role in ROLES):
            return False
        if not self._round.acquire(blocking=False):
            return False
        try:
            before = self._state.registry if self._state.has_registry else None
            state = self._state.copy()
            round_ = TrustRound(state, self._clock())
            try:
                while wanted := round_.wanted():
                    round_.feed(_ask(peer, *wanted))
            finally:
                self._keep(state, round_.accepted)
                for alarm in round_.alarms:
                    _log.error(
                        "trust version jumped",
                        role=alarm.role,
                        from_version=alarm.from_version,
                        to_version=alarm.to_version,
                    )
            registry = self._state.registry if self._state.has_registry else None
        finally:
            self._round.release()
        if registry is not None and (before is None or registry.version > before.version):
            for listener in self._listeners:
                listener(registry)
        return bool(round_.accepted)

    def renew_if_due(self) -> bool:
        """Renew snapshot and timestamp when it is this member's turn; return whether it was."""
        with self._round:
            due_s = renewal_due(self._state, self._member)
            if due_s is None or self._clock() < due_s:
                return False
            renewed = {
                file.role: file
                for file in renew(self._state, self._keys.trust_signer, self._clock())
            }
            state = self._state.copy()
            round_ = TrustRound(state, self._clock())
            while wanted := round_.wanted():
                file = renewed.get(wanted[0])
                round_.feed(file.content if file else state.file(*wanted))
            self._keep(state, round_.accepted)
        return True

    def _keep(self, state: TrustState, files: Iterable[TrustFile]) -> None:
        """Store what a round accepted, then have it in force."""
        kept = list(files)
        if kept:
            with self._database.write() as tx:
                for file in kept:
                    trust_files.add(tx, file.role, file.version, file.content)
        self._state = state


def stored_files(database: Database) -> list[TrustFile]:
    """Return the trust files that the database keeps."""
    with database.read() as tx:
        return [
            TrustFile(role, version, content)
            for role in ROLES
            for version, content in trust_files.every(tx, role)
        ]


def _ask(peer: Peer, role: str, version: int) -> bytes | None:
    try:
        return peer.get_trust_file(role, version)
    except Refused as refusal:
        if refusal.reason == "RECORD_NOT_FOUND":
            return None  # the peer does not hold it
        raise
