"""A request of LedgerService acts once; one that is only checked tells what it would be told."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest

from tests.federation.ledger import paper
from tests.node.rpc.ledger_desks import Desks, ledger_desks
from tests.node.services.ledger.ledger_world import income

if TYPE_CHECKING:
    from collections.abc import Iterator

EVIDENCE: Final = bytes(32)
PERIOD: Final = "2026-11"


class Served:
    """An agreement with booked incomes, open ones and a closed period."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        world = desks.world
        self.agreement = world.open()
        self.booked = world.book(self.agreement, 1)
        self.digest = desks.close_period(self.agreement, PERIOD).digest
        self.open = [world.propose(self.agreement, number) for number in (2, 3, 4)]
        self.writes = self._writes()

    def _writes(self) -> dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]]:
        """Return of each writing method: member, caller, a request, and what else to ask."""
        of_agreement = {"agreement": self.agreement}
        later = paper.agreement(effective_from="2027-06-01")
        terms, other = paper.agreement(title="一份新协议"), paper.agreement(title="另一份新协议")
        reversal = {"amount_fen": 100, "reversal_date": "2026-12-01", "reason": "退款"}
        payment = {"payer": "AH", "payee": "JS", "amount_fen": 100, "paid_on": "2026-12-01",
                   "evidence_sha256": EVIDENCE}  # fmt: skip
        ending = {"effective_to": "2027-12-01", "reason": "合作结束"}
        return {
            "CreateAgreement": ("anhui", "clerk", {"agreement": terms}, {"agreement": other}),
            "AmendAgreement": (
                "anhui",
                "clerk",
                {"name": self.agreement, "agreement": later},
                {"agreement": paper.agreement(effective_from="2027-07-01")},
            ),
            "TerminateAgreement": (
                "anhui",
                "clerk",
                {"name": self.agreement, "termination": ending},
                {"termination": {**ending, "reason": "另有原因"}},
            ),
            "ProposeIncome": (
                "anhui",
                "clerk",
                {**of_agreement, "income": income(5)},
                {"income": income(6)},
            ),
            "BatchProposeIncomes": (
                "anhui",
                "clerk",
                {**of_agreement, "incomes": [{"income": income(n)} for n in (31, 32)]},
                {"incomes": [{"income": income(n)} for n in (33, 34)]},
            ),
            "ProposeReversal": (
                "anhui",
                "clerk",
                {"income": self.booked, "reversal": reversal},
                {"reversal": {**reversal, "amount_fen": 101}},
            ),
            "ProposePayment": (
                "anhui",
                "clerk",
                {**of_agreement, "payment": payment},
                {"payment": {**payment, "amount_fen": 101}},
            ),
            "AcceptProposals": (
                "anhui",
                "approver",
                {"names": self.open[:1]},
                {"names": self.open[1:2]},
            ),
            "RejectProposal": (
                "anhui",
                "approver",
                {"name": self.open[2], "reason": "金额有误"},
                {"reason": "另有原因"},
            ),
            "DisputeIncome": (
                "anhui",
                "clerk",
                {"name": self.booked, "reason": "金额有误"},
                {"is_over": True},
            ),
            "AcceptStatement": (
                "anhui",
                "approver",
                {**of_agreement, "period": PERIOD, "digest": self.digest},
                {"period": "2026-12"},
            ),
            "ClosePeriod": (
                "center",
                "clerk",
                {**of_agreement, "period": "2026-12"},
                {"period": "2026-10"},
            ),
        }


