"""The sequencer: the only writer of the own log.

Rules (DESIGN sections 4, 5 and 12):

- One thread writes. It takes what waits, bounded in writes and in bytes, and makes one durable
  transaction of it: entries, parts, catalogue and request ids together. Callers are answered after
  the commit; nothing is visible before.
- After a group of several it waits a moment for the next one to gather (see `gathering`).
- A write is prepared inside that transaction and sees the writes before it. One that refuses
  fails alone; when the transaction fails, the whole group fails and nothing of it is left.
- A request id acts once. The same id with the same body has the stored outcome, with another body
  it is REQUEST_ID_REUSED, also within one group. The key is HMAC-SHA-256(node secret, caller ‖
  request id) cut to 16 bytes, the body's digest is keyed too; both are remembered for 30 days.
- Entry 0 is GENESIS; it goes before the first write.
- Nothing is appended while `may_write` raises. The queue is bounded: OVERLOADED beyond it.
"""

from __future__ import annotations

import hmac
import queue
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused, Unreachable, YdxError
from federation.log.merkle import CompactRange
from node.services.arguments import invalid
from node.services.log.gathering import Gathering
from node.services.log.view import LogView, Stage
from node.storage import batches, mirrors, requests, write_groups
from node.storage.requests import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from node.services.log.drafts import Draft, Encoder
    from node.services.log.view import Source
    from node.storage.database import Database

REQUEST_BYTES: Final = 16
_FORGET_EVERY_S: Final = 3600.0
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Request:
    """What makes a write idempotent: its key, and the digest of what is asked."""

    key: bytes
    body_digest: bytes


