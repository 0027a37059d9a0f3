"""What may change from one revision of a record to the next (record-model.md section 5).

- The kind of a listing and the credit code of an organisation are fixed by revision 1.
- Status: PUBLISHED and ON_HOLD go to and fro; PUBLISHED → MATCHED → CLOSED_DEAL; from any to
  FLAGGED (with a reason, which the listing's own check asks for) and from FLAGGED to any. First
  comes PUBLISHED, ON_HOLD or FLAGGED.
- Validity: shortened at will; renewed once, up to 365 days after the *first* validity, which then
  cannot be dropped. Renewed means: later than any before. What was shortened may be put back, also
  to what a renewal gave, and is not renewed anew from there.
- A withdrawal is final; that is the log's rule, not one of contents.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from federation.records.codec import (
    Listing,
    ListingKind,
    ListingStatus,
    Organisation,
    choice_name,
)
from federation.records.days import day
from federation.records.findings import Finding, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.records.codec import ListingPublic, Record

RENEWAL: Final = timedelta(days=365)

_PUBLISHED: Final = ListingStatus.LISTING_STATUS_PUBLISHED
_ON_HOLD: Final = ListingStatus.LISTING_STATUS_ON_HOLD
_MATCHED: Final = ListingStatus.LISTING_STATUS_MATCHED
_CLOSED_DEAL: Final = ListingStatus.LISTING_STATUS_CLOSED_DEAL
_FLAGGED: Final = ListingStatus.LISTING_STATUS_FLAGGED
_FIRST: Final = frozenset({_PUBLISHED, _ON_HOLD, _FLAGGED})
_NEXT: Final[dict[int, frozenset[ListingStatus]]] = {
    _PUBLISHED: frozenset({_ON_HOLD, _MATCHED, _FLAGGED}),
    _ON_HOLD: frozenset({_PUBLISHED, _FLAGGED}),
    _MATCHED: frozenset({_CLOSED_DEAL, _FLAGGED}),
    _CLOSED_DEAL: frozenset({_FLAGGED}),
    _FLAGGED: frozenset({_PUBLISHED, _ON_HOLD, _MATCHED, _CLOSED_DEAL}),
}


def check_first(record: Record) -> tuple[Finding, ...]:
    """Return what forbids the record as a first revision that continues no other record."""
    if not isinstance(record, Listing) or _status(record.public) in _FIRST:
        return ()
    report = Report()
    name = choice_name(ListingStatus, record.public.status)
    report.add("STATUS_FIRST", "public.status", name)
    return report.checked(record).violations


def check_revision(
    before: Record, after: Record, *, validities: Sequence[date]
) -> tuple[Finding, ...]:
    """Return what forbids `after` as the revision that follows `before`, both checked before.

    `validities` are all that the record ever gave, the first one first.
    """
    report = Report()
    if isinstance(before, Listing) and isinstance(after, Listing):
        _check_kind(before.public, after.public, report)
        _check_status(before.public, after.public, report)
        if validities:
            _check_validity(after.public, validities, report)
    elif isinstance(before, Organisation) and isinstance(after, Organisation):
        old, new = before.public.uscc, after.public.uscc
        if old != new:
            report.add("USCC_CHANGED", "public.uscc", new, before=old)
    return report.checked(after).violations


def _status(public: ListingPublic) -> int:
    return public.status or _PUBLISHED


def _check_kind(before: ListingPublic, after: ListingPublic, report: Report) -> None:
    if before.kind != after.kind:
        was = choice_name(ListingKind, before.kind)
        report.add("KIND_CHANGED", "public.kind", choice_name(ListingKind, after.kind), before=was)


def _check_status(before: ListingPublic, after: ListingPublic, report: Report) -> None:
    old, new = _status(before), _status(after)
    allowed = _NEXT.get(old, frozenset())
    if new not in {old, *allowed}:
        choices = ", ".join(choice_name(ListingStatus, status) for status in sorted(allowed))
        was = choice_name(ListingStatus, old)
        name = choice_name(ListingStatus, new)
        report.add("STATUS_MOVE", "public.status", name, before=was, choices=choices)


def _check_validity(after: ListingPublic, validities: Sequence[date], report: Report) -> None:
    path = "public.valid_until"
    first, furthest, new = validities[0], max(validities), day(after.valid_until)
    if new is None:
        report.add("VALIDITY_REMOVED", path, after.valid_until, first=first)
    elif new > (latest := first + min(RENEWAL, date.max - first)):
        report.add("RENEWAL_TOO_LONG", path, after.valid_until, first=first, latest=latest)
    elif first < furthest < new:
        report.add("RENEWED_TWICE", path, after.valid_until)
