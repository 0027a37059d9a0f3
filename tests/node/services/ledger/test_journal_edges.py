"""The stored journal at its edges: pages, ranges that grow, items that are just exchanged whole."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from federation.ledger.journal import Place
from federation.ledger.ranges import ALL, LEAF_ITEMS, key_of
from federation.ledger.reconcile import Class
from node.services.ledger import journals, reading
from node.services.ledger.journals import StoredJournal
from node.storage.ledger_tables import ledger_entry, ledger_posting
from node.storage.positions import part_id
from node.storage.schema import part
from tests.node.services.ledger.made_books import many, peer_of
from tests.node.services.ledger.test_reconciling import (
    ON_ONE_ENGINE,
    Pair,
    at,
    entry_places,
    found,
    pair,
)

__all__ = ["pair"]


@ON_ONE_ENGINE
@pytest.mark.parametrize("page", [1, 2, 5, 7, 8])
def test_a_journal_is_read_whole_in_pages_of_any_size(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    paper, first = many(7)
    here, _ = pair(paper, paper)
    with here.database.read() as tx:
        row = here.row(first)
        whole = StoredJournal(tx, row)
        items, summary = whole.items(ALL.first, ALL.end), whole.summary(whole.center_size)
        monkeypatch.setattr(journals, "_PAGE", page)
        paged = StoredJournal(tx, row)
        assert paged.items(ALL.first, ALL.end) == items
        assert paged.summary(paged.center_size) == summary
        assert paged.state_digest() == summary.state_digest


@ON_ONE_ENGINE
def test_a_range_that_ends_one_key_later_than_what_is_kept_is_read_again(pair: Pair) -> None:
    paper, first = many(3)
    here, _ = pair(paper, paper)
    key = key_of(entry_places(here, first)[1])
    with here.database.read() as tx:
        journal = StoredJournal(tx, here.row(first))
        counts = [journal.count_and_digest(0, end)[0] for end in (key, key + 1, key)]
        assert counts == [2, 3, 2]
        assert journal.count_and_digest(key, key + 1)[0] == 1
        assert journal.count_and_digest(key + 1, ALL.end)[0] == 1
        assert journal.count_and_digest(key, ALL.end)[0] == 2


@ON_ONE_ENGINE
@pytest.mark.parametrize("items", [LEAF_ITEMS - 1, LEAF_ITEMS, LEAF_ITEMS + 1])
def test_of_as_many_items_as_are_exchanged_whole_the_digest_says_which_are_unsound(
    pair: Pair, items: int
) -> None:
    paper, first = many(items - 1)  # and the activation
    here, there = pair(paper, paper)
    places, row = entry_places(there, first), there.row(first)
    with there.database.write() as tx:
        tx.execute(
            update(ledger_posting).where(at(ledger_posting, row, places[2])).values(party="X")
        )
        entry = reading.entries(tx, row, reading.EntryFilter())[3]
        gone = part_id(row.position >> 40, entry.proposal.leaf_index, 0)
        tx.execute(delete(part).where(part.c.id == gone))
    expected = {places[2]: Class.AMOUNT_DIFF, places[3]: Class.SIG_INVALID}
    assert found(here.compare(first, peer_of(there))) == expected
    assert found(there.compare(first, peer_of(here, caller="jiangsu"))) == expected


@ON_ONE_ENGINE
def test_an_entry_that_names_another_hash_than_stands_there_is_unsound(pair: Pair) -> None:
    paper, first = many(3)
    here, there = pair(paper, paper)
    places, row = entry_places(here, first), here.row(first)
    with here.database.write() as tx:
        tx.execute(
            update(ledger_entry)
            .where(at(ledger_entry, row, places[1]))
            .values(proposal_hash=bytes(32))
        )
    told: dict[Place | None, Class] = found(here.compare(first, peer_of(there)))
    assert told == {places[1]: Class.SIG_INVALID}
