from ydx.exchange.v1 import enquiry_pb2 as _enquiry_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NettingMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NETTING_MODE_UNSPECIFIED: _ClassVar[NettingMode]
    NETTING_MODE_MULTILATERAL: _ClassVar[NettingMode]
    NETTING_MODE_BILATERAL: _ClassVar[NettingMode]

class ExportFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPORT_FORMAT_UNSPECIFIED: _ClassVar[ExportFormat]
    EXPORT_FORMAT_BEANCOUNT: _ClassVar[ExportFormat]
    EXPORT_FORMAT_JOURNAL: _ClassVar[ExportFormat]
    EXPORT_FORMAT_CSV: _ClassVar[ExportFormat]
    EXPORT_FORMAT_XLSX: _ClassVar[ExportFormat]
    EXPORT_FORMAT_STATEMENT_HTML: _ClassVar[ExportFormat]
    EXPORT_FORMAT_BUNDLE: _ClassVar[ExportFormat]
NETTING_MODE_UNSPECIFIED: NettingMode
NETTING_MODE_MULTILATERAL: NettingMode
NETTING_MODE_BILATERAL: NettingMode
EXPORT_FORMAT_UNSPECIFIED: ExportFormat
EXPORT_FORMAT_BEANCOUNT: ExportFormat
EXPORT_FORMAT_JOURNAL: ExportFormat
EXPORT_FORMAT_CSV: ExportFormat
EXPORT_FORMAT_XLSX: ExportFormat
EXPORT_FORMAT_STATEMENT_HTML: ExportFormat
EXPORT_FORMAT_BUNDLE: ExportFormat

class BooksState(_message.Message):
    __slots__ = ("center_size", "waits", "waits_for", "disputed", "closed_through", "state_digest", "void_outcomes", "disputed_incomes")
    CENTER_SIZE_FIELD_NUMBER: _ClassVar[int]
    WAITS_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_FIELD_NUMBER: _ClassVar[int]
    CLOSED_THROUGH_FIELD_NUMBER: _ClassVar[int]
    STATE_DIGEST_FIELD_NUMBER: _ClassVar[int]
    VOID_OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_INCOMES_FIELD_NUMBER: _ClassVar[int]
    center_size: int
    waits: bool
    waits_for: _containers.RepeatedCompositeFieldContainer[_enquiry_pb2.DocumentRef]
    disputed: str
    closed_through: str
    state_digest: bytes
    void_outcomes: _containers.RepeatedCompositeFieldContainer[VoidOutcome]
    disputed_incomes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, center_size: _Optional[int] = ..., waits: _Optional[bool] = ..., waits_for: _Optional[_Iterable[_Union[_enquiry_pb2.DocumentRef, _Mapping]]] = ..., disputed: _Optional[str] = ..., closed_through: _Optional[str] = ..., state_digest: _Optional[bytes] = ..., void_outcomes: _Optional[_Iterable[_Union[VoidOutcome, _Mapping]]] = ..., disputed_incomes: _Optional[_Iterable[str]] = ...) -> None: ...

class VoidOutcome(_message.Message):
    __slots__ = ("leaf_index", "number", "proposal", "void_reason", "detail", "generation")
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    VOID_REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    leaf_index: int
    number: int
    proposal: _enquiry_pb2.DocumentRef
    void_reason: str
    detail: str
    generation: int
    def __init__(self, leaf_index: _Optional[int] = ..., number: _Optional[int] = ..., proposal: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., void_reason: _Optional[str] = ..., detail: _Optional[str] = ..., generation: _Optional[int] = ...) -> None: ...

