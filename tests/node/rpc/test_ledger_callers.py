"""Who may call LedgerService, whose lines a partner reads, and whose eyes are the other two."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import delete

from node.services.access import Role
from node.services.ledger import rebuilding
from node.storage.caller_tables import ledger_proposer
from tests.federation.ledger import paper
from tests.node.rpc.ledger_desks import MANAGER, Desks, ledger_desks
from tests.node.rpc.serving import LEDGER
from tests.node.rpc.test_policy import expected_roles
from tests.node.services.ledger.ledger_world import income

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

PARTNERS: Final = {"manager": ("TM-1", MANAGER), "partner": ("AH-1", "合肥平台")}
"""Token → its party, and how that is called."""
OTHERS: Final = ("AH-1", "JS-1", "NETC-1", "TM-1", "TM-2")
NUMBERS: Final = count()
READS: Final[dict[str, dict[str, Any]]] = {
    "ListEntries": {},
    "GetBalances": {},
    "ListStatements": {},
    "GetNetting": {},
}
"""What a partner may ask of an agreement."""
REFUSED: Final[dict[str, dict[str, Any]]] = {
    "ListProposals": {},
    "GetAuditTrail": {"leaf_index": 1},
    "ExportBooks": {"format": 3},
    "ReconcileBooks": {"peer": "jiangsu"},
}


class Served:
    """An agreement of five parties that has been at work: each has a fen of its own."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        world, self.desk = desks.world, desks["anhui"]
        self.agreement = world.open(
            parties=[
                paper.party("AH-1", "anhui", 410_000, role=1, display_name="合肥平台"),
                paper.party("JS-1", "jiangsu", 270_000, role=2, display_name="苏州平台"),
                paper.party("NETC-1", "center", 170_000, role=3, display_name="东部中心"),
                paper.party("TM-1", "anhui", 90_000, role=4, display_name=MANAGER),
                paper.party("TM-2", "jiangsu", 60_000, role=4, display_name="技术经理人乙"),
            ],
            remainder_to="JS-1",
            excess_to="NETC-1",
            deductions=["增值税"],
        )
        more: dict[str, Any] = {"received_by": "AH-1"}
        first = self.desk_proposes(1, gross_fen=100_003, **more)
        other = self.desk_proposes(2, gross_fen=777_777, income_date="2026-12-03", **more)
        desks.accept(first, other)
        back = {"amount_fen": 31_415, "reversal_date": "2026-12-04", "reason": "退款"}
        made = [self.desk.call("ProposeReversal", income=first, reversal=back)]
        for payee, fen in (("JS-1", 12_345), ("TM-1", 6_789)):
            paid = {
                "payer": "AH-1",
                "payee": payee,
                "amount_fen": fen,
                "paid_on": "2026-12-05",
                "evidence_sha256": bytes(32),
            }
            told = self.desk.call("ProposePayment", agreement=self.agreement, payment=paid)
            made.append(told)
        world.send()
        desks.accept(*(one.proposal.name for one in made))
        desks.close_period(self.agreement, "2026-11")
        self.desk_proposes(3, gross_fen=55_555, **more)
        self.closed = desks.close_period(self.agreement, "2026-12")

    def desk_proposes(self, number: int, **said: Any) -> str:
        """Propose an income at the desk; return its name."""
        told = self.desk.call(
            "ProposeIncome", agreement=self.agreement, income=income(number, **said)
        )
        self.desks.world.send()
        return str(told.proposal.name)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


def leaves(message: Message) -> Iterator[tuple[str, Any]]:
    """Yield every value in a message with the name of its field."""
    for field, value in message.ListFields():
        for one in value if field.is_repeated else (value,):
            if field.message_type is None:
                yield field.name, one
            else:
                yield from leaves(one)


def fen_of(message: Message, party: str) -> set[int]:
    """Return the amounts that stand beside a party's name, whatever their sign."""
    found: set[int] = set()
    named = any(
        field.name in {"party", "payer", "payee"} and value == party
        for field, value in message.ListFields()
    )
    for field, value in message.ListFields():
        for one in value if field.is_repeated else (value,):
            if field.message_type is not None:
                found |= fen_of(one, party)
            elif named and field.name.endswith("_fen"):
                found.add(abs(one))
    return found


