"""Reading the ledger's tables, and what a failing write leaves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger import codec
from federation.log.errors import YdxError
from federation.records.refs import Ref, said_ref
from node.services.ledger import reading
from node.services.ledger.accounts import agreed_by
from node.services.ledger.reading import agreement
from node.storage.database import Database
from tests.federation.ledger.paper import MEMBERS, activated, booked, income, party
from tests.federation.ledger.paper import agreement as agreed
from tests.node.services.ledger.made_ledger import (
    MadeLedger,
    check_equal,
    follow,
    origin,
    store_all,
    story,
    tables,
    view_of,
)

if TYPE_CHECKING:
    from node.storage.ledger import AgreementRow


def row_of(database: Database, first: Ref) -> AgreementRow:
    with database.read() as tx:
        row = agreement(tx, first)
    assert row is not None
    return row


def test_acceptances_of_a_statement_are_found_by_its_digest(database: Database) -> None:
    paper, (first, other) = story()
    statement = paper.fold(first)[0].last_statement
    assert statement is not None
    digest = statement.digest()
    said = [
        paper.write(
            "jiangsu",
            statement_acceptance=codec.StatementAcceptance(
                agreement=said_ref(one), period="2026-11", statement_digest=digest
            ),
        )
        for one in (first, other)
    ]
    store_all(database, paper)
    follow(view_of(database))
    for one, yes in zip((first, other), said, strict=True):
        row = row_of(database, one)
        with database.read() as tx:
            told = reading.statement_acceptances(tx, row, digest)
            assert [found.document.ref for found in told] == [yes]
            assert reading.statement_acceptances(tx, row, bytes(32)) == []


def test_who_agrees_to_a_statement_without_telling_all_members_is_not_told_as_agreeing(
    database: Database,
) -> None:
    paper, (first, _) = story()
    statement = paper.fold(first)[0].last_statement
    assert statement is not None
    digest = statement.digest()
    yes = codec.StatementAcceptance(
        agreement=said_ref(first), period="2026-11", statement_digest=digest
    )
    paper.write("jiangsu", frozenset({"anhui"}), statement_acceptance=yes)
    paper.write("center", statement_acceptance=yes)
    store_all(database, paper)
    follow(view_of(database))
    with database.read() as tx:
        assert agreed_by(tx, row_of(database, first), digest) == ("center",)


def test_who_is_no_member_of_an_agreement_is_not_told_as_agreeing_to_its_statements(
    database: Database,
) -> None:
    paper = MadeLedger()
    parties = [party("AH", "anhui", 500_000, role=1), party("NETC", "center", 500_000, role=3)]
    first = paper.write("anhui", agreement=agreed(parties=parties, signers=["anhui"]))
    said = paper.accept("anhui", first, first)
    paper.cover()
    paper.decide(first, activated(first, said))
    paper.close(first, "2026-11")
    statement = paper.fold(first)[0].last_statement
    assert statement is not None
    yes = codec.StatementAcceptance(
        agreement=said_ref(first), period="2026-11", statement_digest=statement.digest()
    )
    for member in ("jiangsu", "anhui"):
        paper.write(member, statement_acceptance=yes)
    store_all(database, paper)
    follow(view_of(database))
    with database.read() as tx:
        assert agreed_by(tx, row_of(database, first), statement.digest()) == ("anhui",)


def test_who_agrees_to_a_statement_again_and_again_is_looked_at_a_bounded_number_of_times(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any member can, also one that is none of the agreement; each list of statements read all."""
    paper, (first, _) = story()
    statement = paper.fold(first)[0].last_statement
    assert statement is not None
    yes = codec.StatementAcceptance(
        agreement=said_ref(first), period="2026-11", statement_digest=statement.digest()
    )
    said = [paper.write("jiangsu", statement_acceptance=yes) for _ in range(9)]
    paper.write("center", statement_acceptance=yes)
    store_all(database, paper)
    follow(view_of(database))
    monkeypatch.setattr(reading, "SAID_MAX", 3)
    row = row_of(database, first)
    with database.read() as tx:
        told = reading.statement_acceptances(tx, row, statement.digest())
        assert [one.document.author for one in told] == ["center", *["jiangsu"] * 3]
        assert [one.document.ref for one in told[1:]] == said[-3:], "the last word counts"
        assert agreed_by(tx, row, statement.digest()) == ("center", "jiangsu")


