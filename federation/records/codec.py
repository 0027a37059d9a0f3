"""Records to the contents of their parts and back; the only place that knows generated classes.

- A record has up to three parts, one an audience, ascending: PUBLIC always, MEMBERS and ORIGIN
  where there is anything to say. A part's content is the serialised message of its field.
- What a newer program added and we do not know is dropped before we serialise: it was not checked.
  Reading keeps it.
- Messages nest at most 5 deep, far below the limit of 16, since no message contains itself; what is
  unknown is not descended into. A content fits a part: MAX_CONTENT_BYTES.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from google.protobuf.message import DecodeError, Message

from federation.log.entry import KIND_LISTING, KIND_MANAGER, KIND_ORGANISATION, Audience
from federation.log.errors import Refused
from federation.log.part import MAX_PART_BYTES
from ydx.exchange.v1.demand_pb2 import CooperationMode, Demand, DemandType
from ydx.exchange.v1.enquiry_pb2 import DocumentRef
from ydx.exchange.v1.listing_pb2 import (
    Listing,
    ListingContacts,
    ListingKind,
    ListingPublic,
    ListingStatus,
    ListingTerms,
)
from ydx.exchange.v1.manager_pb2 import (
    Consent,
    IntegrityStatus,
    Manager,
    ManagerLevel,
    ManagerPerson,
    ManagerPublic,
    ManagerTerms,
)
from ydx.exchange.v1.organisation_pb2 import (
    Organisation,
    OrganisationContacts,
    OrganisationPublic,
    OrganisationSize,
    OrganisationStatus,
    OrganisationTerms,
    OrganisationType,
)
from ydx.exchange.v1.record_pb2 import (
    Attachment,
    Classification,
    Indicator,
    OrganisationRef,
    Person,
    PriceRange,
    Relation,
    TechField,
)
from ydx.exchange.v1.supply_pb2 import (
    Entitlement,
    EvaluationLevel,
    IntellectualProperty,
    IpStatus,
    IpType,
    OwnerShare,
    ResultForm,
    Supply,
    TransferMode,
)

__all__ = [
    "MAX_CONTENT_BYTES",
    "RECORD_TYPES",
    "Attachment",
    "Classification",
    "Consent",
    "CooperationMode",
    "Demand",
    "DemandType",
    "DocumentRef",
    "Entitlement",
    "EvaluationLevel",
    "Indicator",
    "IntegrityStatus",
    "IntellectualProperty",
    "IpStatus",
    "IpType",
    "Listing",
    "ListingContacts",
    "ListingKind",
    "ListingPublic",
    "ListingStatus",
    "ListingTerms",
    "Manager",
    "ManagerLevel",
    "ManagerPerson",
    "ManagerPublic",
    "ManagerTerms",
    "Organisation",
    "OrganisationContacts",
    "OrganisationPublic",
    "OrganisationRef",
    "OrganisationSize",
    "OrganisationStatus",
    "OrganisationTerms",
    "OrganisationType",
    "OwnerShare",
    "Person",
    "PriceRange",
    "Record",
    "RecordType",
    "Relation",
    "ResultForm",
    "Supply",
    "TechField",
    "TransferMode",
    "choice_name",
    "drop_output",
    "parse_content",
    "serialise_parts",
    "without_output",
]

Record: TypeAlias = Listing | Organisation | Manager
R = TypeVar("R", Listing, Organisation, Manager)

MAX_CONTENT_BYTES: Final = MAX_PART_BYTES - 1024
"""The largest content: a part without room for its salt, its header and two lengths."""


@dataclass(frozen=True, slots=True)
class RecordType:
    """The classes of one record kind: the record's and, by audience, its parts'."""

    record: type[Listing | Organisation | Manager]
    parts: dict[Audience, type[Message]]


RECORD_TYPES: Final = {
    KIND_LISTING: RecordType(
        Listing,
        {
            Audience.PUBLIC: ListingPublic,
            Audience.MEMBERS: ListingTerms,
            Audience.ORIGIN: ListingContacts,
        },
    ),
    KIND_ORGANISATION: RecordType(
        Organisation,
        {
            Audience.PUBLIC: OrganisationPublic,
            Audience.MEMBERS: OrganisationTerms,
            Audience.ORIGIN: OrganisationContacts,
        },
    ),
    KIND_MANAGER: RecordType(
        Manager,
        {
            Audience.PUBLIC: ManagerPublic,
            Audience.MEMBERS: ManagerTerms,
            Audience.ORIGIN: ManagerPerson,
        },
    ),
}
"""The classes of the record kinds 2 to 4."""


def choice_name(enum: Any, number: int) -> str:
    """Return the name of an enumeration's value, its number where this version has no name."""
    value = enum.DESCRIPTOR.values_by_number.get(number)
    return value.name if value else f"{number}"


def without_output(record: R) -> R:
    """Return a copy without what only a node may say (state, info) and without unknown fields."""
    copy = type(record)()
    copy.CopyFrom(record)
    drop_output(copy)
    return copy


def drop_output(record: Record) -> None:
    """Take out what `without_output` leaves out."""
    record.ClearField("state")
    record.ClearField("info")
    record.DiscardUnknownFields()


def serialise_parts(record: Record) -> list[tuple[Audience, bytes]]:
    """Return the content of each part of a checked record, audiences ascending.

    The same record gives the same bytes within one version of the program, so an unchanged one can
    be told from its contents.
    """
    contents = [
        (Audience.PUBLIC, record.public.SerializeToString(deterministic=True)),
        (Audience.MEMBERS, record.members.SerializeToString(deterministic=True)),
        (Audience.ORIGIN, record.origin.SerializeToString(deterministic=True)),
    ]
    return [(audience, content) for audience, content in contents if content or audience == 1]


def parse_content(kind: int, audience: Audience, content: bytes) -> Message:
    """Read the content of a part of a record kind, or refuse it (MALFORMED_PART): the part is void.

    The message is of the class that RECORD_TYPES names. That it parses is all that a mirror asks:
    the rules of publication are the origin's, since they read code tables and dates.
    """
    if len(content) > MAX_CONTENT_BYTES:
        raise Refused(
            "MALFORMED_PART", "a content is at most 255 KiB", size_bytes=f"{len(content)}"
        )
    try:
        return RECORD_TYPES[kind].parts[audience].FromString(content)
    except KeyError:
        raise Refused("MALFORMED_PART", "this kind has no part of this audience") from None
    except DecodeError:
        raise Refused("MALFORMED_PART", "the content is not a message of its kind") from None
