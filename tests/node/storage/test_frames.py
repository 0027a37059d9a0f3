"""Reading a log back as it is served, and the change feed, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_LISTING, Audience, Entry, Operation, encode_entry
from federation.log.part import PartHeader, new_part
from federation.sync.frames import BATCH_BYTES_MAX, PartMark
from node.storage import arrivals, frames
from node.storage.arrivals import ArrivalKind
from tests.node.storage.made_logs import ORIGIN, MadeLog, subject
from tests.node.storage.test_batches import busy_log, store

if TYPE_CHECKING:
    from node.storage.database import Database
    from node.storage.frames import StoredFrame


def read_all(
    database: Database, origin_id: int, first: int, end: int, *, is_own: bool = False
) -> list[StoredFrame]:
    found = []
    while first < end:
        with database.read() as tx:
            frame = frames.read(tx, origin_id, first, end, lambda _: False, is_own=is_own)
        assert frame.first_leaf_index == first
        found.append(frame)
        first = frame.end
    return found


@pytest.mark.parametrize("first", [0, 1, 255, 256, 511, 512, 700])
def test_a_log_is_read_back_in_frames(database: Database, first: int) -> None:
    log = busy_log(900)
    origin_id = store(database, log, [100])
    found = read_all(database, origin_id, first, len(log.entries))
    assert [entry for frame in found for entry in frame.entries] == log.entries[first:]
    assert all(frame.end % 512 == 0 for frame in found[:-1])
    for frame in found:
        assert frame.parts.count(b"") == len(frame.marks)


@pytest.mark.parametrize(
    ("is_own", "named"),
    [(False, PartMark.WITHHELD), (True, PartMark.MISSING)],
    ids=["of a mirror", "of the own log"],
)
def test_what_is_not_given_is_marked(database: Database, named: PartMark, *, is_own: bool) -> None:
    """A mirror's mark tells not whether a sealed part is held, thus not whom it names."""
    log = MadeLog()
    log.put(1)
    log.put(2)
    log.sealed()
    log.erase((1, 1))
    origin_id = store(database, log, absences={(0, 0): Absence.WANTED})
    (frame,) = read_all(database, origin_id, 0, 4, is_own=is_own)
    assert frame.parts == [b"", log.parts[0][1], b"", log.parts[1][0], b"", b"", b"", b""]
    assert frame.marks == [
        PartMark.MISSING,
        PartMark.WITHHELD,
        PartMark.ERASED,
        PartMark.WITHHELD,
        named,
        named,
    ]


def test_a_large_record_travels_alone(database: Database) -> None:
    log = MadeLog()
    log.put(1)
    content = bytes(255 * 1024)
    for number in range(2, 8):
        parts = [
            new_part(PartHeader(ORIGIN, subject(number), 1, n, audience), content, bytes(32))
            for n, audience in enumerate((Audience.PUBLIC, Audience.MEMBERS))
        ]
        entry = Entry(
            kind=KIND_LISTING,
            subject=subject(number),
            revision=1,
            operation=Operation.PUT,
            parts=((Audience.PUBLIC, parts[0][1]), (Audience.MEMBERS, parts[1][1])),
        )
        log.add(encode_entry(entry), [wire for wire, _ in parts], content)
    origin_id = store(database, log)
    found = read_all(database, origin_id, 0, 7)
    assert len(found) > 1
    for frame in found:
        size_bytes = sum(map(len, frame.entries)) + sum(map(len, frame.parts))
        assert size_bytes <= BATCH_BYTES_MAX or len(frame.entries) == 1


def test_the_feed_is_read_in_runs(database: Database) -> None:
    with database.write() as tx:
        assert arrivals.last_position(tx) == 0
        assert arrivals.after(tx, 0, 10) == []
        arrivals.add(tx, 1, 0, 5)
        arrivals.add(tx, 1, 5, 5)
        arrivals.add(tx, 2, 0, 3)
        arrivals.add(tx, 1, 10, 2)
        arrivals.add(tx, 1, 4, 1, ArrivalKind.PART)
        assert arrivals.last_position(tx) == 16
        everything = [
            (1, ArrivalKind.ENTRIES, 1, 0, 10),
            (11, ArrivalKind.ENTRIES, 2, 0, 3),
            (14, ArrivalKind.ENTRIES, 1, 10, 2),
            (16, ArrivalKind.PART, 1, 4, 1),
        ]
        assert [tuple_of(run) for run in arrivals.after(tx, 0, 100)] == everything
        assert [tuple_of(run) for run in arrivals.after(tx, 7, 5)] == [
            (8, ArrivalKind.ENTRIES, 1, 7, 3),
            (11, ArrivalKind.ENTRIES, 2, 0, 2),
        ]
        assert arrivals.after(tx, 16, 5) == []
        assert arrivals.after(tx, 99, 5) == []


def tuple_of(run: arrivals.Arrival) -> tuple[int, int, int, int, int]:
    return (run.position, run.kind, run.origin_id, run.first_leaf_index, run.count)


def test_any_place_in_the_feed_can_be_resumed_from(database: Database) -> None:
    logs = [busy_log(9, f"ydx.example/m{i}") for i in range(3)]
    for log in logs:
        store(database, log, [2, 5])
    with database.read() as tx:
        last = arrivals.last_position(tx)
        whole = [leaf for run in arrivals.after(tx, 0, last) for leaf in leaves(run)]
        for position in range(last):
            rest = [leaf for run in arrivals.after(tx, position, last) for leaf in leaves(run)]
            assert rest == whole[position:]
            sizes = arrivals.sizes_at(tx, position)
            for origin_id, size in sizes.items():
                assert size == sum(1 for one, _ in whole[:position] if one == origin_id)


def leaves(run: arrivals.Arrival) -> list[tuple[int, int]]:
    return [(run.origin_id, run.first_leaf_index + i) for i in range(run.count)]
