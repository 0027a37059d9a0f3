"""The arguments of SearchService: bounds, choices and filters; what is wrong is INVALID_FIELD."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from federation.records.codec import (
    CooperationMode,
    IpStatus,
    ListingKind,
    TechField,
    TransferMode,
)
from federation.records.days import day
from node.rpc.catalogue_arguments import (
    NUMBER_MAX,
    choice,
    members,
    record_states,
    region_beginning,
    text,
)
from node.search.query import ListingFilter
from node.search.ranking import Sort
from node.services.arguments import invalid
from node.services.catalogue.records import MANAGER, parse_name
from node.services.finding.searching import SearchQuery
from ydx.exchange.v1 import search_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUERY_MAX: Final = 1000
_VALUES_MAX: Final = 50
_NAME_MAX: Final = 200
_TRL_MAX: Final = 9
_INDUSTRY: Final = re.compile(r"[A-T](?:\d{1,4})?", re.ASCII)
_IPC: Final = re.compile(r"[A-H](?:\d{2}(?:[A-Z](?: ?\d{1,4}(?:/\d{2,6})?)?)?)?", re.ASCII)


def search_query(asked: search_pb2.SearchListingsRequest) -> SearchQuery:
    """Read query, filter and sort of SearchListings."""
    if len(asked.query) > QUERY_MAX:
        raise invalid("query", "TEXT_LENGTH", count=len(asked.query), most=QUERY_MAX)
    said = asked.filter
    sort = choice(search_pb2.SearchSort, asked.sort, "sort")
    return SearchQuery(
        text=asked.query,
        which=listing_filter(said),
        members=members(said.members),
        changed_after_position=min(said.changed_after_position, NUMBER_MAX),
        without_enquiry=said.without_enquiry,
        sort=Sort(sort) if sort else None,
        with_facets=asked.with_facets,
        ask_origin=asked.ask_origin,
    )


def kept_query(asked: search_pb2.SearchListingsRequest) -> bytes:
    """Return what is kept of a search: query and filter, without a position."""
    kept = search_pb2.SearchListingsRequest(query=asked.query, filter=asked.filter)
    kept.filter.changed_after_position = 0
    return kept.SerializeToString(deterministic=True)


def read_kept(kept: bytes) -> SearchQuery:
    """Read what `kept_query` gave; refuses INVALID_FIELD like a new search."""
    return search_query(search_pb2.SearchListingsRequest.FromString(kept))


def listing_filter(said: search_pb2.SearchFilter) -> ListingFilter:
    """Read all of a filter but members and changes."""
    _check_ranges(said)
    manager = said.manager
    if manager:
        parse_name(manager, MANAGER, "filter.manager")
    return ListingFilter(
        states=record_states(said.states),
        kind=choice(ListingKind, said.kind, "filter.kind"),
        regions=_each(said.regions, "regions", region_beginning),
        tech_fields=_choices(said.tech_fields, TechField, "tech_fields"),
        industries=_codes(said.industries, "industries", _INDUSTRY, "C34"),
        ipc=_codes(said.ipc, "ipc", _IPC, "A61K 31/41"),
        trl_min=said.trl_min,
        trl_max=said.trl_max,
        transfer_modes=_transfer_modes(said),
        cooperation_modes=_choices(said.cooperation_modes, CooperationMode, "cooperation_modes"),
        ip_statuses=_choices(said.ip_statuses, IpStatus, "ip_statuses"),
        labels=_each(said.labels, "labels", _name),
        amount_min_fen=said.amount_min_fen,
        amount_max_fen=said.amount_max_fen,
        open_licence=said.open_licence,
        open_for_enquiry=said.open_for_enquiry,
        valid_on=_day(said.valid_on, "valid_on"),
        closes_from=_day(said.closes_from, "closes_from"),
        closes_until=_day(said.closes_until, "closes_until"),
        overdue_on=_day(said.overdue_on, "overdue_on"),
        organisation=_name(said.organisation, "filter.organisation"),
        manager=manager,
    )


def _check_ranges(said: search_pb2.SearchFilter) -> None:
    for name in ("trl_min", "trl_max"):
        if getattr(said, name) > _TRL_MAX:
            raise invalid(f"filter.{name}", "RANGE_1_TO_9", getattr(said, name))
    for name in ("amount_min_fen", "amount_max_fen"):
        if getattr(said, name) < 0:
            raise invalid(f"filter.{name}", "NEGATIVE", getattr(said, name))
    for first, last in (("trl_min", "trl_max"), ("amount_min_fen", "amount_max_fen")):
        if 0 < getattr(said, last) < getattr(said, first):
            raise invalid(f"filter.{first}", "RANGE_ORDER", getattr(said, first))
    if said.closes_from and said.closes_until and said.closes_until < said.closes_from:
        raise invalid("filter.closes_from", "RANGE_ORDER", said.closes_from)


def _transfer_modes(said: search_pb2.SearchFilter) -> Sequence[int]:
    return _choices(said.transfer_modes, TransferMode, "transfer_modes")


def _each(values: Sequence[str], name: str, read: Callable[[str, str], str]) -> tuple[str, ...]:
    _check_count(values, name)
    found = [read(value, f"filter.{name}[{at}]") for at, value in enumerate(values)]
    return tuple(dict.fromkeys(found))


def _codes(
    values: Sequence[str], name: str, form: re.Pattern[str], example: str
) -> tuple[str, ...]:
    def read(value: str, field: str) -> str:
        code = value.strip().upper()
        if not form.fullmatch(code):
            raise invalid(field, "CODE_PREFIX", value, example=example)
        return code

    return _each(values, name, read)


def _choices(values: Sequence[int], enum: Any, name: str) -> tuple[int, ...]:
    _check_count(values, name)
    for at, value in enumerate(values):
        field = f"filter.{name}[{at}]"
        if not choice(enum, value, field):
            raise invalid(field, "CHOICE_UNKNOWN", value, choice=enum.DESCRIPTOR.full_name)
    return tuple(dict.fromkeys(values))


def _check_count(values: Sequence[object], name: str) -> None:
    if len(values) > _VALUES_MAX:
        raise invalid(f"filter.{name}", "TOO_MANY", count=len(values), most=_VALUES_MAX)


def _day(value: str, name: str) -> str:
    if value and day(value) is None:
        raise invalid(f"filter.{name}", "DAY_FORM", value)
    return value


def _name(value: str, field: str) -> str:
    if len(value) > _NAME_MAX:
        raise invalid(field, "TEXT_LENGTH", count=len(value), most=_NAME_MAX)
    return text(value, field)
