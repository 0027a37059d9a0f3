"""What may follow what: status, validity, and what revision 1 fixes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from federation.records.codec import Listing, ListingKind, ListingStatus
from federation.records.revision import check_first, check_revision
from tests.federation.records.examples import UNIVERSITY, manager, organisation, supply
from tests.federation.records.spoiling import told

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST_UNTIL = (date(2027, 6, 30),)
_ALLOWED = {
    "PUBLISHED": {"ON_HOLD", "MATCHED", "FLAGGED"},
    "ON_HOLD": {"PUBLISHED", "FLAGGED"},
    "MATCHED": {"CLOSED_DEAL", "FLAGGED"},
    "CLOSED_DEAL": {"FLAGGED"},
    "FLAGGED": {"PUBLISHED", "ON_HOLD", "MATCHED", "CLOSED_DEAL"},
}


def _with(status: str = "PUBLISHED", until: str = "2027-06-30") -> Listing:
    listing = supply()
    listing.public.status = getattr(ListingStatus, f"LISTING_STATUS_{status}")
    listing.public.valid_until = until
    return listing


def _rules(before: Listing, after: Listing, validities: Sequence[date] = _FIRST_UNTIL) -> list[str]:
    return [found.rule for found in check_revision(before, after, validities=validities)]


@pytest.mark.parametrize("before", _ALLOWED)
@pytest.mark.parametrize("after", _ALLOWED)
def test_status_moves_as_the_life_cycle_says(before: str, after: str) -> None:
    good = before == after or after in _ALLOWED[before]
    assert _rules(_with(before), _with(after)) == ([] if good else ["STATUS_MOVE"])


def test_status_that_is_not_set_counts_as_published() -> None:
    assert _rules(_with("UNSPECIFIED"), _with("MATCHED")) == []


def test_refused_move_names_what_may_follow() -> None:
    (found,) = check_revision(_with("MATCHED"), _with("PUBLISHED"), validities=_FIRST_UNTIL)
    assert "LISTING_STATUS_CLOSED_DEAL" in found.text_en
    assert "LISTING_STATUS_CLOSED_DEAL" in found.text_zh


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        ("PUBLISHED", []),
        ("UNSPECIFIED", []),
        ("ON_HOLD", []),
        ("FLAGGED", []),
        ("MATCHED", ["STATUS_FIRST"]),
        ("CLOSED_DEAL", ["STATUS_FIRST"]),
    ],
)
def test_first_status(status: str, rules: list[str]) -> None:
    assert [found.rule for found in check_first(_with(status))] == rules


@pytest.mark.parametrize(
    ("sentence", "given", "after", "rules"),
    [
        ("unchanged", "2027-06-30", "2027-06-30", []),
        ("shortened", "2027-06-30", "2027-01-31", []),
        ("shortened and put back", "2027-06-30 2027-01-31", "2027-06-30", []),
        ("shortened and then renewed", "2027-06-30 2027-01-31", "2028-06-29", []),
        ("renewed by 365 days", "2027-06-30", "2028-06-29", []),
        ("renewed by 366 days", "2027-06-30", "2028-06-30", ["RENEWAL_TOO_LONG"]),
        ("renewed twice", "2027-06-30 2027-12-31", "2028-01-01", ["RENEWED_TWICE"]),
        ("shortened after a renewal", "2027-06-30 2027-12-31", "2027-11-30", []),
        ("renewed, shortened, put back", "2027-06-30 2027-12-31 2027-01-31", "2027-12-31", []),
        (
            "renewed, shortened to the first, renewed again",
            "2027-06-30 2027-12-31 2027-06-30",
            "2028-01-01",
            ["RENEWED_TWICE"],
        ),
        (
            "renewed, shortened below the first, renewed again",
            "2027-06-30 2027-12-31 2027-01-31",
            "2028-01-01",
            ["RENEWED_TWICE"],
        ),
        ("for ever, then shortened", "9999-12-31", "2027-12-31", []),
        ("for nearly ever, then for ever", "9999-06-30", "9999-12-31", []),
        ("dropped", "2027-06-30", "", ["VALIDITY_REMOVED"]),
    ],
)
def test_validity(sentence: str, given: str, after: str, rules: list[str]) -> None:
    validities = list(map(date.fromisoformat, given.split()))
    before = _with(until=f"{validities[-1]}")
    assert _rules(before, _with(until=after), validities) == rules, sentence


def test_validity_may_be_given_late() -> None:
    assert _rules(_with(until=""), _with(until="2030-01-01"), ()) == []


def test_kind_is_fixed() -> None:
    after = _with()
    after.public.kind = ListingKind.LISTING_KIND_DEMAND
    assert _rules(_with(), after) == ["KIND_CHANGED"]


def test_credit_code_is_fixed() -> None:
    after = organisation()
    after.public.uscc = UNIVERSITY
    found = check_revision(organisation(), after, validities=())
    assert told(found) == [("USCC_CHANGED", "public.uscc")]


def test_manager_may_change_all() -> None:
    after = manager()
    after.public.region = "340100"
    assert check_revision(manager(), after, validities=()) == ()
    assert check_first(manager()) == ()


def test_numbers_of_a_newer_version_do_not_raise() -> None:
    after = _with()
    after.public.status = 77  # type: ignore[assignment]
    after.public.kind = 77  # type: ignore[assignment]
    assert _rules(_with(), after) == ["KIND_CHANGED", "STATUS_MOVE"]
    assert _rules(after, _with()) == ["KIND_CHANGED", "STATUS_MOVE"]
    assert [found.rule for found in check_first(after)] == ["STATUS_FIRST"]
