"""Audit trails: from a posting or a proposal back to the listing, with receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger.terms import Party
from federation.records.refs import Ref, read_ref
from federation.trust.proven_receipt import prove_receipts
from node.rpc.exchange_client import CallFailedError
from node.services.ledger.trails import _clause
from tests.node.rpc import ledger_desks
from tests.node.rpc.ledger_desks import REGISTRY, note_over
from tests.node.services.ledger.ledger_world import income
from tests.node.services.partnership import contract_texts as partner_texts
from tests.node.services.partnership.contract_texts import SERVICE_ORG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.services.catalogue.receipts import PublishableNote
    from tests.node.services.ledger.ledger_world import LedgerMember
from tests.node.rpc.ledger_story import END, EVIDENCE, START, Served, what


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ledger_desks.ledger_desks(tmp_path_factory.mktemp("desks")) as desks:
        yield Served(desks)


@pytest.mark.parametrize(
    ("number", "kind", "stations"),
    [
        (0, "INCOME", [*START, *END]),
        (1, "REVERSAL", [*START, "reversal", *END]),
        (2, "INCOME", [*START, "income", "corrected", *END[1:]]),
        (3, "PAYMENT", [*START, "payment", "agreement"]),
    ],
)
def test_a_fen_is_followed_back_with_a_receipt_of_each_station(
    served: Served, number: int, kind: str, stations: list[str]
) -> None:
    assert served.entries[number].kind == kind
    trail = served.trail(number)
    assert what(trail) == stations
    held = [step for step in trail.steps if step.HasField("ref")]
    assert all(step.held for step in held)
    assert "not held" not in " ".join(step.text_en for step in held)
    proven = prove_receipts(REGISTRY, trail.receipts)
    assert all(one.is_confirmed for one in proven)
    refs = [Ref(one.checkpoint.origin, one.leaf_index, one.leaf_hash) for one in proven]
    assert refs == [read_ref(step.ref) for step in held]
    assert all(one.opened[0].content for one in proven)


def test_a_corrected_income_is_that_which_was_taken_back(served: Served) -> None:
    steps = {step.what: step for step in served.trail(2).steps}
    assert steps["corrected"].ref == served.entries[0].proposal
    assert "Clearing AH debit 900.01 yuan, Payable " in steps["posting"].text_en
    assert "代收待分 AH 借 900.01 元" in steps["posting"].text_zh
    assert "1,000.01 yuan" in steps["corrected"].text_en
    assert steps["income"].ref == served.entries[2].proposal
    decided = {one.party: one.amount_fen for one in steps["outcome"].decisions}
    assert decided.keys() == {"AH", "JS", "NETC"}


@pytest.mark.parametrize("at", ["anhui", "center"])
def test_a_trail_names_who_introduced_from_which_region_and_managers_by_record(
    served: Served, at: str
) -> None:
    steps = {step.what: step for step in served.trail(0, at).steps}
    assert steps["introducer"].text_zh == f"引荐方 {SERVICE_ORG}（地区 320500）"
    assert steps["introducer"].text_en == f"introduced by {SERVICE_ORG} (region 320500)"
    assert steps["manager"].text_zh == f"技术经理人 {partner_texts.MANAGER}"
    assert steps["listing"].text_en.startswith("listing nodes/anhui/listings/")


def test_who_is_to_accept_sees_where_an_open_proposal_comes_from(served: Served) -> None:
    desk, asked = served.desk, {"agreement": served.agreement}
    said = {"agreement": served.agreement, "contract": served.contract, "income": income(41)}
    opened = desk.call("ProposeIncome", **said).proposal.name
    back = {"reversal_date": "2026-12-30", "reason": "退款"}
    booked = served.income(42)
    reversal = desk.call("ProposeReversal", income=booked, reversal=back).proposal.name
    served.desks.world.send()
    for member in ("anhui", "jiangsu"):
        trail = served.desks[member].call("GetAuditTrail", **asked, proposal=opened)
        assert what(trail) == END
        steps = {step.what: step for step in trail.steps}
        assert steps["introducer"].text_en == f"introduced by {SERVICE_ORG} (region 320500)"
        assert "instalment 41" in steps["income"].text_en
        assert len(prove_receipts(REGISTRY, trail.receipts)) == len(
            [step for step in trail.steps if step.held and step.HasField("ref")]
        )
    assert what(desk.call("GetAuditTrail", **asked, proposal=reversal)) == ["reversal", *END]


def test_a_trail_of_nothing_is_refused_with_its_reason(served: Served) -> None:
    asked = {"agreement": served.agreement}
    entry = served.entries[0]
    other = served.desks.world.open()
    income_of_other = served.desk.call(
        "ProposeIncome", agreement=other, contract=served.contract, income=income(44)
    ).proposal.name
    for more, why in (
        ({"proposal": served.agreement}, "INVALID_FIELD: proposal"),
        ({"proposal": income_of_other}, "RECORD_NOT_FOUND"),
        ({"proposal": served.first, "leaf_index": 3}, "INVALID_FIELD: proposal"),
        ({"leaf_index": entry.leaf_index, "generation": 2}, "RECORD_NOT_FOUND"),
    ):
        with pytest.raises(CallFailedError, match=why):
            served.desk.call("GetAuditTrail", **asked, **more)


def test_a_payment_and_an_income_tell_yuan_and_their_evidence(served: Served) -> None:
    paid = {step.what: step for step in served.trail(3).steps}["payment"]
    assert paid.text_zh == f"2026-12-05 AH 付给 JS 123.45 元，凭证摘要 {EVIDENCE.hex()}"
    assert paid.text_en == f"AH paid JS 123.45 yuan on 2026-12-05, evidence {EVIDENCE.hex()}"
    first, _, corrected = (
        {step.what: step for step in served.trail(number).steps}["income"] for number in range(3)
    )
    assert "evidence" not in first.text_en
    assert corrected.text_zh.endswith(f"第 1 期，凭证摘要 {EVIDENCE.hex()}")


def test_a_reversal_tells_its_day_its_yuan_its_reason_and_its_evidence(served: Served) -> None:
    whole = next(one for one in served.trail(1).steps if one.what == "reversal")
    assert whole.text_zh == "2026-12-04 冲销剩余全部：退款"
    assert whole.text_en == "reversal of all that is left on 2026-12-04: 退款"
    said = {
        "amount_fen": 1_001,
        "reversal_date": "2026-12-06",
        "reason": "折让\n部分",
        "evidence_sha256": EVIDENCE,
    }
    served._book("ProposeReversal", income=served.income(21), reversal=said)
    entry = served.desk.call("ListEntries", agreement=served.agreement).entries[-1]
    place = {"leaf_index": entry.leaf_index, "number": entry.number}
    trail = served.desk.call("GetAuditTrail", agreement=served.agreement, **place)
    part = next(one for one in trail.steps if one.what == "reversal")
    assert part.text_zh == f"2026-12-06 冲销 10.01 元：折让 部分，凭证摘要 {EVIDENCE.hex()}"
    assert part.text_en == (
        f"reversal of 10.01 yuan on 2026-12-06: 折让 部分, evidence {EVIDENCE.hex()}"
    )


def test_what_a_member_does_not_hold_is_named_without_a_receipt(served: Served) -> None:
    trail = served.trail(0, "center")
    assert what(trail) == [*START, *END]
    refs = {step.what: step for step in trail.steps}
    assert not refs["enquiry"].held
    assert not refs["introduction"].held
    held = [step for step in trail.steps if step.held and step.HasField("ref")]
    assert len(prove_receipts(REGISTRY, trail.receipts)) == len(held)


def test_a_listing_that_is_not_the_one_enquired_about_is_not_held(served: Served) -> None:
    served.partners.listing_hash = bytes(32)
    served.contract = served.partners.contract()
    served.income(7)
    *_, entry = served.desk.call("ListEntries", agreement=served.agreement).entries
    trail = served.desk.call(
        "GetAuditTrail", agreement=served.agreement, leaf_index=entry.leaf_index
    )
    assert [step.held for step in trail.steps if step.what == "listing"] == [False]


def test_a_trail_is_told_while_no_checkpoint_covers_a_part_of_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = prove_receipts(REGISTRY, served.trail(0).receipts)

    def covering(member: LedgerMember, origin: str, leaf_index: int) -> PublishableNote | None:
        covers = origin != "ydx.example/jiangsu"
        return note_over(member, origin, leaf_index) if covers else None

    monkeypatch.setattr(ledger_desks, "note_over", covering)
    trail = served.trail(0)
    assert what(trail) == [*START, *END]
    left = prove_receipts(REGISTRY, trail.receipts)
    assert [one.member for one in left] == [one.member for one in whole if one.member != "jiangsu"]


def test_a_trail_tells_the_clause_that_was_in_force(served: Served) -> None:
    step = next(one for one in served.trail(0).steps if one.what == "agreement")
    assert step.text_zh.endswith("》，2026-01-01 起 2028-01-01 前有效：AH 50%，JS 30%，NETC 20%")
    assert step.text_en.endswith("before 2028-01-01: AH 50%, JS 30%, NETC 20%")
    bounded = Party("TM-7", 33_500, cap_fen=5_000_000, floor_fen=0)
    assert _clause(bounded, "（至多 {} 元）", "（至少 {} 元）") == (
        "TM-7 3.35%（至多 50,000.00 元）（至少 0.00 元）"
    )


def test_what_is_booked_is_followed_back_by_its_name_too(served: Served) -> None:
    name = served.income(43)
    *_, entry = served.desk.call("ListEntries", agreement=served.agreement).entries
    asked = {"agreement": served.agreement}
    by_place = served.desk.call(
        "GetAuditTrail", **asked, generation=entry.generation, leaf_index=entry.leaf_index
    )
    assert served.desk.call("GetAuditTrail", **asked, proposal=name) == by_place
    assert what(by_place) == [*START, *END]
