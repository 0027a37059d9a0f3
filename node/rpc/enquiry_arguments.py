"""The arguments of PartnershipService: choices and filters; what is wrong is INVALID_FIELD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.partnership.codec import EnquirySubmission
from federation.partnership.steps import StepKind
from federation.records.days import day
from node.rpc.catalogue_arguments import choice, etag, text
from node.services.arguments import invalid
from node.services.catalogue.organisation_keys import key_of_text
from node.services.catalogue.records import LISTING, parse_name
from node.services.partnership.enquiries import AskedSubmission
from node.services.partnership.enquiry_documents import AskedStep
from node.storage.enquiries import EnquiryFilter
from ydx.exchange.v1 import enquiry_messages_pb2 as pb
from ydx.exchange.v1 import enquiry_pb2

if TYPE_CHECKING:
    from datetime import date

    from federation.partnership.codec import DocumentRef

_STATES_MAX: Final = 50
_NAME_MAX: Final = 200


def submission(asked: pb.SubmitEnquiryRequest) -> AskedSubmission:
    """Read a SubmitEnquiryRequest."""
    said = EnquirySubmission(
        from_region=asked.from_region,
        own_listing=asked.own_listing,
        proposed_modes=asked.proposed_modes,
        introducers=asked.introducers,
        nda=asked.nda,
    )
    if asked.HasField("from_organisation"):
        said.from_organisation.CopyFrom(asked.from_organisation)
    return AskedSubmission(
        listing=asked.listing, said=said, etag=etag(asked.etag), message=asked.message
    )


def step(asked: pb.TakeEnquiryStepRequest) -> AskedStep:
    """Read a TakeEnquiryStepRequest."""
    return AskedStep(
        kind=StepKind(_kind(asked.kind, "kind")),
        reason=asked.reason,
        message=asked.message,
        answers=_ref(asked.answers) if asked.HasField("answers") else None,
        contract=_ref(asked.contract) if asked.HasField("contract") else None,
    )


def note_kind(asked: pb.AddEnquiryNoteRequest) -> int:
    """Read the kind of a note."""
    kind = choice(enquiry_pb2.EnquiryNoteKind, asked.kind, "kind")
    if not kind:
        raise invalid("kind", "REQUIRED")
    return kind


def about(asked: pb.AddEnquiryNoteRequest) -> DocumentRef | None:
    """Read what a note is about; None: the last step."""
    return _ref(asked.about) if asked.HasField("about") else None


def enquiry_filter(said: pb.EnquiryFilter, member: str, today: date) -> EnquiryFilter:
    """Read the filter of ListEnquiries, as seen from a member on a day."""
    if len(said.states) > _STATES_MAX:
        raise invalid("filter.states", "TOO_MANY", count=len(said.states), most=_STATES_MAX)
    for name in ("organisation", "listing"):
        value = text(getattr(said, name), f"filter.{name}")
        if len(value) > _NAME_MAX:
            raise invalid(f"filter.{name}", "TEXT_LENGTH", count=len(value), most=_NAME_MAX)
    if said.listing:
        parse_name(said.listing, LISTING, "filter.listing")
    if said.due_before and day(said.due_before) is None:
        raise invalid("filter.due_before", "DAY_FORM", said.due_before)
    direction = choice(pb.EnquiryDirection, said.direction, "filter.direction")
    days = [said.due_before] if said.due_before else []
    if said.overdue:
        days.append(today.isoformat())
    return EnquiryFilter(
        enquirer=member if direction == pb.ENQUIRY_DIRECTION_OUTGOING else "",
        listing_member=member if direction == pb.ENQUIRY_DIRECTION_INCOMING else "",
        states=[_kind(one, f"filter.states[{at}]") for at, one in enumerate(said.states)],
        open_only=said.open_only,
        organisation=key_of_text(said.organisation),
        listing=said.listing,
        owed_by=member if said.waiting_for_me else "",
        due_before=min(days, default=""),
    )


def _kind(value: int, field: str) -> int:
    kind = choice(enquiry_pb2.EnquiryStepKind, value, field)
    if not kind:
        raise invalid(field, "REQUIRED")
    return kind


def _ref(said: DocumentRef) -> DocumentRef:
    """Return a reference without what a newer program added."""
    return enquiry_pb2.DocumentRef(
        origin=said.origin, leaf_index=said.leaf_index, leaf_hash=said.leaf_hash
    )
