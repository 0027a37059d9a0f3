"""Lists that are worked through by the center, this member's own people, and the view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import bindparam, func, literal_column, or_, select, true, tuple_

from node.storage import ledger
from node.storage.ledger import IS_OUTCOMES, IS_PROPOSAL, AgreementRow, DocumentKind
from node.storage.ledger_tables import (
    ledger_agreement,
    ledger_awaited,
    ledger_document,
    ledger_naming,
    ledger_ruling,
    ledger_void,
)
from node.storage.lookup import Lookup
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Column, ColumnElement, ScalarSelect, Select, Table

    from node.storage.transaction import Transaction

_BY_LEAF_HASH: Final = Statement(
    select(ledger_agreement.c.position).where(ledger_agreement.c.leaf_hash == bindparam("which")),
    "which",
)
_WITH_OPEN_PROPOSALS: Final = Statement(
    select(ledger_agreement.c.origin, ledger_agreement.c.leaf_index, ledger_agreement.c.leaf_hash)
    .where(
        ledger_agreement.c.center == bindparam("center"),
        select(literal_column("1"))
        .where(
            ledger_document.c.agreement == ledger_agreement.c.key,
            IS_PROPOSAL,
            ledger_document.c.is_open,
        )
        .exists(),
    )
    .order_by(ledger_agreement.c.position),
    "center",
)
_COUNT_OPEN: Final = Statement(
    select(func.count())
    .select_from(ledger_document)
    .where(ledger_document.c.agreement == bindparam("of"), IS_PROPOSAL, ledger_document.c.is_open),
    "of",
)
_OPEN_AGREEMENTS_OF: Final = Statement(
    limited(
        select(ledger_agreement.c.position)
        .join(ledger_document, ledger_document.c.position == ledger_agreement.c.position)
        .where(ledger_agreement.c.author == bindparam("author"), ledger_document.c.is_open)
        .order_by(ledger_agreement.c.position.desc())
    ),
    *("author", "limit"),
)
_OUTCOMES_OF: Final = Statement(
    limited(
        select(ledger_document.c.position)
        .where(
            ledger_document.c.agreement == bindparam("of"),
            IS_OUTCOMES,
            ledger_document.c.position > bindparam("after"),
        )
        .order_by(ledger_document.c.position)
    ),
    *("of", "after", "limit"),
)


def _newest(kind: DocumentKind) -> Select[tuple[int]]:
    return (
        select(ledger_document.c.position)
        .where(
            ledger_document.c.agreement == bindparam("of"),
            ledger_document.c.kind == literal_column(str(kind.value)),
        )
        .order_by(ledger_document.c.arrived.desc())
    )


_DISPUTES_OF: Final = Statement(limited(_newest(DocumentKind.DISPUTE)), *("of", "limit"))
_RULING_OF: Final = ledger_ruling.c.position == ledger_document.c.position
_UNNUMBERED: Final = {
    (kind, is_open): Statement(limited(query), *("of", "limit"))
    for kind in (DocumentKind.REVERSAL, DocumentKind.PAYMENT)
    for is_open, query in {
        True: _newest(kind).where(ledger_document.c.is_open),
        False: _newest(kind)
        .join(ledger_ruling, _RULING_OF)
        .where(ledger_ruling.c.state == literal_column("'FINAL'")),
    }.items()
}
"""Proposals that bear no number by which they could be booked but once: the open, the booked."""
_STANDS: Final = ("'FINAL'", "'PARTLY_REVERSED'")


def _of_named(column: Column[Any]) -> ScalarSelect[Any]:
    """Return a column of the row that stands where a naming does.

    By itself, so that PostgreSQL looks it up by its key: joined, the plan of a table that was empty
    when it was made reads all of it for each mark.
    """
    is_it = column.table.c.position == ledger_naming.c.position
    return select(column).where(is_it).correlate(ledger_naming).scalar_subquery()


_AGREEMENT_STATE: Final = (
    select(ledger_ruling.c.state)
    .where(
        ledger_ruling.c.position
        == select(ledger_agreement.c.position)
        .where(ledger_agreement.c.key == _of_named(ledger_document.c.agreement))
        .scalar_subquery()
    )
    .scalar_subquery()
)
_MARKED: Final = Statement(
    limited(
        select(ledger_naming.c.position, _of_named(ledger_document.c.is_open))
        .where(
            ledger_naming.c.proposal == bindparam("mark"),
            or_(
                _of_named(ledger_document.c.is_open),
                _of_named(ledger_ruling.c.state).in_([literal_column(one) for one in _STANDS]),
            ),
            or_(
                _of_named(ledger_document.c.agreement) == bindparam("of"),
                _AGREEMENT_STATE.in_([literal_column("'ACTIVE'")]),
            ),
        )
        .order_by(ledger_naming.c.position.desc())
    ),
    *("mark", "of", "limit"),
)

_AWAITED: Final = (ledger_awaited.c.agreement, ledger_awaited.c.ref)
_SOME_AWAITED: Final = Statement(
    limited(
        select(*_AWAITED)
        .where(tuple_(*_AWAITED) > tuple_(bindparam("agreement"), bindparam("ref")))
        .order_by(*_AWAITED)
    ),
    *("agreement", "ref", "limit"),
)

_AWAITING: Final = Lookup(select(ledger_awaited.c.agreement), ledger_awaited.c.leaf)
_ONE_AWAITED: Final = Statement(limited(select(ledger_awaited.c.agreement)), "limit")


def by_leaf_hash(tx: Transaction, leaf_hash: bytes) -> AgreementRow | None:
    """Return the agreement whose first version has a leaf hash."""
    row = tx.one(_BY_LEAF_HASH, (leaf_hash,))
    return None if row is None else ledger.at(tx, row[0])


def with_open_proposals(tx: Transaction, center: str) -> list[tuple[str, int, bytes]]:
    """Return (origin, leaf index, leaf hash) of a center's agreements with open proposals."""
    return [(row[0], row[1], row[2]) for row in tx.all(_WITH_OPEN_PROPOSALS, (center,))]


