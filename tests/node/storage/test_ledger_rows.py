"""Rows of agreements, documents and the journal, on both databases: what filters let pass."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from node.storage import ledger, ledger_journal, ledger_lists, ledger_local, ledger_ranges
from node.storage.ledger import AgreementRow, DocumentKind, DocumentRow
from node.storage.ledger_journal import EntryFilter, EntryRow, PostingRow, RulingRow
from node.storage.ledger_local import Policy

if TYPE_CHECKING:
    from node.storage.database import Database
    from node.storage.ledger_journal import Key
    from node.storage.transaction import Transaction

AGREEMENT = 1 << 40
DAYS = ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-02")
PARTIES = ("anhui", "jiangsu", "shanghai")
PLACES = list(product((1, 2), (0, 7), (0, 1, 2)))
FAR: Key = (1 << 40, 1 << 70, 1 << 40)
ENTRIES = [
    EntryRow(
        AGREEMENT,
        *place,
        ("INCOME", "PAYMENT")[at % 2],
        DAYS[0],
        DAYS[at % 4],
        at,
        bytes([at]) * 32,
        None if at % 3 else at,
        None if at % 3 else b"i" * 32,
    )
    for at, place in enumerate(PLACES)
]
POSTINGS = [
    PostingRow(*entry[:4], ordinal, entry.value_date, "PAYABLE", party, (-1) ** at * (at + ordinal))
    for at, entry in enumerate(ENTRIES)
    for ordinal, party in enumerate((PARTIES[at % 3], PARTIES[(at + 1) % 3]))
]
FILTERS = [
    EntryFilter(),
    EntryFilter(kind="INCOME"),
    EntryFilter(from_day=DAYS[1], until_day=DAYS[2]),
    EntryFilter(from_month="2026-03"),
    EntryFilter(until_month="2026-03", from_day=DAYS[1]),
    EntryFilter(from_month="2026-02", from_day=DAYS[2], until_month="2026-04", until_day=DAYS[2]),
    EntryFilter(party=PARTIES[1], kind="INCOME"),
    EntryFilter(party=PARTIES[1]),
    EntryFilter(
        party=PARTIES[0],
        kind="PAYMENT",
        from_month="2026-03",
        until_day=DAYS[3],
    ),
]


def agreement(number: int, *, waits: bool = False, is_stale: bool = False) -> AgreementRow:
    return AgreementRow(
        position=AGREEMENT + number,
        key=b"k%031d" % number,
        origin="ydx.example/anhui",
        leaf_index=number,
        leaf_hash=b"h%031d" % number,
        author="anhui",
        subject=b"s" * 16,
        center="shanghai",
        members="anhui jiangsu",
        title="一",
        books="{}",
        generation=0,
        judged_leaf_index=0,
        number=0,
        disputed="",
        waits=waits,
        is_stale=is_stale,
    )


def fill(tx: Transaction) -> None:
    ledger_journal.add_entries(tx, ENTRIES[::-1], POSTINGS[::-1])
    other = ENTRIES[0]._replace(agreement=AGREEMENT + 1)
    ledger_journal.add_entries(tx, [other], [])


def passes(entry: EntryRow, which: EntryFilter, after: Key | None) -> bool:
    place, day = entry[1:4], entry.value_date
    parties = {one.party for one in POSTINGS if one[1:4] == place}
    return (
        (not which.kind or entry.kind == which.kind)
        and max(which.from_day, which.from_month) <= day
        and (not which.until_day or day <= which.until_day)
        and (not which.until_month or day[:7] <= which.until_month)
        and (after is None or place > after)
        and (not which.party or which.party in parties)
    )


def test_entries_are_those_that_a_filter_lets_pass(database: Database) -> None:
    with database.write() as tx:
        fill(tx)
        for which, after, limit in product(FILTERS, (None, (1, 0, 1), (1, 9, 0)), (3, 100)):
            expected = [one for one in ENTRIES if passes(one, which, after)][:limit]
            assert ledger_journal.entries(tx, AGREEMENT, which, after, limit) == expected


@pytest.mark.parametrize(
    ("first", "end"),
    [
        ((0, 0, 0), FAR),
        ((1, 0, 1), (2, 0, 1)),
        ((1, 7, 1 << 40), (2, 1 << 70, 0)),
        ((2, 0, 1), (1, 7, 0)),
    ],
)
def test_a_range_gives_entries_with_their_postings(
    database: Database, first: Key, end: Key
) -> None:
    inside = [one for one in ENTRIES if first <= one[1:4] < end]
    with database.write() as tx:
        fill(tx)
        found = ledger_ranges.booked(tx, AGREEMENT, first, end, 100)
        assert ledger_ranges.booked(tx, AGREEMENT, first, end, 2) == found[:2]
    assert [one[:3] for one in found] == [one[1:4] for one in inside]
    assert [one[3:9] for one in found] == [
        (one.kind, one.own_date, one.value_date, one.proposal, one.proposal_hash, "")
        for one in inside
    ]
    assert [(one[:3], *posting) for one in found for posting in one.postings] == [
        (one[1:4], f"{one.account}:{one.party}", one.amount_fen)
        for one in POSTINGS
        if first <= one[1:4] < end
    ]


def test_what_was_decided_and_posts_nothing_stands_in_rulings(database: Database) -> None:
    states = ("ACTIVE", "REJECTED", "BOOKED", "EXPIRED")
    rows = [
        RulingRow(at, b"h" * 32, AGREEMENT, state, "", 1, 9 - at, 0, "", None)
        for at, state in enumerate(states)
    ]
    with database.write() as tx:
        ledger_journal.add_rulings(tx, rows)
        found = ledger_ranges.decided(tx, AGREEMENT)
    assert [one.state for one in found] == ["EXPIRED", "REJECTED", "ACTIVE"]


def test_agreements_are_put_and_found(database: Database) -> None:
    rows = [agreement(number) for number in range(3)]
    with database.write() as tx:
        for row in rows:
            ledger.put_agreement(tx, row)
        assert not ledger_lists.awaits_any(tx)
        ledger.wait_for(tx, rows[1], '["a",7,"00"]')
        ledger.set_stale(tx, rows[2].position)
        waiting, stale = rows[1]._replace(waits=True), rows[2]._replace(is_stale=True)
        assert ledger.at(tx, rows[1].position) == waiting
        assert ledger.by_key(tx, rows[2].key) == stale
        assert ledger.named(tx, "anhui", b"s" * 16) == rows[0]
        assert ledger.centers(tx) == {"shanghai"}
        assert ledger_lists.awaits_any(tx)
        assert ledger_lists.awaiting(tx, {'["a",7', '["a",70', '["b",7'}) == {rows[1].position}
        assert ledger_lists.awaiting(tx, {'["a",70', '["b",7'}) == set()
        assert ledger.to_fold(tx, (), 9) == [rows[2].position]
        ledger.stop_waiting(tx, ())
        assert ledger.at(tx, rows[1].position) == waiting
        ledger.stop_waiting(tx, {one.position for one in rows})
        found = ledger.at(tx, rows[1].position)
    assert found == rows[1]
    assert (found.waits, found.is_stale) == (False, False)
    assert isinstance(found.waits, bool)


def test_open_documents_are_told_by_kind(database: Database) -> None:
    key, first = b"k%031d" % 0, AGREEMENT
    kinds = (DocumentKind.INCOME, DocumentKind.OUTCOMES, DocumentKind.DISPUTE, DocumentKind.PAYMENT)
    rows = [
        DocumentRow(first + at, 10 - at, key, int(kind), is_open=kind != DocumentKind.DISPUTE)
        for at, kind in enumerate(kinds)
    ]
    with database.write() as tx:
        ledger.put_agreement(tx, agreement(0))
        ledger.add_documents(tx, rows, [])
        assert ledger.proposals(tx, key, 0, 9, only_open=True) == [rows[3], rows[0]]
        assert ledger.pending(tx, key, first, first + 9, 9) == [first + 1]
        assert ledger.to_fold(tx, [(1, 0, 9)], 9) == [AGREEMENT]
        outcomes = int(DocumentKind.OUTCOMES)
        assert ledger_ranges.first_open(tx, key, outcomes, first, first + 9) == first + 1
        ledger.close_documents(tx, [first, first + 1])
        assert ledger.proposals(tx, key, 0, 9, only_open=True) == [rows[3]]
        assert ledger.proposals(tx, key, 7, 9, only_open=False) == [rows[0]._replace(is_open=False)]
        assert ledger_ranges.first_open(tx, key, outcomes, first, first + 9) == first + 10
        ledger.reopen(tx, key)
        assert ledger.outcomes_of(tx, key) == [first + 1]
        assert ledger.proposals(tx, key, 0, 1, only_open=True) == [rows[3]]


def test_policies_and_proposers_are_kept_by_leaf_hash(database: Database) -> None:
    policy = Policy("operator", incomes=True, gross_max_fen=1 << 40, payments=True)
    with database.write() as tx:
        ledger_local.set_policy(tx, b"a", Policy("other"))
        ledger_local.set_policy(tx, b"a", policy)
        assert ledger_local.policies(tx) == {b"a": policy}
        assert ledger_local.policy(tx, b"a") == policy
        ledger_local.set_policy(tx, b"a", None)
        assert ledger_local.policy(tx, b"a") is None
        assert ledger_local.proposers(tx, [b"p"]) == {}
        ledger_local.note_proposer(tx, [b"p"], "somebody")
        assert ledger_local.proposers(tx, [b"p", b"q"]) == {b"p": "somebody"}
