"""Checks of what enquiries say and contracts quote: a listing's version, and who introduced."""

from __future__ import annotations

from collections.abc import Iterable

from federation.log.errors import Refused
from federation.log.subject import parse_origin, parse_record_name
from federation.partnership.codec import DocumentRef, Introducer, ListingVersion
from federation.records.findings import Report


def check_listing(listing: ListingVersion, path: str, report: Report) -> None:
    """Report a version that does not stand in a log of the listing's member."""
    member, origin = listing_member(listing), member_of(listing.version)
    if member and origin and member != origin:
        report.add("LISTING_VERSION", f"{path}.version", listing.version.origin, member=member)


def check_introducers(introducers: Iterable[Introducer], path: str, report: Report) -> None:
    """Report introducers that name nobody."""
    for index, introducer in enumerate(introducers):
        if not (introducer.manager or introducer.organisation):
            report.add("INTRODUCER_EMPTY", f"{path}[{index}]", introducer.region)


def listing_member(listing: ListingVersion) -> str:
    """Return the member of a listing's name, "" where that is none."""
    try:
        return parse_record_name(listing.name).member
    except Refused:
        return ""


def member_of(named: DocumentRef) -> str:
    """Return the member in whose log a document stands, "" where its origin is none."""
    try:
        return parse_origin(named.origin).member
    except Refused:
        return ""
