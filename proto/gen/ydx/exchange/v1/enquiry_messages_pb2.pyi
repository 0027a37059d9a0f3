from ydx.exchange.v1 import demand_pb2 as _demand_pb2
from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from ydx.exchange.v1 import partnership_pb2 as _partnership_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DeadlineKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEADLINE_KIND_UNSPECIFIED: _ClassVar[DeadlineKind]
    DEADLINE_KIND_ANSWER: _ClassVar[DeadlineKind]
    DEADLINE_KIND_DECISION: _ClassVar[DeadlineKind]

class AwaitedReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AWAITED_REASON_UNSPECIFIED: _ClassVar[AwaitedReason]
    AWAITED_REASON_NOT_SYNCED: _ClassVar[AwaitedReason]
    AWAITED_REASON_WANTED: _ClassVar[AwaitedReason]
    AWAITED_REASON_FROZEN: _ClassVar[AwaitedReason]
    AWAITED_REASON_UNKNOWN_LOG: _ClassVar[AwaitedReason]

class EnquiryDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENQUIRY_DIRECTION_UNSPECIFIED: _ClassVar[EnquiryDirection]
    ENQUIRY_DIRECTION_INCOMING: _ClassVar[EnquiryDirection]
    ENQUIRY_DIRECTION_OUTGOING: _ClassVar[EnquiryDirection]
DEADLINE_KIND_UNSPECIFIED: DeadlineKind
DEADLINE_KIND_ANSWER: DeadlineKind
DEADLINE_KIND_DECISION: DeadlineKind
AWAITED_REASON_UNSPECIFIED: AwaitedReason
AWAITED_REASON_NOT_SYNCED: AwaitedReason
AWAITED_REASON_WANTED: AwaitedReason
AWAITED_REASON_FROZEN: AwaitedReason
AWAITED_REASON_UNKNOWN_LOG: AwaitedReason
ENQUIRY_DIRECTION_UNSPECIFIED: EnquiryDirection
ENQUIRY_DIRECTION_INCOMING: EnquiryDirection
ENQUIRY_DIRECTION_OUTGOING: EnquiryDirection

class Enquiry(_message.Message):
    __slots__ = ("name", "enquirer", "listing_member", "submission", "message", "state", "ended", "next_steps", "deadlines", "provisional", "waits_for", "contacts_from", "submitted_at_ms", "last_at_ms")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENQUIRER_FIELD_NUMBER: _ClassVar[int]
    LISTING_MEMBER_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    NEXT_STEPS_FIELD_NUMBER: _ClassVar[int]
    DEADLINES_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FROM_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_AT_MS_FIELD_NUMBER: _ClassVar[int]
    name: str
    enquirer: str
    listing_member: str
    submission: _enquiry_pb2.EnquirySubmission
    message: str
    state: _enquiry_pb2.EnquiryStepKind
    ended: bool
    next_steps: _containers.RepeatedCompositeFieldContainer[NextSteps]
    deadlines: _containers.RepeatedCompositeFieldContainer[EnquiryDeadline]
    provisional: bool
    waits_for: _containers.RepeatedCompositeFieldContainer[AwaitedDocument]
    contacts_from: _containers.RepeatedScalarFieldContainer[str]
    submitted_at_ms: int
    last_at_ms: int
    def __init__(self, name: _Optional[str] = ..., enquirer: _Optional[str] = ..., listing_member: _Optional[str] = ..., submission: _Optional[_Union[_enquiry_pb2.EnquirySubmission, _Mapping]] = ..., message: _Optional[str] = ..., state: _Optional[_Union[_enquiry_pb2.EnquiryStepKind, str]] = ..., ended: _Optional[bool] = ..., next_steps: _Optional[_Iterable[_Union[NextSteps, _Mapping]]] = ..., deadlines: _Optional[_Iterable[_Union[EnquiryDeadline, _Mapping]]] = ..., provisional: _Optional[bool] = ..., waits_for: _Optional[_Iterable[_Union[AwaitedDocument, _Mapping]]] = ..., contacts_from: _Optional[_Iterable[str]] = ..., submitted_at_ms: _Optional[int] = ..., last_at_ms: _Optional[int] = ...) -> None: ...

class NextSteps(_message.Message):
    __slots__ = ("member", "kinds")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    member: str
    kinds: _containers.RepeatedScalarFieldContainer[_enquiry_pb2.EnquiryStepKind]
    def __init__(self, member: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[_enquiry_pb2.EnquiryStepKind, str]]] = ...) -> None: ...

