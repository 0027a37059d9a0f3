from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ManagerLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MANAGER_LEVEL_UNSPECIFIED: _ClassVar[ManagerLevel]
    MANAGER_LEVEL_JUNIOR: _ClassVar[ManagerLevel]
    MANAGER_LEVEL_INTERMEDIATE: _ClassVar[ManagerLevel]
    MANAGER_LEVEL_SENIOR: _ClassVar[ManagerLevel]

class IntegrityStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INTEGRITY_STATUS_UNSPECIFIED: _ClassVar[IntegrityStatus]
    INTEGRITY_STATUS_GOOD: _ClassVar[IntegrityStatus]
    INTEGRITY_STATUS_WARNED: _ClassVar[IntegrityStatus]
    INTEGRITY_STATUS_SUSPENDED: _ClassVar[IntegrityStatus]
    INTEGRITY_STATUS_REVOKED: _ClassVar[IntegrityStatus]
MANAGER_LEVEL_UNSPECIFIED: ManagerLevel
MANAGER_LEVEL_JUNIOR: ManagerLevel
MANAGER_LEVEL_INTERMEDIATE: ManagerLevel
MANAGER_LEVEL_SENIOR: ManagerLevel
INTEGRITY_STATUS_UNSPECIFIED: IntegrityStatus
INTEGRITY_STATUS_GOOD: IntegrityStatus
INTEGRITY_STATUS_WARNED: IntegrityStatus
INTEGRITY_STATUS_SUSPENDED: IntegrityStatus
INTEGRITY_STATUS_REVOKED: IntegrityStatus

class Manager(_message.Message):
    __slots__ = ("name", "public", "members", "origin", "state", "info")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    name: str
    public: ManagerPublic
    members: ManagerTerms
    origin: ManagerPerson
    state: _record_pb2.RecordState
    info: _record_pb2.RecordInfo
    def __init__(self, name: _Optional[str] = ..., public: _Optional[_Union[ManagerPublic, _Mapping]] = ..., members: _Optional[_Union[ManagerTerms, _Mapping]] = ..., origin: _Optional[_Union[ManagerPerson, _Mapping]] = ..., state: _Optional[_Union[_record_pb2.RecordState, str]] = ..., info: _Optional[_Union[_record_pb2.RecordInfo, _Mapping]] = ...) -> None: ...

class ManagerPublic(_message.Message):
    __slots__ = ("title", "region", "level", "employer", "tech_fields", "regions_served", "certificates", "integrity_status", "source_platform", "source_id")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    EMPLOYER_FIELD_NUMBER: _ClassVar[int]
    TECH_FIELDS_FIELD_NUMBER: _ClassVar[int]
    REGIONS_SERVED_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    INTEGRITY_STATUS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PLATFORM_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    title: str
    region: str
    level: ManagerLevel
    employer: _record_pb2.OrganisationRef
    tech_fields: _containers.RepeatedScalarFieldContainer[_record_pb2.TechField]
    regions_served: _containers.RepeatedScalarFieldContainer[str]
    certificates: _containers.RepeatedScalarFieldContainer[str]
    integrity_status: IntegrityStatus
    source_platform: str
    source_id: str
    def __init__(self, title: _Optional[str] = ..., region: _Optional[str] = ..., level: _Optional[_Union[ManagerLevel, str]] = ..., employer: _Optional[_Union[_record_pb2.OrganisationRef, _Mapping]] = ..., tech_fields: _Optional[_Iterable[_Union[_record_pb2.TechField, str]]] = ..., regions_served: _Optional[_Iterable[str]] = ..., certificates: _Optional[_Iterable[str]] = ..., integrity_status: _Optional[_Union[IntegrityStatus, str]] = ..., source_platform: _Optional[str] = ..., source_id: _Optional[str] = ...) -> None: ...

class ManagerTerms(_message.Message):
    __slots__ = ("load", "terms")
    LOAD_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    load: int
    terms: str
    def __init__(self, load: _Optional[int] = ..., terms: _Optional[str] = ...) -> None: ...

class ManagerPerson(_message.Message):
    __slots__ = ("person", "consent")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    person: _record_pb2.Person
    consent: Consent
    def __init__(self, person: _Optional[_Union[_record_pb2.Person, _Mapping]] = ..., consent: _Optional[_Union[Consent, _Mapping]] = ...) -> None: ...

class Consent(_message.Message):
    __slots__ = ("purpose", "scope", "granted_on", "withdrawn_on")
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    GRANTED_ON_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_ON_FIELD_NUMBER: _ClassVar[int]
    purpose: str
    scope: str
    granted_on: str
    withdrawn_on: str
    def __init__(self, purpose: _Optional[str] = ..., scope: _Optional[str] = ..., granted_on: _Optional[str] = ..., withdrawn_on: _Optional[str] = ...) -> None: ...
