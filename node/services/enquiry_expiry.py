"""Ending enquiries whose deadline has passed: EXPIRED, as an entry of this node's log.

- The side that waits says it as soon as the day has passed in Asia/Shanghai. The side that owes
  says it three working days later, so that no wait is without end where the other node is down.
- Only what the fold lets a side say now is said. What is written meanwhile wins: the deadline is
  looked at once more in the transaction that writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from federation.log.errors import Refused, YdxError
from federation.partnership.steps import StepKind
from federation.records.days import day
from node.services.enquiry_documents import AskedStep
from node.services.enquiry_loading import EnquiryName, load
from node.services.write_options import WriteOptions
from node.storage import enquiries, sealed
from node.storage.enquiries import EnquiryFilter

if TYPE_CHECKING:
    from datetime import date

    from federation.partnership.deadlines import Deadline
    from node.services.enquiries import Enquiries, EnquiryParts
    from node.services.enquiry_documents import MadeDocument
    from node.services.enquiry_loading import LoadedEnquiry
    from node.services.working_days import WorkingDays
    from node.storage.transaction import Transaction

OWING_SIDE_WAITS_DAYS: Final = 3
_A_PAGE: Final = 100

_log = structlog.get_logger(__name__)


class EnquiryExpiry:
    """Ends what is overdue; one thread calls `step`."""

    def __init__(self, parts: EnquiryParts, writer: Enquiries, days: WorkingDays) -> None:
        self._parts = parts
        self._writer = writer
        self._days = days

    def step(self) -> int:
        """Write EXPIRED wherever it is due; return how many. Raises why nothing may be written."""
        today = self._parts.today()
        written = 0
        place = None
        while True:
            with self._parts.database.read() as tx:
                which = EnquiryFilter(open_only=True, due_before=today.isoformat())
                rows = enquiries.page(tx, which, place, _A_PAGE)
                due = [
                    EnquiryName(row.enquirer, row.subject)
                    for row in rows
                    if self._parts.member in {row.enquirer, row.listing_member}
                ]
                due = [name for name in due if self._is_due(tx, name, today)]
            for name in due:
                written += self._expire(name)
            if len(rows) < _A_PAGE:
                return written
            place = rows[-1].place

    def _is_due(self, tx: Transaction, name: EnquiryName, today: date) -> bool:
        try:
            loaded = load(tx, name, sealed.by_subject(tx, name.subject))
        except YdxError:
            return False  # hidden or damaged meanwhile
        return self._deadline(loaded, today) is not None

    def _expire(self, name: EnquiryName) -> bool:
        def make(_tx: Transaction, loaded: LoadedEnquiry) -> MadeDocument:
            today = self._parts.today()
            deadline = self._deadline(loaded, today)
            if deadline is None:
                raise Refused("STEP_NOT_ALLOWED", "it is not overdue any more", why="NOT_OVERDUE")
            reason = f"{deadline.day} 前未答复 / not answered by {deadline.day}"
            asked = AskedStep(kind=StepKind.EXPIRED, reason=reason)
            return self._parts.maker.step(asked, loaded, self._parts.clock(), today)

        try:
            return self._writer.write(str(name), make, WriteOptions()).is_new
        except Refused as refusal:
            _log.debug("not expired", name=str(name), reason=refusal.reason)
            return False

    def _deadline(self, loaded: LoadedEnquiry, today: date) -> Deadline | None:
        """Return the deadline for which this side may end an enquiry today."""
        member = self._parts.member
        if StepKind.EXPIRED not in loaded.folded.may_answer.get(member, frozenset()):
            return None
        waits_alone = loaded.id.enquirer == loaded.id.listing_member
        for deadline in loaded.folded.deadlines:
            over = -self._days.left(today, _day(deadline))
            grace = 0 if waits_alone or deadline.owed_by != member else OWING_SIDE_WAITS_DAYS
            if deadline.day < today.isoformat() and over >= grace:
                return deadline
        return None


def _day(deadline: Deadline) -> date:
    found = day(deadline.day)
    if found is None:
        raise AssertionError("the fold tells no other text than a day's")
    return found