@dataclass(frozen=True, slots=True)
class Write:
    """What one caller asks of the log.

    `prepare` runs in the writer's thread, appends to the view and returns the outcome: bytes that
    the caller understands, kept under its request id. It may run again after a failed commit, so
    it has no other effects. `size_bytes` counts against the bound of a group; it is asked only
    where another write waits, since to measure a message is to serialise it. `sources` are the
    platforms' numbers that it will ask for; those of a whole group are looked up at once.
    """

    prepare: Callable[[LogView], bytes]
    request: Request | None = None
    size_bytes: Callable[[], int] = lambda: 0
    sources: Collection[Source] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write came to; `replayed` where the same request was answered before."""

    content: bytes
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SequencerPorts:
    """What the sequencer is wired to.

    `may_write` raises why nothing may be appended now. `on_commit` hears of every new tree size,
    on the writer's thread. `wait_stored_by_peer(tree_size, timeout_s)` tells whether another member
    has stored the log up to that size in time. `genesis` makes entry 0. `measure` hears of every
    transaction: entries and seconds.
    """

    may_write: Callable[[], None]
    on_commit: Callable[[int], None]
    wait_stored_by_peer: Callable[[int, float], bool]
    genesis: Callable[[], Draft]
    measure: Callable[[int, float], None] = lambda _entries, _seconds: None


@dataclass(frozen=True, slots=True)
class SequencerLimits:
    """Bounds of the queue and of one group."""

    waiting_max: int = 1024
    group_writes_max: int = 256
    group_bytes_max: int = 8 * 1024 * 1024


class _Pending:
    """A write in the queue. `done` is held until it is answered."""

    __slots__ = ("done", "failure", "outcome", "write")

    def __init__(self, write: Write) -> None:
        self.write = write
        self.outcome: Outcome | None = None
        self.failure: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def answer(self, failure: BaseException | None = None) -> None:
        self.failure = failure
        self.done.release()


class Sequencer:
    """Appends to the own log. `submit` may be called by many threads."""

    def __init__(
        self,
        database: Database,
        encoder: Encoder,
        ports: SequencerPorts,
        secret: bytes,
        limits: SequencerLimits | None = None,
    ) -> None:
        """Read where the log stands. `secret` is the node's own, 32 bytes."""
        self._database = database
        self._encoder = encoder
        self._ports = ports
        self._keyed = hmac.new(secret, digestmod="sha256")
        self._limits = limits or SequencerLimits()
        self._queue: queue.SimpleQueue[_Pending | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="sequencer", daemon=True)
        self._entrance = threading.Lock()
        """Held by who goes into the queue, and by who closes it: nothing waits behind the end."""
        self._stopping = False
        self._is_unsure = False
        self._gathering = Gathering()
        self._forgot_at_s = encoder.clock()
        with database.write(own=True) as tx:
            own = mirrors.add(tx, encoder.origin, is_own=True)
        self._range = CompactRange.from_bytes(own.compact_range)

    @property
    def tree_size(self) -> int:
        """Return how many entries the log has, all of them durable."""
        return self._range.size

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then stop; later writes are refused."""
        with self._entrance:
            self._stopping = True
            self._queue.put(None)
        self._thread.join()

    def request(self, caller: str, request_id: str, body: bytes) -> Request | None:
        """Make the key of a caller's request id (a UUID); None without one.

        Refuses INVALID_FIELD where it is no UUID.
        """
        if not request_id:
            return None
        key = caller.encode() + parse_request_id(request_id)
        return Request(
            self._keyed_digest(key)[:REQUEST_BYTES],
            self._keyed_digest(body),
        )

    def _keyed_digest(self, content: bytes) -> bytes:
        # `hmac.digest` would let other threads in at every call, which costs more than it does.
        keyed = self._keyed.copy()
        keyed.update(content)
        return keyed.digest()

    def open_log(self) -> None:
        """Append GENESIS if the log is empty; raises why it may not be written."""
        if self.tree_size == 0:
            self.submit(Write(lambda _: b""))

    def submit(self, write: Write) -> Outcome:
        """Append, and return once it is on the disk.

        Raises what `prepare` raises, why nothing may be written, REQUEST_ID_REUSED, OVERLOADED,
        DISK_FULL, DATABASE_ERROR.
        """
        self._ports.may_write()
        pending = _Pending(write)
        with self._entrance:
            if self._stopping or self._queue.qsize() >= self._limits.waiting_max:
                what = "too many writes are waiting, or the node is stopping"
                raise Unreachable("OVERLOADED", what)
            self._queue.put(pending)
        self._gathering.came(self._queue.qsize())
        pending.done.acquire()
        if pending.failure is not None:
            raise pending.failure
        if pending.outcome is None:
            raise AssertionError("a write was answered without an outcome")
        return pending.outcome

    def rehearse(self, write: Write) -> Outcome:
        """Prepare over a snapshot and write nothing; raises what `prepare` raises.

        A request id that was used before is answered or refused as `submit` does it.
        """
        with self._database.read() as tx:
            request = write.request
            known = {} if request is None else write_groups.find_requests(tx, {request.key})
            done = _done_before(request, known)
            if done is not None:
                return done
            view = LogView(Stage(tx, self._encoder, self.tree_size))
            return Outcome(write.prepare(view), replayed=False)

    def wait_stored_by_peer(self, timeout_s: float) -> None:
        """Wait until another member has stored all that is in the log now.

        Raises NOT_STORED_BY_PEER: the write stands, and the same request id asks again.
        """
        size = self.tree_size
        if not self._ports.wait_stored_by_peer(size, timeout_s):
            raise Unreachable(
                "NOT_STORED_BY_PEER",
                "written here, but no other member has stored it yet",
                tree_size=str(size),
            )

    def _work(self) -> None:
        stopped = False
        while not stopped:
            group, stopped = self._take()
            started_at = time.monotonic()
            if group:
                self._write_group(group)
            self._gathering.wrote(len(group), time.monotonic() - started_at)

    def _take(self) -> tuple[list[_Pending], bool]:
        """Wait for a write and take what waits behind it; True where the end has come."""
        group: list[_Pending] = []
        size_bytes = 0
        following = self._queue.get()
        self._gathering.wait(self._queue.qsize)
        while following is not None:
            group.append(following)
            if len(group) >= self._limits.group_writes_max or self._queue.empty():
                return group, False
            size_bytes += following.write.size_bytes()
            if size_bytes >= self._limits.group_bytes_max:
                return group, False
            following = self._queue.get()
        return group, True

    def _write_group(self, group: Sequence[_Pending]) -> None:
        """Write a group and answer each of its callers, whatever happens."""
        try:
            self._ports.may_write()
            if self._is_unsure:
                self._read_place()
            began_at = time.perf_counter()
            compact_range = self._transact(group)
            self._ports.measure(
                compact_range.size - self._range.size, time.perf_counter() - began_at
            )
        except YdxError as failure:
            self._is_unsure = True
            for pending in group:
                pending.answer(_again(failure))
            return
        except Exception as fault:  # noqa: BLE001 - the thread goes on, and each caller hears of it
            self._is_unsure = True
            if len(group) > 1:
                for pending in group:  # the others are not to blame
                    self._write_group([pending])
            else:
                group[0].answer(fault)
            return
        grown = compact_range.size > self._range.size
        self._range = compact_range
        if grown:
            self._ports.on_commit(compact_range.size)
        for pending in group:
            pending.answer(pending.failure)

    def _read_place(self) -> None:
        """Read where the log stands: a commit may have reached the disk though its answer is lost.

        As a writer, for a server may still be at that commit: it waits for a standby. Raises
        RESTORED_BEHIND where the database holds less than was answered for.
        """
        with self._database.write(own=True) as tx:
            stored = mirrors.get(tx, self._encoder.origin)
        if stored.verified_size < self._range.size:
            raise YdxError(
                "RESTORED_BEHIND",
                f"{self._range.size} entries were written, "
                f"the database holds {stored.verified_size}",
                size=str(self._range.size),
            )
        grown = stored.verified_size > self._range.size
        self._range = CompactRange.from_bytes(stored.compact_range)
        self._is_unsure = False
        if grown:
            self._ports.on_commit(self._range.size)

    def _transact(self, group: Sequence[_Pending]) -> CompactRange:
        """Make one transaction of a group; return the log's range after it."""
        with self._database.write(durable=True, own=True) as tx:
            sources = {source for pending in group for source in pending.write.sources}
            stage = Stage(tx, self._encoder, self._range.size, sources)
            if self._range.size == 0:
                opening = LogView(stage)
                opening.append(self._ports.genesis())
                stage.keep(opening)
            keys = {one.write.request.key for one in group if one.write.request is not None}
            known = write_groups.find_requests(tx, keys)
            fresh: dict[bytes, Remembered] = {}
            for pending in group:
                pending.failure = None
                try:
                    pending.outcome = _prepare(pending.write, stage, known, fresh)
                except YdxError as failure:
                    pending.failure = failure
            batch = self._encoder.batch(self._range, stage.encoded)
            if batch.entries:
                batches.apply(tx, batch)
            now_s = self._encoder.clock()
            write_groups.remember_requests(tx, fresh, now_s)
            if not 0.0 <= now_s - self._forgot_at_s <= _FORGET_EVERY_S:  # it may be set back
                requests.forget_old(tx, now_s)
                self._forgot_at_s = now_s
        return batch.compact_range


