"""Keeping the full-text index in step with the catalogue.

- The index follows the change feed by position. A new one is first built from the catalogue as it
  stands, as far as the feed was when that began, and then follows from there.
- What an entry changes is looked up in the catalogue by its subject, never read from the entry. So
  a revision, a withdrawal, an erasure, a part that came late, a freeze and a thaw are one case.
- A first revision is put once its entry has arrived, never earlier. So one among the entries of a
  step is new to the index, and nothing needs to be taken out for it. A later one is put wherever an
  entry names its listing, in place of what was there.
- The index is never ahead of the database: everything up to its mark is synced before it is
  committed. An index whose mark this database does not know (put back from an older copy) is
  dropped and built again.
- tantivy removes the words of what was deleted only when it merges. So an erasure has the whole
  index built again, beside the one that serves, and the old files removed (PIPL art. 47), within
  REBUILD_AFTER_ERASURE_S or little more. The mark remembers since when, whatever is restarted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import structlog
from google.protobuf.message import DecodeError

from federation.log.errors import Unreachable
from node.search.documents import listing_document
from node.search.index import Mark
from node.services.catalogue.listing_changes import touches
from node.services.finding.index_marks import has_arrived, is_known
from node.storage import arrivals, live_listings
from node.storage.arrivals import ArrivalKind
from node.storage.failpoint import failpoint
from node.storage.positions import split_position

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from node.search.folder import IndexFolder
    from node.search.index import ListingIndex, Snapshot
    from node.storage.database import Database
    from node.storage.live_listings import LiveListing

LEAVES_A_STEP: Final = 2_000
LISTINGS_A_STEP: Final = 500
COMMIT_AFTER_S: Final = 0.5
COMMIT_SHARE: Final = 0.1
"""Of the time, at most, for commits: under load they cost more, and leave more to be merged."""
COMMIT_AFTER_S_MAX: Final = 5.0
COMMIT_AFTER_PUTS: Final = 20_000
KEEP_MARK_AFTER_LEAVES: Final = 20_000
"""Where no listing has changed, a commit would cost two syncs to keep a position."""
REBUILD_AFTER_ERASURE_S: Final = 3600.0

_ERASING: Final = frozenset({ArrivalKind.ENTRIES, ArrivalKind.SHOWN})

_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild has come, in listings."""

    done: int
    total: int
    is_finished: bool = False


@dataclass(frozen=True, slots=True)
class IndexerPorts:
    """What the keeper of an index needs of the node, which may be another process."""

    sync: Callable[[], None]
    """Returns once the database has on disk all that was committed before."""
    show: Callable[[str, Mark], None]
    """Takes the name of the index that is to serve, and what it has taken in."""


