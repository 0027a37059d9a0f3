"""What the center's outcomes did to one agreement, read by ranges of their places.

- Ranges are those of `ledger_places`: a scan ends where its range does.
- What was booked is read with the state of its ruling; what was decided and posts nothing stands in
  the rulings alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import String, bindparam, func, literal_column, select

from federation.ledger.books import State
from node.storage.ledger_places import is_in_span, names_of_span, place, spans
from node.storage.ledger_tables import (
    ledger_document,
    ledger_entry,
    ledger_posting,
    ledger_ruling,
    ledger_statement,
)
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.storage.ledger_journal import Key
    from node.storage.transaction import Row, Transaction

_POSTS_NOTHING: Final = (State.ACTIVE, State.REJECTED, State.EXPIRED)


class BookedRow(NamedTuple):
    """An entry, the state of its ruling, "" if there is none, and (account, fen) of its postings.

    An account is named as `journal.Account` is. What rotted is read as it stands.
    """

    generation: int
    leaf_index: int
    number: int
    kind: str
    own_date: str
    value_date: str
    proposal: int
    proposal_hash: bytes
    state: str
    postings: Sequence[tuple[str, int]]


class DecidedRow(NamedTuple):
    """A ruling that posts nothing."""

    generation: int
    leaf_index: int
    number: int
    position: int
    leaf_hash: bytes
    state: str


class ClosedRow(NamedTuple):
    """A closed period."""

    generation: int
    leaf_index: int
    number: int
    digest: bytes


_BOOKED: Final = {
    is_earlier: Statement(
        limited(
            select(
                *place(ledger_entry),
                ledger_entry.c.kind,
                ledger_entry.c.own_date,
                ledger_entry.c.value_date,
                ledger_entry.c.proposal,
                ledger_entry.c.proposal_hash,
                func.coalesce(ledger_ruling.c.state, literal_column("''")),
            )
            .outerjoin(ledger_ruling, ledger_ruling.c.position == ledger_entry.c.proposal)
            .where(
                ledger_entry.c.agreement == bindparam("of"),
                *is_in_span(ledger_entry, is_earlier=is_earlier),
            )
            .order_by(*place(ledger_entry))
        ),
        *("of", *names_of_span(is_earlier=is_earlier), "limit"),
    )
    for is_earlier in (False, True)
}
_POSTINGS: Final = {
    is_earlier: Statement(
        # One text a row: texts cost most.
        select(
            *place(ledger_posting),
            ledger_posting.c.account + literal_column("':'", String) + ledger_posting.c.party,
            ledger_posting.c.amount_fen,
        )
        .where(
            ledger_posting.c.agreement == bindparam("of"),
            *is_in_span(ledger_posting, is_earlier=is_earlier),
        )
        .order_by(*place(ledger_posting), ledger_posting.c.ordinal),
        *("of", *names_of_span(is_earlier=is_earlier)),
    )
    for is_earlier in (False, True)
}
_DECIDED: Final = Statement(
    select(
        *place(ledger_ruling),
        ledger_ruling.c.position,
        ledger_ruling.c.leaf_hash,
        ledger_ruling.c.state,
    )
    .where(
        ledger_ruling.c.agreement == bindparam("of"),
        ledger_ruling.c.instalment.is_(None),
        ledger_ruling.c.state.in_(
            [literal_column(f"'{one.value}'", String) for one in _POSTS_NOTHING]
        ),
    )
    .order_by(*place(ledger_ruling)),
    "of",
)
_CLOSED: Final = Statement(
    select(*place(ledger_statement), ledger_statement.c.digest)
    .where(ledger_statement.c.agreement == bindparam("of"))
    .order_by(*place(ledger_statement)),
    "of",
)


def booked(tx: Transaction, agreement: int, first: Key, end: Key, limit: int) -> list[BookedRow]:
    """Return at most `limit` entries of a range, in the order of the outcomes."""
    rows: list[Row] = []
    for is_earlier, values in spans(first, end):
        if len(rows) < limit:
            left = limit - len(rows)
            rows += tx.all(_BOOKED[is_earlier], (agreement, *values, left))
    if not rows:
        return []
    generation, leaf_index, number = rows[-1][:3]
    found = _postings(tx, agreement, rows[0][:3], (generation, leaf_index, number + 1))
    return [BookedRow(*(*row, found.get(row[:3], ()))) for row in rows]


def decided(tx: Transaction, agreement: int) -> list[DecidedRow]:
    """Return the rulings that post nothing, in the order of the outcomes."""
    return [DecidedRow(*row) for row in tx.all(_DECIDED, (agreement,))]


def closed(tx: Transaction, agreement: int) -> list[ClosedRow]:
    """Return the closed periods, in the order of the outcomes."""
    return [ClosedRow(*row) for row in tx.all(_CLOSED, (agreement,))]


def first_open(tx: Transaction, agreement_key: bytes, kind: int, first: int, last: int) -> int:
    """Return the first position from first to last of an open document; `last` + 1 if none is."""
    row = tx.one(_first_open(int(kind)), (agreement_key, first, last, 1))
    return last + 1 if row is None else int(row[0])


@cache
def _first_open(kind: int) -> Statement:
    """Return the statement for a kind, with its number in the SQL: so a partial index is used."""
    table = ledger_document
    query = (
        select(table.c.position)
        .where(
            table.c.agreement == bindparam("of"),
            table.c.kind == literal_column(str(kind)),
            table.c.is_open,
            table.c.position.between(bindparam("first"), bindparam("last")),
        )
        .order_by(table.c.position)
    )
    return Statement(limited(query), "of", "first", "last", "limit")


def _postings(
    tx: Transaction, agreement: int, first: Key, end: Key
) -> dict[Key, list[tuple[str, int]]]:
    found: dict[Key, list[tuple[str, int]]] = {}
    for is_earlier, values in spans(first, end):
        rows = tx.all(_POSTINGS[is_earlier], (agreement, *values))
        for generation, leaf_index, number, account, fen in rows:
            found.setdefault((generation, leaf_index, number), []).append((account, fen))
    return found
