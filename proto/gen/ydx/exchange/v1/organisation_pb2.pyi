from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrganisationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORGANISATION_TYPE_UNSPECIFIED: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_UNIVERSITY: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_RESEARCH: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_MEDICAL: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_COMPANY: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_TRANSFER: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_INCUBATOR: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_PROOF_OF_CONCEPT: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_GOVERNMENT: _ClassVar[OrganisationType]
    ORGANISATION_TYPE_PARK: _ClassVar[OrganisationType]

class OrganisationSize(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORGANISATION_SIZE_UNSPECIFIED: _ClassVar[OrganisationSize]
    ORGANISATION_SIZE_MICRO: _ClassVar[OrganisationSize]
    ORGANISATION_SIZE_SMALL: _ClassVar[OrganisationSize]
    ORGANISATION_SIZE_MEDIUM: _ClassVar[OrganisationSize]
    ORGANISATION_SIZE_LARGE: _ClassVar[OrganisationSize]
    ORGANISATION_SIZE_RESEARCH: _ClassVar[OrganisationSize]
    ORGANISATION_SIZE_UNIVERSITY: _ClassVar[OrganisationSize]
    ORGANISATION_SIZE_OTHER: _ClassVar[OrganisationSize]

class OrganisationStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORGANISATION_STATUS_UNSPECIFIED: _ClassVar[OrganisationStatus]
    ORGANISATION_STATUS_ACTIVE: _ClassVar[OrganisationStatus]
    ORGANISATION_STATUS_MERGED: _ClassVar[OrganisationStatus]
    ORGANISATION_STATUS_CANCELLED: _ClassVar[OrganisationStatus]
ORGANISATION_TYPE_UNSPECIFIED: OrganisationType
ORGANISATION_TYPE_UNIVERSITY: OrganisationType
ORGANISATION_TYPE_RESEARCH: OrganisationType
ORGANISATION_TYPE_MEDICAL: OrganisationType
ORGANISATION_TYPE_COMPANY: OrganisationType
ORGANISATION_TYPE_TRANSFER: OrganisationType
ORGANISATION_TYPE_INCUBATOR: OrganisationType
ORGANISATION_TYPE_PROOF_OF_CONCEPT: OrganisationType
ORGANISATION_TYPE_GOVERNMENT: OrganisationType
ORGANISATION_TYPE_PARK: OrganisationType
ORGANISATION_SIZE_UNSPECIFIED: OrganisationSize
ORGANISATION_SIZE_MICRO: OrganisationSize
ORGANISATION_SIZE_SMALL: OrganisationSize
ORGANISATION_SIZE_MEDIUM: OrganisationSize
ORGANISATION_SIZE_LARGE: OrganisationSize
ORGANISATION_SIZE_RESEARCH: OrganisationSize
ORGANISATION_SIZE_UNIVERSITY: OrganisationSize
ORGANISATION_SIZE_OTHER: OrganisationSize
ORGANISATION_STATUS_UNSPECIFIED: OrganisationStatus
ORGANISATION_STATUS_ACTIVE: OrganisationStatus
ORGANISATION_STATUS_MERGED: OrganisationStatus
ORGANISATION_STATUS_CANCELLED: OrganisationStatus

class Organisation(_message.Message):
    __slots__ = ("name", "public", "members", "origin", "state", "info")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    name: str
    public: OrganisationPublic
    members: OrganisationTerms
    origin: OrganisationContacts
    state: _record_pb2.RecordState
    info: _record_pb2.RecordInfo
    def __init__(self, name: _Optional[str] = ..., public: _Optional[_Union[OrganisationPublic, _Mapping]] = ..., members: _Optional[_Union[OrganisationTerms, _Mapping]] = ..., origin: _Optional[_Union[OrganisationContacts, _Mapping]] = ..., state: _Optional[_Union[_record_pb2.RecordState, str]] = ..., info: _Optional[_Union[_record_pb2.RecordInfo, _Mapping]] = ...) -> None: ...

class OrganisationPublic(_message.Message):
    __slots__ = ("uscc", "title", "region", "type", "size", "industry", "status", "merged_into_uscc", "source_platform", "source_id", "title_en", "description", "homepage")
    USCC_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    INDUSTRY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MERGED_INTO_USCC_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PLATFORM_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_EN_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    HOMEPAGE_FIELD_NUMBER: _ClassVar[int]
    uscc: str
    title: str
    region: str
    type: OrganisationType
    size: OrganisationSize
    industry: str
    status: OrganisationStatus
    merged_into_uscc: str
    source_platform: str
    source_id: str
    title_en: str
    description: str
    homepage: str
    def __init__(self, uscc: _Optional[str] = ..., title: _Optional[str] = ..., region: _Optional[str] = ..., type: _Optional[_Union[OrganisationType, str]] = ..., size: _Optional[_Union[OrganisationSize, str]] = ..., industry: _Optional[str] = ..., status: _Optional[_Union[OrganisationStatus, str]] = ..., merged_into_uscc: _Optional[str] = ..., source_platform: _Optional[str] = ..., source_id: _Optional[str] = ..., title_en: _Optional[str] = ..., description: _Optional[str] = ..., homepage: _Optional[str] = ...) -> None: ...

class OrganisationTerms(_message.Message):
    __slots__ = ("terms",)
    TERMS_FIELD_NUMBER: _ClassVar[int]
    terms: str
    def __init__(self, terms: _Optional[str] = ...) -> None: ...

class OrganisationContacts(_message.Message):
    __slots__ = ("contacts",)
    CONTACTS_FIELD_NUMBER: _ClassVar[int]
    contacts: _containers.RepeatedCompositeFieldContainer[_record_pb2.Person]
    def __init__(self, contacts: _Optional[_Iterable[_Union[_record_pb2.Person, _Mapping]]] = ...) -> None: ...
