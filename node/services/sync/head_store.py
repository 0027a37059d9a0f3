"""Keeping heads, rests and evidence in the database, off the threads that learn of them.

- What is known of an origin is kept as its newest state, a few times a second, and soon after more
  was confirmed: views go by what is stored. Losing the last one costs a meeting, not a promise.
- What was kept is kept again where a server may have crashed and come back without it.
- Listeners are called once more is confirmed in the tables than before.
- What decides a freeze is synced: it must not move up because the node was killed.
- Evidence is kept with the next write too, which is synced then. It proves itself, so passing it on
  before is no harm. Nothing here waits for the writer but `flush`: who learns of heads holds locks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from federation.log.errors import YdxError
from node.services.sync.origin_heads import StoredHead
from node.services.sync.peers import Rest
from node.storage import freezing, mirrors, peers
from node.storage.database import Database
from node.storage.transaction import Transaction


class DatabaseHeadStore:
    """Collects what changed; `flush` writes it. Safe for many threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._losses = database.losses
        self._kept: dict[str, StoredHead] = {}
        self._heads: dict[str, StoredHead] = {}
        self._rests: dict[tuple[str, str], Rest] = {}
        self._evidence: dict[bytes, tuple[str, bytes]] = {}
        self._confirmed: dict[str, int] = {}
        self._due = threading.Event()
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each flush that wrote a larger confirmed size."""
        self._listeners.append(listener)

    def wait(self, timeout_s: float) -> None:
        """Return when more was confirmed than is stored, or after the timeout."""
        self._due.wait(timeout_s)

    def save_head(self, head: StoredHead) -> None:
        """Keep a head with the next flush."""
        with self._lock:
            self._heads[head.origin] = head
            if head.confirmed_size > self._confirmed.get(head.origin, 0):
                self._confirmed[head.origin] = head.confirmed_size
                self._due.set()

    def save_rest(self, peer: str, origin: str, rest: Rest) -> None:
        """Keep a rest with the next flush."""
        with self._lock:
            self._rests[peer, origin] = rest

    def save_evidence(self, origin: str, digest: bytes, content: bytes) -> None:
        """Keep evidence with the next flush."""
        with self._lock:
            self._evidence[digest] = (origin, content)

    def flush(self) -> None:
        """Write what changed since the last flush; raises DISK_FULL, DATABASE_ERROR."""
        losses = self._database.losses
        with self._lock:
            if losses != self._losses:
                self._heads = self._kept | self._heads
            is_due = self._due.is_set()
            self._due.clear()
            heads, rests, evidence = self._heads, self._rests, self._evidence
            self._heads, self._rests, self._evidence = {}, {}, {}
        if not heads and not rests and not evidence:
            return
        try:
            is_forked = bool(evidence) or any(head.quorum_notes for head in heads.values())
            with self._database.write(durable=is_forked) as tx:
                for digest, (origin, content) in evidence.items():
                    peers.add_evidence(tx, digest, origin, content)
                for head in heads.values():
                    _save(tx, head)
                for (peer, origin), rest in rests.items():
                    value = peers.Rest(peer, origin, rest.until_s, rest.failures, rest.reason)
                    peers.set_rest(tx, value)
        except YdxError:
            with self._lock:  # the next flush writes what this one could not, unless it is newer
                self._heads = heads | self._heads
                self._rests = rests | self._rests
                self._evidence = evidence | self._evidence
                if is_due:
                    self._due.set()
            raise
        self._losses = losses
        self._kept |= heads
        for listener in self._listeners if is_due else ():
            listener()


def stored_heads(database: Database) -> list[StoredHead]:
    """Return what the database keeps of every origin."""
    with database.read() as tx:
        rows = mirrors.every(tx)
        quorums = {row.origin: peers.quorum_notes(tx, row.origin) for row in rows}
    return [
        StoredHead(
            origin=row.origin,
            verified_size=row.verified_size,
            confirmed_size=row.confirmed_size,
            newest_note=row.newest_note or b"",
            confirmed_note=row.confirmed_note or b"",
            published_note=row.published_note or b"",
            frozen_size=row.frozen_size,
            last_proven_at_s=row.last_proven_at_s,
            quorum_notes=quorums[row.origin],
            verified_root=row.verified_root,
        )
        for row in rows
    ]


def stored_rests(database: Database) -> dict[tuple[str, str], Rest]:
    """Return the rests that the database keeps."""
    with database.read() as tx:
        return {
            (row.peer, row.origin): Rest(row.until_s, row.failures, row.reason)
            for row in peers.rests(tx)
        }


def stored_evidence(database: Database) -> list[bytes]:
    """Return the evidence that the database keeps."""
    with database.read() as tx:
        found = [peers.find_evidence(tx, digest) for _, digest in peers.evidence_digests(tx)]
    return [content for content in found if content is not None]


def _save(tx: Transaction, head: StoredHead) -> None:
    row = mirrors.find(tx, head.origin)
    if row is None:
        row = mirrors.add(tx, head.origin)
    mirrors.set_head(
        tx,
        row,
        newest_note=head.newest_note,
        confirmed_size=head.confirmed_size,
        confirmed_note=head.confirmed_note,
        published_note=head.published_note,
        proven_at_s=head.last_proven_at_s,
    )
    if head.quorum_notes:
        peers.set_quorum_notes(tx, head.origin, head.quorum_notes)
    if head.frozen_size != row.frozen_size:
        freezing.freeze(tx, row, head.frozen_size)
