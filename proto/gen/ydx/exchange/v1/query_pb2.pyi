from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AckLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACK_LEVEL_UNSPECIFIED: _ClassVar[AckLevel]
    ACK_LEVEL_LOCAL: _ClassVar[AckLevel]
    ACK_LEVEL_PEER: _ClassVar[AckLevel]

class Completeness(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMPLETENESS_UNSPECIFIED: _ClassVar[Completeness]
    COMPLETENESS_COMPLETE: _ClassVar[Completeness]
    COMPLETENESS_STALE: _ClassVar[Completeness]
    COMPLETENESS_PARTIAL: _ClassVar[Completeness]
ACK_LEVEL_UNSPECIFIED: AckLevel
ACK_LEVEL_LOCAL: AckLevel
ACK_LEVEL_PEER: AckLevel
COMPLETENESS_UNSPECIFIED: Completeness
COMPLETENESS_COMPLETE: Completeness
COMPLETENESS_STALE: Completeness
COMPLETENESS_PARTIAL: Completeness

class Warning(_message.Message):
    __slots__ = ("rule", "field", "text_zh", "text_en")
    RULE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    rule: str
    field: str
    text_zh: str
    text_en: str
    def __init__(self, rule: _Optional[str] = ..., field: _Optional[str] = ..., text_zh: _Optional[str] = ..., text_en: _Optional[str] = ...) -> None: ...

class FieldViolation(_message.Message):
    __slots__ = ("field", "rule", "value", "text_zh", "text_en")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    field: str
    rule: str
    value: str
    text_zh: str
    text_en: str
    def __init__(self, field: _Optional[str] = ..., rule: _Optional[str] = ..., value: _Optional[str] = ..., text_zh: _Optional[str] = ..., text_en: _Optional[str] = ...) -> None: ...

class RecordFilter(_message.Message):
    __slots__ = ("members", "region", "states", "changed_after_position")
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AFTER_POSITION_FIELD_NUMBER: _ClassVar[int]
    members: _containers.RepeatedScalarFieldContainer[str]
    region: str
    states: _containers.RepeatedScalarFieldContainer[_record_pb2.RecordState]
    changed_after_position: int
    def __init__(self, members: _Optional[_Iterable[str]] = ..., region: _Optional[str] = ..., states: _Optional[_Iterable[_Union[_record_pb2.RecordState, str]]] = ..., changed_after_position: _Optional[int] = ...) -> None: ...

class OriginCompleteness(_message.Message):
    __slots__ = ("member", "state", "why", "verified_size", "confirmed_size", "lag_s")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_SIZE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_SIZE_FIELD_NUMBER: _ClassVar[int]
    LAG_S_FIELD_NUMBER: _ClassVar[int]
    member: str
    state: Completeness
    why: str
    verified_size: int
    confirmed_size: int
    lag_s: float
    def __init__(self, member: _Optional[str] = ..., state: _Optional[_Union[Completeness, str]] = ..., why: _Optional[str] = ..., verified_size: _Optional[int] = ..., confirmed_size: _Optional[int] = ..., lag_s: _Optional[float] = ...) -> None: ...
