from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ResultForm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESULT_FORM_UNSPECIFIED: _ClassVar[ResultForm]
    RESULT_FORM_INVENTION_PATENT: _ClassVar[ResultForm]
    RESULT_FORM_UTILITY_MODEL: _ClassVar[ResultForm]
    RESULT_FORM_DESIGN: _ClassVar[ResultForm]
    RESULT_FORM_SOFTWARE: _ClassVar[ResultForm]
    RESULT_FORM_IC_LAYOUT: _ClassVar[ResultForm]
    RESULT_FORM_PLANT_VARIETY: _ClassVar[ResultForm]
    RESULT_FORM_DRUG_CERTIFICATE: _ClassVar[ResultForm]
    RESULT_FORM_KNOW_HOW: _ClassVar[ResultForm]
    RESULT_FORM_NEW_PRODUCT: _ClassVar[ResultForm]
    RESULT_FORM_NEW_PROCESS: _ClassVar[ResultForm]
    RESULT_FORM_NEW_MATERIAL: _ClassVar[ResultForm]
    RESULT_FORM_PROTOTYPE: _ClassVar[ResultForm]
    RESULT_FORM_PAPER: _ClassVar[ResultForm]
    RESULT_FORM_OTHER: _ClassVar[ResultForm]

class IpType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IP_TYPE_UNSPECIFIED: _ClassVar[IpType]
    IP_TYPE_INVENTION: _ClassVar[IpType]
    IP_TYPE_UTILITY_MODEL: _ClassVar[IpType]
    IP_TYPE_DESIGN: _ClassVar[IpType]
    IP_TYPE_SOFTWARE: _ClassVar[IpType]
    IP_TYPE_IC_LAYOUT: _ClassVar[IpType]
    IP_TYPE_PLANT_VARIETY: _ClassVar[IpType]
    IP_TYPE_KNOW_HOW: _ClassVar[IpType]
    IP_TYPE_OTHER: _ClassVar[IpType]

class IpStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IP_STATUS_UNSPECIFIED: _ClassVar[IpStatus]
    IP_STATUS_NOT_FILED: _ClassVar[IpStatus]
    IP_STATUS_SECRET: _ClassVar[IpStatus]
    IP_STATUS_PENDING: _ClassVar[IpStatus]
    IP_STATUS_GRANTED: _ClassVar[IpStatus]
    IP_STATUS_LAPSED: _ClassVar[IpStatus]

class TransferMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRANSFER_MODE_UNSPECIFIED: _ClassVar[TransferMode]
    TRANSFER_MODE_OWN_USE: _ClassVar[TransferMode]
    TRANSFER_MODE_ASSIGNMENT: _ClassVar[TransferMode]
    TRANSFER_MODE_EXCLUSIVE_LICENCE: _ClassVar[TransferMode]
    TRANSFER_MODE_SOLE_LICENCE: _ClassVar[TransferMode]
    TRANSFER_MODE_LICENCE: _ClassVar[TransferMode]
    TRANSFER_MODE_JOINT_USE: _ClassVar[TransferMode]
    TRANSFER_MODE_EQUITY: _ClassVar[TransferMode]
    TRANSFER_MODE_OPEN_LICENCE: _ClassVar[TransferMode]
    TRANSFER_MODE_ENTITLED_ASSIGNMENT: _ClassVar[TransferMode]
    TRANSFER_MODE_OTHER: _ClassVar[TransferMode]

