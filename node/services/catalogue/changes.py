"""The change feed: what this node shows, change by change, in the order in which it took it in.

- Feed positions count the leaves of all logs as they arrive (`storage.arrivals`). Not every leaf is
  a change: control entries, invalid ones and sealed ones are passed over, so positions have gaps.
- PUT and WITHDRAWN are entries that advance their record; ERASED stands at the ERASE entry, once
  for each record that it names; ARRIVED is a part that was wanted; RETRACTED is an entry that was
  shown before its origin was frozen below it.
- A position never loses its meaning, so no cursor is ever refused for a freeze: what it hid is told
  by RETRACTED further on, and its entries are passed over by who reads them later. What is shown
  again after it arrives once more. A position that was not reached yet is
  POSITION_IN_FUTURE.
- A page ends early, behind a whole leaf, where its records are large (`answer_bytes`).
- Who watches is woken by commits, looks at most every 100 ms, and hears a heartbeat every 15 s.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from federation.log.entry import KIND_ERASE, RECORD_KINDS, Operation, parse_entry, scan_entries
from federation.log.errors import Refused
from federation.log.subject import parse_origin
from federation.records.codec_body import parse_erase
from node.services.answer_bytes import ANSWER_BYTES_MAX
from node.services.catalogue.feed_position import check_reached
from node.services.catalogue.records import record_name
from node.storage import arrivals, catalogue, logs, mirrors
from node.storage.arrivals import ArrivalKind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from federation.log.entry import ScannedEntry
    from federation.records.codec import Record
    from node.services.access import Caller
    from node.services.catalogue.reading import Catalogue
    from node.storage.arrivals import Arrival
    from node.storage.database import Database
    from node.storage.mirrors import Mirror
    from node.storage.transaction import Transaction

PUT: Final = 1
WITHDRAWN: Final = 2
ERASED: Final = 3
RETRACTED: Final = 4
ARRIVED: Final = 5

HEARTBEAT_S: Final = 15.0
_LOOK_INTERVAL_S: Final = 0.1
_POSITION_MAX: Final = 2**63 - 1
_CHANGE_BYTES: Final = 128  # without its record


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `kind` is a ChangeKind. `record` only where asked for and still current."""

    position: int
    kind: int
    name: str
    revision: int
    leaf_index: int
    is_provisional: bool
    record_kind: int
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in order, the position to go on from, and whether there are more now."""

    changes: Sequence[Change]
    position: int
    more: bool = False
    is_end: bool = False


class Ending(Protocol):
    """What may end while somebody waits."""

    @property
    def ended(self) -> bool:
        """Whether to return now."""


class Life(Ending, Protocol):
    """How long a stream may go on."""

    def wait(self, timeout_s: float) -> bool:
        """Sleep until the end, at most so long; True once ended."""

    def on_end(self, wake: Callable[[], None]) -> None:
        """Call `wake` at the end."""


class Bell:
    """Wakes all who watch. `ring` costs the writer little and never waits."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0

    def ring(self) -> None:
        """Say that something was stored."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    @property
    def rung(self) -> int:
        """Return how often it rang."""
        return self._rung

    def wait(self, seen: int, timeout_s: float, life: Ending) -> None:
        """Wait until it rings again, the life ends or the time is over."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung != seen or life.ended, timeout_s)


