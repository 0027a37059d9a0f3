"""Sums as of a day and a place are those of the postings themselves, wherever segments end."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from node.storage import ledger, ledger_journal, ledger_sums
from tests.node.storage.test_ledger_rows import AGREEMENT, DAYS, ENTRIES, PLACES, POSTINGS

if TYPE_CHECKING:
    from node.storage.database import Database
    from node.storage.ledger_journal import Key
    from node.storage.transaction import Transaction

BEFORE: list[Key | None] = [None, (0, 0, 0), *PLACES, (2, 7, 3), (9, 0, 0)]


def book(tx: Transaction, first: int, end: int, agreement: int = AGREEMENT) -> None:
    """Write entries, their postings and sums, as a batch of the fold does."""
    entries = [one._replace(agreement=agreement) for one in ENTRIES[first:end]]
    places = {one[1:4] for one in entries}
    postings = [one._replace(agreement=agreement) for one in POSTINGS if one[1:4] in places]
    ledger_journal.add_entries(tx, entries, postings)
    ledger_sums.add(tx, agreement, entries, postings)


def expected(until_day: str, before: Key | None, end: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    known = {one[1:4] for one in ENTRIES[:end]}
    for one in POSTINGS:
        is_known = one[1:4] in known and (before is None or one[1:4] < before)
        if is_known and (not until_day or one.value_date <= until_day):
            key = (one.account, one.party)
            found[key] = found.get(key, 0) + one.amount_fen
    return found


def as_of(tx: Transaction, until_day: str, before: Key | None) -> dict[tuple[str, str], int]:
    rows = ledger_sums.as_of(tx, AGREEMENT, until_day, before)
    assert len({row[:2] for row in rows}) == len(rows)
    return {(kind, party): fen for kind, party, fen in rows}


@pytest.mark.parametrize("segment", [1, 2, 5, 12, 1024])
@pytest.mark.parametrize("batch", [1, 3, 12])
def test_sums_are_those_of_the_postings(
    database: Database, monkeypatch: pytest.MonkeyPatch, segment: int, batch: int
) -> None:
    monkeypatch.setattr(ledger_sums, "SEGMENT_ENTRIES", segment)
    for first in range(0, len(ENTRIES), batch):
        with database.write() as tx:
            book(tx, first, first + batch)
            book(tx, first, first + batch, AGREEMENT + 1)
        with database.read() as tx:
            for until_day, before in product(("", *DAYS, "2020-01-01"), BEFORE):
                assert as_of(tx, until_day, before) == expected(until_day, before, first + batch)


def test_what_is_folded_anew_is_summed_anew(database: Database) -> None:
    with database.write() as tx:
        book(tx, 0, 12)
        book(tx, 0, 12, AGREEMENT + 1)
        ledger.clear_agreement(tx, AGREEMENT)
        assert as_of(tx, "", None) == {}
        book(tx, 0, 5)
        assert as_of(tx, "", None) == expected("", None, 5)
        assert len(ledger_sums.as_of(tx, AGREEMENT + 1, "", None)) == len(expected("", None, 12))
        ledger.clear(tx)
        assert ledger_sums.as_of(tx, AGREEMENT + 1, "", None) == []


def test_sums_up_to_the_bound_of_amounts_are_kept(database: Database) -> None:
    huge = 1 << 59
    entry = ENTRIES[0]
    posting = POSTINGS[0]._replace(amount_fen=huge)
    with database.write() as tx:
        ledger_sums.add(tx, AGREEMENT, [entry], [posting])
        ledger_sums.add(tx, AGREEMENT, [ENTRIES[1]], [posting._replace(number=ENTRIES[1].number)])
        rows = ledger_sums.as_of(tx, AGREEMENT, "", None)
    assert [fen for *_, fen in rows] == [1 << 60]
