"""Bounds: the state of an agreement's books stays so small that every member can hold it.

- It has at most 200 versions, and at most 256 parties in all of them together.
- What is booked has its day within the hundred years from the agreement's first; a payment may
  have been made in the year before.
- At most 120 months, ten years of them, are open at once: closing months makes room.
- Without these bounds a center and the signers of an agreement could together make books that cost
  every other member more with each entry. Who goes over one is refused, alike everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.journal import EntryKind
from federation.log.errors import Refused

if TYPE_CHECKING:
    from federation.ledger.agreement import Version
    from federation.ledger.books import Books, Effect

VERSIONS_MAX: Final = 200
PARTIES_IN_ALL_MAX: Final = 256
YEARS_BEFORE: Final = 1
YEARS_MAX: Final = 100
OPEN_MONTHS_MAX: Final = 120
_DAYS: Final = {
    EntryKind.INCOME: "income_date",
    EntryKind.REVERSAL: "reversal_date",
    EntryKind.PAYMENT: "paid_on",
}


def check_versions(books: Books, facts: Version) -> Refused | None:
    """Return why an amendment would be one too many (AGREEMENT_TOO_LARGE), None if it is not."""
    if len(books.versions) >= VERSIONS_MAX:
        return _too_large("previous", "versions", len(books.versions) + 1, VERSIONS_MAX)
    known = books.keepers
    count = len(known) + sum(one.party not in known for one in facts.parties)
    if count > PARTIES_IN_ALL_MAX:
        return _too_large("parties", "parties", count, PARTIES_IN_ALL_MAX)
    return None


def check_months(books: Books, effect: Effect) -> None:
    """Refuse what would be booked on a day that is far off, or open one month too many.

    Refuses DAY_OUT_OF_REACH, TOO_MANY_OPEN_MONTHS; nothing is changed.
    """
    entry = effect.entry
    if entry is None:
        return
    first_year = int(books.versions[0].effective_from[:4])
    if not -YEARS_BEFORE <= int(entry.own_date[:4]) - first_year <= YEARS_MAX:
        earliest, latest = first_year - YEARS_BEFORE, first_year + YEARS_MAX
        raise Refused(
            "DAY_OUT_OF_REACH",
            f"{entry.own_date} is not within {earliest} to {latest}",
            field=_DAYS[entry.kind],
            value=entry.own_date,
            first_year=str(earliest),
            last_year=str(latest),
        )
    if entry.month not in books.open_months and len(books.open_months) >= OPEN_MONTHS_MAX:
        raise Refused(
            "TOO_MANY_OPEN_MONTHS",
            f"{len(books.open_months)} months are open; {entry.month} would be one more",
            field=_DAYS[entry.kind],
            value=entry.month,
            most=str(OPEN_MONTHS_MAX),
            oldest=min(books.open_months),
        )


def _too_large(field: str, what: str, count: int, most: int) -> Refused:
    return Refused(
        "AGREEMENT_TOO_LARGE",
        f"with it the agreement would have {count} {what}, {most} are the most",
        field=field,
        count=str(count),
        most=str(most),
    )