class ChangeFeed:
    """Reads the feed for callers. Safe for many threads."""

    def __init__(
        self, database: Database, catalogue_reader: Catalogue, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        self._database = database
        self._catalogue = catalogue_reader
        self._heartbeat_s = heartbeat_s
        self.bell = Bell()
        """To be rung at every commit that stores entries or parts."""

    def list(self, caller: Caller, after: int, limit: int, *, with_records: bool) -> ChangePage:
        """Return the changes among at most the next `limit` leaves; refuses POSITION_IN_FUTURE."""
        after = min(after, _POSITION_MAX)
        with self._database.read() as tx:
            last = check_reached(tx, after)
            reading = _Reading(tx, caller, self._catalogue, with_records=with_records)
            changes: list[Change] = []
            position, size_bytes = after, 0
            for run in arrivals.after(tx, after, limit):
                for change in reading.changes(run):
                    if size_bytes >= ANSWER_BYTES_MAX and change.position > changes[-1].position:
                        return ChangePage(changes, changes[-1].position, more=True)
                    changes.append(change)
                    size_bytes += _CHANGE_BYTES
                    size_bytes += 0 if change.record is None else change.record.ByteSize()
                position = run.position + run.count - 1
        return ChangePage(changes, position, more=position < last)

    def watch(
        self, caller: Caller, after: int, limit: int, life: Life, *, with_records: bool
    ) -> Generator[ChangePage, None, None]:
        """Yield pages as changes come, an empty one as a heartbeat, and at the end a last one.

        Refuses what `list` refuses.
        """
        position = after
        told_at = time.monotonic()
        life.on_end(self.bell.ring)
        while not life.ended:
            rung, looked_at = self.bell.rung, time.monotonic()
            page = self.list(caller, position, limit, with_records=with_records)
            position = page.position
            if page.changes or looked_at - told_at >= self._heartbeat_s:
                told_at = looked_at
                yield page
            if not page.more:
                self.bell.wait(rung, told_at + self._heartbeat_s - looked_at, life)
                life.wait(max(0.0, looked_at + _LOOK_INTERVAL_S - time.monotonic()))
        yield ChangePage((), position, is_end=True)


class _Reading:
    """One look at the feed: runs of leaves to changes."""

    def __init__(
        self, tx: Transaction, caller: Caller, reader: Catalogue, *, with_records: bool
    ) -> None:
        self._tx = tx
        self._caller = caller
        self._reader = reader
        self._with_records = with_records
        self._mirrors = {row.origin_id: row for row in mirrors.every(tx)}

    def changes(self, run: Arrival) -> Iterator[Change]:
        """Yield what the leaves of a run change."""
        mirror = self._mirrors[run.origin_id]
        end = run.first_leaf_index + run.count
        entries = logs.entries(self._tx, run.origin_id, run.first_leaf_index, end)
        for at, scanned in enumerate(scan_entries(entries)):
            leaf_index = run.first_leaf_index + at
            position = run.position + at
            if run.kind == ArrivalKind.RETRACTED:
                if scanned[1] in RECORD_KINDS:
                    yield self._change(position, RETRACTED, mirror, leaf_index, scanned)
            elif mirror.frozen_size is not None and leaf_index >= mirror.frozen_size:
                continue
            elif scanned[1] == KIND_ERASE:
                yield from self._erased(position, mirror, leaf_index, entries[at])
            elif scanned[1] in RECORD_KINDS:
                yield from self._advanced(position, run.kind, mirror, leaf_index, scanned)

    def _advanced(
        self,
        position: int,
        arrival: ArrivalKind,
        mirror: Mirror,
        leaf_index: int,
        scanned: ScannedEntry,
    ) -> Iterator[Change]:
        """Yield the change of an entry, if it advanced its record."""
        _, _, operation, subject, revision, _ = scanned
        stored = catalogue.find(self._tx, mirror.origin, subject)
        is_latest = stored is not None and stored.leaf_index == leaf_index
        if not is_latest:
            past = catalogue.history(self._tx, mirror.origin, subject, revision - 1, 1)
            if not past or past[0].leaf_index != leaf_index:
                return
        kind = WITHDRAWN if operation == Operation.WITHDRAW else PUT
        if arrival == ArrivalKind.PART:
            kind = ARRIVED
        record = None
        if self._with_records and stored is not None and is_latest:
            record = self._reader.show(self._tx, self._caller, stored)
        yield self._change(position, kind, mirror, leaf_index, scanned, record)

    def _erased(
        self, position: int, mirror: Mirror, leaf_index: int, entry: bytes
    ) -> Iterator[Change]:
        """Yield a change for each record that a well-formed ERASE entry names."""
        try:
            lines = parse_erase(parse_entry(entry).body)
        except Refused:
            return
        named = {
            line.leaf_index
            for line in lines
            if line.origin == mirror.origin and line.leaf_index < leaf_index
        }
        for target, found in sorted(logs.some(self._tx, mirror.origin_id, named)):
            (scanned,) = scan_entries([found])
            if scanned[1] in RECORD_KINDS:
                yield self._change(position, ERASED, mirror, target, scanned)

    def _change(
        self,
        position: int,
        kind: int,
        mirror: Mirror,
        leaf_index: int,
        scanned: ScannedEntry,
        record: Record | None = None,
    ) -> Change:
        _, record_kind, _, subject, revision, _ = scanned
        return Change(
            position,
            kind,
            record_name(parse_origin(mirror.origin).member, record_kind, subject),
            revision,
            leaf_index,
            leaf_index >= mirror.confirmed_size,
            record_kind,
            record,
        )
