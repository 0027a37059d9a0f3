from ydx.exchange.v1 import demand_pb2 as _demand_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from ydx.exchange.v1 import supply_pb2 as _supply_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListingKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LISTING_KIND_UNSPECIFIED: _ClassVar[ListingKind]
    LISTING_KIND_SUPPLY: _ClassVar[ListingKind]
    LISTING_KIND_DEMAND: _ClassVar[ListingKind]

class ListingStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LISTING_STATUS_UNSPECIFIED: _ClassVar[ListingStatus]
    LISTING_STATUS_PUBLISHED: _ClassVar[ListingStatus]
    LISTING_STATUS_ON_HOLD: _ClassVar[ListingStatus]
    LISTING_STATUS_MATCHED: _ClassVar[ListingStatus]
    LISTING_STATUS_CLOSED_DEAL: _ClassVar[ListingStatus]
    LISTING_STATUS_FLAGGED: _ClassVar[ListingStatus]
LISTING_KIND_UNSPECIFIED: ListingKind
LISTING_KIND_SUPPLY: ListingKind
LISTING_KIND_DEMAND: ListingKind
LISTING_STATUS_UNSPECIFIED: ListingStatus
LISTING_STATUS_PUBLISHED: ListingStatus
LISTING_STATUS_ON_HOLD: ListingStatus
LISTING_STATUS_MATCHED: ListingStatus
LISTING_STATUS_CLOSED_DEAL: ListingStatus
LISTING_STATUS_FLAGGED: ListingStatus

class Listing(_message.Message):
    __slots__ = ("name", "public", "members", "origin", "state", "info")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    name: str
    public: ListingPublic
    members: ListingTerms
    origin: ListingContacts
    state: _record_pb2.RecordState
    info: _record_pb2.RecordInfo
    def __init__(self, name: _Optional[str] = ..., public: _Optional[_Union[ListingPublic, _Mapping]] = ..., members: _Optional[_Union[ListingTerms, _Mapping]] = ..., origin: _Optional[_Union[ListingContacts, _Mapping]] = ..., state: _Optional[_Union[_record_pb2.RecordState, str]] = ..., info: _Optional[_Union[_record_pb2.RecordInfo, _Mapping]] = ...) -> None: ...

class ListingPublic(_message.Message):
    __slots__ = ("kind", "title", "region", "tech_field", "trl", "valid_until", "status", "open_for_enquiry", "source_platform", "source_id", "status_reason", "title_en", "summary", "summary_en", "description", "keywords", "industry", "ipc", "owner", "classification", "export_control", "published_on", "manager", "service_organisation", "attachments", "labels", "supply", "demand", "same_as", "trl_estimated", "declared_stage")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    TECH_FIELD_FIELD_NUMBER: _ClassVar[int]
    TRL_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    OPEN_FOR_ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PLATFORM_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_REASON_FIELD_NUMBER: _ClassVar[int]
    TITLE_EN_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_EN_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    KEYWORDS_FIELD_NUMBER: _ClassVar[int]
    INDUSTRY_FIELD_NUMBER: _ClassVar[int]
    IPC_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    CLASSIFICATION_FIELD_NUMBER: _ClassVar[int]
    EXPORT_CONTROL_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_ON_FIELD_NUMBER: _ClassVar[int]
    MANAGER_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    SUPPLY_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    SAME_AS_FIELD_NUMBER: _ClassVar[int]
    TRL_ESTIMATED_FIELD_NUMBER: _ClassVar[int]
    DECLARED_STAGE_FIELD_NUMBER: _ClassVar[int]
    kind: ListingKind
    title: str
    region: str
    tech_field: _record_pb2.TechField
    trl: int
    valid_until: str
    status: ListingStatus
    open_for_enquiry: bool
    source_platform: str
    source_id: str
    status_reason: str
    title_en: str
    summary: str
    summary_en: str
    description: str
    keywords: _containers.RepeatedScalarFieldContainer[str]
    industry: _containers.RepeatedScalarFieldContainer[str]
    ipc: _containers.RepeatedScalarFieldContainer[str]
    owner: _record_pb2.OrganisationRef
    classification: _record_pb2.Classification
    export_control: bool
    published_on: str
    manager: str
    service_organisation: str
    attachments: _containers.RepeatedCompositeFieldContainer[_record_pb2.Attachment]
    labels: _containers.RepeatedScalarFieldContainer[str]
    supply: _supply_pb2.Supply
    demand: _demand_pb2.Demand
    same_as: str
    trl_estimated: bool
    declared_stage: str
    def __init__(self, kind: _Optional[_Union[ListingKind, str]] = ..., title: _Optional[str] = ..., region: _Optional[str] = ..., tech_field: _Optional[_Union[_record_pb2.TechField, str]] = ..., trl: _Optional[int] = ..., valid_until: _Optional[str] = ..., status: _Optional[_Union[ListingStatus, str]] = ..., open_for_enquiry: _Optional[bool] = ..., source_platform: _Optional[str] = ..., source_id: _Optional[str] = ..., status_reason: _Optional[str] = ..., title_en: _Optional[str] = ..., summary: _Optional[str] = ..., summary_en: _Optional[str] = ..., description: _Optional[str] = ..., keywords: _Optional[_Iterable[str]] = ..., industry: _Optional[_Iterable[str]] = ..., ipc: _Optional[_Iterable[str]] = ..., owner: _Optional[_Union[_record_pb2.OrganisationRef, _Mapping]] = ..., classification: _Optional[_Union[_record_pb2.Classification, str]] = ..., export_control: _Optional[bool] = ..., published_on: _Optional[str] = ..., manager: _Optional[str] = ..., service_organisation: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[_record_pb2.Attachment, _Mapping]]] = ..., labels: _Optional[_Iterable[str]] = ..., supply: _Optional[_Union[_supply_pb2.Supply, _Mapping]] = ..., demand: _Optional[_Union[_demand_pb2.Demand, _Mapping]] = ..., same_as: _Optional[str] = ..., trl_estimated: _Optional[bool] = ..., declared_stage: _Optional[str] = ...) -> None: ...

class ListingTerms(_message.Message):
    __slots__ = ("price", "budget", "terms", "demander", "confidentiality", "evidence")
    PRICE_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    DEMANDER_FIELD_NUMBER: _ClassVar[int]
    CONFIDENTIALITY_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    price: _record_pb2.PriceRange
    budget: _record_pb2.PriceRange
    terms: str
    demander: _record_pb2.OrganisationRef
    confidentiality: str
    evidence: _containers.RepeatedCompositeFieldContainer[_record_pb2.Attachment]
    def __init__(self, price: _Optional[_Union[_record_pb2.PriceRange, _Mapping]] = ..., budget: _Optional[_Union[_record_pb2.PriceRange, _Mapping]] = ..., terms: _Optional[str] = ..., demander: _Optional[_Union[_record_pb2.OrganisationRef, _Mapping]] = ..., confidentiality: _Optional[str] = ..., evidence: _Optional[_Iterable[_Union[_record_pb2.Attachment, _Mapping]]] = ...) -> None: ...

class ListingContacts(_message.Message):
    __slots__ = ("contacts", "completers")
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    COMPLETERS_FIELD_NUMBER: _ClassVar[int]
    contacts: _containers.RepeatedCompositeFieldContainer[_record_pb2.Person]
    completers: _containers.RepeatedCompositeFieldContainer[_record_pb2.Person]
    def __init__(self, contacts: _Optional[_Iterable[_Union[_record_pb2.Person, _Mapping]]] = ..., completers: _Optional[_Iterable[_Union[_record_pb2.Person, _Mapping]]] = ...) -> None: ...
