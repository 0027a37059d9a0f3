from ydx.exchange.v1 import demand_pb2 as _demand_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EnquiryStepKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENQUIRY_STEP_KIND_UNSPECIFIED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_SUBMITTED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_INFO_REQUESTED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_INFO_GIVEN: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_ACCEPTED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_DECLINED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_INTRODUCED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_CONTRACTED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_NO_DEAL: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_CANCELLED: _ClassVar[EnquiryStepKind]
    ENQUIRY_STEP_KIND_EXPIRED: _ClassVar[EnquiryStepKind]

class EnquiryNoteKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENQUIRY_NOTE_KIND_UNSPECIFIED: _ClassVar[EnquiryNoteKind]
    ENQUIRY_NOTE_KIND_NDA: _ClassVar[EnquiryNoteKind]
    ENQUIRY_NOTE_KIND_NEGOTIATION: _ClassVar[EnquiryNoteKind]
    ENQUIRY_NOTE_KIND_DISPUTE: _ClassVar[EnquiryNoteKind]
    ENQUIRY_NOTE_KIND_CONTACTS: _ClassVar[EnquiryNoteKind]
    ENQUIRY_NOTE_KIND_REGISTRATION: _ClassVar[EnquiryNoteKind]
    ENQUIRY_NOTE_KIND_CONSENT_WITHDRAWN: _ClassVar[EnquiryNoteKind]
ENQUIRY_STEP_KIND_UNSPECIFIED: EnquiryStepKind
ENQUIRY_STEP_KIND_SUBMITTED: EnquiryStepKind
ENQUIRY_STEP_KIND_INFO_REQUESTED: EnquiryStepKind
ENQUIRY_STEP_KIND_INFO_GIVEN: EnquiryStepKind
ENQUIRY_STEP_KIND_ACCEPTED: EnquiryStepKind
ENQUIRY_STEP_KIND_DECLINED: EnquiryStepKind
ENQUIRY_STEP_KIND_INTRODUCED: EnquiryStepKind
ENQUIRY_STEP_KIND_CONTRACTED: EnquiryStepKind
ENQUIRY_STEP_KIND_NO_DEAL: EnquiryStepKind
ENQUIRY_STEP_KIND_CANCELLED: EnquiryStepKind
ENQUIRY_STEP_KIND_EXPIRED: EnquiryStepKind
ENQUIRY_NOTE_KIND_UNSPECIFIED: EnquiryNoteKind
ENQUIRY_NOTE_KIND_NDA: EnquiryNoteKind
ENQUIRY_NOTE_KIND_NEGOTIATION: EnquiryNoteKind
ENQUIRY_NOTE_KIND_DISPUTE: EnquiryNoteKind
ENQUIRY_NOTE_KIND_CONTACTS: EnquiryNoteKind
ENQUIRY_NOTE_KIND_REGISTRATION: EnquiryNoteKind
ENQUIRY_NOTE_KIND_CONSENT_WITHDRAWN: EnquiryNoteKind

class DocumentRef(_message.Message):
    __slots__ = ("origin", "leaf_index", "leaf_hash")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    LEAF_HASH_FIELD_NUMBER: _ClassVar[int]
    origin: str
    leaf_index: int
    leaf_hash: bytes
    def __init__(self, origin: _Optional[str] = ..., leaf_index: _Optional[int] = ..., leaf_hash: _Optional[bytes] = ...) -> None: ...

class ListingVersion(_message.Message):
    __slots__ = ("name", "version", "revision", "manager", "service_organisation")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: DocumentRef
    revision: int
    manager: str
    service_organisation: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[_Union[DocumentRef, _Mapping]] = ..., revision: _Optional[int] = ..., manager: _Optional[str] = ..., service_organisation: _Optional[str] = ...) -> None: ...

class Introducer(_message.Message):
    __slots__ = ("region", "manager", "organisation")
    REGION_FIELD_NUMBER: _ClassVar[int]
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    region: str
    manager: str
    organisation: str
    def __init__(self, region: _Optional[str] = ..., manager: _Optional[str] = ..., organisation: _Optional[str] = ...) -> None: ...

class EnquiryStep(_message.Message):
    __slots__ = ("kind", "answers", "reason", "message", "answer_due", "decision_due", "submission", "contract", "recorded_at_ms")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_DUE_FIELD_NUMBER: _ClassVar[int]
    DECISION_DUE_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    kind: EnquiryStepKind
    answers: DocumentRef
    reason: str
    message: str
    answer_due: str
    decision_due: str
    submission: EnquirySubmission
    contract: DocumentRef
    recorded_at_ms: int
    def __init__(self, kind: _Optional[_Union[EnquiryStepKind, str]] = ..., answers: _Optional[_Union[DocumentRef, _Mapping]] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., answer_due: _Optional[str] = ..., decision_due: _Optional[str] = ..., submission: _Optional[_Union[EnquirySubmission, _Mapping]] = ..., contract: _Optional[_Union[DocumentRef, _Mapping]] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class EnquirySubmission(_message.Message):
    __slots__ = ("listing", "from_organisation", "from_region", "own_listing", "proposed_modes", "introducers", "nda")
    LISTING_FIELD_NUMBER: _ClassVar[int]
    FROM_ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    FROM_REGION_FIELD_NUMBER: _ClassVar[int]
    OWN_LISTING_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_MODES_FIELD_NUMBER: _ClassVar[int]
    INTRODUCERS_FIELD_NUMBER: _ClassVar[int]
    NDA_FIELD_NUMBER: _ClassVar[int]
    listing: ListingVersion
    from_organisation: _record_pb2.OrganisationRef
    from_region: str
    own_listing: str
    proposed_modes: _containers.RepeatedScalarFieldContainer[_demand_pb2.CooperationMode]
    introducers: _containers.RepeatedCompositeFieldContainer[Introducer]
    nda: bool
    def __init__(self, listing: _Optional[_Union[ListingVersion, _Mapping]] = ..., from_organisation: _Optional[_Union[_record_pb2.OrganisationRef, _Mapping]] = ..., from_region: _Optional[str] = ..., own_listing: _Optional[str] = ..., proposed_modes: _Optional[_Iterable[_Union[_demand_pb2.CooperationMode, str]]] = ..., introducers: _Optional[_Iterable[_Union[Introducer, _Mapping]]] = ..., nda: _Optional[bool] = ...) -> None: ...

class EnquiryNote(_message.Message):
    __slots__ = ("kind", "about", "text", "recorded_at_ms")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ABOUT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    kind: EnquiryNoteKind
    about: DocumentRef
    text: str
    recorded_at_ms: int
    def __init__(self, kind: _Optional[_Union[EnquiryNoteKind, str]] = ..., about: _Optional[_Union[DocumentRef, _Mapping]] = ..., text: _Optional[str] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...
