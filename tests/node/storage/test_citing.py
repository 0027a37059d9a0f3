"""Citations: what a readable document refers to is wanted from everybody, and only that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.batch import Absence
from node.storage import batches, citing, freezing, mirrors, parts
from tests.node.storage.made_logs import ORIGIN, MadeLog
from tests.node.storage.test_batches import store

if TYPE_CHECKING:
    from node.storage.database import Database

WITHHELD = {(1, 0): Absence.WITHHELD, (1, 1): Absence.WITHHELD}


def made_log() -> MadeLog:
    log = MadeLog()
    log.put(1)
    log.document(7)
    log.document(8, personal=None)
    return log


def wanted(database: Database, origin_id: int = 1) -> list[tuple[int, int, bool]]:
    with database.read() as tx:
        due = parts.wanted_due(tx, origin_id, 100.0, 10)
    return [(one.leaf_index, one.part_number, one.is_cited) for one in due]


def test_a_withheld_part_that_is_cited_is_wanted_from_everybody(database: Database) -> None:
    store(database, made_log(), absences=WITHHELD)
    assert wanted(database) == []
    with database.write() as tx:
        assert citing.cite(tx, ORIGIN, 1)
        assert citing.cite(tx, ORIGIN, 1, 1)
        assert not citing.cite(tx, ORIGIN, 1)
    assert wanted(database) == [(1, 0, True), (1, 1, True)]


def test_a_part_that_is_asked_for_in_vain_is_asked_for_at_once_when_it_is_cited(
    database: Database,
) -> None:
    origin_id = store(database, made_log(), absences={(1, 0): Absence.WANTED})
    assert wanted(database) == [(1, 0, False)]
    with database.write() as tx:
        parts.put_off(tx, [(origin_id, 1, 0)], 1e9, was_asked=True)
        assert citing.cite(tx, ORIGIN, 1)
        (due,) = parts.wanted_due(tx, origin_id, 0.0, 10)
        assert (due.attempts, due.is_cited) == (0, True)
        parts.put_off(tx, [(origin_id, 1, 0)], 1e9, was_asked=True)
        assert not citing.cite(tx, ORIGIN, 1)
    assert wanted(database) == []


@pytest.mark.parametrize(
    ("place", "absences"),
    [
        ((ORIGIN, 1, 0), {}),
        ((ORIGIN, 1, 0), {(1, 0): Absence.VOID}),
        ((ORIGIN, 0, 1), {(0, 1): Absence.WANTED}),
        ((ORIGIN, 2, 1), {}),
        ((ORIGIN, 1, 2), {}),
        ((ORIGIN, 99, 2), {}),
        ((ORIGIN, -1, 0), {}),
        ((ORIGIN, 1 << 40, 0), {}),
        (("ydx.example/nobody", 1, 0), {}),
        ((ORIGIN, 3, 0), {}),
    ],
    ids=[
        "that is held",
        "that is void",
        "of a record",
        "that the entry has not",
        "that no entry has",
        "that no later entry has",
        "before the log",
        "beyond every log",
        "of an unknown log",
        "of a control entry",
    ],
)
def test_nothing_comes_of_citing_a_part(
    database: Database,
    place: tuple[str, int, int],
    absences: dict[tuple[int, int], Absence],
) -> None:
    log = made_log()
    log.erase((0, 2))
    store(database, log, absences=absences)
    before = wanted(database)
    with database.write() as tx:
        assert not citing.cite(tx, *place)
    assert wanted(database) == before


def test_an_erased_part_is_not_wanted_again(database: Database) -> None:
    log = made_log()
    log.erase((1, 1))
    store(database, log, absences=WITHHELD)
    with database.write() as tx:
        assert not citing.cite(tx, ORIGIN, 1, 1)
    assert wanted(database) == []


def test_parts_of_the_own_log_are_not_cited(database: Database) -> None:
    store(database, made_log(), is_own=True, absences=WITHHELD)
    with database.write() as tx:
        assert not citing.cite(tx, ORIGIN, 1)


def test_what_was_cited_before_it_came_is_wanted_when_it_comes_without_content(
    database: Database,
) -> None:
    log = made_log()
    with database.write() as tx:
        mirrors.add(tx, ORIGIN)
        for place in [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1)]:
            assert not citing.cite(tx, ORIGIN, *place)
    assert wanted(database) == []
    with database.write() as tx:
        batches.apply(tx, log.batch(0, 3, WITHHELD | {(0, 0): Absence.WITHHELD}))
    assert wanted(database) == [(1, 0, True), (1, 1, True)]


def test_what_a_freeze_hides_is_wanted_after_the_thaw(database: Database) -> None:
    log = made_log()
    with database.write() as tx:
        freezing.freeze(tx, mirrors.add(tx, ORIGIN), 0)
        citing.cite(tx, ORIGIN, 1)
        batches.apply(tx, log.batch(0, 3, WITHHELD))
    assert wanted(database) == []
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), None)
    assert wanted(database) == [(1, 0, True)]
