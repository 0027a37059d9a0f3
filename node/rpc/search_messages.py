"""Values of the search to messages of ydx.exchange.v1, and places in its order to cursors."""

from __future__ import annotations

import struct
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from federation.records.codec import (
    CooperationMode,
    IpStatus,
    ListingKind,
    TechField,
    TransferMode,
    choice_name,
)
from node.rpc.catalogue_messages import completeness
from node.search.query import Words
from node.search.ranking import Place, Reached, Told
from ydx.exchange.v1 import record_pb2, search_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from node.search.facets import Counts
    from node.services.finding.asking import Asked
    from node.services.finding.highlighting import Highlight
    from node.services.finding.searching import SearchPage, ShownHit

_REACHED: Final = struct.Struct(">Bd16sQB")
_TOLD: Final = struct.Struct(">I16sQ")
# Column of the index, name of the filter field, and the enumeration of its values.
_FACETS: Final[Sequence[tuple[str, str, Any]]] = (
    ("kind", "kind", ListingKind),
    ("members", "members", None),
    ("regions", "regions", None),
    ("tech_field", "tech_fields", TechField),
    ("industries", "industries", None),
    ("ipc", "ipc", None),
    ("trl", "trl", None),
    ("transfer_modes", "transfer_modes", TransferMode),
    ("cooperation_modes", "cooperation_modes", CooperationMode),
    ("state", "states", record_pb2.RecordState),
    ("open_for_enquiry", "open_for_enquiry", None),
    ("ip_statuses", "ip_statuses", IpStatus),
    ("labels", "labels", None),
    ("owners", "organisation", None),
    ("open_licence", "open_licence", None),
)
_DAYS: Final = frozenset({"closes_from", "valid_on"})


def search_response(page: SearchPage, token: str) -> search_pb2.SearchListingsResponse:
    """Return the answer of SearchListings."""
    return search_pb2.SearchListingsResponse(
        hits=map(_hit, page.hits),
        next_page_token=token,
        total=page.total,
        partial_words=page.is_partial,
        facets=() if page.facets is None else _facets(page.facets),
        suggestions=page.suggestions,
        origins=map(completeness, page.origins),
        index_position=page.index_position,
        asked_origins=map(_asked, page.asked),
    )


def cursor_of(reached: Reached) -> bytes:
    """Return up to where pages were given as a cursor."""
    place, mark, told, upcoming = reached
    packed = _REACHED.pack(place.held, place.order, place.subject, mark, len(told))
    listings = b"".join(_TOLD.pack(*one) for one in (upcoming, *told))
    return packed + listings + place.origin.encode()


def read_cursor(cursor: bytes) -> Reached:
    """Read what `cursor_of` gave."""
    held, order, subject, mark, count = _REACHED.unpack_from(cursor)
    end = _REACHED.size + (1 + count) * _TOLD.size
    upcoming, *told = (Told(*one) for one in _TOLD.iter_unpack(cursor[_REACHED.size : end]))
    place = Place(Words(held), order, cursor[end:].decode(), subject)
    return Reached(place, mark, tuple(told), upcoming)


def highlight(one: Highlight) -> search_pb2.Highlight:
    """Return a piece of a text with its words."""
    return search_pb2.Highlight(
        field=one.path,
        text=one.text,
        spans=[search_pb2.Span(start=start, end=end) for start, end in one.spans],
    )


def _asked(one: Asked) -> search_pb2.AskedOrigin:
    return search_pb2.AskedOrigin(
        member=one.member, answered=one.has_answered, tree_size=one.tree_size, why=one.why
    )


def _hit(hit: ShownHit) -> search_pb2.SearchHit:
    return search_pb2.SearchHit(
        listing=hit.listing,
        score=hit.score,
        partial_words=hit.is_partial,
        highlights=map(highlight, hit.highlights),
        same_listings=hit.same_listings,
    )


def _facets(counts: Counts) -> Iterator[search_pb2.Facet]:
    for column, field, enum in _FACETS:
        values = [
            search_pb2.FacetValue(
                value=value if enum is None else choice_name(enum, int(value)), count=count
            )
            for value, count in _told(counts.values[column], column)
        ]
        if values:
            yield search_pb2.Facet(field=field, values=values)
    for field, ranges in counts.ranges.items():
        if ranges:
            shown = str if field not in _DAYS else _day
            yield search_pb2.Facet(
                field=field,
                values=[
                    search_pb2.FacetValue(
                        value=shown(one.first),
                        last="" if one.last is None else shown(one.last),
                        count=one.listings,
                    )
                    for one in ranges
                ],
            )


def _day(number: int) -> str:
    return date.fromordinal(number).isoformat()


def _told(values: Iterable[tuple[str, int]], column: str) -> Iterator[tuple[str, int]]:
    """Leave out what says nothing: TRL 0 is unknown; yes and no are written so."""
    for value, count in values:
        if column in {"open_for_enquiry", "open_licence"}:
            yield ("true" if value == "1" else "false"), count
        elif column != "trl" or value != "0":
            yield value, count
