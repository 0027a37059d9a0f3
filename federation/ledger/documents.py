"""Ledger documents as the fold takes them: where they stand, whom they name, what they say.

- A document is what part 0 of a verified SEALED entry holds. It is taken in whatever its bytes are:
  what breaks its form is `Unreadable`, and void, alike everywhere; what this version does not know
  is `Unknown`, and books that rest upon it stop. Form is all that a reader needs to compute with
  it: references, days, amounts and terms that are sound. What a node asks more of its own users
  stands in `validation`.
- Its author is the member of its log. It counts only if its header, with its author, names every
  member of its agreement: so all of them hold the same documents.
- Every document but an agreement's first version names that version: it says which agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, NamedTuple, TypeAlias

from federation.ledger import codec
from federation.ledger.agreement import RULES_VERSION, Version, read_version
from federation.ledger.codec import parse_document, which_document
from federation.ledger.reading import amount_of, day_of, digest_of, key_of, month_of, text_of
from federation.log.errors import Refused
from federation.records.refs import Ref, read_ref

PROPOSALS_MAX: Final = 200
ACCEPTANCES_MAX: Final = 64
OUTCOMES_MAX: Final = 200


class OutcomeKind(IntEnum):
    """What the center can decide."""

    ACTIVATED = 1
    BOOKED = 2
    REFUSED = 3
    EXPIRED = 4
    CLOSED = 5


class IncomeKind(IntEnum):
    """What an income is."""

    SERVICE_FEE = 1
    CONTRACT_PRICE = 2
    ROYALTY = 3
    OTHER = 4


INCOME_KIND_NAMES: Final[Mapping[int, str]] = {one.value: one.name for one in IncomeKind}
_INCOME_KINDS: Final[Mapping[int, IncomeKind]] = {one.value: one for one in IncomeKind}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A content that breaks its form."""

    what: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A document of another kind or of a newer version."""


@dataclass(frozen=True, slots=True)
class Termination:
    """An agreement is to end before `effective_to`."""

    agreement: Ref
    effective_to: str


class Income(NamedTuple):
    """An income to be shared."""

    agreement: Ref
    version: Ref
    contract: Ref
    instalment: str
    kind: IncomeKind
    income_date: str
    gross_fen: int
    deductions: tuple[tuple[str, int], ...]
    received_by: str
    has_evidence: bool
    corrects: Ref | None


@dataclass(frozen=True, slots=True)
class Reversal:
    """An income is taken back; `amount_fen` 0: all of it."""

    agreement: Ref
    income: Ref
    amount_fen: int
    reversal_date: str
    has_evidence: bool


@dataclass(frozen=True, slots=True)
class Payment:
    """One party has paid another."""

    agreement: Ref
    payer: str
    payee: str
    amount_fen: int
    paid_on: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A member accepts proposals."""

    agreement: Ref
    proposals: frozenset[Ref]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A member rejects a proposal."""

    agreement: Ref
    proposal: Ref


@dataclass(frozen=True, slots=True)
class Dispute:
    """A member disputes an income, or takes that back. Changes nothing."""

    agreement: Ref
    income: Ref
    is_over: bool


@dataclass(frozen=True, slots=True)
class StatementAcceptance:
    """A member agrees to a statement."""

    agreement: Ref
    period: str
    statement_digest: bytes


class Outcome(NamedTuple):
    """One decision of the center. `kind` may be one that this version does not know."""

    kind: int
    proposal: Ref | None = None
    acceptances: tuple[Ref, ...] = ()
    rejection: Ref | None = None
    refusal_reason: str = ""
    vector: tuple[tuple[str, int], ...] = ()
    period: str = ""
    statement_digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What the center decides on one agreement, in this order."""

    agreement: Ref
    outcomes: tuple[Outcome, ...]


Facts: TypeAlias = (
    Version
    | Termination
    | Income
    | Reversal
    | Payment
    | Acceptance
    | Rejection
    | Dispute
    | StatementAcceptance
    | Outcomes
    | Unreadable
    | Unknown
)
Proposal: TypeAlias = Version | Termination | Income | Reversal | Payment


class Document(NamedTuple):
    """A verified document."""

    ref: Ref
    named: frozenset[str]
    """The other members that may read it, as its header says."""
    facts: Facts
    subject: bytes = b""
    content: bytes = b""

    @property
    def author(self) -> str:
        """The member that says it."""
        return self.ref.member

    @property
    def agreement(self) -> Ref | None:
        """The first version of the agreement that it is of; None where it does not say."""
        if isinstance(self.facts, Version):
            return self.facts.first or self.ref
        return getattr(self.facts, "agreement", None)

    def reaches(self, members: frozenset[str]) -> bool:
        """Say whether each of these members wrote it or may read it."""
        return members - self.named <= {self.author}


