"""What the node says about itself, from what its parts know now (`NodeStatus`).

What an answer says about each origin (DESIGN section 7), partial being the worst:

- *partial*: never mirrored, frozen, paused over its quota, our copy damaged, or a PUBLIC or MEMBERS
  part wanted;
- *stale*: our copy ends below the largest proven head, or neither a witness nor the origin itself
  has said in the last 30 min that this is its newest;
- *complete* otherwise. The own log is complete by itself, unless it is frozen or damaged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from federation.log.entry import FORMAT
from federation.log.errors import YdxError
from federation.sync.start import Verdict
from node.services.sync.heads import HeadBoard
from node.services.sync.node_status import (
    Completeness,
    IndexFacts,
    NodeFacts,
    OriginFacts,
    PeerFacts,
    RestFacts,
    StateDigests,
    SyncFacts,
    TrustFacts,
    WriteState,
)
from node.services.sync.origin_heads import OriginHeads
from node.services.sync.peers import PeerBook, Rest
from node.services.sync.signing import CheckpointSigner
from node.services.sync.starting import StartGate
from node.services.sync.trusting import TrustKeeper
from node.storage import mirrors, parts
from node.storage.database import Database

STALE_AFTER_S: Final = 1800.0
_WRITE_STATES: Final[dict[Verdict, WriteState]] = {
    Verdict.OPEN: "OPEN",
    Verdict.STARTING: "STARTING",
    Verdict.RESTORED_BEHIND: "RESTORED_BEHIND",
    Verdict.STOPPED: "STOPPED",
}


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """The status of a running node."""

    member: str
    vkey: str
    version: str
    database: Database
    board: HeadBoard
    book: PeerBook
    gate: StartGate
    signer: CheckpointSigner
    trust: TrustKeeper
    clock: Callable[[], float]
    last_errors: Callable[[str], str]
    """The last error of following an origin, "" for none."""
    fold: Callable[[Mapping[str, int] | None], StateDigests]
    index_facts: Callable[[], IndexFacts]

    def node(self) -> NodeFacts:
        """Return who runs the node, and whether it takes writes."""
        state, why = _WRITE_STATES[self.gate.verdict()], ""
        try:
            self.gate.check()
        except YdxError as error:
            why = error.what
        if self.signer.stopped is not None:
            state, why = "STOPPED", self.signer.stopped.what
        elif state in {"OPEN", "STARTING"} and (failure := self.database.write_failure):
            state = "DISK_FULL" if failure.reason == "DISK_FULL" else "DATABASE_ERROR"
            why = failure.what
        return NodeFacts(
            member=self.member,
            origin=self.board.own_origin,
            vkey=self.vkey,
            version=self.version,
            formats=(FORMAT,),
            write_state=state,
            write_state_why=why,
        )

    def sync(self) -> SyncFacts:
        """Return the state of all logs, peers and trust files."""
        registry = self.trust.registry()
        held = self._held()
        origins = [
            self._origin(registry.member_of_origin(origin).name, origin, *held.get(origin, (0, 0)))
            for origin in registry.origins()
        ]
        trust = TrustFacts(
            registry_version=registry.version,
            stale=self.trust.is_stale(),
            expires_s=self.trust.expires_s(),
        )
        resting = self.book.resting()
        peers = [
            self._peer(name, {of: rest for (peer, of), rest in resting.items() if peer == name})
            for name in self.book.names()
        ]
        return SyncFacts(origins=origins, peers=peers, trust=trust)

    def completeness(self) -> list[OriginFacts]:
        """Return what an answer says about each origin."""
        return list(self.sync().origins)

    def index(self) -> IndexFacts:
        """Return how the search index does."""
        return self.index_facts()

    def digests(self, sizes: Mapping[str, int] | None) -> StateDigests:
        """Fold to sizes, or to the confirmed sizes of now; see `NodeStatus`."""
        return self.fold(sizes)

    def _held(self) -> dict[str, tuple[int, int]]:
        """Return by origin how many entries are stored and how many parts are wanted."""
        with self.database.read() as tx:
            wanted = parts.wanted_counts(tx)
            return {
                row.origin: (row.verified_size, wanted.get(row.origin_id, 0))
                for row in mirrors.every(tx)
            }

    def _origin(self, member: str, origin: str, stored_size: int, wanted_parts: int) -> OriginFacts:
        heads = self.board.origin(origin)
        own = origin == self.board.own_origin
        last_error = self.last_errors(origin)
        state, why = judge(heads, wanted_parts, last_error, self.clock(), own=own)
        lag_s = 0.0 if own else max(0.0, self.clock() - heads.last_proven_at_s)
        return OriginFacts(
            member=member,
            origin=origin,
            stored_size=max(stored_size, heads.verified_size),
            tree_size=heads.largest_size(),
            verified_size=heads.verified_size,
            confirmed_size=heads.confirmed_size,
            lag_s=lag_s if heads.last_proven_at_s or own else self.clock(),
            state=state,
            why=why,
            last_error=last_error,
            wanted_parts=wanted_parts,
            frozen=heads.frozen_size is not None,
        )

    def _peer(self, name: str, rests: Mapping[str, Rest]) -> PeerFacts:
        state = self.book.state(name)
        return PeerFacts(
            member=name,
            up=state.up,
            consecutive_failures=0 if state.up else state.failures,
            last_error=state.last_error,
            next_try_s=0.0 if state.up else state.next_try_s,
            clock_skew_s=state.clock_skew_s,
            software_version=state.software_version,
            rests=rest_facts(rests),
        )


def rest_facts(rests: Mapping[str, Rest]) -> list[RestFacts]:
    """Return rests by origin as the node tells them, ascending."""
    return [
        RestFacts(origin=of, until_s=rest.until_s, refusals=rest.failures, reason=rest.reason)
        for of, rest in sorted(rests.items())
    ]


def judge(
    heads: OriginHeads, wanted_parts: int, last_error: str, now_s: float, *, own: bool
) -> tuple[Completeness, str]:
    """Return what an answer says about an origin, and why; `last_error` is of following it."""
    behind = heads.largest_size() - heads.verified_size
    broken = {
        "our copy is damaged": heads.is_damaged,
        f"frozen at {heads.frozen_size}": heads.frozen_size is not None,
    }
    partial = {
        "never mirrored": heads.verified_size == 0,
        "paused over its quota": last_error.startswith("QUOTA_EXCEEDED"),
        f"{wanted_parts} parts wanted": wanted_parts > 0,
    }
    stale = {
        f"{behind} entries behind": behind > 0,
        "no word of the origin for 30 min": now_s - heads.last_proven_at_s > STALE_AFTER_S,
    }
    judged: list[tuple[Completeness, dict[str, bool]]] = [("PARTIAL", broken)]
    if not own:
        judged += [("PARTIAL", partial), ("STALE", stale)]
    for state, reasons in judged:
        for why, holds in reasons.items():
            if holds:
                return state, why
    return "COMPLETE", ""
