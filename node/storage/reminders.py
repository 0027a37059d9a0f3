"""Reminders: one row for each deadline and moment that it is told of, numbered as they come.

- A deadline and a moment have one row for ever; so nothing is told anew, whatever stops a node.
- The numbers are this node's own, without gaps. That something is due soon is listed while it is;
  that it was overdue always, since an overdue enquiry is ended by a step of the same minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, case, func, insert, literal, or_, select

from node.storage.caller_tables import reminder
from node.storage.enquiries import EnquiryFilter, conditions
from node.storage.schema import enquiry

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement

    from node.storage.transaction import Transaction

ANSWER: Final = "ANSWER"
DECISION: Final = "DECISION"
DUE_SOON: Final = "DUE_SOON"
OVERDUE: Final = "OVERDUE"
_OPEN: Final = {ANSWER: enquiry.c.answer_due, DECISION: enquiry.c.decision_due}
_SAME: Final = and_(
    enquiry.c.subject == reminder.c.subject,
    enquiry.c.enquirer == reminder.c.enquirer,
    enquiry.c.listing_member == reminder.c.listing_member,
)


class ReminderRow(NamedTuple):
    """One reminder, with the state of its enquiry now (a StepKind)."""

    number: int
    subject: bytes
    enquirer: str
    listing_member: str
    due: str
    day: str
    moment: str
    owed_by: str
    state: int


def add_due(
    tx: Transaction, member: str, today: str, soon_before: str, listing_owes: Collection[int]
) -> int:
    """Add what is to be told today of a member's open enquiries; return how many.

    What ends before `today` is overdue; what ends before `soon_before` else is due soon. In the
    states `listing_owes` the listing's member owes the answer, else the enquirer; the decision is
    always its own.
    """
    found = []
    asks_listing = enquiry.c.state.in_([int(state) for state in listing_owes])
    answerer = case((asks_listing, enquiry.c.listing_member), else_=enquiry.c.enquirer)
    for due, column in _OPEN.items():
        owed_by = answerer if due == ANSWER else enquiry.c.listing_member
        for moment, is_now in (
            (OVERDUE, column < today),
            (DUE_SOON, and_(column >= today, column < soon_before)),
        ):
            told = select(reminder.c.number).where(
                _SAME,
                reminder.c.due == due,
                reminder.c.day == column,
                reminder.c.moment == moment,
            )
            columns = enquiry.c.subject, enquiry.c.enquirer, enquiry.c.listing_member
            query = select(*columns, literal(due), column, literal(moment), owed_by).where(
                is_now, *_is_open(column, member), ~told.exists()
            )
            found += [tuple(row) for row in tx.execute(query.order_by(*columns))]
    number = last(tx)
    rows = [(number + count, *row) for count, row in enumerate(found, start=1)]
    if rows:
        names = reminder.columns.keys()
        tx.execute(insert(reminder), [dict(zip(names, row, strict=True)) for row in rows])
    return len(rows)


def last(tx: Transaction) -> int:
    """Return the number of the newest reminder, 0 before the first."""
    return tx.execute(select(func.max(reminder.c.number))).scalar() or 0


def after(tx: Transaction, number: int, which: EnquiryFilter, limit: int) -> list[ReminderRow]:
    """Return at most `limit` reminders behind a number, of the enquiries that a filter lets pass.

    What was due soon and is met, moved or ended by now is left out.
    """
    is_open = [
        and_(reminder.c.due == due, reminder.c.day == column) for due, column in _OPEN.items()
    ]
    query = (
        select(*reminder.columns, enquiry.c.state)
        .join(enquiry, _SAME)
        .where(
            reminder.c.number > number,
            or_(
                reminder.c.moment == OVERDUE,
                and_(enquiry.c.is_ended.is_(False), or_(*is_open)),
            ),
        )
        .where(*conditions(which))
        .order_by(reminder.c.number)
        .limit(limit)
    )
    return [ReminderRow(*row) for row in tx.execute(query)]


def counts(tx: Transaction, member: str, today: str, soon_before: str) -> dict[str, int]:
    """Return how many open deadlines of a member's enquiries are due soon, and overdue."""
    counted = {DUE_SOON: 0, OVERDUE: 0}
    for column in _OPEN.values():
        for moment, is_now in (
            (OVERDUE, column < today),
            (DUE_SOON, and_(column >= today, column < soon_before)),
        ):
            query = select(func.count()).select_from(enquiry)
            counted[moment] += tx.execute(
                query.where(is_now, *_is_open(column, member))
            ).scalar_one()
    return counted


def _is_open(column: ColumnElement[str], member: str) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of an open deadline that a member has to do with."""
    return (
        enquiry.c.is_ended.is_(False),
        column != "",
        or_(enquiry.c.enquirer == member, enquiry.c.listing_member == member),
    )
