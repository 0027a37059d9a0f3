"""Contracts, reports and views of organisations to messages of ydx.exchange.v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.partnership.codec import parse_document, which_document
from federation.partnership.documents import Unknown, Unreadable
from federation.records.refs import said_ref
from node.rpc.catalogue_messages import completeness
from node.services.partnership.contracts import DOCUMENTS_MAX
from ydx.exchange.v1 import contract_messages_pb2 as pb
from ydx.exchange.v1 import organisation_view_pb2, report_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from federation.partnership.attribution import Attributed
    from federation.partnership.documents import Standing
    from node.services.partnership.contracts import ShownContract
    from node.services.partnership.organisation_view import OrganisationView
    from node.services.partnership.reports import Report

_NO_KIND: Final = (Unknown, Unreadable)


def contract_record(shown: ShownContract) -> pb.ContractRecord:
    """Return a contract as a node shows it."""
    contract = shown.contract
    counted = {one.document.ref for one in contract.standings if one.is_valid}
    return pb.ContractRecord(
        name=shown.name,
        contract=shown.terms,
        etag=shown.etag,
        first=said_ref(contract.first),
        versions=len(contract.versions),
        agreed=said_ref(shown.agreed) if shown.agreed else None,
        confirmed=contract.is_confirmed,
        registration=int(contract.registration),  # type: ignore[arg-type] # its number
        register_number=contract.register_number,
        decided_on=shown.decided_on,
        cancelled=contract.cancellation is not None,
        attribution=map(_attribution, shown.attribution),
        allowed=shown.allowed,
        documents=_documents(shown),
        waits_for=map(said_ref, contract.waits_for[:DOCUMENTS_MAX]),
        provisional=not counted.isdisjoint(shown.provisional),
    )


def report_response(report: Report) -> report_pb2.GetReportResponse:
    """Return a report; rows are messages of its kind."""
    query = report.query
    response = report_pb2.GetReportResponse(
        kind=int(query.kind),  # type: ignore[arg-type] # its number
        from_month=query.months.first,
        until_month=query.months.last,
        member=query.member,
        on_day=query.on_day,
        sizes=[
            report_pb2.FoldedSize(origin=origin, size=size)
            for origin, size in sorted(report.sizes.items())
        ],
        waiting=report.is_waiting,
        truncated=report.is_truncated,
    )
    rows = getattr(response, query.kind.name.lower())
    for row in report.rows:
        rows.add(**row._asdict())
    return response


def organisation_view(
    found: OrganisationView,
) -> organisation_view_pb2.GetOrganisationViewResponse:
    """Return all that concerns one organisation."""
    return organisation_view_pb2.GetOrganisationViewResponse(
        supply=found.supply,
        demand=found.demand,
        enquiries=[
            organisation_view_pb2.OrganisationEnquiry(**one._asdict()) for one in found.enquiries
        ],
        contracts=map(contract_record, found.contracts),
        supply_total=found.supply_total,
        demand_total=found.demand_total,
        more=found.has_more,
        origins=map(completeness, found.origins),
    )


def _attribution(one: Attributed) -> pb.Attribution:
    return pb.Attribution(
        share=int(one.share),  # type: ignore[arg-type] # its number
        member=one.member,
        record=one.record,
        region=one.region,
    )


def _documents(shown: ShownContract) -> Iterator[pb.ContractDocument]:
    """Yield what fits into an answer: what counts before the rest, in the order of the logs."""
    standings = shown.contract.standings
    first = sorted(range(len(standings)), key=lambda at: not standings[at].is_valid)
    for one in (standings[at] for at in sorted(first[:DOCUMENTS_MAX])):
        document = one.document
        yield pb.ContractDocument(
            ref=said_ref(document.ref),
            author=document.author,
            kind=_kind(one),
            void_reason=str(one.void or ""),
            waiting=bool(one.waits_for),
            provisional=document.ref in shown.provisional,
        )


def _kind(standing: Standing) -> str:
    document = standing.document
    if isinstance(document.facts, _NO_KIND):
        return ""
    return which_document(parse_document(document.content))