class EnquiryDeadline(_message.Message):
    __slots__ = ("kind", "day", "owed_by", "days_left", "reminder", "overdue")
    KIND_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    OWED_BY_FIELD_NUMBER: _ClassVar[int]
    DAYS_LEFT_FIELD_NUMBER: _ClassVar[int]
    REMINDER_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    kind: DeadlineKind
    day: str
    owed_by: str
    days_left: int
    reminder: bool
    overdue: bool
    def __init__(self, kind: _Optional[_Union[DeadlineKind, str]] = ..., day: _Optional[str] = ..., owed_by: _Optional[str] = ..., days_left: _Optional[int] = ..., reminder: _Optional[bool] = ..., overdue: _Optional[bool] = ...) -> None: ...

class AwaitedDocument(_message.Message):
    __slots__ = ("document", "reason")
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    document: _enquiry_pb2.DocumentRef
    reason: AwaitedReason
    def __init__(self, document: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., reason: _Optional[_Union[AwaitedReason, str]] = ...) -> None: ...

class EnquiryDocument(_message.Message):
    __slots__ = ("document", "author", "content", "valid", "void_reason", "confirmed")
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    VALID_FIELD_NUMBER: _ClassVar[int]
    VOID_REASON_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    document: _enquiry_pb2.DocumentRef
    author: str
    content: _partnership_pb2.PartnershipDocument
    valid: bool
    void_reason: str
    confirmed: bool
    def __init__(self, document: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., author: _Optional[str] = ..., content: _Optional[_Union[_partnership_pb2.PartnershipDocument, _Mapping]] = ..., valid: _Optional[bool] = ..., void_reason: _Optional[str] = ..., confirmed: _Optional[bool] = ...) -> None: ...

class GivenContacts(_message.Message):
    __slots__ = ("member", "contacts")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    member: str
    contacts: _partnership_pb2.PartnershipContacts
    def __init__(self, member: _Optional[str] = ..., contacts: _Optional[_Union[_partnership_pb2.PartnershipContacts, _Mapping]] = ...) -> None: ...

