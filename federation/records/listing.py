"""Listings: what a supply or demand must be to be published (record-model.md sections 1 to 3).

- A listing is checked as it will be stored: `check_listing` gives back its normal form.
- Where the quick look finds nothing, the fields are not walked: see `quick_look`.
- Its three parts are read by different people: texts of public and members hold no personal data;
  what stands in origin is personal, so no finding tells its value.
- What belongs to the other kind of listing is refused, not ignored.
- Only publication compares with `today`, and refuses by it only days that have yet to come: that a
  listing has expired is a warning, and its display is the reader's matter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from federation.records.codec import (
    Classification,
    ListingKind,
    ListingStatus,
    choice_name,
    drop_output,
    without_output,
)
from federation.records.days import check_has_come, warn_if_over
from federation.records.demand import check_demand
from federation.records.disclosure import check_disclosed, check_visible
from federation.records.fields import walk
from federation.records.findings import Checked, Report
from federation.records.quantities import check_price
from federation.records.quick_look import QuickLook
from federation.records.shapes import LISTING_CONTACTS, LISTING_PUBLIC, LISTING_TERMS
from federation.records.supply import check_supply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from federation.records.codec import Listing, ListingPublic

_LOOK: Final = QuickLook(LISTING_PUBLIC, LISTING_TERMS, LISTING_CONTACTS)
_SUPPLY: Final = ListingKind.LISTING_KIND_SUPPLY
_DEMAND: Final = ListingKind.LISTING_KIND_DEMAND
_FLAGGED: Final = ListingStatus.LISTING_STATUS_FLAGGED
_REFUSED: Final = frozenset(
    {
        Classification.CLASSIFICATION_IMPORTANT,
        Classification.CLASSIFICATION_CORE,
        Classification.CLASSIFICATION_SECRET,
    }
)
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_SHORT_NAME: Final = re.compile(
    r"[\u4e00-\u9fff]{1,4}[ -]?[A-Za-z]{0,3}-?\d+|[A-Za-z0-9][A-Za-z0-9 .-]*(?:型号?|号|系列)"
)
_SERIAL: Final = re.compile(r"\d{3}")
_WORD_LEAST: Final = 4
"""Letters of a word that says something: beside the number of a model stand shorter ones."""


def check_listing(listing: Listing, *, today: date) -> Checked[Listing]:
    """Return the listing to store and all that is wrong with it; never raises.

    `today` is the day in Asia/Shanghai. The rules that compare a revision with the one before it
    are in revision.py.
    """
    record = without_output(listing)
    return _checked(record, today, is_doubtful=not _LOOK.finds_nothing(record))


def check_in_place(listings: Sequence[Listing], *, today: date) -> list[Checked[Listing]]:
    """Do what `check_listing` does with listings themselves, which nobody else may need as given.

    For the hot path: a copy takes an eighth of the check. Each step is done for all before the
    next, since a processor repeats what it has just done sooner: that is another tenth.
    """
    for listing in listings:
        drop_output(listing)
    doubtful = [not _LOOK.finds_nothing(listing) for listing in listings]
    return [
        _checked(listing, today, is_doubtful=is_doubtful)
        for listing, is_doubtful in zip(listings, doubtful, strict=True)
    ]


def _checked(record: Listing, today: date, *, is_doubtful: bool) -> Checked[Listing]:
    public, members = record.public, record.members
    report = Report()
    if is_doubtful:
        walk(public, LISTING_PUBLIC, "public", report)
        walk(members, LISTING_TERMS, "members", report)
        check_disclosed(report)
    _check_public(public, today, report)
    if public.kind == _SUPPLY:
        check_supply(record, today, report)
    elif public.kind == _DEMAND:
        check_demand(record, today, report)
    if members.HasField("price"):
        check_price(members.price, "members.price", report)
    if members.HasField("budget"):
        check_price(members.budget, "members.budget", report)
    if is_doubtful:
        report.mute()
        walk(record.origin, LISTING_CONTACTS, "origin", report)
        check_visible(report)
    return report.checked(record)


def _check_public(public: ListingPublic, today: date, report: Report) -> None:
    if public.title:
        _check_title(public.title, report)
    if public.classification in _REFUSED:
        name = choice_name(Classification, public.classification)
        report.add("CLASSIFICATION_REFUSED", "public.classification", name)
    if public.status == _FLAGGED and not public.status_reason:
        report.add("REQUIRED", "public.status_reason")
    if public.trl_estimated and not (public.trl and public.declared_stage):
        report.add("TRL_ESTIMATE", "public.trl", public.trl)
    check_has_come(public.published_on, "public.published_on", today, report)
    warn_if_over(public.valid_until, "public.valid_until", today, report)
    if public.HasField("owner"):
        owner = public.owner
        if not owner.uscc and owner.name:
            report.add("E_UNRESOLVED", "public.owner", owner.name)


def _check_title(title: str, report: Report) -> None:
    """Report a title that does not say what the technology is: a number, a brand, a model."""
    if not any(map(str.isalpha, title)):
        report.add("TITLE_ONLY_NUMBER", "public.title", title)
    elif _HAN.search(title):
        if _SHORT_NAME.fullmatch(title):
            report.add("E_TITLE", "public.title", title)
    elif _is_model(title):
        report.add("TITLE_ONLY_BRAND", "public.title", title)
    else:
        report.add("E_LANG", "public.title", title)


def _is_model(title: str) -> bool:
    """Tell a title without Chinese that is a brand or model: XR-2000, XR 2000 B."""
    words = title.split()
    if len(words) == 1:
        return not title.isalpha()
    return _SERIAL.search(title) is not None and not any(
        len(word) >= _WORD_LEAST and not any(map(str.isdigit, word)) for word in words
    )
