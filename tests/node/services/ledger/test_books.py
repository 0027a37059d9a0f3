"""Books over the tables are those of the pure fold, whatever is decided within one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec
from federation.records.refs import said_ref
from node.services.ledger import reading
from node.services.ledger.documents import Documents, Shelf
from node.services.ledger.folding import _DOCUMENTS_MAX
from tests.federation.ledger.paper import booked, income
from tests.node.services.ledger.made_ledger import (
    BOTH,
    MadeLedger,
    check_equal,
    confirm,
    follow,
    grow,
    store_all,
    story,
    view_of,
)

if TYPE_CHECKING:
    from federation.records.refs import Ref
    from node.storage.database import Database


def taken_back(paper: MadeLedger, first: Ref, event: Ref) -> Ref:
    """Propose to take all of an income back; return the reversal."""
    said = codec.Reversal(
        agreement=said_ref(first), income=said_ref(event), reversal_date="2026-11-09", reason="退款"
    )
    return paper.write("jiangsu", reversal=said)


@pytest.mark.parametrize("batches", [(1, 1, 1, 1), (1, 3), (4,)])
def test_an_instalment_that_was_taken_back_is_booked_again(
    database: Database, batches: tuple[int, ...]
) -> None:
    paper = MadeLedger()
    first = paper.open()
    event, again, third = (
        paper.write("anhui", income=income(first, instalment="1")) for _ in range(3)
    )
    back = taken_back(paper, first, event)
    yes = tuple(paper.accept(member, first, event, again, third, back) for member in BOTH)
    paper.cover()
    vector = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}
    outcomes = [
        booked(event, yes, **vector),
        booked(back, yes, **{party: -fen for party, fen in vector.items()}),
        booked(again, yes, **vector),
        booked(third, yes, **vector),
    ]
    for count in batches:
        paper.decide(first, *outcomes[:count])
        del outcomes[:count]
    store_all(database, paper)
    follow(view_of(database, outcomes=1))
    books, effects = paper.fold(first)
    assert [one.void for one in effects] == ["", "", "", "", "CANNOT_BE_BOOKED"]
    assert books.rulings[again].booked is not None
    check_equal(database, paper, first)


def test_a_place_with_another_hash_names_nothing_that_was_decided(database: Database) -> None:
    """A reversal may name what it will: its income is what stands there, or nothing."""
    paper, (first, _) = story()
    event = paper.book(first, 5)
    other = event._replace(leaf_hash=bytes(32))
    back = taken_back(paper, first, other)
    yes = tuple(paper.accept(member, first, back) for member in BOTH)
    paper.cover()
    paper.decide(first, booked(other, (), AH=1), booked(back, yes, AH=-50_001, JS=-30_000))
    store_all(database, paper)
    follow(view_of(database, outcomes=1))
    assert [one.void for one in paper.fold(first)[1][-3:-1]] == [
        "NO_SUCH_DOCUMENT",
        "CANNOT_BE_BOOKED",
    ]
    check_equal(database, paper, first)


def test_of_more_documents_than_are_read_at_once_none_is_passed_over(database: Database) -> None:
    paper, (first, _) = story()
    event = paper.book(first, 5)
    for _ in range(2 * _DOCUMENTS_MAX + 1):
        paper.decide(first, booked(event, (), AH=1))
    store_all(database, paper)
    follow(view_of(database))
    check_equal(database, paper, first)


def test_books_that_were_parsed_before_are_those_of_the_row_and_no_older(
    database: Database,
) -> None:
    paper = MadeLedger()
    first = paper.open()
    store_all(database, paper)
    view, shelf = view_of(database), Shelf()
    for number in range(3):
        follow(view)
        with database.read() as tx:
            row = reading.agreement(tx, first)
            assert row is not None
            for _ in range(2):
                books = reading.books_of(tx, row, Documents(tx, shelf))
                assert books.balances == paper.fold(first)[0].balances
        paper.book(first, number)
        for log in paper.made.values():
            grow(database, log, len(log.entries))
            confirm(database, log.origin, len(log.entries))