class IndexWriter:
    """Builds one index and keeps it in step; one thread calls `step`."""

    def __init__(
        self,
        database: Database,
        index: ListingIndex,
        sync: Callable[[], None],
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        """`sync` returns once the database has all on disk.

        `clock` tells seconds that never go back, `wall_clock` Unix seconds.
        """
        self._database = database
        self._sync = sync
        self._clock = clock
        self._wall_clock = wall_clock
        self.index = index
        self.erased_at_s = index.snapshot.mark.erased_at_s
        """When something was first erased that this index held."""
        self.done = 0
        self._position = index.snapshot.mark.position
        self._scan_from: int | None = None
        self._scanned_sizes: Mapping[int, int] = {}
        self._puts = 0
        self._kept = self._position
        self._has_changed = False
        self._committed_at_s = clock()
        self._pause_s = COMMIT_AFTER_S
        with database.read() as tx:
            if not is_known(tx, index.snapshot.mark):
                _log.warning("the index is of another database; building it again")
                self._position = 0
            if self._position == 0:
                self._position = arrivals.last_position(tx)
                self._scanned_sizes = arrivals.sizes_at(tx, self._position)
                self._scan_from = 0
                self.erased_at_s = None
                self._has_changed = True
                index.clear()

    @property
    def is_building(self) -> bool:
        """Whether it is still built from the catalogue."""
        return self._scan_from is not None

    def step(self) -> bool:
        """Take in some more, and commit where that is due; return whether there may be more now."""
        more = self._scan() if self._scan_from is not None else self._follow()
        self.commit_due()
        return more

    def commit_due(self) -> None:
        """Commit what was taken in, where it is time to."""
        due = self._clock() >= self._committed_at_s + self._pause_s
        if not self.is_building and (self._puts >= COMMIT_AFTER_PUTS or (due and self._is_ahead())):
            if self._has_changed or self._position >= self._kept + KEEP_MARK_AFTER_LEAVES:
                self.commit()
            else:
                self._advance()

    def catch_up(self) -> Iterator[None]:
        """Take in what has arrived by now; yields after each step."""
        with self._database.read() as tx:
            end = arrivals.last_position(tx)
        while self._position < end and self.step():
            yield

    def commit(self) -> None:
        """Commit what was taken in, once the database has it on disk."""
        began_at_s = self._clock()
        self._sync()
        with self._database.read() as tx:
            sizes = arrivals.sizes_at(tx, self._position)
        failpoint("index_before_commit")
        self.index.commit(Mark(self._position, sizes, self.erased_at_s))
        failpoint("index_after_commit")
        self._puts = 0
        self._kept = self._position
        self._has_changed = False
        self._committed_at_s = self._clock()
        took_s = self._committed_at_s - began_at_s
        self._pause_s = min(max(COMMIT_AFTER_S, took_s / COMMIT_SHARE), COMMIT_AFTER_S_MAX)

    def _advance(self) -> None:
        with self._database.read() as tx:
            sizes = arrivals.sizes_at(tx, self._position)
        self.index.advance(Mark(self._position, sizes, self.erased_at_s))
        self._committed_at_s = self._clock()

    def due_in_s(self) -> float | None:
        """Return when a commit is due; None where nothing waits for one."""
        if self.is_building or not self._is_ahead():
            return None
        return max(0.0, self._committed_at_s + self._pause_s - self._clock())

    def _is_ahead(self) -> bool:
        return self._position > self.index.snapshot.mark.position

    def _scan(self) -> bool:
        """Take in listings as the catalogue has them."""
        assert self._scan_from is not None  # noqa: S101 - only called while scanning
        with self._database.read() as tx:
            found, self._scan_from = live_listings.behind(tx, self._scan_from, LISTINGS_A_STEP)
        for listing in found:
            if not has_arrived(listing, self._scanned_sizes):
                if listing.revision == 1:
                    continue  # it comes with its entry
                # It may have been found before, as it stood when this began.
                self.index.delete(listing.origin_id, listing.subject)
            self._put(listing)
        if self._scan_from is None:
            self.commit()
        return True

    def _follow(self) -> bool:
        """Take in what has changed since."""
        with self._database.read() as tx:
            runs = arrivals.after(tx, self._position, LEAVES_A_STEP)
            if not runs:
                return False
            changed: dict[int, set[bytes]] = {}
            entered: set[tuple[int, int]] = set()
            has_erased = False
            for touch in touches(tx, runs):
                changed.setdefault(touch.origin_id, set()).add(touch.subject)
                if touch.kind == ArrivalKind.ENTRIES:
                    entered.add((touch.origin_id, touch.leaf_index))
                # What was frozen when it arrived erases once it is shown.
                has_erased |= touch.is_erasure and touch.kind in _ERASING
            position = runs[-1].position + runs[-1].count - 1
            sizes = arrivals.sizes_at(tx, position)
            found = [
                listing
                for origin_id, subjects in changed.items()
                for listing in live_listings.of_subjects(tx, origin_id, subjects)
                if listing.revision > 1 or has_arrived(listing, sizes)
            ]
        self._has_changed |= bool(changed)
        if has_erased and self.erased_at_s is None:
            self.erased_at_s = self._wall_clock()
        for listing in found:
            if listing.revision == 1 and split_position(listing.position) in entered:
                changed[listing.origin_id].discard(listing.subject)
        for origin_id, subjects in changed.items():
            for subject in subjects:
                self.index.delete(origin_id, subject)
        for listing in found:
            self._put(listing)
        self._position = position
        return True

    def _put(self, listing: LiveListing) -> None:
        """Put a listing of which the index holds nothing. Hot."""
        self.done += 1
        self._puts += 1
        with suppress(DecodeError):  # what says nothing is not found
            self.index.add(listing_document(listing, self.index.snapshot.schema))


class Indexer:
    """Keeps the index of a folder, and tells what is committed there; rebuilds beside it."""

    def __init__(
        self,
        database: Database,
        folder: IndexFolder,
        ports: IndexerPorts,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` tells seconds that never go back, `wall_clock` Unix seconds."""
        self._database = database
        self._folder = folder
        self._ports = ports
        self._clock = clock
        self._wall_clock = wall_clock
        self._lock = threading.Lock()
        self._rebuilding = threading.Lock()
        self._writer: IndexWriter | None = None
        self._losses = database.losses
        self._name = ""
        self._shown: Snapshot | None = None

    def step(self) -> bool:
        """Take in some more, at first open the index; return whether there may be more now.

        Raises INDEX_FAILED; the next step begins again at the last commit, as after a connection
        was lost.
        """
        return self._work(IndexWriter.step)

    def rest(self) -> None:
        """Take nothing in, but commit what is due; raises as `step`."""
        self._work(IndexWriter.commit_due)

    def newest_position(self) -> int:
        """Return up to where the change feed has come."""
        with self._database.read() as tx:
            return arrivals.last_position(tx)

    def _work(self, do: Callable[[IndexWriter], _T]) -> _T:
        with self._lock:
            losses = self._database.losses
            if losses != self._losses:
                # The server may have crashed, and come back without what was read and not synced.
                self._give_up()
                self._losses = losses
            try:
                if self._writer is None:
                    self._name, index = self._folder.open()
                    self._writer = self._new_writer(index)
                done = do(self._writer)
            except (ValueError, OSError) as error:
                self._give_up()
                raise _failed(error) from None
            self._show(self._writer.index.snapshot)
        return done

    def due_in_s(self, most_s: float) -> float:
        """Return how long to wait for news."""
        with self._lock:
            due_s = self._writer.due_in_s() if self._writer is not None else None
        return most_s if due_s is None else min(most_s, due_s)

    def rebuild(self) -> Generator[Progress, None, None]:
        """Build a new index beside the one that serves, then let it serve; yields its progress.

        Broken off, it leaves everything as it was. Refuses OVERLOADED while another one runs.
        """
        if not self._rebuilding.acquire(blocking=False):
            raise Unreachable("OVERLOADED", "the index is being rebuilt already")
        try:
            yield from self._rebuild()
        finally:
            self._rebuilding.release()

    def is_rebuild_due(self) -> bool:
        """Tell whether an erasure is REBUILD_AFTER_ERASURE_S old, so that its words must go."""
        writer = self._writer
        if writer is None or writer.erased_at_s is None:
            return False
        # A clock that was set back says nothing of how old it is.
        return not 0 <= self._wall_clock() - writer.erased_at_s < REBUILD_AFTER_ERASURE_S

    def close(self) -> None:
        """Give the files up."""
        with self._lock:
            self._give_up()

    def _rebuild(self) -> Generator[Progress, None, None]:
        name, index = self._folder.begin()
        try:
            with self._database.read() as tx:
                total = live_listings.count(tx)
            writer = self._new_writer(index)
            while writer.is_building:
                writer.step()
                yield Progress(min(writer.done, total), total)
            # Up to where the feed is now, for it may never rest; what comes then is followed.
            for _ in writer.catch_up():
                yield Progress(min(writer.done, total), total)
            with self._lock:
                for _ in writer.catch_up():
                    pass
                writer.commit()
                self._take(name, writer)
        except BaseException as error:
            index.close()
            self._folder.remove(name)
            if isinstance(error, ValueError | OSError):
                raise _failed(error) from None
            raise
        yield Progress(total, total, is_finished=True)

    def _take(self, name: str, writer: IndexWriter) -> None:
        """Let another index serve, and remove the old one."""
        self._folder.use(name)
        self._name = name
        old, self._writer = self._writer, writer
        self._show(writer.index.snapshot)
        if old is not None:
            old.index.close()
        self._folder.remove_others()

    def _new_writer(self, index: ListingIndex) -> IndexWriter:
        ports = self._ports
        return IndexWriter(self._database, index, ports.sync, self._clock, self._wall_clock)

    def _show(self, snapshot: Snapshot) -> None:
        if snapshot is not self._shown:
            self._shown = snapshot
            self._ports.show(self._name, snapshot.mark)

    def _give_up(self) -> None:
        if self._writer is not None:
            self._writer.index.close()
            self._writer = None


def _failed(error: Exception) -> Unreachable:
    return Unreachable("INDEX_FAILED", f"the index cannot be written: {error}")
