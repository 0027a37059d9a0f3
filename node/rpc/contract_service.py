"""ContractService: contracts, reports over them, and all about one organisation.

- Request ids are bound to the caller, the method and the whole request.
- Page tokens are bound to the filter; the page size may change between pages.
- A write answers with the contract as it stands after it, also where it stood so before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from node.rpc.catalogue_arguments import etag, page_size, request_body, waits_for_peer
from node.rpc.catalogue_messages import completeness, warnings
from node.rpc.contract_arguments import contract_filter, organisation, report_query
from node.rpc.contract_messages import contract_record, organisation_view, report_response
from node.services.arguments import invalid
from node.services.log.write_options import WriteOptions
from ydx.exchange.v1 import contract_messages_pb2 as messages
from ydx.exchange.v1 import contract_service_pb2 as pb
from ydx.exchange.v1 import organisation_view_pb2, report_pb2

if TYPE_CHECKING:
    from node.rpc.page_tokens import PageTokens
    from node.services.access import Caller
    from node.services.log.sequencer import Sequencer
    from node.services.partnership.contract_writing import ContractWriting, WrittenDocument
    from node.services.partnership.contracts import Contracts
    from node.services.partnership.organisation_view import OrganisationViews
    from node.services.partnership.reports import Reports

SERVICE: Final = pb.DESCRIPTOR.services_by_name["ContractService"]
_CURSOR_BYTES: Final = 8
_LIST: Final = "ListContracts"


@dataclass(frozen=True, slots=True)
class ContractServicer:
    """The servicer; one a node."""

    sequencer: Sequencer
    writing: ContractWriting
    contracts: Contracts
    reports: Reports
    organisations: OrganisationViews
    tokens: PageTokens

    def CreateContract(
        self, request: messages.CreateContractRequest, caller: Caller
    ) -> messages.CreateContractResponse:
        """Make a contract from introduced enquiries."""
        options = self._options("CreateContract", request, caller)
        _check_present(request, "contract")
        done = self.writing.create(request.contract, request.enquiries, options)
        return messages.CreateContractResponse(
            **self._written(caller, done, options), warnings=warnings(done.warnings)
        )

    def AmendContract(
        self, request: messages.AmendContractRequest, caller: Caller
    ) -> messages.AmendContractResponse:
        """Write the next version."""
        options = self._options("AmendContract", request, caller)
        _check_present(request, "contract")
        done = self.writing.amend(request.name, request.contract, etag(request.etag), options)
        return messages.AmendContractResponse(
            **self._written(caller, done, options), warnings=warnings(done.warnings)
        )

    def ConfirmContract(
        self, request: messages.ConfirmContractRequest, caller: Caller
    ) -> messages.ConfirmContractResponse:
        """Agree to a version."""
        options = self._options("ConfirmContract", request, caller)
        done = self.writing.confirm(request.name, etag(request.etag), options)
        return messages.ConfirmContractResponse(
            **self._written(caller, done, options),
            etag="" if options.validate_only else etag(request.etag),
        )

    def RecordRegistration(
        self, request: messages.RecordRegistrationRequest, caller: Caller
    ) -> messages.RecordRegistrationResponse:
        """Record where the registration stands."""
        options = self._options("RecordRegistration", request, caller)
        _check_present(request, "registration")
        base = etag(request.etag)
        done = self.writing.register(request.name, request.registration, base, options)
        return messages.RecordRegistrationResponse(**self._written(caller, done, options))

    def CancelContract(
        self, request: messages.CancelContractRequest, caller: Caller
    ) -> messages.CancelContractResponse:
        """Cancel a contract."""
        options = self._options("CancelContract", request, caller)
        _check_present(request, "cancellation")
        base = etag(request.etag)
        done = self.writing.cancel(request.name, request.cancellation, base, options)
        return messages.CancelContractResponse(**self._written(caller, done, options))

    def GetContract(
        self, request: messages.GetContractRequest, caller: Caller
    ) -> messages.GetContractResponse:
        """Give one contract."""
        shown = self.contracts.get(caller, request.name)
        return messages.GetContractResponse(contract=contract_record(shown))

    def ListContracts(
        self, request: messages.ListContractsRequest, caller: Caller
    ) -> messages.ListContractsResponse:
        """Give the contracts that match."""
        which = contract_filter(request.filter)
        bound = request.filter.SerializeToString(deterministic=True)
        after = 0
        if request.page_token:
            after = int.from_bytes(self.tokens.open(_LIST, bound, request.page_token))
        page = self.contracts.page(caller, which, after, page_size(request.page_size))
        token = ""
        if page.next_after is not None:
            token = self.tokens.seal(_LIST, bound, page.next_after.to_bytes(_CURSOR_BYTES))
        return messages.ListContractsResponse(
            contracts=map(contract_record, page.contracts),
            next_page_token=token,
            origins=map(completeness, page.origins),
        )

    def GetContractReceipt(
        self, request: messages.GetContractReceiptRequest, caller: Caller
    ) -> messages.GetContractReceiptResponse:
        """Give the proof of all documents of a contract."""
        given = self.contracts.receipt(caller, request.name)
        return messages.GetContractReceiptResponse(
            receipt=given.receipts,
            confirmed=given.is_confirmed,
            documents_left_out=given.left_out,
        )

    def GetReport(
        self, request: report_pb2.GetReportRequest, caller: Caller
    ) -> report_pb2.GetReportResponse:
        """Give a report."""
        return report_response(self.reports.make(caller, report_query(request)))

    def GetOrganisationView(
        self, request: organisation_view_pb2.GetOrganisationViewRequest, caller: Caller
    ) -> organisation_view_pb2.GetOrganisationViewResponse:
        """Give all that concerns one organisation."""
        key = organisation(request.organisation, "organisation")
        if not key:
            raise invalid("organisation", "REQUIRED")
        limit = page_size(request.limit, field="limit")
        return organisation_view(self.organisations.view(caller, key, limit))

    def _options(self, method: str, request: Any, caller: Caller) -> WriteOptions:
        body = request_body(method, request)
        return WriteOptions(
            request=self.sequencer.request(caller.identity, request.request_id, body),
            validate_only=request.validate_only,
            ack_peer=waits_for_peer(request.ack),
        )

    def _written(
        self, caller: Caller, done: WrittenDocument, options: WriteOptions
    ) -> dict[str, Any]:
        if options.validate_only:
            return {}
        shown = self.contracts.get(caller, done.name)
        return {"contract": contract_record(shown), "changed": done.is_new}


def _check_present(request: Any, field: str) -> None:
    if not request.HasField(field):
        raise invalid(field, "REQUIRED")
