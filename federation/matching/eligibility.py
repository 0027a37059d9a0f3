"""Which listings may be matched at all: filters that come before any points.

- A demand meets supplies and a supply meets demands; nothing meets its own kind.
- The candidate must be PUBLISHED by the fold, open for enquiry, and valid on the day: neither its
  `valid_until` nor a demand's `deadline_eoi` has passed. A listing without a last day is valid.
- Of the asking listing only the kind counts: a draft may look for partners too.

Whether the asker may see the candidate is not asked here: what it may not see, it does not have.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from federation.records.codec import ListingKind, ListingPublic
from federation.records.days import day
from federation.records.facets import RecordState

_BOTH_KINDS: Final = frozenset({ListingKind.LISTING_KIND_SUPPLY, ListingKind.LISTING_KIND_DEMAND})


class Hindrance(StrEnum):
    """Why a listing is no candidate."""

    SAME_KIND = "SAME_KIND"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    NOT_OPEN = "NOT_OPEN"
    EXPIRED = "EXPIRED"
    DEADLINE_PASSED = "DEADLINE_PASSED"


def hindrances(
    asking: ListingPublic, candidate: ListingPublic, state: RecordState, today: date
) -> tuple[Hindrance, ...]:
    """Return all that keeps a candidate out; empty where it may be matched.

    `state` is the candidate's by the fold, `today` the day in Asia/Shanghai.
    """
    found = []
    if {asking.kind, candidate.kind} != _BOTH_KINDS:
        found.append(Hindrance.SAME_KIND)
    if state != RecordState.PUBLISHED:
        found.append(Hindrance.NOT_PUBLISHED)
    if not candidate.open_for_enquiry:
        found.append(Hindrance.NOT_OPEN)
    if _has_passed(candidate.valid_until, today):
        found.append(Hindrance.EXPIRED)
    if _has_passed(candidate.demand.deadline_eoi, today):
        found.append(Hindrance.DEADLINE_PASSED)
    return tuple(found)


def may_match(
    asking: ListingPublic, candidate: ListingPublic, state: RecordState, today: date
) -> bool:
    """Say whether a candidate may be matched; see `hindrances`."""
    return not hindrances(asking, candidate, state, today)


def _has_passed(last: str, today: date) -> bool:
    when = day(last)
    return when is not None and when < today
