"""By what an income is found again: digests that stand among what it names (`ledger.naming`).

- The instalment: one of a kind is booked once under an agreement.
- The invoice: the same evidence for the same contract, under any agreement.
- The money: the same day, gross, receiver and kind for the same contract, under any agreement. Who
  types an instalment in another form ("1", "1.0", "01") says another instalment and the same money.

They are the view's own, and no rule of the federation: another form begins the view anew.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from federation.ledger.booking import tie_of_income
from federation.ledger.codec import parse_document
from federation.ledger.documents import Income

if TYPE_CHECKING:
    from federation.ledger.documents import Document


class IncomeMarks(NamedTuple):
    """The marks of one income."""

    instalment: bytes
    same: tuple[bytes, ...]
    """Of its money; and of its invoice, where it has one."""


def marks_of(proposal: Document, facts: Income) -> IncomeMarks:
    """Return the marks of an income whose content is there."""
    contract, instalment, kind = tie_of_income(facts)
    money = (contract, facts.income_date, facts.gross_fen, facts.received_by, kind)
    same = [_mark("money", *money)]
    if facts.has_evidence:
        invoice = parse_document(proposal.content).income.evidence_sha256
        same.append(_mark("invoice", contract, invoice.hex()))
    of = facts.agreement
    return IncomeMarks(
        _mark("instalment", *of[:2], of.leaf_hash.hex(), contract, instalment, kind), tuple(same)
    )


def _mark(*said: str | int) -> bytes:
    return sha256("\0".join(map(str, said)).encode()).digest()
