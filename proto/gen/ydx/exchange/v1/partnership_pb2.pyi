from ydx.exchange.v1 import contract_pb2 as _contract_pb2
from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from ydx.exchange.v1 import manager_pb2 as _manager_pb2
from ydx.exchange.v1 import record_pb2 as _record_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PartnershipDocument(_message.Message):
    __slots__ = ("step", "note", "contract", "confirmation", "registration", "cancellation")
    STEP_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    CONFIRMATION_FIELD_NUMBER: _ClassVar[int]
    REGISTRATION_FIELD_NUMBER: _ClassVar[int]
    CANCELLATION_FIELD_NUMBER: _ClassVar[int]
    step: _enquiry_pb2.EnquiryStep
    note: _enquiry_pb2.EnquiryNote
    contract: _contract_pb2.Contract
    confirmation: _contract_pb2.ContractConfirmation
    registration: _contract_pb2.ContractRegistration
    cancellation: _contract_pb2.ContractCancellation
    def __init__(self, step: _Optional[_Union[_enquiry_pb2.EnquiryStep, _Mapping]] = ..., note: _Optional[_Union[_enquiry_pb2.EnquiryNote, _Mapping]] = ..., contract: _Optional[_Union[_contract_pb2.Contract, _Mapping]] = ..., confirmation: _Optional[_Union[_contract_pb2.ContractConfirmation, _Mapping]] = ..., registration: _Optional[_Union[_contract_pb2.ContractRegistration, _Mapping]] = ..., cancellation: _Optional[_Union[_contract_pb2.ContractCancellation, _Mapping]] = ...) -> None: ...

class PartnershipContacts(_message.Message):
    __slots__ = ("persons", "consent")
    PERSONS_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    persons: _containers.RepeatedCompositeFieldContainer[_record_pb2.Person]
    consent: _manager_pb2.Consent
    def __init__(self, persons: _Optional[_Iterable[_Union[_record_pb2.Person, _Mapping]]] = ..., consent: _Optional[_Union[_manager_pb2.Consent, _Mapping]] = ...) -> None: ...