@pytest.mark.parametrize("who", PARTNERS)
@pytest.mark.parametrize("method", [*READS, "GetAgreement", "ListAgreements"])
def test_a_partner_reads_its_own_lines_and_no_others(served: Served, method: str, who: str) -> None:
    own, own_name = PARTNERS[who]
    asked: dict[str, Any] = {"agreement": served.agreement}
    if method not in READS:
        asked = {"name": served.agreement} if method == "GetAgreement" else {}
    whole, told = served.desk.call(method, **asked), served.desk.call(method, who, **asked)
    others = {one for one in OTHERS if one != own}
    names = others | {"合肥平台", "苏州平台", "东部中心", MANAGER, "技术经理人乙"} - {own_name}
    fen = set().union(*(fen_of(whole, one) for one in others)) - fen_of(whole, own)
    values = list(leaves(told))
    assert not [
        (field, one)
        for field, one in values
        if isinstance(one, str) and any(n in one for n in names)
    ]
    assert not [(field, one) for field, one in values if field.endswith("_fen") and abs(one) in fen]
    assert own in [one for _, one in values], "its own lines are there"


def test_a_partner_is_not_told_what_others_have_open(served: Served) -> None:
    asked = {"agreement": served.agreement}
    whole = served.desk.call("ListStatements", **asked).statements
    told = served.desk.call("ListStatements", "manager", **asked).statements
    assert whole[0].carried
    assert len(told) == len(whole)
    assert not any(one.carried or one.carried_names for one in told)


def test_whoever_closes_a_month_is_told_what_is_open(served: Served) -> None:
    proposal = served.desk.call(
        "ListProposals", agreement=served.agreement, open_only=True
    ).proposals
    assert [one.ref for one in proposal[:1]] == list(served.closed.carried)
    assert [one.name for one in proposal[:1]] == list(served.closed.carried_names)


@pytest.mark.parametrize("method", [*REFUSED, "GetProposal", "SimulateAllocation"])
def test_a_partner_reads_nothing_that_is_not_its_own_alone(served: Served, method: str) -> None:
    told = served.desk.refusal(method, "manager")
    assert told.reason == "ROLE_MISSING"


def test_a_partner_of_another_party_asks_for_none_of_these(served: Served) -> None:
    for method, more in (*READS.items(), ("GetAgreement", {})):
        field = "name" if method == "GetAgreement" else "agreement"
        asked = {field: served.agreement, **more}
        assert served.desk.refusal(method, "stranger", **asked).reason == "RECORD_NOT_FOUND"
        elsewhere = served.desks["jiangsu"].refusal(method, "manager", **asked)
        assert elsewhere.reason == "RECORD_NOT_FOUND"
    assert not served.desk.call("ListAgreements", "stranger").agreements
    told = served.desk.refusal("ListEntries", "manager", agreement=served.agreement, party="JS-1")
    assert told.reason == "ROLE_MISSING"


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.MEMBER])
def test_each_role_does_what_the_design_gives_it(served: Served, role: Role) -> None:
    for method in LEDGER.methods:
        if method.name == "ListAgreements":
            continue  # it needs no argument
        told = served.desk.refusal(method.name, role.value)
        is_allowed = role in expected_roles(method.name)
        assert (told.reason != "ROLE_MISSING") == is_allowed, (method.name, told)


def test_who_may_not_call_is_told_the_role_that_may(served: Served) -> None:
    told = served.desk.refusal("CreateAgreement", "approver")
    assert told.what.endswith("/CreateAgreement needs clerk; the caller is approver")
    assert told.cure_zh.startswith("需要角色 clerk")
    assert told.cure_en.startswith("Needs clerk")
    told = served.desk.refusal("ListProposals", "security")
    assert told.cure_en.startswith("Needs approver or auditor or clerk or operator;")


def propose(served: Served, who: str, number: int) -> str:
    """Propose an income at anhui; return its name."""
    said = income(number, received_by="AH-1")
    told = served.desks["anhui"].call("ProposeIncome", who, agreement=served.agreement, income=said)
    return str(told.proposal.name)


