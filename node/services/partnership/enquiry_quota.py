"""How much one organisation may write in a day of Asia/Shanghai, so that none crowds out others.

- New enquiries: `enquiries_a_day`; notes, contacts, and questions with their answers, of which an
  enquiry may have any number: NOTES_TO_AN_ENQUIRY times as many. A clerk's are the member's own and
  have no limit, nor has what takes consent back.
- What is written is counted in its own transaction; a repeat that writes nothing is not.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.log.errors import Refused
from node.services.access import Role
from node.services.catalogue.organisation_keys import key_of_text
from node.services.catalogue.records import shanghai_day
from node.storage import enquiries

if TYPE_CHECKING:
    from datetime import date

    from node.services.access import Caller
    from node.services.log.write_options import WriteOptions
    from node.storage.transaction import Transaction

NOTES_TO_AN_ENQUIRY: Final = 10
_SHANGHAI_AHEAD: Final = timedelta(hours=8)


class Quota(NamedTuple):
    """At most `most` of `what` a day, counted under a key."""

    key: str
    most: int
    what: str

    def charge(self, tx: Transaction, now_s: float, options: WriteOptions) -> None:
        """Count one more; refuses ENQUIRY_QUOTA, with the seconds until the day is over.

        A rehearsal, which may write nothing, is refused alike.
        """
        today = shanghai_day(now_s)
        if enquiries.submitted_on(tx, self.key, today.isoformat()) >= self.most:
            wait_s = max(1, math.ceil(midnight_s(today + timedelta(days=1)) - now_s))
            raise Refused(
                "ENQUIRY_QUOTA",
                f"the organisation has submitted {self.most} {self.what} today",
                most=str(self.most),
                retry_after_s=str(wait_s),
            )
        if not options.validate_only:
            enquiries.count_submitted(tx, self.key, today.isoformat())


def of_enquiries(organisation: str, enquiries_a_day: int) -> Quota:
    """Return what an organisation may submit, by its key."""
    return Quota(organisation, enquiries_a_day, "enquiries")


def of_notes(caller: Caller, enquiries_a_day: int) -> Quota | None:
    """Return what a caller may add to enquiries; None for as much as it likes."""
    if Role.CLERK in caller.roles:
        return None
    # Keys of organisations have no blanks.
    key = f"notes {key_of_text(caller.organisation) or f'platform {caller.source_platform}'}"
    return Quota(key, NOTES_TO_AN_ENQUIRY * enquiries_a_day, "notes, contacts and questions")


def midnight_s(day: date) -> float:
    """Return when a day begins in Shanghai, in Unix seconds."""
    return (datetime.combine(day, time(), UTC) - _SHANGHAI_AHEAD).timestamp()
