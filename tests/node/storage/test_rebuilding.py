"""A catalogue of another version of the fold is built anew from the stored logs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from federation.log.batch import Absence
from node.storage import destruction, sources
from node.storage.database import Database
from tests.node.storage.made_logs import MadeLog, listing, subject
from tests.node.storage.test_batches import busy_log, store
from tests.node.storage.world_check import check_log

WRECKS = (
    "UPDATE meta SET value = '0' WHERE key = 'fold_version'",
    "UPDATE catalogue SET title = 'old'",
    "DELETE FROM superseded",
    "INSERT INTO invalid_entry VALUES (7, 'OLD_RULE')",
    "DELETE FROM source",
)


def test_a_stale_catalogue_is_rebuilt_at_opening(url: str) -> None:
    database = Database.open(url)
    log = busy_log(700)
    own = MadeLog("ydx.example/anhui")
    own.put(1, public=listing(source_platform="ah", source_id="1"))
    own.erase((0, 1))
    store(database, log, [100], {(3, 0): Absence.WANTED})
    store(database, own, is_own=True)
    with database.write() as tx:
        for wreck in WRECKS:
            tx.execute(text(wreck))
    database.close()

    again = Database.open(url)
    check_log(again, log, frozenset({(3, 0)}))
    check_log(again, own)
    with again.read() as tx:
        assert sources.find(tx, "ah", "1") == subject(1)
    again.close()


def test_a_catalogue_of_this_version_is_left_alone(url: str) -> None:
    database = Database.open(url)
    store(database, busy_log(5))
    with database.write() as tx:
        tx.execute(text("UPDATE catalogue SET title = 'untouched'"))
    database.close()
    again = Database.open(url)
    with again.read() as tx:
        titles = {row[0] for row in tx.execute(text("SELECT title FROM catalogue"))}
    assert titles == {"untouched"}
    again.close()


def test_a_record_whose_public_part_was_destroyed_keeps_its_number(url: str) -> None:
    database = Database.open(url)
    own = MadeLog("ydx.example/anhui")
    own.put(1, public=listing(source_platform="ah", source_id="1"))
    own.put(2, public=listing(source_platform="ah", source_id="2"))
    own.put(3, public=listing(source_platform="ah", source_id="3"))
    own.erase((0, 0), (1, 0), (2, 0))
    own.withdraw(2, revision=2)
    own.put(4, public=listing(source_platform="ah", source_id="2"))
    own.put(3, revision=2, public=listing(source_platform="ah", source_id="4"))
    store(database, own, is_own=True)
    numbers = {"1": subject(1), "2": subject(4), "3": None, "4": subject(3)}
    assert found(database, numbers) == numbers
    with database.write() as tx:
        destruction.note(tx, 1.0)
        (waiting,) = destruction.waiting(tx)
        assert destruction.empty(tx, waiting.position, 10, 2.0)
        tx.execute(text("UPDATE meta SET value = '0' WHERE key = 'fold_version'"))
    database.close()

    again = Database.open(url)
    assert found(again, numbers) == numbers
    check_log(again, own)
    again.close()


def found(database: Database, numbers: Iterable[str]) -> dict[str, bytes | None]:
    """Return which record stands for each number."""
    with database.read() as tx:
        return {number: sources.find(tx, "ah", number) for number in numbers}
