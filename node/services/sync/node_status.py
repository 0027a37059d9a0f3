"""What a node says about itself: plain values, and the port that gives them.

Enum values are the names of `ydx.exchange.v1` without their prefix. Times are Unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Completeness: TypeAlias = Literal["COMPLETE", "STALE", "PARTIAL"]
WriteState: TypeAlias = Literal[
    "OPEN", "STARTING", "RESTORED_BEHIND", "STOPPED", "DISK_FULL", "DATABASE_ERROR"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFacts:
    """Who runs the node, and whether it takes writes. `vkey` is in C2SP form."""

    member: str
    origin: str
    vkey: str
    version: str
    formats: tuple[int, ...]
    write_state: WriteState
    write_state_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginFacts:
    """One origin's log as this node holds it; `lag_s` since its copy was last proven current.

    `stored_size` counts entries of the own log too that no checkpoint covers yet.
    """

    member: str
    origin: str
    stored_size: int
    tree_size: int
    verified_size: int
    confirmed_size: int
    lag_s: float
    state: Completeness
    why: str = ""
    last_error: str = ""
    wanted_parts: int = 0
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RestFacts:
    """Until when, and why, a peer is not asked for an origin; `refusals` led to it."""

    origin: str
    until_s: float
    refusals: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFacts:
    """One peer as this node sees it; `next_try_s` 0 means that no try is planned."""

    member: str
    up: bool
    consecutive_failures: int = 0
    last_error: str = ""
    next_try_s: float = 0.0
    clock_skew_s: float = 0.0
    software_version: str = ""
    rests: Sequence[RestFacts] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFacts:
    """Trust in the registry; `expires_s` is when the first file expires."""

    registry_version: int
    stale: bool
    expires_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncFacts:
    """How far every log is copied, proven and confirmed here, and through whom."""

    origins: Sequence[OriginFacts]
    peers: Sequence[PeerFacts]
    trust: TrustFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """How the search index does; `restarts` of the process that keeps it are by cause."""

    running: bool
    restarts: Mapping[str, int] = field(default_factory=dict)
    behind_entries: int = 0
    behind_s: float = 0.0
    """How long it has lacked what was stored by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDigests:
    """Hex digests of the state at `sizes` by origin; empty while one of their parts is wanted."""

    public_digest: str
    members_digest: str
    sizes: Mapping[str, int]
    why: str = ""


class NodeStatus(Protocol):
    """Where the node's facts come from."""

    def node(self) -> NodeFacts:
        """Return who runs the node."""

    def sync(self) -> SyncFacts:
        """Return the state of all logs."""

    def index(self) -> IndexFacts:
        """Return how the search index does."""

    def digests(self, sizes: Mapping[str, int] | None) -> StateDigests:
        """Fold to `sizes` by origin, or to the confirmed sizes of now, and return the digests.

        Raises UNKNOWN_ORIGIN, and INVALID_FIELD for a size that is not confirmed here.
        """
