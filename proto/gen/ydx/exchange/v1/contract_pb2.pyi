from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from ydx.exchange.v1 import supply_pb2 as _supply_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ContractType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTRACT_TYPE_UNSPECIFIED: _ClassVar[ContractType]
    CONTRACT_TYPE_COMMISSIONED_DEVELOPMENT: _ClassVar[ContractType]
    CONTRACT_TYPE_JOINT_DEVELOPMENT: _ClassVar[ContractType]
    CONTRACT_TYPE_ASSIGNMENT: _ClassVar[ContractType]
    CONTRACT_TYPE_LICENCE: _ClassVar[ContractType]
    CONTRACT_TYPE_CONSULTING: _ClassVar[ContractType]
    CONTRACT_TYPE_SERVICE: _ClassVar[ContractType]

class PaymentMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_MODE_UNSPECIFIED: _ClassVar[PaymentMode]
    PAYMENT_MODE_LUMP_SUM: _ClassVar[PaymentMode]
    PAYMENT_MODE_INSTALMENTS: _ClassVar[PaymentMode]
    PAYMENT_MODE_ROYALTY: _ClassVar[PaymentMode]
    PAYMENT_MODE_EQUITY: _ClassVar[PaymentMode]

class RegistrationState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REGISTRATION_STATE_UNSPECIFIED: _ClassVar[RegistrationState]
    REGISTRATION_STATE_ACCEPTED: _ClassVar[RegistrationState]
    REGISTRATION_STATE_REGISTERED: _ClassVar[RegistrationState]
    REGISTRATION_STATE_REFUSED: _ClassVar[RegistrationState]
    REGISTRATION_STATE_REVOKED: _ClassVar[RegistrationState]
CONTRACT_TYPE_UNSPECIFIED: ContractType
CONTRACT_TYPE_COMMISSIONED_DEVELOPMENT: ContractType
CONTRACT_TYPE_JOINT_DEVELOPMENT: ContractType
CONTRACT_TYPE_ASSIGNMENT: ContractType
CONTRACT_TYPE_LICENCE: ContractType
CONTRACT_TYPE_CONSULTING: ContractType
CONTRACT_TYPE_SERVICE: ContractType
PAYMENT_MODE_UNSPECIFIED: PaymentMode
PAYMENT_MODE_LUMP_SUM: PaymentMode
PAYMENT_MODE_INSTALMENTS: PaymentMode
PAYMENT_MODE_ROYALTY: PaymentMode
PAYMENT_MODE_EQUITY: PaymentMode
REGISTRATION_STATE_UNSPECIFIED: RegistrationState
REGISTRATION_STATE_ACCEPTED: RegistrationState
REGISTRATION_STATE_REGISTERED: RegistrationState
REGISTRATION_STATE_REFUSED: RegistrationState
REGISTRATION_STATE_REVOKED: RegistrationState

