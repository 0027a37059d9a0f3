"""Listings as they are matched: what the caller may see of them, and no more than is compared.

Another member's listing may hold thousands of indicators, and to read one takes milliseconds. Only
as many are compared as one may be published with; it is shown whole.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from google.protobuf.message import DecodeError

from federation.log.entry import Audience
from federation.matching.score import Listed
from federation.records.codec import ListingPublic, ListingTerms
from node.services.log.contents import content_of

if TYPE_CHECKING:
    from node.services.access import Caller
    from node.storage import catalogue

INDICATORS_MAX: Final = 30
"""Of a supply or a demand; see `federation.records.shapes`."""


def bounded(public: ListingPublic) -> ListingPublic:
    """Return a listing with the indicators that are compared; it stays as it is."""
    if max(len(public.supply.indicators), len(public.demand.indicators)) <= INDICATORS_MAX:
        return public
    cut = ListingPublic()
    cut.CopyFrom(public)
    del cut.supply.indicators[INDICATORS_MAX:], cut.demand.indicators[INDICATORS_MAX:]
    return cut


def candidate(caller: Caller, stored: catalogue.Record) -> Listed | None:
    """Return a stored listing as the caller may see it; None where it cannot be read. Hot."""
    public, members = stored.parts.get(Audience.PUBLIC), stored.parts.get(Audience.MEMBERS)
    try:
        read = ListingPublic.FromString(content_of(public or b""))
    except DecodeError:
        return None
    told = None
    if members is not None and caller.reads_members_parts:
        with suppress(DecodeError):
            told = ListingTerms.FromString(content_of(members))
    return Listed(bounded(read), told) if public is not None else None