def test_statements_are_told_the_newest_first_and_by_their_periods(database: Database) -> None:
    paper, (first, _) = story()
    for month in ("2026-12", "2027-02", "2027-03"):
        paper.close(first, month)
    store_all(database, paper)
    follow(view_of(database))
    row = row_of(database, first)
    with database.read() as tx:
        every = reading.statements(tx, row)
        assert reading.newest_statements(tx, row, 3) == every[:0:-1]
        assert reading.newest_statements(tx, row, 9) == every[::-1]
        for one, _ in every:
            assert reading.statement(tx, row, one.period) == one
        assert reading.statement(tx, row, "2027-01") is None


def test_proposals_are_listed_as_they_came_with_what_was_said_of_them(
    database: Database,
) -> None:
    paper, (first, other) = story()
    event = paper.write("anhui", income=income(first, instalment="10"))
    yes = paper.accept("jiangsu", first, event)
    hidden = paper.write("anhui", frozenset({"center"}), income=income(first, instalment="11"))
    store_all(database, paper)
    confirm_less = len(paper.made["anhui"].entries)
    follow(view_of(database))
    row = row_of(database, first)
    with database.read() as tx:
        opened = reading.proposals(tx, row, open_only=True)
        assert event in {one.told.document.ref for one in opened}
        assert hidden not in {one.told.document.ref for one in opened}
        everything = reading.proposals(tx, row)
        assert [one.arrived for one in everything] == sorted(one.arrived for one in everything)
        paged, after = [], 0
        while more := reading.proposals(tx, row, after=after, limit=2):
            paged += more
            after = more[-1].arrived
        assert paged == everything
        assert [one.document.ref for one in reading.said_of(tx, event)] == [yes]
        assert all(one.told.is_confirmed for one in everything)
        named = reading.agreement_named(tx, row.author, row.subject)
        assert named == row
        assert [one.position for one in reading.agreements(tx, "jiangsu")] == sorted(
            [row.position, row_of(database, other).position]
        )
        for nobody in ("suzhou", "anh", "hui", "enter"):
            assert reading.agreements(tx, nobody) == []
    assert confirm_less


def test_c1_a_failure_at_any_write_leaves_a_prefix_and_the_next_step_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: whatever write fails, the tables are those of a fold that stopped earlier."""
    paper, agreements = story()
    store_all(database, paper)
    view = view_of(database, outcomes=2)
    transaction_type: type
    with database.write() as tx:
        transaction_type = type(tx)
    insert_rows = transaction_type.insert_rows
    left = {"writes": 0}

    def failing(self: Any, *asked: Any) -> None:
        left["writes"] -= 1
        if left["writes"] == 0:
            raise YdxError("DISK_FULL", "the disk is full")
        insert_rows(self, *asked)

    monkeypatch.setattr(transaction_type, "insert_rows", failing)
    for number in range(1, 60):
        left["writes"] = number
        with_failure = False
        try:
            if not view.step():
                break
        except YdxError:
            with_failure = True
        if with_failure:
            check_prefix(database, paper, agreements)
    left["writes"] = 0
    follow(view)
    for first in agreements:
        check_equal(database, paper, first)


def check_prefix(database: Database, paper: MadeLedger, agreements: list[Ref]) -> None:
    """Hold the balances in the row against the journal, and both against the whole fold."""
    with database.read() as tx:
        for first in agreements:
            row = agreement(tx, first)
            if row is None:
                continue
            books = reading.books_of(tx, row)
            journal = reading.entries(tx, row, reading.EntryFilter())
            whole = [one.entry for one in paper.fold(first)[1] if one.entry is not None]
            assert journal == whole[: len(journal)]
            assert reading.balances_as_of(tx, row) == dict(books.balances)
            assert all(sum(fen for _, fen in one.postings) == 0 for one in journal)


def test_many_who_speak_of_an_agreement_that_is_not_here_change_nothing(
    database: Database,
) -> None:
    paper = MadeLedger()
    nowhere = Ref(origin("anhui"), 40, bytes(32))
    far = Ref(origin("nobody"), 2**63 - 2, bytes(32))
    for ref in (nowhere, far):
        paper.write("jiangsu", income=income(ref))
        paper.decide(ref, booked(ref, (), AH=1))
    paper.write_content("jiangsu", b"no document")
    paper.write("jiangsu", rejection=codec.Rejection(agreement=said_ref(far)))
    store_all(database, paper)
    follow(view_of(database))
    found = tables(database)
    assert found["ledger_agreement"] == []
    assert len(found["ledger_document"]) == 4
    assert MEMBERS