class PostingLine(_message.Message):
    __slots__ = ("account", "party", "amount_fen")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    account: str
    party: str
    amount_fen: int
    def __init__(self, account: _Optional[str] = ..., party: _Optional[str] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class EntryRecord(_message.Message):
    __slots__ = ("leaf_index", "number", "kind", "own_date", "value_date", "proposal", "income", "postings", "generation")
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OWN_DATE_FIELD_NUMBER: _ClassVar[int]
    VALUE_DATE_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    INCOME_FIELD_NUMBER: _ClassVar[int]
    POSTINGS_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    leaf_index: int
    number: int
    kind: str
    own_date: str
    value_date: str
    proposal: _enquiry_pb2.DocumentRef
    income: _enquiry_pb2.DocumentRef
    postings: _containers.RepeatedCompositeFieldContainer[PostingLine]
    generation: int
    def __init__(self, leaf_index: _Optional[int] = ..., number: _Optional[int] = ..., kind: _Optional[str] = ..., own_date: _Optional[str] = ..., value_date: _Optional[str] = ..., proposal: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., income: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., postings: _Optional[_Iterable[_Union[PostingLine, _Mapping]]] = ..., generation: _Optional[int] = ...) -> None: ...

class ListEntriesRequest(_message.Message):
    __slots__ = ("agreement", "party", "kind", "from_date", "until_date", "page_size", "page_token")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_DATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    party: str
    kind: str
    from_date: str
    until_date: str
    page_size: int
    page_token: str
    def __init__(self, agreement: _Optional[str] = ..., party: _Optional[str] = ..., kind: _Optional[str] = ..., from_date: _Optional[str] = ..., until_date: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListEntriesResponse(_message.Message):
    __slots__ = ("entries", "next_page_token", "state")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[EntryRecord]
    next_page_token: str
    state: BooksState
    def __init__(self, entries: _Optional[_Iterable[_Union[EntryRecord, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., state: _Optional[_Union[BooksState, _Mapping]] = ...) -> None: ...

class GetBalancesRequest(_message.Message):
    __slots__ = ("agreement", "value_date", "known_size")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    VALUE_DATE_FIELD_NUMBER: _ClassVar[int]
    KNOWN_SIZE_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    value_date: str
    known_size: int
    def __init__(self, agreement: _Optional[str] = ..., value_date: _Optional[str] = ..., known_size: _Optional[int] = ...) -> None: ...

class BalanceLine(_message.Message):
    __slots__ = ("account", "party", "debit_fen", "credit_fen")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    DEBIT_FEN_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FEN_FIELD_NUMBER: _ClassVar[int]
    account: str
    party: str
    debit_fen: int
    credit_fen: int
    def __init__(self, account: _Optional[str] = ..., party: _Optional[str] = ..., debit_fen: _Optional[int] = ..., credit_fen: _Optional[int] = ...) -> None: ...

class NetPosition(_message.Message):
    __slots__ = ("party", "net_fen", "pending_fen")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    NET_FEN_FIELD_NUMBER: _ClassVar[int]
    PENDING_FEN_FIELD_NUMBER: _ClassVar[int]
    party: str
    net_fen: int
    pending_fen: int
    def __init__(self, party: _Optional[str] = ..., net_fen: _Optional[int] = ..., pending_fen: _Optional[int] = ...) -> None: ...

class GetBalancesResponse(_message.Message):
    __slots__ = ("lines", "positions", "state")
    LINES_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[BalanceLine]
    positions: _containers.RepeatedCompositeFieldContainer[NetPosition]
    state: BooksState
    def __init__(self, lines: _Optional[_Iterable[_Union[BalanceLine, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[NetPosition, _Mapping]]] = ..., state: _Optional[_Union[BooksState, _Mapping]] = ...) -> None: ...

class StatementRecord(_message.Message):
    __slots__ = ("period", "after", "lines", "positions", "digest", "previous_digest", "accepted_by", "carried", "carried_names")
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_DIGEST_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_BY_FIELD_NUMBER: _ClassVar[int]
    CARRIED_FIELD_NUMBER: _ClassVar[int]
    CARRIED_NAMES_FIELD_NUMBER: _ClassVar[int]
    period: str
    after: str
    lines: _containers.RepeatedCompositeFieldContainer[StatementLine]
    positions: _containers.RepeatedCompositeFieldContainer[NetPosition]
    digest: bytes
    previous_digest: bytes
    accepted_by: _containers.RepeatedScalarFieldContainer[str]
    carried: _containers.RepeatedCompositeFieldContainer[_enquiry_pb2.DocumentRef]
    carried_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, period: _Optional[str] = ..., after: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[StatementLine, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[NetPosition, _Mapping]]] = ..., digest: _Optional[bytes] = ..., previous_digest: _Optional[bytes] = ..., accepted_by: _Optional[_Iterable[str]] = ..., carried: _Optional[_Iterable[_Union[_enquiry_pb2.DocumentRef, _Mapping]]] = ..., carried_names: _Optional[_Iterable[str]] = ...) -> None: ...

class StatementLine(_message.Message):
    __slots__ = ("account", "party", "opening_fen", "debit_fen", "credit_fen", "closing_fen")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    OPENING_FEN_FIELD_NUMBER: _ClassVar[int]
    DEBIT_FEN_FIELD_NUMBER: _ClassVar[int]
    CREDIT_FEN_FIELD_NUMBER: _ClassVar[int]
    CLOSING_FEN_FIELD_NUMBER: _ClassVar[int]
    account: str
    party: str
    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int
    def __init__(self, account: _Optional[str] = ..., party: _Optional[str] = ..., opening_fen: _Optional[int] = ..., debit_fen: _Optional[int] = ..., credit_fen: _Optional[int] = ..., closing_fen: _Optional[int] = ...) -> None: ...

class ClosePeriodRequest(_message.Message):
    __slots__ = ("agreement", "period", "request_id", "validate_only")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    period: str
    request_id: str
    validate_only: bool
    def __init__(self, agreement: _Optional[str] = ..., period: _Optional[str] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class ClosePeriodResponse(_message.Message):
    __slots__ = ("statement",)
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    statement: StatementRecord
    def __init__(self, statement: _Optional[_Union[StatementRecord, _Mapping]] = ...) -> None: ...

class ListStatementsRequest(_message.Message):
    __slots__ = ("agreement",)
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    def __init__(self, agreement: _Optional[str] = ...) -> None: ...

class ListStatementsResponse(_message.Message):
    __slots__ = ("statements", "state")
    STATEMENTS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    statements: _containers.RepeatedCompositeFieldContainer[StatementRecord]
    state: BooksState
    def __init__(self, statements: _Optional[_Iterable[_Union[StatementRecord, _Mapping]]] = ..., state: _Optional[_Union[BooksState, _Mapping]] = ...) -> None: ...

class AcceptStatementRequest(_message.Message):
    __slots__ = ("agreement", "period", "digest", "request_id", "validate_only")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    period: str
    digest: bytes
    request_id: str
    validate_only: bool
    def __init__(self, agreement: _Optional[str] = ..., period: _Optional[str] = ..., digest: _Optional[bytes] = ..., request_id: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class AcceptStatementResponse(_message.Message):
    __slots__ = ("ref",)
    REF_FIELD_NUMBER: _ClassVar[int]
    ref: _enquiry_pb2.DocumentRef
    def __init__(self, ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ...) -> None: ...

class GetNettingRequest(_message.Message):
    __slots__ = ("agreement", "mode")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    mode: NettingMode
    def __init__(self, agreement: _Optional[str] = ..., mode: _Optional[_Union[NettingMode, str]] = ...) -> None: ...

class NettingPayment(_message.Message):
    __slots__ = ("payer", "payee", "amount_fen", "capital_form")
    PAYER_FIELD_NUMBER: _ClassVar[int]
    PAYEE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    CAPITAL_FORM_FIELD_NUMBER: _ClassVar[int]
    payer: str
    payee: str
    amount_fen: int
    capital_form: str
    def __init__(self, payer: _Optional[str] = ..., payee: _Optional[str] = ..., amount_fen: _Optional[int] = ..., capital_form: _Optional[str] = ...) -> None: ...

class GetNettingResponse(_message.Message):
    __slots__ = ("payments", "positions", "state")
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    payments: _containers.RepeatedCompositeFieldContainer[NettingPayment]
    positions: _containers.RepeatedCompositeFieldContainer[NetPosition]
    state: BooksState
    def __init__(self, payments: _Optional[_Iterable[_Union[NettingPayment, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[NetPosition, _Mapping]]] = ..., state: _Optional[_Union[BooksState, _Mapping]] = ...) -> None: ...

class GetAuditTrailRequest(_message.Message):
    __slots__ = ("agreement", "leaf_index", "number", "generation", "proposal")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    leaf_index: int
    number: int
    generation: int
    proposal: str
    def __init__(self, agreement: _Optional[str] = ..., leaf_index: _Optional[int] = ..., number: _Optional[int] = ..., generation: _Optional[int] = ..., proposal: _Optional[str] = ...) -> None: ...

class TrailStep(_message.Message):
    __slots__ = ("what", "ref", "text_zh", "text_en", "held", "decisions")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    REF_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    what: str
    ref: _enquiry_pb2.DocumentRef
    text_zh: str
    text_en: str
    held: bool
    decisions: _containers.RepeatedCompositeFieldContainer[DecidedFen]
    def __init__(self, what: _Optional[str] = ..., ref: _Optional[_Union[_enquiry_pb2.DocumentRef, _Mapping]] = ..., text_zh: _Optional[str] = ..., text_en: _Optional[str] = ..., held: _Optional[bool] = ..., decisions: _Optional[_Iterable[_Union[DecidedFen, _Mapping]]] = ...) -> None: ...

class DecidedFen(_message.Message):
    __slots__ = ("party", "rule", "amount_fen")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FEN_FIELD_NUMBER: _ClassVar[int]
    party: str
    rule: str
    amount_fen: int
    def __init__(self, party: _Optional[str] = ..., rule: _Optional[str] = ..., amount_fen: _Optional[int] = ...) -> None: ...

class GetAuditTrailResponse(_message.Message):
    __slots__ = ("steps", "receipts")
    STEPS_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[TrailStep]
    receipts: bytes
    def __init__(self, steps: _Optional[_Iterable[_Union[TrailStep, _Mapping]]] = ..., receipts: _Optional[bytes] = ...) -> None: ...

class ExportBooksRequest(_message.Message):
    __slots__ = ("agreement", "format", "period")
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    agreement: str
    format: ExportFormat
    period: str
    def __init__(self, agreement: _Optional[str] = ..., format: _Optional[_Union[ExportFormat, str]] = ..., period: _Optional[str] = ...) -> None: ...

class ExportBooksResponse(_message.Message):
    __slots__ = ("content", "file_name")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    file_name: str
    def __init__(self, content: _Optional[bytes] = ..., file_name: _Optional[str] = ...) -> None: ...
