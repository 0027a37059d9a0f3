"""The ledger view: what the pure fold says, whatever comes first and wherever it is stopped."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.ledger import codec
from federation.log.batch import Absence
from federation.log.errors import YdxError
from federation.records.refs import Ref, said_ref
from node.services import ledger_reading
from node.services.ledger_reading import agreement
from node.storage import freezing, mirrors, parts, views
from node.storage.database import Database
from tests.federation.ledger.paper import MEMBERS, booked, income
from tests.node.services.made_ledger import (
    BOTH,
    MadeLedger,
    check_equal,
    confirm,
    fill,
    follow,
    grow,
    origin,
    store_all,
    story,
    tables,
    view_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from node.storage.ledger import AgreementRow

NUMBERS = count()


def row_of(database: Database, first: Ref) -> AgreementRow:
    with database.read() as tx:
        row = agreement(tx, first)
    assert row is not None
    return row


@pytest.mark.parametrize(("leaves", "outcomes"), [(1, 1), (3, 2), (2000, 200)])
def test_the_view_is_the_pure_fold(database: Database, leaves: int, outcomes: int) -> None:
    paper, agreements = story()
    store_all(database, paper)
    follow(view_of(database, leaves=leaves, outcomes=outcomes))
    for first in agreements:
        check_equal(database, paper, first)
    row = row_of(database, agreements[1])
    assert (row.author, row.center, row.title) == ("anhui", "center", "另一份协议")
    assert (row.members, row.disputed, row.waits) == ("anhui center jiangsu", "", False)


def test_nothing_is_judged_above_the_confirmed_size(database: Database) -> None:
    paper, (first, _) = story()
    store_all(database, paper)
    other = MadeLedger()
    fill(database, other)
    follow(view_of(database))
    check_equal(database, paper, first)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_tables_are_the_same_whatever_came_first(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / str(next(NUMBERS))
    folder.mkdir()
    paper, agreements = story()
    whole = Database.open(f"sqlite:///{folder}/whole.db")
    store_all(whole, paper)
    follow(view_of(whole))
    pieces = Database.open(f"sqlite:///{folder}/pieces.db")
    fill(pieces, paper)
    view = view_of(pieces)
    late: list[tuple[str, int]] = []
    while unfinished := [
        member for member, log in paper.made.items() if size_of(pieces, member) < len(log.entries)
    ]:
        member = data.draw(st.sampled_from(unfinished))
        log, start = paper.made[member], size_of(pieces, member)
        end = data.draw(st.integers(start + 1, len(log.entries)))
        absent = {
            (at, 0): Absence.WANTED
            for at in range(start, end)
            if len(log.parts[at]) > 0 and data.draw(st.booleans())
        }
        late += [(member, at) for at, _ in absent]
        grow(pieces, log, end, absent)
        confirm(pieces, log.origin, data.draw(st.integers(0, end)))
        if data.draw(st.booleans()):
            view.step()
        if data.draw(st.booleans()):
            view = view_of(pieces, leaves=data.draw(st.integers(1, 9)))
    for log in paper.made.values():
        confirm(pieces, log.origin, len(log.entries))
    for member, at in data.draw(st.permutations(late)):
        with pieces.write() as tx:
            row = mirrors.get(tx, origin(member))
            parts.arrive(tx, row.origin_id, at, 0, paper.made[member].parts[at][0], None)
        if data.draw(st.booleans()):
            follow(view)
    follow(view)
    for first in agreements:
        check_equal(pieces, paper, first)
    assert tables(pieces) == tables(whole)
    whole.close()
    pieces.close()


def size_of(database: Database, member: str) -> int:
    with database.read() as tx:
        return mirrors.get(tx, origin(member)).verified_size


def test_an_agreement_waits_for_what_is_named_and_stops_no_other(database: Database) -> None:
    paper, (first, other) = story()
    fill(database, paper)
    event = paper.book(first, 3)
    for member, log in paper.made.items():
        absent = {(event.leaf_index, 0): Absence.WITHHELD} if member == "anhui" else {}
        with database.write() as tx:
            mirrors.get(tx, log.origin)
        grow(database, log, len(log.entries), absent)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    assert not view.step()
    row = row_of(database, first)
    assert row.waits
    check_equal(database, paper, other)
    with database.read() as tx:
        assert ledger_reading.awaited(tx, row) == [event]
        assert [one.position for one in ledger_reading.agreements(tx, only_waiting=True)] == [
            row.position
        ]


def test_what_an_outcome_names_in_vain_is_asked_of_everybody(database: Database) -> None:
    paper, (first, _) = story()
    event = paper.write("jiangsu", income=income(first, instalment="9"))
    yes = tuple(paper.accept(member, first, event) for member in BOTH)
    paper.cover()
    paper.decide(first, booked(event, yes, AH=50_001, JS=30_000, NETC=20_000))
    fill(database, paper)
    for member, log in paper.made.items():
        absent = {(event.leaf_index, 0): Absence.WITHHELD} if member == "jiangsu" else {}
        grow(database, log, len(log.entries), absent)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    assert row_of(database, first).waits
    with database.write() as tx:
        origin_id = mirrors.get(tx, event.origin).origin_id
        (wanted,) = parts.wanted_due(tx, origin_id, 1.0, 10)
        assert wanted.leaf_index == event.leaf_index
        parts.arrive(
            tx, origin_id, event.leaf_index, 0, paper.made["jiangsu"].parts[event.leaf_index][0],
            None,
        )  # fmt: skip
    follow(view)
    check_equal(database, paper, first)
    assert not row_of(database, first).waits


def test_what_turns_out_to_be_nothing_is_void_after_a_recheck(database: Database) -> None:
    paper, (first, _) = story()
    event = paper.write("jiangsu", income=income(first, instalment="9"))
    paper.cover()
    paper.decide(first, booked(event, (), AH=1))
    fill(database, paper)
    for member, log in paper.made.items():
        absent = {(event.leaf_index, 0): Absence.WANTED} if member == "jiangsu" else {}
        grow(database, log, len(log.entries), absent)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    assert row_of(database, first).waits
    with database.write() as tx:
        parts.set_void(tx, mirrors.get(tx, event.origin).origin_id, event.leaf_index, 0)
    view.recheck()
    follow(view)
    paper.logs["jiangsu"][event.leaf_index] = None
    check_equal(database, paper, first)


def test_a_freeze_folds_anew_without_what_is_hidden_and_a_thaw_with_it(
    database: Database,
) -> None:
    paper, agreements = story()
    store_all(database, paper)
    view = view_of(database)
    follow(view)
    before = tables(database)
    for name, size in (("center", 8), ("anhui", 3)):
        with database.write() as tx:
            freezing.freeze(tx, mirrors.get(tx, origin(name)), size)
        follow(view)
        assert tables(database) != before
        fresh = view_of(database)
        frozen = tables(database)
        with database.write() as tx:
            views.keep(tx, "ledger", 0, "another")
        follow(fresh)
        assert tables(database) == frozen
        view = fresh
        with database.write() as tx:
            freezing.freeze(tx, mirrors.get(tx, origin(name)), None)
        follow(view)
        assert tables(database) == before
    for first in agreements:
        check_equal(database, paper, first)


def test_a_registry_that_is_not_here_stops_the_center_until_it_comes(database: Database) -> None:
    paper, agreements = story()
    paper.registry_version = 2
    event = paper.book(agreements[0], 5)
    store_all(database, paper)
    follow(view_of(database))
    with database.read() as tx:
        assert ledger_reading.ruling(tx, event) is None
        (state,) = ledger_reading.center_states(tx)
    assert state.waits_for_registry == 2
    assert state.end < state.confirmed_size
    follow(view_of(database, version=2))
    for first in agreements:
        check_equal(database, paper, first)


def test_another_vector_disputes_the_books_and_stops_them(database: Database) -> None:
    paper, (first, other) = story()
    event = paper.write("anhui", income=income(first, instalment="9"))
    yes = tuple(paper.accept(member, first, event) for member in BOTH)
    paper.cover()
    paper.decide(first, booked(event, yes, AH=50_000, JS=30_001, NETC=20_000))
    paper.book(first, 10)
    store_all(database, paper)
    view = view_of(database)
    follow(view)
    assert not view.step()
    assert row_of(database, first).disputed == "VECTOR_DIFFERS"
    check_equal(database, paper, first)
    check_equal(database, paper, other)


def test_proposals_are_listed_as_they_came_with_what_was_said_of_them(
    database: Database,
) -> None:
    paper, (first, other) = story()
    event = paper.write("anhui", income=income(first, instalment="10"))
    yes = paper.accept("jiangsu", first, event)
    hidden = paper.write("anhui", frozenset({"center"}), income=income(first, instalment="11"))
    store_all(database, paper)
    confirm_less = len(paper.made["anhui"].entries)
    follow(view_of(database))
    row = row_of(database, first)
    with database.read() as tx:
        decide = ledger_reading.proposals_to_decide(tx, "center")
        assert [one.told.document.ref for one in decide][-1] != hidden
        assert {one.told.document.ref for one in decide} >= {event}
        assert ledger_reading.proposals_to_decide(tx, "anhui") == []
        opened = ledger_reading.proposals(tx, row, open_only=True)
        assert event in {one.told.document.ref for one in opened}
        everything = ledger_reading.proposals(tx, row)
        assert [one.arrived for one in everything] == sorted(one.arrived for one in everything)
        paged, after = [], 0
        while more := ledger_reading.proposals(tx, row, after=after, limit=2):
            paged += more
            after = more[-1].arrived
        assert paged == everything
        assert [one.document.ref for one in ledger_reading.said_of(tx, event)] == [yes]
        assert all(one.told.is_confirmed for one in everything)
        named = ledger_reading.agreement_named(tx, row.author, row.subject)
        assert named == row
        assert [one.position for one in ledger_reading.agreements(tx, "jiangsu")] == sorted(
            [row.position, row_of(database, other).position]
        )
        assert ledger_reading.agreements(tx, "suzhou") == []
    assert confirm_less


def test_a_failure_at_any_write_leaves_a_prefix_and_the_next_step_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: whatever write fails, the tables are those of a fold that stopped earlier."""
    paper, agreements = story()
    store_all(database, paper)
    view = view_of(database, outcomes=2)
    transaction_type: type
    with database.write() as tx:
        transaction_type = type(tx)
    insert_rows = transaction_type.insert_rows
    left = {"writes": 0}

    def failing(self: Any, *asked: Any) -> None:
        left["writes"] -= 1
        if left["writes"] == 0:
            raise YdxError("DISK_FULL", "the disk is full")
        insert_rows(self, *asked)

    monkeypatch.setattr(transaction_type, "insert_rows", failing)
    for number in range(1, 60):
        left["writes"] = number
        with_failure = False
        try:
            if not view.step():
                break
        except YdxError:
            with_failure = True
        if with_failure:
            check_prefix(database, paper, agreements)
    left["writes"] = 0
    follow(view)
    for first in agreements:
        check_equal(database, paper, first)


