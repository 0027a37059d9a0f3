"""Values of enquiries to messages of ydx.exchange.v1, and places in their lists to cursors."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.partnership.codec import parse_document
from federation.records.refs import said_ref
from node.rpc.catalogue_messages import completeness
from node.storage.enquiries import Place
from ydx.exchange.v1 import enquiry_messages_pb2 as pb

if TYPE_CHECKING:
    from federation.partnership.codec import DocumentRef
    from federation.partnership.documents import Standing
    from node.services.partnership.enquiries import EnquiryWritten
    from node.services.partnership.enquiry_loading import LoadedEnquiry
    from node.services.partnership.enquiry_reading import EnquiryAnswer, ShownDeadline, ShownEnquiry

_SUBJECT_BYTES: Final = 16
_INT32_MAX: Final = 2**31 - 1


def enquiry(shown: ShownEnquiry) -> pb.Enquiry:
    """Return an enquiry as it stands."""
    loaded, folded = shown.loaded, shown.loaded.folded
    state: Any = int(folded.state or 0)
    said = shown.first_step
    return pb.Enquiry(
        name=str(loaded.name),
        enquirer=loaded.id.enquirer,
        listing_member=loaded.id.listing_member,
        submission=said.submission,
        message=said.message,
        state=state,
        ended=folded.is_ended,
        next_steps=[
            pb.NextSteps(member=member, kinds=sorted(map(int, kinds)))  # type: ignore[arg-type] # numbers
            for member, kinds in shown.may_take.items()
        ],
        deadlines=map(_deadline, shown.deadlines),
        provisional=shown.is_provisional,
        waits_for=[
            pb.AwaitedDocument(document=said_ref(ref), reason=f"AWAITED_REASON_{why}")
            for ref, why in shown.waits_for
        ],
        contacts_from=shown.contacts_from,
        submitted_at_ms=said.recorded_at_ms,
        last_at_ms=shown.last_at_ms,
    )


def get_response(answer: EnquiryAnswer) -> pb.GetEnquiryResponse:
    """Return the answer of GetEnquiry."""
    return pb.GetEnquiryResponse(
        enquiry=enquiry(answer.shown),
        documents=[_document(answer.shown.loaded, one) for one in answer.documents],
        documents_left_out=answer.left_out,
        contacts=[
            pb.GivenContacts(member=one.member, contacts=one.contacts) for one in answer.contacts
        ],
        origins=map(completeness, answer.origins),
    )


def written_ref(written: EnquiryWritten) -> DocumentRef | None:
    """Return the document that a write came to; None where it was rehearsed."""
    return None if written.document is None else said_ref(written.document)


def place_bytes(place: Place) -> bytes:
    """Return a place as a cursor."""
    return place.subject + f"{place.due}\0{place.enquirer}\0{place.listing_member}".encode()


def read_place(cursor: bytes) -> Place:
    """Read what `place_bytes` gave."""
    due, enquirer, listing_member = cursor[_SUBJECT_BYTES:].decode().split("\0")
    return Place(due, cursor[:_SUBJECT_BYTES], enquirer, listing_member)


def _deadline(one: ShownDeadline) -> pb.EnquiryDeadline:
    return pb.EnquiryDeadline(
        kind=f"DEADLINE_KIND_{one.deadline.due}",
        day=one.deadline.day,
        owed_by=one.deadline.owed_by,
        days_left=max(-_INT32_MAX, min(one.days_left, _INT32_MAX)),
        reminder=one.is_reminder,
        overdue=one.is_overdue,
    )


def _document(loaded: LoadedEnquiry, standing: Standing) -> pb.EnquiryDocument:
    document = standing.document
    said = pb.EnquiryDocument(
        document=said_ref(document.ref),
        author=document.author,
        valid=standing.is_valid,
        void_reason=standing.void.value if standing.void else "",
        confirmed=loaded.is_confirmed(document),
    )
    with suppress(Refused):
        said.content.CopyFrom(parse_document(document.content))
    return said
