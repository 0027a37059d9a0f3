"""What this node knows of the members that it is connected to, and who rests.

- A peer out of reach is tried again with jittered back-off, at most 60 s apart, until its link
  hears it: one that answers meetings but refuses streams is overloaded. Whether a peer is there is
  for its link to find out, which always waits for its word.
- Where a stream of one log breaks off, the peer is not asked for that log for such a pause; it may
  be there for all else. So with parts, but of all logs: one thread asks for them, and who does not
  answer would hold it up as often as there are logs. One success ends such a pause, and a peer that
  is back, or is well by its operator's word, is asked at once.
- A peer that sent something wrong about one origin rests for that origin only: 10 min, doubling to
  a day, or until the operator ends it; then its next rest is 10 min again. The other origins go on,
  and so do other peers with this one.
- That a peer is out of reach, or back, is logged once each time. It is back when its link hears it.
- What peers say of their verified sizes is a claim that decides only whom to ask and what counts as
  stored by another member.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import structlog

from federation.log.errors import YdxError
from federation.sync.frames import Head, Meeting

BACKOFF_S_MIN: Final = 0.5
BACKOFF_S_MAX: Final = 60.0
REST_S_MIN: Final = 600.0
REST_S_MAX: Final = 86_400.0
PARTS: Final = "parts"
"""What breaks off where it is no log, which is called by its origin."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class PeerState:
    """One peer as this node sees it. Times are Unix seconds."""

    name: str
    up: bool = False
    told_up: bool | None = None
    """What was last logged."""
    failures: int = 0
    last_error: str = ""
    next_try_s: float = 0.0
    clock_skew_s: float = 0.0
    software_version: str = ""
    trust_versions: dict[str, int] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when, and why, a peer is not asked about an origin; over where it has no failures."""

    until_s: float
    failures: int
    reason: str


class PeerBook:
    """Every peer's state, and the rests of (peer, origin). Safe for many threads."""

    def __init__(
        self,
        names: Iterable[str],
        clock: Callable[[], float],
        jitter: Callable[[], float],
        rests: dict[tuple[str, str], Rest] | None = None,
        on_rest: Callable[[str, str, Rest], None] = lambda _peer, _origin, _rest: None,
    ) -> None:
        """`jitter` gives a number from 0 to 1; `on_rest` makes a rest durable and does not wait."""
        self._clock = clock
        self._jitter = jitter
        self._on_rest = on_rest
        self._lock = threading.Lock()
        self._peers = {name: PeerState(name) for name in names}
        self._rests = dict(rests or {})
        self._breaks: dict[tuple[str, str], tuple[int, float]] = {}
        self._listeners: list[Callable[[str, Head], None]] = []

    def subscribe(self, listener: Callable[[str, Head], None]) -> None:
        """Call `listener` with (peer, head) for every head that a peer tells."""
        self._listeners.append(listener)

    def names(self) -> list[str]:
        """Return the peers, ascending."""
        return sorted(self._peers)

    def state(self, peer: str) -> PeerState:
        """Return a peer's state; a member that the registry names since we started is added."""
        with self._lock:
            return self._peers.setdefault(peer, PeerState(peer))

    def met(self, peer: str, meeting: Meeting) -> None:
        """Record that a meeting succeeded; its heads are told by themselves."""
        state = self.state(peer)
        with self._lock:
            state.clock_skew_s = meeting.time_ms / 1000 - self._clock()
            state.software_version = meeting.software_version
            state.trust_versions = dict(meeting.trust_versions)
            state.up, state.last_error = True, ""

    def listening(self, peer: str) -> None:
        """Record that a peer's stream of heads brings something: it is there, or back."""
        state = self.state(peer)
        with self._lock:
            is_back = not state.told_up
            state.told_up, state.failures = True, 0
            if is_back:
                self._forget_breaks(peer)
        if is_back:
            _log.info("peer up", peer=peer)

    def told(self, peer: str, heads: Iterable[Head]) -> None:
        """Record heads that a peer tells."""
        known = self.state(peer).heads
        for head in heads:
            known[head.origin] = head
            for listener in self._listeners:
                listener(peer, head)

    def failed(self, peer: str, error: YdxError) -> float:
        """Record that a peer is out of reach; return after how many seconds to try again."""
        state = self.state(peer)
        with self._lock:
            is_new = state.told_up is not False
            state.up = state.told_up = False
            state.failures += 1
            state.last_error = f"{error.reason}: {error.what}"
            pause_s = self._pause_s(state.failures)
            state.next_try_s = self._clock() + pause_s
        if is_new:
            _log.warning("peer down", peer=peer, reason=error.reason, what=error.what)
        return pause_s

    def broke_off(self, peer: str, exchange: str) -> int:
        """Record that a log's stream, by its origin, or PARTS broke off; return how often now."""
        with self._lock:
            failures = self._breaks.get((peer, exchange), (0, 0.0))[0] + 1
            self._breaks[peer, exchange] = failures, self._clock() + self._pause_s(failures)
        return failures

    def came_through(self, peer: str, exchange: str) -> None:
        """Record that an exchange brought something, or ended well."""
        with self._lock:
            self._breaks.pop((peer, exchange), None)

    def may_be_asked(self, peer: str, origin: str, exchange: str = "") -> bool:
        """Tell whether a peer is up, does not rest, and did not just break off ("": the log)."""
        _, until_s = self._breaks.get((peer, exchange or origin), (0, 0.0))
        is_broken = 0.0 < until_s - self._clock() <= BACKOFF_S_MAX  # longer: the clock went back
        return self.state(peer).up and not is_broken and not self.rests(peer, origin)

    def _forget_breaks(self, peer: str, origin: str = "") -> None:
        for name, exchange in list(self._breaks):
            if name == peer and (not origin or exchange in {origin, PARTS}):
                del self._breaks[name, exchange]

    def _pause_s(self, failures: int) -> float:
        pause_s = min(BACKOFF_S_MAX, BACKOFF_S_MIN * 2.0 ** min(failures - 1, 16))
        return pause_s * (0.5 + self._jitter() / 2)

    def rest(self, peer: str, origin: str, reason: str) -> Rest:
        """Let a peer rest for an origin, since it sent something wrong."""
        with self._lock:
            before = self._rests.get((peer, origin))
            failures = before.failures + 1 if before else 1
            rest_s = min(REST_S_MAX, REST_S_MIN * 2 ** min(failures - 1, 16))
            rest = Rest(self._clock() + rest_s, failures, reason)
            self._set_rest(peer, origin, rest)
        return rest

    def end_rests(self, peer: str, origin: str = "") -> dict[str, Rest]:
        """End a peer's rests, or that for one origin, and forget its failures and what broke off.

        Returns the rests that were not over, by origin.
        """
        with self._lock:
            now = self._clock()
            ended = {
                of: rest
                for (name, of), rest in self._rests.items()
                if name == peer and of == (origin or of) and rest.failures
            }
            for of, rest in ended.items():
                self._set_rest(peer, of, Rest(0.0, 0, rest.reason))
            self._forget_breaks(peer, origin)
        return {of: rest for of, rest in sorted(ended.items()) if _is_ahead(rest, now)}

    def _set_rest(self, peer: str, origin: str, rest: Rest) -> None:
        self._rests[peer, origin] = rest
        self._on_rest(peer, origin, rest)

    def rests(self, peer: str, origin: str) -> bool:
        """Tell whether the peer is not to be asked about the origin now."""
        rest = self._rests.get((peer, origin))
        return rest is not None and _is_ahead(rest, self._clock())

    def resting(self) -> dict[tuple[str, str], Rest]:
        """Return all rests that are not over."""
        now = self._clock()
        return {place: rest for place, rest in list(self._rests.items()) if _is_ahead(rest, now)}

    def sources(self, origin: str, owner: str, verified_size: int) -> list[str]:
        """Return whom to ask for an origin's log beyond a size, the best first.

        The owner comes first, then who has most. Only peers that may be asked.
        """
        candidates = []
        for name, state in list(self._peers.items()):
            head = state.heads.get(origin)
            if head is None or not self.may_be_asked(name, origin):
                continue
            if head.verified_size > verified_size:
                candidates.append((name != owner, -head.verified_size, name))
        return [name for _, _, name in sorted(candidates)]

    def stored_size(self, origin: str) -> int:
        """Return the largest size of a log that some peer says it has stored."""
        heads = (state.heads.get(origin) for state in list(self._peers.values()))
        return max((head.verified_size for head in heads if head is not None), default=0)


def _is_ahead(rest: Rest, now_s: float) -> bool:
    """Tell whether a rest is not over; one longer than the longest is: the clock was set back."""
    return 0.0 < rest.until_s - now_s <= REST_S_MAX