def test_who_proposed_does_not_accept_whatever_becomes_of_the_node(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks = served.desks
    name = propose(served, "both", 11)

    def refused() -> str:
        return desks["anhui"].refusal("AcceptProposals", "both", names=[name]).reason

    assert refused() == "OWN_PROPOSAL"
    desks.restart("anhui")
    assert refused() == "OWN_PROPOSAL"
    monkeypatch.setattr(rebuilding, "FOLD_VERSION", "another")
    desks.restart("anhui")
    desks.world["anhui"].fold()
    assert refused() == "OWN_PROPOSAL"
    desks["anhui"].call("AcceptProposals", "second", names=[name])
    monkeypatch.undo()
    desks.restart("anhui")
    desks.world["anhui"].fold()


def test_with_two_names_in_one_acceptance_neither_may_be_ones_own(served: Served) -> None:
    desks = served.desks
    own = propose(served, "both", 12)
    other = propose(served, "second", 13)
    told = desks["anhui"].refusal("AcceptProposals", "both", names=[other, own])
    assert told.reason == "OWN_PROPOSAL"
    ending = {"effective_to": "2027-12-01", "reason": "合作结束"}
    ended = desks["anhui"].call(
        "TerminateAgreement", "both", name=served.agreement, termination=ending
    )
    told = desks["anhui"].refusal("AcceptProposals", "both", names=[ended.proposal.name])
    assert told.reason == "OWN_PROPOSAL"


@pytest.mark.parametrize(
    ("proposer", "acceptor", "is_allowed"),
    [
        ("li-1", "li-1", False),
        ("li-1", "li-2", False),
        ("wang-1", "WANG-2", False),
        ("li-1", "wang-1", True),
        ("li-1", "second", False),
        ("second", "li-1", False),
        ("second", "both", True),
    ],
    ids=[
        "the same token",
        "another token of the same holder",
        "the same holder in other letters",
        "another holder",
        "a token that may be the holder's",
        "a holder whose token it may have been",
        "two tokens of nobody",
    ],
)
def test_four_eyes_are_two_holders_not_two_tokens(
    served: Served, proposer: str, acceptor: str, *, is_allowed: bool
) -> None:
    anhui = served.desks["anhui"]
    number = 20 + next(NUMBERS)
    name = propose(served, proposer, number)
    if is_allowed:
        size = anhui.size()
        anhui.call("AcceptProposals", acceptor, names=[name])
        assert anhui.size() == size + 1
    else:
        told = anhui.refusal("AcceptProposals", acceptor, names=[name])
        assert (told.reason, told.code) == ("OWN_PROPOSAL", "PERMISSION_DENIED")
        assert "李" not in told.what
    size = anhui.size()
    anhui.call("RejectProposal", proposer, name=name, reason="撤回")
    assert anhui.size() == size + 1, "who proposed may take it back"


@pytest.mark.parametrize(
    ("proposer", "is_accepted"),
    [("li-1", False), ("li-2", False), ("wang-1", True), ("second", False)],
)
def test_a_policy_accepts_nothing_that_its_setter_may_have_proposed(
    served: Served, proposer: str, *, is_accepted: bool
) -> None:
    anhui = served.desks["anhui"]
    anhui.call("SetAcceptancePolicy", "li-1", name=served.agreement, policy={"incomes": True})
    anhui.member.acceptor.step()  # what is open already
    propose(served, proposer, 60 + next(NUMBERS))
    assert anhui.member.acceptor.step() == is_accepted
    anhui.call("SetAcceptancePolicy", "li-1", name=served.agreement)


def test_what_nobody_knows_who_proposed_is_left_to_a_person(served: Served) -> None:
    """A node that got its log back from the others does not know who proposed what stands there."""
    desks = served.desks
    name = propose(served, "both", 14)
    with desks.world["anhui"].database.write() as tx:
        tx.execute(delete(ledger_proposer))
    desks.restart("anhui")
    anhui = desks["anhui"]
    policy = {"incomes": True, "payments": True, "reversals": True}
    anhui.call("SetAcceptancePolicy", "second", name=served.agreement, policy=policy)
    size = anhui.size()
    assert desks.world["anhui"].acceptor.step() == 0
    assert anhui.size() == size
    anhui.call("AcceptProposals", "approver", names=[name])
    assert anhui.size() == size + 1
