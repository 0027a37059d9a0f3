"""Meetings: how two nodes tell each other what they know.

- A link to each peer meets it (GetHeads), then listens (WatchHeads) until the stream ends or fails;
  and it meets again at a set interval. A peer out of reach is tried with back-off.
- Everything that a head says is taken in for what it proves: notes by their signatures, evidence by
  itself, sizes as claims. Heads of origins that our registry does not name are passed over: it may
  be older than the peer's, and the trust files bring the newer one.
- A note that breaks a rule is counted, and lets the peer rest for that origin only.
- Each meeting carries our start id, and what the peer knows of our own log answers our start
  question; whatever it tells of our own log later is held against it too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from federation.log.checkpoint import Checkpoint
from federation.log.entry import FORMAT
from federation.log.errors import Refused, Unreachable, YdxError
from federation.sync.frames import Head, Meeting, Peer
from federation.sync.mirror import open_origin_checkpoint
from federation.trust.registry import Registry
from node.services.sync.heads import HeadBoard
from node.services.sync.peers import BACKOFF_S_MIN, PeerBook
from node.services.sync.starting import StartGate
from node.services.sync.trusting import TrustKeeper

WOKEN_S_MIN: Final = 5.0
"""Whoever dials us again and again does not have us dial as often."""


@dataclass(frozen=True, slots=True)
class MeetingRoom:
    """What every meeting needs; one a node."""

    board: HeadBoard
    book: PeerBook
    gate: StartGate
    trust: TrustKeeper
    clock: Callable[[], float]
    software_version: str
    meet_every_s: float
    refused: Callable[[str, str, Refused], None]
    """Called with (peer, origin, refusal) for everything wrong that a peer says; counts it."""

    def introduce(self) -> Meeting:
        """Return what this node says."""
        return Meeting(
            time_ms=int(self.clock() * 1000),
            software_version=self.software_version,
            formats=(FORMAT,),
            trust_versions=self.trust.versions(),
            heads=self.board.heads(),
        )

    def answer(self, caller: str, meeting: Meeting) -> tuple[Meeting, tuple[bytes, ...]]:
        """Take in what a caller says; return what this node says and evidence it does not list."""
        self.take_heads(caller, meeting.heads)
        listed = (digest for head in meeting.heads for digest in head.evidence_digests)
        return self.introduce(), self.board.evidence_beyond(listed)

    def take_heads(self, peer: str, heads: Iterable[Head]) -> None:
        """Take in heads that a peer tells; one that is wrong does not spoil the others."""
        registry = self.trust.registry()
        named = [head for head in heads if registry.has_origin(head.origin)]
        for head in named:
            for note in (head.confirmed, head.newest):
                if note:
                    self._take_note(peer, head.origin, note)
            if head.origin == self.board.own_origin:
                self.board.stored_by_peer(head.verified_size)
        self.book.told(peer, named)

    def _take_note(self, peer: str, origin: str, note: bytes) -> None:
        try:
            known = self.board.take_note(origin, note)
            if origin == self.board.own_origin:
                self._hear_own(peer, known.checkpoint)
        except Refused as refusal:
            self.refused(peer, origin, refusal)
            self.book.rest(peer, origin, refusal.reason)

    def _hear_own(self, peer: str, head: Checkpoint) -> None:
        """Close the gate for a head beyond our log; a contradiction below stops the signer."""
        if head.tree_size > self.board.origin(head.origin).verified_size:
            self.gate.heard(peer, head)


class PeerLink:
    """The link to one peer. One thread calls `run_once` in a loop."""

    def __init__(self, peer: Peer, room: MeetingRoom, registry: Callable[[], Registry]) -> None:
        self.peer = peer
        self._room = room
        self._registry = registry
        self._met_at = 0.0
        self._meeting_lock = threading.Lock()
        self._wake = threading.Event()
        self._was_refused = False

    def meet(self) -> None:
        """Swap heads once; raises Unreachable, and Refused for an answer that is no meeting."""
        room, name = self._room, self.peer.name
        with self._meeting_lock:
            self._met_at = room.clock()
            meeting, evidence = self.peer.get_heads(room.introduce(), room.gate.start_id)
        room.book.met(name, meeting)
        room.take_heads(name, meeting.heads)
        self._met_owner(name)
        room.gate.answered(name, self._own_head(meeting))
        for content in evidence:
            try:
                room.board.take_evidence(content)
            except Refused as refusal:
                room.refused(name, "", refusal)
        try:
            room.trust.refresh(self.peer, dict(meeting.trust_versions))
        except Refused as refusal:
            room.refused(name, "", refusal)

    def wake(self) -> None:
        """Let `wait` return."""
        self._wake.set()

    def called(self) -> None:
        """Wake, since the peer is there: it called us. One that answers wrongly wakes nobody."""
        if not self._was_refused:
            self.wake()

    def wait(self, timeout_s: float, stopped: threading.Event) -> None:
        """Return after the timeout, or when woken, but then not sooner than after WOKEN_S_MIN."""
        stopped.wait(min(timeout_s, WOKEN_S_MIN))
        if timeout_s > WOKEN_S_MIN:
            self._wake.wait(timeout_s - WOKEN_S_MIN)
        self._wake.clear()

    def listen(self, stopped: threading.Event) -> None:
        """Take in heads as the peer tells them, until its stream ends; raises as `meet`."""
        room = self._room
        for heads in self.peer.watch_heads():
            room.book.listening(self.peer.name)
            room.take_heads(self.peer.name, heads)
            self._met_owner(self.peer.name)
            if stopped.is_set():
                return
            if not 0.0 <= room.clock() - self._met_at <= room.meet_every_s:
                self.meet()

    def run_once(self, stopped: threading.Event) -> float:
        """Meet and listen; return after how many seconds to try again."""
        self._was_refused = False
        try:
            self.meet()
            self.listen(stopped)
        except Refused as refusal:
            self._was_refused = True
            self._room.refused(self.peer.name, "", refusal)
            return self._room.book.failed(self.peer.name, refusal)
        except Unreachable as error:
            return self._room.book.failed(self.peer.name, error)
        return BACKOFF_S_MIN  # a stream that ends at once must not make us meet without a pause

    def _met_owner(self, name: str) -> None:
        for log in self._registry().member(name).logs:
            self._room.board.met(log.origin)

    def _own_head(self, meeting: Meeting) -> Checkpoint | None:
        """Return the largest checkpoint of our own log that our keys have signed, or None."""
        origin = self._room.board.own_origin
        found: list[Checkpoint] = []
        for head in meeting.heads:
            if head.origin != origin:
                continue
            for note in (head.newest, head.confirmed):
                try:
                    found.append(
                        open_origin_checkpoint(
                            note, origin, lambda size: self._registry().log_keys_at(origin, size)
                        )
                    )
                except YdxError:
                    continue  # what our keys did not sign says nothing about our log
        return max(found, key=lambda checkpoint: checkpoint.tree_size, default=None)
