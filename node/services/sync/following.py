"""Following one origin: pulling its log from whoever has it, verifying, storing.

- The owner is asked first, then who has most, until one brings something: any member serves any
  origin, and what peers say of their sizes is a claim. One that brings little for the time it
  takes is asked last for a while, if there is another.
- Who says that it has no more than we have lags, which is no fault. Who leads to no more, or to
  another root, is wrong.
- A batch is stored whole or not at all, with the verified size and the catalogue in one
  transaction; a break resumes at the verified size. The last one goes with the target's note:
  without it nobody could be shown our copy after a crash.
- Bulk batches are not synced one by one. The verified size that others are told, and that is
  cosigned, moves only with a synced commit: at least at the target and every second before.
- A peer that sends something wrong rests for this origin; a proof that fails makes us tell the note
  that our copy has reached, in case it is the origin that is wrong; a part that does not open lets
  it rest too, after the batch is stored and the part is wanted. One that breaks off is not asked
  for a moment, longer each time that it brings nothing, and then last: it may hang again as long.
  A NAMED part that does not name us is dropped and counted; nothing is amiss here.
- Beyond the registry's quota the origin is paused and says so, also within a stream.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Final

from federation.log.batch import VerifiedBatch
from federation.log.errors import Refused, Unreachable, YdxError
from federation.log.merkle import CompactRange
from federation.sync.frames import Batch, Peer
from federation.sync.mirror import OriginMirror
from federation.trust.registry import Registry
from node.services.sync.heads import HeadBoard
from node.services.sync.peers import PeerBook
from node.storage import batches, mirrors
from node.storage.database import Database

SYNC_EVERY_S: Final = 1.0
FRAME_S_MAX: Final = 10.0
FRAME_ENTRIES_MIN: Final = 512
FRAME_BYTES_MIN: Final = 1 << 20
SLOW_S: Final = 60.0


class _Pace:
    """What a source brings for the time that we wait for it; our own work does not count."""

    def __init__(self) -> None:
        self._waited_s = 0.0
        self._entries = 0
        self._size_bytes = 0

    def is_slow(self, batch: VerifiedBatch, waited_s: float) -> bool:
        """Add a batch; tell whether the last FRAME_S_MAX or more brought too little."""
        self._waited_s += waited_s
        self._entries += len(batch.entries)
        self._size_bytes += sum(map(len, batch.entries)) + sum(map(len, batch.parts))
        if self._waited_s < FRAME_S_MAX:
            return False
        spans = self._waited_s / FRAME_S_MAX
        brought = self._entries / FRAME_ENTRIES_MIN, self._size_bytes / FRAME_BYTES_MIN
        self._waited_s, self._entries, self._size_bytes = 0.0, 0, 0
        return max(brought) < spans


class Follower:
    """Follows one origin. One thread calls `step`; `wake` may be called by any."""

    def __init__(
        self,
        mirror: OriginMirror,
        owner: str,
        peers: Mapping[str, Peer],
        book: PeerBook,
        board: HeadBoard,
        database: Database,
        registry: Callable[[], Registry],
        clock: Callable[[], float],
        refused: Callable[[str, str, Refused], None],
        stored: Callable[[str, int], None],
    ) -> None:
        """`refused` is called with (peer, origin, refusal) for everything wrong; it counts it.

        `stored` is called with (peer, entries) for every batch that is stored.
        """
        self.origin = mirror.origin
        self.last_error = ""
        self._mirror = mirror
        self._owner = owner
        self._peers = peers
        self._book = book
        self._board = board
        self._database = database
        self._registry = registry
        self._clock = clock
        self._refused = refused
        self._stored = stored
        self._wake = threading.Event()
        self._is_unsure = False
        self._losses = database.losses
        self._slow_until: dict[str, float] = {}

    def wake(self) -> None:
        """Let `wait` return: there may be more to pull."""
        self._wake.set()

    def wait(self, timeout_s: float) -> None:
        """Return when woken, or after the timeout."""
        self._wake.wait(timeout_s)
        self._wake.clear()

    def step(self) -> bool:
        """Pull from the first source that brings something; return whether one did.

        What a peer does wrong is recorded, not raised. Raises DISK_FULL and DATABASE_ERROR.
        """
        self._read_place()
        before, now = self._mirror.verified_size, self._clock()
        sources = self._book.sources(self.origin, self._owner, before)
        sources.sort(key=lambda name: now < self._slow_until.get(name, 0.0))
        for name in sources:
            if self._is_over_quota():
                return False
            self._try(self._peers[name], is_last=name == sources[-1])
            if self._mirror.verified_size > before:
                return True
        return False

    def _try(self, peer: Peer, *, is_last: bool) -> None:
        """Pull from one peer, and keep what it did wrong."""
        before = self._mirror.verified_size
        try:
            self._pull(peer, is_last=is_last)
            self.last_error = ""
            self._book.came_through(peer.name, self.origin)
        except Refused as refusal:
            self._wrong(peer.name, refusal)
        except Unreachable as error:
            self.last_error = f"{peer.name}: {error.reason}: {error.what}"
            if self._mirror.verified_size > before:
                self._book.came_through(peer.name, self.origin)
            self._book.broke_off(peer.name, self.origin)
            self._slow_until[peer.name] = self._clock() + SLOW_S
        except YdxError as error:
            self.last_error = f"{error.reason}: {error.what}"
            raise
        stray, self._mirror.stray_parts = self._mirror.stray_parts, 0
        if stray:
            what = "NAMED parts came that do not name us"
            told = Refused("PART_MISPLACED", what, parts=str(stray))
            self._refused(peer.name, self.origin, told)
        dropped, self._mirror.dropped_parts = self._mirror.dropped_parts, 0
        if dropped:
            what = "parts came that do not open their commitments"
            self._wrong(peer.name, Refused("PART_DOES_NOT_OPEN", what, parts=str(dropped)))

    def _read_place(self) -> None:
        """Go on from what is stored, where that may be more or less than is remembered.

        After a failure a commit may be there though its answer was lost, or the server still be at
        it, for which a writer waits; what was not synced may be gone with a server that crashed and
        came back.
        """
        losses = self._database.losses
        if not self._is_unsure and losses == self._losses:
            return
        with self._database.write(losses=losses) as tx:
            stored = CompactRange.from_bytes(mirrors.get(tx, self.origin).compact_range)
        self._database.sync(losses)
        self._is_unsure, self._losses = False, losses
        self._mirror.reload(stored)
        self._board.advanced(self.origin, stored.size)

    def _pull(self, peer: Peer, *, is_last: bool) -> None:
        with closing(peer.read_log(self.origin, self._mirror.verified_size)) as frames:
            note = _target(frames)
            if note is None:
                return
            self._board.take_note(self.origin, note)  # first: what is wrong may be evidence
            target = self._mirror.set_target(note, from_owner=peer.name == self._owner)
            if target.tree_size == self._mirror.verified_size:
                raise Refused("HEAD_NOT_GROWING", "the target is what is verified here")
            synced_at, pace = self._clock(), _Pace()
            while self._mirror.verified_size < target.tree_size:
                asked_at = self._clock()
                batch = self._next_batch(frames)
                now = self._clock()
                is_done = batch.end == target.tree_size
                is_slow = pace.is_slow(batch, now - asked_at) and not (is_last or is_done)
                durable = is_slow or is_done or now - synced_at >= SYNC_EVERY_S
                self._store(batch, note if is_done else b"", durable=durable)
                self._stored(peer.name, len(batch.entries))
                if is_slow:
                    self._slow_until[peer.name] = now + SLOW_S
                if is_slow or (durable and self._is_over_quota()):
                    return
                if durable:
                    synced_at = now

    def _next_batch(self, frames: Iterator[bytes | Batch]) -> VerifiedBatch:
        frame = next(frames, None)
        if frame is None:
            self._database.sync()
            raise Unreachable("STREAM_TRUNCATED", "the stream ended before its target")
        if isinstance(frame, bytes):
            raise Refused("MALFORMED_FRAME", "a second target came in one stream")
        return self._mirror.verify(frame)

    def _store(self, batch: VerifiedBatch, target: bytes, *, durable: bool) -> None:
        """Store a batch whole, the last one with the target's note, then move past it.

        After a failure the place is read back from the database before anything more is pulled.
        """
        self._is_unsure = True
        end = batch.end  # what waits for a sync holds no batch: a second's worth was 100 MB
        with self._database.write(durable=durable) as tx:
            batches.apply(tx, batch)
            if target:
                mirrors.set_published_note(tx, mirrors.get(tx, self.origin).origin_id, target)
            tx.on_commit(lambda: self._mirror.advance(batch))
            tx.on_durable(lambda: self._board.advanced(self.origin, end))
        self._is_unsure = False

    def _wrong(self, peer: str, refusal: Refused) -> None:
        """Count what a peer did wrong, and let it rest for this origin."""
        self.last_error = f"{peer}: {refusal.reason}: {refusal.what}"
        self._refused(peer, self.origin, refusal)
        self._book.rest(peer, self.origin, refusal.reason)
        if refusal.reason == "BAD_PROOF":
            self._board.doubt(self.origin)

    def _is_over_quota(self) -> bool:
        quota = self._registry().member_of_origin(self.origin).quota
        with self._database.read() as tx:
            row = mirrors.find(tx, self.origin)
        if row is None or (row.verified_size < quota.entries and row.used_bytes < quota.size_bytes):
            return False
        self.last_error = "QUOTA_EXCEEDED: the origin is over its quota and is paused"
        return True


def _target(frames: Iterator[bytes | Batch]) -> bytes | None:
    """Return the note that a stream leads to, or None where the peer has no more than we have."""
    try:
        note = next(frames, None)
    except Refused as refusal:
        if refusal.reason == "HEAD_NOT_GROWING":
            return None
        raise
    if note is None:
        raise Unreachable("STREAM_TRUNCATED", "the stream ended before it began")
    if not isinstance(note, bytes):
        raise Refused("MALFORMED_FRAME", "a batch came before its target")
    return note
