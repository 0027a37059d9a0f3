"""PartnershipService: enquiries between regions. Values in, values out.

- Request ids are bound to the caller, the method and the whole request, as for records.
- Page tokens are bound to the filter; the page size may change between pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from node.rpc import enquiry_arguments as arguments
from node.rpc import enquiry_messages as messages
from node.rpc.catalogue_arguments import page_size, request_body, waits_for_peer
from node.rpc.catalogue_messages import completeness, warnings
from node.services.log.write_options import WriteOptions
from ydx.exchange.v1 import enquiry_messages_pb2 as pb
from ydx.exchange.v1 import partnership_service_pb2

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from node.rpc.page_tokens import PageTokens
    from node.services.access import Caller
    from node.services.log.sequencer import Sequencer
    from node.services.partnership.enquiries import Enquiries, EnquiryWritten
    from node.services.partnership.enquiry_contacts import EnquiryContacts
    from node.services.partnership.enquiry_reading import EnquiryReading

SERVICE: Final = partnership_service_pb2.DESCRIPTOR.services_by_name["PartnershipService"]
_LIST: Final = "ListEnquiries"


@dataclass(frozen=True, slots=True)
class PartnershipServicer:
    """The servicer; one a node. `today` is the day in Asia/Shanghai."""

    member: str
    sequencer: Sequencer
    enquiries: Enquiries
    contacts: EnquiryContacts
    reading: EnquiryReading
    tokens: PageTokens
    today: Callable[[], date]

    def SubmitEnquiry(
        self, request: pb.SubmitEnquiryRequest, caller: Caller
    ) -> pb.SubmitEnquiryResponse:
        """Submit an enquiry."""
        options = self._options("SubmitEnquiry", request, caller)
        done = self.enquiries.submit(caller, arguments.submission(request), options)
        return pb.SubmitEnquiryResponse(
            enquiry=messages.enquiry(self.reading.show(done.name)) if done.name else None,
            document=messages.written_ref(done),
            warnings=warnings(done.warnings),
            changed=done.is_new,
        )

    def TakeEnquiryStep(
        self, request: pb.TakeEnquiryStepRequest, caller: Caller
    ) -> pb.TakeEnquiryStepResponse:
        """Take a step."""
        options = self._options("TakeEnquiryStep", request, caller)
        asked = arguments.step(request)
        done = self.enquiries.step(caller, request.name, asked, options)
        return pb.TakeEnquiryStepResponse(**self._written(done), warnings=warnings(done.warnings))

    def AddEnquiryNote(
        self, request: pb.AddEnquiryNoteRequest, caller: Caller
    ) -> pb.AddEnquiryNoteResponse:
        """Add a note."""
        done = self.enquiries.note(
            caller,
            request.name,
            arguments.note_kind(request),
            request.text,
            arguments.about(request),
            self._options("AddEnquiryNote", request, caller),
        )
        return pb.AddEnquiryNoteResponse(**self._written(done), warnings=warnings(done.warnings))

    def GiveContacts(
        self, request: pb.GiveContactsRequest, caller: Caller
    ) -> pb.GiveContactsResponse:
        """Give contacts."""
        options = self._options("GiveContacts", request, caller)
        done = self.contacts.give(caller, request.name, request.contacts, options)
        return pb.GiveContactsResponse(**self._written(done), warnings=warnings(done.warnings))

    def WithdrawConsent(
        self, request: pb.WithdrawConsentRequest, caller: Caller
    ) -> pb.WithdrawConsentResponse:
        """Take contacts back."""
        options = self._options("WithdrawConsent", request, caller)
        done = self.contacts.withdraw(caller, request.name, options)
        return pb.WithdrawConsentResponse(**self._written(done))

    def GetEnquiry(self, request: pb.GetEnquiryRequest, caller: Caller) -> pb.GetEnquiryResponse:
        """Give one enquiry."""
        return messages.get_response(self.reading.get(caller, request.name))

    def ListEnquiries(
        self, request: pb.ListEnquiriesRequest, caller: Caller
    ) -> pb.ListEnquiriesResponse:
        """Give the enquiries that match."""
        which = arguments.enquiry_filter(request.filter, self.member, self.today())
        bound = request.filter.SerializeToString(deterministic=True)
        after = None
        if request.page_token:
            after = messages.read_place(self.tokens.open(_LIST, bound, request.page_token))
        page = self.reading.page(caller, which, after, page_size(request.page_size))
        token = ""
        if page.next_after is not None:
            token = self.tokens.seal(_LIST, bound, messages.place_bytes(page.next_after))
        return pb.ListEnquiriesResponse(
            enquiries=map(messages.enquiry, page.enquiries),
            next_page_token=token,
            origins=map(completeness, page.origins),
        )

    def GetEnquiryReceipt(
        self, request: pb.GetEnquiryReceiptRequest, caller: Caller
    ) -> pb.GetEnquiryReceiptResponse:
        """Give the proof of an enquiry."""
        proof = self.reading.receipt(caller, request.name)
        return pb.GetEnquiryReceiptResponse(
            receipts=proof.receipts,
            count=proof.count,
            confirmed=proof.is_confirmed,
            notes_left_out=proof.notes_left_out,
        )

    def _options(self, method: str, request: Any, caller: Caller) -> WriteOptions:
        body = request_body(method, request)
        return WriteOptions(
            request=self.sequencer.request(caller.identity, request.request_id, body),
            validate_only=request.validate_only,
            ack_peer=waits_for_peer(request.ack),
        )

    def _written(self, done: EnquiryWritten) -> dict[str, Any]:
        return {
            "enquiry": messages.enquiry(self.reading.show(done.name)),
            "document": messages.written_ref(done),
            "changed": done.is_new,
        }
