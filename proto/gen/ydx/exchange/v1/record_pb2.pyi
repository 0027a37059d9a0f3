import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecordState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECORD_STATE_UNSPECIFIED: _ClassVar[RecordState]
    RECORD_STATE_PUBLISHED: _ClassVar[RecordState]
    RECORD_STATE_ON_HOLD: _ClassVar[RecordState]
    RECORD_STATE_MATCHED: _ClassVar[RecordState]
    RECORD_STATE_CLOSED_DEAL: _ClassVar[RecordState]
    RECORD_STATE_FLAGGED: _ClassVar[RecordState]
    RECORD_STATE_WITHDRAWN: _ClassVar[RecordState]
    RECORD_STATE_HIDDEN: _ClassVar[RecordState]

class MissingPartReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MISSING_PART_REASON_UNSPECIFIED: _ClassVar[MissingPartReason]
    MISSING_PART_REASON_WITHHELD: _ClassVar[MissingPartReason]
    MISSING_PART_REASON_ERASED: _ClassVar[MissingPartReason]
    MISSING_PART_REASON_WANTED: _ClassVar[MissingPartReason]
    MISSING_PART_REASON_VOID: _ClassVar[MissingPartReason]

class TechField(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TECH_FIELD_UNSPECIFIED: _ClassVar[TechField]
    TECH_FIELD_ELECTRONICS_INFORMATION: _ClassVar[TechField]
    TECH_FIELD_AEROSPACE: _ClassVar[TechField]
    TECH_FIELD_ADVANCED_MANUFACTURING: _ClassVar[TechField]
    TECH_FIELD_BIOMEDICINE: _ClassVar[TechField]
    TECH_FIELD_NEW_MATERIALS: _ClassVar[TechField]
    TECH_FIELD_NEW_ENERGY: _ClassVar[TechField]
    TECH_FIELD_ENVIRONMENT: _ClassVar[TechField]
    TECH_FIELD_NUCLEAR: _ClassVar[TechField]
    TECH_FIELD_AGRICULTURE: _ClassVar[TechField]
    TECH_FIELD_TRANSPORT: _ClassVar[TechField]
    TECH_FIELD_URBAN_SOCIAL: _ClassVar[TechField]

class Classification(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLASSIFICATION_UNSPECIFIED: _ClassVar[Classification]
    CLASSIFICATION_GENERAL: _ClassVar[Classification]
    CLASSIFICATION_IMPORTANT: _ClassVar[Classification]
    CLASSIFICATION_CORE: _ClassVar[Classification]
    CLASSIFICATION_SECRET: _ClassVar[Classification]

class Relation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RELATION_UNSPECIFIED: _ClassVar[Relation]
    RELATION_AT_LEAST: _ClassVar[Relation]
    RELATION_AT_MOST: _ClassVar[Relation]
    RELATION_EQUAL: _ClassVar[Relation]
    RELATION_RANGE: _ClassVar[Relation]
RECORD_STATE_UNSPECIFIED: RecordState
RECORD_STATE_PUBLISHED: RecordState
RECORD_STATE_ON_HOLD: RecordState
RECORD_STATE_MATCHED: RecordState
RECORD_STATE_CLOSED_DEAL: RecordState
RECORD_STATE_FLAGGED: RecordState
RECORD_STATE_WITHDRAWN: RecordState
RECORD_STATE_HIDDEN: RecordState
MISSING_PART_REASON_UNSPECIFIED: MissingPartReason
MISSING_PART_REASON_WITHHELD: MissingPartReason
MISSING_PART_REASON_ERASED: MissingPartReason
MISSING_PART_REASON_WANTED: MissingPartReason
MISSING_PART_REASON_VOID: MissingPartReason
TECH_FIELD_UNSPECIFIED: TechField
TECH_FIELD_ELECTRONICS_INFORMATION: TechField
TECH_FIELD_AEROSPACE: TechField
TECH_FIELD_ADVANCED_MANUFACTURING: TechField
TECH_FIELD_BIOMEDICINE: TechField
TECH_FIELD_NEW_MATERIALS: TechField
TECH_FIELD_NEW_ENERGY: TechField
TECH_FIELD_ENVIRONMENT: TechField
TECH_FIELD_NUCLEAR: TechField
TECH_FIELD_AGRICULTURE: TechField
TECH_FIELD_TRANSPORT: TechField
TECH_FIELD_URBAN_SOCIAL: TechField
CLASSIFICATION_UNSPECIFIED: Classification
CLASSIFICATION_GENERAL: Classification
CLASSIFICATION_IMPORTANT: Classification
CLASSIFICATION_CORE: Classification
CLASSIFICATION_SECRET: Classification
RELATION_UNSPECIFIED: Relation
RELATION_AT_LEAST: Relation
RELATION_AT_MOST: Relation
RELATION_EQUAL: Relation
RELATION_RANGE: Relation

class RecordInfo(_message.Message):
    __slots__ = ("member", "leaf_index", "revision", "etag", "provisional", "recorded_at", "missing_parts")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    MISSING_PARTS_FIELD_NUMBER: _ClassVar[int]
    member: str
    leaf_index: int
    revision: int
    etag: str
    provisional: bool
    recorded_at: _timestamp_pb2.Timestamp
    missing_parts: _containers.RepeatedCompositeFieldContainer[MissingPart]
    def __init__(self, member: _Optional[str] = ..., leaf_index: _Optional[int] = ..., revision: _Optional[int] = ..., etag: _Optional[str] = ..., provisional: _Optional[bool] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., missing_parts: _Optional[_Iterable[_Union[MissingPart, _Mapping]]] = ...) -> None: ...

class MissingPart(_message.Message):
    __slots__ = ("part", "reason")
    PART_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    part: str
    reason: MissingPartReason
    def __init__(self, part: _Optional[str] = ..., reason: _Optional[_Union[MissingPartReason, str]] = ...) -> None: ...

class OrganisationRef(_message.Message):
    __slots__ = ("uscc", "name", "record")
    USCC_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    uscc: str
    name: str
    record: str
    def __init__(self, uscc: _Optional[str] = ..., name: _Optional[str] = ..., record: _Optional[str] = ...) -> None: ...

class Attachment(_message.Message):
    __slots__ = ("name", "size_bytes", "sha256", "uri")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    name: str
    size_bytes: int
    sha256: bytes
    uri: str
    def __init__(self, name: _Optional[str] = ..., size_bytes: _Optional[int] = ..., sha256: _Optional[bytes] = ..., uri: _Optional[str] = ...) -> None: ...

class Person(_message.Message):
    __slots__ = ("name", "role", "phone", "email", "address")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    name: str
    role: str
    phone: str
    email: str
    address: str
    def __init__(self, name: _Optional[str] = ..., role: _Optional[str] = ..., phone: _Optional[str] = ..., email: _Optional[str] = ..., address: _Optional[str] = ...) -> None: ...

class PriceRange(_message.Message):
    __slots__ = ("negotiable", "amount_min_fen", "amount_max_fen")
    NEGOTIABLE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MIN_FEN_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MAX_FEN_FIELD_NUMBER: _ClassVar[int]
    negotiable: bool
    amount_min_fen: int
    amount_max_fen: int
    def __init__(self, negotiable: _Optional[bool] = ..., amount_min_fen: _Optional[int] = ..., amount_max_fen: _Optional[int] = ...) -> None: ...

class Indicator(_message.Message):
    __slots__ = ("name", "relation", "value", "value_max", "unit", "text")
    NAME_FIELD_NUMBER: _ClassVar[int]
    RELATION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VALUE_MAX_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    name: str
    relation: Relation
    value: str
    value_max: str
    unit: str
    text: str
    def __init__(self, name: _Optional[str] = ..., relation: _Optional[_Union[Relation, str]] = ..., value: _Optional[str] = ..., value_max: _Optional[str] = ..., unit: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...
