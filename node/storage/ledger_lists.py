"""Lists of agreements and proposals that the center and this member's own people work through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, literal_column, select, true

from node.storage import ledger
from node.storage.ledger import PROPOSALS, AgreementRow, DocumentKind
from node.storage.ledger_tables import ledger_agreement, ledger_document, ledger_void

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from node.storage.transaction import Transaction

_PROPOSALS: Final = [int(kind) for kind in PROPOSALS]


def by_leaf_hash(tx: Transaction, leaf_hash: bytes) -> AgreementRow | None:
    """Return the agreement whose first version has a leaf hash."""
    query = select(ledger_agreement.c.position).where(ledger_agreement.c.leaf_hash == leaf_hash)
    place = tx.execute(query).scalar()
    return None if place is None else ledger.at(tx, place)


def with_open_proposals(tx: Transaction, center: str) -> list[tuple[str, int, bytes]]:
    """Return (origin, leaf index, leaf hash) of a center's agreements with open proposals."""
    is_open = (
        select(literal_column("1"))
        .where(
            ledger_document.c.agreement == ledger_agreement.c.key,
            ledger_document.c.kind.in_(_PROPOSALS),
            ledger_document.c.is_open == true(),
        )
        .exists()
    )
    query = (
        select(
            ledger_agreement.c.origin, ledger_agreement.c.leaf_index, ledger_agreement.c.leaf_hash
        )
        .where(ledger_agreement.c.center == center, is_open)
        .order_by(ledger_agreement.c.position)
    )
    return [(row[0], row[1], bytes(row[2])) for row in tx.execute(query)]


def count_open(tx: Transaction, agreement_key: bytes) -> int:
    """Return how many proposals on an agreement are open."""
    query = (
        select(func.count())
        .select_from(ledger_document)
        .where(
            ledger_document.c.agreement == agreement_key,
            ledger_document.c.kind.in_(_PROPOSALS),
            ledger_document.c.is_open == true(),
        )
    )
    return int(tx.execute(query).scalar_one())


def open_agreements_of(tx: Transaction, author: str, limit: int) -> list[int]:
    """Return the positions of the newest first versions of a member that are not decided."""
    query = (
        select(ledger_agreement.c.position)
        .join(ledger_document, ledger_document.c.position == ledger_agreement.c.position)
        .where(ledger_agreement.c.author == author, ledger_document.c.is_open == true())
        .order_by(ledger_agreement.c.position.desc())
        .limit(limit)
    )
    return [row[0] for row in tx.execute(query)]


def outcomes_of(tx: Transaction, agreement_key: bytes, after: int, limit: int) -> list[int]:
    """Return at most `limit` positions of outcome documents of an agreement behind one."""
    query = (
        select(ledger_document.c.position)
        .where(
            ledger_document.c.agreement == agreement_key,
            ledger_document.c.kind == int(DocumentKind.OUTCOMES),
            ledger_document.c.position > after,
        )
        .order_by(ledger_document.c.position)
        .limit(limit)
    )
    return [row[0] for row in tx.execute(query)]


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
            ledger_document.c.kind.in_(_PROPOSALS),
            ledger_document.c.is_open == true(),
        ),
    )
