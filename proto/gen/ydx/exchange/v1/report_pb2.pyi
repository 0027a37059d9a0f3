from ydx.exchange.v1 import contract_pb2 as _contract_pb2
from ydx.exchange.v1 import manager_pb2 as _manager_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReportKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPORT_KIND_UNSPECIFIED: _ClassVar[ReportKind]
    REPORT_KIND_FLOWS: _ClassVar[ReportKind]
    REPORT_KIND_FUNNEL: _ClassVar[ReportKind]
    REPORT_KIND_ANSWERS: _ClassVar[ReportKind]
    REPORT_KIND_MANAGERS: _ClassVar[ReportKind]
    REPORT_KIND_OPEN_LICENCES: _ClassVar[ReportKind]
    REPORT_KIND_OVERDUE: _ClassVar[ReportKind]
    REPORT_KIND_TARGETS: _ClassVar[ReportKind]
REPORT_KIND_UNSPECIFIED: ReportKind
REPORT_KIND_FLOWS: ReportKind
REPORT_KIND_FUNNEL: ReportKind
REPORT_KIND_ANSWERS: ReportKind
REPORT_KIND_MANAGERS: ReportKind
REPORT_KIND_OPEN_LICENCES: ReportKind
REPORT_KIND_OVERDUE: ReportKind
REPORT_KIND_TARGETS: ReportKind

class GetReportRequest(_message.Message):
    __slots__ = ("kind", "from_month", "until_month", "member", "on_day")
    KIND_FIELD_NUMBER: _ClassVar[int]
    FROM_MONTH_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MONTH_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ON_DAY_FIELD_NUMBER: _ClassVar[int]
    kind: ReportKind
    from_month: str
    until_month: str
    member: str
    on_day: str
    def __init__(self, kind: _Optional[_Union[ReportKind, str]] = ..., from_month: _Optional[str] = ..., until_month: _Optional[str] = ..., member: _Optional[str] = ..., on_day: _Optional[str] = ...) -> None: ...

class GetReportResponse(_message.Message):
    __slots__ = ("kind", "from_month", "until_month", "member", "on_day", "sizes", "waiting", "truncated", "flows", "funnel", "answers", "managers", "open_licences", "overdue", "targets")
    KIND_FIELD_NUMBER: _ClassVar[int]
    FROM_MONTH_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MONTH_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ON_DAY_FIELD_NUMBER: _ClassVar[int]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    FLOWS_FIELD_NUMBER: _ClassVar[int]
    FUNNEL_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    MANAGERS_FIELD_NUMBER: _ClassVar[int]
    OPEN_LICENCES_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    kind: ReportKind
    from_month: str
    until_month: str
    member: str
    on_day: str
    sizes: _containers.RepeatedCompositeFieldContainer[FoldedSize]
    waiting: bool
    truncated: bool
    flows: _containers.RepeatedCompositeFieldContainer[FlowRow]
    funnel: _containers.RepeatedCompositeFieldContainer[FunnelRow]
    answers: _containers.RepeatedCompositeFieldContainer[AnswerRow]
    managers: _containers.RepeatedCompositeFieldContainer[ManagerRow]
    open_licences: _containers.RepeatedCompositeFieldContainer[OpenLicenceRow]
    overdue: _containers.RepeatedCompositeFieldContainer[OverdueRow]
    targets: _containers.RepeatedCompositeFieldContainer[TargetRow]
    def __init__(self, kind: _Optional[_Union[ReportKind, str]] = ..., from_month: _Optional[str] = ..., until_month: _Optional[str] = ..., member: _Optional[str] = ..., on_day: _Optional[str] = ..., sizes: _Optional[_Iterable[_Union[FoldedSize, _Mapping]]] = ..., waiting: _Optional[bool] = ..., truncated: _Optional[bool] = ..., flows: _Optional[_Iterable[_Union[FlowRow, _Mapping]]] = ..., funnel: _Optional[_Iterable[_Union[FunnelRow, _Mapping]]] = ..., answers: _Optional[_Iterable[_Union[AnswerRow, _Mapping]]] = ..., managers: _Optional[_Iterable[_Union[ManagerRow, _Mapping]]] = ..., open_licences: _Optional[_Iterable[_Union[OpenLicenceRow, _Mapping]]] = ..., overdue: _Optional[_Iterable[_Union[OverdueRow, _Mapping]]] = ..., targets: _Optional[_Iterable[_Union[TargetRow, _Mapping]]] = ...) -> None: ...

