"""L8: balances as of a day and of a size of the center's log are the fold of what was there."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.ledger.journal import Account, Place
from federation.records.refs import Ref
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.ledger import reading
from node.services.ledger.accounts import LedgerAccounts
from node.services.ledger.shown import LedgerShown
from node.services.ledger.view import LedgerView
from node.storage import mirrors
from node.storage.database import Database
from tests.laws import examples
from tests.node.services.ledger.made_ledger import (
    MadeLedger,
    confirm,
    fill,
    follow,
    grow,
    store_all,
    view_of,
)
from tests.node.services.ledger.test_successors import CLERK, SUCCESSOR, Succeeded

NUMBERS: Final = count()
DAYS: Final = ("2026-09-30", "2026-10-01", "2026-11-03", "2026-11-30", "2026-12-24", "2027-01-01")
MONTHS: Final = ("2026-09", "2026-10", "2026-11")


@st.composite
def histories(draw: st.DrawFn) -> tuple[MadeLedger, Ref]:
    """Book incomes of any days, some taken back, between closings that put late ones off."""
    paper = MadeLedger()
    first = paper.open()
    months = iter(MONTHS)
    for number in range(draw(st.integers(1, 6))):
        event = paper.book(first, number, income_date=draw(st.sampled_from(DAYS)))
        if draw(st.booleans()):
            paper.take_back(first, event)
        if draw(st.booleans()) and (month := next(months, "")):
            paper.close(first, month)
    return paper, first


def known(paper: MadeLedger, first: Ref, size: int, day: str) -> dict[Account, int]:
    """Fold the center's log below a size alone; return the balances of what counts by a day."""
    seen = MadeLedger(covered=paper.covered)
    seen.logs = {**paper.logs, "center": paper.logs["center"][:size]}
    found: Counter[Account] = Counter()
    for effect in seen.fold(first)[1]:
        if effect.entry is not None and (not day or effect.entry.value_date <= day):
            for account, fen in effect.entry.postings:
                found[account] += fen
    return {account: fen for account, fen in found.items() if fen}


@settings(
    deadline=None,
    max_examples=examples(6),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_l8_as_of_a_day_and_a_size_is_the_fold_of_what_was_known_and_counts(
    tmp_path: Path, history: tuple[MadeLedger, Ref]
) -> None:
    paper, first = history
    database = Database.open(f"sqlite:///{tmp_path}/{next(NUMBERS)}.db")
    store_all(database, paper)
    follow(view_of(database))
    outcomes = [at for at, one in enumerate(paper.logs["center"]) if one is not None]
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        for size in (*outcomes, len(paper.logs["center"])):
            for day in ("", *DAYS):
                told = reading.balances_as_of(tx, row, day, Place(1, size, 0))
                shown = {account: fen for account, fen in told.items() if fen}
                assert shown == known(paper, first, size, day), (size, day)
    database.close()


def test_a_size_is_of_the_log_up_to_which_the_books_are_told(tmp_path: Path) -> None:
    """Also where that is a successor that has decided nothing on the agreement yet."""
    paper = Succeeded()
    first = paper.open()
    for number in range(3):
        paper.book(first, number)
    paper.succeed()
    with closing(Database.open(f"sqlite:///{tmp_path}/succeeded.db")) as database:
        fill(database, paper)
        with database.write() as tx:
            mirrors.add(tx, SUCCESSOR, is_own=False)
        for log in paper.made.values():
            grow(database, log, len(log.entries))
            confirm(database, log.origin, len(log.entries))
        follow(LedgerView(database, paper.registry))
        accounts = LedgerAccounts(database, LedgerShown(database, "anhui"))
        with database.read() as tx:
            row = reading.agreement(tx, first)
        assert row is not None
        name = str(DocumentName(row.author, AGREEMENTS, row.subject))
        state, now = accounts.balances(CLERK, name, "", 0)
        assert state.center_size == len(paper.made["center"].entries) < paper.first_size
        assert now.nets == {"AH": 150_003 - 300_003, "JS": 90_000, "NETC": 60_000}
        for size in (1, state.center_size, 1 << 62):
            assert accounts.balances(CLERK, name, "", size)[1].fen == now.fen
            assert accounts.balances(CLERK, name, "2026-11-30", size)[1].fen == now.fen
