"""The ledger view: what the pure fold says, whatever comes first and wherever it is stopped."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from federation.log.batch import Absence
from federation.log.errors import Unreachable
from federation.records.refs import Ref
from node.services.access import Caller, Role
from node.services.ledger import outcomes, reading, rebuilding, view
from node.services.ledger.reading import agreement
from node.services.ledger.shown import LedgerShown
from node.storage import citing, freezing, ledger, mirrors, parts, views
from node.storage.database import Database
from node.storage.positions import part_id
from node.storage.schema import part, view_position
from tests.federation.ledger.paper import booked, income
from tests.laws import examples
from tests.node.services.ledger.made_ledger import (
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
    max_examples=examples(6),
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
        assert reading.awaited(tx, row) == [event]
        assert [one.position for one in reading.agreements(tx, only_waiting=True)] == [row.position]


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


def test_an_outcome_that_comes_late_has_its_agreement_folded_anew(database: Database) -> None:
    """It was withheld from us, until somebody cited it."""
    paper, agreements = story()
    first = agreements[0]
    at = next(
        one.ref.leaf_index
        for one in paper.logs["center"]
        if one is not None and one.agreement == first
    )
    fill(database, paper)
    for member, log in paper.made.items():
        absent = {(at, 0): Absence.WITHHELD} if member == "center" else {}
        grow(database, log, len(log.entries), absent)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    with database.read() as tx:
        assert reading.balances_as_of(tx, row_of(database, first)) == {}
    with database.write() as tx:
        citing.cite(tx, origin("center"), at)
        origin_id = mirrors.get(tx, origin("center")).origin_id
        parts.arrive(tx, origin_id, at, 0, paper.made["center"].parts[at][0], None)
    follow(view)
    for one in agreements:
        check_equal(database, paper, one)


def test_an_agreement_whose_version_has_rotted_waits_and_stops_no_other(
    database: Database,
) -> None:
    paper, (first, other) = story()
    store_all(database, paper)
    with database.write() as tx:
        place = part_id(mirrors.get(tx, first.origin).origin_id, first.leaf_index, 0)
        rotten = paper.made["anhui"].parts[first.leaf_index][0][:-1] + b"x"
    view = view_of(database, leaves=3, outcomes=1)
    while view.step():
        with database.write() as tx:
            if reading.agreement(tx, first) is not None:
                tx.execute(update(part).where(part.c.id == place).values(content=rotten))
    check_equal(database, paper, other)
    assert row_of(database, first).waits
    view.recheck()
    assert not view.step()


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


@pytest.mark.parametrize("why", ["another fold", "a document was hidden", "the tables are lost"])
def test_a_reader_of_a_view_that_is_rebuilt_gets_all_of_it_or_is_told_to_wait(
    database: Database, why: str
) -> None:
    paper, _ = story()
    store_all(database, paper)
    follow(view_of(database))
    whole = shown_of(database)
    assert len(whole) == 2
    with database.write() as tx:
        if why == "another fold":
            views.keep(tx, "ledger", 0, "another")
        elif why == "a document was hidden":
            freezing.freeze(tx, mirrors.get(tx, origin("anhui")), 3)
        else:
            ledger.clear(tx)
            for name in ("ledger", "ledger.began", "ledger.whole"):
                tx.execute(delete(view_position).where(view_position.c.name == name))
    view = view_of(database, leaves=1, outcomes=1)
    refused = 0
    while True:
        goes_on = view.step()
        if not goes_on:
            break
        with database.read() as tx:
            is_whole = rebuilding.is_whole(tx)
        if not is_whole:
            refused += 1
            with pytest.raises(Unreachable, match="BOOKS_REBUILDING"):
                shown_of(database)
    assert refused > 5
    found = shown_of(database)
    assert (found == whole) == (why != "a document was hidden")
    # What comes later is lag, which answers tell: it makes no view less than whole.
    with database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, origin("anhui")), None)
    follow(view)
    assert shown_of(database) == whole


def test_a_view_that_is_whole_stays_so_while_it_goes_on(database: Database) -> None:
    paper, (first, _) = story()
    store_all(database, paper)
    view = view_of(database, leaves=1, outcomes=1)
    follow(view)
    paper.book(first, 7)
    for log in paper.made.values():
        grow(database, log, len(log.entries))
        confirm(database, log.origin, len(log.entries))
    while view.step():
        assert shown_of(database)
    follow(view_of(database))
    assert shown_of(database)
    check_equal(database, paper, first)


def test_a_view_is_not_whole_while_agreements_are_left_behind_those_that_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "AGREEMENTS_A_STEP", 1)
    paper = MadeLedger()
    *_, last = [paper.open() for _ in range(3)]
    fill(database, paper)
    for member, log in paper.made.items():
        absent = {(at, 0): Absence.WITHHELD for at in (0, 1) if member == "jiangsu"}
        grow(database, log, len(log.entries), absent)
        confirm(database, log.origin, len(log.entries))
    made = view_of(database)
    follow(made)
    assert shown_of(database)
    check_equal(database, paper, last)
    with database.read() as tx:
        assert len(reading.agreements(tx, only_waiting=True)) == 2


def shown_of(database: Database) -> list[tuple[str, str, dict[str, int]]]:
    """Return what a clerk is shown of all agreements."""
    clerk = Caller(frozenset({Role.CLERK}), "clerk")
    found, _ = LedgerShown(database, "anhui").agreements(clerk, "", 0, 10)
    return [
        (one.name, one.state, {str(key): fen for key, fen in one.books.balances.items()})
        for one in found
    ]


def test_a_registry_that_is_not_here_stops_the_center_until_it_comes(database: Database) -> None:
    paper, agreements = story()
    paper.registry_version = 2
    event = paper.book(agreements[0], 5)
    store_all(database, paper)
    follow(view_of(database))
    with database.read() as tx:
        assert reading.ruling(tx, event) is None
        (state,) = outcomes.center_states(tx)
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
