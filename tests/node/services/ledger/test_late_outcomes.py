"""Outcomes that come late: the books are those of what is here, whatever came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec
from federation.ledger.statement import state_digest
from federation.log.batch import Absence
from federation.log.errors import Unreachable
from federation.records.refs import Ref, said_ref
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.ledger import reading
from node.services.ledger.accounts import LedgerAccounts
from node.services.ledger.reading import EntryFilter
from node.services.ledger.shown import LedgerShown
from node.storage import citing, freezing, mirrors, parts
from tests.federation.ledger.paper import activated, agreement, income
from tests.node.services.ledger.made_ledger import (
    BOTH,
    MadeLedger,
    check_equal,
    check_same_anew,
    confirm,
    fill,
    follow,
    grow,
    origin,
    story,
    view_of,
)
from tests.node.services.ledger.test_successors import CLERK

if TYPE_CHECKING:
    from node.storage.database import Database


def test_an_outcome_that_comes_late_is_judged_though_a_later_one_waits(database: Database) -> None:
    """What the later one waits for may never come: a member that leaves serves nothing."""
    paper, (first, _) = story()
    events, places = paper.book_two(first)
    fill(database, paper)
    absent = {
        "center": {(places[0], 0): Absence.WITHHELD},
        "jiangsu": {(events[1].leaf_index, 0): Absence.WITHHELD},
    }
    for member, log in paper.made.items():
        grow(database, log, len(log.entries), absent.get(member))
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    with database.write() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        assert reading.awaited(tx, row) == [events[1]]
        assert reading.ruling(tx, events[0]) is None
        citing.cite(tx, origin("center"), places[0])
        origin_id = mirrors.get(tx, origin("center")).origin_id
        parts.arrive(tx, origin_id, places[0], 0, paper.made["center"].parts[places[0]][0], None)
    follow(view)
    with database.read() as tx:
        assert reading.ruling(tx, events[0]) is not None
        row = reading.agreement(tx, first)
        assert row is not None
        assert reading.awaited(tx, row) == [events[1]]
    check_same_anew(database, view)


def test_books_that_are_to_be_folded_anew_are_told_to_nobody(database: Database) -> None:
    """They hold what stands above the late outcome and lack it: no size of the log is theirs."""
    paper, (first, _) = story()
    _, places = paper.book_two(first)
    fill(database, paper)
    for member, log in paper.made.items():
        hidden = {(places[0], 0): Absence.WITHHELD} if member == "center" else None
        grow(database, log, len(log.entries), hidden)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    accounts = LedgerAccounts(database, LedgerShown(database, "anhui"))
    with database.write() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        name = str(DocumentName(row.author, AGREEMENTS, row.subject))
        citing.cite(tx, origin("center"), places[0])
        origin_id = mirrors.get(tx, origin("center")).origin_id
        parts.arrive(tx, origin_id, places[0], 0, paper.made["center"].parts[places[0]][0], None)
    accounts.agreement(CLERK, name)
    view._take_in()
    for ask in (
        lambda: accounts.agreement(CLERK, name),
        lambda: accounts.entries(CLERK, name, EntryFilter(), None, 9),
        lambda: accounts.balances(CLERK, name, "", 0),
        lambda: accounts.netting(CLERK, name, is_bilateral=True),
        lambda: accounts.statements(CLERK, name),
    ):
        with pytest.raises(Unreachable, match="BOOKS_REBUILDING"):
            ask()
    follow(view)
    told = accounts.agreement(CLERK, name)
    size = len(paper.made["center"].entries)
    entries = [one.entry for one in paper.fold(first)[1] if one.entry is not None]
    assert (told.center_size, told.digest) == (size, state_digest(first, size, entries))


def test_what_a_late_outcome_undoes_is_open_again(database: Database) -> None:
    """The end of the agreement comes late: what was booked of a day behind it never was."""
    paper = MadeLedger()
    first = paper.open()
    said = codec.Termination(agreement=said_ref(first), effective_to="2026-11-01", reason="终止")
    end = paper.write("anhui", termination=said)
    yes = [paper.accept(member, first, end) for member in BOTH]
    paper.cover()
    late = paper.decide(first, activated(end, *yes)).leaf_index
    event = paper.book(first, 1)
    fill(database, paper)
    for member, log in paper.made.items():
        hidden = {(late, 0): Absence.WITHHELD} if member == "center" else None
        grow(database, log, len(log.entries), hidden)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)

    def opened() -> list[Ref]:
        with database.read() as tx:
            row = reading.agreement(tx, first)
            assert row is not None
            return [one.told.document.ref for one in reading.proposals(tx, row, open_only=True)]

    assert opened() == [end]
    with database.write() as tx:
        citing.cite(tx, origin("center"), late)
        origin_id = mirrors.get(tx, origin("center")).origin_id
        parts.arrive(tx, origin_id, late, 0, paper.made["center"].parts[late][0], None)
    follow(view)
    assert opened() == [event]
    check_equal(database, paper, first)
    check_same_anew(database, view)


def test_a_citation_of_what_is_still_to_come_lets_nobody_judge_past_it(database: Database) -> None:
    """Any member can cite a place of the center's log before there is anything: it proves nothing.

    Only that the center says it does not name us does; a member that judged past an outcome which
    is on its way would tell other books at the same size than its peers.
    """
    paper, (first, _) = story()
    events, places = paper.book_two(first)
    fill(database, paper)
    with database.write() as tx:
        citing.cite(tx, origin("center"), places[0])
    absent = {"center": {(places[0], 0): Absence.WANTED}}
    for member, log in paper.made.items():
        grow(database, log, len(log.entries), absent.get(member))
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    with database.write() as tx:
        assert [reading.ruling(tx, one) for one in events] == [None, None]
        parts.set_withheld(tx, mirrors.get(tx, origin("center")).origin_id, places[0], 0)
    follow(view)
    with database.read() as tx:
        assert reading.ruling(tx, events[0]) is None
        assert reading.ruling(tx, events[1]) is not None


@pytest.mark.parametrize("number", [0, 1])
def test_only_a_document_that_may_be_an_outcome_stops_the_judge_of_a_log(
    database: Database, number: int
) -> None:
    """A listing or a contact that never comes decides nothing, wherever the center wrote it."""
    paper, (first, _) = story()
    center = paper.made["center"]
    at = center.document(77, ["anhui"]) if number else center.put(77)
    paper.logs["center"].append(None)
    event = paper.book(first, 9)
    fill(database, paper)
    absent = {"center": {(at, number): Absence.WANTED}}
    for member, log in paper.made.items():
        grow(database, log, len(log.entries), absent.get(member))
        confirm(database, log.origin, len(log.entries))
    follow(view_of(database))
    with database.read() as tx:
        origin_id = mirrors.get(tx, origin("center")).origin_id
        assert parts.absence(tx, origin_id, at, number) is Absence.WANTED
        assert reading.ruling(tx, event) is not None


def test_what_was_decided_before_it_is_taken_in_is_not_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judge sees all that is stored: what comes while it looks is taken in after its ruling."""
    paper, (first, _) = story()
    event = paper.book(first, 9)
    fill(database, paper)
    log = paper.made["anhui"]
    for of in paper.made.values():
        grow(database, of, event.leaf_index if of is log else len(of.entries))
        confirm(database, of.origin, len(of.entries))
    view = view_of(database)
    cover = view._cover

    def grow_meanwhile() -> bool:
        grow(database, log, len(log.entries))
        return cover()

    with monkeypatch.context() as patched:
        patched.setattr(view, "_cover", grow_meanwhile)
        view.step()
    with database.read() as tx:
        assert reading.ruling(tx, event) is not None
    check_same_anew(database, view)


