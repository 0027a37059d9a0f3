"""Books, rulings and statements as JSON, as the tables keep them.

- JSON is all ASCII, so that what a text of others holds is no matter to a database.
- A version is kept by its reference; the document that it stands in is read again.
- What is read was written here: anything else is a fault of this program.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from federation.ledger.allocation import Before
from federation.ledger.books import ActiveVersion, Booked, Books, Total
from federation.ledger.journal import Account, AccountKind, Place
from federation.ledger.months import Month
from federation.ledger.statement import Line, Statement
from federation.log.merkle import CompactRange
from federation.records.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.ledger.agreement import Version


def ref_text(ref: Ref) -> str:
    """Return a reference as JSON."""
    return _dump(_ref(ref))


def read_ref_text(text: str) -> Ref:
    """Return a reference."""
    return _read_ref(json.loads(text))


def booked_text(booked: Booked) -> str:
    """Return what is left of an income as JSON."""
    return _dump(
        [
            _ref(booked.version),
            booked.received_by,
            booked.instalment,
            booked.tie,
            booked.income_date,
            booked.base_fen,
            booked.base_left_fen,
            booked.shares,
            booked.left,
            booked.before.base_fen,
            dict(booked.before.received_fen),
        ]
    )


def read_booked(text: str) -> Booked:
    """Return what is left of an income."""
    *said, base_before, received_before = json.loads(text)
    version, received_by, instalment, tie, day, base, left_base, shares, left = said
    return Booked(
        version=_read_ref(version),
        received_by=received_by,
        instalment=instalment,
        tie=(tie[0], tie[1], tie[2]),
        income_date=day,
        base_fen=base,
        base_left_fen=left_base,
        shares=shares,
        left=left,
        before=Before(base_before, received_before),
    )


def statement_text(statement: Statement) -> str:
    """Return a statement as JSON."""
    return _dump(_statement(statement))


def read_statement(text: str) -> Statement:
    """Return a statement."""
    return _read_statement(json.loads(text))


def books_text(books: Books) -> str:
    """Return the small state of books as JSON: all but rulings and instalments."""
    return _dump(
        {
            "versions": [
                [_ref(one.ref), one.since, one.effective_from, one.effective_to]
                for one in books.versions
            ],
            "totals": {
                scope: [total.base_fen, total.received_fen] for scope, total in books.totals.items()
            },
            "balances": _accounts(books.balances),
            "income_fen": books.income_fen,
            "paid_fen": books.paid_fen,
            "owed": [[*pair, fen] for pair, fen in books.owed.items()],
            "open_months": {
                name: [month.entries.to_bytes().hex(), _accounts(month.moved)]
                for name, month in books.open_months.items()
            },
            "closed_through": books.closed_through,
            "last_statement": books.last_statement and _statement(books.last_statement),
            "disputed": books.disputed,
            "last": books.last,
        }
    )


def read_books(text: str, books: Books, version_of: Callable[[Ref], Version]) -> None:
    """Bring empty books to a state; `version_of` returns what an activated document says."""
    said = json.loads(text)
    books.versions = tuple(
        ActiveVersion(ref, version_of(ref), Place(*since), start, end)
        for ref, since, start, end in (
            (_read_ref(ref), since, start, end) for ref, since, start, end in said["versions"]
        )
    )
    books.totals = {scope: Total(*total) for scope, total in said["totals"].items()}
    books.balances.update(_read_accounts(said["balances"]))
    books.income_fen = said["income_fen"]
    books.paid_fen = said["paid_fen"]
    books.owed = {(debtor, creditor): fen for debtor, creditor, fen in said["owed"]}
    books.open_months = {
        name: Month(CompactRange.from_bytes(bytes.fromhex(entries)), dict(_read_accounts(moved)))
        for name, (entries, moved) in said["open_months"].items()
    }
    books.closed_through = said["closed_through"]
    if said["last_statement"]:
        books.last_statement = _read_statement(said["last_statement"])
    books.disputed = said["disputed"]
    books.last = Place(*said["last"]) if said["last"] else None


def _statement(statement: Statement) -> list[Any]:
    return [
        _ref(statement.agreement),
        statement.period,
        statement.after,
        statement.previous_digest.hex(),
        [[month, count, root.hex()] for month, count, root in statement.months],
        [
            [*line.account, line.opening_fen, line.debit_fen, line.credit_fen]
            for line in statement.lines
        ],
    ]


def _read_statement(said: list[Any]) -> Statement:
    agreement, period, after, previous, months, lines = said
    return Statement(
        agreement=_read_ref(agreement),
        period=period,
        after=after,
        previous_digest=bytes.fromhex(previous),
        months=tuple((month, count, bytes.fromhex(root)) for month, count, root in months),
        lines=tuple(Line(Account(AccountKind(kind), party), *fen) for kind, party, *fen in lines),
    )


def _accounts(amounts: dict[Account, Any]) -> list[list[Any]]:
    return [[*account, fen] for account, fen in amounts.items()]


def _read_accounts(said: list[list[Any]]) -> list[tuple[Account, Any]]:
    return [(Account(AccountKind(kind), party), fen) for kind, party, fen in said]


def _ref(ref: Ref) -> list[Any]:
    return [ref.origin, ref.leaf_index, ref.leaf_hash.hex()]


def _read_ref(said: list[Any]) -> Ref:
    return Ref(said[0], said[1], bytes.fromhex(said[2]))


def _dump(said: Any) -> str:
    return json.dumps(said, ensure_ascii=True, separators=(",", ":"))
