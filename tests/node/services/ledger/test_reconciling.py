"""Books are compared over real storage: equal ones are signed for, else exactly what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

import pytest
from sqlalchemy import delete, update

from federation.ledger import codec
from federation.ledger.equal_note import HEADER, sign_equal, verify_equal
from federation.ledger.journal import Place
from federation.ledger.ranges import ALL, key_of
from federation.ledger.reconcile import Class, equal_text, question_at
from federation.ledger.statement import balances_digest, state_digest
from federation.log.checkpoint import parse_checkpoint
from federation.log.entry import KIND_GENESIS, Entry, encode_entry
from federation.log.errors import Refused, YdxError
from federation.log.note import parse_note
from federation.records.refs import Ref
from federation.sync.frames import Peer
from node.services.ledger import reading, reconciling
from node.services.ledger.item_text import difference_text
from node.services.ledger.journals import StoredJournal
from node.services.ledger.reconciling import LedgerReconciling, Reconciled
from node.storage.database import Database
from node.storage.ledger import DocumentKind
from node.storage.ledger_tables import (
    ledger_document,
    ledger_entry,
    ledger_posting,
    ledger_ruling,
    ledger_statement,
)
from node.storage.positions import part_id
from node.storage.schema import part
from tests.node.services.ledger.made_books import Asked, Books, keys_of, many, peer_of, signer_of
from tests.node.services.ledger.made_ledger import (
    MadeLedger,
    confirm,
    fill,
    follow,
    grow,
    store_all,
    story,
    view_of,
)
from tests.node.storage.made_logs import TIME_MS

Pair = Callable[[MadeLedger, MadeLedger], tuple[Books, Books]]
ON_ONE_ENGINE = pytest.mark.parametrize("new_url", ["sqlite"], indirect=True)
"""For what is refused before storage is read, or whatever storage is."""


@pytest.fixture
def pair(new_url: Callable[[], str]) -> Iterator[Pair]:
    with ExitStack() as stack:

        def opened(member: str, paper: MadeLedger) -> Books:
            database = Database.open(new_url())
            stack.callback(database.close)
            store_all(database, paper)
            follow(view_of(database))
            return Books(member, database)

        yield lambda one, other: (opened("anhui", one), opened("jiangsu", other))


def found(told: Reconciled) -> dict[Place | None, Class]:
    return {one.place: one.kind for one in told.differences}


def entry_places(books: Books, first: Ref) -> list[Place]:
    with books.database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        return [one.place for one in reading.entries(tx, row, reading.EntryFilter())]


def at(table: Any, row: Any, place: Place) -> Any:
    return (
        (table.c.agreement == row.position)
        & (table.c.generation == place.generation)
        & (table.c.leaf_index == place.leaf_index)
        & (table.c.number == place.number)
    )


def test_q1_equal_books_are_signed_for_by_both_sides(pair: Pair) -> None:
    paper, agreements = story()
    here, there = pair(paper, paper)
    for first in agreements:
        peer = Asked(there)
        told = here.compare(first, cast("Peer", peer))
        assert (told.equal, told.complete, told.differences) == (True, True, ())
        assert told.center_size == len(paper.made["center"].entries)
        assert told.messages == peer.count == 2
        text = parse_note(told.proof).text
        assert text.startswith(HEADER)
        for member in ("anhui", "jiangsu"):
            verify_equal(told.proof, text, keys_of(member))
        with pytest.raises(Refused, match="NO_TRUSTED_SIGNATURE"):
            verify_equal(told.proof, text, keys_of("center"))
        with pytest.raises(Refused, match="MALFORMED_CHECKPOINT"):
            parse_checkpoint(text)


def test_the_stored_journal_is_the_pure_fold(pair: Pair) -> None:
    paper, agreements = story()
    here, _ = pair(paper, paper)
    for first in agreements:
        books, effects = paper.fold(first)
        entries = [one.entry for one in effects if one.entry is not None]
        with here.database.read() as tx:
            journal = StoredJournal(tx, here.row(first))
            size = journal.center_size
            summary = journal.summary(size)
            items = journal.items(ALL.first, ALL.end)
        assert summary.state_digest == state_digest(first, size, entries)
        assert summary.balances_digest == balances_digest(first, books.balances)
        told = {one.place: one for one in items}
        assert len(told) == len(items) == summary.entries
        assert {one.place for one in entries} <= told.keys()
        decided = [one for one in effects if not one.void]
        assert told.keys() == {one.place for one in decided}
        assert not any(one.unsound for one in items)


def test_every_range_is_read_alone_as_it_is_read_from_the_whole(pair: Pair) -> None:
    paper, (first, _) = story()
    here, _ = pair(paper, paper)
    with here.database.read() as tx:
        row = here.row(first)
        places = [one.place for one in StoredJournal(tx, row).items(ALL.first, ALL.end)]
        keys = [0, *(key_of(one) + more for one in places for more in (0, 1)), ALL.end]
        keys += [key_of(Place(1, (1 << 64) - 1, (1 << 32) - 1)), key_of(Place((1 << 32) - 1, 0, 0))]
        for start in sorted(keys):
            for end in (one for one in keys if one > start):
                within = [one for one in places if start <= key_of(one) < end]
                alone = StoredJournal(tx, row)
                assert [one.place for one in alone.items(start, end)] == within
                bounds = (key_of(within[0]), key_of(within[-1])) if within else None
                assert alone.bounds(start, end) == bounds
                assert alone.count_and_digest(start, end)[0] == len(within)


def test_q2_q3_tampered_and_missing_items_are_found_exactly_from_both_sides(pair: Pair) -> None:
    paper, first = many(20)
    here, there = pair(paper, paper)
    places = entry_places(there, first)
    row = there.row(first)
    with there.database.write() as tx:
        tx.execute(
            update(ledger_posting)
            .where(at(ledger_posting, row, places[3]), ledger_posting.c.ordinal == 1)
            .values(amount_fen=-1)
        )
        for table in (ledger_posting, ledger_entry):
            tx.execute(delete(table).where(at(table, row, places[9])))
        tx.execute(
            update(ledger_ruling)
            .where(at(ledger_ruling, row, places[12]))
            .values(state="REJECTED", instalment=None)
        )
    told = here.compare(first, peer_of(there))
    assert found(told) == {
        places[3]: Class.AMOUNT_DIFF,
        places[9]: Class.MISSING_THERE,
        places[12]: Class.STATE_DIFF,
    }
    assert (told.equal, told.proof, told.complete) == (False, b"", True)
    texts = {one.kind: difference_text(one) for one in told.differences}
    assert "-1" in texts[Class.AMOUNT_DIFF].split("there:")[1]
    assert texts[Class.MISSING_THERE].endswith("there: nothing")
    other = there.compare(first, peer_of(here, caller="jiangsu"))
    assert found(other) == found(told) | {places[9]: Class.MISSING_HERE}


def test_another_statement_is_a_difference(pair: Pair) -> None:
    paper, (first, _) = story()
    here, there = pair(paper, paper)
    with there.database.write() as tx:
        tx.execute(update(ledger_statement).values(digest=bytes(32)))
    told = here.compare(first, peer_of(there))
    assert list(found(told).values()) == [Class.AMOUNT_DIFF]


def test_a_document_that_rotted_or_is_gone_makes_its_item_unsound(pair: Pair) -> None:
    paper, first = many(4)
    here, there = pair(paper, paper)
    places = entry_places(here, first)
    with here.database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        entries = reading.entries(tx, row, reading.EntryFilter())
    with here.database.write() as tx:
        origin_id = row.position >> 40
        rotten = part.c.id == part_id(origin_id, entries[1].proposal.leaf_index, 0)
        gone = part.c.id == part_id(origin_id, entries[2].proposal.leaf_index, 0)
        tx.execute(update(part).where(rotten).values(content=b"x" * 100))
        tx.execute(delete(part).where(gone))
    told = here.compare(first, peer_of(there))
    assert found(told) == {places[1]: Class.SIG_INVALID, places[2]: Class.SIG_INVALID}


def test_two_histories_of_the_center_at_one_size_are_a_fork(pair: Pair) -> None:
    papers = []
    for number in (1, 2):
        paper, first = many(1)
        entry = Entry(kind=KIND_GENESIS, recorded_at_ms=TIME_MS + number, body=b"\x08\x01")
        paper.made["center"].add(encode_entry(entry), [])
        papers.append(paper)
    here, there = pair(*papers)
    told = here.compare(first, peer_of(there))
    assert found(told) == {None: Class.FORK}
    assert told.messages == 1


@ON_ONE_ENGINE
def test_what_one_side_has_not_confirmed_or_not_judged_takes_no_part(pair: Pair) -> None:
    paper, first = many(3)
    here, there = pair(paper, paper)
    last, row = entry_places(here, first)[-1], there.row(first)
    with there.database.write() as tx:
        for table in (ledger_posting, ledger_entry):
            tx.execute(delete(table).where(at(table, row, last)))
        tx.execute(
            update(ledger_document)
            .where(ledger_document.c.kind == DocumentKind.OUTCOMES)
            .where(ledger_document.c.position % (1 << 40) == last.leaf_index)
            .values(is_open=True)
        )
    told = here.compare(first, peer_of(there))
    assert told.equal
    assert told.center_size == last.leaf_index < len(paper.made["center"].entries)


@ON_ONE_ENGINE
@pytest.mark.parametrize("caller", ["shanghai", "", "anhui "])
def test_a_member_that_the_agreement_does_not_name_is_told_of_none(pair: Pair, caller: str) -> None:
    paper, first = many(1)
    here, there = pair(paper, paper)
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        here.compare(first, peer_of(there, caller=caller))
    with here.database.read() as tx:
        question = question_at(StoredJournal(tx, here.row(first)), 1)
    said = codec.parse_question(question)
    said.agreement_leaf_index += 1
    with pytest.raises(Refused, match="RECORD_NOT_FOUND"):
        there.answering.answer("anhui", codec.serialise_reconcile(said))


@ON_ONE_ENGINE
@pytest.mark.parametrize("peer", ["anhui", "shanghai", "", "center"])
def test_only_other_members_of_the_agreement_are_asked(pair: Pair, peer: str) -> None:
    paper, first = many(1)
    here, there = pair(paper, paper)
    reconciling = LedgerReconciling(
        here.database,
        {"jiangsu": peer_of(there), "shanghai": peer_of(there)},
        here.signer,
        keys_of,
        lambda *_: None,
    )
    with pytest.raises(YdxError, match="INVALID_FIELD"):
        reconciling.reconcile(here.row(first), peer)


def other_line(told: bytes, signature: bytes) -> tuple[bytes, bytes]:
    """Sign as somebody else."""
    text = HEADER + b"x\n"
    return told, signature and sign_equal(text, signer_of("jiangsu"))[len(text) + 1 :]


def stranger(told: bytes, signature: bytes) -> tuple[bytes, bytes]:
    """Give the signature of another name."""
    return told, signature.replace(b"jiangsu", b"fujian1")


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda told, line: (told + b"\x08\x01", line), "MALFORMED_FRAME"),
        (lambda _told, line: (b"", line), "MALFORMED_FRAME"),
        (lambda told, _line: (told, b""), "MALFORMED_NOTE"),
        (lambda told, line: (told, line * 2), "MALFORMED_NOTE"),
        (other_line, "BAD_SIGNATURE"),
        (stranger, "NO_TRUSTED_SIGNATURE"),
    ],
    ids=["more bytes", "no answer", "no signature", "two signatures", "other text", "other name"],
)
def test_what_a_peer_says_that_does_not_fit_is_refused_and_counted(
    pair: Pair, change: Any, reason: str
) -> None:
    paper, first = many(1)
    here, there = pair(paper, paper)
    with pytest.raises(Refused) as refused:
        here.compare(first, peer_of(there, change=change))
    assert refused.value.reason == reason
    assert here.refusals == [("jiangsu", reason)]


def test_nothing_is_signed_that_is_not_what_the_own_books_come_to(pair: Pair) -> None:
    paper, first = many(2)
    here, there = pair(paper, paper)
    with here.database.read() as tx:
        journal = StoredJournal(tx, here.row(first))
        size = journal.center_size
        question = question_at(journal, size)
        summary = journal.summary(size)
        good = sign_equal(equal_text(journal, summary), here.signer)
        wrong = sign_equal(equal_text(journal, summary._replace(entries=7)), here.signer)
        forged = sign_equal(equal_text(journal, summary), signer_of("center"))
        ranges = question_at(journal, size, [ALL])
    assert there.answering.answer("anhui", question, good).signature
    for proof, reason in (
        (wrong, "ROOT_MISMATCH"),
        (forged, "NO_TRUSTED_SIGNATURE"),
        (b"nonsense", "MALFORMED_NOTE"),
        (good + b"x" * 5000, "MALFORMED_NOTE"),
    ):
        with pytest.raises(Refused, match=reason):
            there.answering.answer("anhui", question, proof)
    with pytest.raises(Refused, match="MALFORMED_REQUEST"):
        there.answering.answer("anhui", ranges, good)


@ON_ONE_ENGINE
def test_ranges_that_overlap_are_refused(pair: Pair) -> None:
    paper, first = many(1)
    here, there = pair(paper, paper)
    with here.database.read() as tx:
        question = question_at(StoredJournal(tx, here.row(first)), 1, [ALL, ALL])
    with pytest.raises(Refused, match="MALFORMED_REQUEST"):
        there.answering.answer("anhui", question)


def test_books_without_a_log_of_the_center_wait(new_url: Callable[[], str]) -> None:
    paper, first = many(1)
    database = Database.open(new_url())
    fill(database, paper)
    for member in ("anhui", "jiangsu"):
        log = paper.made[member]
        grow(database, log, len(log.entries))
        confirm(database, log.origin, len(log.entries))
    follow(view_of(database))
    books = Books("jiangsu", database)
    with database.read() as tx:
        journal = StoredJournal(tx, books.row(first))
        assert journal.center_size == 0
        assert journal.summary(0).entries == 0
        with pytest.raises(Refused, match="BOOKS_WAIT"):
            StoredJournal(tx, books.row(first)._replace(center="fujian"))
    database.close()


@ON_ONE_ENGINE
def test_a_comparison_that_takes_too_long_ends_and_says_that_it_is_not_complete(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer may answer each question just before its time is over, ten thousand times."""
    paper, first = many(20)
    here, there = pair(paper, paper)
    with there.database.write() as tx:
        tx.execute(update(ledger_posting).values(party="X"))
    monkeypatch.setattr(reconciling, "COMPARE_S", 0.0)
    peer = Asked(there)
    told = here.compare(first, cast("Peer", peer))
    assert (told.equal, told.complete, peer.count) == (False, False, 1)


@ON_ONE_ENGINE
@pytest.mark.parametrize(("most", "complete"), [(2, False), (3, True)])
def test_where_more_differs_than_a_message_holds_the_result_says_so(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, most: int, complete: bool
) -> None:
    paper, first = many(3)
    here, there = pair(paper, paper)
    with there.database.write() as tx:
        tx.execute(update(ledger_posting).values(party="X"))
    monkeypatch.setattr(reconciling, "DIFFERENCES_MAX", most)
    told = here.compare(first, peer_of(there))
    assert (len(told.differences), told.complete, told.equal) == (most, complete, False)
