"""Whether a payment, or what is taken back, is said a second time.

- An instalment is booked once. A payment and a part that is taken back bear no number, so no rule
  stops the same bank slip from being booked twice: who accepts is told, and no policy accepts it.
- A payment is said again if its two parties have another one with the same evidence, or of the
  same amount on the same day; taking back, if the same amount of the income is on the same day.
- What was refused does not count. The newest booked ones are compared, and the newest open ones:
  apart, since whoever proposes much that nobody accepts would push the others out. Where more are
  open than that, it is told that it cannot be said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger.codec import parse_document
from federation.ledger.documents import Document, Payment, Reversal
from federation.records.findings import Finding
from node.services.document_names import PROPOSALS, DocumentName
from node.storage import ledger_lists
from node.storage.ledger import DocumentKind, key_of

if TYPE_CHECKING:
    from federation.records.refs import Ref
    from node.services.ledger.documents import Documents
    from node.storage.transaction import Transaction

LOOKED_AT_MAX: Final = 500
_OTHERS_SHOWN: Final = 3
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

    def of(self, proposal: Document, members: frozenset[str]) -> tuple[Finding, ...]:
        """Return that a proposal says again what is open or booked, if it does."""
        facts = proposal.facts
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
