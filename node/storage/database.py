"""The database of one node: opened, migrated, read by many threads, written by one at a time.

- `open` creates or migrates; a database of a newer version is refused (DATABASE_NEWER). A catalogue
  that another version of the fold built is built anew. Tools beside a node open with
  `migrate=False`: under a node that runs nothing may change but rows.
- `read` gives a snapshot. With `snapshot=False` each statement sees the newest state instead, which
  is one or two trips to a PostgreSQL server cheaper: for a single statement.
- `write` gives the only write transaction of the process (and, by the database's own lock, of all
  processes). Writers of the own log go before those of mirrors. The block's end commits; an
  exception undoes everything.
- `durable=False` is for mirrored batches in bulk: committed and visible, but lost when the power
  fails before the next durable commit or `sync`. No size is reported or cosigned before: see
  `Transaction.on_durable`.
- A server may crash, and come back without its last commits that were not durable. So with a lost
  connection that wrote, whatever waits for the sync of such a commit is forgotten; and `losses` has
  whoever remembers what he wrote or read read it again. With one connection its idle neighbours go.
- A full disk is DISK_FULL, every other failure of the database DATABASE_ERROR; both are counted.
  `write_failure` tells of a write that failed until a `sync` succeeds, which surely writes (others
  may find nothing to change), or of one that takes too long; `probe` is such a sync, and on
  PostgreSQL looks at all tables.
- After a sync that failed nobody knows what is on the disk, and a second one that succeeds proves
  nothing: `sync_failed`, nothing is written any more, and the process has to end.
  Nothing that uses this package sees an exception of a driver.

Nothing above this package knows which database it is.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import BigInteger, String, cast, literal_column, update
from sqlalchemy.exc import DBAPIError

from federation.log.errors import YdxError
from node.storage import migrating, opening
from node.storage.opening import safe_text
from node.storage.ownership import check_owner
from node.storage.rebuilding import check_fold, rebuild_if_stale
from node.storage.schema import meta
from node.storage.statement import Statement
from node.storage.write_watch import WriteWatch
from node.storage.writer_lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from node.storage.postgresql import PostgresqlEngine
    from node.storage.sqlite import SqliteEngine
    from node.storage.transaction import Transaction

_log: Final = logging.getLogger(__name__)
_MAX_READERS: Final = 32
_READER_WAIT_S: Final = 10.0
# A durable transaction that changes nothing would not sync.
_COUNT_SYNC: Final = Statement(
    update(meta)
    .where(meta.c.key == literal_column("'syncs'"))
    .values(value=cast(cast(meta.c.value, BigInteger) + literal_column("1"), String))
)


class Database:
    """One node's database. Safe for use by many threads."""

    def __init__(self, engine: SqliteEngine | PostgresqlEngine) -> None:
        self._engine = engine
        self._idle: deque[_Read] = deque()
        self._readers = threading.BoundedSemaphore(_MAX_READERS)
        self._writer: Transaction | None = None
        self._writer_lock = WriterLock()
        self._watch = WriteWatch()
        self._not_durable: list[Callable[[], None]] = []
        self._closed = False
        self.losses = 0
        """How often a connection was lost: after it commits that were not durable may be gone."""
        self.failures: Counter[str] = Counter()
        """How often a transaction failed, by reason (DISK_FULL, DATABASE_ERROR)."""
        self.sync_failed = False

    @classmethod
    def open(cls, url: str, *, migrate: bool = True, origin: str = "") -> Self:
        """Open `sqlite:///<path>` or `postgresql://…`; create or migrate its tables.

        Raises DATABASE_NEWER, DISK_FULL, DATABASE_ERROR; without `migrate` also DATABASE_OLDER, and
        BAD_CONFIG where there is no file; BAD_CONFIG where the URL cannot be read, and where the
        database is not that of the member whose first log is `origin`.
        """
        database = cls(opening.engine_for(url, must_exist=not migrate))
        with opening.told_if_slow():
            database._connect(writes=migrate)
            database._take(origin, migrate=migrate)
        return database

    def _take(self, origin: str, *, migrate: bool) -> None:
        """Look whether the database is this version's and our own; `migrate` makes it so."""
        if not migrate:
            with self.read() as tx:
                migrating.check_version(tx.connection)
                if origin:
                    check_owner(tx.connection, origin)
                check_fold(tx)
            return
        with self.write() as tx:
            if origin:
                check_owner(tx.connection, origin)
            migrating.migrate(tx.connection)
            rebuild_if_stale(tx)
        for _, warning in self._engine.warnings():
            _log.warning(warning)
        # What a process that was killed has left in the operating system's hands is synced first.
        self.sync()

    def read(self, *, snapshot: bool = True) -> _Read:
        """Return the context manager of a transaction that reads.

        A thread holds one at most: waiting for a second one, it would hold up who waits for a
        first.
        """
        self._check_open()
        if not self._readers.acquire(timeout=_READER_WAIT_S):
            raise YdxError("OVERLOADED", "all connections that read are busy")
        try:
            reader = self._idle.pop()
        except IndexError:
            try:
                with self._failures_told():
                    reader = _Read(self, self._engine.open(writes=False))
            except BaseException:
                self._readers.release()
                raise
        reader.snapshot = snapshot
        return reader

    @contextmanager
    def write(
        self, *, durable: bool = True, own: bool = False, losses: int | None = None
    ) -> Iterator[Transaction]:
        """Give the transaction that writes; `own` goes before every other waiting writer.

        `losses` is their number when what is written was read or remembered: DATABASE_ERROR if
        there was another one since.
        """
        with (
            self._writer_lock.held(own=own),
            self._watch.at_work(),
            self._failures_told(writes=True),
        ):
            if self.sync_failed:
                raise YdxError("DATABASE_ERROR", "a sync failed; the node has to be started again")
            self._check_open()
            transaction = self._writer = self._writer or self._engine.open(writes=True)
            try:
                transaction.begin_write(durable=durable)
                self._check_none_lost(losses)
                yield transaction
                transaction.commit()
            except BaseException:
                self._undo(transaction)
                raise
            self._after_commit(transaction, durable=durable)

    def sync(self, losses: int | None = None) -> None:
        """Return once everything committed so far is on the disk; `losses` as `write` has it."""
        with self.write(losses=losses) as tx:
            tx.run(_COUNT_SYNC)
            tx.on_durable(self._watch.succeeded)

    @property
    def write_failure(self) -> YdxError | None:
        """Return why nothing can be written now, as far as is known: DISK_FULL, DATABASE_ERROR."""
        return self._watch.trouble

    def probe(self) -> None:
        """Find out whether writes succeed again, unless one that is at work will tell."""
        if self.write_failure is None or not self._watch.is_idle:
            return
        try:
            with self.write() as tx:
                tx.run(_COUNT_SYNC)
                self._engine.check_writable(tx.connection)
                tx.on_durable(self._watch.succeeded)
        except YdxError:
            # What is set for a role or a database holds for connections that are opened after it.
            with self._writer_lock.held(own=False):
                if self._writer is not None:
                    self._give_up(self._writer)

    def scrub(self, since_s: float) -> bool:
        """Have no file of the database hold what was overwritten or deleted `since_s` s ago.

        Return whether it is done: not while a reader sees the database as it was before. Takes
        time in proportion to the tables of parts on PostgreSQL, and to a small file on SQLite.
        """
        with self._writer_lock.held(own=False), self._failures_told():
            return self._engine.scrub(since_s)

    def faults(self) -> list[str]:
        """Return what is wrong with the database itself, in its own words; reads all of it.

        A SQLite file only, for instance one that was put under the log of another.
        """
        with self._failures_told():
            return self._engine.faults()

    def close(self) -> None:
        """Sync, and close all connections that are not in use; nothing begins after it."""
        with suppress(YdxError):
            self.sync()
        self._closed = True
        while self._idle:
            self._idle.pop().transaction.close()
        with self._writer_lock.held(own=True):
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self._engine.close()

    def _connect(self, *, writes: bool) -> None:
        """Open the first connection: where that fails, the cure is that of `database.url`."""
        with self._failures_told(opening.URL_CURE):
            transaction = self._engine.open(writes=writes)
        if writes:
            self._writer = transaction
        else:
            self._idle.append(_Read(self, transaction))

    def _check_open(self) -> None:
        if self._closed:
            raise YdxError("DATABASE_ERROR", "the database is closed")

    def _check_none_lost(self, since: int | None) -> None:
        if since not in {None, self.losses}:
            raise YdxError("DATABASE_ERROR", "a connection was lost; what was read may be stale")

    def _after_commit(self, transaction: Transaction, *, durable: bool) -> None:
        committed, transaction.commit_hooks = transaction.commit_hooks, []
        self._not_durable += transaction.durable_hooks
        transaction.durable_hooks = []
        _run(committed)
        if durable:
            synced, self._not_durable = self._not_durable, []
            _run(synced)

    def _undo(self, transaction: Transaction) -> None:
        transaction.commit_hooks = []
        transaction.durable_hooks = []
        try:
            transaction.rollback()
        except Exception:  # noqa: BLE001 - whatever it is, the next writer gets a new connection
            self._give_up(transaction)

    def _give_up(self, writer: Transaction) -> None:
        self._writer = None
        self._not_durable = []
        self._lost_connection()
        with suppress(Exception):
            writer.close()

    def _give_back(self, reader: _Read, *, broken: bool) -> None:
        if broken or self._closed:
            with suppress(Exception):
                reader.transaction.close()
        else:
            self._idle.append(reader)
        if broken:
            self._lost_connection()
        self._readers.release()

    def _lost_connection(self) -> None:
        """Count a loss, and close what is idle: the same has ended it, and each would fail once."""
        self.losses += 1
        with suppress(IndexError):
            while True:
                idle = self._idle.pop()
                with suppress(Exception):
                    idle.transaction.close()

    def _told(
        self,
        error: BaseException,
        cure: tuple[str, str] | None = None,
        *,
        writes: bool = False,
    ) -> YdxError | None:
        """Return what a driver's exception is called here, and count it."""
        original = error.orig if isinstance(error, DBAPIError) else error
        if original is None or not self._engine.is_failure(original):
            return None
        full = self._engine.is_disk_full(original)
        reason = "DISK_FULL" if full else "DATABASE_ERROR"
        self.failures[reason] += 1
        self.sync_failed |= self._engine.is_sync_failure(original)
        what = "the disk is full" if full else f"the database failed: {safe_text(original)}"
        told = YdxError(reason, what, cure=None if full else self._engine.cure(original) or cure)
        if writes or full:
            self._watch.failed(told)
        return told

    @contextmanager
    def _failures_told(
        self, cure: tuple[str, str] | None = None, *, writes: bool = False
    ) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            told = self._told(error, cure, writes=writes)
            if told is None:
                raise
            raise told from error


