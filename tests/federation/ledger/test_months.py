"""The tree of a month's entries."""

from __future__ import annotations

import pytest

from federation.ledger.journal import Account, AccountKind, EntryKind, JournalEntry, Place, Posting
from federation.ledger.months import Month, entry_hash
from federation.log.merkle import CompactRange
from federation.records.refs import Ref

ACCOUNT = Account(AccountKind.CLEARING, "AH")


def entry(number: int) -> JournalEntry:
    ref = Ref("ydx.example/anhui", number, bytes(32))
    postings = (Posting(ACCOUNT, 7), Posting(ACCOUNT, -7))
    day = "2026-11-03"
    return JournalEntry(Place(1, number, 0), EntryKind.INCOME, ref, ref, day, day, postings)


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 2049])
def test_the_tree_is_that_of_all_entries_however_many_wait_to_be_hashed(count: int) -> None:
    month, entries = Month(), [entry(number) for number in range(count)]
    for one in entries:
        month.add(one)
    whole = CompactRange()
    whole.extend([entry_hash(one) for one in entries])
    assert month.entries.to_bytes() == whole.to_bytes()
    assert month.moved == ({ACCOUNT: [7 * count, 7 * count]} if count else {})
