"""Each rule of ledger documents: an example that breaks it and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest

from federation.ledger import codec
from federation.ledger.documents import Unknown, Unreadable, read_document
from federation.ledger.rules import LEDGER_RULES
from federation.ledger.validation import check_document
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.paper import DOMAIN, agreement, income, party
from tests.federation.ledger.test_terms_validation import BROKEN as BROKEN_TERMS

TODAY: Final = date(2026, 11, 28)
FIRST: Final = Ref(f"{DOMAIN}/anhui", 3, bytes(32))
NAMED: Final = said_ref(FIRST)


def _payment(**changes: Any) -> codec.Payment:
    said: dict[str, Any] = {
        "agreement": NAMED,
        "payer": "AH",
        "payee": "JS",
        "amount_fen": 5,
        "paid_on": "2026-11-20",
        "evidence_sha256": bytes(32),
    }
    return codec.Payment(**(said | changes))


def _reversal(**changes: Any) -> codec.Reversal:
    said: dict[str, Any] = {
        "agreement": NAMED,
        "income": NAMED,
        "reversal_date": "2026-11-20",
        "reason": "退款",
    }
    return codec.Reversal(**(said | changes))


def _closed(period: str) -> codec.StatementAcceptance:
    return codec.StatementAcceptance(agreement=NAMED, period=period, statement_digest=bytes(32))


SOUND: Final[list[dict[str, Any]]] = [
    {"agreement": agreement()},
    {"agreement": agreement(agreement=NAMED, previous=NAMED, signers_required=1)},
    {"termination": codec.Termination(agreement=NAMED, effective_to="2027-01-01", reason="到期")},
    {"income": income(FIRST)},
    {"reversal": _reversal()},
    {"payment": _payment()},
    {"acceptance": codec.Acceptance(agreement=NAMED, proposals=[NAMED])},
    {"rejection": codec.Rejection(agreement=NAMED, proposal=NAMED, reason="金额不符")},
    {"dispute": codec.Dispute(agreement=NAMED, income=NAMED, reason="待核对")},
    {"statement_acceptance": _closed("2026-10")},
]
BROKEN: Final[list[tuple[str, dict[str, Any], str, str]]] = [
    ("an origin with a scheme", {"income": income(FIRST, contract=codec.DocumentRef(
        origin="https://x/anhui", leaf_hash=bytes(32)))}, "ORIGIN_FORM", "income.contract.origin"),
    ("a reference beyond every log", {"income": income(FIRST, contract=codec.DocumentRef(
        origin=f"{DOMAIN}/anhui", leaf_index=2**64 - 1, leaf_hash=bytes(32)))},
     "NUMBER_RANGE", "income.contract.leaf_index"),
    ("a scope of tomorrow", {"agreement": agreement(tier_scope=99)},
     "CHOICE_UNKNOWN", "agreement.tier_scope"),
    ("a member in capitals", {"agreement": agreement(signers=["anhui", "JIANGSU"])},
     "MEMBER_FORM", "agreement.signers[1]"),
    ("a party with a blank", {"payment": _payment(payer="A H")}, "PARTY_FORM", "payment.payer"),
    ("a thirteenth month", {"statement_acceptance": _closed("2026-13")},
     "MONTH_FORM", "statement_acceptance.period"),
    ("a day of before", {"income": income(FIRST, income_date="1899-12-31")},
     "YEAR_EARLY", "income.income_date"),
    ("a center of its own", {"agreement": agreement(center="jiangsu")},
     "NOT_THE_CENTER", "agreement.center"),
    ("dollars", {"agreement": agreement(currency="USD")}, "CURRENCY", "agreement.currency"),
    ("an author from outside", {"agreement": agreement(
        parties=[party("ZJ", "zhejiang", 1_000_000)], signers=["zhejiang"])},
     "NOT_A_MEMBER", "agreement"),
    ("three of two signers", {"agreement": agreement(signers_required=3)},
     "SIGNERS_REQUIRED", "agreement.signers_required"),
    ("a gross base with deductions", {"agreement": agreement(base=1, deductions=["税"])},
     "GROSS_DEDUCTS", "agreement.deductions"),
    ("no day in force", {"agreement": agreement(effective_to="2026-01-01")},
     "NO_DAY", "agreement.effective_to"),
    ("a payment to itself", {"payment": _payment(payee="AH")}, "SAME_PARTY", "payment.payee"),
    ("an end before the beginning", {"agreement": agreement(effective_to="2025-01-01")},
     "DATE_ORDER", "agreement.effective_from"),
    ("income of tomorrow", {"income": income(FIRST, income_date="2026-11-29")},
     "DATE_IN_FUTURE", "income.income_date"),
    ("no income at all", {"income": income(FIRST, gross_fen=0)}, "REQUIRED", "income.gross_fen"),
    ("income below nothing", {"income": income(FIRST, gross_fen=-1)},
     "NUMBER_RANGE", "income.gross_fen"),
    ("income of 2^62", {"income": income(FIRST, gross_fen=1 << 62)},
     "NUMBER_RANGE", "income.gross_fen"),
    ("a deduction twice", {"income": income(FIRST, deductions=[
        codec.Deduction(name="税", amount_fen=1), codec.Deduction(name="税", amount_fen=2)])},
     "DUPLICATE_ITEM", "income.deductions[1].name"),
    ("shares of 110 %", {"agreement": agreement(
        parties=[party("AH", "anhui", 600_000), party("JS", "jiangsu", 500_000)])},
     "SHARES_SUM", "agreement.parties"),
    ("an amendment of nothing", {"agreement": agreement(agreement=NAMED)},
     "REQUIRED", "agreement.previous"),
    ("a phone number in a reason", {"reversal": _reversal(reason="请致电13812345678")},
     "PERSONAL_PHONE", "reversal.reason"),
    ("no evidence of a payment", {"payment": _payment(evidence_sha256=b"")},
     "REQUIRED", "payment.evidence_sha256"),
    ("nothing", {}, "REQUIRED", "document"),
    ("outcomes", {"outcomes": codec.Outcomes(agreement=NAMED)}, "REQUIRED", "document"),
]  # fmt: skip


def _check(said: dict[str, Any]) -> list[tuple[str, str]]:
    checked = check_document(
        codec.LedgerDocument(**said), author="anhui", center="center", today=TODAY
    )
    return [(one.rule, one.field) for one in checked.violations]


@pytest.mark.parametrize("said", SOUND, ids=lambda said: next(iter(said)))
def test_a_sound_document_is_accepted_and_read(said: dict[str, Any]) -> None:
    assert _check(said) == []
    content = codec.serialise(codec.LedgerDocument(**said))
    read = read_document(FIRST, frozenset(), content)
    assert not isinstance(read.facts, Unreadable | Unknown), read.facts
    assert codec.is_ledger(content)


@pytest.mark.parametrize(
    ("said", "rule", "field"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN]
)
def test_a_broken_document_is_refused_by_its_field(
    said: dict[str, Any], rule: str, field: str
) -> None:
    assert _check(said) == [(rule, field)]


def test_every_rule_has_an_example() -> None:
    broken = {rule for _, _, rule, _ in (*BROKEN, *BROKEN_TERMS)}
    assert set(LEDGER_RULES) <= broken
