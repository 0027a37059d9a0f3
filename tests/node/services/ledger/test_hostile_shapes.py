"""Documents that are many or large: what is looked at, and kept in memory, is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec
from federation.ledger.documents import Acceptance, Rejection
from federation.log.batch import Absence
from federation.records.refs import said_ref
from node.services.ledger import intake, outcomes, reading
from node.services.ledger.documents import Documents, Shelf
from node.services.ledger.reading import SAID_MAX
from node.storage import mirrors, parts
from tests.federation.ledger.paper import booked, income
from tests.node.services.ledger.made_ledger import (
    confirm,
    fill,
    follow,
    grow,
    origin,
    store_all,
    story,
    view_of,
)

if TYPE_CHECKING:
    from node.storage.database import Database


def test_of_what_one_log_says_again_and_again_only_the_newest_is_looked_at(
    database: Database,
) -> None:
    paper, (first, _) = story()
    event = paper.write("anhui", income=income(first, instalment="7"))
    accepted = paper.accept("anhui", first, event)
    said = codec.Rejection(agreement=said_ref(first), proposal=said_ref(event))
    for _ in range(SAID_MAX + 2):
        paper.write("jiangsu", rejection=said)
    last = paper.accept("jiangsu", first, event)
    store_all(database, paper)
    follow(view_of(database))
    with database.read() as tx:
        told = [one.document for one in reading.said_of(tx, event)]
    assert [one.ref for one in told if isinstance(one.facts, Acceptance)] == [accepted, last]
    assert sum(isinstance(one.facts, Rejection) for one in told) == SAID_MAX - 1


def test_what_is_kept_of_documents_is_bounded_by_their_bytes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.services.ledger.documents._SHELF_BYTES_MAX", 1000)
    paper, (first, _) = story()
    store_all(database, paper)
    shelf = Shelf()
    with database.read() as tx:
        documents = Documents(tx, shelf)
        found = documents.get(first)
        assert len(Documents(tx, shelf).shelf) == 1
        place = documents.place(first)
        assert place is not None
        documents.at_all(range(place, place + 10))
        kept_bytes = sum(len(one.content) for one in shelf.values())
        assert kept_bytes > 1000
        assert len(Documents(tx, shelf).shelf) == 0
        assert Documents(tx, shelf).get(first) == found


def test_what_is_taken_in_at_once_does_not_keep_the_contents(database: Database) -> None:
    paper, _ = story()
    store_all(database, paper)
    with database.read() as tx:
        _, runs = intake.after(tx, 0, 1000)
        found = intake.read_new(tx, runs, Documents(tx))
    assert len(found) > 10
    assert {one.document.content for one in found} == {b""}


def test_of_much_that_is_waited_for_some_is_looked_at_and_then_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any member can let agreements that name us wait: each turn of the loop looked at all."""
    monkeypatch.setattr("node.services.ledger.view.AWAITED_A_RECHECK", 2)
    paper, _ = story()
    firsts, unread = [paper.open(title=str(number)) for number in range(4)], {}
    for first in firsts:
        event = paper.write("anhui", income=income(first, instalment="7"))
        lost = paper.write_content("jiangsu", b"no document")
        paper.cover()
        paper.decide(first, booked(event, (lost,), AH=1))
        unread[lost.leaf_index, 0] = Absence.WANTED
    fill(database, paper)
    for member, log in paper.made.items():
        grow(database, log, len(log.entries), unread if member == "jiangsu" else None)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    with database.write() as tx:
        origin_id = mirrors.get(tx, origin("jiangsu")).origin_id
        for leaf_index, part_number in unread:
            parts.set_void(tx, origin_id, leaf_index, part_number)
    waiting = []
    for _ in range(4):
        with database.read() as tx:
            waiting.append(len(reading.agreements(tx, only_waiting=True)))
        view.recheck()
        follow(view)
    assert waiting == [4, 2, 0, 0]
    with database.read() as tx:
        assert [one.void for one in outcomes.voids(tx)].count("NO_SUCH_DOCUMENT") == len(firsts)
