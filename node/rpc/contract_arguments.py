"""The arguments of ContractService: bounds, choices and filters; what is wrong is INVALID_FIELD."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.log.subject import check_member
from federation.partnership.codec import ContractType, RegistrationState
from federation.records.days import day
from node.rpc.catalogue_arguments import choice, region_beginning, text
from node.services.arguments import invalid
from node.services.catalogue.organisation_keys import key_of_text
from node.services.partnership.enquiry_loading import parse_enquiry_name
from node.services.partnership.reports import Months, ReportKind, ReportQuery
from node.storage.contracts import ContractFilter
from ydx.exchange.v1 import report_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ydx.exchange.v1 import contract_messages_pb2

_VALUES_MAX: Final = 50
_NAME_MAX: Final = 200
_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)


def contract_filter(said: contract_messages_pb2.ContractFilter) -> ContractFilter:
    """Read the filter of ListContracts."""
    if said.signed_from and said.signed_until and said.signed_until < said.signed_from:
        raise invalid("filter.signed_from", "RANGE_ORDER", said.signed_from)
    enquiry = b""
    if said.enquiry:
        enquiry = parse_enquiry_name(said.enquiry, "filter.enquiry").subject
    return ContractFilter(
        member=member(said.member, "filter.member"),
        organisation=organisation(said.organisation, "filter.organisation"),
        buyer_region=region_beginning(said.buyer_region, "filter.buyer_region"),
        seller_region=region_beginning(said.seller_region, "filter.seller_region"),
        types=_choices(said.types, ContractType, "types"),
        registrations=_choices(said.registrations, RegistrationState, "registrations"),
        register_number=text(said.register_number, "filter.register_number")[:_NAME_MAX],
        signed_from=_day(said.signed_from, "filter.signed_from"),
        signed_until=_day(said.signed_until, "filter.signed_until"),
        enquiry=enquiry,
        only_unconfirmed=said.only_unconfirmed,
    )


def report_query(said: report_pb2.GetReportRequest) -> ReportQuery:
    """Read what GetReport is to count."""
    kind = choice(report_pb2.ReportKind, said.kind, "kind")
    if not kind:
        raise invalid("kind", "REQUIRED")
    first, last = _month(said.from_month, "from_month"), _month(said.until_month, "until_month")
    if first and last and last < first:
        raise invalid("from_month", "RANGE_ORDER", first)
    return ReportQuery(
        kind=ReportKind(kind),
        months=Months(first, last),
        member=member(said.member, "member"),
        on_day=_day(said.on_day, "on_day"),
    )


def organisation(value: str, field: str) -> str:
    """Return the key of an organisation that is asked for by code or name; "" is none."""
    if len(value) > _NAME_MAX:
        raise invalid(field, "TEXT_LENGTH", count=len(value), most=_NAME_MAX)
    return key_of_text(text(value, field))


def member(value: str, field: str) -> str:
    """Return a member's name; "" is none."""
    try:
        if value:
            check_member(value)
    except Refused:
        raise invalid(field, "MEMBER_FORM", value) from None
    return value


def _choices(values: Sequence[int], enum: Any, name: str) -> tuple[int, ...]:
    if len(values) > _VALUES_MAX:
        raise invalid(f"filter.{name}", "TOO_MANY", count=len(values), most=_VALUES_MAX)
    return tuple(
        dict.fromkeys(
            choice(enum, value, f"filter.{name}[{at}]") for at, value in enumerate(values)
        )
    )


def _day(value: str, field: str) -> str:
    if value and day(value) is None:
        raise invalid(field, "DAY_FORM", value)
    return value


def _month(value: str, field: str) -> str:
    if value and not _MONTH.fullmatch(value):
        raise invalid(field, "MONTH_FORM", value)
    return value
