"""The registry: members, keys, roles, quotas and formats; the root of all trust (DESIGN section 8).

- A `Registry` that was parsed or checked keeps the rules of `registry_rules`; nothing is verified
  here any more.
- Nothing is ever deleted: what ends carries where it ended. Keys and logs end at a checkpoint size,
  members and certificates at a registry version.
- Keys and logs carry the versions that brought and ended them too: so a late registry tells what an
  earlier version said, and whoever judges by that version finds the same (`log_keys_in`).
- A cosignature counts for its member, not for its key. A checkpoint is judged by the quorum of any
  registry version, so each registry carries the witnesses and k of all versions before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from federation.log.errors import Refused
from federation.log.keys import VerifierKey
from federation.trust.certificate import pin_of

DEFAULT_QUOTA_ENTRIES: Final = 5_000_000
DEFAULT_QUOTA_SIZE_BYTES: Final = 20 * 2**30
CENTER: Final = "center"
"""Role of the member whose log orders the ledger."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A tree size and the 32-byte root there."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of a log and the checkpoint sizes that it may sign: first_size up to its end."""

    key: VerifierKey
    first_size: int = 0
    end: TreeHead | None = None
    from_version: int = 1
    ended_version: int | None = None

    def is_valid_at(self, tree_size: int) -> bool:
        """Tell whether a checkpoint of this size may be signed with the key."""
        return self.first_size <= tree_size and (self.end is None or tree_size <= self.end.size)

    def was_valid_at(self, tree_size: int, version: int) -> bool:
        """Tell the same as of a registry version up to the present one."""
        if self.from_version > version or tree_size < self.first_size:
            return False
        not_ended_yet = self.ended_version is not None and self.ended_version > version
        return not_ended_yet or self.is_valid_at(tree_size)


@dataclass(frozen=True, slots=True)
class Log:
    """One log of a member, its keys in the order of their sizes."""

    origin: str
    keys: tuple[LogKey, ...]
    closed: TreeHead | None = None
    predecessor: str | None = None
    closed_version: int | None = None

    @property
    def from_version(self) -> int:
        """Return the registry version that brought the log: that of its first key."""
        return self.keys[0].from_version


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A key that cosigns. Once ended, it counts per origin up to `ends`, and nowhere else."""

    key: VerifierKey
    from_version: int
    ended_version: int | None = None
    ends: dict[str, TreeHead] = field(default_factory=dict)

    def is_valid_at(self, origin: str, tree_size: int) -> bool:
        """Tell whether a cosignature of this size of that origin counts."""
        if self.ended_version is None:
            return True
        return origin in self.ends and tree_size <= self.ends[origin].size

    def was_valid_at(self, origin: str, tree_size: int, version: int) -> bool:
        """Tell the same as of a registry version up to the present one."""
        if self.from_version > version:
            return False
        not_ended_yet = self.ended_version is not None and self.ended_version > version
        return not_ended_yet or self.is_valid_at(origin, tree_size)


@dataclass(frozen=True, slots=True)
class Role:
    """What a member does beside being one, for a range of checkpoint sizes of one of its logs."""

    name: str
    origin: str
    first_size: int = 0
    last_size: int | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The DER of a member's TLS certificate; `pin` is its SHA-256."""

    der: bytes
    revoked_version: int | None = None

    @property
    def pin(self) -> bytes:
        """Return the 32-byte SHA-256 of the DER."""
        return pin_of(self.der)


@dataclass(frozen=True, slots=True)
class Quota:
    """How much one origin can make others store."""

    entries: int = DEFAULT_QUOTA_ENTRIES
    size_bytes: int = DEFAULT_QUOTA_SIZE_BYTES


@dataclass(frozen=True, slots=True)
class Member:
    """One organisation of the federation. Its last log is its open one, unless all are closed."""

    name: str
    region: str
    endpoint: str
    logs: tuple[Log, ...]
    witness_keys: tuple[WitnessKey, ...]
    trust_key: VerifierKey
    certificates: tuple[Certificate, ...]
    roles: tuple[Role, ...] = ()
    quota: Quota = Quota()
    joined_version: int = 1
    left_version: int | None = None

    @property
    def origin(self) -> str:
        """Return the origin of the member's newest log."""
        return self.logs[-1].origin

    @property
    def live_certificates(self) -> tuple[Certificate, ...]:
        """Return those that still open a connection."""
        if self.left_version is not None:
            return ()
        return tuple(one for one in self.certificates if one.revoked_version is None)

    def holds(self, role: str) -> bool:
        """Tell whether the member holds the role now."""
        return any(one.name == role and one.last_size is None for one in self.roles)


@dataclass(frozen=True, slots=True)
class QuorumPeriod:
    """Witnesses and quorum sizes from one registry version up to the next period's."""

    from_version: int
    witnesses: tuple[str, ...]
    k: int
    """Quorum for the log of a member that is itself a witness: it cannot witness itself."""
    k_joining: int
    """Quorum for the log of any other member."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who may witness one origin from one registry version on, and how many of them must."""

    from_version: int
    witness_keys: dict[str, tuple[VerifierKey, ...]]
    """Member → its keys."""
    required: int


