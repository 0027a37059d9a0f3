"""A federation on paper: three logs without a node, in which members write ledger documents.

What a document says is given as a message; who reads it, by default, is everybody. The center's
log covers what `cover` says. `fold` judges all outcomes of an agreement in their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from federation.ledger import codec
from federation.ledger.books import Books, Effect
from federation.ledger.documents import Document, Outcomes, read_document
from federation.ledger.judging import Missing, judge, open_books
from federation.log.hashing import leaf_hash
from federation.records.refs import Ref, said_ref

MEMBERS: Final = ("anhui", "center", "jiangsu")
DOMAIN: Final = "ydx.example"


def agreement(**changes: Any) -> codec.Agreement:
    """Return a sound agreement of three parties with shares 50/30/20 %."""
    said: dict[str, Any] = {
        "title": "跨区域技术转移服务费分配协议",
        "parties": [
            party("AH", "anhui", 500_000, role=1),
            party("JS", "jiangsu", 300_000, role=2),
            party("NETC", "center", 200_000, role=3),
        ],
        "base": 3,
        "effective_from": "2026-01-01",
        "effective_to": "2028-01-01",
        "signers": ["anhui", "jiangsu"],
        "center": "center",
        "currency": "CNY",
        "rules_version": 1,
    }
    return codec.Agreement(**(said | changes))


def party(name: str, member: str, share_ppm: int, **more: Any) -> codec.AgreementParty:
    """Return a party."""
    said: dict[str, Any] = {"role": 6, "display_name": f"{name} 平台"} | more
    return codec.AgreementParty(party=name, member=member, share_ppm=share_ppm, **said)


@dataclass
class Paper:
    """The logs; each entry is a document or None for something else."""

    logs: dict[str, list[Document | None]] = field(
        default_factory=lambda: {member: [] for member in MEMBERS}
    )
    covered: list[tuple[int, str, int]] = field(default_factory=list)
    hidden: set[Ref] = field(default_factory=set)
    """Documents that have not come yet."""

    def write(self, member: str, named: frozenset[str] | None = None, **said: Any) -> Ref:
        """Append a document to a member's log, given as the field of LedgerDocument."""
        content = codec.serialise(codec.LedgerDocument(**said))
        return self.write_content(member, content, named)

    def write_content(
        self, member: str, content: bytes, named: frozenset[str] | None = None
    ) -> Ref:
        """Append a document of any bytes."""
        log = self.logs.setdefault(member, [])
        place = f"{member} {len(log)}".encode()
        ref = Ref(f"{DOMAIN}/{member}", len(log), leaf_hash(place + content))
        others = frozenset(MEMBERS) if named is None else named
        log.append(read_document(ref, others - {member}, content))
        return ref

    def cover(self, *members: str) -> None:
        """Let the center's log cover all that these members wrote, by default all members."""
        for member in members or [one for one in self.logs if one != "center"]:
            self.logs["center"].append(None)
            at = len(self.logs["center"]) - 1
            self.covered.append((at, f"{DOMAIN}/{member}", len(self.logs[member])))

    def accept(self, member: str, agreement_ref: Ref, *proposals: Ref) -> Ref:
        """Write an acceptance."""
        said = codec.Acceptance(
            agreement=said_ref(agreement_ref), proposals=map(said_ref, proposals)
        )
        return self.write(member, acceptance=said)

    def decide(self, agreement_ref: Ref, *outcomes: codec.Outcome, by: str = "center") -> Ref:
        """Write outcomes."""
        said = codec.Outcomes(agreement=said_ref(agreement_ref), outcomes=outcomes)
        return self.write(by, outcomes=said)

    def document(self, ref: Ref) -> Document | Missing:
        """Return a document by its name."""
        if ref in self.hidden:
            return Missing.NOT_YET
        log = self.logs.get(ref.member, [])
        if ref.leaf_index >= len(log):
            return Missing.NOT_YET
        found = log[ref.leaf_index]
        return Missing.NOWHERE if found is None or found.ref != ref else found

    def covers(self, ref: Ref, leaf_index: int) -> bool:
        """Say whether the center's log covers a place below one of its own."""
        return any(
            at < leaf_index and origin == ref.origin and ref.leaf_index < size
            for at, origin, size in self.covered
        )

    def fold(self, agreement_ref: Ref) -> tuple[Books, list[Effect]]:
        """Judge all outcomes on an agreement; stop where the books are disputed."""
        first = self.document(agreement_ref)
        assert isinstance(first, Document)
        books = open_books(first)
        assert books is not None
        effects = []
        for document in [one for log in self.logs.values() for one in log if one is not None]:
            facts = document.facts
            if not isinstance(facts, Outcomes) or facts.agreement != agreement_ref:
                continue
            for number in range(len(facts.outcomes)):
                if books.disputed:
                    break
                effect = judge(books, document, number, self)
                if not effect.void:
                    books.take(effect)
                effects.append(effect)
        return books, effects


def activated(proposal: Ref, *acceptances: Ref) -> codec.Outcome:
    """Return an outcome ACTIVATED."""
    return codec.Outcome(
        kind=codec.OutcomeKind.OUTCOME_KIND_ACTIVATED,
        proposal=said_ref(proposal),
        acceptances=map(said_ref, acceptances),
    )


def booked(proposal: Ref, acceptances: tuple[Ref, ...], **vector: int) -> codec.Outcome:
    """Return an outcome BOOKED with a vector."""
    return codec.Outcome(
        kind=codec.OutcomeKind.OUTCOME_KIND_BOOKED,
        proposal=said_ref(proposal),
        acceptances=map(said_ref, acceptances),
        vector=[codec.VectorLine(party=name, amount_fen=fen) for name, fen in vector.items()],
    )


def income(agreement_ref: Ref, **changes: Any) -> codec.Income:
    """Return a sound income of 100,001 fen received by AH."""
    contract = Ref(f"{DOMAIN}/anhui", 0, bytes(32))
    said: dict[str, Any] = {
        "agreement": said_ref(agreement_ref),
        "version": said_ref(agreement_ref),
        "contract": said_ref(contract),
        "instalment": "1",
        "kind": 1,
        "income_date": "2026-11-03",
        "gross_fen": 100_001,
        "received_by": "AH",
    }
    return codec.Income(**(said | changes))
