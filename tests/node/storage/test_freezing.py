"""A frozen origin is shown as it stood at the frozen size, and a thaw shows all of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from federation.log.batch import Absence
from node.storage import arrivals, batches, catalogue, destruction, freezing, mirrors, parts
from node.storage.arrivals import ArrivalKind
from node.storage.database import Database
from node.storage.schema import catalogue as catalogue_table
from node.storage.schema import erased, invalid_entry, sealed, source, superseded
from tests.node.storage.made_logs import MadeLog, listing, subject
from tests.node.storage.test_batches import busy_log, store

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDED = (catalogue_table, superseded, erased, invalid_entry, source, sealed)


def folded(database: Database) -> list[list[tuple[object, ...]]]:
    """Return all that is folded."""
    with database.read() as tx:
        return [sorted(tuple(row) for row in tx.execute(select(table))) for table in FOLDED]


def freeze(database: Database, origin: str, size: int | None) -> None:
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, origin), size)


@pytest.fixture
def log() -> MadeLog:
    """Return a log whose first half its second half revises, withdraws and erases."""
    log = busy_log(60)
    log.put(901, public=listing(source_platform="ah", source_id="1"))
    log.put(902, public=listing(source_platform="ah", source_id="2"))
    log.document(903)
    log.document(904)
    half = len(log.entries)
    log.put(901, revision=2, public=listing(source_platform="ah", source_id="3"))
    log.withdraw(902, revision=2)
    log.erase((half - 3, 0), (half - 1, 1))
    log.document(903)
    log.put(901, revision=3)
    log.put(901, revision=5)
    return log


@pytest.mark.parametrize("is_own", [False, True], ids=["a mirror", "the own log"])
def test_the_views_of_a_frozen_log_are_those_of_its_beginning(
    new_url: Callable[[], str], log: MadeLog, *, is_own: bool
) -> None:
    total = len(log.entries)
    database = Database.open(new_url())
    store(database, log, is_own=is_own)
    whole = folded(database)
    for size in (total - 1, total - 3, total - 5, 31, 0):
        beginning = Database.open(new_url())
        with beginning.write() as tx:
            mirrors.add(tx, log.origin, is_own=is_own)
            if size:
                batches.apply(tx, log.batch(0, size))
        freeze(database, log.origin, size)
        assert folded(database) == folded(beginning), size
        beginning.close()
    freeze(database, log.origin, None)
    assert folded(database) == whole
    database.close()


def test_what_comes_while_a_log_is_frozen_is_shown_after_the_thaw(
    new_url: Callable[[], str], log: MadeLog
) -> None:
    total = len(log.entries)
    database, thawed = Database.open(new_url()), Database.open(new_url())
    store(thawed, log)
    with database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 20))
    freeze(database, log.origin, 30)
    with database.write() as tx:
        batches.apply(tx, log.batch(20, 40))
        batches.apply(tx, log.batch(40, total))
        assert arrivals.last_position(tx) == total
    freeze(database, log.origin, None)
    assert folded(database) == folded(thawed)
    with database.read() as tx:
        shown = arrivals.after(tx, total, total)
    assert [(one.kind, one.first_leaf_index, one.count) for one in shown] == [
        (ArrivalKind.SHOWN, 30, total - 30)
    ]
    database.close()
    thawed.close()


def test_a_revision_above_a_freeze_gives_way_to_the_one_below(database: Database) -> None:
    log = MadeLog()
    log.put(1)
    log.put(1, revision=2)
    store(database, log)
    freeze(database, log.origin, 1)
    with database.read() as tx:
        found = catalogue.find(tx, log.origin, subject(1))
        retracted = arrivals.after(tx, 2, 10)
    assert found is not None
    assert (found.revision, found.leaf_index) == (1, 0)
    assert [(one.kind, one.first_leaf_index, one.count) for one in retracted] == [
        (ArrivalKind.RETRACTED, 1, 1)
    ]


def test_a_part_that_never_came_is_wanted_again_once_its_erasure_is_hidden(
    database: Database,
) -> None:
    log = MadeLog()
    log.put(1)
    log.document(2)
    log.erase((0, 0), (0, 2), (1, 1))
    missing = {(0, 0): Absence.WANTED, (0, 2): Absence.WITHHELD, (1, 1): Absence.WANTED}
    store(database, log, absences=missing)
    assert absences(database, log) == dict.fromkeys(missing, Absence.ERASED)
    freeze(database, log.origin, 2)
    assert absences(database, log) == missing
    freeze(database, log.origin, None)
    assert absences(database, log) == dict.fromkeys(missing, Absence.ERASED)


def test_what_was_destroyed_or_is_void_is_not_wanted_again(database: Database) -> None:
    log = MadeLog()
    log.put(1)
    log.put(2)
    log.erase((0, 0))
    log.erase((1, 0))
    store(database, log, absences={(1, 0): Absence.VOID})
    with database.write() as tx:
        destruction.note(tx, 1.0)
        (waiting,) = destruction.waiting(tx)
        assert destruction.empty(tx, waiting.position, 10, 2.0)
    freeze(database, log.origin, 2)
    found = absences(database, log)
    assert found == {(0, 0): Absence.ERASED, (1, 0): Absence.VOID}


def absences(database: Database, log: MadeLog) -> dict[tuple[int, int], Absence]:
    """Return why each part of the first two entries that is not here is not."""
    with database.read() as tx:
        origin_id = mirrors.get(tx, log.origin).origin_id
        return {
            (leaf_index, number): parts.absence(tx, origin_id, leaf_index, number)
            for leaf_index in (0, 1)
            for number in range(len(log.parts[leaf_index]))
            if parts.find(tx, origin_id, leaf_index, number) is None
        }
