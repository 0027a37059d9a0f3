"""Rows of ledger documents and agreements: put by the view, read by it and by lists.

- A document has a row once it is readable here, and says whose it is by the key of its agreement:
  the first version may come later, or never.
- `is_open` marks proposals that were not decided, and outcomes that were not judged to their end.
- Lists of proposals are in the order of arrival, which is this node's own.
"""

from __future__ import annotations

from enum import IntEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import String, bindparam, delete, false, literal_column, select, update

from federation.records.refs import Ref
from node.storage.ledger_tables import (
    ledger_agreement,
    ledger_awaited,
    ledger_center,
    ledger_covering,
    ledger_document,
    ledger_entry,
    ledger_naming,
    ledger_posting,
    ledger_ruling,
    ledger_statement,
    ledger_void,
)
from node.storage.positions import position
from node.storage.rows import put
from node.storage.schema import mirror
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement

    from node.storage.transaction import Transaction


class DocumentKind(IntEnum):
    """What a document is. Those up to PAYMENT are proposals."""

    VERSION = 1
    TERMINATION = 2
    INCOME = 3
    REVERSAL = 4
    PAYMENT = 5
    ACCEPTANCE = 6
    REJECTION = 7
    DISPUTE = 8
    STATEMENT_ACCEPTANCE = 9
    OUTCOMES = 10


PROPOSALS: Final = tuple(kind for kind in DocumentKind if kind <= DocumentKind.PAYMENT)


class DocumentRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_document`, in its order."""

    position: int
    arrived: int
    agreement: bytes
    kind: int
    is_open: bool


class AgreementRow(NamedTuple):
    """A row; the columns of `ledger_tables.ledger_agreement`, in its order."""

    position: int
    key: bytes
    origin: str
    leaf_index: int
    leaf_hash: bytes
    author: str
    subject: bytes
    center: str
    members: str
    title: str
    books: str
    generation: int
    judged_leaf_index: int
    number: int
    disputed: str
    waits: bool
    is_stale: bool

    @property
    def ref(self) -> Ref:
        """Return the reference of its first version."""
        return Ref(self.origin, self.leaf_index, self.leaf_hash)

    @property
    def member_names(self) -> frozenset[str]:
        """Return the members that every document of it names."""
        return frozenset(self.members.split(" "))


_PRESENT: Final = Statement(
    select(ledger_document.c.position).where(
        ledger_document.c.position.between(bindparam("first"), bindparam("last"))
    ),
    "first",
    "last",
)
_CLOSE: Final = Statement(
    update(ledger_document)
    .where(ledger_document.c.position == bindparam("which"))
    .values(is_open=false()),
    "which",
)
_NAMING: Final = Statement(
    select(ledger_naming.c.position)
    .where(ledger_naming.c.proposal == bindparam("which"))
    .order_by(ledger_naming.c.position),
    "which",
)


# As numbers in the SQL, so that the partial indexes are used.
_IS_OUTCOMES: Final = ledger_document.c.kind == literal_column(str(DocumentKind.OUTCOMES.value))
_IS_PROPOSAL: Final = ledger_document.c.kind <= literal_column(str(DocumentKind.PAYMENT.value))


def key_of(origin: str, leaf_index: int, leaf_hash: bytes) -> bytes:
    """Return what stands for a reference in these tables, 32 bytes."""
    return sha256(f"{origin} {leaf_index} ".encode() + leaf_hash).digest()


def present(tx: Transaction, first: int, last: int) -> set[int]:
    """Return the positions from first to last that have a document's row."""
    return {row[0] for row in tx.all(_PRESENT, (first, last))}


def add_documents(
    tx: Transaction, rows: Sequence[DocumentRow], names: Sequence[tuple[bytes, int]]
) -> None:
    """Add documents, and (key of a proposal, position) of what they name."""
    if rows:
        tx.insert_rows(ledger_document, rows)
    if names:
        tx.insert_rows(ledger_naming, names)


def close_documents(tx: Transaction, positions: Sequence[int]) -> None:
    """Note that these are decided or judged to their end."""
    tx.run_many(_CLOSE, [(one,) for one in positions])


def reopen(tx: Transaction, agreement_key: bytes) -> None:
    """Have all proposals and outcomes of an agreement open again."""
    kinds = (*PROPOSALS, DocumentKind.OUTCOMES)
    tx.execute(
        update(ledger_document)
        .where(
            ledger_document.c.agreement == agreement_key,
            ledger_document.c.kind.in_([int(kind) for kind in kinds]),
        )
        .values(is_open=True)
    )


def naming(tx: Transaction, proposal_key: bytes) -> list[int]:
    """Return the positions of the documents that name a proposal."""
    return [row[0] for row in tx.all(_NAMING, (proposal_key,))]


def pending(tx: Transaction, agreement_key: bytes, first: int, last: int, limit: int) -> list[int]:
    """Return at most `limit` open outcome documents at positions first to last, ascending."""
    query = (
        select(ledger_document.c.position)
        .where(
            ledger_document.c.agreement == agreement_key,
            _IS_OUTCOMES,
            ledger_document.c.is_open,
            ledger_document.c.position.between(first, last),
        )
        .order_by(ledger_document.c.position)
        .limit(limit)
    )
    return [row[0] for row in tx.execute(query)]


def outcomes_of(tx: Transaction, agreement_key: bytes) -> list[int]:
    """Return the positions of all open outcome documents that name an agreement."""
    query = (
        select(ledger_document.c.position)
        .where(
            ledger_document.c.agreement == agreement_key,
            _IS_OUTCOMES,
            ledger_document.c.is_open,
        )
        .order_by(ledger_document.c.position)
    )
    return [row[0] for row in tx.execute(query)]


def to_fold(tx: Transaction, ends: Collection[tuple[int, int, int]], limit: int) -> list[int]:
    """Return agreements that have outcomes to judge, by their positions, ascending.

    `ends` are (origin id, first leaf index, end) of the centers' logs that may be judged. Those
    that wait or are disputed are left out; those that are stale are there in any case.
    """
    found: set[int] = set()
    stale = select(ledger_agreement.c.position).where(ledger_agreement.c.is_stale)
    found.update(row[0] for row in tx.execute(stale))
    for origin_id, first, end in ends:
        query = (
            select(ledger_agreement.c.position)
            .distinct()
            .join(ledger_document, ledger_document.c.agreement == ledger_agreement.c.key)
            .where(
                ledger_agreement.c.waits == false(),
                ledger_agreement.c.disputed == "",
                ledger_document.c.is_open,
                _IS_OUTCOMES,
                ledger_document.c.position.between(
                    position(origin_id, first), position(origin_id, end) - 1
                ),
            )
            .limit(limit)
        )
        found.update(row[0] for row in tx.execute(query))
    return sorted(found)[:limit]


def put_agreement(tx: Transaction, row: AgreementRow) -> None:
    """Write an agreement's row."""
    put(tx, ledger_agreement, **row._asdict())


def at(tx: Transaction, place: int) -> AgreementRow | None:
    """Return the agreement whose first version stands at a position."""
    return _one(tx, ledger_agreement.c.position == place)


def by_key(tx: Transaction, key: bytes) -> AgreementRow | None:
    """Return an agreement by the key of its first version."""
    return _one(tx, ledger_agreement.c.key == key)


def named(tx: Transaction, author: str, subject: bytes) -> AgreementRow | None:
    """Return the agreement that an author's name means: the lowest of that subject."""
    return _one(tx, ledger_agreement.c.author == author, ledger_agreement.c.subject == subject)


def page(
    tx: Transaction, member: str, after: int, limit: int, *, only_waiting: bool = False
) -> list[AgreementRow]:
    """Return at most `limit` agreements behind a position; of one member, or with "" of all."""
    query = select(ledger_agreement).where(ledger_agreement.c.position > after)
    if member:
        space = literal_column("' '", String)
        padded = space + ledger_agreement.c.members + space
        query = query.where(padded.contains(f" {member} ", autoescape=True))
    if only_waiting:
        query = query.where(ledger_agreement.c.waits)
    rows = tx.execute(query.order_by(ledger_agreement.c.position).limit(limit))
    return [AgreementRow(*row) for row in rows]


def centers(tx: Transaction) -> set[str]:
    """Return the members that are the center of an agreement."""
    return {row[0] for row in tx.execute(select(ledger_agreement.c.center).distinct())}


def proposals(
    tx: Transaction, agreement_key: bytes, after: int, limit: int, *, only_open: bool
) -> list[DocumentRow]:
    """Return at most `limit` proposals of an agreement that arrived after a feed position."""
    query = select(ledger_document).where(
        ledger_document.c.agreement == agreement_key,
        _IS_PROPOSAL,
        ledger_document.c.arrived > after,
    )
    if only_open:
        query = query.where(ledger_document.c.is_open)
    rows = tx.execute(query.order_by(ledger_document.c.arrived).limit(limit))
    return [DocumentRow(*row) for row in rows]


def set_awaited(tx: Transaction, agreement: int, refs: Sequence[str]) -> None:
    """Put the references, as JSON, that an agreement waits for in place of others."""
    tx.execute(delete(ledger_awaited).where(ledger_awaited.c.agreement == agreement))
    if refs:
        tx.insert_rows(ledger_awaited, [(agreement, ref) for ref in sorted(refs)])


def awaited(tx: Transaction, agreement: int) -> list[str]:
    """Return the references, as JSON, that an agreement waits for."""
    query = select(ledger_awaited.c.ref).where(ledger_awaited.c.agreement == agreement)
    return [row[0] for row in tx.execute(query.order_by(ledger_awaited.c.ref))]


def all_awaited(tx: Transaction) -> list[tuple[int, str]]:
    """Return (agreement, reference as JSON) of all that is waited for."""
    return [(row[0], row[1]) for row in tx.execute(select(ledger_awaited))]


def wait_for(tx: Transaction, row: AgreementRow, ref: str) -> None:
    """Have an agreement wait for a document, given as JSON."""
    set_awaited(tx, row.position, (ref,))
    put_agreement(tx, row._replace(waits=True))


def stop_waiting(tx: Transaction, agreements: Collection[int]) -> None:
    """Have these judged on; they may wait again."""
    tx.execute(
        update(ledger_agreement)
        .where(ledger_agreement.c.position.in_(sorted(agreements)))
        .values(waits=False)
    )


def set_stale(tx: Transaction, agreement: int) -> None:
    """Have an agreement folded anew."""
    tx.execute(
        update(ledger_agreement)
        .where(ledger_agreement.c.position == agreement)
        .values(is_stale=True)
    )


def shown_ends(tx: Transaction, origins: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return (origin id, end of what is confirmed and shown) of those origins that are held."""
    query = select(
        mirror.c.origin, mirror.c.origin_id, mirror.c.confirmed_size, mirror.c.verified_size,
        mirror.c.frozen_size,
    )  # fmt: skip
    return {
        origin: (origin_id, min(confirmed, verified, verified if frozen is None else frozen))
        for origin, origin_id, confirmed, verified, frozen in tx.execute(query)
        if origin in origins
    }


def clear_agreement(tx: Transaction, agreement: int) -> None:
    """Drop all that was folded of an agreement but its row."""
    for table in (ledger_ruling, ledger_entry, ledger_posting, ledger_statement, ledger_void):
        tx.execute(delete(table).where(table.c.agreement == agreement))
    set_awaited(tx, agreement, ())


def clear(tx: Transaction) -> None:
    """Drop all rows."""
    for table in (
        ledger_document, ledger_naming, ledger_agreement, ledger_awaited, ledger_ruling,
        ledger_entry, ledger_posting, ledger_statement, ledger_void, ledger_center,
        ledger_covering,
    ):  # fmt: skip
        tx.execute(delete(table))


def _one(tx: Transaction, *conditions: ColumnElement[bool]) -> AgreementRow | None:
    query = select(ledger_agreement).where(*conditions)
    row = tx.execute(query.order_by(ledger_agreement.c.position).limit(1)).one_or_none()
    return None if row is None else AgreementRow(*row)
