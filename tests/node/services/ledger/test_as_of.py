"""L8: balances as of a day and of a size of the center's log are the fold of what was there."""

from __future__ import annotations

from collections import Counter
from itertools import count
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.ledger.journal import Account, Place
from federation.records.refs import Ref
from node.services.ledger import reading
from node.storage.database import Database
from tests.laws import examples
from tests.node.services.ledger.made_ledger import MadeLedger, follow, store_all, view_of

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
