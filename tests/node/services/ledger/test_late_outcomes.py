"""Outcomes that come late: the books are those of what is here, whatever came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.log.batch import Absence
from node.services.ledger import reading
from node.storage import citing, mirrors, parts, views
from tests.federation.ledger.paper import booked, income
from tests.node.services.ledger.made_ledger import (
    BOTH,
    confirm,
    fill,
    follow,
    grow,
    origin,
    story,
    tables,
    view_of,
)

if TYPE_CHECKING:
    from node.storage.database import Database


def test_an_outcome_that_comes_late_is_judged_though_a_later_one_waits(database: Database) -> None:
    """What the later one waits for may never come: a member that leaves serves nothing."""
    paper, (first, _) = story()
    vector = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}
    events, places = [], []
    for number in ("8", "9"):
        events.append(paper.write("jiangsu", income=income(first, instalment=number)))
        yes = tuple(paper.accept(member, first, events[-1]) for member in BOTH)
        paper.cover()
        places.append(paper.decide(first, booked(events[-1], yes, **vector)).leaf_index)
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
    found = tables(database)
    with database.write() as tx:
        views.keep(tx, "ledger", 0, "another")
    follow(view_of(database))
    assert tables(database) == found


def test_a_citation_of_what_is_still_to_come_lets_nobody_judge_past_it(database: Database) -> None:
    """Any member can cite a place of the center's log before there is anything: it proves nothing.

    Only that the center says it does not name us does; a member that judged past an outcome which
    is on its way would tell other books at the same size than its peers.
    """
    paper, (first, _) = story()
    vector = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}
    events, places = [], []
    for number in ("8", "9"):
        events.append(paper.write("jiangsu", income=income(first, instalment=number)))
        yes = tuple(paper.accept(member, first, events[-1]) for member in BOTH)
        paper.cover()
        places.append(paper.decide(first, booked(events[-1], yes, **vector)).leaf_index)
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