class SubmitEnquiryRequest(_message.Message):
    __slots__ = ("listing", "etag", "message", "from_organisation", "from_region", "own_listing", "proposed_modes", "introducers", "nda", "request_id", "ack", "validate_only")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FROM_ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    FROM_REGION_FIELD_NUMBER: _ClassVar[int]
    OWN_LISTING_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_MODES_FIELD_NUMBER: _ClassVar[int]
    INTRODUCERS_FIELD_NUMBER: _ClassVar[int]
    NDA_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    listing: str
    etag: str
    message: str
    from_organisation: _record_pb2.OrganisationRef
    from_region: str
    own_listing: str
    proposed_modes: _containers.RepeatedScalarFieldContainer[_demand_pb2.CooperationMode]
    introducers: _containers.RepeatedCompositeFieldContainer[_enquiry_pb2.Introducer]
    nda: bool
    request_id: str
    ack: _query_pb2.AckLevel
    validate_only: bool
    def __init__(self, listing: _Optional[str] = ..., etag: _Optional[str] = ..., message: _Optional[str] = ..., from_organisation: _Optional[_Union[_record_pb2.OrganisationRef, _Mapping]] = ..., from_region: _Optional[str] = ..., own_listing: _Optional[str] = ..., proposed_modes: _Optional[_Iterable[_Union[_demand_pb2.CooperationMode, str]]] = ..., introducers: _Optional[_Iterable[_Union[_enquiry_pb2.Introducer, _Mapping]]] = ..., nda: _Optional[bool] = ..., request_id: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class SubmitEnquiryResponse(_message.Message):
    __slots__ = ("enquiry", "document", "warnings", "changed")
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    enquiry: Enquiry
    document: _enquiry_pb2.DocumentRef
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    changed: bool
    def __init__(self, enquiry: _Optional[_Union[Enquiry, _Mapping]] = ..., document: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ..., changed: _Optional[bool] = ...) -> None: ...

class TakeEnquiryStepRequest(_message.Message):
    __slots__ = ("name", "kind", "reason", "message", "answers", "contract", "request_id", "ack", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: _enquiry_pb2.EnquiryStepKind
    reason: str
    message: str
    answers: _enquiry_pb2.DocumentRef
    contract: _enquiry_pb2.DocumentRef
    request_id: str
    ack: _query_pb2.AckLevel
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[_enquiry_pb2.EnquiryStepKind, str]] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., answers: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., contract: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., request_id: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class TakeEnquiryStepResponse(_message.Message):
    __slots__ = ("enquiry", "document", "changed", "warnings")
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    enquiry: Enquiry
    document: _enquiry_pb2.DocumentRef
    changed: bool
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    def __init__(self, enquiry: _Optional[_Union[Enquiry, _Mapping]] = ..., document: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., changed: _Optional[bool] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ...) -> None: ...

class AddEnquiryNoteRequest(_message.Message):
    __slots__ = ("name", "kind", "text", "about", "request_id", "ack", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ABOUT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: _enquiry_pb2.EnquiryNoteKind
    text: str
    about: _enquiry_pb2.DocumentRef
    request_id: str
    ack: _query_pb2.AckLevel
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[_enquiry_pb2.EnquiryNoteKind, str]] = ..., text: _Optional[str] = ..., about: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., request_id: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class AddEnquiryNoteResponse(_message.Message):
    __slots__ = ("enquiry", "document", "changed", "warnings")
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    enquiry: Enquiry
    document: _enquiry_pb2.DocumentRef
    changed: bool
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    def __init__(self, enquiry: _Optional[_Union[Enquiry, _Mapping]] = ..., document: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., changed: _Optional[bool] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ...) -> None: ...

class GiveContactsRequest(_message.Message):
    __slots__ = ("name", "contacts", "request_id", "ack", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    contacts: _partnership_pb2.PartnershipContacts
    request_id: str
    ack: _query_pb2.AckLevel
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., contacts: _Optional[_Union[_partnership_pb2.PartnershipContacts, _Mapping]] = ..., request_id: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class GiveContactsResponse(_message.Message):
    __slots__ = ("enquiry", "document", "changed", "warnings")
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    enquiry: Enquiry
    document: _enquiry_pb2.DocumentRef
    changed: bool
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    def __init__(self, enquiry: _Optional[_Union[Enquiry, _Mapping]] = ..., document: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., changed: _Optional[bool] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ...) -> None: ...

class WithdrawConsentRequest(_message.Message):
    __slots__ = ("name", "request_id", "ack", "validate_only")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    ack: _query_pb2.AckLevel
    validate_only: bool
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class WithdrawConsentResponse(_message.Message):
    __slots__ = ("enquiry", "document", "changed")
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    enquiry: Enquiry
    document: _enquiry_pb2.DocumentRef
    changed: bool
    def __init__(self, enquiry: _Optional[_Union[Enquiry, _Mapping]] = ..., document: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., changed: _Optional[bool] = ...) -> None: ...

class GetEnquiryRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetEnquiryResponse(_message.Message):
    __slots__ = ("enquiry", "documents", "documents_left_out", "contacts", "origins")
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    enquiry: Enquiry
    documents: _containers.RepeatedCompositeFieldContainer[EnquiryDocument]
    documents_left_out: int
    contacts: _containers.RepeatedCompositeFieldContainer[GivenContacts]
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    def __init__(self, enquiry: _Optional[_Union[Enquiry, _Mapping]] = ..., documents: _Optional[_Iterable[_Union[EnquiryDocument, _Mapping]]] = ..., documents_left_out: _Optional[int] = ..., contacts: _Optional[_Iterable[_Union[GivenContacts, _Mapping]]] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ...) -> None: ...

class EnquiryFilter(_message.Message):
    __slots__ = ("direction", "states", "open_only", "organisation", "listing", "waiting_for_me", "overdue", "due_before")
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    LISTING_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_ME_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    DUE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    direction: EnquiryDirection
    states: _containers.RepeatedScalarFieldContainer[_enquiry_pb2.EnquiryStepKind]
    open_only: bool
    organisation: str
    listing: str
    waiting_for_me: bool
    overdue: bool
    due_before: str
    def __init__(self, direction: _Optional[_Union[EnquiryDirection, str]] = ..., states: _Optional[_Iterable[_Union[_enquiry_pb2.EnquiryStepKind, str]]] = ..., open_only: _Optional[bool] = ..., organisation: _Optional[str] = ..., listing: _Optional[str] = ..., waiting_for_me: _Optional[bool] = ..., overdue: _Optional[bool] = ..., due_before: _Optional[str] = ...) -> None: ...

class ListEnquiriesRequest(_message.Message):
    __slots__ = ("filter", "page_size", "page_token")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    filter: EnquiryFilter
    page_size: int
    page_token: str
    def __init__(self, filter: _Optional[_Union[EnquiryFilter, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListEnquiriesResponse(_message.Message):
    __slots__ = ("enquiries", "next_page_token", "origins")
    ENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    enquiries: _containers.RepeatedCompositeFieldContainer[Enquiry]
    next_page_token: str
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    def __init__(self, enquiries: _Optional[_Iterable[_Union[Enquiry, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ...) -> None: ...

class GetEnquiryReceiptRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetEnquiryReceiptResponse(_message.Message):
    __slots__ = ("receipts", "count", "confirmed", "notes_left_out")
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    NOTES_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    receipts: bytes
    count: int
    confirmed: bool
    notes_left_out: int
    def __init__(self, receipts: _Optional[bytes] = ..., count: _Optional[int] = ..., confirmed: _Optional[bool] = ..., notes_left_out: _Optional[int] = ...) -> None: ...
