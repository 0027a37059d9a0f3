from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KIND_UNSPECIFIED: _ClassVar[Kind]
    KIND_GENESIS: _ClassVar[Kind]
    KIND_LISTING: _ClassVar[Kind]
    KIND_ORGANISATION: _ClassVar[Kind]
    KIND_MANAGER: _ClassVar[Kind]
    KIND_SEALED: _ClassVar[Kind]
    KIND_ERASE: _ClassVar[Kind]
    KIND_ACK: _ClassVar[Kind]
    KIND_CHECKPOINT: _ClassVar[Kind]
    KIND_REGISTRY: _ClassVar[Kind]

class Operation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATION_UNSPECIFIED: _ClassVar[Operation]
    OPERATION_PUT: _ClassVar[Operation]
    OPERATION_WITHDRAW: _ClassVar[Operation]

class Audience(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIENCE_UNSPECIFIED: _ClassVar[Audience]
    AUDIENCE_PUBLIC: _ClassVar[Audience]
    AUDIENCE_MEMBERS: _ClassVar[Audience]
    AUDIENCE_NAMED: _ClassVar[Audience]
    AUDIENCE_ORIGIN: _ClassVar[Audience]
KIND_UNSPECIFIED: Kind
KIND_GENESIS: Kind
KIND_LISTING: Kind
KIND_ORGANISATION: Kind
KIND_MANAGER: Kind
KIND_SEALED: Kind
KIND_ERASE: Kind
KIND_ACK: Kind
KIND_CHECKPOINT: Kind
KIND_REGISTRY: Kind
OPERATION_UNSPECIFIED: Operation
OPERATION_PUT: Operation
OPERATION_WITHDRAW: Operation
AUDIENCE_UNSPECIFIED: Audience
AUDIENCE_PUBLIC: Audience
AUDIENCE_MEMBERS: Audience
AUDIENCE_NAMED: Audience
AUDIENCE_ORIGIN: Audience

class Entry(_message.Message):
    __slots__ = ("format", "kind", "subject", "revision", "operation", "recorded_at", "request", "body", "parts")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    format: int
    kind: int
    subject: bytes
    revision: int
    operation: int
    recorded_at: int
    request: bytes
    body: bytes
    parts: _containers.RepeatedCompositeFieldContainer[Part]
    def __init__(self, format: _Optional[int] = ..., kind: _Optional[int] = ..., subject: _Optional[bytes] = ..., revision: _Optional[int] = ..., operation: _Optional[int] = ..., recorded_at: _Optional[int] = ..., request: _Optional[bytes] = ..., body: _Optional[bytes] = ..., parts: _Optional[_Iterable[_Union[Part, _Mapping]]] = ...) -> None: ...

class Part(_message.Message):
    __slots__ = ("audience", "commitment")
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    audience: int
    commitment: bytes
    def __init__(self, audience: _Optional[int] = ..., commitment: _Optional[bytes] = ...) -> None: ...

class PartHeader(_message.Message):
    __slots__ = ("origin", "subject", "revision", "part_number", "audience", "named")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PART_NUMBER_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    NAMED_FIELD_NUMBER: _ClassVar[int]
    origin: str
    subject: bytes
    revision: int
    part_number: int
    audience: int
    named: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, origin: _Optional[str] = ..., subject: _Optional[bytes] = ..., revision: _Optional[int] = ..., part_number: _Optional[int] = ..., audience: _Optional[int] = ..., named: _Optional[_Iterable[str]] = ...) -> None: ...
