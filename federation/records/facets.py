"""Facets: what the catalogue shows of a record without reading its parts.

Taken from the content of the PUBLIC part, alike on every member:

- A content that is not a message of its kind, has no title, or says something that this version
  gives no meaning (an unknown status, listing kind or TRL, a NUL in a text) voids the part: the
  record goes on, its state is HIDDEN and its facets are empty. The rules of publication are not
  asked here, since they read code tables and dates.
- Organisations and managers are PUBLISHED while they are not withdrawn; a manager's field is the
  first one named.
- WITHDRAWN follows from the entry and comes before everything else.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from google.protobuf.message import DecodeError

from federation.log.batch import Facets
from federation.log.entry import KIND_LISTING, KIND_MANAGER, KIND_ORGANISATION, Operation
from federation.records.codec import ListingPublic, ManagerPublic, OrganisationPublic


class RecordState(IntEnum):
    """Derived state of a record; the numbers of ydx.exchange.v1.RecordState."""

    PUBLISHED = 1
    ON_HOLD = 2
    MATCHED = 3
    CLOSED_DEAL = 4
    FLAGGED = 5
    WITHDRAWN = 6
    HIDDEN = 7


RECORDED_AT_MS_MAX: Final = 253_402_300_799_999
"""The end of 9999, the last that a Timestamp can say; what entries say later is shown as this."""
_NOTHING: Final = (0, "", "", 0, 0, "", "", "")
HIDDEN: Final[Facets] = (RecordState.HIDDEN.value, *_NOTHING)
WITHDRAWN: Final[Facets] = (RecordState.WITHDRAWN.value, *_NOTHING)

_WITHDRAW: Final = Operation.WITHDRAW.value
_PUBLISHED: Final = RecordState.PUBLISHED.value
# By ListingStatus; unspecified is taken as PUBLISHED.
_LISTING_STATES: Final = (1, 1, 2, 3, 4, 5)
_LISTING_KINDS: Final = frozenset({1, 2})
_TRL_MAX: Final = 9


def entry_facets(kind: int, operation: int, content: bytes | None) -> Facets:
    """Return what the catalogue shows of a record by its latest entry; see `facets`."""
    return WITHDRAWN if operation == _WITHDRAW else facets(kind, content)


def facets(kind: int, content: bytes | None) -> Facets:
    """Return the facets of a record that was PUT with this PUBLIC content; None is no content.

    Total: a content that is void gives HIDDEN. About 2 µs for a listing.
    """
    if content is None:
        return HIDDEN
    try:
        found = _READERS[kind](content)
    except (DecodeError, LookupError):
        return HIDDEN
    # A NUL in a text is a NUL among the bytes, where there is hardly ever one.
    if not found[2] or (0 in content and any("\0" in text for text in _texts(found))):
        return HIDDEN
    return found


def _of_listing(content: bytes) -> Facets:
    said = ListingPublic.FromString(content)
    listing_kind, trl, status = said.kind, said.trl, said.status
    if listing_kind not in _LISTING_KINDS or trl > _TRL_MAX or status < 0:
        return HIDDEN
    return (
        _LISTING_STATES[status],
        listing_kind,
        said.title,
        said.region,
        said.tech_field,
        trl,
        said.valid_until,
        said.source_platform,
        said.source_id,
    )


def _of_organisation(content: bytes) -> Facets:
    said = OrganisationPublic.FromString(content)
    return (
        _PUBLISHED,
        0,
        said.title,
        said.region,
        0,
        0,
        "",
        said.source_platform,
        said.source_id,
    )


def _of_manager(content: bytes) -> Facets:
    said = ManagerPublic.FromString(content)
    tech_field = said.tech_fields[0] if said.tech_fields else 0
    return (
        _PUBLISHED,
        0,
        said.title,
        said.region,
        tech_field,
        0,
        "",
        said.source_platform,
        said.source_id,
    )


_READERS: Final = {
    KIND_LISTING: _of_listing,
    KIND_ORGANISATION: _of_organisation,
    KIND_MANAGER: _of_manager,
}


def _texts(found: Facets) -> tuple[str, ...]:
    return found[2], found[3], found[6], found[7], found[8]