class FoldedSize(_message.Message):
    __slots__ = ("origin", "size")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    origin: str
    size: int
    def __init__(self, origin: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class FlowRow(_message.Message):
    __slots__ = ("seller_region", "buyer_region", "month", "type", "contracts", "contract_amount_fen", "technical_amount_fen")
    SELLER_REGION_FIELD_NUMBER: _ClassVar[int]
    BUYER_REGION_FIELD_NUMBER: _ClassVar[int]
    MONTH_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTRACTS_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    TECHNICAL_AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    seller_region: str
    buyer_region: str
    month: str
    type: _contract_pb2.ContractType
    contracts: int
    contract_amount_fen: int
    technical_amount_fen: int
    def __init__(self, seller_region: _Optional[str] = ..., buyer_region: _Optional[str] = ..., month: _Optional[str] = ..., type: _Optional[_Union[_contract_pb2.ContractType, str]] = ..., contracts: _Optional[int] = ..., contract_amount_fen: _Optional[int] = ..., technical_amount_fen: _Optional[int] = ...) -> None: ...

class FunnelRow(_message.Message):
    __slots__ = ("member", "month", "listed", "enquired", "accepted", "introduced", "contracted", "registered")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    MONTH_FIELD_NUMBER: _ClassVar[int]
    LISTED_FIELD_NUMBER: _ClassVar[int]
    ENQUIRED_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    INTRODUCED_FIELD_NUMBER: _ClassVar[int]
    CONTRACTED_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_FIELD_NUMBER: _ClassVar[int]
    member: str
    month: str
    listed: int
    enquired: int
    accepted: int
    introduced: int
    contracted: int
    registered: int
    def __init__(self, member: _Optional[str] = ..., month: _Optional[str] = ..., listed: _Optional[int] = ..., enquired: _Optional[int] = ..., accepted: _Optional[int] = ..., introduced: _Optional[int] = ..., contracted: _Optional[int] = ..., registered: _Optional[int] = ...) -> None: ...

class AnswerRow(_message.Message):
    __slots__ = ("member", "month", "answered", "open", "median_hours", "expired")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    MONTH_FIELD_NUMBER: _ClassVar[int]
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_HOURS_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_FIELD_NUMBER: _ClassVar[int]
    member: str
    month: str
    answered: int
    open: int
    median_hours: int
    expired: int
    def __init__(self, member: _Optional[str] = ..., month: _Optional[str] = ..., answered: _Optional[int] = ..., open: _Optional[int] = ..., median_hours: _Optional[int] = ..., expired: _Optional[int] = ...) -> None: ...

class ManagerRow(_message.Message):
    __slots__ = ("member", "level", "integrity_status", "managers")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    INTEGRITY_STATUS_FIELD_NUMBER: _ClassVar[int]
    MANAGERS_FIELD_NUMBER: _ClassVar[int]
    member: str
    level: _manager_pb2.ManagerLevel
    integrity_status: _manager_pb2.IntegrityStatus
    managers: int
    def __init__(self, member: _Optional[str] = ..., level: _Optional[_Union[_manager_pb2.ManagerLevel, str]] = ..., integrity_status: _Optional[_Union[_manager_pb2.IntegrityStatus, str]] = ..., managers: _Optional[int] = ...) -> None: ...

class OpenLicenceRow(_message.Message):
    __slots__ = ("name", "member", "title", "region", "tech_field", "open_licence_fee_fen")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    TECH_FIELD_FIELD_NUMBER: _ClassVar[int]
    OPEN_LICENCE_FEE_FEN_FIELD_NUMBER: _ClassVar[int]
    name: str
    member: str
    title: str
    region: str
    tech_field: _record_pb2.TechField
    open_licence_fee_fen: int
    def __init__(self, name: _Optional[str] = ..., member: _Optional[str] = ..., title: _Optional[str] = ..., region: _Optional[str] = ..., tech_field: _Optional[_Union[_record_pb2.TechField, str]] = ..., open_licence_fee_fen: _Optional[int] = ...) -> None: ...

class OverdueRow(_message.Message):
    __slots__ = ("name", "member", "title", "region", "convert_by", "days")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    CONVERT_BY_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    name: str
    member: str
    title: str
    region: str
    convert_by: str
    days: int
    def __init__(self, name: _Optional[str] = ..., member: _Optional[str] = ..., title: _Optional[str] = ..., region: _Optional[str] = ..., convert_by: _Optional[str] = ..., days: _Optional[int] = ...) -> None: ...

class TargetRow(_message.Message):
    __slots__ = ("target", "measure", "amount", "until", "reached", "permille")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REACHED_FIELD_NUMBER: _ClassVar[int]
    PERMILLE_FIELD_NUMBER: _ClassVar[int]
    target: str
    measure: str
    amount: int
    until: str
    reached: int
    permille: int
    def __init__(self, target: _Optional[str] = ..., measure: _Optional[str] = ..., amount: _Optional[int] = ..., until: _Optional[str] = ..., reached: _Optional[int] = ..., permille: _Optional[int] = ...) -> None: ...
