"""An agreement whose incomes come from a contract, an enquiry and a listing, at served nodes."""

from __future__ import annotations

from typing import Any, Final

from node.services.catalogue.records import LISTING
from tests.node.rpc.ledger_desks import Desks
from tests.node.services.ledger.ledger_world import income
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.contract_partners import Partners

EVIDENCE: Final = bytes(range(32))
END: Final = [
    *("income", "agreement", "contract"),
    *("enquiry", "introduction", "introducer", "listing"),
]
"""How every trail of an income goes on; managers are named between."""
START: Final = ["posting", "outcome", "acceptance", "acceptance"]


class Served:
    """An agreement whose incomes come from a contract, an enquiry and a listing."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        world, self.desk = desks.world, desks["anhui"]
        anhui = world["anhui"].party
        made = anhui.publishing.publish(PLATFORM, LISTING, supply(), anhui.options()).record
        parties = {name: one.party for name, one in world.members.items()}
        self.partners = partners = Partners(parties, sync_world=world.send)
        partners.listing_hash = bytes.fromhex(made.info.etag.strip('"'))
        world.send()
        self.contract = partners.contract()
        self.agreement = world.open()
        self.first = self.income(1)
        self._book(
            "ProposeReversal",
            income=self.first,
            reversal={"reversal_date": "2026-12-04", "reason": "退款"},
        )
        corrects = self.desk.call("GetProposal", name=self.first).proposal.ref
        self.income(1, gross_fen=90_001, corrects=corrects, evidence_sha256=EVIDENCE)
        paid = {
            "payer": "AH",
            "payee": "JS",
            "amount_fen": 12_345,
            "paid_on": "2026-12-05",
            "evidence_sha256": EVIDENCE,
        }
        self._book("ProposePayment", agreement=self.agreement, payment=paid)
        statement = desks.close_period(self.agreement, "2026-12")
        self.desk.call(
            "AcceptStatement",
            "approver",
            agreement=self.agreement,
            period="2026-12",
            digest=statement.digest,
        )
        world.send()
        self.entries = self.desk.call("ListEntries", agreement=self.agreement).entries

    def income(self, number: int, **changes: Any) -> str:
        """Book an income of the contract; return its name."""
        said = income(number, **changes)
        return self._book(
            "ProposeIncome", agreement=self.agreement, contract=self.contract, income=said
        )

    def _book(self, method: str, **fields: Any) -> str:
        name = str(self.desk.call(method, **fields).proposal.name)
        self.desks.world.send()
        self.desks.accept(name)
        return name

    def trail(self, number: int, at: str = "anhui") -> Any:
        """Return the trail of the entry of that number."""
        entry = self.entries[number]
        return self.desks[at].call(
            "GetAuditTrail",
            agreement=self.agreement,
            leaf_index=entry.leaf_index,
            number=entry.number,
        )


def what(trail: Any) -> list[str]:
    """Return the stations of a trail, without managers."""
    return [step.what for step in trail.steps if step.what != "manager"]
