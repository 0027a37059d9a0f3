from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from ydx.exchange.v1 import ledger_pb2 as _ledger_pb2
from ydx.exchange.v1 import ledger_books_pb2 as _ledger_books_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProposalState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROPOSAL_STATE_UNSPECIFIED: _ClassVar[ProposalState]
    PROPOSAL_STATE_OPEN: _ClassVar[ProposalState]
    PROPOSAL_STATE_ACTIVE: _ClassVar[ProposalState]
    PROPOSAL_STATE_FINAL: _ClassVar[ProposalState]
    PROPOSAL_STATE_PARTLY_REVERSED: _ClassVar[ProposalState]
    PROPOSAL_STATE_REVERSED: _ClassVar[ProposalState]
    PROPOSAL_STATE_REJECTED: _ClassVar[ProposalState]
    PROPOSAL_STATE_EXPIRED: _ClassVar[ProposalState]
    PROPOSAL_STATE_DISPUTED: _ClassVar[ProposalState]
PROPOSAL_STATE_UNSPECIFIED: ProposalState
PROPOSAL_STATE_OPEN: ProposalState
PROPOSAL_STATE_ACTIVE: ProposalState
PROPOSAL_STATE_FINAL: ProposalState
PROPOSAL_STATE_PARTLY_REVERSED: ProposalState
PROPOSAL_STATE_REVERSED: ProposalState
PROPOSAL_STATE_REJECTED: ProposalState
PROPOSAL_STATE_EXPIRED: ProposalState
PROPOSAL_STATE_DISPUTED: ProposalState

class ProposalRecord(_message.Message):
    __slots__ = ("name", "ref", "agreement", "version", "termination", "income", "reversal", "payment", "state", "reason", "accepted_by", "waits_for", "rejections", "vector", "decisions", "disputes", "decided_at", "provisional", "warnings", "value_date", "decided_number", "decided_generation")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REF_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TERMINATION_FIELD_NUMBER: _ClassVar[int]
    INCOME_FIELD_NUMBER: _ClassVar[int]
    REVERSAL_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_BY_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    DISPUTES_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    VALUE_DATE_FIELD_NUMBER: _ClassVar[int]
    DECIDED_NUMBER_FIELD_NUMBER: _ClassVar[int]
    DECIDED_GENERATION_FIELD_NUMBER: _ClassVar[int]
    name: str
    ref: _enquiry_pb2.DocumentRef
    agreement: str
    version: _ledger_pb2.Agreement
    termination: _ledger_pb2.Termination
    income: _ledger_pb2.Income
    reversal: _ledger_pb2.Reversal
    payment: _ledger_pb2.Payment
    state: ProposalState
    reason: str
    accepted_by: _containers.RepeatedScalarFieldContainer[str]
    waits_for: _containers.RepeatedScalarFieldContainer[str]
    rejections: _containers.RepeatedCompositeFieldContainer[RejectionRecord]
    vector: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.VectorLine]
    decisions: _containers.RepeatedCompositeFieldContainer[_ledger_books_pb2.DecidedFen]
    disputes: _containers.RepeatedCompositeFieldContainer[RejectionRecord]
    decided_at: int
    provisional: bool
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    value_date: str
    decided_number: int
    decided_generation: int
    def __init__(self, name: _Optional[str] = ..., ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., agreement: _Optional[str] = ..., version: _Optional[_Union[_ledger_pb2.Agreement, _Mapping]] = ..., termination: _Optional[_Union[_ledger_pb2.Termination, _Mapping]] = ..., income: _Optional[_Union[_ledger_pb2.Income, _Mapping]] = ..., reversal: _Optional[_Union[_ledger_pb2.Reversal, _Mapping]] = ..., payment: _Optional[_Union[_ledger_pb2.Payment, _Mapping]] = ..., state: _Optional[_Union[ProposalState, str]] = ..., reason: _Optional[str] = ..., accepted_by: _Optional[_Iterable[str]] = ..., waits_for: _Optional[_Iterable[str]] = ..., rejections: _Optional[_Iterable[_Union[RejectionRecord, _Mapping]]] = ..., vector: _Optional[_Iterable[_Union[_ledger_pb2.VectorLine, _Mapping]]] = ..., decisions: _Optional[_Iterable[_Union[_ledger_books_pb2.DecidedFen, _Mapping]]] = ..., disputes: _Optional[_Iterable[_Union[RejectionRecord, _Mapping]]] = ..., decided_at: _Optional[int] = ..., provisional: _Optional[bool] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ..., value_date: _Optional[str] = ..., decided_number: _Optional[int] = ..., decided_generation: _Optional[int] = ...) -> None: ...