class Contract(_message.Message):
    __slots__ = ("previous", "amendment_reason", "project_name", "type", "buyer", "seller", "signed_on", "valid_from", "valid_until", "contract_amount_fen", "technical_amount_fen", "ip", "payment_modes", "payment_terms", "enquiries", "center", "recorded_at_ms")
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    AMENDMENT_REASON_FIELD_NUMBER: _ClassVar[int]
    PROJECT_NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    SIGNED_ON_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    TECHNICAL_AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    IP_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_MODES_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_TERMS_FIELD_NUMBER: _ClassVar[int]
    ENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    CENTER_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    previous: _enquiry_pb2.DocumentRef
    amendment_reason: str
    project_name: str
    type: ContractType
    buyer: ContractSide
    seller: ContractSide
    signed_on: str
    valid_from: str
    valid_until: str
    contract_amount_fen: int
    technical_amount_fen: int
    ip: _containers.RepeatedCompositeFieldContainer[_supply_pb2.IntellectualProperty]
    payment_modes: _containers.RepeatedScalarFieldContainer[PaymentMode]
    payment_terms: str
    enquiries: _containers.RepeatedCompositeFieldContainer[LinkedEnquiry]
    center: str
    recorded_at_ms: int
    def __init__(self, previous: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., amendment_reason: _Optional[str] = ..., project_name: _Optional[str] = ..., type: _Optional[_Union[ContractType, str]] = ..., buyer: _Optional[_Union[ContractSide, _Mapping]] = ..., seller: _Optional[_Union[ContractSide, _Mapping]] = ..., signed_on: _Optional[str] = ..., valid_from: _Optional[str] = ..., valid_until: _Optional[str] = ..., contract_amount_fen: _Optional[int] = ..., technical_amount_fen: _Optional[int] = ..., ip: _Optional[_Iterable[_Union[_supply_pb2.IntellectualProperty, _Mapping]]] = ..., payment_modes: _Optional[_Iterable[_Union[PaymentMode, str]]] = ..., payment_terms: _Optional[str] = ..., enquiries: _Optional[_Iterable[_Union[LinkedEnquiry, _Mapping]]] = ..., center: _Optional[str] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class ContractSide(_message.Message):
    __slots__ = ("member", "organisation", "country", "region", "nature_code")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    NATURE_CODE_FIELD_NUMBER: _ClassVar[int]
    member: str
    organisation: _record_pb2.OrganisationRef
    country: str
    region: str
    nature_code: str
    def __init__(self, member: _Optional[str] = ..., organisation: _Optional[_Union[_record_pb2.OrganisationRef, _Mapping]] = ..., country: _Optional[str] = ..., region: _Optional[str] = ..., nature_code: _Optional[str] = ...) -> None: ...

class LinkedEnquiry(_message.Message):
    __slots__ = ("enquiry", "submitted", "introduced", "listing", "from_region", "introducers")
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    INTRODUCED_FIELD_NUMBER: _ClassVar[int]
    LISTING_FIELD_NUMBER: _ClassVar[int]
    FROM_REGION_FIELD_NUMBER: _ClassVar[int]
    INTRODUCERS_FIELD_NUMBER: _ClassVar[int]
    enquiry: bytes
    submitted: _enquiry_pb2.DocumentRef
    introduced: _enquiry_pb2.DocumentRef
    listing: _enquiry_pb2.ListingVersion
    from_region: str
    introducers: _containers.RepeatedCompositeFieldContainer[_enquiry_pb2.Introducer]
    def __init__(self, enquiry: _Optional[bytes] = ..., submitted: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., introduced: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., listing: _Optional[_Union[_enquiry_pb2.ListingVersion, _Mapping]] = ..., from_region: _Optional[str] = ..., introducers: _Optional[_Iterable[_Union[_enquiry_pb2.Introducer, _Mapping]]] = ...) -> None: ...

class ContractConfirmation(_message.Message):
    __slots__ = ("contract", "recorded_at_ms")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    contract: _enquiry_pb2.DocumentRef
    recorded_at_ms: int
    def __init__(self, contract: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class ContractRegistration(_message.Message):
    __slots__ = ("contract", "state", "register_number", "decided_on", "reason", "recorded_at_ms")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REGISTER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DECIDED_ON_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    contract: _enquiry_pb2.DocumentRef
    state: RegistrationState
    register_number: str
    decided_on: str
    reason: str
    recorded_at_ms: int
    def __init__(self, contract: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., state: _Optional[_Union[RegistrationState, str]] = ..., register_number: _Optional[str] = ..., decided_on: _Optional[str] = ..., reason: _Optional[str] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class ContractCancellation(_message.Message):
    __slots__ = ("contract", "reason", "cancelled_on", "recorded_at_ms")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_ON_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    contract: _enquiry_pb2.DocumentRef
    reason: str
    cancelled_on: str
    recorded_at_ms: int
    def __init__(self, contract: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., reason: _Optional[str] = ..., cancelled_on: _Optional[str] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...
