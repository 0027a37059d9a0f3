"""Rows of rulings, the journal, statements and void outcomes.

- Entries go on behind a key, (generation, leaf index, number), in the order of the outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from sqlalchemy import and_, bindparam, literal_column, select, tuple_, update

from node.storage.ledger_places import place
from node.storage.ledger_tables import (
    ledger_entry,
    ledger_posting,
    ledger_ruling,
    ledger_statement,
    ledger_void,
)
from node.storage.lookup import Lookup
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement, Table

    from node.storage.transaction import Transaction

Key: TypeAlias = tuple[int, int, int]
"""Generation, leaf index, number."""


class RulingRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_ruling`, in its order."""

    position: int
    leaf_hash: bytes
    agreement: int
    state: str
    reason: str
    generation: int
    leaf_index: int
    number: int
    booked: str
    instalment: bytes | None


class EntryRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_entry`, in its order."""

    agreement: int
    generation: int
    leaf_index: int
    number: int
    kind: str
    own_date: str
    value_date: str
    proposal: int
    proposal_hash: bytes
    income: int | None
    income_hash: bytes | None


class PostingRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_posting`, in its order."""

    agreement: int
    generation: int
    leaf_index: int
    number: int
    ordinal: int
    value_date: str
    account: str
    party: str
    amount_fen: int


class StatementRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_statement`, in its order."""

    agreement: int
    period: str
    digest: bytes
    statement: str
    generation: int
    leaf_index: int
    number: int


class VoidRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_void`, in its order."""

    position: int
    number: int
    agreement: int
    generation: int
    kind: int
    proposal: str
    void: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries. What is empty does not filter. Months and days bound the value date."""

    party: str = ""
    from_month: str = ""
    until_month: str = ""
    """Inclusive."""
    from_day: str = ""
    until_day: str = ""
    """Inclusive."""
    kind: str = ""


_RULINGS: Final = Lookup(select(*ledger_ruling.columns), ledger_ruling.c.position)
_INSTALMENTS: Final = Lookup(
    select(*ledger_ruling.columns).where(ledger_ruling.c.agreement == bindparam("of")),
    ledger_ruling.c.instalment,
    "of",
)
_POSTINGS: Final = Statement(
    select(*ledger_posting.columns)
    .where(
        ledger_posting.c.agreement == bindparam("of"),
        ledger_posting.c.generation == bindparam("log"),
        ledger_posting.c.leaf_index == bindparam("at"),
        ledger_posting.c.number == bindparam("which"),
    )
    .order_by(ledger_posting.c.ordinal),
    "of",
    "log",
    "at",
    "which",
)
_CHANGE_RULING: Final = Statement(
    update(ledger_ruling)
    .where(ledger_ruling.c.position == bindparam("which"))
    .values(
        state=bindparam("now"),
        booked=bindparam("left"),
        instalment=bindparam("key"),
    ),
    "now",
    "left",
    "key",
    "which",
)


_AFTER: Final = ("log", "first_leaf", "leaf", "number")
# Looked up entry by entry, which the limit makes sure of: else PostgreSQL may join a page with all
# that the party ever posted.
_POSTED: Final = (
    select(literal_column("1"))
    .where(
        ledger_posting.c.agreement == ledger_entry.c.agreement,
        ledger_posting.c.generation == ledger_entry.c.generation,
        ledger_posting.c.leaf_index == ledger_entry.c.leaf_index,
        ledger_posting.c.number == ledger_entry.c.number,
        ledger_posting.c.party == bindparam("party"),
    )
    .limit(literal_column("1"))
    .offset(literal_column("0"))
    .scalar_subquery()
    .is_not(None)
)
_STATEMENTS: Final = Statement(
    select(*ledger_statement.columns)
    .where(ledger_statement.c.agreement == bindparam("of"))
    .order_by(ledger_statement.c.period),
    "of",
)
_NEWEST_STATEMENTS: Final = Statement(
    limited(
        select(*ledger_statement.columns)
        .where(ledger_statement.c.agreement == bindparam("of"))
        .order_by(ledger_statement.c.period.desc())
    ),
    *("of", "limit"),
)
_STATEMENT: Final = Statement(
    select(*ledger_statement.columns).where(
        ledger_statement.c.agreement == bindparam("of"),
        ledger_statement.c.period == bindparam("period"),
    ),
    *("of", "period"),
)
# Nothing counts before its own day; it is of the value date that there is an index.
_SINCE: Final = Statement(
    limited(
        select(ledger_entry.c.number).where(
            ledger_entry.c.agreement == bindparam("of"),
            ledger_entry.c.kind == bindparam("kind"),
            ledger_entry.c.value_date >= bindparam("from"),
            ledger_entry.c.own_date >= bindparam("day"),
        )
    ),
    *("of", "kind", "from", "day", "limit"),
)
_VOIDS: Final = select(*ledger_void.columns).order_by(ledger_void.c.position, ledger_void.c.number)
_ALL_VOIDS: Final = Statement(_VOIDS)
_VOIDS_OF: Final = Statement(_VOIDS.where(ledger_void.c.agreement == bindparam("of")), "of")
_NEWEST_VOIDS: Final = Statement(
    limited(
        select(*ledger_void.columns)
        .where(ledger_void.c.agreement == bindparam("of"))
        .order_by(ledger_void.c.position.desc(), ledger_void.c.number.desc())
    ),
    *("of", "limit"),
)


def rulings(tx: Transaction, positions: Collection[int]) -> dict[int, RulingRow]:
    """Return what became of the proposals at positions, by position; of those decided."""
    return {row[0]: RulingRow(*row) for row in _RULINGS.rows(tx, positions)}


def booked_under(
    tx: Transaction, agreement: int, instalments: Collection[bytes]
) -> dict[bytes, RulingRow]:
    """Return the rulings of the incomes that are booked under keys, by the keys' digests."""
    rows = map(RulingRow._make, _INSTALMENTS.rows(tx, instalments, (agreement,)))
    return {row.instalment: row for row in rows if row.instalment is not None}


def add_rulings(tx: Transaction, rows: Sequence[RulingRow]) -> None:
    """Add rulings of proposals that had none."""
    if rows:
        tx.insert_rows(ledger_ruling, rows)


def change_rulings(tx: Transaction, rows: Sequence[RulingRow]) -> None:
    """Change state, what is left and the instalment of rulings."""
    tx.run_many(_CHANGE_RULING, [(one.state, one.booked, one.instalment, one[0]) for one in rows])


def add_entries(
    tx: Transaction, entries: Sequence[EntryRow], postings: Sequence[PostingRow]
) -> None:
    """Append to the journal."""
    if entries:
        tx.insert_rows(ledger_entry, entries)
    if postings:
        tx.insert_rows(ledger_posting, postings)


def add_statements(tx: Transaction, rows: Sequence[StatementRow]) -> None:
    """Add closed statements."""
    if rows:
        tx.insert_rows(ledger_statement, rows)


def add_voids(tx: Transaction, rows: Sequence[VoidRow]) -> None:
    """Add void outcomes."""
    if rows:
        tx.insert_rows(ledger_void, rows)


def statements(tx: Transaction, agreement: int) -> list[StatementRow]:
    """Return the closed statements of an agreement, ascending."""
    return [StatementRow(*row) for row in tx.all(_STATEMENTS, (agreement,))]


def newest_statements(tx: Transaction, agreement: int, limit: int) -> list[StatementRow]:
    """Return at most `limit` closed statements of an agreement, the newest first."""
    return [StatementRow(*row) for row in tx.all(_NEWEST_STATEMENTS, (agreement, limit))]


def statement(tx: Transaction, agreement: int, period: str) -> StatementRow | None:
    """Return the closed statement of a period."""
    row = tx.one(_STATEMENT, (agreement, period))
    return None if row is None else StatementRow(*row)


def voids(tx: Transaction, agreement: int | None) -> list[VoidRow]:
    """Return the void outcomes of an agreement, or of all."""
    rows = tx.all(_ALL_VOIDS) if agreement is None else tx.all(_VOIDS_OF, (agreement,))
    return [VoidRow(*row) for row in rows]


def newest_voids(tx: Transaction, agreement: int, limit: int) -> list[VoidRow]:
    """Return at most `limit` void outcomes of an agreement, the newest first."""
    return [VoidRow(*row) for row in tx.all(_NEWEST_VOIDS, (agreement, limit))]


def entries(
    tx: Transaction, agreement: int, which: EntryFilter, after: Key | None, limit: int
) -> list[EntryRow]:
    """Return at most `limit` entries behind a key, in the order of the outcomes."""
    if after is None:
        return _some_entries(tx, agreement, which, {}, limit)
    # In the log of the key and behind it apart: of a bound of all columns PostgreSQL sees the first
    # one only, guesses that next to nothing is behind it, and may sort all the rest of the journal.
    log, leaf_index, number = after
    behind = {"after": (log, leaf_index, leaf_index, number)}
    found = _some_entries(tx, agreement, which, behind, limit)
    if len(found) < limit:
        found += _some_entries(tx, agreement, which, {"later": (log,)}, limit - len(found))
    return found


def _some_entries(
    tx: Transaction,
    agreement: int,
    which: EntryFilter,
    behind: Mapping[str, tuple[int, ...]],
    limit: int,
) -> list[EntryRow]:
    values = {
        "from": _bound(max, which.from_day, which.from_month and f"{which.from_month}-01"),
        "until": _bound(min, which.until_day, which.until_month and f"{which.until_month}-31"),
        "kind": (which.kind,) if which.kind else (),
        **behind,
        "party": (which.party,) if which.party else (),
    }
    statement = _entries(*(name for name, value in values.items() if value))
    return [
        EntryRow(*row)
        for row in tx.all(statement, (agreement, *chain.from_iterable(values.values()), limit))
    ]


def count_since(tx: Transaction, agreement: int, kind: str, day: str, most: int) -> int:
    """Return how many entries of a kind are of a day or later by their own dates, up to `most`."""
    return len(tx.all(_SINCE, (agreement, kind, day, day, most)))


def postings(tx: Transaction, agreement: int, key: Key) -> list[PostingRow]:
    """Return the postings of an entry, in their order."""
    return [PostingRow(*row) for row in tx.all(_POSTINGS, (agreement, *key))]


@cache
def _entries(*limits: str) -> Statement:
    """Return the statement whose values are the agreement, those of the limits, and how many."""
    table = ledger_entry
    query = (
        select(*table.columns)
        .where(table.c.agreement == bindparam("of"), *(_condition(table, one) for one in limits))
        .order_by(*place(table))
    )
    return Statement(limited(query), "of", *_names(limits), "limit")


def _condition(table: Table, limit: str) -> ColumnElement[bool]:
    """Return what one limit asks of a row of entries or postings."""
    match limit:
        case "from":
            return table.c.value_date >= bindparam("from")
        case "until":
            return table.c.value_date <= bindparam("until")
        case "after":
            key: list[ColumnElement[int]] = [bindparam(one) for one in _AFTER[2:]]
            return and_(
                table.c.generation == bindparam("log"),
                table.c.leaf_index >= bindparam("first_leaf"),
                tuple_(table.c.leaf_index, table.c.number) > tuple_(*key),
            )
        case "later":
            return table.c.generation > bindparam("later")
        case "party":
            return _POSTED
        case _:
            return table.c[limit] == bindparam(limit)


def _names(limits: Sequence[str]) -> list[str]:
    return [name for limit in limits for name in (_AFTER if limit == "after" else (limit,))]


def _bound(tightest: Callable[..., str], *days: str) -> tuple[str, ...]:
    """Return the one of the days that are said that bounds most, if one is."""
    said = [day for day in days if day]
    return (tightest(said),) if said else ()
