"""The check of any record: one door for those who treat all three kinds of record alike.

Nothing here raises: findings are values, and a record that they refuse is not stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from federation.records.codec import Listing, Manager, Organisation
from federation.records.listing import check_listing
from federation.records.organisation import check_organisation
from federation.records.technology_manager import check_manager

if TYPE_CHECKING:
    from datetime import date

    from federation.records.findings import Checked

R = TypeVar("R", Listing, Organisation, Manager)


def check_record(record: R, *, today: date) -> Checked[R]:
    """Return the record to store and all that is wrong with it.

    `today` is the day in Asia/Shanghai. What binds a revision to the one before it is in
    revision.py.
    """
    if isinstance(record, Listing):
        return check_listing(record, today=today)
    if isinstance(record, Organisation):
        return check_organisation(record)
    return check_manager(record, today=today)
