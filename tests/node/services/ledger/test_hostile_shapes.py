"""Documents that are many or large: what is looked at, and kept in memory, is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec
from federation.ledger.documents import Acceptance, Rejection
from federation.records.refs import said_ref
from node.services.ledger import intake, reading
from node.services.ledger.documents import Documents, Shelf
from node.services.ledger.reading import SAID_MAX
from tests.federation.ledger.paper import income
from tests.node.services.ledger.made_ledger import follow, store_all, story, view_of

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
    assert {one.content for _, one in found} == {b""}