def _prepare(
    write: Write,
    stage: Stage,
    known: Mapping[bytes, Remembered],
    fresh: dict[bytes, Remembered],
) -> Outcome:
    """Prepare a write, or find what its request came to before, in the log or in its group."""
    request = write.request
    done = _done_before(request, known) or _done_before(request, fresh)
    if done is not None:
        return done
    view = LogView(stage, request.key if request else b"")
    content = write.prepare(view)
    stage.keep(view)
    if request is not None:
        fresh[request.key] = Remembered(request.body_digest, content)
    return Outcome(content, replayed=False)


def _done_before(request: Request | None, known: Mapping[bytes, Remembered]) -> Outcome | None:
    """Return what a request came to before; refuses REQUEST_ID_REUSED for another body."""
    done = None if request is None else known.get(request.key)
    if request is None or done is None:
        return None
    if not hmac.compare_digest(done.body_digest, request.body_digest):
        raise Refused(
            "REQUEST_ID_REUSED", "this request id was used with another body", field="request_id"
        )
    return Outcome(done.outcome, replayed=True)


def parse_request_id(text: str) -> bytes:
    """Return the 16 bytes of a request id; refuses INVALID_FIELD what is no UUID."""
    if not _UUID.fullmatch(text):
        raise invalid("request_id", "REQUEST_ID_FORM", text)
    return bytes.fromhex(text.replace("-", ""))


def _again(failure: YdxError) -> YdxError:
    """Return a copy of a failure, since each caller raises its own."""
    copy = type(failure)(failure.reason, failure.what, cure=failure.cure, **failure.metadata)
    copy.__cause__ = failure.__cause__
    return copy
