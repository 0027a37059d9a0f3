"""The heads: what this node knows of every log, its own among them.

- A note is taken in only when a log key of its origin has signed it. What it says is held against
  our copy, at once and again as the copy grows past it: a contradiction is kept as evidence,
  freezes the origin and is passed on at every meeting. A few pieces an origin are enough for that.
- *Verified* is what is stored and synced here; *confirmed* is the largest size up to it that a
  quorum has cosigned with the root of our copy; it never falls.
- *Reached* is the largest note whose size our copy has: what a stream from here leads to.
- Our heads tell the newest note known. Where our copy could not be led to it (*doubted*), they tell
  the reached one instead: whoever holds the other history can make evidence of that.
- *Publishable* is what clients may see: for mirrors the reached note; for the own log the largest
  note that another member has stored, or simply the newest where there is no other member; for an
  origin that is frozen the quorum-cosigned note at that point.
- A copy of ours that is damaged proves nothing: nobody is blamed for it, what was known before
  stands, and answers about that origin say so.
- Listeners are called after the change, outside of the lock, on the thread that made it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from federation.log.checkpoint import Checkpoint, parse_checkpoint
from federation.log.errors import Refused
from federation.log.evidence import Evidence, check_evidence, make_evidence, parse_evidence
from federation.log.note import parse_note
from federation.sync.confirmation import Confirmations, KnownCheckpoint
from federation.sync.forks import evidence_against, frozen_size
from federation.sync.frames import Head
from federation.trust.registry import Registry
from node.services.sync.copies import Copies
from node.services.sync.origin_heads import HeadStore, OriginHeads, StoredHead, quorums_at

_EVIDENCE_MAX: Final = 16


class HeadBoard:
    """All heads. Safe for many threads."""

    def __init__(
        self,
        own_origin: str,
        registry: Callable[[], Registry],
        copies: Copies,
        store: HeadStore,
        clock: Callable[[], float],
        stored: Iterable[StoredHead] = (),
        evidence: Iterable[bytes] = (),
    ) -> None:
        """Start from what the database keeps."""
        self.own_origin = own_origin
        self._registry = registry
        self._copies = copies
        self._store = store
        self._clock = clock
        self._lock = threading.RLock()
        self._origins: dict[str, OriginHeads] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._peer_stored_size = 0
        self.version = 0
        for head in stored:
            self._restore(head)
        for content in evidence:
            self.take_evidence(content)

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the origin whenever one changes."""
        self._listeners.append(listener)

    def origin(self, origin: str) -> OriginHeads:
        """Return what is known of a log; refuses UNKNOWN_ORIGIN."""
        with self._lock:
            return self._at(origin)

    def heads(self, since_version: int = -1) -> tuple[Head, ...]:
        """Return the heads that changed since a version, ascending by origin."""
        with self._lock:
            return tuple(
                self._at(name).head(name)
                for name in sorted(self._registry().origins())
                if self._at(name).version > since_version
            )

    def take_note(self, origin: str, raw_note: bytes) -> KnownCheckpoint:
        """Take in a signed note, whoever told it; refuses what `Confirmations.add` refuses.

        A contradiction with what is known is kept as evidence; the note itself is then kept too.
        """
        with self._lock:
            heads = self._at(origin)
            held = heads.confirmations.held(raw_note)
            if held is not None and heads.settled_under == self._registry().version:
                self._hear(heads, held)
                self._prove(heads)
                return held
            before = heads.marks()
            known = self._take(origin, heads, raw_note)
            changed = heads.marks() != before
        if changed:
            self._changed(origin)
        return known

    def take_evidence(self, content: bytes) -> bool:
        """Take in evidence that somebody passes on; return whether it was new.

        Refuses what `parse_evidence` and `check_evidence` refuse, and UNKNOWN_ORIGIN.
        """
        evidence = parse_evidence(content)
        origin = parse_checkpoint(parse_note(evidence.first).text).origin
        with self._lock:
            heads = self._at(origin)
            if evidence.digest() in heads.evidence or len(heads.evidence) >= _EVIDENCE_MAX:
                return False
            check_evidence(evidence, self._registry().log_keys(origin))
            self._keep(origin, heads, evidence)
            self._settle(origin, heads)
        self._changed(origin)
        return True

    def advanced(self, origin: str, verified_size: int) -> None:
        """Record that our copy is stored and synced up to a size."""
        with self._lock:
            heads = self._at(origin)
            if verified_size <= heads.verified_size:
                return
            heads.verified_size = verified_size
            self._settle(origin, heads)
        self._changed(origin)

    def met(self, origin: str) -> None:
        """Record a direct meeting with the origin: what is verified here is what it said then."""
        with self._lock:
            heads = self._at(origin)
            heads.heard_at_s = max(heads.heard_at_s, self._clock())
            self._prove(heads)

    def signed(self, note: bytes, tree_size: int) -> None:
        """Record that this node has signed its own log, which is stored and synced up to a size."""
        with self._lock:
            heads = self._at(self.own_origin)
            heads.verified_size = max(heads.verified_size, tree_size)
            self._take(self.own_origin, heads, note)
        self._changed(self.own_origin)

    def doubt(self, origin: str) -> None:
        """Record that a proof from our copy to a newer note has failed."""
        with self._lock:
            heads = self._at(origin)
            if heads.is_doubted:
                return
            heads.is_doubted = True
        self._changed(origin)

    def stored_by_peer(self, tree_size: int) -> None:
        """Record that another member has stored our own log up to a size."""
        with self._lock:
            heads = self._at(self.own_origin)
            tree_size = min(tree_size, heads.verified_size)  # nobody stores what is not there yet
            if tree_size <= self._peer_stored_size:
                return
            self._peer_stored_size = tree_size
            before = heads.published
            self._publish(heads)
            changed = heads.published != before
        if changed:
            self._changed(self.own_origin, is_told=False)

    def peer_stored_size(self) -> int:
        """Return up to where another member has stored our own log."""
        return self._peer_stored_size

    def publishable(self, origin: str) -> tuple[bytes, Checkpoint] | None:
        """Return the largest note that clients may see, with all cosignatures known, or None."""
        with self._lock:
            heads = self._at(origin)
            if heads.frozen_size is not None:
                frozen = self._confirming(origin, heads)
                note = frozen.note if frozen is not None else b""
            elif origin == self.own_origin:
                note = heads.published
            else:
                note = heads.reached[0] if heads.reached is not None else b""
            if not note:
                return None
            checkpoint = parse_checkpoint(parse_note(note).text)
            for known in heads.confirmations.at(checkpoint.tree_size):
                if known.checkpoint.same_tree(checkpoint):
                    note = known.united_note()
            return note, checkpoint

    def confirmed(self, origin: str) -> tuple[bytes, Checkpoint] | None:
        """Return the largest quorum-cosigned note of what is shown of our copy, or None."""
        with self._lock:
            known = self._confirming(origin, self._at(origin))
            return None if known is None else (known.united_note(), known.checkpoint)

    def newest(self, origin: str) -> tuple[bytes, Checkpoint] | None:
        """Return the largest note known, with all cosignatures known, or None."""
        with self._lock:
            known = self._at(origin).confirmations.newest
            return None if known is None else (known.united_note(), known.checkpoint)

    def shown_sizes(self) -> dict[str, int]:
        """Return up to where each origin is confirmed here, and shown."""
        with self._lock:
            return {name: self._at(name).shown_size() for name in self._registry().origins()}

    def evidence_beyond(self, digests: Iterable[bytes]) -> tuple[bytes, ...]:
        """Return the evidence held here that is not among `digests`."""
        listed = set(digests)
        with self._lock:
            return tuple(
                content
                for heads in self._origins.values()
                for digest, content in heads.evidence.items()
                if digest not in listed
            )

    def _at(self, origin: str) -> OriginHeads:
        heads = self._origins.get(origin)
        if heads is None:
            self._registry().log(origin)  # refuses what it does not name
            confirmations = Confirmations(
                origin,
                lambda tree_size: self._registry().log_keys_at(origin, tree_size),
                lambda tree_size: quorums_at(self._registry(), origin, tree_size),
            )
            heads = self._origins[origin] = OriginHeads(confirmations)
        return heads

    def _restore(self, stored: StoredHead) -> None:
        heads = self._at(stored.origin)
        heads.verified_size = stored.verified_size
        heads.confirmed_size = stored.confirmed_size
        if stored.origin == self.own_origin:
            heads.published = stored.published_note
        heads.frozen_size = stored.frozen_size
        heads.last_proven_at_s = stored.last_proven_at_s
        notes = (stored.confirmed_note, stored.published_note, stored.newest_note)
        for note in (*stored.quorum_notes, *notes):
            if note:
                with suppress(Refused):  # of a key that counts no more: its word is gone, not ours
                    self._add(heads, note)
        with heads.noting_damage():
            root = stored.verified_root
            if root and self._copies.root_at(stored.origin, stored.verified_size) != root:
                heads.is_damaged = True
        self._settle(stored.origin, heads)

    def _confirming(self, origin: str, heads: OriginHeads) -> KnownCheckpoint | None:
        """Return the largest quorum-cosigned checkpoint that our copy has and shows."""
        for tree, known in sorted(heads.quorum_cosigned.items(), reverse=True):
            if tree[0] <= heads.shown_size() and self._is_ours(origin, known):
                return known
        return None

    def _take(self, origin: str, heads: OriginHeads, raw_note: bytes) -> KnownCheckpoint:
        known = self._add(heads, raw_note)
        self._judge(origin, heads, known)
        self._hear(heads, known)
        self._settle(origin, heads)
        return known

    @staticmethod
    def _add(heads: OriginHeads, raw_note: bytes) -> KnownCheckpoint:
        known = heads.confirmations.add(raw_note)
        if heads.confirmations.is_quorum(known):
            tree = (known.checkpoint.tree_size, known.checkpoint.root)
            heads.quorum_cosigned[tree] = known
        return known

    def _judge(self, origin: str, heads: OriginHeads, known: KnownCheckpoint) -> None:
        """Make evidence of a note that contradicts another note or our copy."""
        keys = self._registry().log_keys(origin)
        for other in heads.confirmations.at(known.checkpoint.tree_size):
            if not other.checkpoint.same_tree(known.checkpoint):
                self._keep(origin, heads, make_evidence(known.note, other.note, keys))
        if heads.reached is None or heads.is_damaged:
            return
        with heads.noting_damage(), self._copies.prover(origin) as copy:
            found = evidence_against(known.note, known.checkpoint, heads.reached, keys, copy)
            if found is not None:
                self._keep(origin, heads, found)

    def _keep(self, origin: str, heads: OriginHeads, evidence: Evidence) -> None:
        digest = evidence.digest()
        if digest not in heads.evidence and len(heads.evidence) < _EVIDENCE_MAX:
            heads.evidence[digest] = evidence.encode()
            self._store.save_evidence(origin, digest, heads.evidence[digest])

    def _hear(self, heads: OriginHeads, known: KnownCheckpoint) -> None:
        """Record when a witness last said that the newest note is its newest."""
        if known is heads.confirmations.newest:
            newest_line_s = max((at for at, _ in known.lines.values()), default=0)
            heads.heard_at_s = max(heads.heard_at_s, min(newest_line_s, self._clock()))

    def _settle(self, origin: str, heads: OriginHeads) -> None:
        """Bring all up to what is known and what our copy has, as far as that is sound."""
        heads.settled_under = self._registry().version
        with heads.noting_damage():
            if not heads.is_damaged:
                self._advance(origin, heads)
        if heads.is_damaged:
            heads.thin_quorums(lambda _: False)
            if heads.evidence and heads.frozen_size is None:
                heads.frozen_size = heads.confirmed_size

    def _advance(self, origin: str, heads: OriginHeads) -> None:
        """Move reached, confirmed, frozen and published."""
        self._reach(origin, heads)
        for known in heads.confirmations.known():
            size = known.checkpoint.tree_size
            if (
                heads.confirmed_size < size <= heads.verified_size
                and heads.confirmations.is_quorum(known)
                and self._is_ours(origin, known)
            ):
                heads.confirmed_size = size
        heads.confirmations.forget_below(heads.confirmed_size)
        heads.thin_quorums(
            lambda known: (
                known.checkpoint.tree_size <= heads.verified_size
                and not self._is_ours(origin, known)
            )
        )
        if heads.evidence:
            heads.frozen_size = frozen_size(
                [known.checkpoint for known in heads.quorum_cosigned.values()],
                heads.confirmed_size,
                heads.verified_size,
                lambda size: self._copies.root_at(origin, size),
            )
        self._prove(heads)
        if origin == self.own_origin:
            self._publish(heads)

    def _reach(self, origin: str, heads: OriginHeads) -> None:
        """Move `reached` on, and judge the notes that our copy contradicts on the way."""
        reached_size = heads.reached[1].tree_size if heads.reached else 0
        passed = [
            known
            for known in heads.confirmations.known()
            if reached_size < known.checkpoint.tree_size <= heads.verified_size
        ]
        contradicting = []
        for known in passed:
            if self._is_ours(origin, known):
                heads.reached = (known.note, known.checkpoint)
                heads.is_doubted = False
            else:
                contradicting.append(known)
        for known in contradicting:
            self._judge(origin, heads, known)

    def _publish(self, heads: OriginHeads) -> None:
        alone = not self._registry().witnesses(self.own_origin)
        held = (
            parse_checkpoint(parse_note(heads.published).text).tree_size if heads.published else -1
        )
        for known in heads.confirmations.known():
            size = known.checkpoint.tree_size
            stored = alone or size <= max(self._peer_stored_size, heads.confirmed_size)
            if stored and held < size <= heads.verified_size:
                held, heads.published = size, known.note

    def _is_ours(self, origin: str, known: KnownCheckpoint) -> bool:
        checkpoint = known.checkpoint
        return self._copies.root_at(origin, checkpoint.tree_size) == checkpoint.root

    @staticmethod
    def _prove(heads: OriginHeads) -> None:
        if heads.verified_size >= heads.largest_size():
            heads.last_proven_at_s = max(heads.last_proven_at_s, heads.heard_at_s)

    def _changed(self, origin: str, *, is_told: bool = True) -> None:
        """Let all know; what is published is no part of what others are told."""
        with self._lock:
            heads = self._at(origin)
            if is_told:
                self.version += 1
                heads.version = self.version
            self._store.save_head(heads.stored(origin, is_own=origin == self.own_origin))
        for listener in self._listeners:
            listener(origin)
