"""Reading records: by name, by pages, in their history; alike on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_LISTING, KIND_ORGANISATION, Audience
from federation.log.hashing import leaf_hash
from federation.records.facets import RecordState
from node.storage import arrivals, batches, catalogue, freezing, mirrors
from node.storage.catalogue import Filter
from node.storage.positions import position
from tests.node.storage.made_logs import ORIGIN, TIME_MS, MadeLog, listing, subject
from tests.node.storage.test_batches import busy_log, store

if TYPE_CHECKING:
    from node.storage.catalogue import Record
    from node.storage.database import Database

SHOWN = tuple(range(RecordState.PUBLISHED, RecordState.WITHDRAWN))


def find(database: Database, number: int, origin: str = ORIGIN) -> Record | None:
    with database.read(snapshot=False) as tx:
        return catalogue.find(tx, origin, subject(number))


def pages(database: Database, which: Filter, limit: int = 7) -> list[Record]:
    """Return all records of a filter, page by page."""
    found: list[Record] = []
    with database.read() as tx:
        ids = {row.origin: row.origin_id for row in mirrors.every(tx)}
    after = 0
    while True:
        with database.read() as tx:
            page = catalogue.page(tx, which, after, limit)
        found += page
        if len(page) < limit:
            return found
        after = position(ids[page[-1].origin], page[-1].leaf_index)


def test_a_record_is_read_with_its_parts(database: Database) -> None:
    log = busy_log(30)
    origin_id = store(database, log)
    leaf_index = next(i for i, raw in enumerate(log.entries) if subject(6) in raw) + 1
    record = find(database, 6)
    assert record is not None
    assert tuple(record) == (
        ORIGIN,
        leaf_index,
        subject(6),
        KIND_LISTING,
        2,
        RecordState.PUBLISHED,
        0b10110,
        leaf_hash(log.entries[leaf_index]),
        TIME_MS + leaf_index,
        True,
        dict(zip((1, 2, 4), log.parts[leaf_index], strict=True)),
    )
    assert record.absent_parts == []
    with database.write() as tx:
        mirrors.set_confirmed(tx, origin_id, leaf_index + 1, b"note")
    again = find(database, 6)
    assert again is not None
    assert not again.is_provisional


def test_what_is_not_there_is_not_found(database: Database) -> None:
    store(database, busy_log(5))
    assert find(database, 77) is None
    assert find(database, 1, "ydx.example/anhui") is None


def test_absent_parts_are_named(database: Database) -> None:
    log = MadeLog()
    log.put(1)
    store(database, log, absences={(0, 0): Absence.WANTED, (0, 2): Absence.WITHHELD})
    record = find(database, 1)
    assert record is not None
    assert record.state == RecordState.HIDDEN
    assert record.absent_parts == [(0, Audience.PUBLIC), (2, Audience.ORIGIN)]
    assert list(record.parts) == [Audience.MEMBERS]


def test_pages_hold_every_record_once_in_order(database: Database) -> None:
    logs = [busy_log(20, f"ydx.example/{name}") for name in ("anhui", "jiangsu")]
    for log in logs:
        store(database, log)
    found = pages(database, Filter(kind=KIND_LISTING))
    assert len(found) == 40
    places = [(record.origin, record.leaf_index) for record in found]
    assert places == sorted(places)
    assert len({(record.origin, record.subject) for record in found}) == 40
    for record in found:
        assert record == find_of(database, record)


def find_of(database: Database, record: Record) -> Record | None:
    with database.read(snapshot=False) as tx:
        return catalogue.find(tx, record.origin, record.subject)


def various_log(origin: str) -> MadeLog:
    log = MadeLog(origin)
    log.put(1, public=listing("一", region="310115", tech_field=5, trl=6))
    log.put(2, public=listing("二", region="340100", tech_field=5, kind=2))
    log.put(3, public=listing("三", region="340000", status=2))
    log.put(4, public=listing("四", source_platform="sh", source_id="4%"))
    log.put(5, public=listing("五", source_platform="sh", source_id="45"))
    log.put(6)
    log.withdraw(6, 2)
    log.put(7, public=b"")
    log.put(8, kind=KIND_ORGANISATION)
    return log


@pytest.mark.parametrize(
    ("which", "numbers"),
    [
        (Filter(kind=KIND_LISTING), [1, 2, 3, 4, 5, 6, 7]),
        (Filter(kind=KIND_LISTING, states=SHOWN), [1, 2, 3, 4, 5]),
        (Filter(kind=KIND_LISTING, states=[RecordState.WITHDRAWN]), [6]),
        (Filter(kind=KIND_LISTING, states=[RecordState.HIDDEN]), [7]),
        (Filter(kind=KIND_LISTING, states=[RecordState.ON_HOLD]), [3]),
        (Filter(kind=KIND_LISTING, region="34"), [2, 3]),
        (Filter(kind=KIND_LISTING, region="3401"), [2]),
        (Filter(kind=KIND_LISTING, region="%"), []),
        (Filter(kind=KIND_LISTING, tech_field=5), [1, 2]),
        (Filter(kind=KIND_LISTING, tech_field=5, listing_kind=2), [2]),
        (Filter(kind=KIND_LISTING, source_platform="sh"), [4, 5]),
        (Filter(kind=KIND_LISTING, source_platform="sh", source_id="4%"), [4]),
        (Filter(kind=KIND_ORGANISATION), [8]),
        (Filter(kind=KIND_LISTING, origins=["ydx.example/anhui"]), []),
    ],
    ids=lambda value: "" if isinstance(value, Filter) else str(value),
)
def test_filters(database: Database, which: Filter, numbers: list[int]) -> None:
    store(database, various_log(ORIGIN))
    found = [record.subject for record in pages(database, which)]
    assert sorted(found) == sorted(subject(number) for number in numbers)


def test_changed_since_a_feed_position(database: Database) -> None:
    log = busy_log(10)
    size = len(log.entries)
    store(database, log)
    with database.read() as tx:
        seen = arrivals.last_position(tx)
    other = busy_log(4, "ydx.example/anhui")
    store(database, other)
    log.put(500)
    log.put(1, 2)
    with database.write() as tx:
        batches.apply(tx, log.batch(size, len(log.entries)))
    with database.read() as tx:
        sizes = arrivals.sizes_at(tx, seen)
    found = pages(database, Filter(kind=KIND_LISTING, sizes=sizes))
    assert {(record.origin, record.subject) for record in found} == {
        (ORIGIN, subject(500)),
        (ORIGIN, subject(1)),
        *(("ydx.example/anhui", subject(number)) for number in range(4)),
    }


def test_the_history_of_a_record(database: Database) -> None:
    log = MadeLog()
    places = [log.put(1), log.put(2), log.put(1, 2), log.put(1, 2), log.put(1, 3)]
    places.append(log.withdraw(1, 4))
    store(database, log, [2, 3])
    with database.read() as tx:
        whole = catalogue.history(tx, ORIGIN, subject(1), 0, 10)
        rest = catalogue.history(tx, ORIGIN, subject(1), 1, 2)
        assert catalogue.history(tx, "ydx.example/anhui", subject(1), 0, 10) == []
    assert [(one.leaf_index, one.revision) for one in whole] == [(0, 1), (2, 2), (4, 3), (5, 4)]
    assert [one.entry for one in whole] == [log.entries[one.leaf_index] for one in whole]
    assert whole[0].parts == dict(enumerate(log.parts[0]))
    assert [one.revision for one in rest] == [2, 3]


def test_a_freeze_hides_what_lies_above(database: Database) -> None:
    log = busy_log(20)
    store(database, log)
    total = len(pages(database, Filter(kind=KIND_LISTING)))
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), 3)
    shown = pages(database, Filter(kind=KIND_LISTING))
    assert len(shown) < total
    assert all(record.leaf_index < 3 for record in shown)
    assert find(database, 15) is None
    with database.read() as tx:
        assert catalogue.history(tx, ORIGIN, subject(15), 0, 10) == []
        assert sum(count for _, _, _, count in catalogue.counts(tx)) == len(shown)
        assert mirrors.get(tx, ORIGIN).visible_size == 3
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), None)
    assert len(pages(database, Filter(kind=KIND_LISTING))) == total


def test_positions_are_ordered_by_origin_then_leaf() -> None:
    assert position(1, 2**40 - 1) < position(2, 0)
