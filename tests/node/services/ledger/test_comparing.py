"""Books are compared below what is disputed; documents are opened only where they differ."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import update

from federation.ledger import codec
from federation.ledger.journal import Place
from federation.ledger.ranges import ALL
from federation.ledger.reconcile import Class
from federation.log.errors import Refused
from federation.log.note import parse_note
from federation.records.refs import Ref, said_ref
from node.services.ledger import journals
from node.services.ledger.documents import Documents
from node.services.ledger.journals import StoredJournal
from node.storage import mirrors
from node.storage.freezing import freeze
from node.storage.ledger_tables import (
    ledger_agreement,
    ledger_entry,
    ledger_posting,
    ledger_ruling,
)
from tests.federation.ledger.paper import booked, income
from tests.node.services.ledger.made_books import many, peer_of
from tests.node.services.ledger.made_ledger import BOTH, MadeLedger, follow, view_of
from tests.node.services.ledger.test_reconciling import (
    ON_ONE_ENGINE,
    Pair,
    at,
    entry_places,
    found,
    pair,
)

__all__ = ["pair"]


def disputed(incomes: int) -> tuple[MadeLedger, Ref, int]:
    """Return books whose last outcome but one has another vector, and where that one stands."""
    paper, first = many(incomes)
    event = paper.write("anhui", income=income(first, instalment="x"))
    yes = tuple(paper.accept(member, first, event) for member in BOTH)
    paper.cover()
    at = len(paper.made["center"].entries)
    paper.decide(first, booked(event, yes, AH=50_000, JS=30_001, NETC=20_000))
    paper.book(first, 99)
    return paper, first, at


def test_disputed_books_are_signed_for_below_the_dispute_and_the_result_says_so(pair: Pair) -> None:
    paper, first, dispute = disputed(2)
    here, there = pair(paper, paper)
    told = here.compare(first, peer_of(there))
    assert (told.equal, told.center_size) == (True, dispute)
    assert (told.disputed, told.peer_disputed) == ("VECTOR_DIFFERS", "VECTOR_DIFFERS")
    text = parse_note(told.proof).text
    assert text.split()[2] == str(dispute).encode()
    place, row = entry_places(there, first)[0], there.row(first)
    with there.database.write() as tx:
        tx.execute(update(ledger_posting).where(at(ledger_posting, row, place)).values(party="X"))
    told = here.compare(first, peer_of(there))
    assert found(told) == {place: Class.AMOUNT_DIFF}
    assert (told.disputed, told.peer_disputed) == ("VECTOR_DIFFERS", "VECTOR_DIFFERS")


@ON_ONE_ENGINE
def test_a_dispute_that_only_one_side_has_come_to_is_told_by_the_other(pair: Pair) -> None:
    before, first = many(2)
    behind, ahead = pair(before, disputed(2)[0])
    told = behind.compare(first, peer_of(ahead))
    assert (told.equal, told.disputed, told.peer_disputed) == (True, "", "VECTOR_DIFFERS")
    assert told.center_size == len(before.made["center"].entries)
    told = ahead.compare(first, peer_of(behind, caller="jiangsu"))
    assert (told.equal, told.disputed, told.peer_disputed) == (True, "VECTOR_DIFFERS", "")


@ON_ONE_ENGINE
def test_a_frozen_center_is_told_with_what_is_equal_below_it(pair: Pair) -> None:
    paper, first = many(3)
    here, there = pair(paper, paper)
    size = entry_places(here, first)[-1].leaf_index
    for books in (here, there):
        with books.database.write() as tx:
            freeze(tx, mirrors.get(tx, paper.made["center"].origin), size)
        follow(view_of(books.database))
    told = here.compare(first, peer_of(there))
    assert (told.equal, told.center_size) == (True, size)
    assert (told.disputed, told.peer_disputed) == ("CENTER_FROZEN", "CENTER_FROZEN")


@ON_ONE_ENGINE
def test_a_peer_that_says_no_word_of_its_dispute_is_refused(pair: Pair) -> None:
    paper, first = many(1)
    here, there = pair(paper, paper)
    with there.database.write() as tx:
        tx.execute(update(ledger_agreement).values(disputed="a lot\x1b of words"))
    with pytest.raises(Refused, match="MALFORMED_FRAME"):
        here.compare(first, peer_of(there))
    assert here.refusals == [("jiangsu", "MALFORMED_FRAME")]


def test_books_are_compared_without_opening_their_documents(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, first = many(20)
    here, there = pair(paper, paper)
    places, row = entry_places(here, first), here.row(first)
    opened: set[int] = set()
    opening = Documents.opening

    def noted(self: Documents, wanted: Collection[int]) -> dict[int, bytes]:
        opened.update(wanted)
        return opening(self, wanted)

    monkeypatch.setattr(Documents, "opening", noted)
    assert here.compare(first, peer_of(there)).equal
    assert opened == set()
    with here.database.write() as tx:
        tx.execute(
            update(ledger_posting).where(at(ledger_posting, row, places[7])).values(party="X")
        )
    assert found(here.compare(first, peer_of(there))) == {places[7]: Class.AMOUNT_DIFF}
    assert opened  # of what is exchanged whole


def test_kinds_states_and_places_that_nobody_knows_are_differences_like_others(pair: Pair) -> None:
    paper, first = many(20)
    here, there = pair(paper, paper)
    places, row = entry_places(here, first), here.row(first)
    with here.database.write() as tx:
        for table, place, rot in (
            (ledger_entry, places[3], {"kind": "ROTTEN"}),
            (ledger_posting, places[5], {"account": "ROTTEN"}),
            (ledger_ruling, places[9], {"state": "ROTTEN"}),
            (ledger_entry, places[12], {"proposal": 77 << 40}),
        ):
            tx.execute(update(table).where(at(table, row, place)).values(**rot))
    assert found(here.compare(first, peer_of(there))) == {
        places[3]: Class.AMOUNT_DIFF,
        places[5]: Class.AMOUNT_DIFF,
        places[9]: Class.STATE_DIFF,
        places[12]: Class.SIG_INVALID,
    }


@ON_ONE_ENGINE
def test_a_range_costs_no_look_at_what_was_refused_elsewhere(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member may ask for a thousand ranges, and ten thousand proposals may have expired."""
    paper, first = many(1)
    events = [paper.write("anhui", income=income(first, instalment=f"x{at}")) for at in range(200)]
    paper.cover()
    kind = codec.OutcomeKind.OUTCOME_KIND_EXPIRED
    for event in events:
        paper.decide(first, codec.Outcome(kind=kind, proposal=said_ref(event)))
    here, _ = pair(paper, paper)
    looked_at: list[object] = []
    place_of = journals._place

    def noted(row: Any) -> Place:
        looked_at.append(row)
        return place_of(row)

    with here.database.read() as tx:
        journal = StoredJournal(tx, here.row(first))
        last = journal.bounds(ALL.first, ALL.end)
        assert last is not None
        monkeypatch.setattr(journals, "_place", noted)
        assert [one.state for one in journal.items(last[1] - 1, last[1] + 1)] == ["EXPIRED"]
    assert len(looked_at) < 40