class Entitlement(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTITLEMENT_UNSPECIFIED: _ClassVar[Entitlement]
    ENTITLEMENT_INSTITUTION: _ClassVar[Entitlement]
    ENTITLEMENT_PARTIAL: _ClassVar[Entitlement]
    ENTITLEMENT_FULL: _ClassVar[Entitlement]
    ENTITLEMENT_LONG_TERM_USE: _ClassVar[Entitlement]

class EvaluationLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVALUATION_LEVEL_UNSPECIFIED: _ClassVar[EvaluationLevel]
    EVALUATION_LEVEL_WORLD_LEADING: _ClassVar[EvaluationLevel]
    EVALUATION_LEVEL_WORLD_ADVANCED: _ClassVar[EvaluationLevel]
    EVALUATION_LEVEL_NATIONAL_LEADING: _ClassVar[EvaluationLevel]
    EVALUATION_LEVEL_NATIONAL_ADVANCED: _ClassVar[EvaluationLevel]
    EVALUATION_LEVEL_ORDINARY: _ClassVar[EvaluationLevel]
    EVALUATION_LEVEL_NOT_EVALUATED: _ClassVar[EvaluationLevel]
RESULT_FORM_UNSPECIFIED: ResultForm
RESULT_FORM_INVENTION_PATENT: ResultForm
RESULT_FORM_UTILITY_MODEL: ResultForm
RESULT_FORM_DESIGN: ResultForm
RESULT_FORM_SOFTWARE: ResultForm
RESULT_FORM_IC_LAYOUT: ResultForm
RESULT_FORM_PLANT_VARIETY: ResultForm
RESULT_FORM_DRUG_CERTIFICATE: ResultForm
RESULT_FORM_KNOW_HOW: ResultForm
RESULT_FORM_NEW_PRODUCT: ResultForm
RESULT_FORM_NEW_PROCESS: ResultForm
RESULT_FORM_NEW_MATERIAL: ResultForm
RESULT_FORM_PROTOTYPE: ResultForm
RESULT_FORM_PAPER: ResultForm
RESULT_FORM_OTHER: ResultForm
IP_TYPE_UNSPECIFIED: IpType
IP_TYPE_INVENTION: IpType
IP_TYPE_UTILITY_MODEL: IpType
IP_TYPE_DESIGN: IpType
IP_TYPE_SOFTWARE: IpType
IP_TYPE_IC_LAYOUT: IpType
IP_TYPE_PLANT_VARIETY: IpType
IP_TYPE_KNOW_HOW: IpType
IP_TYPE_OTHER: IpType
IP_STATUS_UNSPECIFIED: IpStatus
IP_STATUS_NOT_FILED: IpStatus
IP_STATUS_SECRET: IpStatus
IP_STATUS_PENDING: IpStatus
IP_STATUS_GRANTED: IpStatus
IP_STATUS_LAPSED: IpStatus
TRANSFER_MODE_UNSPECIFIED: TransferMode
TRANSFER_MODE_OWN_USE: TransferMode
TRANSFER_MODE_ASSIGNMENT: TransferMode
TRANSFER_MODE_EXCLUSIVE_LICENCE: TransferMode
TRANSFER_MODE_SOLE_LICENCE: TransferMode
TRANSFER_MODE_LICENCE: TransferMode
TRANSFER_MODE_JOINT_USE: TransferMode
TRANSFER_MODE_EQUITY: TransferMode
TRANSFER_MODE_OPEN_LICENCE: TransferMode
TRANSFER_MODE_ENTITLED_ASSIGNMENT: TransferMode
TRANSFER_MODE_OTHER: TransferMode
ENTITLEMENT_UNSPECIFIED: Entitlement
ENTITLEMENT_INSTITUTION: Entitlement
ENTITLEMENT_PARTIAL: Entitlement
ENTITLEMENT_FULL: Entitlement
ENTITLEMENT_LONG_TERM_USE: Entitlement
EVALUATION_LEVEL_UNSPECIFIED: EvaluationLevel
EVALUATION_LEVEL_WORLD_LEADING: EvaluationLevel
EVALUATION_LEVEL_WORLD_ADVANCED: EvaluationLevel
EVALUATION_LEVEL_NATIONAL_LEADING: EvaluationLevel
EVALUATION_LEVEL_NATIONAL_ADVANCED: EvaluationLevel
EVALUATION_LEVEL_ORDINARY: EvaluationLevel
EVALUATION_LEVEL_NOT_EVALUATED: EvaluationLevel

class Supply(_message.Message):
    __slots__ = ("advantages", "result_form", "ip", "owners", "transfer_modes", "entitlement", "separate_asset", "public_funds", "convert_by", "evaluation_level", "evaluator", "evaluated_on", "cooperation_need", "target_regions", "partner_type", "indicators", "open_licence_fee_fen")
    ADVANTAGES_FIELD_NUMBER: _ClassVar[int]
    RESULT_FORM_FIELD_NUMBER: _ClassVar[int]
    IP_FIELD_NUMBER: _ClassVar[int]
    OWNERS_FIELD_NUMBER: _ClassVar[int]
    TRANSFER_MODES_FIELD_NUMBER: _ClassVar[int]
    ENTITLEMENT_FIELD_NUMBER: _ClassVar[int]
    SEPARATE_ASSET_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FUNDS_FIELD_NUMBER: _ClassVar[int]
    CONVERT_BY_FIELD_NUMBER: _ClassVar[int]
    EVALUATION_LEVEL_FIELD_NUMBER: _ClassVar[int]
    EVALUATOR_FIELD_NUMBER: _ClassVar[int]
    EVALUATED_ON_FIELD_NUMBER: _ClassVar[int]
    COOPERATION_NEED_FIELD_NUMBER: _ClassVar[int]
    TARGET_REGIONS_FIELD_NUMBER: _ClassVar[int]
    PARTNER_TYPE_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    OPEN_LICENCE_FEE_FEN_FIELD_NUMBER: _ClassVar[int]
    advantages: str
    result_form: ResultForm
    ip: _containers.RepeatedCompositeFieldContainer[IntellectualProperty]
    owners: _containers.RepeatedCompositeFieldContainer[OwnerShare]
    transfer_modes: _containers.RepeatedScalarFieldContainer[TransferMode]
    entitlement: Entitlement
    separate_asset: bool
    public_funds: bool
    convert_by: str
    evaluation_level: EvaluationLevel
    evaluator: str
    evaluated_on: str
    cooperation_need: str
    target_regions: _containers.RepeatedScalarFieldContainer[str]
    partner_type: str
    indicators: _containers.RepeatedCompositeFieldContainer[_record_pb2.Indicator]
    open_licence_fee_fen: int
    def __init__(self, advantages: _Optional[str] = ..., result_form: _Optional[_Union[ResultForm, str]] = ..., ip: _Optional[_Iterable[_Union[IntellectualProperty, _Mapping]]] = ..., owners: _Optional[_Iterable[_Union[OwnerShare, _Mapping]]] = ..., transfer_modes: _Optional[_Iterable[_Union[TransferMode, str]]] = ..., entitlement: _Optional[_Union[Entitlement, str]] = ..., separate_asset: _Optional[bool] = ..., public_funds: _Optional[bool] = ..., convert_by: _Optional[str] = ..., evaluation_level: _Optional[_Union[EvaluationLevel, str]] = ..., evaluator: _Optional[str] = ..., evaluated_on: _Optional[str] = ..., cooperation_need: _Optional[str] = ..., target_regions: _Optional[_Iterable[str]] = ..., partner_type: _Optional[str] = ..., indicators: _Optional[_Iterable[_Union[_record_pb2.Indicator, _Mapping]]] = ..., open_licence_fee_fen: _Optional[int] = ...) -> None: ...

class IntellectualProperty(_message.Message):
    __slots__ = ("type", "number", "status", "expires_on", "pct")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_ON_FIELD_NUMBER: _ClassVar[int]
    PCT_FIELD_NUMBER: _ClassVar[int]
    type: IpType
    number: str
    status: IpStatus
    expires_on: str
    pct: bool
    def __init__(self, type: _Optional[_Union[IpType, str]] = ..., number: _Optional[str] = ..., status: _Optional[_Union[IpStatus, str]] = ..., expires_on: _Optional[str] = ..., pct: _Optional[bool] = ...) -> None: ...

class OwnerShare(_message.Message):
    __slots__ = ("organisation", "share_ppm")
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    SHARE_PPM_FIELD_NUMBER: _ClassVar[int]
    organisation: _record_pb2.OrganisationRef
    share_ppm: int
    def __init__(self, organisation: _Optional[_Union[_record_pb2.OrganisationRef, _Mapping]] = ..., share_ppm: _Optional[int] = ...) -> None: ...
