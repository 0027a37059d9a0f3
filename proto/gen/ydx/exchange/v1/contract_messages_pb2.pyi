from ydx.exchange.v1 import contract_pb2 as _contract_pb2
from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AttributionShare(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTRIBUTION_SHARE_UNSPECIFIED: _ClassVar[AttributionShare]
    ATTRIBUTION_SHARE_LISTING_REGION: _ClassVar[AttributionShare]
    ATTRIBUTION_SHARE_ENQUIRING_REGION: _ClassVar[AttributionShare]
    ATTRIBUTION_SHARE_INTRODUCING_REGION: _ClassVar[AttributionShare]
    ATTRIBUTION_SHARE_TECHNOLOGY_MANAGER: _ClassVar[AttributionShare]
    ATTRIBUTION_SHARE_SERVICE_ORGANISATION: _ClassVar[AttributionShare]
    ATTRIBUTION_SHARE_CENTER: _ClassVar[AttributionShare]
ATTRIBUTION_SHARE_UNSPECIFIED: AttributionShare
ATTRIBUTION_SHARE_LISTING_REGION: AttributionShare
ATTRIBUTION_SHARE_ENQUIRING_REGION: AttributionShare
ATTRIBUTION_SHARE_INTRODUCING_REGION: AttributionShare
ATTRIBUTION_SHARE_TECHNOLOGY_MANAGER: AttributionShare
ATTRIBUTION_SHARE_SERVICE_ORGANISATION: AttributionShare
ATTRIBUTION_SHARE_CENTER: AttributionShare

class ContractRecord(_message.Message):
    __slots__ = ("name", "contract", "etag", "first", "versions", "agreed", "confirmed", "registration", "register_number", "decided_on", "cancelled", "attribution", "allowed", "documents", "waits_for", "provisional")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    AGREED_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    REGISTRATION_FIELD_NUMBER: _ClassVar[int]
    REGISTER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DECIDED_ON_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    contract: _contract_pb2.Contract
    etag: str
    first: _enquiry_pb2.DocumentRef
    versions: int
    agreed: _enquiry_pb2.DocumentRef
    confirmed: bool
    registration: _contract_pb2.RegistrationState
    register_number: str
    decided_on: str
    cancelled: bool
    attribution: _containers.RepeatedCompositeFieldContainer[Attribution]
    allowed: _containers.RepeatedScalarFieldContainer[str]
    documents: _containers.RepeatedCompositeFieldContainer[ContractDocument]
    waits_for: _containers.RepeatedCompositeFieldContainer[_enquiry_pb2.DocumentRef]
    provisional: bool
    def __init__(self, name: _Optional[str] = ..., contract: _Optional[_Union[_contract_pb2.Contract, _Mapping]] = ..., etag: _Optional[str] = ..., first: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., versions: _Optional[int] = ..., agreed: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., confirmed: _Optional[bool] = ..., registration: _Optional[_Union[_contract_pb2.RegistrationState, str]] = ..., register_number: _Optional[str] = ..., decided_on: _Optional[str] = ..., cancelled: _Optional[bool] = ..., attribution: _Optional[_Iterable[_Union[Attribution, _Mapping]]] = ..., allowed: _Optional[_Iterable[str]] = ..., documents: _Optional[_Iterable[_Union[ContractDocument, _Mapping]]] = ..., waits_for: _Optional[_Iterable[_Union[_enquiry_pb2.DocumentRef, _Mapping]]] = ..., provisional: _Optional[bool] = ...) -> None: ...

class ContractDocument(_message.Message):
    __slots__ = ("ref", "author", "kind", "void_reason", "waiting", "provisional")
    REF_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VOID_REASON_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    ref: _enquiry_pb2.DocumentRef
    author: str
    kind: str
    void_reason: str
    waiting: bool
    provisional: bool
    def __init__(self, ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., author: _Optional[str] = ..., kind: _Optional[str] = ..., void_reason: _Optional[str] = ..., waiting: _Optional[bool] = ..., provisional: _Optional[bool] = ...) -> None: ...

class Attribution(_message.Message):
    __slots__ = ("share", "member", "record", "region")
    SHARE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    RECORD_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    share: AttributionShare
    member: str
    record: str
    region: str
    def __init__(self, share: _Optional[_Union[AttributionShare, str]] = ..., member: _Optional[str] = ..., record: _Optional[str] = ..., region: _Optional[str] = ...) -> None: ...

class CreateContractRequest(_message.Message):
    __slots__ = ("contract", "enquiries", "request_id", "validate_only", "ack")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    ENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    contract: _contract_pb2.Contract
    enquiries: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, contract: _Optional[_Union[_contract_pb2.Contract, _Mapping]] = ..., enquiries: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class CreateContractResponse(_message.Message):
    __slots__ = ("contract", "warnings", "changed")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    contract: ContractRecord
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    changed: bool
    def __init__(self, contract: _Optional[_Union[ContractRecord, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ..., changed: _Optional[bool] = ...) -> None: ...

class AmendContractRequest(_message.Message):
    __slots__ = ("name", "contract", "etag", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    contract: _contract_pb2.Contract
    etag: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., contract: _Optional[_Union[_contract_pb2.Contract, _Mapping]] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class AmendContractResponse(_message.Message):
    __slots__ = ("contract", "warnings", "changed")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    contract: ContractRecord
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    changed: bool
    def __init__(self, contract: _Optional[_Union[ContractRecord, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ..., changed: _Optional[bool] = ...) -> None: ...

class ConfirmContractRequest(_message.Message):
    __slots__ = ("name", "etag", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class ConfirmContractResponse(_message.Message):
    __slots__ = ("contract", "changed", "etag")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    contract: ContractRecord
    changed: bool
    etag: str
    def __init__(self, contract: _Optional[_Union[ContractRecord, _Mapping]] = ..., changed: _Optional[bool] = ..., etag: _Optional[str] = ...) -> None: ...

class RecordRegistrationRequest(_message.Message):
    __slots__ = ("name", "registration", "etag", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REGISTRATION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    registration: _contract_pb2.ContractRegistration
    etag: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., registration: _Optional[_Union[_contract_pb2.ContractRegistration, _Mapping]] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class RecordRegistrationResponse(_message.Message):
    __slots__ = ("contract", "changed")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    contract: ContractRecord
    changed: bool
    def __init__(self, contract: _Optional[_Union[ContractRecord, _Mapping]] = ..., changed: _Optional[bool] = ...) -> None: ...

class CancelContractRequest(_message.Message):
    __slots__ = ("name", "cancellation", "etag", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CANCELLATION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    cancellation: _contract_pb2.ContractCancellation
    etag: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., cancellation: _Optional[_Union[_contract_pb2.ContractCancellation, _Mapping]] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class CancelContractResponse(_message.Message):
    __slots__ = ("contract", "changed")
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    contract: ContractRecord
    changed: bool
    def __init__(self, contract: _Optional[_Union[ContractRecord, _Mapping]] = ..., changed: _Optional[bool] = ...) -> None: ...

class GetContractRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetContractResponse(_message.Message):
    __slots__ = ("contract",)
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    contract: ContractRecord
    def __init__(self, contract: _Optional[_Union[ContractRecord, _Mapping]] = ...) -> None: ...

class ContractFilter(_message.Message):
    __slots__ = ("member", "organisation", "buyer_region", "seller_region", "types", "registrations", "register_number", "signed_from", "signed_until", "enquiry", "only_unconfirmed")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_FIELD_NUMBER: _ClassVar[int]
    BUYER_REGION_FIELD_NUMBER: _ClassVar[int]
    SELLER_REGION_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    REGISTRATIONS_FIELD_NUMBER: _ClassVar[int]
    REGISTER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FROM_FIELD_NUMBER: _ClassVar[int]
    SIGNED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    ENQUIRY_FIELD_NUMBER: _ClassVar[int]
    ONLY_UNCONFIRMED_FIELD_NUMBER: _ClassVar[int]
    member: str
    organisation: str
    buyer_region: str
    seller_region: str
    types: _containers.RepeatedScalarFieldContainer[_contract_pb2.ContractType]
    registrations: _containers.RepeatedScalarFieldContainer[_contract_pb2.RegistrationState]
    register_number: str
    signed_from: str
    signed_until: str
    enquiry: str
    only_unconfirmed: bool
    def __init__(self, member: _Optional[str] = ..., organisation: _Optional[str] = ..., buyer_region: _Optional[str] = ..., seller_region: _Optional[str] = ..., types: _Optional[_Iterable[_Union[_contract_pb2.ContractType, str]]] = ..., registrations: _Optional[_Iterable[_Union[_contract_pb2.RegistrationState, str]]] = ..., register_number: _Optional[str] = ..., signed_from: _Optional[str] = ..., signed_until: _Optional[str] = ..., enquiry: _Optional[str] = ..., only_unconfirmed: _Optional[bool] = ...) -> None: ...

class ListContractsRequest(_message.Message):
    __slots__ = ("filter", "page_size", "page_token")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    filter: ContractFilter
    page_size: int
    page_token: str
    def __init__(self, filter: _Optional[_Union[ContractFilter, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListContractsResponse(_message.Message):
    __slots__ = ("contracts", "next_page_token", "origins")
    CONTRACTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORIGINS_FIELD_NUMBER: _ClassVar[int]
    contracts: _containers.RepeatedCompositeFieldContainer[ContractRecord]
    next_page_token: str
    origins: _containers.RepeatedCompositeFieldContainer[_query_pb2.OriginCompleteness]
    def __init__(self, contracts: _Optional[_Iterable[_Union[ContractRecord, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., origins: _Optional[_Iterable[_Union[_query_pb2.OriginCompleteness, _Mapping]]] = ...) -> None: ...

class GetContractReceiptRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetContractReceiptResponse(_message.Message):
    __slots__ = ("receipt", "confirmed", "documents_left_out")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    receipt: bytes
    confirmed: bool
    documents_left_out: int
    def __init__(self, receipt: _Optional[bytes] = ..., confirmed: _Optional[bool] = ..., documents_left_out: _Optional[int] = ...) -> None: ...