def _run(hooks: list[Callable[[], None]]) -> None:
    """Run hooks of what is committed.

    One that fails is a fault, told here and to nobody else: the commit stands, and who made it,
    perhaps for another reason, must not hear that it failed.
    """
    for hook in hooks:
        try:
            hook()
        except Exception:  # noqa: BLE001 - see above
            _log.exception("a hook after a commit failed")


class _Read:
    """The context manager of one connection that reads; made once, used again and again."""

    __slots__ = ("_database", "snapshot", "transaction")

    def __init__(self, database: Database, transaction: Transaction) -> None:
        self._database = database
        self.transaction = transaction
        self.snapshot = True

    def __enter__(self) -> Transaction:
        try:
            self.transaction.begin_read(snapshot=self.snapshot)
        except BaseException as error:
            self._fail(error)
            raise
        return self.transaction

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            try:
                self.transaction.commit()
            except BaseException as failure:
                self._fail(failure)
                raise
            self._database._give_back(self, broken=False)  # noqa: SLF001 - its other half
        else:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        try:
            self.transaction.rollback()
            broken = False
        except Exception:  # noqa: BLE001 - whatever it is, the connection is not used again
            broken = True
        self._database._give_back(self, broken=broken)  # noqa: SLF001 - its other half
        told = self._database._told(error)  # noqa: SLF001 - its other half
        if told is not None:
            raise told from error
