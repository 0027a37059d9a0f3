"""The kind of every field of partnership documents: limits, forms and what is always required.

What depends on another field (the reason that only an end must have, say) stands in `validation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from federation.log.subject import SUBJECT_BYTES
from federation.partnership import codec
from federation.partnership.terms import REGISTER_NUMBER
from federation.records.codec import CooperationMode
from federation.records.coded_fields import RecordRef, Region
from federation.records.fields import Choice, Flag, Group, Many, Number, shape
from federation.records.findings import Report
from federation.records.reference_fields import DOCUMENT_REF, RECORDED_AT_MS, Code, MemberName
from federation.records.shapes import CONSENT, INTELLECTUAL_PROPERTY, ORGANISATION_REF, PERSON
from federation.records.text_fields import Day, Line, Prose


@dataclass(frozen=True, slots=True)
class Subject:
    """The id of an enquiry."""

    def normal(self, value: bytes, path: str, report: Report) -> bytes:
        """Return the bytes; see Field."""
        if len(value) != SUBJECT_BYTES:
            report.add("SUBJECT_LENGTH", path, value.hex(), length=len(value))
        return value


LISTING_VERSION: Final = shape(
    codec.ListingVersion,
    required="name version revision",
    name=RecordRef("listings"),
    version=Group(DOCUMENT_REF),
    revision=Number(1, (1 << 64) - 1),
    manager=RecordRef("managers"),
    service_organisation=RecordRef("organisations"),
)
INTRODUCER: Final = shape(
    codec.Introducer,
    required="region",
    region=Region(),
    manager=RecordRef("managers"),
    organisation=RecordRef("organisations"),
)
_INTRODUCERS: Final = Many(10, Group(INTRODUCER))
STEP: Final = shape(
    codec.EnquiryStep,
    required="kind",
    kind=Choice(codec.EnquiryStepKind),
    answers=Group(DOCUMENT_REF),
    reason=Prose(500),
    message=Prose(2000),
    answer_due=Day(),
    decision_due=Day(),
    submission=Group(
        shape(
            codec.EnquirySubmission,
            required="listing from_organisation from_region",
            listing=Group(LISTING_VERSION),
            from_organisation=Group(ORGANISATION_REF),
            from_region=Region(),
            own_listing=RecordRef("listings"),
            proposed_modes=Many(3, Choice(CooperationMode), distinct=True),
            introducers=_INTRODUCERS,
            nda=Flag(),
        )
    ),
    contract=Group(DOCUMENT_REF),
    recorded_at_ms=RECORDED_AT_MS,
)
NOTE: Final = shape(
    codec.EnquiryNote,
    required="kind about",
    kind=Choice(codec.EnquiryNoteKind),
    about=Group(DOCUMENT_REF),
    text=Prose(2000),
    recorded_at_ms=RECORDED_AT_MS,
)
SIDE: Final = shape(
    codec.ContractSide,
    required="member organisation country nature_code",
    member=MemberName(),
    organisation=Group(ORGANISATION_REF),
    country=Code(re.compile("[A-Z]{2}"), "COUNTRY_FORM"),
    region=Region(),
    nature_code=Code(re.compile("[0-9]{3}"), "NATURE_CODE_FORM"),
)
LINKED_ENQUIRY: Final = shape(
    codec.LinkedEnquiry,
    required="enquiry submitted introduced listing from_region",
    enquiry=Subject(),
    submitted=Group(DOCUMENT_REF),
    introduced=Group(DOCUMENT_REF),
    listing=Group(LISTING_VERSION),
    from_region=Region(),
    introducers=_INTRODUCERS,
)
CONTRACT: Final = shape(
    codec.Contract,
    required="project_name type buyer seller signed_on valid_from valid_until"
    " contract_amount_fen payment_modes center",
    previous=Group(DOCUMENT_REF),
    amendment_reason=Prose(500),
    project_name=Line(120, least=4),
    type=Choice(codec.ContractType),
    buyer=Group(SIDE),
    seller=Group(SIDE),
    signed_on=Day(),
    valid_from=Day(),
    valid_until=Day(),
    contract_amount_fen=Number(),
    technical_amount_fen=Number(),
    ip=Many(20, Group(INTELLECTUAL_PROPERTY)),
    payment_modes=Many(4, Choice(codec.PaymentMode), distinct=True),
    payment_terms=Prose(2000),
    enquiries=Many(10, Group(LINKED_ENQUIRY)),
    center=MemberName(),
    recorded_at_ms=RECORDED_AT_MS,
)
CONFIRMATION: Final = shape(
    codec.ContractConfirmation,
    required="contract",
    contract=Group(DOCUMENT_REF),
    recorded_at_ms=RECORDED_AT_MS,
)
REGISTRATION: Final = shape(
    codec.ContractRegistration,
    required="contract state decided_on",
    contract=Group(DOCUMENT_REF),
    state=Choice(codec.RegistrationState),
    register_number=Code(REGISTER_NUMBER, "REGISTER_NUMBER_FORM"),
    decided_on=Day(),
    reason=Prose(500),
    recorded_at_ms=RECORDED_AT_MS,
)
CANCELLATION: Final = shape(
    codec.ContractCancellation,
    required="contract reason cancelled_on",
    contract=Group(DOCUMENT_REF),
    reason=Prose(500),
    cancelled_on=Day(),
    recorded_at_ms=RECORDED_AT_MS,
)
DOCUMENT: Final = shape(
    codec.PartnershipDocument,
    step=Group(STEP),
    note=Group(NOTE),
    contract=Group(CONTRACT),
    confirmation=Group(CONFIRMATION),
    registration=Group(REGISTRATION),
    cancellation=Group(CANCELLATION),
)
CONTACTS: Final = shape(
    codec.PartnershipContacts,
    required="persons consent",
    persons=Many(5, Group(PERSON)),
    consent=Group(CONSENT),
)
