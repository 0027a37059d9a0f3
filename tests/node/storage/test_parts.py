"""Parts that come late, are void, or are erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.batch import Absence
from federation.log.entry import Audience
from federation.records.facets import RecordState, facets
from node.storage import arrivals, batches, catalogue, mirrors, parts
from node.storage.arrivals import ArrivalKind
from tests.node.storage.made_logs import ORIGIN, MadeLog, subject
from tests.node.storage.test_batches import store
from tests.node.storage.world_check import check_log

if TYPE_CHECKING:
    from node.storage.database import Database

BOTH_WANTED = {(0, 0): Absence.WANTED, (0, 1): Absence.WANTED}


def state(database: Database, number: int) -> int:
    with database.read() as tx:
        record = catalogue.find(tx, ORIGIN, subject(number))
    assert record is not None
    return record.state


def small_log() -> MadeLog:
    log = MadeLog()
    log.put(1)
    log.put(2)
    return log


def test_a_part_that_comes_late_takes_the_same_space(database: Database) -> None:
    log = small_log()
    origin_id = store(database, log, absences=BOTH_WANTED)
    with database.write() as tx:
        before = mirrors.get(tx, ORIGIN).used_bytes
        parts.arrive(tx, origin_id, 0, 1, log.parts[0][1], None)
        parts.arrive(tx, origin_id, 0, 1, log.parts[0][1], None)
        assert mirrors.get(tx, ORIGIN).used_bytes == before + len(log.parts[0][1])


def test_a_wanted_part_is_due_put_off_and_comes(database: Database) -> None:
    log = small_log()
    origin_id = store(database, log, absences=BOTH_WANTED)
    assert state(database, 1) == RecordState.HIDDEN
    with database.read() as tx:
        due = parts.wanted_due(tx, origin_id, 10.0, 10)
        assert [(one.leaf_index, one.part_number, one.audience) for one in due] == [
            (0, 0, Audience.PUBLIC),
            (0, 1, Audience.MEMBERS),
        ]
        assert len(parts.wanted_due(tx, origin_id, 10.0, 1)) == 1
    with database.write() as tx:
        parts.put_off(tx, [(origin_id, 0, 0)], 20.0, was_asked=True)
        assert [one.part_number for one in parts.wanted_due(tx, origin_id, 10.0, 10)] == [1]
        assert [one.attempts for one in parts.wanted_due(tx, origin_id, 20.0, 10)] == [0, 1]
    with database.write() as tx:
        found = facets(2, log.publics[0])
        assert parts.arrive(tx, origin_id, 0, 0, log.parts[0][0], found)
        assert parts.arrive(tx, origin_id, 0, 1, log.parts[0][1], None)
        assert not parts.arrive(tx, origin_id, 0, 1, log.parts[0][1], None)
    check_log(database, log)
    with database.read() as tx:
        assert parts.wanted_counts(tx) == {}
        run = arrivals.after(tx, 2, 10)
        assert [(one.kind, one.first_leaf_index, one.count) for one in run] == [
            (ArrivalKind.PART, 0, 1),
            (ArrivalKind.PART, 0, 1),
        ]


def test_a_wanted_part_of_a_replaced_entry_changes_no_catalogue_row(database: Database) -> None:
    log = small_log()
    log.put(1, 2)
    origin_id = store(database, log, absences=BOTH_WANTED)
    with database.write() as tx:
        parts.arrive(tx, origin_id, 0, 0, log.parts[0][0], facets(2, log.publics[0]))
        parts.arrive(tx, origin_id, 0, 1, log.parts[0][1], None)
    check_log(database, log)


def test_an_erased_part_is_gone_for_every_reader_and_never_comes_back(database: Database) -> None:
    log = small_log()
    log.erase((0, 0), (1, 1))
    origin_id = store(database, log, absences={(0, 0): Absence.WANTED})
    check_log(database, log, frozenset({(0, 0)}))
    with database.write() as tx:
        assert parts.wanted_counts(tx) == {}
        assert parts.find(tx, origin_id, 1, 1) is None
        assert parts.absence(tx, origin_id, 1, 1) is Absence.ERASED
        assert parts.is_erased(tx, origin_id, 0, 0)
        assert not parts.is_erased(tx, origin_id, 0, 1)
        assert not parts.arrive(tx, origin_id, 0, 0, log.parts[0][0], facets(2, log.publics[0]))
    assert state(database, 1) == RecordState.HIDDEN
    assert state(database, 2) == RecordState.PUBLISHED


def test_a_part_that_only_some_may_see_is_missed_by_nobody(database: Database) -> None:
    log = MadeLog()
    log.sealed()
    origin_id = store(database, log, absences={(0, 0): Absence.WANTED})
    with database.write() as tx:
        assert parts.absence(tx, origin_id, 0, 0) is Absence.WANTED
        assert parts.absence(tx, origin_id, 0, 1) is Absence.WITHHELD
        assert parts.wanted_counts(tx) == {}
        assert len(parts.wanted_due(tx, origin_id, 0.0, 10)) == 1
        parts.give_up(tx, origin_id, 0, 0)
        assert parts.wanted_due(tx, origin_id, 0.0, 10) == []


def test_a_wanted_part_that_belongs_elsewhere_is_void(database: Database) -> None:
    log = small_log()
    origin_id = store(database, log, absences=BOTH_WANTED)
    with database.write() as tx:
        parts.set_void(tx, origin_id, 0, 0)
        parts.set_void(tx, origin_id, 0, 0)
        assert parts.absence(tx, origin_id, 0, 0) is Absence.VOID
        assert not parts.arrive(tx, origin_id, 0, 0, log.parts[0][0], None)
    assert state(database, 1) == RecordState.HIDDEN


def test_erasing_a_later_entry_of_the_same_batch_waits_for_it(database: Database) -> None:
    log = MadeLog()
    log.put(1)
    log.erase((0, 0))
    log.put(1, 2)
    store(database, log, [])
    check_log(database, log)
    assert state(database, 1) == RecordState.PUBLISHED
    with database.write() as tx:
        log.erase((2, 0))
        batches.apply(tx, log.batch(3, 4))
    check_log(database, log)
    assert state(database, 1) == RecordState.HIDDEN