class RejectionRecord(_message.Message):
    __slots__ = ("member", "reason")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    member: str
    reason: str
    def __init__(self, member: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ProposeIncomeRequest(_message.Message):
    __slots__ = ("agreement", "income", "contract", "request_id", "validate_only", "ack")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    INCOME_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    income: _ledger_pb2.Income
    contract: str
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, agreement: _Optional[str] = ..., income: _Optional[_Union[_ledger_pb2.Income, _Mapping]] = ..., contract: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class ProposeIncomeResponse(_message.Message):
    __slots__ = ("proposal", "checked")
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    proposal: ProposalRecord
    checked: ProposalRecord
    def __init__(self, proposal: _Optional[_Union[ProposalRecord, _Mapping]] = ..., checked: _Optional[_Union[ProposalRecord, _Mapping]] = ...) -> None: ...

class IncomeToPropose(_message.Message):
    __slots__ = ("income", "contract")
    INCOME_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    income: _ledger_pb2.Income
    contract: str
    def __init__(self, income: _Optional[_Union[_ledger_pb2.Income, _Mapping]] = ..., contract: _Optional[str] = ...) -> None: ...

class BatchProposeIncomesRequest(_message.Message):
    __slots__ = ("agreement", "incomes", "request_id", "validate_only", "ack")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    INCOMES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    incomes: _containers.RepeatedCompositeFieldContainer[IncomeToPropose]
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, agreement: _Optional[str] = ..., incomes: _Optional[_Iterable[_Union[IncomeToPropose, _Mapping]]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class BatchProposeIncomesResponse(_message.Message):
    __slots__ = ("proposals", "checked")
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[ProposalRecord]
    checked: _containers.RepeatedCompositeFieldContainer[ProposalRecord]
    def __init__(self, proposals: _Optional[_Iterable[_Union[ProposalRecord, _Mapping]]] = ..., checked: _Optional[_Iterable[_Union[ProposalRecord, _Mapping]]] = ...) -> None: ...

class ProposeReversalRequest(_message.Message):
    __slots__ = ("income", "reversal", "request_id", "validate_only", "ack")
    INCOME_FIELD_NUMBER: _ClassVar[int]
    REVERSAL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    income: str
    reversal: _ledger_pb2.Reversal
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, income: _Optional[str] = ..., reversal: _Optional[_Union[_ledger_pb2.Reversal, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class ProposeReversalResponse(_message.Message):
    __slots__ = ("proposal", "checked")
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    proposal: ProposalRecord
    checked: ProposalRecord
    def __init__(self, proposal: _Optional[_Union[ProposalRecord, _Mapping]] = ..., checked: _Optional[_Union[ProposalRecord, _Mapping]] = ...) -> None: ...

class ProposePaymentRequest(_message.Message):
    __slots__ = ("agreement", "payment", "request_id", "validate_only", "ack")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    payment: _ledger_pb2.Payment
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, agreement: _Optional[str] = ..., payment: _Optional[_Union[_ledger_pb2.Payment, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class ProposePaymentResponse(_message.Message):
    __slots__ = ("proposal", "checked")
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    proposal: ProposalRecord
    checked: ProposalRecord
    def __init__(self, proposal: _Optional[_Union[ProposalRecord, _Mapping]] = ..., checked: _Optional[_Union[ProposalRecord, _Mapping]] = ...) -> None: ...

class AcceptProposalsRequest(_message.Message):
    __slots__ = ("names", "request_id", "ack", "validate_only")
    NAMES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    names: _containers.RepeatedScalarFieldContainer[str]
    request_id: str
    ack: _query_pb2.AckLevel
    validate_only: bool
    def __init__(self, names: _Optional[_Iterable[str]] = ..., request_id: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class AcceptProposalsResponse(_message.Message):
    __slots__ = ("ref", "checked")
    REF_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    ref: _enquiry_pb2.DocumentRef
    checked: _containers.RepeatedCompositeFieldContainer[ProposalRecord]
    def __init__(self, ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., checked: _Optional[_Iterable[_Union[ProposalRecord, _Mapping]]] = ...) -> None: ...

class RejectProposalRequest(_message.Message):
    __slots__ = ("name", "reason", "request_id", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    reason: str
    request_id: str
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., reason: _Optional[str] = ..., request_id: _Optional[str] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class RejectProposalResponse(_message.Message):
    __slots__ = ("ref",)
    REF_FIELD_NUMBER: _ClassVar[int]
    ref: _enquiry_pb2.DocumentRef
    def __init__(self, ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ...) -> None: ...

class DisputeIncomeRequest(_message.Message):
    __slots__ = ("name", "reason", "is_over", "request_id")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    IS_OVER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    reason: str
    is_over: bool
    request_id: str
    def __init__(self, name: _Optional[str] = ..., reason: _Optional[str] = ..., is_over: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class DisputeIncomeResponse(_message.Message):
    __slots__ = ("ref",)
    REF_FIELD_NUMBER: _ClassVar[int]
    ref: _enquiry_pb2.DocumentRef
    def __init__(self, ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ...) -> None: ...

class GetProposalRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetProposalResponse(_message.Message):
    __slots__ = ("proposal",)
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    proposal: ProposalRecord
    def __init__(self, proposal: _Optional[_Union[ProposalRecord, _Mapping]] = ...) -> None: ...

class ListProposalsRequest(_message.Message):
    __slots__ = ("agreement", "open_only", "page_size", "page_token")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    open_only: bool
    page_size: int
    page_token: str
    def __init__(self, agreement: _Optional[str] = ..., open_only: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProposalsResponse(_message.Message):
    __slots__ = ("proposals", "next_page_token", "state")
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[ProposalRecord]
    next_page_token: str
    state: _ledger_books_pb2.BooksState
    def __init__(self, proposals: _Optional[_Iterable[_Union[ProposalRecord, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., state: _Optional[_Union[_ledger_books_pb2.BooksState, _Mapping]] = ...) -> None: ...
