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

from federation.log.checkpoint import Checkpoint, parse_checkpoint
from federation.log.errors import Refused
from federation.log.evidence import check_evidence, is_void, parse_evidence
from federation.log.note import parse_note
from federation.sync.confirmation import Confirmations, KnownCheckpoint
from federation.sync.frames import Head
from federation.trust.registry import Registry
from node.services.sync.copies import Copies
from node.services.sync.head_settling import EVIDENCE_MAX, HeadSettling
from node.services.sync.origin_heads import HeadStore, OriginHeads, StoredHead, quorums_at


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
        self._settling = HeadSettling(own_origin, registry, copies, store, clock)
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
            heads = self._at(origin)
            self._settling.prove(heads)
            return heads

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
                self._settling.hear(heads, held)
                self._settling.prove(heads)
                return held
            before = heads.marks()
            known = self._settling.take(origin, heads, raw_note)
            changed = heads.marks() != before
        if changed:
            self._changed(origin)
        return known

    def take_evidence(self, content: bytes) -> bool:
        """Take in evidence that somebody passes on; return whether it was new.

        What a key signed above its end is void: nothing to be taken, and no fault of who passes it
        on and knows an older registry. Refuses what `parse_evidence` and `check_evidence` refuse,
        and UNKNOWN_ORIGIN.
        """
        evidence = parse_evidence(content)
        origin = parse_checkpoint(parse_note(evidence.first).text).origin
        with self._lock:
            heads = self._at(origin)
            if evidence.digest() in heads.evidence or len(heads.evidence) >= EVIDENCE_MAX:
                return False
            registry = self._registry()
            check_evidence(evidence, registry.log_keys(origin))
            if is_void(evidence, lambda tree_size: registry.log_keys_at(origin, tree_size)):
                return False
            heads.settled_under = 0
            self._settling.keep(origin, heads, evidence)
            self._settling.settle(origin, heads)
        self._changed(origin)
        return True

    def advanced(self, origin: str, verified_size: int) -> None:
        """Record that our copy is stored and synced up to a size."""
        with self._lock:
            heads = self._at(origin)
            if verified_size <= heads.verified_size and heads.settled_under:
                return
            heads.settled_under = 0
            heads.verified_size = max(heads.verified_size, verified_size)
            self._settling.settle(origin, heads)
        self._changed(origin)

    def met(self, origin: str) -> None:
        """Record a direct meeting with the origin: what is verified here is what it said then."""
        with self._lock:
            heads = self._at(origin)
            heads.heard_at_s = self._clock()
            self._settling.prove(heads)

    def signed(self, note: bytes, tree_size: int) -> None:
        """Record that this node has signed its own log, which is stored and synced up to a size."""
        with self._lock:
            heads = self._at(self.own_origin)
            heads.verified_size = max(heads.verified_size, tree_size)
            self._settling.take(self.own_origin, heads, note)
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
            if tree_size <= self._settling.peer_stored_size:
                return
            self._settling.peer_stored_size = tree_size
            before = heads.published
            self._settling.publish(heads)
            changed = heads.published != before
        if changed:
            self._changed(self.own_origin, is_told=False)

    def peer_stored_size(self) -> int:
        """Return up to where another member has stored our own log."""
        return self._settling.peer_stored_size

    def publishable(self, origin: str) -> tuple[bytes, Checkpoint] | None:
        """Return the largest note that clients may see, with all cosignatures known, or None."""
        with self._lock:
            heads = self._at(origin)
            if heads.frozen_size is not None:
                frozen = self._settling.confirming(origin, heads)
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
            known = self._settling.confirming(origin, self._at(origin))
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
            version = self._registry().version
            heads = self._origins[origin] = OriginHeads(confirmations, settled_under=version)
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
                    self._settling.add(heads, note)
        with heads.noting_damage():
            root = stored.verified_root
            if root and self._copies.root_at(stored.origin, stored.verified_size) != root:
                heads.is_damaged = True
        self._settling.settle(stored.origin, heads)

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
