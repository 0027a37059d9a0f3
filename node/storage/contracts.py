"""Rows of contracts: put by the view, read by lists and reports.

Pages are in the order of positions and go on behind the last one. What a freeze hides has no row:
the view folds its subjects again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, bindparam, delete, or_, select, tuple_

from node.storage.contract_tables import contract, contract_enquiry
from node.storage.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement

    from node.storage.transaction import Transaction


class QuotedEnquiry(NamedTuple):
    """An enquiry that a contract quotes, and its two members."""

    subject: bytes
    enquirer: str
    listing_member: str


class ContractRow(NamedTuple):
    """A row; the columns of `contract_tables.contract`, in its order."""

    position: int
    subject: bytes
    author: str
    buyer: str
    seller: str
    center: str
    buyer_region: str
    seller_region: str
    buyer_organisation: str
    seller_organisation: str
    seller_nature: str
    type: int
    signed_on: str
    contract_amount_fen: int
    technical_amount_fen: int
    registration: int
    register_number: str
    decided_on: str
    is_agreed: bool
    is_confirmed: bool
    is_cancelled: bool
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFilter:
    """Which contracts. What is empty does not filter.

    `member` is the buyer's, the seller's or the center; `organisation` the buyer's or the seller's;
    `party` is (member, organisation) of one side, of whoever asks;
    `signed_from` and `signed_until` are days; `buyer_region` and `seller_region` are beginnings of
    codes; `enquiry` is the subject of one that is quoted; `register_number` is whole.
    """

    member: str = ""
    organisation: str = ""
    party: tuple[str, str] | None = None
    buyer_region: str = ""
    seller_region: str = ""
    types: Sequence[int] = ()
    registrations: Sequence[int] = ()
    register_number: str = ""
    signed_from: str = ""
    signed_until: str = ""
    enquiry: bytes = b""
    only_unconfirmed: bool = False


_EVERY = Statement(select(*contract.columns).order_by(contract.c.position))
_QUOTED = Statement(
    select(*contract_enquiry.columns).order_by(
        contract_enquiry.c.contract, contract_enquiry.c.number
    )
)
_DELETE_ENQUIRIES = Statement(
    delete(contract_enquiry).where(
        contract_enquiry.c.contract.in_(
            select(contract.c.position).where(contract.c.subject == bindparam("subject"))
        )
    ),
    "subject",
)
_DELETE = Statement(delete(contract).where(contract.c.subject == bindparam("subject")), "subject")


def replace(
    tx: Transaction,
    subject: bytes,
    rows: Sequence[tuple[ContractRow, Sequence[QuotedEnquiry]]],
) -> None:
    """Put these rows in place of those of a subject."""
    tx.run(_DELETE_ENQUIRIES, (subject,))
    tx.run(_DELETE, (subject,))
    if not rows:
        return
    tx.insert_rows(contract, [tuple(row) for row, _ in rows])
    quoted = [
        (row.position, number, *enquiry)
        for row, enquiries in rows
        for number, enquiry in enumerate(enquiries)
    ]
    if quoted:
        tx.insert_rows(contract_enquiry, quoted)


def clear(tx: Transaction) -> None:
    """Remove all rows."""
    tx.execute(delete(contract_enquiry))
    tx.execute(delete(contract))


def page(tx: Transaction, which: ContractFilter, after: int, limit: int) -> list[ContractRow]:
    """Return at most `limit` contracts behind a position, in the order of positions."""
    query = (
        select(contract)
        .where(contract.c.position > after, *_conditions(which))
        .order_by(contract.c.position)
        .limit(limit)
    )
    return [ContractRow(*row) for row in tx.execute(query)]


def every(tx: Transaction) -> Iterator[ContractRow]:
    """Yield all contracts in the order of positions."""
    for row in tx.stream(_EVERY):
        yield ContractRow(*row)


def is_any_waiting(tx: Transaction) -> bool:
    """Tell whether a contract waits for a document."""
    query = select(contract.c.position).where(contract.c.is_waiting).limit(1)
    return tx.execute(query).first() is not None


def enquiries(tx: Transaction) -> dict[int, list[QuotedEnquiry]]:
    """Return the enquiries that each contract quotes, by its position."""
    found: dict[int, list[QuotedEnquiry]] = {}
    for place, _, *quoted in tx.stream(_QUOTED):
        found.setdefault(place, []).append(QuotedEnquiry(*quoted))
    return found


def _conditions(which: ContractFilter) -> Iterator[ColumnElement[bool]]:
    columns = contract.c
    if which.member:
        members = (columns.buyer, columns.seller, columns.center)
        yield or_(*(column == which.member for column in members))
    if which.organisation:
        keys = (columns.buyer_organisation, columns.seller_organisation)
        yield or_(*(column == which.organisation for column in keys))
    if which.party is not None:
        buyer = tuple_(columns.buyer, columns.buyer_organisation)
        seller = tuple_(columns.seller, columns.seller_organisation)
        yield or_(buyer == tuple_(*which.party), seller == tuple_(*which.party))
    for name in ("buyer_region", "seller_region"):
        beginning = getattr(which, name)
        if beginning:
            yield columns[name].startswith(beginning, autoescape=True)
    for name, values in (("type", which.types), ("registration", which.registrations)):
        if values:
            yield columns[name].in_(values)
    if which.register_number:
        yield columns.register_number == which.register_number
    yield from _more_conditions(which)


def _more_conditions(which: ContractFilter) -> Iterator[ColumnElement[bool]]:
    columns = contract.c
    if which.signed_from:
        yield columns.signed_on >= which.signed_from
    if which.signed_until:
        yield and_(columns.signed_on != "", columns.signed_on <= which.signed_until)
    if which.only_unconfirmed:
        yield and_(~columns.is_confirmed, ~columns.is_cancelled)
    if which.enquiry:
        quoting = select(contract_enquiry.c.contract)
        yield columns.position.in_(quoting.where(contract_enquiry.c.subject == which.enquiry))
