"""Ledger documents to the contents of SEALED parts and back; generated classes end here.

- A content is read or refused (MALFORMED_PART), whatever its bytes; a refused one is void alike
  everywhere. A PartnershipDocument has other field numbers: here it is a document of no known kind.
- What a newer program added is dropped before we serialise, and reading keeps it.
"""

from __future__ import annotations

from typing import Final

from google.protobuf.message import DecodeError

from federation.log.errors import Refused
from federation.records.codec import MAX_CONTENT_BYTES, DocumentRef
from ydx.exchange.v1.ledger_pb2 import (
    Acceptance,
    Agreement,
    AgreementParty,
    AllocationBase,
    AllocationScope,
    AllocationTier,
    Deduction,
    Dispute,
    Income,
    IncomeKind,
    LedgerDocument,
    Outcome,
    OutcomeKind,
    Outcomes,
    PartyRole,
    Payment,
    Rejection,
    Reversal,
    StatementAcceptance,
    Termination,
    VectorLine,
)
from ydx.log.v1.body_pb2 import CheckpointBody
from ydx.sync.v1.reconcile_pb2 import (
    ReconcileAnswer,
    ReconcileItem,
    ReconcilePart,
    ReconcileQuestion,
    ReconcileRange,
    ReconcileSummary,
)

__all__ = [
    "Acceptance",
    "Agreement",
    "AgreementParty",
    "AllocationBase",
    "AllocationScope",
    "AllocationTier",
    "Deduction",
    "Dispute",
    "DocumentRef",
    "Income",
    "IncomeKind",
    "LedgerDocument",
    "Outcome",
    "OutcomeKind",
    "Outcomes",
    "PartyRole",
    "Payment",
    "ReconcileAnswer",
    "ReconcileItem",
    "ReconcilePart",
    "ReconcileQuestion",
    "ReconcileRange",
    "ReconcileSummary",
    "Rejection",
    "Reversal",
    "StatementAcceptance",
    "Termination",
    "VectorLine",
    "checkpoint_body",
    "is_ledger",
    "parse_answer",
    "parse_checkpoint_body",
    "parse_document",
    "parse_question",
    "recorded_at_ms",
    "serialise",
    "serialise_reconcile",
    "set_recorded_at_ms",
    "which_document",
    "without_time",
]

_FIRST_TAGS: Final = frozenset((number << 3 | 2) & 0x7F | 0x80 for number in range(16, 26))
_SECOND_BYTE: Final = 0x01
_HEAD_BYTES: Final = 2


def is_ledger(content: bytes) -> bool:
    """Say whether a content is that of a ledger document, by its first tag alone."""
    return len(content) >= _HEAD_BYTES and content[0] in _FIRST_TAGS and content[1] == _SECOND_BYTE


def parse_document(content: bytes) -> LedgerDocument:
    """Read the content of part 0, or refuse it (MALFORMED_PART)."""
    if len(content) > MAX_CONTENT_BYTES:
        raise Refused("MALFORMED_PART", "the document is too large")
    try:
        return LedgerDocument.FromString(content)
    except DecodeError as error:
        raise Refused("MALFORMED_PART", "the document is no message of its kind") from error


def which_document(document: LedgerDocument) -> str:
    """Return which field says what the document is; "" for another kind of document."""
    return document.WhichOneof("document") or ""


def recorded_at_ms(document: LedgerDocument) -> int:
    """Return when a document says that it was written, in Unix milliseconds; 0 if it does not."""
    which = which_document(document)
    return int(getattr(document, which).recorded_at_ms) if which else 0


def set_recorded_at_ms(document: LedgerDocument, time_ms: int) -> None:
    """Let a document say when it is written."""
    which = which_document(document)
    if which:
        getattr(document, which).recorded_at_ms = time_ms


def without_time(document: LedgerDocument) -> LedgerDocument:
    """Return a copy that does not say when it was written."""
    copy = LedgerDocument()
    copy.CopyFrom(document)
    if recorded_at_ms(copy):
        set_recorded_at_ms(copy, 0)
    return copy


def serialise(document: LedgerDocument) -> bytes:
    """Return the content that is stored, without unknown fields."""
    copy = LedgerDocument()
    copy.CopyFrom(document)
    copy.DiscardUnknownFields()
    return copy.SerializeToString(deterministic=True)


def parse_checkpoint_body(body: bytes) -> tuple[bytes, int]:
    """Return note and registry version of a CHECKPOINT entry; refuses MALFORMED_ENTRY."""
    try:
        said = CheckpointBody.FromString(body)
    except DecodeError:
        said = CheckpointBody()
    said.DiscardUnknownFields()
    if not said.checkpoint or said.SerializeToString(deterministic=True) != body:
        raise Refused("MALFORMED_ENTRY", "the body is not a canonical CheckpointBody")
    return said.checkpoint, said.registry_version


def checkpoint_body(raw_note: bytes, registry_version: int) -> bytes:
    """Return the body of a CHECKPOINT entry."""
    said = CheckpointBody(checkpoint=raw_note, registry_version=registry_version)
    return said.SerializeToString(deterministic=True)


def parse_question(raw: bytes) -> ReconcileQuestion:
    """Read what another member asks about its books, or refuse it (MALFORMED_REQUEST)."""
    try:
        said = ReconcileQuestion.FromString(raw)
    except DecodeError:
        said = ReconcileQuestion()
    if not raw or serialise_reconcile(said) != raw:
        raise Refused("MALFORMED_REQUEST", "the question is no canonical message")
    return said


def parse_answer(raw: bytes) -> ReconcileAnswer:
    """Read what another member answers about its books, or refuse it (MALFORMED_FRAME)."""
    try:
        said = ReconcileAnswer.FromString(raw)
    except DecodeError:
        said = ReconcileAnswer()
    if not raw or serialise_reconcile(said) != raw:
        raise Refused("MALFORMED_FRAME", "the answer is no canonical message")
    return said


def serialise_reconcile(message: ReconcileQuestion | ReconcileAnswer) -> bytes:
    """Return the canonical bytes of a question or an answer, without unknown fields."""
    copy = type(message).FromString(message.SerializeToString())
    copy.DiscardUnknownFields()
    return copy.SerializeToString(deterministic=True)
