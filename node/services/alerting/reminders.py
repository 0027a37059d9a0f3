"""Reminders: each deadline of an enquiry is told when it is near, and once more when it has passed.

- Near is what the lists call so: `remind_days` working days are left at most. What was overdue
  before it was ever near, while the node was down, is told as overdue only.
- Told once for each deadline and moment, by a row that stays: a restart tells nothing anew, a
  deadline that is moved is another one.
- A saved query of reminders hears of them by number, as others of listings by feed position:
  by poll, stream and webhook, at least once, never a gap. Each caller hears of enquiries that it
  finds in its lists; that something is near only while it is, that it has passed always.
- A reminder is the name of an enquiry, what is awaited, by when and of which member. Nothing
  personal, nothing that somebody wrote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused
from federation.partnership.deadlines import ASKS_DECISION
from node.services.partnership.enquiry_access import seen_by
from node.services.partnership.enquiry_loading import EnquiryName
from node.storage import reminders
from node.storage.enquiries import EnquiryFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from node.services.access import Caller
    from node.services.partnership.working_days import WorkingDays
    from node.storage.database import Database
    from node.storage.reminders import ReminderRow

KIND: Final = "REMINDER"


@dataclass(frozen=True, slots=True)
class Reminder:
    """`awaits` is ANSWER or DECISION, `moment` DUE_SOON or OVERDUE; `due_on` is YYYY-MM-DD.

    `state` is the StepKind that the enquiry stands at now.
    """

    number: int
    name: str
    state: int
    awaits: str
    due_on: str
    owed_by: str
    moment: str


@dataclass(frozen=True, slots=True)
class ReminderPage:
    """Reminders in order, the number to go on from, and whether there are more now."""

    reminders: Sequence[Reminder]
    number: int
    more: bool


@dataclass(slots=True)
class Reminders:
    """Finds what is to be told; one thread calls `step`, any may read."""

    database: Database
    member: str
    days: WorkingDays
    remind_days: int
    today: Callable[[], date]
    listeners: list[Callable[[], None]] = field(default_factory=list)
    """Called when there is something new; they must not wait."""

    def step(self) -> int:
        """Tell what is near or overdue today and was not told; return how many."""
        today, soon_before = self._days()
        with self.database.write() as tx:
            added = reminders.add_due(tx, self.member, today, soon_before, ASKS_DECISION)
        if added:
            for listener in self.listeners:
                listener()
        return added

    def counts(self) -> Mapping[str, int]:
        """Return how many deadlines are DUE_SOON and OVERDUE now."""
        today, soon_before = self._days()
        with self.database.read() as tx:
            return reminders.counts(tx, self.member, today, soon_before)

    def end(self) -> int:
        """Return the number of the newest."""
        with self.database.read(snapshot=False) as tx:
            return reminders.last(tx)

    def page(self, caller: Caller, after: int, limit: int) -> ReminderPage:
        """Return the first reminders behind a number; refuses POSITION_IN_FUTURE."""
        which = EnquiryFilter(seen=seen_by(caller, self.member))
        with self.database.read() as tx:
            last = reminders.last(tx)
            if after > last:
                what = f"reminders have come to {last}, not to {after}"
                raise Refused("POSITION_IN_FUTURE", what, position=str(last))
            rows = reminders.after(tx, after, which, limit + 1)
        more = len(rows) > limit
        told = [_reminder(row) for row in rows[:limit]]
        return ReminderPage(told, told[-1].number if more else last, more)

    def _days(self) -> tuple[str, str]:
        """Return today, and the first day that is not near yet."""
        today = self.today()
        return today.isoformat(), self.days.after(today, self.remind_days + 1).isoformat()


def _reminder(row: ReminderRow) -> Reminder:
    return Reminder(
        number=row.number,
        name=str(EnquiryName(row.enquirer, row.subject)),
        state=row.state,
        awaits=row.due,
        due_on=row.day,
        owed_by=row.owed_by,
        moment=row.moment,
    )
