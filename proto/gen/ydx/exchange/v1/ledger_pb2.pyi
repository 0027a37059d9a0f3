from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PartyRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARTY_ROLE_UNSPECIFIED: _ClassVar[PartyRole]
    PARTY_ROLE_ORIGIN_PLATFORM: _ClassVar[PartyRole]
    PARTY_ROLE_DEMAND_PLATFORM: _ClassVar[PartyRole]
    PARTY_ROLE_CENTER: _ClassVar[PartyRole]
    PARTY_ROLE_TECH_MANAGER: _ClassVar[PartyRole]
    PARTY_ROLE_INTRODUCER: _ClassVar[PartyRole]
    PARTY_ROLE_OTHER: _ClassVar[PartyRole]

class AllocationBase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALLOCATION_BASE_UNSPECIFIED: _ClassVar[AllocationBase]
    ALLOCATION_BASE_GROSS: _ClassVar[AllocationBase]
    ALLOCATION_BASE_NET_OF_TAX: _ClassVar[AllocationBase]
    ALLOCATION_BASE_SERVICE_FEE: _ClassVar[AllocationBase]

class AllocationScope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALLOCATION_SCOPE_UNSPECIFIED: _ClassVar[AllocationScope]
    ALLOCATION_SCOPE_PER_EVENT: _ClassVar[AllocationScope]
    ALLOCATION_SCOPE_CALENDAR_YEAR: _ClassVar[AllocationScope]
    ALLOCATION_SCOPE_AGREEMENT_LIFE: _ClassVar[AllocationScope]

class IncomeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INCOME_KIND_UNSPECIFIED: _ClassVar[IncomeKind]
    INCOME_KIND_SERVICE_FEE: _ClassVar[IncomeKind]
    INCOME_KIND_CONTRACT_PRICE: _ClassVar[IncomeKind]
    INCOME_KIND_ROYALTY: _ClassVar[IncomeKind]
    INCOME_KIND_OTHER: _ClassVar[IncomeKind]

class OutcomeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_KIND_UNSPECIFIED: _ClassVar[OutcomeKind]
    OUTCOME_KIND_ACTIVATED: _ClassVar[OutcomeKind]
    OUTCOME_KIND_BOOKED: _ClassVar[OutcomeKind]
    OUTCOME_KIND_REFUSED: _ClassVar[OutcomeKind]
    OUTCOME_KIND_EXPIRED: _ClassVar[OutcomeKind]
    OUTCOME_KIND_CLOSED: _ClassVar[OutcomeKind]
PARTY_ROLE_UNSPECIFIED: PartyRole
PARTY_ROLE_ORIGIN_PLATFORM: PartyRole
PARTY_ROLE_DEMAND_PLATFORM: PartyRole
PARTY_ROLE_CENTER: PartyRole
PARTY_ROLE_TECH_MANAGER: PartyRole
PARTY_ROLE_INTRODUCER: PartyRole
PARTY_ROLE_OTHER: PartyRole
ALLOCATION_BASE_UNSPECIFIED: AllocationBase
ALLOCATION_BASE_GROSS: AllocationBase
ALLOCATION_BASE_NET_OF_TAX: AllocationBase
ALLOCATION_BASE_SERVICE_FEE: AllocationBase
ALLOCATION_SCOPE_UNSPECIFIED: AllocationScope
ALLOCATION_SCOPE_PER_EVENT: AllocationScope
ALLOCATION_SCOPE_CALENDAR_YEAR: AllocationScope
ALLOCATION_SCOPE_AGREEMENT_LIFE: AllocationScope
INCOME_KIND_UNSPECIFIED: IncomeKind
INCOME_KIND_SERVICE_FEE: IncomeKind
INCOME_KIND_CONTRACT_PRICE: IncomeKind
INCOME_KIND_ROYALTY: IncomeKind
INCOME_KIND_OTHER: IncomeKind
OUTCOME_KIND_UNSPECIFIED: OutcomeKind
OUTCOME_KIND_ACTIVATED: OutcomeKind
OUTCOME_KIND_BOOKED: OutcomeKind
OUTCOME_KIND_REFUSED: OutcomeKind
OUTCOME_KIND_EXPIRED: OutcomeKind
OUTCOME_KIND_CLOSED: OutcomeKind

class LedgerDocument(_message.Message):
    __slots__ = ("agreement", "termination", "income", "reversal", "payment", "acceptance", "rejection", "dispute", "statement_acceptance", "outcomes")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    TERMINATION_FIELD_NUMBER: _ClassVar[int]
    INCOME_FIELD_NUMBER: _ClassVar[int]
    REVERSAL_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    ACCEPTANCE_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    DISPUTE_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_ACCEPTANCE_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    agreement: Agreement
    termination: Termination
    income: Income
    reversal: Reversal
    payment: Payment
    acceptance: Acceptance
    rejection: Rejection
    dispute: Dispute
    statement_acceptance: StatementAcceptance
    outcomes: Outcomes
    def __init__(self, agreement: _Optional[_Union[Agreement, _Mapping]] = ..., termination: _Optional[_Union[Termination, _Mapping]] = ..., income: _Optional[_Union[Income, _Mapping]] = ..., reversal: _Optional[_Union[Reversal, _Mapping]] = ..., payment: _Optional[_Union[Payment, _Mapping]] = ..., acceptance: _Optional[_Union[Acceptance, _Mapping]] = ..., rejection: _Optional[_Union[Rejection, _Mapping]] = ..., dispute: _Optional[_Union[Dispute, _Mapping]] = ..., statement_acceptance: _Optional[_Union[StatementAcceptance, _Mapping]] = ..., outcomes: _Optional[_Union[Outcomes, _Mapping]] = ...) -> None: ...

