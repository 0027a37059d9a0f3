"""What is read of a journal is what is asked for, however much stands before and behind it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from node.storage import ledger, ledger_journal, ledger_lists, ledger_ranges, ledger_sums
from node.storage.ledger_journal import EntryFilter, EntryRow, PostingRow, StatementRow, VoidRow
from node.storage.postgresql import PostgresqlTransaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.storage.database import Database
    from node.storage.statement import Statement
    from node.storage.transaction import Row, Transaction

AGREEMENT: Final = 1 << 40
ENTRIES_A_LEAF: Final = 50
SHORT: Final = 40
LONG: Final = 320
"""Leaves of the center's log."""
JOURNAL: Final = {
    "ledger_awaited",
    "ledger_entry",
    "ledger_posting",
    "ledger_statement",
    "ledger_sum",
    "ledger_void",
}
BLOCKS_MORE: Final = 12
"""Of trees that are higher by a level; who looks up many rows may read half more."""
DIALECT: Final = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's
MANY: Final = 1000
QUESTIONS: Final[dict[str, Callable[[Transaction], object]]] = {
    "a range": lambda tx: ledger_ranges.booked(tx, AGREEMENT, (1, 5, 3), (1, 7, 3), MANY),
    "a first range": lambda tx: ledger_ranges.booked(tx, AGREEMENT, (0, 0, 0), (1, 2, 3), MANY),
    "a page": lambda tx: ledger_journal.entries(tx, AGREEMENT, EntryFilter(), (1, 20, 3), 50),
    "a page of a party": lambda tx: ledger_journal.entries(
        tx, AGREEMENT, EntryFilter(party="AH"), (1, 20, 3), 50
    ),
    "what is of a day or later": lambda tx: ledger_journal.count_since(
        tx, AGREEMENT, "INCOME", "2026-01-20", 50
    ),
    "balances as of a size": lambda tx: ledger_sums.as_of(tx, AGREEMENT, "", (1, 25, 0)),
    "balances as of a day": lambda tx: ledger_sums.as_of(tx, AGREEMENT, "2026-01-25", None),
    "the newest void outcomes": lambda tx: ledger_journal.newest_voids(tx, AGREEMENT, 20),
    "who waits for a leaf": lambda tx: ledger_lists.awaiting(tx, {'["ydx.example/anhui",7'}),
    "the newest statements": lambda tx: ledger_journal.newest_statements(tx, AGREEMENT, 20),
    "balances as of both": lambda tx: ledger_sums.as_of(tx, AGREEMENT, "2026-01-20", (1, 25, 0)),
}


def add_leaves(database: Database, first: int, end: int) -> None:
    """Append to the journal; a day is booked a leaf, and a month has 25."""
    entries, postings, voids = [], [], []
    for leaf in range(first, end):
        day = f"{2026 + leaf // 300}-{leaf // 25 % 12 + 1:02}-{leaf % 25 + 1:02}"
        for number in range(ENTRIES_A_LEAF):
            of = (AGREEMENT, 1, leaf, number)
            voids += [
                VoidRow(at * AGREEMENT + leaf, number, at * AGREEMENT, 1, 3, "", "NO_PROPOSAL", "")
                for at in (1, 2)
            ]
            entries.append(EntryRow(*of, "INCOME", day, day, 0, bytes(32), None, None))
            postings += [
                PostingRow(*of, 0, day, "CLEARING", "AH", 7),
                PostingRow(*of, 1, day, "PAYABLE", "JS", -7),
            ]
    statements = [
        StatementRow(AGREEMENT, f"{leaf // 12 + 1900}-{leaf % 12 + 1:02}", b"", "", 1, leaf, number)
        for leaf in range(first, end)
    ]
    with database.write() as tx:
        ledger_journal.add_statements(tx, statements)
        for leaf in range(first, end):
            refs = [f'["ydx.example/anhui",{leaf * 50 + at},"00"]' for at in range(50)]
            ledger.set_awaited(tx, leaf, refs)
        ledger_journal.add_entries(tx, entries, postings)
        ledger_sums.add(tx, AGREEMENT, entries, postings)
        ledger_journal.add_voids(tx, voids)


def steps_of(tx: Transaction, ask: Callable[[Transaction], object]) -> int:
    """Count the steps of SQLite's machine."""
    driver = tx.connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    driver.set_progress_handler(count, 1)
    ask(tx)
    driver.set_progress_handler(None, 1)
    return steps


def blocks_of(tx: Transaction, ask: Callable[[Transaction], object], mode: str) -> int:
    """Count the blocks of the journal that PostgreSQL reads."""
    asked: list[tuple[Statement, Row]] = []
    with pytest.MonkeyPatch.context() as patched:
        whole = PostgresqlTransaction.all

        def noted(self: PostgresqlTransaction, statement: Statement, values: Row = ()) -> list[Row]:
            asked.append((statement, values))
            return whole(self, statement, values)

        patched.setattr(PostgresqlTransaction, "all", noted)
        ask(tx)
    assert asked
    driver = tx.connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    cursor = psycopg.ClientCursor(driver)
    cursor.execute(sql.SQL("SET LOCAL plan_cache_mode = {}").format(sql.Identifier(mode)))
    blocks = 0
    for statement, values in asked:
        cursor.execute(f"PREPARE asked AS {statement.sql(DIALECT)}".encode())
        said = sql.SQL(", ").join(map(sql.Literal, values))
        explain = sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked ({})")
        ((told,),) = cursor.execute(explain.format(said)).fetchall()
        cursor.execute("DEALLOCATE asked")
        blocks += _blocks(told[0]["Plan"])
    return blocks


def _blocks(node: dict[str, Any]) -> int:
    if node.get("Relation Name") in JOURNAL:
        return int(node["Shared Hit Blocks"] + node["Shared Read Blocks"])
    return sum(map(_blocks, node.get("Plans", ())))


def costs(database: Database) -> dict[tuple[str, str], int]:
    """Return what each question reads, by the question and how it is planned."""
    found = {}
    with database.write() as tx:
        tx.execute(text("ANALYZE"))
    with database.read() as tx:
        is_sqlite = tx.connection.dialect.name == "sqlite"
        for name, ask in QUESTIONS.items():
            if is_sqlite:
                found[name, ""] = steps_of(tx, ask)
                continue
            for mode in ("force_custom_plan", "force_generic_plan"):
                found[name, mode] = blocks_of(tx, ask, mode)
    return found


def test_a_longer_journal_costs_a_question_of_its_beginning_no_more(database: Database) -> None:
    add_leaves(database, 0, SHORT)
    before = costs(database)
    assert all(before.values())
    for first in range(SHORT, LONG, SHORT):
        add_leaves(database, first, first + SHORT)
    more = {of: (before[of], cost) for of, cost in costs(database).items() if cost > before[of]}
    assert {of: two for of, two in more.items() if two[1] > two[0] * 3 / 2 + BLOCKS_MORE} == {}
