"""Balances and statements of an agreement with many postings, asked over a listener.

A real agreement is opened, a period of it closed, and its journal then filled with made entries of
five postings over four years, by the statements that the fold writes them with. Asked are the
balances of now, as of random days, as of random sizes of the center's log, and the statements. One
process serves and asks, so that each figure has the client's work in it.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from node.services.ledger import reading
from node.storage import ledger_journal, ledger_sums
from node.storage.ledger_journal import EntryRow, PostingRow
from tests.bench.figures import Result
from tests.bench.load import quantile
from tests.node.rpc.ledger_desks import Desks, ledger_desks
from tests.node.services.ledger.ledger_world import CLERK, MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.bench.raw import PostgresPair
    from tests.bench.scales import Scale

_POSTINGS_AN_ENTRY: Final = 5
_ENTRIES_A_WRITE: Final = 1_000
_ENTRIES_A_LEAF: Final = 100
_FIRST_LEAF: Final = 1_000
_DAYS: Final = 4 * 365
_FIRST_DAY: Final = date(2027, 1, 1)
_PERIOD: Final = "2026-10"


def on_sqlite(scale: Scale) -> Iterator[Result]:
    """Measure it on SQLite."""
    yield from _measure(scale, {}, "balances", "")


def on_postgresql(scale: Scale, postgres: PostgresPair) -> Iterator[Result]:
    """Measure it on PostgreSQL."""
    urls = {name: postgres.publisher.new_database() for name in MEMBERS}
    yield from _measure(scale, urls, "balances-postgresql", ", PostgreSQL")


def _measure(scale: Scale, urls: Mapping[str, str], name: str, on: str) -> Iterator[Result]:
    with (
        tempfile.TemporaryDirectory(prefix="ydx-bench-") as folder,
        ledger_desks(Path(folder), urls) as desks,
    ):
        agreement = desks.world.open()
        desks.close_period(agreement, _PERIOD)
        entries = scale.postings // _POSTINGS_AN_ENTRY
        _fill(desks, agreement, entries)
        for figure, fields in _questions(entries).items():
            times = [
                [_asked_ms(desks, agreement, fields) for _ in range(scale.searches)]
                for _ in range(scale.runs)
            ]
            yield Result(
                name=name,
                figure=f"{figure} at {scale.postings:,} postings, p99{on}",
                unit="ms",
                ours=[quantile(run, 0.99) for run in times],
                asked=20,
                at_least=False,
                notes={"p50_ms": [quantile(run, 0.5) for run in times]},
            )


def _questions(entries: int) -> dict[str, Callable[[], tuple[str, dict[str, Any]]]]:
    """Return what is asked: a method and its fields."""
    chance = random.Random(11)  # noqa: S311 - repeatable, not secret

    def day() -> str:
        return (_FIRST_DAY + timedelta(chance.randrange(_DAYS))).isoformat()

    def size() -> int:
        return _FIRST_LEAF + chance.randrange(entries // _ENTRIES_A_LEAF + 1)

    return {
        "balances of now": lambda: ("GetBalances", {}),
        "balances as of a day": lambda: ("GetBalances", {"value_date": day()}),
        "balances as of a size": lambda: ("GetBalances", {"known_size": size()}),
        "balances as of both": lambda: ("GetBalances", {"value_date": day(), "known_size": size()}),
        "statements": lambda: ("ListStatements", {}),
    }


def _asked_ms(desks: Desks, name: str, question: Callable[[], tuple[str, dict[str, Any]]]) -> float:
    method, fields = question()
    started = time.perf_counter()
    desks["anhui"].call(method, agreement=name, **fields)
    return (time.perf_counter() - started) * 1000


def _fill(desks: Desks, name: str, entries: int) -> None:
    """Write made entries behind those of an agreement, as the fold would."""
    member = desks["anhui"].member
    at = member.shown.agreement(CLERK, name).row.position
    for first in range(0, entries, _ENTRIES_A_WRITE):
        rows = [
            _entry(at, number, entries)
            for number in range(first, min(first + _ENTRIES_A_WRITE, entries))
        ]
        postings = [posting for row in rows for posting in _postings(row)]
        with member.database.write(durable=False) as tx:
            ledger_journal.add_entries(tx, rows, postings)
            ledger_sums.add(tx, at, rows, postings)
    with member.database.read() as tx:
        row = reading.by_leaf_hash(tx, member.shown.agreement(CLERK, name).row.leaf_hash)
        assert row is not None
        assert reading.balances_as_of(tx, row)


def _entry(agreement: int, number: int, entries: int) -> EntryRow:
    leaf_index = _FIRST_LEAF + number // _ENTRIES_A_LEAF
    # Income comes in about in the order of its days.
    day = (_FIRST_DAY + timedelta(number * _DAYS // entries)).isoformat()
    place = (1, leaf_index, number % _ENTRIES_A_LEAF)
    return EntryRow(agreement, *place, "INCOME", day, day, number, bytes(32), number, bytes(32))


def _postings(entry: EntryRow) -> list[PostingRow]:
    shares = [("PAYABLE", f"P{party}", -100 - party) for party in range(4)]
    lines = [("CLEARING", "P0", -sum(fen for *_, fen in shares)), *shares]
    return [
        PostingRow(*entry[:4], ordinal, entry.value_date, *line)
        for ordinal, line in enumerate(lines)
    ]