class Agreement(_message.Message):
    __slots__ = ("previous", "agreement", "title", "parties", "base", "deductions", "tiers", "tier_scope", "limit_scope", "remainder_to", "excess_to", "effective_from", "effective_to", "signers", "signers_required", "center", "countersign_ttl_s", "currency", "rules_version", "recorded_at_ms")
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    DEDUCTIONS_FIELD_NUMBER: _ClassVar[int]
    TIERS_FIELD_NUMBER: _ClassVar[int]
    TIER_SCOPE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_SCOPE_FIELD_NUMBER: _ClassVar[int]
    REMAINDER_TO_FIELD_NUMBER: _ClassVar[int]
    EXCESS_TO_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_TO_FIELD_NUMBER: _ClassVar[int]
    SIGNERS_FIELD_NUMBER: _ClassVar[int]
    SIGNERS_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    CENTER_FIELD_NUMBER: _ClassVar[int]
    COUNTERSIGN_TTL_S_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    previous: _enquiry_pb2.DocumentRef
    agreement: _enquiry_pb2.DocumentRef
    title: str
    parties: _containers.RepeatedCompositeFieldContainer[AgreementParty]
    base: AllocationBase
    deductions: _containers.RepeatedScalarFieldContainer[str]
    tiers: _containers.RepeatedCompositeFieldContainer[AllocationTier]
    tier_scope: AllocationScope
    limit_scope: AllocationScope
    remainder_to: str
    excess_to: str
    effective_from: str
    effective_to: str
    signers: _containers.RepeatedScalarFieldContainer[str]
    signers_required: int
    center: str
    countersign_ttl_s: int
    currency: str
    rules_version: int
    recorded_at_ms: int
    def __init__(self, previous: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., title: _Optional[str] = ..., parties: _Optional[_Iterable[_Union[AgreementParty, _Mapping]]] = ..., base: _Optional[_Union[AllocationBase, str]] = ..., deductions: _Optional[_Iterable[str]] = ..., tiers: _Optional[_Iterable[_Union[AllocationTier, _Mapping]]] = ..., tier_scope: _Optional[_Union[AllocationScope, str]] = ..., limit_scope: _Optional[_Union[AllocationScope, str]] = ..., remainder_to: _Optional[str] = ..., excess_to: _Optional[str] = ..., effective_from: _Optional[str] = ..., effective_to: _Optional[str] = ..., signers: _Optional[_Iterable[str]] = ..., signers_required: _Optional[int] = ..., center: _Optional[str] = ..., countersign_ttl_s: _Optional[int] = ..., currency: _Optional[str] = ..., rules_version: _Optional[int] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class AgreementParty(_message.Message):
    __slots__ = ("party", "role", "member", "display_name", "share_ppm", "cap_fen", "floor_fen", "payee_account")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    SHARE_PPM_FIELD_NUMBER: _ClassVar[int]
    CAP_FEN_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FEN_FIELD_NUMBER: _ClassVar[int]
    PAYEE_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    party: str
    role: PartyRole
    member: str
    display_name: str
    share_ppm: int
    cap_fen: int
    floor_fen: int
    payee_account: str
    def __init__(self, party: _Optional[str] = ..., role: _Optional[_Union[PartyRole, str]] = ..., member: _Optional[str] = ..., display_name: _Optional[str] = ..., share_ppm: _Optional[int] = ..., cap_fen: _Optional[int] = ..., floor_fen: _Optional[int] = ..., payee_account: _Optional[str] = ...) -> None: ...

class AllocationTier(_message.Message):
    __slots__ = ("upto_fen", "rate_ppm")
    UPTO_FEN_FIELD_NUMBER: _ClassVar[int]
    RATE_PPM_FIELD_NUMBER: _ClassVar[int]
    upto_fen: int
    rate_ppm: int
    def __init__(self, upto_fen: _Optional[int] = ..., rate_ppm: _Optional[int] = ...) -> None: ...

class Termination(_message.Message):
    __slots__ = ("agreement", "effective_to", "reason", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_TO_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    effective_to: str
    reason: str
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., effective_to: _Optional[str] = ..., reason: _Optional[str] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Income(_message.Message):
    __slots__ = ("agreement", "version", "contract", "instalment", "kind", "income_date", "gross_fen", "deductions", "received_by", "evidence_sha256", "corrects", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    INSTALMENT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    INCOME_DATE_FIELD_NUMBER: _ClassVar[int]
    GROSS_FEN_FIELD_NUMBER: _ClassVar[int]
    DEDUCTIONS_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_BY_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_SHA256_FIELD_NUMBER: _ClassVar[int]
    CORRECTS_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    version: _enquiry_pb2.DocumentRef
    contract: _enquiry_pb2.DocumentRef
    instalment: str
    kind: IncomeKind
    income_date: str
    gross_fen: int
    deductions: _containers.RepeatedCompositeFieldContainer[Deduction]
    received_by: str
    evidence_sha256: bytes
    corrects: _enquiry_pb2.DocumentRef
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., version: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., contract: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., instalment: _Optional[str] = ..., kind: _Optional[_Union[IncomeKind, str]] = ..., income_date: _Optional[str] = ..., gross_fen: _Optional[int] = ..., deductions: _Optional[_Iterable[_Union[Deduction, _Mapping]]] = ..., received_by: _Optional[str] = ..., evidence_sha256: _Optional[bytes] = ..., corrects: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Deduction(_message.Message):
    __slots__ = ("name", "amount_fen")
    NAME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    name: str
    amount_fen: int
    def __init__(self, name: _Optional[str] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class Reversal(_message.Message):
    __slots__ = ("agreement", "income", "amount_fen", "reversal_date", "reason", "evidence_sha256", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    INCOME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    REVERSAL_DATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_SHA256_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    income: _enquiry_pb2.DocumentRef
    amount_fen: int
    reversal_date: str
    reason: str
    evidence_sha256: bytes
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., income: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., amount_fen: _Optional[int] = ..., reversal_date: _Optional[str] = ..., reason: _Optional[str] = ..., evidence_sha256: _Optional[bytes] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Payment(_message.Message):
    __slots__ = ("agreement", "payer", "payee", "amount_fen", "paid_on", "evidence_sha256", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PAYER_FIELD_NUMBER: _ClassVar[int]
    PAYEE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    PAID_ON_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_SHA256_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    payer: str
    payee: str
    amount_fen: int
    paid_on: str
    evidence_sha256: bytes
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., payer: _Optional[str] = ..., payee: _Optional[str] = ..., amount_fen: _Optional[int] = ..., paid_on: _Optional[str] = ..., evidence_sha256: _Optional[bytes] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Acceptance(_message.Message):
    __slots__ = ("agreement", "proposals", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    proposals: _containers.RepeatedCompositeFieldContainer[_enquiry_pb2.DocumentRef]
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., proposals: _Optional[_Iterable[_Union[_enquiry_pb2.DocumentRef, _Mapping]]] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Rejection(_message.Message):
    __slots__ = ("agreement", "proposal", "reason", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    proposal: _enquiry_pb2.DocumentRef
    reason: str
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., proposal: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., reason: _Optional[str] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Dispute(_message.Message):
    __slots__ = ("agreement", "income", "is_over", "reason", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    INCOME_FIELD_NUMBER: _ClassVar[int]
    IS_OVER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    income: _enquiry_pb2.DocumentRef
    is_over: bool
    reason: str
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., income: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., is_over: _Optional[bool] = ..., reason: _Optional[str] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class StatementAcceptance(_message.Message):
    __slots__ = ("agreement", "period", "statement_digest", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    period: str
    statement_digest: bytes
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., period: _Optional[str] = ..., statement_digest: _Optional[bytes] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Outcomes(_message.Message):
    __slots__ = ("agreement", "outcomes", "recorded_at_ms")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    agreement: _enquiry_pb2.DocumentRef
    outcomes: _containers.RepeatedCompositeFieldContainer[Outcome]
    recorded_at_ms: int
    def __init__(self, agreement: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., outcomes: _Optional[_Iterable[_Union[Outcome, _Mapping]]] = ..., recorded_at_ms: _Optional[int] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("kind", "proposal", "acceptances", "rejection", "refusal_reason", "vector", "period", "statement_digest")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    ACCEPTANCES_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_REASON_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_DIGEST_FIELD_NUMBER: _ClassVar[int]
    kind: OutcomeKind
    proposal: _enquiry_pb2.DocumentRef
    acceptances: _containers.RepeatedCompositeFieldContainer[_enquiry_pb2.DocumentRef]
    rejection: _enquiry_pb2.DocumentRef
    refusal_reason: str
    vector: _containers.RepeatedCompositeFieldContainer[VectorLine]
    period: str
    statement_digest: bytes
    def __init__(self, kind: _Optional[_Union[OutcomeKind, str]] = ..., proposal: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., acceptances: _Optional[_Iterable[_Union[_enquiry_pb2.DocumentRef, _Mapping]]] = ..., rejection: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., refusal_reason: _Optional[str] = ..., vector: _Optional[_Iterable[_Union[VectorLine, _Mapping]]] = ..., period: _Optional[str] = ..., statement_digest: _Optional[bytes] = ...) -> None: ...

class VectorLine(_message.Message):
    __slots__ = ("party", "amount_fen")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    party: str
    amount_fen: int
    def __init__(self, party: _Optional[str] = ..., amount_fen: _Optional[int] = ...) -> None: ...
