from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DemandType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEMAND_TYPE_UNSPECIFIED: _ClassVar[DemandType]
    DEMAND_TYPE_RESEARCH: _ClassVar[DemandType]
    DEMAND_TYPE_SUBSTITUTION: _ClassVar[DemandType]
    DEMAND_TYPE_UPGRADE: _ClassVar[DemandType]
    DEMAND_TYPE_ACQUISITION: _ClassVar[DemandType]
    DEMAND_TYPE_TESTING: _ClassVar[DemandType]
    DEMAND_TYPE_TALENT: _ClassVar[DemandType]
    DEMAND_TYPE_FINANCING: _ClassVar[DemandType]

class CooperationMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COOPERATION_MODE_UNSPECIFIED: _ClassVar[CooperationMode]
    COOPERATION_MODE_COMMISSIONED: _ClassVar[CooperationMode]
    COOPERATION_MODE_JOINT_DEVELOPMENT: _ClassVar[CooperationMode]
    COOPERATION_MODE_ASSIGNMENT: _ClassVar[CooperationMode]
    COOPERATION_MODE_LICENCE: _ClassVar[CooperationMode]
    COOPERATION_MODE_EQUITY: _ClassVar[CooperationMode]
    COOPERATION_MODE_SERVICE: _ClassVar[CooperationMode]
    COOPERATION_MODE_JOINT_LAB: _ClassVar[CooperationMode]
DEMAND_TYPE_UNSPECIFIED: DemandType
DEMAND_TYPE_RESEARCH: DemandType
DEMAND_TYPE_SUBSTITUTION: DemandType
DEMAND_TYPE_UPGRADE: DemandType
DEMAND_TYPE_ACQUISITION: DemandType
DEMAND_TYPE_TESTING: DemandType
DEMAND_TYPE_TALENT: DemandType
DEMAND_TYPE_FINANCING: DemandType
COOPERATION_MODE_UNSPECIFIED: CooperationMode
COOPERATION_MODE_COMMISSIONED: CooperationMode
COOPERATION_MODE_JOINT_DEVELOPMENT: CooperationMode
COOPERATION_MODE_ASSIGNMENT: CooperationMode
COOPERATION_MODE_LICENCE: CooperationMode
COOPERATION_MODE_EQUITY: CooperationMode
COOPERATION_MODE_SERVICE: CooperationMode
COOPERATION_MODE_JOINT_LAB: CooperationMode

class Demand(_message.Message):
    __slots__ = ("problem", "indicators", "foundation", "demand_type", "cooperation_modes", "deadline_eoi", "anonymous", "challenge", "bounty_fen", "verified_by", "verified_on")
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    FOUNDATION_FIELD_NUMBER: _ClassVar[int]
    DEMAND_TYPE_FIELD_NUMBER: _ClassVar[int]
    COOPERATION_MODES_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_EOI_FIELD_NUMBER: _ClassVar[int]
    ANONYMOUS_FIELD_NUMBER: _ClassVar[int]
    CHALLENGE_FIELD_NUMBER: _ClassVar[int]
    BOUNTY_FEN_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_BY_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_ON_FIELD_NUMBER: _ClassVar[int]
    problem: str
    indicators: _containers.RepeatedCompositeFieldContainer[_record_pb2.Indicator]
    foundation: str
    demand_type: DemandType
    cooperation_modes: _containers.RepeatedScalarFieldContainer[CooperationMode]
    deadline_eoi: str
    anonymous: bool
    challenge: bool
    bounty_fen: int
    verified_by: str
    verified_on: str
    def __init__(self, problem: _Optional[str] = ..., indicators: _Optional[_Iterable[_Union[_record_pb2.Indicator, _Mapping]]] = ..., foundation: _Optional[str] = ..., demand_type: _Optional[_Union[DemandType, str]] = ..., cooperation_modes: _Optional[_Iterable[_Union[CooperationMode, str]]] = ..., deadline_eoi: _Optional[str] = ..., anonymous: _Optional[bool] = ..., challenge: _Optional[bool] = ..., bounty_fen: _Optional[int] = ..., verified_by: _Optional[str] = ..., verified_on: _Optional[str] = ...) -> None: ...