def count_open(tx: Transaction, agreement_key: bytes) -> int:
    """Return how many proposals on an agreement are open."""
    return int(tx.all(_COUNT_OPEN, (agreement_key,))[0][0])


def open_agreements_of(tx: Transaction, author: str, limit: int) -> list[int]:
    """Return the positions of the newest first versions of a member that are not decided."""
    return [row[0] for row in tx.all(_OPEN_AGREEMENTS_OF, (author, limit))]


def outcomes_of(tx: Transaction, agreement_key: bytes, after: int, limit: int) -> list[int]:
    """Return at most `limit` positions of outcome documents of an agreement behind one."""
    return [row[0] for row in tx.all(_OUTCOMES_OF, (agreement_key, after, limit))]


def disputes_of(tx: Transaction, agreement_key: bytes, limit: int) -> list[int]:
    """Return at most `limit` positions of disputes on an agreement, that came last first.

    It goes through the index of all documents of the agreement.
    """
    return [row[0] for row in tx.all(_DISPUTES_OF, (agreement_key, limit))]


def unnumbered_of(
    tx: Transaction, agreement_key: bytes, kind: DocumentKind, limit: int, *, is_open: bool
) -> list[int]:
    """Return at most `limit` positions of reversals or payments that are open, or booked."""
    return [row[0] for row in tx.all(_UNNUMBERED[kind, is_open], (agreement_key, limit))]


def marked(
    tx: Transaction, mark: bytes, agreement_key: bytes, limit: int
) -> list[tuple[int, bool]]:
    """Return at most `limit` incomes with a mark that are open or booked, and whether each is open.

    They are of this agreement or of an active one: no other member can make those alone.
    """
    rows = tx.all(_MARKED, (mark, agreement_key, limit))
    return [(place, bool(is_open)) for place, is_open in rows]


def some_awaited(tx: Transaction, after: tuple[int, str], limit: int) -> list[tuple[int, str]]:
    """Return at most `limit` of (agreement, reference as JSON) that are waited for behind one."""
    return [(agreement, ref) for agreement, ref in tx.all(_SOME_AWAITED, (*after, limit))]


def awaits_any(tx: Transaction) -> bool:
    """Say whether anything is waited for."""
    return tx.one(_ONE_AWAITED, (1,)) is not None


def awaiting(tx: Transaction, leaves: Collection[str]) -> set[int]:
    """Return the agreements that wait for one of these leaves, each as `ledger.leaf_of` has it."""
    return {row[0] for row in _AWAITING.rows(tx, leaves)}


class Standing(NamedTuple):
    """How the ledger stands here, in numbers."""

    disputed: int
    waiting: int
    voids: int
    open_proposals: int


def standing(tx: Transaction) -> Standing:
    """Return how the ledger stands here."""

    def count(table: Table, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table).where(*conditions)
        return int(tx.execute(query).scalar_one())

    return Standing(
        count(ledger_agreement, ledger_agreement.c.disputed != ""),
        count(ledger_agreement, ledger_agreement.c.waits == true()),
        count(ledger_void),
        count(
            ledger_document,
            IS_PROPOSAL,
            ledger_document.c.is_open == true(),
        ),
    )
