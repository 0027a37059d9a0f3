from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from ydx.exchange.v1 import ledger_pb2 as _ledger_pb2
from ydx.exchange.v1 import ledger_books_pb2 as _ledger_books_pb2
from ydx.exchange.v1 import ledger_proposals_pb2 as _ledger_proposals_pb2
from ydx.exchange.v1 import query_pb2 as _query_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AgreementState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGREEMENT_STATE_UNSPECIFIED: _ClassVar[AgreementState]
    AGREEMENT_STATE_PROPOSED: _ClassVar[AgreementState]
    AGREEMENT_STATE_ACTIVE: _ClassVar[AgreementState]
    AGREEMENT_STATE_REFUSED: _ClassVar[AgreementState]
AGREEMENT_STATE_UNSPECIFIED: AgreementState
AGREEMENT_STATE_PROPOSED: AgreementState
AGREEMENT_STATE_ACTIVE: AgreementState
AGREEMENT_STATE_REFUSED: AgreementState

class AgreementRecord(_message.Message):
    __slots__ = ("name", "first", "state", "agreement", "versions", "books", "open_proposals", "policy", "accepted_by", "version", "waits_for")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    BOOKS_FIELD_NUMBER: _ClassVar[int]
    OPEN_PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_BY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    name: str
    first: _enquiry_pb2.DocumentRef
    state: AgreementState
    agreement: _ledger_pb2.Agreement
    versions: _containers.RepeatedCompositeFieldContainer[VersionRecord]
    books: _ledger_books_pb2.BooksState
    open_proposals: int
    policy: AcceptancePolicy
    accepted_by: _containers.RepeatedScalarFieldContainer[str]
    version: _enquiry_pb2.DocumentRef
    waits_for: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., first: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., state: _Optional[_Union[AgreementState, str]] = ..., agreement: _Optional[_Union[_ledger_pb2.Agreement, _Mapping]] = ..., versions: _Optional[_Iterable[_Union[VersionRecord, _Mapping]]] = ..., books: _Optional[_Union[_ledger_books_pb2.BooksState, _Mapping]] = ..., open_proposals: _Optional[int] = ..., policy: _Optional[_Union[AcceptancePolicy, _Mapping]] = ..., accepted_by: _Optional[_Iterable[str]] = ..., version: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., waits_for: _Optional[_Iterable[str]] = ...) -> None: ...

class VersionRecord(_message.Message):
    __slots__ = ("ref", "effective_from", "effective_to", "activated_at", "activated_generation")
    REF_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_TO_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_AT_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_GENERATION_FIELD_NUMBER: _ClassVar[int]
    ref: _enquiry_pb2.DocumentRef
    effective_from: str
    effective_to: str
    activated_at: int
    activated_generation: int
    def __init__(self, ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., effective_from: _Optional[str] = ..., effective_to: _Optional[str] = ..., activated_at: _Optional[int] = ..., activated_generation: _Optional[int] = ...) -> None: ...

class AcceptancePolicy(_message.Message):
    __slots__ = ("incomes", "gross_max_fen", "needs_evidence", "needs_contract", "reversals", "payments")
    INCOMES_FIELD_NUMBER: _ClassVar[int]
    GROSS_MAX_FEN_FIELD_NUMBER: _ClassVar[int]
    NEEDS_EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    NEEDS_CONTRACT_FIELD_NUMBER: _ClassVar[int]
    REVERSALS_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    incomes: bool
    gross_max_fen: int
    needs_evidence: bool
    needs_contract: bool
    reversals: bool
    payments: bool
    def __init__(self, incomes: _Optional[bool] = ..., gross_max_fen: _Optional[int] = ..., needs_evidence: _Optional[bool] = ..., needs_contract: _Optional[bool] = ..., reversals: _Optional[bool] = ..., payments: _Optional[bool] = ...) -> None: ...