METHODS: Final = (
    "CreateAgreement", "AmendAgreement", "TerminateAgreement", "ProposeIncome",
    "BatchProposeIncomes", "ProposeReversal", "ProposePayment", "AcceptProposals",
    "RejectProposal", "DisputeIncome", "AcceptStatement", "ClosePeriod",
)  # fmt: skip
CHECKED: Final = METHODS[:7]
"""They have validate_only."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


def standing(answer: Any) -> Any:
    """Return what an answer says that does not go on.

    Not what is confirmed or open meanwhile, nor what is to be noted about it beside that.
    """
    told = deepcopy(answer)
    if "agreement" in told.DESCRIPTOR.fields_by_name:
        told.agreement.ClearField("books")
    if "proposal" in told.DESCRIPTOR.fields_by_name:
        told.proposal.ClearField("provisional")
        told.proposal.ClearField("warnings")
    for one in getattr(told, "proposals", ()):
        one.ClearField("provisional")
        one.ClearField("warnings")
    if "statement" in told.DESCRIPTOR.fields_by_name:
        told.statement.ClearField("carried")
        told.statement.ClearField("carried_names")
    return told


@pytest.mark.parametrize("method", METHODS)
def test_p3_p5_a_request_acts_once_and_the_same_content_without_an_id_too(
    served: Served, method: str
) -> None:
    member, who, asked, other = served.writes[method]
    desk, request_id = served.desks[member], str(uuid4())
    size = desk.size()
    first = desk.call(method, who, **asked, request_id=request_id)
    written = desk.size()
    assert written > size
    assert desk.call(method, who, **asked, request_id=request_id) == first
    told = desk.refusal(method, who, **{**asked, **other}, request_id=request_id)
    assert (told.code, told.reason) == ("INVALID_ARGUMENT", "REQUEST_ID_REUSED")
    served.desks.world.send()
    served.desks.restart(member)
    again = served.desks[member].call(method, who, **asked, request_id=request_id)
    assert standing(again) == standing(first)
    desk = served.desks[member]
    if method == "ClosePeriod":
        assert desk.refusal(method, who, **asked).reason == "PERIOD_NOT_OPEN"
    elif method == "BatchProposeIncomes":
        needs = desk.refusal(method, who, **asked).violations
        assert [one.field for one in needs] == ["request_id"]
    else:
        assert standing(desk.call(method, who, **asked)) == standing(first)
    assert desk.size() == written


def test_a_request_id_is_of_one_caller_and_one_method(served: Served) -> None:
    desk, request_id = served.desks["anhui"], str(uuid4())
    of = {"agreement": served.agreement, "request_id": request_id}
    first = desk.call("ProposeIncome", "both", income=income(21), **of).proposal.name
    second = desk.call("ProposeIncome", "second", income=income(22), **of).proposal.name
    assert first != second
    told = desk.refusal("AcceptProposals", "both", names=[second], request_id=request_id)
    assert told.reason == "REQUEST_ID_REUSED"
    desk.call("AcceptProposals", "approver", names=[second], request_id=request_id)


WRONG: Final[dict[str, list[dict[str, Any]]]] = {
    "CreateAgreement": [
        {"agreement": paper.agreement(signers=[])},
        {"agreement": paper.agreement(signers=["nobody"])},
    ],
    "AmendAgreement": [
        {"agreement": paper.agreement(effective_from="2026-01-01")},
        {"name": "nodes/anhui/agreements/" + "0" * 26},
        {"agreement": paper.agreement(signers=["shanghai"], effective_from="2027-06-01")},
    ],
    "TerminateAgreement": [{"termination": {"effective_to": "2029-01-01", "reason": "合作结束"}}],
    "ProposeIncome": [
        {"income": income(1)},
        {"income": income(8, income_date="2031-01-01")},
        {"income": income(8, income_date="2025-01-01")},
        {"income": income(8, received_by="XX")},
        {"contract": "nodes/anhui/contracts/" + "0" * 26},
    ],
    "BatchProposeIncomes": [
        {"incomes": [{"income": income(35)}, {"income": income(1)}]},
        {"incomes": [{"income": income(35)}, {"income": income(35)}]},
        {"incomes": [{"income": income(35)}, {"income": income(36, gross_fen=-1)}]},
        {"incomes": []},
    ],
    "ProposeReversal": [
        {"reversal": {"amount_fen": 10**9, "reversal_date": "2026-12-01", "reason": "退款"}},
        {"income": "nodes/anhui/proposals/" + "0" * 26},
    ],
    "ProposePayment": [
        {
            "payment": {
                "payer": "AH",
                "payee": "JS",
                "amount_fen": 10**9,
                "paid_on": "2026-12-01",
                "evidence_sha256": EVIDENCE,
            }
        }
    ],
}
"""What is wrong with a request, in several ways."""


@pytest.mark.parametrize("method", CHECKED)
def test_what_is_only_checked_is_told_as_if_it_were_written(served: Served, method: str) -> None:
    member, who, asked, other = served.writes[method]
    desk, request_id = served.desks[member], str(uuid4())
    size = desk.size()
    sound = {**asked, **other, "request_id": request_id}
    told = desk.call(method, who, **sound, validate_only=True)
    assert not {"agreement", "proposal", "proposals"} & {f.name for f, _ in told.ListFields()}
    assert desk.call(method, who, **sound, validate_only=True) == told
    assert desk.size() == size
    for wrong in WRONG[method]:
        bad = {**asked, **wrong, "request_id": str(uuid4())}
        assert desk.refusal(method, who, **bad, validate_only=True) == desk.refusal(
            method, who, **bad
        )
    written = desk.call(method, who, **sound)
    assert desk.size() == size + (2 if method == "BatchProposeIncomes" else 1)
    assert {"agreement", "proposal", "proposals"} & {f.name for f, _ in written.ListFields()}
    size = desk.size()
    again = desk.call(method, who, **sound, validate_only=True)
    assert standing(again) == standing(written)
    reused = {**sound, **asked}
    told = desk.refusal(method, who, **reused, validate_only=True)
    assert told == desk.refusal(method, who, **reused)
    assert told.reason == "REQUEST_ID_REUSED"
    assert desk.size() == size


def test_an_acceptance_is_checked_with_what_would_be_accepted(served: Served) -> None:
    desk = served.desks["jiangsu"]
    asked = {"names": served.open, "request_id": str(uuid4())}
    size = desk.size()
    told = desk.call("AcceptProposals", "approver", **asked, validate_only=True)
    assert [one.name for one in told.checked] == served.open
    assert all(one.vector and one.warnings for one in told.checked)
    assert (told.HasField("ref"), desk.size()) == (False, size)
    assert desk.refusal("AcceptProposals", **asked, validate_only=True).reason == "ROLE_MISSING"
    unknown = {**asked, "names": ["nodes/anhui/proposals/" + "0" * 26]}
    refused = desk.refusal("AcceptProposals", "approver", **unknown, validate_only=True)
    assert refused.reason == "RECORD_NOT_FOUND"
    done = desk.call("AcceptProposals", "approver", **asked)
    assert (done.HasField("ref"), list(done.checked)) == (True, [])
    assert desk.call("AcceptProposals", "approver", **asked, validate_only=True) == done


def test_agreeing_to_a_statement_is_checked_without_being_written(served: Served) -> None:
    desk = served.desks["jiangsu"]
    asked = {"agreement": served.agreement, "period": PERIOD, "digest": served.digest}
    size = desk.size()
    told = desk.call("AcceptStatement", "approver", **asked, validate_only=True)
    assert (told.HasField("ref"), desk.size()) == (False, size)
    assert desk.refusal("AcceptStatement", **asked, validate_only=True).reason == "ROLE_MISSING"
    stale = {**asked, "digest": bytes(32)}
    refused = desk.refusal("AcceptStatement", "approver", **stale, validate_only=True)
    assert refused.reason == "STALE_ETAG"