@dataclass(frozen=True, slots=True)
class Thaw:
    """A settled fork: the origin goes on from this head (DESIGN section 6)."""

    version: int
    origin: str
    head: TreeHead


@dataclass(frozen=True)
class Registry:
    """One version of the registry. Members ascend by name; every lookup is a dictionary access."""

    federation: str
    version: int
    members: tuple[Member, ...]
    periods: tuple[QuorumPeriod, ...]
    formats: tuple[int, ...] = (1,)
    absent: tuple[str, ...] = ()
    thaws: tuple[Thaw, ...] = ()

    def member(self, name: str) -> Member:
        """Return the member of that name, or refuse it (UNKNOWN_MEMBER)."""
        found = self._by_name.get(name)
        if found is None:
            raise Refused("UNKNOWN_MEMBER", "the registry names no such member", member=name)
        return found

    def origins(self) -> tuple[str, ...]:
        """Return the origins of all logs, open and closed, ascending."""
        return self._origins

    def has_origin(self, origin: str) -> bool:
        """Tell whether the registry names the origin."""
        return origin in self._by_origin

    def log(self, origin: str) -> Log:
        """Return the log, or refuse the origin (UNKNOWN_ORIGIN)."""
        return self._of_origin(origin)[1]

    def member_of_origin(self, origin: str) -> Member:
        """Return whose log it is, or refuse the origin (UNKNOWN_ORIGIN)."""
        return self._of_origin(origin)[0]

    def member_of_pin(self, pin: bytes) -> Member | None:
        """Return whom a certificate's SHA-256 stands for now, or None."""
        return self._by_pin.get(pin)

    def pins(self) -> frozenset[bytes]:
        """Return the pins of all certificates that still open a connection."""
        return frozenset(self._by_pin)

    def log_keys(self, origin: str) -> tuple[VerifierKey, ...]:
        """Return every key that the log ever had, whatever size it is valid for."""
        return tuple(one.key for one in self.log(origin).keys)

    def log_keys_at(self, origin: str, tree_size: int) -> tuple[VerifierKey, ...]:
        """Return the keys that may sign a checkpoint of this size of the origin."""
        log = self.log(origin)
        if log.closed is not None and tree_size > log.closed.size:
            return ()
        return tuple(one.key for one in log.keys if one.is_valid_at(tree_size))

    def log_keys_in(self, version: int, origin: str, tree_size: int) -> tuple[VerifierKey, ...]:
        """Return the same as `log_keys_at` of an earlier version did, or of this one."""
        log = self.log(origin)
        was_closed = log.closed_version is not None and log.closed_version <= version
        if was_closed and log.closed is not None and tree_size > log.closed.size:
            return ()
        return tuple(one.key for one in log.keys if one.was_valid_at(tree_size, version))

    def witnesses(self, origin: str) -> dict[str, tuple[VerifierKey, ...]]:
        """Return the present witnesses of the origin: member → every key it ever cosigned with."""
        return self.quorums(origin)[-1].witness_keys

    def witness_keys_at(self, origin: str, member: str, tree_size: int) -> tuple[VerifierKey, ...]:
        """Return the member's keys whose cosignatures of this size of the origin count."""
        keys = self.member(member).witness_keys
        return tuple(one.key for one in keys if one.is_valid_at(origin, tree_size))

    def quorum(self, origin: str) -> int:
        """Return how many witnesses make a checkpoint of the origin final in this version."""
        return self.quorums(origin)[-1].required

    def quorums(self, origin: str) -> tuple[Quorum, ...]:
        """Return the quorums of the origin in all versions up to this one, the newest last."""
        return self._quorums[self.member_of_origin(origin).name]

    def _of_origin(self, origin: str) -> tuple[Member, Log]:
        found = self._by_origin.get(origin)
        if found is None:
            raise Refused("UNKNOWN_ORIGIN", "the registry names no such origin", origin=origin)
        return found

    @cached_property
    def _by_name(self) -> dict[str, Member]:
        return {member.name: member for member in self.members}

    @cached_property
    def _by_origin(self) -> dict[str, tuple[Member, Log]]:
        return {log.origin: (member, log) for member in self.members for log in member.logs}

    @cached_property
    def _origins(self) -> tuple[str, ...]:
        return tuple(sorted(self._by_origin))

    @cached_property
    def _by_pin(self) -> dict[bytes, Member]:
        return {one.pin: member for member in self.members for one in member.live_certificates}

    @cached_property
    def _quorums(self) -> dict[str, tuple[Quorum, ...]]:
        keys = {m.name: tuple(one.key for one in m.witness_keys) for m in self.members}
        return {
            member.name: tuple(_quorum_of(member.name, period, keys) for period in self.periods)
            for member in self.members
        }


def _quorum_of(
    member: str, period: QuorumPeriod, keys: dict[str, tuple[VerifierKey, ...]]
) -> Quorum:
    others = {name: keys[name] for name in period.witnesses if name != member}
    required = period.k if member in period.witnesses else period.k_joining
    return Quorum(period.from_version, others, required)
