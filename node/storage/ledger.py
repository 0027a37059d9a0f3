"""Rows of ledger documents and agreements: put by the view, read by it and by lists.

- A document has a row once it is readable here, and says whose it is by the key of its agreement:
  the first version may come later, or never.
- A proposal by no member of its agreement, or that leaves one out, is of none: nobody could book
  it, and any member of the federation can write it.
- `is_open` marks proposals that were not decided, and outcomes that were not judged to their end.
- Lists of proposals are in the order of arrival, which is this node's own.
"""

from __future__ import annotations

from enum import IntEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import String, bindparam, delete, false, literal_column, or_, select, true, update

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
    ledger_segment,
    ledger_statement,
    ledger_sum,
    ledger_void,
)
from node.storage.lookup import Change, Lookup
from node.storage.positions import position
from node.storage.rows import put_row
from node.storage.statement import Statement, limited

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from node.storage.transaction import Row, Transaction


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


# As numbers in the SQL, so that the partial indexes are used.
IS_OUTCOMES: Final = ledger_document.c.kind == literal_column(str(DocumentKind.OUTCOMES.value))
IS_PROPOSAL: Final = ledger_document.c.kind <= literal_column(str(DocumentKind.PAYMENT.value))
_IS_BETWEEN: Final = ledger_document.c.position.between(bindparam("first"), bindparam("last"))
_OF_AGREEMENT: Final = ledger_document.c.agreement == bindparam("of")

_PRESENT: Final = Lookup(select(ledger_document.c.position), ledger_document.c.position)
_CLOSE: Final = Change(update(ledger_document).values(is_open=false()), ledger_document.c.position)
_REOPEN: Final = Statement(
    update(ledger_document)
    .where(_OF_AGREEMENT, or_(IS_PROPOSAL, IS_OUTCOMES))
    .values(is_open=true()),
    "of",
)
_NAMING: Final = Lookup(
    select(ledger_naming.c.proposal, ledger_naming.c.position).order_by(ledger_naming.c.position),
    ledger_naming.c.proposal,
)
_OUTCOMES_OF: Final = (
    select(ledger_document.c.position)
    .where(_OF_AGREEMENT, IS_OUTCOMES, ledger_document.c.is_open)
    .order_by(ledger_document.c.position)
)
_OUTCOMES: Final = Statement(_OUTCOMES_OF, "of")
_PENDING: Final = Statement(
    limited(_OUTCOMES_OF.where(_IS_BETWEEN)), "of", "first", "last", "limit"
)
_PROPOSALS_OF: Final = select(*ledger_document.columns).where(
    _OF_AGREEMENT, IS_PROPOSAL, ledger_document.c.arrived > bindparam("after")
)
_PROPOSALS: Final = {
    only_open: Statement(limited(query.order_by(ledger_document.c.arrived)), "of", "after", "limit")
    for only_open, query in {
        False: _PROPOSALS_OF,
        True: _PROPOSALS_OF.where(ledger_document.c.is_open),
    }.items()
}

_AGREEMENTS: Final = select(*ledger_agreement.columns)
_AT: Final = Statement(
    _AGREEMENTS.where(ledger_agreement.c.position == bindparam("which")), "which"
)
_BY_KEY: Final = Statement(_AGREEMENTS.where(ledger_agreement.c.key == bindparam("which")), "which")
_NAMED: Final = Statement(
    limited(
        _AGREEMENTS.where(
            ledger_agreement.c.author == bindparam("author"),
            ledger_agreement.c.subject == bindparam("subject"),
        ).order_by(ledger_agreement.c.position)
    ),
    *("author", "subject", "limit"),
)
_CENTERS: Final = Statement(select(ledger_agreement.c.center).distinct())
_STALE: Final = Statement(select(ledger_agreement.c.position).where(ledger_agreement.c.is_stale))
_TO_FOLD: Final = Statement(
    limited(
        select(ledger_agreement.c.position)
        .distinct()
        .join(ledger_document, ledger_document.c.agreement == ledger_agreement.c.key)
        .where(
            ledger_agreement.c.waits == false(),
            ledger_agreement.c.disputed == literal_column("''", String),
            ledger_document.c.is_open,
            IS_OUTCOMES,
            _IS_BETWEEN,
        )
    ),
    *("first", "last", "limit"),
)
_UPDATE: Final = update(ledger_agreement).where(ledger_agreement.c.position == bindparam("which"))
_STOP_WAITING: Final = Statement(_UPDATE.values(waits=false()), "which")
_SET_STALE: Final = Statement(_UPDATE.values(is_stale=true()), "which")

_AWAITED: Final = Statement(
    select(ledger_awaited.c.ref)
    .where(ledger_awaited.c.agreement == bindparam("of"))
    .order_by(ledger_awaited.c.ref),
    "of",
)
_DELETE_AWAITED: Final = Statement(
    delete(ledger_awaited).where(ledger_awaited.c.agreement == bindparam("of")), "of"
)
_CLEAR: Final = [
    Statement(delete(table).where(table.c.agreement == bindparam("of")), "of")
    for table in (
        ledger_ruling,
        ledger_entry,
        ledger_posting,
        ledger_segment,
        ledger_sum,
        ledger_statement,
        ledger_void,
    )
]


OF_NONE: Final = b""
"""The key of a document that is of no agreement."""


def key_of(origin: str, leaf_index: int, leaf_hash: bytes) -> bytes:
    """Return what stands for a reference in these tables, 32 bytes."""
    return sha256(f"{origin} {leaf_index} ".encode() + leaf_hash).digest()


