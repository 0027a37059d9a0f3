"""Bringing what is known of one log up to what our copy has: judged, confirmed, frozen, published.

- A note is held against the others of its size and against our copy, at once and again as the copy
  grows past it; a contradiction is kept as evidence, a few pieces an origin.
- What a failing database keeps from being judged or settled is so the next time: nothing that was
  taken in counts as done before it is.
- A copy of ours that is damaged proves nothing: nobody is blamed for it, what was known stands.
- Called under the lock of `heads`, which has the words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from federation.log.checkpoint import parse_checkpoint
from federation.log.errors import Refused, YdxError
from federation.log.evidence import Evidence, make_evidence
from federation.log.note import parse_note
from federation.sync.confirmation import KnownCheckpoint
from federation.sync.forks import evidence_against, frozen_size
from federation.trust.registry import Registry
from node.services.sync.copies import Copies
from node.services.sync.origin_heads import HeadStore, OriginHeads

EVIDENCE_MAX: Final = 16


class HeadSettling:
    """The steps that bring heads up. Not safe for threads by itself."""

    def __init__(
        self,
        own_origin: str,
        registry: Callable[[], Registry],
        copies: Copies,
        store: HeadStore,
        clock: Callable[[], float],
    ) -> None:
        self._own_origin = own_origin
        self._registry = registry
        self._copies = copies
        self._store = store
        self._clock = clock
        self.peer_stored_size = 0
        """Up to where another member has stored our own log."""

    def confirming(self, origin: str, heads: OriginHeads) -> KnownCheckpoint | None:
        """Return the largest quorum-cosigned checkpoint that our copy has and shows."""
        for tree, known in sorted(heads.quorum_cosigned.items(), reverse=True):
            if tree[0] <= heads.shown_size() and self._is_ours(origin, known):
                return known
        return None

    def take(self, origin: str, heads: OriginHeads, raw_note: bytes) -> KnownCheckpoint:
        """Take in a signed note and all that follows; refuses what `Confirmations.add` refuses."""
        heads.settled_under = 0
        known = self.add(heads, raw_note)
        heads.unjudged.append(known)
        self.hear(heads, known)
        self.settle(origin, heads)
        return known

    @staticmethod
    def add(heads: OriginHeads, raw_note: bytes) -> KnownCheckpoint:
        """Remember a signed note; nothing is judged by it."""
        known = heads.confirmations.add(raw_note)
        if heads.confirmations.is_quorum(known):
            tree = (known.checkpoint.tree_size, known.checkpoint.root)
            heads.quorum_cosigned[tree] = known
        return known

    def _judge_all(self, origin: str, heads: OriginHeads) -> None:
        while heads.unjudged:
            known = heads.unjudged.pop(0)
            try:
                self._judge(origin, heads, known)
            except Refused:
                raise  # it would be refused again
            except YdxError:
                heads.unjudged.insert(0, known)
                raise

    def _judge(self, origin: str, heads: OriginHeads, known: KnownCheckpoint) -> None:
        """Make evidence of a note that contradicts another note or our copy."""
        keys = self._registry().log_keys(origin)
        for other in heads.confirmations.at(known.checkpoint.tree_size):
            if not other.checkpoint.same_tree(known.checkpoint):
                self.keep(origin, heads, make_evidence(known.note, other.note, keys))
        if heads.reached is None or heads.is_damaged:
            return
        with heads.noting_damage(), self._copies.prover(origin) as copy:
            found = evidence_against(known.note, known.checkpoint, heads.reached, keys, copy)
            if found is not None:
                self.keep(origin, heads, found)

    def keep(self, origin: str, heads: OriginHeads, evidence: Evidence) -> None:
        """Keep evidence, in memory and soon in the database, while there is not enough of it."""
        digest = evidence.digest()
        if digest not in heads.evidence and len(heads.evidence) < EVIDENCE_MAX:
            heads.evidence[digest] = evidence.encode()
            self._store.save_evidence(origin, digest, heads.evidence[digest])

    def hear(self, heads: OriginHeads, known: KnownCheckpoint) -> None:
        """Record when a witness last said that the newest note is its newest."""
        if known is heads.confirmations.newest:
            newest_line_s = max((at for at, _ in known.lines.values()), default=0)
            heads.heard_at_s = max(heads.heard_at_s, min(newest_line_s, self._clock()))

    def settle(self, origin: str, heads: OriginHeads) -> None:
        """Bring all up to what is known and what our copy has, as far as that is sound."""
        version = self._registry().version
        self._judge_all(origin, heads)
        with heads.noting_damage():
            if not heads.is_damaged:
                self._advance(origin, heads)
        if heads.is_damaged:
            heads.thin_quorums(lambda _: False)
            if heads.evidence and heads.frozen_size is None:
                heads.frozen_size = heads.confirmed_size
        heads.settled_under = version

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
        self.prove(heads)
        if origin == self._own_origin:
            self.publish(heads)

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
        heads.unjudged += contradicting
        self._judge_all(origin, heads)

    def publish(self, heads: OriginHeads) -> None:
        """Move what clients may see of the own log."""
        alone = not self._registry().witnesses(self._own_origin)
        held = (
            parse_checkpoint(parse_note(heads.published).text).tree_size if heads.published else -1
        )
        for known in heads.confirmations.known():
            size = known.checkpoint.tree_size
            stored = alone or size <= max(self.peer_stored_size, heads.confirmed_size)
            if stored and held < size <= heads.verified_size:
                held, heads.published = size, known.note

    def _is_ours(self, origin: str, known: KnownCheckpoint) -> bool:
        checkpoint = known.checkpoint
        return self._copies.root_at(origin, checkpoint.tree_size) == checkpoint.root

    def prove(self, heads: OriginHeads) -> None:
        """Record when our copy last held all: not later than now, if the clock was set back."""
        now_s = self._clock()
        heads.heard_at_s = min(heads.heard_at_s, now_s)
        heads.last_proven_at_s = min(heads.last_proven_at_s, now_s)
        if heads.verified_size >= heads.largest_size():
            heads.last_proven_at_s = max(heads.last_proven_at_s, heads.heard_at_s)
