"""The kind of every field of ledger documents: limits, forms and what is always required.

What depends on another field, and what makes terms sound, stands in `validation`. Outcomes have no
shape: nobody types them.
"""

from __future__ import annotations

from typing import Final

from federation.ledger import codec
from federation.ledger.agreement import DEDUCTIONS_MAX, PARTY_NAME, SIGNERS_MAX, TIERS_MAX
from federation.ledger.documents import PROPOSALS_MAX
from federation.ledger.months import MONTH
from federation.ledger.terms import AMOUNT_MAX_FEN, WHOLE_PPM
from federation.ledger.terms_validation import PARTIES_MAX
from federation.records.fields import Choice, Digest, Flag, Group, Many, Number, shape
from federation.records.reference_fields import (
    DOCUMENT_REF,
    RECORDED_AT_MS,
    Code,
    MemberName,
)
from federation.records.text_fields import Day, Line, Prose

_AMOUNT: Final = Number(0, AMOUNT_MAX_FEN)
_PARTY: Final = Code(PARTY_NAME, "PARTY_FORM")
_REF: Final = Group(DOCUMENT_REF)
PARTY: Final = shape(
    codec.AgreementParty,
    required="party role member display_name",
    party=_PARTY,
    role=Choice(codec.PartyRole),
    member=MemberName(),
    display_name=Line(120),
    share_ppm=Number(0, WHOLE_PPM),
    cap_fen=_AMOUNT,
    floor_fen=_AMOUNT,
    payee_account=Line(120),
)
TIER: Final = shape(codec.AllocationTier, upto_fen=_AMOUNT, rate_ppm=Number(0, WHOLE_PPM))
AGREEMENT: Final = shape(
    codec.Agreement,
    required="title parties base effective_from effective_to signers center currency rules_version",
    previous=_REF,
    agreement=_REF,
    title=Line(120, least=4),
    parties=Many(PARTIES_MAX, Group(PARTY)),
    base=Choice(codec.AllocationBase),
    deductions=Many(DEDUCTIONS_MAX, Line(40), distinct=True),
    tiers=Many(TIERS_MAX, Group(TIER)),
    tier_scope=Choice(codec.AllocationScope),
    limit_scope=Choice(codec.AllocationScope),
    remainder_to=_PARTY,
    excess_to=_PARTY,
    effective_from=Day(),
    effective_to=Day(),
    signers=Many(SIGNERS_MAX, MemberName(), distinct=True),
    signers_required=Number(0, SIGNERS_MAX),
    center=MemberName(),
    countersign_ttl_s=Number(0, 366 * 86_400),
    currency=Line(3),
    rules_version=Number(1, 1),
    recorded_at_ms=RECORDED_AT_MS,
)
TERMINATION: Final = shape(
    codec.Termination,
    required="agreement effective_to reason",
    agreement=_REF,
    effective_to=Day(),
    reason=Prose(500),
    recorded_at_ms=RECORDED_AT_MS,
)
DEDUCTION: Final = shape(
    codec.Deduction, required="name amount_fen", name=Line(40), amount_fen=_AMOUNT
)
INCOME: Final = shape(
    codec.Income,
    required="agreement version contract instalment kind income_date gross_fen received_by",
    agreement=_REF,
    version=_REF,
    contract=_REF,
    instalment=Line(40),
    kind=Choice(codec.IncomeKind),
    income_date=Day(),
    gross_fen=_AMOUNT,
    deductions=Many(DEDUCTIONS_MAX, Group(DEDUCTION)),
    received_by=_PARTY,
    evidence_sha256=Digest(),
    corrects=_REF,
    recorded_at_ms=RECORDED_AT_MS,
)
REVERSAL: Final = shape(
    codec.Reversal,
    required="agreement income reversal_date reason",
    agreement=_REF,
    income=_REF,
    amount_fen=_AMOUNT,
    reversal_date=Day(),
    reason=Prose(500),
    evidence_sha256=Digest(),
    recorded_at_ms=RECORDED_AT_MS,
)
PAYMENT: Final = shape(
    codec.Payment,
    required="agreement payer payee amount_fen paid_on evidence_sha256",
    agreement=_REF,
    payer=_PARTY,
    payee=_PARTY,
    amount_fen=_AMOUNT,
    paid_on=Day(),
    evidence_sha256=Digest(),
    recorded_at_ms=RECORDED_AT_MS,
)
ACCEPTANCE: Final = shape(
    codec.Acceptance,
    required="agreement proposals",
    agreement=_REF,
    proposals=Many(PROPOSALS_MAX, _REF),
    recorded_at_ms=RECORDED_AT_MS,
)
REJECTION: Final = shape(
    codec.Rejection,
    required="agreement proposal reason",
    agreement=_REF,
    proposal=_REF,
    reason=Prose(500),
    recorded_at_ms=RECORDED_AT_MS,
)
DISPUTE: Final = shape(
    codec.Dispute,
    required="agreement income reason",
    agreement=_REF,
    income=_REF,
    is_over=Flag(),
    reason=Prose(500),
    recorded_at_ms=RECORDED_AT_MS,
)
STATEMENT_ACCEPTANCE: Final = shape(
    codec.StatementAcceptance,
    required="agreement period statement_digest",
    agreement=_REF,
    period=Code(MONTH, "MONTH_FORM"),
    statement_digest=Digest(),
    recorded_at_ms=RECORDED_AT_MS,
)
SHAPES: Final = {
    "agreement": AGREEMENT,
    "termination": TERMINATION,
    "income": INCOME,
    "reversal": REVERSAL,
    "payment": PAYMENT,
    "acceptance": ACCEPTANCE,
    "rejection": REJECTION,
    "dispute": DISPUTE,
    "statement_acceptance": STATEMENT_ACCEPTANCE,
}
"""By the field of LedgerDocument."""