def check_prefix(database: Database, paper: MadeLedger, agreements: list[Ref]) -> None:
    """Hold the balances in the row against the journal, and both against the whole fold."""
    with database.read() as tx:
        for first in agreements:
            row = agreement(tx, first)
            if row is None:
                continue
            books = ledger_reading.books_of(tx, row)
            journal = ledger_reading.entries(tx, row, ledger_reading.EntryFilter())
            whole = [one.entry for one in paper.fold(first)[1] if one.entry is not None]
            assert journal == whole[: len(journal)]
            assert ledger_reading.balances_as_of(tx, row) == dict(books.balances)
            assert all(sum(fen for _, fen in one.postings) == 0 for one in journal)


def test_many_who_speak_of_an_agreement_that_is_not_here_change_nothing(
    database: Database,
) -> None:
    paper = MadeLedger()
    nowhere = Ref(origin("anhui"), 40, bytes(32))
    far = Ref(origin("nobody"), 2**63 - 2, bytes(32))
    for ref in (nowhere, far):
        paper.write("jiangsu", income=income(ref))
        paper.decide(ref, booked(ref, (), AH=1))
    paper.write_content("jiangsu", b"no document")
    paper.write("jiangsu", rejection=codec.Rejection(agreement=said_ref(far)))
    store_all(database, paper)
    follow(view_of(database))
    found = tables(database)
    assert found["ledger_agreement"] == []
    assert len(found["ledger_document"]) == 4
    assert MEMBERS
