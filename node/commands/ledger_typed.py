"""What a person types for the fields of requests of `ydx ledger`: errors name that, not the field.

A document's field is told with its document or without, by who finds what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_AMOUNTS: Final = {"amount": "--amount", "fen": "--fen"}
_FILE: Final = {"agreement": "AGREEMENT", "request_id": "--request-id"}


def _said(document: str, **options: str) -> dict[str, str]:
    """Return the options of a document's fields, under both names of each."""
    bare = {field: f"--{option}" for field, option in options.items()}
    return bare | {f"{document}.{field}": option for field, option in bare.items()}


_INCOME: Final = _said(
    "income",
    contract="contract",
    instalment="instalment",
    kind="kind",
    income_date="date",
    gross_fen="amount/--fen",
    received_by="received-by",
    evidence_sha256="evidence",
    deductions="deduct",
)
_DEDUCTIONS: Final = dict.fromkeys(
    ("deduct", "income.deductions.name", "income.deductions.amount_fen"), "--deduct"
)
_REVERSAL: Final = _said(
    "reversal",
    amount_fen="amount/--fen",
    reversal_date="date",
    reason="reason",
    evidence_sha256="evidence",
)
_PAYMENT: Final = _said(
    "payment", amount_fen="amount/--fen", paid_on="date", evidence_sha256="evidence"
)
_PARTIES: Final = {
    "payment.payer": "PAYER", "payer": "PAYER", "payment.payee": "PAYEE", "payee": "PAYEE",
}  # fmt: skip
_SIMULATED: Final = {
    "incomes.income_date": "--date",
    "incomes.gross_fen": "AMOUNT",
    "incomes.deductions.name": "--deduct",
    "deduct": "--deduct",
    "amount": "AMOUNT",
    "fen": "--fen",
}
_MONTH: Final = {"period": "MONTH"}
_OF_JOURNAL: Final = {
    "party": "--party", "from_date": "--from", "until_date": "--until",
}  # fmt: skip

TYPED: Final[Mapping[str, Mapping[str, str]]] = {
    "agree": {"simulate": "--simulate"},
    "terminate": _said("termination", effective_to="until", reason="reason"),
    "simulate": _SIMULATED,
    "policy": {"up_to": "--up-to", "policy.gross_max_fen": "--up-to"},
    "propose": _INCOME | _DEDUCTIONS | _AMOUNTS,
    "reverse": {"income": "INCOME"} | _REVERSAL | _AMOUNTS,
    "pay": _PAYMENT | _PARTIES | _AMOUNTS,
    "reject": {"reason": "--reason"},
    "dispute": {"reason": "--reason"},
    "balances": {"value_date": "--on", "known_size": "--size"},
    "journal": _OF_JOURNAL,
    "close": _MONTH,
    "accept-statement": _MONTH,
    "export": {"period": "--period"},
}


def typed_of(command: str) -> Mapping[str, str]:
    """Return what a command's person types, by the fields of its request."""
    return _FILE | dict(TYPED.get(command, {}))
