"""The arguments of CatalogueService: bounds, choices and filters; what is wrong is INVALID_FIELD.

Numbers that no database takes are cut to what it does; texts never hold a NUL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.log.subject import check_member
from federation.records.code_tables import PROVINCES
from federation.records.codec import ListingKind, TechField
from node.rpc.node_service import PAGE_SIZE_MAX
from node.search.documents import normal_region
from node.services.arguments import invalid
from node.services.catalogue.reading import RecordQuery
from node.services.catalogue.records import LISTING
from ydx.exchange.v1 import query_pb2, record_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.services.catalogue.records import RecordKind
    from ydx.exchange.v1 import listing_messages_pb2

PAGE_SIZE: Final = 50
NUMBER_MAX: Final = 2**63 - 1
_MEMBERS_MAX: Final = 100
_ETAG: Final = re.compile(r'("?)([0-9a-f]{64})\1')
_REGION: Final = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")


def page_size(
    asked: int, default: int = PAGE_SIZE, most: int = PAGE_SIZE_MAX, field: str = "page_size"
) -> int:
    """Return how many to give: 0 is the default, what is over the most is cut."""
    if asked < 0:
        raise invalid(field, "NEGATIVE", asked)
    return min(asked or default, most)


def choice(enum: Any, value: int, field: str) -> int:
    """Return a value that the enumeration has; 0 is none."""
    if value not in enum.values():
        raise invalid(field, "CHOICE_UNKNOWN", value, choice=enum.DESCRIPTOR.full_name)
    return value


def text(value: str, field: str) -> str:
    """Return a text that every database takes."""
    if "\0" in value:
        raise invalid(field, "NUL_CHARACTER")
    return value


def etag(value: str) -> str:
    """Return an etag as records have it, or "" where any will do.

    It may come without its quotes, which a shell takes off.
    """
    if not value:
        return ""
    found = _ETAG.fullmatch(value)
    if found is None:
        raise invalid("etag", "ETAG_FORM", value)
    return f'"{found[2]}"'


def request_body(method: str, request: Any) -> bytes:
    """Return what a request id stands for: a method and all that it is asked, in bytes.

    Whether it is only checked is left out, so that a check is told what the call would be, and the
    case in which the id is written: a UUID is the same in either.
    """
    request_id = request.request_id
    if not request_id:
        return b""
    if getattr(request, "validate_only", False) or request_id != request_id.lower():
        asked = type(request)()
        asked.CopyFrom(request)
        asked.request_id = request_id.lower()
        if hasattr(asked, "validate_only"):
            asked.validate_only = False
        request = asked
    return method.encode() + b"\0" + bytes(request.SerializeToString(deterministic=True))


def waits_for_peer(ack: int) -> bool:
    """Tell whether the answer waits for another member."""
    return choice(query_pb2.AckLevel, ack, "ack") == query_pb2.ACK_LEVEL_PEER


def listing_query(asked: listing_messages_pb2.ListingFilter) -> RecordQuery:
    """Read the filter of ListListings."""
    return RecordQuery(
        kind=LISTING,
        members=members(asked.members),
        states=record_states(asked.states),
        listing_kind=choice(ListingKind, asked.kind, "filter.kind"),
        region=region_beginning(asked.region, "filter.region"),
        tech_field=choice(TechField, asked.tech_field, "filter.tech_field"),
        source_platform=text(asked.source_platform, "filter.source_platform"),
        source_id=text(asked.source_id, "filter.source_id"),
        changed_after_position=min(asked.changed_after_position, NUMBER_MAX),
    )


def record_query(asked: query_pb2.RecordFilter, kind: RecordKind) -> RecordQuery:
    """Read the filter of ListOrganisations and ListManagers."""
    return RecordQuery(
        kind=kind,
        members=members(asked.members),
        states=record_states(asked.states),
        region=region_beginning(asked.region, "filter.region"),
        changed_after_position=min(asked.changed_after_position, NUMBER_MAX),
    )


def members(asked: Sequence[str]) -> Sequence[str]:
    """Return members' names, each once."""
    if len(asked) > _MEMBERS_MAX:
        raise invalid("filter.members", "TOO_MANY", count=len(asked), most=_MEMBERS_MAX)
    for at, member in enumerate(asked):
        try:
            check_member(member)
        except Refused:
            raise invalid(f"filter.members[{at}]", "MEMBER_FORM", member) from None
    return tuple(dict.fromkeys(asked))


def record_states(states: Sequence[int]) -> Sequence[int]:
    """Return states of records, each once."""
    for at, state in enumerate(states):
        field = f"filter.states[{at}]"
        if not choice(record_pb2.RecordState, state, field):
            raise invalid(field, "CHOICE_UNKNOWN", state, choice="ydx.exchange.v1.RecordState")
    return tuple(dict.fromkeys(states))


def region_beginning(region: str, field: str) -> str:
    """Return the beginning of the codes meant: 340000 and 34 are the same province."""
    if region and not _REGION.fullmatch(region):
        raise invalid(field, "REGION_PREFIX", region)
    if region and region[:2] not in PROVINCES:  # below these, divisions change every year
        raise invalid(field, "REGION_UNKNOWN", region)
    return normal_region(region)
