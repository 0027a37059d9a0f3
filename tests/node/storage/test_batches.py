"""Storing batches: cut anywhere, hostile or not, the result is what the log amounts to."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from federation.log.batch import Absence
from federation.log.entry import KIND_ERASE, KIND_LISTING, KIND_ORGANISATION, Entry, encode_entry
from federation.log.errors import YdxError
from node.storage import arrivals, batches, mirrors, parts, sources
from node.storage.database import Database
from tests.node.storage.made_logs import ORIGIN, MadeLog, listing, subject
from tests.node.storage.world_check import check_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from federation.log.batch import VerifiedBatch

_SLOW: Final = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def store(
    database: Database,
    log: MadeLog,
    cuts: Sequence[int] = (),
    absences: dict[tuple[int, int], Absence] | None = None,
    *,
    is_own: bool = False,
) -> int:
    with database.write() as tx:
        origin_id = mirrors.add(tx, log.origin, is_own=is_own).origin_id
    for batch in log.batches(cuts, absences):
        with database.write(durable=False) as tx:
            batches.apply(tx, batch)
    return origin_id


def busy_log(count: int, origin: str = ORIGIN) -> MadeLog:
    """Return a log with a bit of everything, the same each time."""
    log = MadeLog(origin)
    for number in range(count):
        log.put(number)
        if number % 3 == 0:
            log.put(number, 2)
        if number % 7 == 0:
            log.withdraw(number, 3 if number % 3 == 0 else 2)
        if number % 50 == 49:
            log.erase((number, 0), (number, 1))
        if number % 40 == 39:
            log.sealed()
    return log


@pytest.mark.parametrize(
    "cuts",
    [(), (1,), (255, 256, 257), (512,), tuple(range(0, 900, 97)), (300, 301, 302, 303)],
    ids=str,
)
def test_frames_are_accepted_cut_anywhere(database: Database, cuts: tuple[int, ...]) -> None:
    log = busy_log(600)
    store(database, log, cuts)
    check_log(database, log)


def test_single_entries_are_appended_like_a_batch(database: Database) -> None:
    log = busy_log(200)
    store(database, log, range(len(log.entries)))
    check_log(database, log)


def test_a_second_first_entry_for_a_subject_is_invalid_and_hurts_nothing_else(
    database: Database,
) -> None:
    log = MadeLog()
    log.put(1)
    for number in range(2, 50):
        log.put(number)
    log.put(1)
    log.put(1, 2)
    for number in range(50, 100):
        log.put(number)
    store(database, log, [49])
    check_log(database, log)


HOSTILE: Final = {
    "the first entry is a withdrawal": lambda log: log.withdraw(1, 1),
    "the first entry is revision 2": lambda log: log.put(1, 2),
    "a revision is skipped": lambda log: (log.put(1), log.put(1, 3)),
    "a revision comes twice": lambda log: (log.put(1), log.put(1, 2), log.put(1, 2)),
    "a revision comes after the withdrawal": lambda log: (
        log.put(1),
        log.withdraw(1, 2),
        log.put(1, 3),
    ),
    "a withdrawn record begins again": lambda log: (log.put(1), log.withdraw(1, 2), log.put(1)),
    "a record changes its kind": lambda log: (
        log.put(1),
        log.put(1, 2, kind=KIND_ORGANISATION),
        log.put(1, 2),
    ),
    "an entry is garbage": lambda log: (log.put(1), log.add(b"\x08\x01garbage", []), log.put(2)),
    "an entry is empty": lambda log: (log.put(1), log.add(b"", []), log.put(2)),
    "an entry has an unknown format": lambda log: (log.put(1), log.add(b"\x08\x07", [])),
    "an entry has an unknown kind": lambda log: log.add(b"\x08\x01\x10\x63", []),
    "a content is not a message": lambda log: log.put(1, public=b"\xff\xff"),
    "a content is empty": lambda log: log.put(1, public=b""),
    "a title has a NUL": lambda log: log.put(1, public=listing("碳\0纤维")),
    "a status is unknown": lambda log: log.put(1, public=listing(status=77)),
    "a TRL is beyond all bounds": lambda log: log.put(1, public=listing(trl=2**32 - 1)),
    "a technical field is negative": lambda log: log.put(1, public=listing(tech_field=-5)),
    "an erasure names a higher entry": lambda log: (log.put(1), log.erase((2, 0)), log.put(2)),
    "an erasure names itself": lambda log: (log.put(1), log.erase((1, 0))),
    "an erasure names a part that is not there": lambda log: (log.put(1), log.erase((0, 7))),
    "an erasure names a huge leaf index": lambda log: (log.put(1), log.erase((2**63, 0))),
    "an erasure names another log": lambda log: (
        log.put(1),
        log.erase((0, 0), origin="ydx.example/anhui"),
    ),
    "an erasure names a sealed document": lambda log: (log.sealed(), log.erase((0, 0), (0, 1))),
    "an erasure comes twice": lambda log: (log.put(1), log.erase((0, 0)), log.erase((0, 0))),
    "an erasure has a body that is none": lambda log: log.add(
        encode_entry(Entry(kind=KIND_ERASE, body=b"\x0a\x03abc")), []
    ),
    "a time is beyond the year 9999": lambda log: log.add(
        encode_entry(
            Entry(
                kind=KIND_LISTING,
                subject=subject(1),
                revision=1,
                operation=1,
                recorded_at_ms=2**64 - 1,
            )
        ),
        [],
    ),
}


@pytest.mark.parametrize("writes", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("whole", [True, False], ids=["in one batch", "one by one"])
def test_whatever_an_origin_writes_ends_alike(
    database: Database, writes: object, *, whole: bool
) -> None:
    log = MadeLog()
    writes(log)  # type: ignore[operator]  # a function of the table
    log.put(99)
    store(database, log, () if whole else range(len(log.entries)))
    check_log(database, log)


STEPS: Final = st.tuples(
    st.sampled_from(["put", "put", "put", "withdraw", "erase", "sealed", "garbage"]),
    st.integers(0, 7),
    st.integers(1, 4),
)


@_SLOW
@given(steps=st.lists(STEPS, min_size=1, max_size=60), cuts=st.sets(st.integers(1, 60)))
def test_any_log_cut_anywhere_ends_alike(
    database: Database, steps: list[tuple[str, int, int]], cuts: set[int]
) -> None:
    with database.read() as tx:
        log = MadeLog(f"ydx.example/m{len(mirrors.every(tx))}")
    for what, number, revision in steps:
        if what == "put":
            kind = KIND_ORGANISATION if number == 7 and revision == 3 else KIND_LISTING
            log.put(number, revision, kind=kind)
        elif what == "withdraw":
            log.withdraw(number, revision)
        elif what == "erase":
            log.erase((number * 3, revision - 1))
        elif what == "sealed":
            log.sealed()
        else:
            log.add(bytes([number, revision]), [])
    store(database, log, sorted(cuts))
    check_log(database, log)


def test_absent_parts_hide_their_record_until_they_come(database: Database) -> None:
    log = busy_log(30)
    places = {(3, 0): Absence.WANTED, (4, 1): Absence.WANTED, (5, 0): Absence.VOID}
    origin_id = store(database, log, [7], places)
    check_log(database, log, frozenset(places))
    with database.read() as tx:
        assert parts.absence(tx, origin_id, 3, 0) is Absence.WANTED
        assert parts.absence(tx, origin_id, 5, 0) is Absence.VOID
        assert parts.wanted_counts(tx) == {origin_id: 2}


def test_a_revision_beside_a_second_first_entry_still_counts(database: Database) -> None:
    log = MadeLog()
    log.put(0)
    log.put(1)
    log.put(0, 2)
    log.put(1)
    store(database, log, [2])
    check_log(database, log)


def test_a_batch_out_of_place_is_refused(database: Database) -> None:
    log = busy_log(30)
    store(database, log)
    with pytest.raises(YdxError, match="BATCH_OUT_OF_PLACE"), database.write() as tx:
        batches.apply(tx, log.batch(0, 5))
    log.put(500)
    log.put(501)
    with pytest.raises(YdxError, match="BATCH_OUT_OF_PLACE"), database.write() as tx:
        batches.apply(tx, log.batch(len(log.entries) - 1, len(log.entries)))
    with pytest.raises(YdxError, match="UNKNOWN_ORIGIN"), database.write() as tx:
        batches.apply(
            tx, MadeLog("ydx.example/nobody", log.entries, log.parts, log.publics).batch(0, 1)
        )


def test_a_batch_is_stored_whole_or_not_at_all(database: Database) -> None:
    log = busy_log(300)
    store(database, MadeLog(log.origin, log.entries[:100], log.parts[:100], log.publics[:100]))
    with pytest.raises(RuntimeError, match="on purpose"):
        fail_after(database, log.batch(100, 300))
    check_log(database, MadeLog(log.origin, log.entries[:100], log.parts[:100], log.publics[:100]))
    with database.write() as tx:
        batches.apply(tx, log.batch(100, len(log.entries)))
    check_log(database, log)


def test_a_disk_that_fills_up_within_a_batch_is_named_and_the_batch_fits_later(
    tmp_path: Path,
) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/full.db")
    log = busy_log(3000)
    with database.write() as tx:
        mirrors.add(tx, log.origin)
        pages = tx.execute(text("PRAGMA page_count")).scalar() or 0
    whole = log.batch(0, len(log.entries))
    stopped = 0
    for room in range(0, 1000, 7):
        with database.write() as tx:
            tx.execute(text(f"PRAGMA max_page_count = {pages + room}"))
        with suppress(YdxError), database.write() as tx:
            batches.apply(tx, whole)
            break
        stopped += 1
    assert stopped > 10
    assert database.failures == {"DISK_FULL": stopped}
    check_log(database, log)
    database.close()


def fail_after(database: Database, batch: VerifiedBatch) -> None:
    with database.write() as tx:
        batches.apply(tx, batch)
        raise RuntimeError("on purpose")


def test_the_feed_counts_every_entry_once(database: Database) -> None:
    logs = [busy_log(20, f"ydx.example/m{i}") for i in range(3)]
    ids = [store(database, log, [5, 10]) for log in logs]
    with database.read() as tx:
        total = sum(len(log.entries) for log in logs)
        assert arrivals.last_position(tx) == total
        runs = arrivals.after(tx, 0, 10_000)
        assert [(run.origin_id, run.count) for run in runs] == [
            (origin_id, len(log.entries)) for origin_id, log in zip(ids, logs, strict=True)
        ]
        assert runs[0].position == 1


def test_own_records_are_found_by_their_platforms_number(database: Database) -> None:
    def from_platform(number: str) -> bytes:
        return listing(source_platform="sh", source_id=number)

    log = MadeLog()
    log.put(1, public=from_platform("A"))
    log.put(2, public=from_platform("B"))
    log.put(1, 2, public=from_platform("C"))
    log.withdraw(2, 2)
    log.put(3, public=from_platform("A"))
    store(database, log, [3], is_own=True)
    with database.read() as tx:
        found = {number: sources.find(tx, "sh", number) for number in "ABCD"}
    assert found == {"A": subject(3), "B": None, "C": subject(1), "D": None}
    check_log(database, log)


def test_of_two_own_records_with_one_number_the_later_stands(database: Database) -> None:
    log = MadeLog()
    log.put(1, public=listing(source_platform="sh", source_id="A"))
    log.put(2, public=listing(source_platform="sh", source_id="A"))
    log.put(3, public=listing(source_platform="sh", source_id="A"))
    store(database, log, [1], is_own=True)
    with database.read() as tx:
        assert sources.find(tx, "sh", "A") == subject(3)