def test_an_agreement_that_something_speaks_of_is_asked_for_from_every_member(
    database: Database,
) -> None:
    """Its author may hide it from us: it has other members accept what we cannot read."""
    paper, _ = story()
    first = paper.write("jiangsu", agreement=agreement())
    paper.accept("center", first, first)
    fill(database, paper)
    for member, log in paper.made.items():
        hidden = {(first.leaf_index, 0): Absence.WITHHELD} if member == "jiangsu" else None
        grow(database, log, len(log.entries), hidden)
    follow(view_of(database))
    with database.read() as tx:
        origin_id = mirrors.get(tx, first.origin).origin_id
        assert parts.absence(tx, origin_id, first.leaf_index, 0) is Absence.WANTED


def test_a_freeze_that_hides_nothing_but_a_checkpoint_folds_anew(database: Database) -> None:
    """What it covered may be named by outcomes that come in its place: they would count."""
    paper, (first, _) = story()
    paper.write("jiangsu", income=income(first, instalment="9"))
    paper.cover()
    fill(database, paper)
    for log in paper.made.values():
        grow(database, log, len(log.entries))
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    with database.write() as tx:
        center = mirrors.get(tx, origin("center"))
        freezing.freeze(tx, center, center.verified_size - 1)
    check_same_anew(database, view)