class CreateAgreementRequest(_message.Message):
    __slots__ = ("agreement", "request_id", "validate_only", "ack")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    agreement: _ledger_pb2.Agreement
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, agreement: _Optional[_Union[_ledger_pb2.Agreement, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class CreateAgreementResponse(_message.Message):
    __slots__ = ("agreement", "warnings")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    agreement: AgreementRecord
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    def __init__(self, agreement: _Optional[_Union[AgreementRecord, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ...) -> None: ...

class AmendAgreementRequest(_message.Message):
    __slots__ = ("name", "agreement", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    agreement: _ledger_pb2.Agreement
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., agreement: _Optional[_Union[_ledger_pb2.Agreement, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class AmendAgreementResponse(_message.Message):
    __slots__ = ("proposal", "warnings", "checked")
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    proposal: _ledger_proposals_pb2.ProposalRecord
    warnings: _containers.RepeatedCompositeFieldContainer[_query_pb2.Warning]
    checked: _ledger_proposals_pb2.ProposalRecord
    def __init__(self, proposal: _Optional[_Union[_ledger_proposals_pb2.ProposalRecord, _Mapping]] = ..., warnings: _Optional[_Iterable[_Union[_query_pb2.Warning, _Mapping]]] = ..., checked: _Optional[_Union[_ledger_proposals_pb2.ProposalRecord, _Mapping]] = ...) -> None: ...

class TerminateAgreementRequest(_message.Message):
    __slots__ = ("name", "termination", "request_id", "validate_only", "ack")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TERMINATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    name: str
    termination: _ledger_pb2.Termination
    request_id: str
    validate_only: bool
    ack: _query_pb2.AckLevel
    def __init__(self, name: _Optional[str] = ..., termination: _Optional[_Union[_ledger_pb2.Termination, _Mapping]] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ..., ack: _Optional[_Union[_query_pb2.AckLevel, str]] = ...) -> None: ...

class TerminateAgreementResponse(_message.Message):
    __slots__ = ("proposal", "checked")
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    proposal: _ledger_proposals_pb2.ProposalRecord
    checked: _ledger_proposals_pb2.ProposalRecord
    def __init__(self, proposal: _Optional[_Union[_ledger_proposals_pb2.ProposalRecord, _Mapping]] = ..., checked: _Optional[_Union[_ledger_proposals_pb2.ProposalRecord, _Mapping]] = ...) -> None: ...

class GetAgreementRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetAgreementResponse(_message.Message):
    __slots__ = ("agreement",)
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    agreement: AgreementRecord
    def __init__(self, agreement: _Optional[_Union[AgreementRecord, _Mapping]] = ...) -> None: ...

class ListAgreementsRequest(_message.Message):
    __slots__ = ("state", "page_size", "page_token")
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state: AgreementState
    page_size: int
    page_token: str
    def __init__(self, state: _Optional[_Union[AgreementState, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListAgreementsResponse(_message.Message):
    __slots__ = ("agreements", "next_page_token")
    AGREEMENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    agreements: _containers.RepeatedCompositeFieldContainer[AgreementRecord]
    next_page_token: str
    def __init__(self, agreements: _Optional[_Iterable[_Union[AgreementRecord, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SimulatedIncome(_message.Message):
    __slots__ = ("gross_fen", "deductions", "income_date")
    GROSS_FEN_FIELD_NUMBER: _ClassVar[int]
    DEDUCTIONS_FIELD_NUMBER: _ClassVar[int]
    INCOME_DATE_FIELD_NUMBER: _ClassVar[int]
    gross_fen: int
    deductions: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.Deduction]
    income_date: str
    def __init__(self, gross_fen: _Optional[int] = ..., deductions: _Optional[_Iterable[_Union[_ledger_pb2.Deduction, _Mapping]]] = ..., income_date: _Optional[str] = ...) -> None: ...

class SimulateAllocationRequest(_message.Message):
    __slots__ = ("agreement", "name", "incomes")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    INCOMES_FIELD_NUMBER: _ClassVar[int]
    agreement: _ledger_pb2.Agreement
    name: str
    incomes: _containers.RepeatedCompositeFieldContainer[SimulatedIncome]
    def __init__(self, agreement: _Optional[_Union[_ledger_pb2.Agreement, _Mapping]] = ..., name: _Optional[str] = ..., incomes: _Optional[_Iterable[_Union[SimulatedIncome, _Mapping]]] = ...) -> None: ...

class SimulatedAllocation(_message.Message):
    __slots__ = ("base_fen", "amount_fen", "vector", "decisions", "reason", "income_date")
    BASE_FEN_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INCOME_DATE_FIELD_NUMBER: _ClassVar[int]
    base_fen: int
    amount_fen: int
    vector: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.VectorLine]
    decisions: _containers.RepeatedCompositeFieldContainer[_ledger_books_pb2.DecidedFen]
    reason: str
    income_date: str
    def __init__(self, base_fen: _Optional[int] = ..., amount_fen: _Optional[int] = ..., vector: _Optional[_Iterable[_Union[_ledger_pb2.VectorLine, _Mapping]]] = ..., decisions: _Optional[_Iterable[_Union[_ledger_books_pb2.DecidedFen, _Mapping]]] = ..., reason: _Optional[str] = ..., income_date: _Optional[str] = ...) -> None: ...

class SimulateAllocationResponse(_message.Message):
    __slots__ = ("allocations", "totals")
    ALLOCATIONS_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    allocations: _containers.RepeatedCompositeFieldContainer[SimulatedAllocation]
    totals: _containers.RepeatedCompositeFieldContainer[_ledger_pb2.VectorLine]
    def __init__(self, allocations: _Optional[_Iterable[_Union[SimulatedAllocation, _Mapping]]] = ..., totals: _Optional[_Iterable[_Union[_ledger_pb2.VectorLine, _Mapping]]] = ...) -> None: ...

class SetAcceptancePolicyRequest(_message.Message):
    __slots__ = ("name", "policy")
    NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    name: str
    policy: AcceptancePolicy
    def __init__(self, name: _Optional[str] = ..., policy: _Optional[_Union[AcceptancePolicy, _Mapping]] = ...) -> None: ...

class SetAcceptancePolicyResponse(_message.Message):
    __slots__ = ("policy",)
    POLICY_FIELD_NUMBER: _ClassVar[int]
    policy: AcceptancePolicy
    def __init__(self, policy: _Optional[_Union[AcceptancePolicy, _Mapping]] = ...) -> None: ...
