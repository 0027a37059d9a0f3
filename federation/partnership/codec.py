"""Partnership documents to the contents of SEALED parts and back; generated classes end here.

- Part 0 holds a PartnershipDocument, part 1 a PartnershipContacts. A content is read or refused
  (MALFORMED_PART), whatever its bytes; a refused one is void alike everywhere.
- As with records: what a newer program added is dropped before we serialise, and reading keeps it.
  Messages nest at most 5 deep, since none contains itself.
"""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

from google.protobuf.message import DecodeError

from federation.log.errors import Refused
from federation.records.codec import MAX_CONTENT_BYTES
from ydx.exchange.v1.contract_pb2 import (
    Contract,
    ContractCancellation,
    ContractConfirmation,
    ContractRegistration,
    ContractSide,
    ContractType,
    LinkedEnquiry,
    PaymentMode,
    RegistrationState,
)
from ydx.exchange.v1.enquiry_pb2 import (
    DocumentRef,
    EnquiryNote,
    EnquiryNoteKind,
    EnquiryStep,
    EnquiryStepKind,
    EnquirySubmission,
    Introducer,
    ListingVersion,
)
from ydx.exchange.v1.partnership_pb2 import PartnershipContacts, PartnershipDocument

__all__ = [
    "CONTACTS_PART",
    "DOCUMENT_PART",
    "Contract",
    "ContractCancellation",
    "ContractConfirmation",
    "ContractRegistration",
    "ContractSide",
    "ContractType",
    "DocumentRef",
    "EnquiryNote",
    "EnquiryNoteKind",
    "EnquiryStep",
    "EnquiryStepKind",
    "EnquirySubmission",
    "Introducer",
    "LinkedEnquiry",
    "ListingVersion",
    "PartnershipContacts",
    "PartnershipDocument",
    "PaymentMode",
    "RegistrationState",
    "parse_contacts",
    "parse_document",
    "recorded_at_ms",
    "serialise",
    "set_recorded_at_ms",
    "which_document",
    "without_time",
    "without_unknown",
]

Content: TypeAlias = PartnershipDocument | PartnershipContacts
C = TypeVar("C", PartnershipDocument, PartnershipContacts)

DOCUMENT_PART: Final = 0
CONTACTS_PART: Final = 1


def parse_document(content: bytes) -> PartnershipDocument:
    """Read the content of part 0, or refuse it (MALFORMED_PART)."""
    return _parse(PartnershipDocument, content)


def parse_contacts(content: bytes) -> PartnershipContacts:
    """Read the content of part 1, or refuse it (MALFORMED_PART)."""
    return _parse(PartnershipContacts, content)


def which_document(document: PartnershipDocument) -> str:
    """Return which field says what the document is; "" for a document of a newer version."""
    return document.WhichOneof("document") or ""


def recorded_at_ms(document: PartnershipDocument) -> int:
    """Return when a document says that it was written, in Unix milliseconds; 0 if it does not."""
    which = which_document(document)
    return int(getattr(document, which).recorded_at_ms) if which else 0


def set_recorded_at_ms(document: PartnershipDocument, time_ms: int) -> None:
    """Let a document say when it is written."""
    which = which_document(document)
    if which:
        getattr(document, which).recorded_at_ms = time_ms


def without_time(document: PartnershipDocument) -> PartnershipDocument:
    """Return a copy that does not say when it was written."""
    copy = PartnershipDocument()
    copy.CopyFrom(document)
    if recorded_at_ms(copy):
        set_recorded_at_ms(copy, 0)
    return copy


def without_unknown(content: C) -> C:
    """Return a copy without unknown fields."""
    copy = type(content)()
    copy.CopyFrom(content)
    copy.DiscardUnknownFields()
    return copy


def serialise(content: Content) -> bytes:
    """Return the bytes of a checked content: the same for the same within one version."""
    return content.SerializeToString(deterministic=True)


def _parse(message: type[C], content: bytes) -> C:
    if len(content) > MAX_CONTENT_BYTES:
        raise Refused(
            "MALFORMED_PART", "a content is at most 255 KiB", size_bytes=f"{len(content)}"
        )
    try:
        return message.FromString(content)
    except DecodeError:
        raise Refused("MALFORMED_PART", "the content is not a message of its kind") from None
