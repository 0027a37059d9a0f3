"""Whether the contract of an income stands here and covers it.

- No rule of the federation looks at the contract: who is no side of it cannot read it, so books
  would differ. It is looked at here, by policy before accepting, and shown to who accepts by hand.
- It covers an income if both sides stand behind it, it is not cancelled, its amount is not passed,
  and the income is not before the day on which it was signed.
- All incomes of one kind add up to at most its amount: what is booked and was not taken back, those
  that are open and accepted by this member, under any agreement, and this one. Of what was taken
  back in part, as much of the gross stands as of the base.
- The price of a contract is the seller's: where an agreement shares a fee, that it comes is told.
- What is told here may change as more comes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from federation.ledger.amounts import grouped_yuan
from federation.ledger.books import State
from federation.ledger.codec import AllocationBase, parse_document
from federation.ledger.documents import Acceptance, Document, Income, IncomeKind, Rejection
from federation.records.findings import Finding
from node.services.ledger import reading
from node.services.ledger.repeats import Repeats
from node.services.ledger.state import read_booked
from node.services.partnership.contract_folding import agreed_version, folded, said_terms
from node.services.partnership.documents import documents_of
from node.storage import ledger, ledger_journal, sealed
from node.storage.ledger import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.partnership.codec import Contract as SaidContract
    from federation.records.refs import Ref
    from node.services.ledger.documents import Documents
    from node.storage.ledger_journal import RulingRow
    from node.storage.transaction import Transaction

_COUNTED: Final = frozenset({State.FINAL.value, State.PARTLY_REVERSED.value})

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
_PRICE_NOT_SHARED: Final = Finding(
    "income.kind",
    "E_PRICE_NOT_SHARED",
    "",
    "该协议分配的是服务费，而这笔收入是合同价款；请核对收入类别",
    "the agreement shares a service fee and this income is the price of a contract; compare its"
    " kind",
)


class ContractChecks:
    """Looks at the contracts of incomes within one transaction, at each contract once.

    Every proposal is looked at for being said twice.
    """

    def __init__(self, tx: Transaction, documents: Documents, member: str) -> None:
        self._tx = tx
        self.documents = documents
        self.member = member
        self.repeats = Repeats(tx, documents)
        self._found: dict[Ref, SaidContract | Finding] = {}
        self._counted: dict[Ref, dict[Ref, Income]] = {}
        """Contract → its incomes that count, by their own references; read when they are needed."""
        self._to_count: defaultdict[Ref, dict[Ref, Income]] = defaultdict(dict)

    def count(self, proposal: Document) -> None:
        """Let a proposal count that this member is about to accept, if it is an income."""
        facts = proposal.facts
        if isinstance(facts, Income):
            counted = self._counted.get(facts.contract, self._to_count[facts.contract])
            counted[proposal.ref] = facts

    def notes(self, proposal: Document, members: frozenset[str]) -> tuple[Finding, ...]:
        """Return all that a person should look at before accepting an open proposal."""
        facts = proposal.facts
        found = self.warnings(proposal.ref, facts) if isinstance(facts, Income) else ()
        return *found, *self.repeats.of(proposal, members)

    def warnings(self, proposal: Ref, facts: Income) -> tuple[Finding, ...]:
        """Return why the contract of an income does not cover it; nothing if it does."""
        ref = facts.contract
        if ref not in self._found:
            self._found[ref] = self._look(ref)
        terms = self._found[ref]
        if isinstance(terms, Finding):
            return (terms, *self._of_base(facts))
        found = []
        others_fen = sum(
            one.gross_fen
            for ref, one in self._incomes(facts.contract).items()
            if one.kind is facts.kind and ref != proposal
        )
        if others_fen + facts.gross_fen > terms.contract_amount_fen:
            gross, amount = grouped_yuan(facts.gross_fen), grouped_yuan(terms.contract_amount_fen)
            others = grouped_yuan(others_fen)
            found.append(
                Finding(
                    "income.gross_fen",
                    "E_ABOVE_CONTRACT",
                    gross,
                    f"总额 {gross} 元，加上该合同同类其他收入 {others} 元，"
                    f"超过合同金额 {amount} 元；请核对金额和合同",
                    f"the gross of {gross} yuan, with {others} yuan of other such incomes, is above"
                    f" the contract's amount of {amount} yuan; compare them",
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
        return (*found, *self._of_base(facts))

    def _of_base(self, facts: Income) -> tuple[Finding, ...]:
        """Return that an income is none of what the agreement shares, if so."""
        if facts.kind is not IncomeKind.CONTRACT_PRICE:
            return ()
        version = self.documents.get(facts.version)
        if not isinstance(version, Document):
            return ()
        base = parse_document(version.content).agreement.base
        is_fee = base == AllocationBase.ALLOCATION_BASE_SERVICE_FEE
        return (_PRICE_NOT_SHARED,) if is_fee else ()

    def _incomes(self, contract: Ref) -> dict[Ref, Income]:
        if contract not in self._counted:
            key = key_of(*contract)
            places = ledger.naming(self._tx, [key])[key]
            found = self.documents.at_all(places)
            rulings = ledger_journal.rulings(self._tx, places)
            said = reading.said_of_all(self._tx, [one.ref for one in found], self.documents, None)
            self._counted[contract] = counted = {}
            for one in found:
                facts, place = one.facts, self.documents.place(one.ref)
                if not isinstance(facts, Income) or facts.contract != contract:
                    continue
                ruling = None if place is None else rulings.get(place)
                if ruling is None:
                    counts = self._accepts([told.document for told in said[one.ref]])
                else:
                    counts = ruling.state in _COUNTED
                if counts:
                    counted[one.ref] = _left(facts, ruling)
            counted |= self._to_count[contract]
        return self._counted[contract]

    def _accepts(self, said: Sequence[Document]) -> bool:
        """Say whether this member's last word is that it accepts."""
        own = [one.facts for one in said if one.author == self.member]
        words = [one for one in own if isinstance(one, Acceptance | Rejection)]
        return bool(words) and isinstance(words[-1], Acceptance)

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


def _left(facts: Income, ruling: RulingRow | None) -> Income:
    """Return an income with what stands of its gross, rounded up."""
    if ruling is None or ruling.state != State.PARTLY_REVERSED.value:
        return facts
    booked = read_booked(ruling.booked)
    left_fen = -(-facts.gross_fen * booked.base_left_fen // booked.base_fen)
    return facts._replace(gross_fen=left_fen)
