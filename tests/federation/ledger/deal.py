"""One agreement on paper, in force, and how its members go on from there: a step a call."""

from __future__ import annotations

from typing import Any

from federation.ledger import codec
from federation.ledger.booking import book
from federation.ledger.books import Books, Effect
from federation.ledger.closing import close
from federation.ledger.documents import Document
from federation.ledger.judging import place_of
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.paper import Paper, activated, agreement, booked, income

BOTH = ("anhui", "jiangsu")
KIND = codec.OutcomeKind


class Deal(Paper):
    """A federation with one agreement; `first` names it."""

    first: Ref

    @classmethod
    def made(cls, *, active: bool = True, **changes: Any) -> Deal:
        """Return a deal under an agreement, by default in force."""
        deal = cls()
        deal.first = deal.write("anhui", agreement=agreement(**changes))
        if active:
            deal.activate(deal.first)
        return deal

    def agreed(self, proposal: Ref, *members: str) -> tuple[Ref, ...]:
        """Let members accept, by default both signers, and the center cover it."""
        said = tuple(self.accept(one, self.first, proposal) for one in members or BOTH)
        self.cover()
        return said

    def activate(self, proposal: Ref, *members: str) -> None:
        """Let the center say ACTIVATED."""
        self.decide(self.first, activated(proposal, *self.agreed(proposal, *members)))

    def book(self, proposal: Ref, **vector: int) -> None:
        """Let the center say BOOKED with this vector; without one, with the vector of the fold."""
        yes = self.agreed(proposal)
        self.decide(self.first, booked(proposal, yes, **(vector or self.vector(proposal))))

    def vector(self, proposal: Ref) -> dict[str, int]:
        """Return what the fold would book now, empty if it refuses."""
        document = self.document(proposal)
        assert isinstance(document, Document)
        try:
            return book(self.books(), document, place_of(document, 0))[1]
        except Refused:
            return {}

    def close(self, period: str) -> None:
        """Let the center say CLOSED with the digest that the fold finds."""
        digest = close(self.books(), period).digest()
        outcome = codec.Outcome(
            kind=KIND.OUTCOME_KIND_CLOSED, period=period, statement_digest=digest
        )
        self.decide(self.first, outcome)

    def income(self, **changes: Any) -> Ref:
        """Propose an income."""
        return self.write("anhui", income=income(self.first, **changes))

    def reversal(self, of: Ref, amount_fen: int = 0, day: str = "2026-11-09") -> Ref:
        """Propose a reversal."""
        said = codec.Reversal(
            agreement=said_ref(self.first),
            income=said_ref(of),
            amount_fen=amount_fen,
            reversal_date=day,
            reason="退款",
        )
        return self.write("jiangsu", reversal=said)

    def payment(self, payer: str, payee: str, amount_fen: int, day: str = "2026-11-20") -> Ref:
        """Propose a payment."""
        said = codec.Payment(
            agreement=said_ref(self.first),
            payer=payer,
            payee=payee,
            amount_fen=amount_fen,
            paid_on=day,
            evidence_sha256=bytes(32),
        )
        return self.write("anhui", payment=said)

    def termination(self, effective_to: str) -> Ref:
        """Propose an end."""
        said = codec.Termination(
            agreement=said_ref(self.first), effective_to=effective_to, reason="协商终止"
        )
        return self.write("anhui", termination=said)

    def amendment(self, previous: Ref | None = None, **changes: Any) -> Ref:
        """Propose another version."""
        refs = {
            "agreement": said_ref(self.first),
            "previous": said_ref(previous or self.first),
            "effective_from": "2026-07-01",
        }
        return self.write("anhui", agreement=agreement(**(refs | changes)))

    def refuse(self, proposal: Ref, reason: str = "", rejection: Ref | None = None) -> None:
        """Let the center say REFUSED."""
        outcome = codec.Outcome(
            kind=KIND.OUTCOME_KIND_REFUSED, proposal=said_ref(proposal), refusal_reason=reason
        )
        if rejection is not None:
            outcome.rejection.CopyFrom(said_ref(rejection))
        self.cover()
        self.decide(self.first, outcome)

    def expire(self, proposal: Ref) -> None:
        """Let the center say EXPIRED."""
        self.cover()
        outcome = codec.Outcome(kind=KIND.OUTCOME_KIND_EXPIRED, proposal=said_ref(proposal))
        self.decide(self.first, outcome)

    def reject(self, member: str, proposal: Ref) -> Ref:
        """Write a rejection."""
        said = codec.Rejection(
            agreement=said_ref(self.first), proposal=said_ref(proposal), reason="金额不符"
        )
        return self.write(member, rejection=said)

    def books(self) -> Books:
        """Return the books so far."""
        return self.fold(self.first)[0]

    def last(self) -> Effect:
        """Return what the last outcome came to."""
        return self.fold(self.first)[1][-1]

    def why(self) -> tuple[str, str]:
        """Return why the last outcome is void."""
        effect = self.last()
        return effect.void, effect.why
