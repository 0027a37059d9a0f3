"""Whether the contract of an income stands here and covers it.

- No rule of the federation looks at the contract: who is no side of it cannot read it, so books
  would differ. It is looked at here, by policy before accepting, and shown to who accepts by hand.
- It covers an income if both sides stand behind it, it is not cancelled, the gross is at most its
  amount, and the income is not before the day on which it was signed.
- What is told here may change as more comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.amounts import grouped_yuan
from federation.records.findings import Finding
from node.services.partnership.contract_folding import agreed_version, folded, said_terms
from node.services.partnership.documents import documents_of
from node.storage import sealed

if TYPE_CHECKING:
    from federation.ledger.documents import Income
    from federation.partnership.codec import Contract as SaidContract
    from federation.records.refs import Ref
    from node.storage.transaction import Transaction

_NOT_HELD: Final = Finding(
    "income.contract",
    "E_CONTRACT_NOT_HELD",
    "",
    "本节点没有该合同，无法核对；接受前请向合同双方核实",
    "the contract is not held here and cannot be compared; ask its sides before you accept",
)
_NOT_CONFIRMED: Final = Finding(
    "income.contract",
    "E_CONTRACT_NOT_CONFIRMED",
    "",
    "该合同尚未经双方确认；请等对方确认后再接受",
    "the two sides have not both confirmed the contract; accept once they have",
)
_CANCELLED: Final = Finding(
    "income.contract",
    "E_CONTRACT_CANCELLED",
    "",
    "该合同已取消；请向提案人核实这笔收入",
    "the contract is cancelled; ask the proposer about this income",
)


class ContractChecks:
    """Looks at the contracts of incomes within one transaction, at each contract once."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._found: dict[Ref, SaidContract | Finding] = {}

    def warnings(self, facts: Income) -> tuple[Finding, ...]:
        """Return why the contract of an income does not cover it; nothing if it does."""
        ref = facts.contract
        if ref not in self._found:
            self._found[ref] = self._look(ref)
        terms = self._found[ref]
        if isinstance(terms, Finding):
            return (terms,)
        found = []
        if facts.gross_fen > terms.contract_amount_fen:
            gross, amount = grouped_yuan(facts.gross_fen), grouped_yuan(terms.contract_amount_fen)
            found.append(
                Finding(
                    "income.gross_fen",
                    "E_ABOVE_CONTRACT",
                    gross,
                    f"总额 {gross} 元超过合同金额 {amount} 元；请核对金额和合同",
                    f"the gross of {gross} yuan is above the contract's amount of {amount} yuan;"
                    " compare both",
                )
            )
        if facts.income_date < terms.signed_on:
            found.append(
                Finding(
                    "income.income_date",
                    "E_BEFORE_CONTRACT",
                    facts.income_date,
                    f"收入日期 {facts.income_date} 早于合同签订日 {terms.signed_on}；请核对日期",
                    f"the income of {facts.income_date} is before the contract was signed on"
                    f" {terms.signed_on}; compare the days",
                )
            )
        return tuple(found)

    def _look(self, ref: Ref) -> SaidContract | Finding:
        """Return what both sides agreed last, or why nothing is to be relied on."""
        held = sealed.at(self._tx, ref.origin, ref.leaf_index)
        if held is None or held.document is None or held.leaf_hash != ref.leaf_hash:
            return _NOT_HELD
        subject = held.document.header.subject
        contract, _ = folded(self._tx, ref, subject, documents_of(self._tx, subject))
        if contract.cancellation is not None:
            return _CANCELLED
        version = agreed_version(contract)
        return _NOT_CONFIRMED if version is None else said_terms(version)
