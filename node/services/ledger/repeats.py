"""Whether an income, a payment, or what is taken back, is said a second time.

- No rule of the federation stops the same bank slip or invoice from being booked twice: a payment
  and a part that is taken back bear no number, and of an instalment there are many spellings. So
  who accepts is told, and no policy accepts it.
- An income is said again if its contract has another one, under any agreement, with the same
  evidence, or of the same day, gross, receiver and kind (`income_marks`). Of its own agreement what
  else is open on its instalment is told as well: that is booked once.
- A payment is said again if its two parties have another one with the same evidence, or of the
  same amount on the same day; taking back, if the same amount of the income is on the same day.
- What was refused or wholly taken back does not count. Of payments and of what is taken back the
  newest booked ones are compared, and the newest open ones: apart, since whoever proposes much that
  nobody accepts would push the others out. Where more are open than that, it is told that it cannot
  be said.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from federation.ledger.codec import parse_document
from federation.ledger.documents import Document, Income, Payment, Reversal
from federation.records.findings import Finding
from node.services.document_names import PROPOSALS, DocumentName
from node.services.ledger.income_marks import marks_of
from node.services.ledger.words import Words
from node.storage import ledger_lists
from node.storage.ledger import DocumentKind, key_of

if TYPE_CHECKING:
    from federation.records.refs import Ref
    from node.services.ledger.documents import Documents
    from node.storage.transaction import Transaction

LOOKED_AT_MAX: Final = 500
_OTHERS_SHOWN: Final = 3
_OTHERS_LOOKED_AT: Final = 8
_NO_HASH: Final = bytes(32)
"""Of what is only checked, and not written."""
_TOO_MANY: Final = (
    "待处理的同类提案过多，无法逐一核对是否重复；请先处理或自行核对",
    "too many of its kind are open to see whether it is said twice; decide them first, or look",
)


class Repeats:
    """Looks for what was said before within one transaction, at each agreement once."""

    def __init__(self, tx: Transaction, documents: Documents) -> None:
        self._tx = tx
        self._documents = documents
        self._standing: dict[tuple[Ref, DocumentKind], list[Document]] = {}
        self._unsure: set[tuple[Ref, DocumentKind]] = set()
        """Of which more are open than were looked at."""
        self._counted: defaultdict[bytes, list[Document]] = defaultdict(list)
        """Mark → incomes that may not be among the tables."""

    def count(self, proposal: Document) -> None:
        """Compare with a proposal that may not be in the tables, too, if it is an income."""
        if isinstance(proposal.facts, Income):
            marks = marks_of(proposal, proposal.facts)
            for one in (marks.instalment, *marks.same):
                self._counted[one].append(proposal)

    def of(self, proposal: Document, members: frozenset[str]) -> tuple[Finding, ...]:
        """Return that a proposal says again what is open or booked, if it does."""
        facts = proposal.facts
        if isinstance(facts, Income):
            return self._of_income(proposal, facts)
        if isinstance(facts, Payment):
            of = facts.agreement, DocumentKind.PAYMENT
            same = [one for one in self._before(*of) if _is_same_payment(one, proposal)]
            field, rule = "payment.evidence_sha256", "E_PAYMENT_TWICE"
        elif isinstance(facts, Reversal):
            of = facts.agreement, DocumentKind.REVERSAL
            same = [one for one in self._before(*of) if _is_same_reversal(one, proposal)]
            field, rule = "reversal.amount_fen", "E_REVERSAL_TWICE"
        else:
            return ()
        others = [
            str(DocumentName(one.author, PROPOSALS, one.subject))
            for one in same
            if one.ref != proposal.ref and one.author in members and one.reaches(members)
        ]
        if not others and of in self._unsure:
            return (Finding(field, "E_TOO_MANY_OPEN", "", *_TOO_MANY),)
        if not others:
            return ()
        names = ", ".join(others[:_OTHERS_SHOWN])
        zh = f"与另一项待处理或已入账的提案相同：{names}；请核对是否重复"
        en = f"it says the same as what is open or booked: {names}; see that it is not said twice"
        return (Finding(field, rule, "", zh, en),)

    def _of_income(self, proposal: Document, facts: Income) -> tuple[Finding, ...]:
        marks = marks_of(proposal, facts)
        alike = self._marked(marks.instalment, proposal, facts, open_only=True)
        same = {
            ref: name
            for mark in marks.same
            for ref, name in self._marked(mark, proposal, facts).items()
            if ref not in alike
        }
        found = []
        if alike:
            found.append(_instalment_proposed(facts, list(alike.values())))
        if same:
            found.append(_income_twice(list(same.values())))
        return tuple(found)

    def _marked(
        self, mark: bytes, proposal: Document, facts: Income, *, open_only: bool = False
    ) -> dict[Ref, Words]:
        """Return the other incomes with a mark that are open or booked, and how each is called."""
        key = key_of(*facts.agreement)
        places = ledger_lists.marked(self._tx, mark, key, _OTHERS_LOOKED_AT)
        held = [place for place, is_open in places if is_open or not open_only]
        found = [*self._documents.at_all(held), *self._counted[mark]]
        return {one.ref: _called(one) for one in found if one.ref != proposal.ref}

    def _before(self, agreement: Ref, kind: DocumentKind) -> list[Document]:
        """Return the newest of a kind on an agreement that are open or booked."""
        if (agreement, kind) not in self._standing:
            key = key_of(*agreement)
            still_open, booked = (
                ledger_lists.unnumbered_of(self._tx, key, kind, LOOKED_AT_MAX, is_open=one)
                for one in (True, False)
            )
            if len(still_open) == LOOKED_AT_MAX:
                self._unsure.add((agreement, kind))
            standing = list(dict.fromkeys(still_open + booked))
            self._standing[agreement, kind] = list(self._documents.at_all(standing))
        return self._standing[agreement, kind]


def _called(income: Document) -> Words:
    """Return how an income is called: what was not written has no name, but an instalment."""
    facts = income.facts
    instalment = facts.instalment if isinstance(facts, Income) else ""
    name = str(DocumentName(income.author, PROPOSALS, income.subject))
    if income.ref.leaf_hash == _NO_HASH:
        return Words(f"期次 {instalment}", f"instalment {instalment}")
    return Words(f"{name}（期次 {instalment}）", f"{name} (instalment {instalment})")


def _instalment_proposed(facts: Income, others: list[Words]) -> Finding:
    names = _listed(others)
    return Finding(
        "income.instalment",
        "E_INSTALMENT_PROPOSED",
        facts.instalment,
        f"同一期次另有待处理提案：{names.zh}；只会入账其一，请核对并拒绝多余的提案",
        f"the same instalment is proposed as well, and only one is booked: {names.en}; compare"
        " them and reject what is too many",
    )


def _income_twice(others: list[Words]) -> Finding:
    names = _listed(others)
    return Finding(
        "income",
        "E_INCOME_TWICE",
        "",
        "同一合同另有凭证相同，或日期、总额、收款方和类别都相同的收入，待处理或已入账："
        f"{names.zh}；请核对是否重复",
        "of the same contract an income with the same evidence, or of the same day, gross, receiver"
        f" and kind, is open or booked: {names.en}; see that it is not said twice",
    )


def _listed(others: list[Words]) -> Words:
    some = others[:_OTHERS_SHOWN]
    return Words("，".join(one.zh for one in some), ", ".join(one.en for one in some))


def _is_same_payment(one: Document, other: Document) -> bool:
    here, there = one.facts, other.facts
    if not isinstance(here, Payment) or not isinstance(there, Payment):
        return False
    if (here.agreement, here.payer, here.payee) != (there.agreement, there.payer, there.payee):
        return False
    alike = (here.amount_fen, here.paid_on) == (there.amount_fen, there.paid_on)
    return alike or _slip(one) == _slip(other)


def _is_same_reversal(one: Document, other: Document) -> bool:
    here, there = one.facts, other.facts
    return (
        isinstance(here, Reversal)
        and isinstance(there, Reversal)
        and (here.income, here.amount_fen, here.reversal_date)
        == (there.income, there.amount_fen, there.reversal_date)
    )


def _slip(payment: Document) -> bytes:
    return parse_document(payment.content).payment.evidence_sha256
