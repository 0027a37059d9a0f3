"""Ending enquiries whose deadline has passed: EXPIRED, as an entry of this node's log.

- The side that waits says it as soon as the day has passed in Asia/Shanghai, if it hears the other
  side: else the answer may be on its way.
- A side that owes, or does not hear the other, says it three working days later, so that no wait is
  without end where the other node is down. They are counted from the day on which this program
  began, if that is later, since nobody could answer here before: but only while the day has passed
  by less than twenty, so that no row of restarts puts it off for ever.
- What the other side asks for sooner than this node would ask, from its own last step, ends nothing
  sooner: nobody lets our own node end what our people have had no time for.
- Only what the fold lets a side say now is said. What is written meanwhile wins: the deadline is
  looked at once more in the transaction that writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from federation.log.errors import Refused, YdxError
from federation.partnership.codec import parse_document, recorded_at_ms
from federation.partnership.steps import StepKind
from federation.records.days import day
from node.services.catalogue.records import shanghai_day
from node.services.log.write_options import WriteOptions
from node.services.partnership.enquiry_documents import AskedStep
from node.services.partnership.enquiry_loading import EnquiryName, load
from node.storage import enquiries, sealed
from node.storage.enquiries import EnquiryFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from federation.partnership.deadlines import Deadline
    from node.services.partnership.enquiries import Enquiries, EnquiryParts
    from node.services.partnership.enquiry_documents import MadeDocument
    from node.services.partnership.enquiry_loading import LoadedEnquiry
    from node.services.partnership.working_days import WorkingDays
    from node.services.sync.node_status import OriginFacts
    from node.storage.transaction import Transaction

OWING_SIDE_WAITS_DAYS: Final = 3
WAITS_AT_MOST_DAYS: Final = 20
_A_PAGE: Final = 100

_log = structlog.get_logger(__name__)


class EnquiryExpiry:
    """Ends what is overdue; one thread calls `step`."""

    def __init__(
        self,
        parts: EnquiryParts,
        writer: Enquiries,
        days: WorkingDays,
        completeness: Callable[[], Sequence[OriginFacts]],
    ) -> None:
        """`completeness` tells of each origin how far it is known here."""
        self._parts = parts
        self._writer = writer
        self._days = days
        self._completeness = completeness
        self._began = parts.today()
        self._unheard: frozenset[str] = frozenset()

    def step(self) -> int:
        """Write EXPIRED wherever it is due; return how many. Raises why nothing may be written."""
        today = self._parts.today()
        self._unheard = frozenset(
            one.member for one in self._completeness() if one.state != "COMPLETE"
        )
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
            if left := ", ".join(sorted(loaded.id.parties - set(self._parts.members()))):
                reason += f"；{left} 已退出联邦 / {left} has left the federation"
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
        others = loaded.id.parties - {member}
        for deadline in loaded.folded.deadlines:
            if deadline.day >= today.isoformat():
                continue
            owes = deadline.owed_by == member
            if not others or not (owes or others & self._unheard):
                return deadline
            if -self._days.left(today, self._counted_from(loaded, deadline, today)) >= (
                OWING_SIDE_WAITS_DAYS
            ):
                return deadline
        return None

    def _counted_from(self, loaded: LoadedEnquiry, deadline: Deadline, today: date) -> date:
        """Return the day after which a side waits on that owes or does not hear the other."""
        from_day = _day(deadline)
        mine = [one for one in loaded.folded.chain if one.author == self._parts.member]
        if mine:
            said_s = recorded_at_ms(parse_document(mine[-1].content)) / 1000
            said_on = shanghai_day(min(said_s, self._parts.clock()))
            from_day = max(from_day, self._days.after(said_on, self._parts.rules.answer_days))
        if -self._days.left(today, from_day) < WAITS_AT_MOST_DAYS:
            from_day = max(from_day, self._began)
        return from_day


def _day(deadline: Deadline) -> date:
    found = day(deadline.day)
    if found is None:
        raise AssertionError("the fold tells no other text than a day's")
    return found
