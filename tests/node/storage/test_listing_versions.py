"""How listings stood before, of however many revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import text

from federation.log.entry import KIND_LISTING
from node.storage import catalogue, freezing, listing_versions, mirrors
from node.storage.positions import position
from node.storage.schema import superseded
from tests.node.storage.made_logs import ORIGIN, MadeLog, subject
from tests.node.storage.reading import reading
from tests.node.storage.test_batches import store

if TYPE_CHECKING:
    from node.storage.database import Database

REVISIONS: Final = 20_000
ROWS_MAX: Final = 400


def revised_often(database: Database) -> None:
    """Store a listing of 20,000 revisions, and one of two behind it."""
    log = MadeLog()
    log.put(2)
    log.put(2, 2)
    log.put(1)
    store(database, log)
    with database.write() as tx:
        rows = [
            (position(1, 10 + one), 1, subject(1), one, 0, bytes(32)) for one in range(2, REVISIONS)
        ]
        latest = {"place": position(1, 10 + REVISIONS), "revision": REVISIONS}
        first = position(1, 2)
        tx.insert_rows(superseded, [(first, 1, subject(1), 1, 0, bytes(32)), *rows])
        move = "UPDATE catalogue SET position = :place, revision = :revision WHERE position = "
        tx.execute(text(move + str(first)), latest)


def place(revision: int) -> int:
    return position(1, 10 + revision)


@pytest.mark.parametrize("analyzed", ["never", "while it was empty", "full of one listing"])
def test_what_stood_before_is_read_of_many_revisions_as_of_few(
    database: Database, analyzed: str
) -> None:
    """Also where the planner's statistics are wrong."""
    if analyzed == "while it was empty":
        with database.write() as tx:
            tx.execute(text("ANALYZE"))
    revised_often(database)
    if analyzed == "full of one listing":
        with database.write() as tx:
            tx.execute(text("ANALYZE"))
    touched = {place(REVISIONS), place(7), position(1, 1), position(1, 9)}
    with database.read() as tx:
        listing_versions.stood_at(tx, touched)  # whatever is prepared, is
        with reading(tx) as read:
            stood = listing_versions.stood_at(tx, touched)
            standing = listing_versions.standing(tx, 1, [subject(1), subject(2), subject(3)])
    assert stood == {
        place(REVISIONS): [place(REVISIONS - 1)],
        place(7): [place(6), place(7)],
        position(1, 1): [position(1, 0)],
    }
    assert {key: one.revision for key, one in standing.items()} == {
        subject(1): REVISIONS,
        subject(2): 2,
    }
    assert read.rows < ROWS_MAX


@pytest.mark.parametrize("after", [0, 7, REVISIONS - 3, REVISIONS, 2**63 - 1, 2**64 - 1])
def test_a_page_of_a_long_history_reads_that_page(database: Database, after: int) -> None:
    revised_often(database)
    with database.read() as tx:
        catalogue.history(tx, ORIGIN, subject(1), 1, 1)
        with reading(tx) as read:
            page = catalogue.history(tx, ORIGIN, subject(1), after, 4)
    expected = range(min(after, REVISIONS) + 1, min(after + 4, REVISIONS) + 1)
    assert [one.revision for one in page] == list(expected)
    assert read.rows < ROWS_MAX


def test_what_a_freeze_hides_stood_nowhere_and_a_thaw_brings_it_back(database: Database) -> None:
    log = MadeLog()
    for revision in (1, 2, 3):
        log.put(1, revision)
    log.put(1, 7)
    log.put(2, kind=KIND_LISTING + 1)
    log.put(2, 2, kind=KIND_LISTING)
    store(database, log)
    every = [position(1, leaf_index) for leaf_index in range(6)]
    whole = {every[0]: [every[0]], every[1]: every[:2], every[2]: [every[1]], every[4]: []}
    with database.write() as tx:
        assert listing_versions.stood_at(tx, every) == whole
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), 2)
        assert listing_versions.stood_at(tx, every) == {every[0]: [every[0]], every[1]: [every[0]]}
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), None)
        assert listing_versions.stood_at(tx, every) == whole