def read_document(
    ref: Ref, named: frozenset[str], content: bytes, subject: bytes = b""
) -> Document:
    """Return the document that part 0 of a SEALED entry holds; never raises.

    `named` and `subject` are those of the part's header, `content` is the part's.
    """
    try:
        document = parse_document(content)
        which = which_document(document)
        facts = _READERS[which](getattr(document, which)) if which else Unknown()
    except Refused as refusal:
        facts = Unreadable(refusal.what)
    return Document(ref, named, facts, subject, content)


def _agreement(said: codec.Agreement) -> Version | Unknown:
    return Unknown() if said.rules_version > RULES_VERSION else read_version(said)


def _termination(said: codec.Termination) -> Termination:
    return Termination(read_ref(said.agreement), day_of(said.effective_to, "effective_to"))


def _income(said: codec.Income) -> Income:
    kind = _INCOME_KINDS.get(said.kind)
    if kind is None:
        raise Refused("MALFORMED_PART", "the kind of income is not known", field="kind")
    return Income(
        agreement=read_ref(said.agreement),
        version=read_ref(said.version),
        contract=read_ref(said.contract),
        instalment=key_of(said.instalment, "instalment", 40),
        kind=kind,
        income_date=day_of(said.income_date, "income_date"),
        gross_fen=amount_of(said.gross_fen, "gross_fen"),
        deductions=tuple(
            [(one.name, amount_of(one.amount_fen, "deductions")) for one in said.deductions]
        ),
        received_by=text_of(said.received_by, "received_by", 40),
        has_evidence=bool(digest_of(said.evidence_sha256, "evidence_sha256", may_lack=True)),
        corrects=read_ref(said.corrects) if said.HasField("corrects") else None,
    )


def _reversal(said: codec.Reversal) -> Reversal:
    return Reversal(
        agreement=read_ref(said.agreement),
        income=read_ref(said.income),
        amount_fen=amount_of(said.amount_fen, "amount_fen", least=0),
        reversal_date=day_of(said.reversal_date, "reversal_date"),
        has_evidence=bool(digest_of(said.evidence_sha256, "evidence_sha256", may_lack=True)),
    )


def _payment(said: codec.Payment) -> Payment:
    digest_of(said.evidence_sha256, "evidence_sha256")
    return Payment(
        agreement=read_ref(said.agreement),
        payer=text_of(said.payer, "payer", 40),
        payee=text_of(said.payee, "payee", 40),
        amount_fen=amount_of(said.amount_fen, "amount_fen"),
        paid_on=day_of(said.paid_on, "paid_on"),
    )


def _acceptance(said: codec.Acceptance) -> Acceptance:
    if not 1 <= len(said.proposals) <= PROPOSALS_MAX:
        raise Refused("MALFORMED_PART", f"an acceptance names 1 to {PROPOSALS_MAX} proposals")
    return Acceptance(read_ref(said.agreement), frozenset(map(read_ref, said.proposals)))


def _rejection(said: codec.Rejection) -> Rejection:
    return Rejection(read_ref(said.agreement), read_ref(said.proposal))


def _dispute(said: codec.Dispute) -> Dispute:
    return Dispute(read_ref(said.agreement), read_ref(said.income), said.is_over)


def _statement_acceptance(said: codec.StatementAcceptance) -> StatementAcceptance:
    return StatementAcceptance(
        read_ref(said.agreement),
        month_of(said.period, "period"),
        digest_of(said.statement_digest, "statement_digest"),
    )


def _outcomes(said: codec.Outcomes) -> Outcomes:
    if not 1 <= len(said.outcomes) <= OUTCOMES_MAX:
        raise Refused("MALFORMED_PART", f"there are 1 to {OUTCOMES_MAX} outcomes")
    return Outcomes(read_ref(said.agreement), tuple(map(_outcome, said.outcomes)))


def _outcome(said: codec.Outcome) -> Outcome:
    if len(said.acceptances) > ACCEPTANCES_MAX:
        raise Refused("MALFORMED_PART", f"an outcome names at most {ACCEPTANCES_MAX} acceptances")
    return Outcome(
        kind=int(said.kind),
        proposal=read_ref(said.proposal) if said.HasField("proposal") else None,
        acceptances=tuple(map(read_ref, said.acceptances)),
        rejection=read_ref(said.rejection) if said.HasField("rejection") else None,
        refusal_reason=said.refusal_reason,
        vector=tuple([(one.party, one.amount_fen) for one in said.vector]),
        period=said.period,
        statement_digest=said.statement_digest,
    )


_READERS: Final[Mapping[str, Callable[[Any], Facts]]] = {
    "agreement": _agreement,
    "termination": _termination,
    "income": _income,
    "reversal": _reversal,
    "payment": _payment,
    "acceptance": _acceptance,
    "rejection": _rejection,
    "dispute": _dispute,
    "statement_acceptance": _statement_acceptance,
    "outcomes": _outcomes,
}