def present(tx: Transaction, positions: Collection[int]) -> set[int]:
    """Return those of the positions that have a document's row."""
    return {row[0] for row in _PRESENT.rows(tx, positions)}


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
    _CLOSE.run(tx, positions)


def disown(tx: Transaction, positions: Collection[int]) -> None:
    """Have a few documents be of no agreement, whatever they say."""
    which = ledger_document.c.position.in_(positions)
    tx.execute(update(ledger_document).where(which).values(agreement=OF_NONE, is_open=False))


def reopen(tx: Transaction, agreement_key: bytes) -> None:
    """Have all proposals and outcomes of an agreement open again."""
    tx.run(_REOPEN, (agreement_key,))


def naming(tx: Transaction, proposal_keys: Collection[bytes]) -> dict[bytes, list[int]]:
    """Return the positions of the documents that name each proposal, ascending."""
    found: dict[bytes, list[int]] = {one: [] for one in proposal_keys}
    for proposal, place in _NAMING.rows(tx, found):
        found[proposal].append(place)
    return found


def pending(tx: Transaction, agreement_key: bytes, first: int, last: int, limit: int) -> list[int]:
    """Return at most `limit` open outcome documents at positions first to last, ascending."""
    return [row[0] for row in tx.all(_PENDING, (agreement_key, first, last, limit))]


def outcomes_of(tx: Transaction, agreement_key: bytes) -> list[int]:
    """Return the positions of all open outcome documents that name an agreement."""
    return [row[0] for row in tx.all(_OUTCOMES, (agreement_key,))]


def to_fold(tx: Transaction, ends: Collection[tuple[int, int, int]], limit: int) -> list[int]:
    """Return agreements that have outcomes to judge, by their positions, ascending.

    `ends` are (origin id, first leaf index, end) of the centers' logs that may be judged. Those
    that wait or are disputed are left out; those that are stale are there in any case.
    """
    found = {row[0] for row in tx.all(_STALE)}
    for origin_id, first, end in ends:
        places = (position(origin_id, first), position(origin_id, end) - 1)
        found.update(row[0] for row in tx.all(_TO_FOLD, (*places, limit)))
    return sorted(found)[:limit]


def put_agreement(tx: Transaction, row: AgreementRow) -> None:
    """Write an agreement's row."""
    put_row(tx, ledger_agreement, row)


def at(tx: Transaction, place: int) -> AgreementRow | None:
    """Return the agreement whose first version stands at a position."""
    return _agreement(tx.one(_AT, (place,)))


def by_key(tx: Transaction, key: bytes) -> AgreementRow | None:
    """Return an agreement by the key of its first version."""
    return _agreement(tx.one(_BY_KEY, (key,)))


def named(tx: Transaction, author: str, subject: bytes) -> AgreementRow | None:
    """Return the agreement that an author's name means: the lowest of that subject."""
    return _agreement(tx.one(_NAMED, (author, subject, 1)))


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
    return {row[0] for row in tx.all(_CENTERS)}


def proposals(
    tx: Transaction, agreement_key: bytes, after: int, limit: int, *, only_open: bool
) -> list[DocumentRow]:
    """Return at most `limit` proposals of an agreement that arrived after a feed position."""
    rows = tx.all(_PROPOSALS[only_open], (agreement_key, after, limit))
    return [DocumentRow._make((*row[:-1], bool(row[-1]))) for row in rows]


def set_awaited(tx: Transaction, agreement: int, refs: Sequence[str]) -> None:
    """Put the references, as JSON, that an agreement waits for in place of others."""
    tx.run(_DELETE_AWAITED, (agreement,))
    if refs:
        tx.insert_rows(ledger_awaited, [(agreement, ref, leaf_of(ref)) for ref in sorted(refs)])


def awaited(tx: Transaction, agreement: int) -> list[str]:
    """Return the references, as JSON, that an agreement waits for."""
    return [row[0] for row in tx.all(_AWAITED, (agreement,))]


def leaf_of(ref: str) -> str:
    """Return what a reference as JSON says but for the hash."""
    return ref.rpartition(",")[0]


def wait_for(tx: Transaction, row: AgreementRow, ref: str) -> None:
    """Have an agreement wait for a document, given as JSON."""
    set_awaited(tx, row.position, (ref,))
    put_agreement(tx, row._replace(waits=True))


def stop_waiting(tx: Transaction, agreements: Collection[int]) -> None:
    """Have these judged on; they may wait again."""
    if agreements:
        tx.run_many(_STOP_WAITING, [(one,) for one in sorted(agreements)])


def set_stale(tx: Transaction, agreement: int) -> None:
    """Have an agreement folded anew."""
    tx.run(_SET_STALE, (agreement,))


def clear_agreement(tx: Transaction, agreement: int) -> None:
    """Drop all that was folded of an agreement but its row."""
    for statement in _CLEAR:
        tx.run(statement, (agreement,))
    set_awaited(tx, agreement, ())


def clear(tx: Transaction) -> None:
    """Drop all rows."""
    for table in (
        ledger_document, ledger_naming, ledger_agreement, ledger_awaited, ledger_ruling,
        ledger_entry, ledger_posting, ledger_segment, ledger_sum, ledger_statement, ledger_void,
        ledger_center, ledger_covering,
    ):  # fmt: skip
        tx.execute(delete(table))


def _agreement(row: Row | None) -> AgreementRow | None:
    if row is None:
        return None
    return AgreementRow._make((*row[:-2], bool(row[-2]), bool(row[-1])))
