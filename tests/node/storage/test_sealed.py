"""Sealed documents: found by their subject, hidden at once, the same whatever came first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, inspect, select, text, update

from federation.log.batch import Absence
from federation.log.entry import KIND_SEALED, Audience, Entry, encode_entry
from federation.log.errors import YdxError
from federation.log.hashing import leaf_hash
from federation.log.part import PartHeader, new_part
from node.storage import (
    arrivals,
    batches,
    freezing,
    mirrors,
    parts,
    sealed,
    sealed_folding,
)
from node.storage.arrivals import ArrivalKind
from node.storage.database import Database
from node.storage.positions import position
from node.storage.schema import part
from node.storage.schema import sealed as sealed_table
from node.storage.sealed import Hidden, Sealed
from tests.node.storage.made_logs import ORIGIN, MadeLog, subject
from tests.node.storage.test_batches import store

if TYPE_CHECKING:
    from node.storage.transaction import Transaction

WANTED: Final = Absence.WANTED
FIRST_TABLES: Final = frozenset(
    "alembic_version meta mirror entry_bundle hash_tile part catalogue superseded erased void_part"  # noqa: SIM905 - 22 quoted names would hide the list
    " wanted_part invalid_entry source arrival request intent witness_cosigned witness_start"
    " evidence quorum_note rest token trust_file".split()
)
"""Of a database at migration 0001."""


def rows(tx: Transaction) -> list[tuple[object, ...]]:
    """Return the table."""
    return sorted(tuple(row) for row in tx.execute(select(sealed_table)))


def found(database: Database, number: int) -> list[Sealed]:
    with database.read() as tx:
        return sealed.by_subject(tx, subject(number))


def follow(database: Database, after: int = 0, limit: int = 100) -> dict[tuple[str, int], bool]:
    """Follow the feed to its end; return (origin, leaf index) → whether part 1 was there."""
    seen: dict[tuple[str, int], bool] = {}
    with database.read() as tx:
        while True:
            end, steps = sealed.after(tx, after, limit)
            for step in steps:
                if isinstance(step, Hidden):
                    for leaf_index in range(step.first_leaf_index, step.end):
                        seen.pop((step.origin, leaf_index), None)
                else:
                    seen[step.origin, step.leaf_index] = step.personal is not None
            if end == after:
                return seen
            after = end


@pytest.mark.parametrize("is_own", [False, True], ids=["of a mirror", "of the own log"])
def test_a_document_is_found_by_its_subject_and_its_place(
    database: Database, *, is_own: bool
) -> None:
    log = MadeLog()
    log.put(1)
    log.document(7, ["anhui", "center"], b"step 1", None)
    log.document(8)
    log.document(7, content=b"step 2", personal=b"who")
    origin_id = store(database, log, is_own=is_own)
    with database.write() as tx:
        mirrors.set_confirmed(tx, origin_id, 3, b"note")
    first, second = found(database, 7)
    assert first.document is not None
    assert (first.origin, first.leaf_index, first.is_confirmed) == (ORIGIN, 1, True)
    assert first.leaf_hash == leaf_hash(log.entries[1])
    header = PartHeader(ORIGIN, subject(7), 1, 0, Audience.NAMED, ("anhui", "center"))
    assert first.document == (header, b"step 1")
    assert first.personal is None
    assert second.document is not None
    assert second.personal is not None
    assert (second.document.content, second.personal.content) == (b"step 2", b"who")
    assert not second.is_confirmed
    assert found(database, 9) == []
    with database.read() as tx:
        assert sealed.at(tx, ORIGIN, 3) == second
        for place in [(ORIGIN, 0), (ORIGIN, 4), (ORIGIN, -1), ("ydx.example/nobody", 1)]:
            assert sealed.at(tx, *place) is None


def test_documents_of_one_subject_are_found_in_all_logs(database: Database) -> None:
    other = MadeLog("ydx.example/jiangsu")
    other.document(7)
    log = MadeLog()
    log.document(7)
    store(database, log)
    store(database, other)
    assert [one.origin for one in found(database, 7)] == [ORIGIN, other.origin]


def test_whether_leaves_hold_anything_of_documents_is_told_of_each_log(database: Database) -> None:
    log, other = MadeLog(), MadeLog("ydx.example/jiangsu")
    for one in (log, other):
        one.put(1)
    log.document(7)
    log.document(8)
    ids = store(database, log, absences={(2, 0): WANTED, (2, 1): WANTED}), store(database, other)
    with database.read() as tx:
        told = [sealed.is_any_between(tx, ids[0], at, at + 1) for at in range(3)]
        assert told == [False, True, False]
        assert sealed.is_any_between(tx, ids[0], 0, 3)
        assert not sealed.is_any_between(tx, ids[1], 0, 1)


def test_what_is_withheld_from_us_is_not_listed(database: Database) -> None:
    log = MadeLog()
    log.sealed()
    log.document(7)
    store(database, log, absences={(1, 0): Absence.WITHHELD, (1, 1): Absence.VOID})
    with database.read() as tx:
        assert rows(tx) == []


def test_parts_that_come_late_are_listed_when_they_come(database: Database) -> None:
    log = MadeLog()
    log.document(7)
    origin_id = store(database, log, absences={(0, 0): WANTED, (0, 1): WANTED})
    assert found(database, 7) == []
    for number, there in ((1, (False, True)), (0, (True, True))):
        with database.write() as tx:
            assert parts.arrive(tx, origin_id, 0, number, log.parts[0][number], None)
        (one,) = found(database, 7)
        assert (one.document is not None, one.personal is not None) == there
        assert one.header.subject == subject(7)
    with database.read() as tx:
        kinds = [one.kind for one in arrivals.after(tx, 1, 10)]
    assert kinds == [ArrivalKind.PART, ArrivalKind.PART]


def test_a_personal_part_of_another_document_is_not_shown(database: Database) -> None:
    """Whichever comes first."""
    log = MadeLog()
    log.document(7, personal_number=8)
    log.document(9, personal_number=10)
    origin_id = store(database, log, absences={(1, 0): WANTED})
    assert [one.document is None for one in found(database, 10)] == [True]
    with database.write() as tx:
        parts.arrive(tx, origin_id, 1, 0, log.parts[1][0], None)
    for number in (7, 9):
        (one,) = found(database, number)
        assert (one.document is not None, one.personal) == (True, None)
    assert [*found(database, 8), *found(database, 10)] == []


def test_an_erased_personal_part_is_hidden_at_once_and_the_document_stays(
    database: Database,
) -> None:
    log = MadeLog()
    log.document(7)
    log.document(8)
    log.erase((0, 0), (0, 1), (1, 1))
    store(database, log, [1])
    for number in (7, 8):
        (one,) = found(database, number)
        assert one.document is not None
        assert one.document.content == b"document"
        assert one.personal is None


def test_an_erased_personal_part_that_came_alone_leaves_nothing(database: Database) -> None:
    log = MadeLog()
    log.document(7)
    log.erase((0, 1))
    store(database, log, [1], {(0, 0): Absence.WITHHELD})
    assert found(database, 7) == []


def test_a_freeze_hides_documents_and_what_comes_late_of_them(database: Database) -> None:
    log = MadeLog()
    log.document(7)
    log.document(7)
    log.erase((0, 1))
    origin_id = store(database, log, absences={(1, 1): WANTED})
    before = found(database, 7)
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), 1)
    (shown,) = found(database, 7)
    assert (shown.leaf_index, shown.personal is not None) == (0, True), "the erasure is hidden too"
    with database.write() as tx:
        assert parts.arrive(tx, origin_id, 1, 1, log.parts[1][1], None)
    assert found(database, 7) == [shown]
    with database.read() as tx:
        assert sealed.at(tx, ORIGIN, 1) is None
    assert follow(database) == {(ORIGIN, 0): True}
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), None)
    again = found(database, 7)
    assert [one.leaf_index for one in again] == [one.leaf_index for one in before]
    assert [one.personal is not None for one in again] == [False, True]


def test_headers_of_any_length_and_revision_are_listed(database: Database) -> None:
    named = tuple(sorted(f"member-{number:02}" + "x" * 20 for number in range(60)))
    header = PartHeader(ORIGIN, subject(7), 2**64 - 1, 0, Audience.NAMED, named)
    assert len(header.encode()) > 1500
    wire, commitment = new_part(header, b"document", bytes(32))
    log = MadeLog()
    log.add(encode_entry(Entry(kind=KIND_SEALED, parts=((Audience.NAMED, commitment),))), [wire])
    store(database, log)
    assert [one.header for one in found(database, 7)] == [header]


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_a_view_that_follows_by_position_sees_what_is_listed(
    database: Database, limit: int
) -> None:
    log = MadeLog()
    for number in range(6):
        log.put(number)
        log.document(number)
    store(database, log, [3, 7], {(1, 1): WANTED, (3, 0): WANTED, (3, 1): WANTED})
    origin_id = 1
    with database.write() as tx:
        parts.arrive(tx, origin_id, 3, 0, log.parts[3][0], None)
    expected = {(ORIGIN, leaf): leaf not in (1, 3) for leaf in (1, 3, 5, 7, 9, 11)}
    assert follow(database, limit=limit) == expected
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), 4)
    assert follow(database, limit=limit) == {(ORIGIN, 1): False, (ORIGIN, 3): False}
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, ORIGIN), None)
    assert follow(database, limit=limit) == expected
    with database.read() as tx:
        last = arrivals.last_position(tx)
        assert sealed.after(tx, last, limit)[0] == last


def test_a_document_that_has_rotted_is_not_shown(database: Database) -> None:
    log = MadeLog()
    log.document(7)
    store(database, log)
    with database.write() as tx:
        tx.execute(update(part).values(content=bytes(1024)))
    with pytest.raises(YdxError, match="COPY_DAMAGED"):
        found(database, 7)
    with database.write() as tx:
        sealed_folding.refold(tx, position(1, 0))
        assert rows(tx) == []


def test_an_older_database_lists_its_documents_once_it_is_opened(url: str) -> None:
    log = MadeLog()
    log.put(1)
    log.document(7)
    log.document(8)
    log.erase((1, 1))
    database = Database.open(url)
    store(database, log)
    with database.write() as tx:
        before = rows(tx)
        newer = sorted(set(inspect(tx.connection).get_table_names()) - FIRST_TABLES)
        for statement in (
            *(f"DROP TABLE {name}" for name in newer),
            "DROP INDEX ix_erased_position",
            "DROP INDEX ix_superseded_origin_id_subject_revision",
            "CREATE INDEX ix_superseded_origin_id_subject ON superseded (origin_id, subject)",
            "ALTER TABLE token DROP COLUMN holder",
            "ALTER TABLE wanted_part DROP COLUMN is_withheld",
            "UPDATE alembic_version SET version_num = '0001'",
            "UPDATE meta SET value = '1' WHERE key = 'fold_version'",
        ):
            tx.execute(text(statement))
    database.close()
    again = Database.open(url)
    with again.read() as tx:
        assert rows(tx) == before
        assert len(before) == 2
    again.close()


class History:
    """A log of documents that comes in pieces, in any order that may be."""

    def __init__(self, database: Database, kinds: list[int], absent: set[int]) -> None:
        self.database = database
        with database.read() as tx:  # each example of Hypothesis has a log of its own
            self.log = MadeLog(f"ydx.example/h{len(mirrors.every(tx))}")
        self.shown: dict[int, bool] = {}
        """Leaf index of a document → whether its personal part is shown in the end."""
        for at, kind in enumerate(kinds):
            self._add(at, kind)
        places = [(at, n) for at, wires in enumerate(self.log.parts) for n in range(len(wires))]
        self.missing = [place for i, place in enumerate(places) if i % 16 in absent]
        self.absences = dict.fromkeys(self.missing, WANTED)

    def _add(self, at: int, kind: int) -> None:
        if kind == 0:
            self.log.put(at)
        elif kind == 1 and at:
            self.log.erase((at // 2, 1), (at - 1, 1), (at - 1, 0))
            for erased in {at // 2, at - 1} & self.shown.keys():
                self.shown[erased] = False
        elif kind == 2:
            self.log.document(at % 3, personal=None)
            self.shown[at] = False
        elif kind == 3:
            self.log.document(at % 3, personal_number=5)
            self.shown[at] = False
        else:
            self.log.document(at % 3)
            self.shown[at] = True

    def do(self, step: tuple[str, int]) -> None:
        """Do one thing that may happen to a mirror."""
        what, number = step
        with self.database.write(durable=False) as tx:
            row = mirrors.add(tx, self.log.origin)
            size, total = row.verified_size, len(self.log.entries)
            if what == "batch" and size < total:
                batches.apply(
                    tx, self.log.batch(size, min(total, size + 1 + number), self.absences)
                )
            elif what == "freeze":
                freezing.freeze(tx, row, number)
            elif what == "thaw":
                freezing.freeze(tx, row, None)
            elif what == "arrive" and self.missing:
                at, n = self.missing[number % len(self.missing)]
                parts.arrive(tx, row.origin_id, at, n, self.log.parts[at][n], None)

    def finish(self) -> None:
        for _ in self.log.entries:
            self.do(("batch", 0))
        for number in range(len(self.missing)):
            self.do(("arrive", number))
        self.do(("thaw", 0))

    def check(self) -> dict[int, bool]:
        """Compare the list with a refold of the stored parts and with what a view has seen.

        Return what is shown: leaf index → whether the personal part is.
        """
        origin = self.log.origin
        seen = {
            place[1]: whole for place, whole in follow(self.database).items() if place[0] == origin
        }
        with self.database.write(durable=False) as tx:
            row = mirrors.add(tx, origin)
            listed = rows(tx)
            first = position(row.origin_id, 0)
            tx.execute(delete(sealed_table).where(sealed_table.c.position >= first))
            if row.visible_size:
                sealed_folding.fold(tx, first, first + row.visible_size - 1)
            assert rows(tx) == listed
            at = [(leaf, sealed.at(tx, origin, leaf)) for leaf in range(row.verified_size)]
        shown = {leaf: one.personal is not None for leaf, one in at if one is not None}
        assert seen.keys() == shown.keys()
        return shown


STEPS = st.lists(
    st.tuples(st.sampled_from(["batch", "batch", "arrive", "freeze", "thaw"]), st.integers(0, 11)),
    max_size=25,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    kinds=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    absent=st.sets(st.integers(0, 15)),
    steps=STEPS,
)
def test_whatever_comes_first_the_list_is_what_a_refold_makes(
    database: Database, kinds: list[int], absent: set[int], steps: list[tuple[str, int]]
) -> None:
    history = History(database, kinds, absent)
    for step in steps:
        history.do(step)
    history.check()
    history.finish()
    assert history.check() == history.shown
