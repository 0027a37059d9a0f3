"""What a person sees of an income's contract before accepting: why it does not cover it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger import codec
from federation.partnership.codec import ContractCancellation
from federation.records.refs import Ref, said_ref
from node.services.access import Caller
from node.storage import ledger
from node.storage.ledger import key_of
from node.storage.ledger_local import Policy
from tests.node.services.ledger.ledger_world import (
    APPROVER,
    CLERK,
    MEMBERS,
    LedgerWorld,
    income,
    ledger_world,
)
from tests.node.services.partnership.contract_partners import Partners
from tests.node.services.partnership.contract_texts import SELLER, SIGNED_ON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AMOUNT_FEN = 120_000_000
"""Of the contract that `Partners` make."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def contract_of(world: LedgerWorld, *, confirmed: bool = True, cancelled: bool = False) -> Ref:
    """Make a contract of anhui and jiangsu; return its first version."""
    partners = Partners({one: world[one].party for one in MEMBERS}, readers=("center",))
    name = partners.contract()
    if confirmed:
        partners.confirm(name)
    seller = partners.parties[SELLER]
    if cancelled:
        said = ContractCancellation(reason="项目终止", cancelled_on=SIGNED_ON)
        seller.writing.cancel(name, said, "", seller.options())
        partners.sync()
    return seller.show(name).contract.first


def shown_rules(world: LedgerWorld, member: str, event: str, caller: Caller = CLERK) -> list[str]:
    return [one.rule for one in world[member].shown.proposal(caller, event).warnings]


@pytest.mark.parametrize(
    ("made", "said", "rules"),
    [
        ({}, {}, []),
        ({}, {"income_date": SIGNED_ON, "gross_fen": AMOUNT_FEN}, []),
        ({}, {"gross_fen": AMOUNT_FEN + 1}, ["E_ABOVE_CONTRACT"]),
        ({}, {"income_date": "2027-01-09"}, ["E_BEFORE_CONTRACT"]),
        (
            {},
            {"income_date": "2027-01-09", "gross_fen": AMOUNT_FEN + 1},
            ["E_ABOVE_CONTRACT", "E_BEFORE_CONTRACT"],
        ),
        ({"confirmed": False}, {}, ["E_CONTRACT_NOT_CONFIRMED"]),
        ({"cancelled": True}, {}, ["E_CONTRACT_CANCELLED"]),
        (None, {}, ["E_CONTRACT_NOT_HELD"]),
    ],
)
def test_an_open_income_tells_why_its_contract_does_not_cover_it(
    world: LedgerWorld, made: dict[str, bool] | None, said: dict[str, Any], rules: list[str]
) -> None:
    ref = Ref("ydx.example/anhui", 0, bytes(32)) if made is None else contract_of(world, **made)
    name = world.open()
    event = world.propose(name, contract=said_ref(ref), **({"income_date": "2027-01-12"} | said))
    for member in MEMBERS:
        assert shown_rules(world, member, event) == rules
        _, listed, _ = world[member].shown.proposals(CLERK, name, 0, 10, open_only=True)
        assert [[one.rule for one in each.warnings] for each in listed] == [rules]
    for one in world["jiangsu"].shown.proposal(CLERK, event).warnings:
        assert "；" in one.text_zh or "，" in one.text_zh
        assert "；" not in one.text_en


def test_a_contract_that_is_named_by_another_hash_is_not_held(world: LedgerWorld) -> None:
    """Else an instalment could be booked once for each hash that somebody makes up."""
    ref, name = contract_of(world), world.open()
    policy = Policy(set_by=APPROVER.identity, incomes=True, needs_contract=True)
    world["jiangsu"].policies.set(APPROVER, name, policy)
    said: dict[str, Any] = {"income_date": "2027-01-12"}
    other = world.propose(name, contract=said_ref(ref._replace(leaf_hash=bytes(32))), **said)
    assert shown_rules(world, "jiangsu", other) == ["E_CONTRACT_NOT_HELD"]
    assert world["jiangsu"].acceptor.step() == 0
    world.propose(name, contract=said_ref(ref), **said)
    assert world["jiangsu"].acceptor.step() == 1


def test_an_income_that_is_accepted_here_is_not_counted_beside_itself(world: LedgerWorld) -> None:
    ref = contract_of(world)
    event = world.propose(
        world.open(), contract=said_ref(ref), income_date="2027-01-12", gross_fen=AMOUNT_FEN
    )
    world.accept(event, by=("jiangsu",))
    assert shown_rules(world, "jiangsu", event) == []


def test_amounts_and_days_are_told_for_a_person(world: LedgerWorld) -> None:
    ref = contract_of(world)
    event = world.propose(
        world.open(), contract=said_ref(ref), income_date="2027-01-09", gross_fen=AMOUNT_FEN + 5
    )
    above, before = world["jiangsu"].shown.proposal(CLERK, event).warnings
    assert "1,200,000.05 元" in above.text_zh
    assert "1,200,000.00 yuan" in above.text_en
    assert "2027-01-10" in before.text_zh
    assert "2027-01-10" in before.text_en


def test_what_is_decided_and_what_is_no_income_has_no_warning(world: LedgerWorld) -> None:
    name = world.open()
    event = world.propose(name)
    assert shown_rules(world, "jiangsu", event) == ["E_CONTRACT_NOT_HELD"]
    world.accept(event)
    world.settle()
    assert not shown_rules(world, "jiangsu", event)


def test_an_instalment_that_is_open_twice_is_told_however_many_others_there_were(
    world: LedgerWorld,
) -> None:
    """The note was gone once five hundred documents named the contract, most of them decided."""
    ref, name = contract_of(world), world.open()
    said: dict[str, Any] = {"contract": said_ref(ref), "income_date": "2027-01-12"}
    first = world.propose(name, 1, **said)
    again = world.propose(name, 1, **said, gross_fen=7)
    other = world.propose(name, 2, **said, gross_fen=8)
    for event, told in ((first, 1), (again, 1), (other, 0)):
        assert shown_rules(world, "jiangsu", event) == ["E_INSTALMENT_PROPOSED"] * told
    world.accept(other, first)
    world.settle()
    assert shown_rules(world, "jiangsu", again) == [], "the other one is booked: it is refused"
    with world["jiangsu"].database.read() as tx:
        key = key_of(*ref)
        assert len(ledger.naming(tx, [key])[key]) == 3


def propose_gross(world: LedgerWorld, name: str, ref: Ref, **said: Any) -> list[str]:
    """Propose two instalments that use the contract's amount up, and one of one fen more."""
    return [
        world.propose(
            name, at, contract=said_ref(ref), income_date="2027-01-12", gross_fen=fen, **said
        )
        for at, fen in enumerate((AMOUNT_FEN - 5, 5, 1), 1)
    ]


def test_what_is_accepted_together_is_looked_at_together(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each alone is within the contract; and the contract is read once, not for each of them."""
    ref, name = contract_of(world), world.open()
    events = propose_gross(world, name, ref)
    reads: list[Any] = []
    naming = ledger.naming

    def counted(*asked: Any) -> Any:
        reads.append(asked)
        return naming(*asked)

    monkeypatch.setattr(ledger, "naming", counted)
    counts = set()
    for order, told in ((events, [0, 0, 1]), (events[::-1], [0, 0, 1]), (events[:2], [0, 0])):
        reads.clear()
        shown = world["jiangsu"].shown.together(CLERK, order)
        assert [one.name for one in shown] == order
        assert [[one.rule for one in each.warnings] for each in shown] == [
            ["E_ABOVE_CONTRACT"] * each for each in told
        ]
        counts.add(len(reads))
    assert len(counts) == 1, "three take no more looks than two"
    assert shown_rules(world, "jiangsu", events[2]) == [], "nothing of it is accepted"


@pytest.mark.parametrize("is_check", [True, False])
def test_what_is_proposed_together_adds_up_as_it_does_when_it_is_accepted(
    world: LedgerWorld, is_check: bool
) -> None:
    """The third is above the contract with the two before it, and each alone is within."""
    ref, name = contract_of(world), world.open()
    anhui = world["anhui"]
    rows = [
        (income(number, contract=said_ref(ref), income_date="2027-01-12", gross_fen=fen), "")
        for number, fen in enumerate((AMOUNT_FEN - 5, 5, 1), 1)
    ]
    options = anhui.party.options(validate_only=is_check)
    done = anhui.proposing.propose_incomes(CLERK, name, rows, options)
    shown = done.checked if is_check else anhui.shown.proposals_from(done.ref, len(rows))
    assert [[one.rule for one in each.warnings] for each in shown] == [
        [], [], ["E_ABOVE_CONTRACT"],
    ]  # fmt: skip


def test_a_policy_accepts_instalments_only_while_they_add_up_to_the_contracts_amount(
    world: LedgerWorld,
) -> None:
    """Also over two agreements, and whether the others are booked or only accepted."""
    ref, name, other = contract_of(world), world.open(), world.open()
    jiangsu = world["jiangsu"]
    for one in (name, other):
        policy = Policy(set_by=APPROVER.identity, incomes=True, needs_contract=True)
        jiangsu.policies.set(APPROVER, one, policy)
    first, second, third = propose_gross(world, name, ref)
    assert jiangsu.acceptor.step() == 2
    world.propose(other, 4, contract=said_ref(ref), income_date="2027-01-12", gross_fen=2)
    assert jiangsu.acceptor.step() == 0
    world.accept(first, second, by=("anhui",))
    world.settle()
    assert jiangsu.state(first) == jiangsu.state(second) == "FINAL"
    assert jiangsu.acceptor.step() == 0
    assert shown_rules(world, "jiangsu", third) == ["E_ABOVE_CONTRACT"]
    kind = codec.IncomeKind.INCOME_KIND_ROYALTY
    world.propose(
        name, 5, contract=said_ref(ref), income_date="2027-01-12", gross_fen=AMOUNT_FEN, kind=kind
    )
    assert jiangsu.acceptor.step() == 1


def test_what_was_accepted_and_then_rejected_leaves_room_within_the_contract(
    world: LedgerWorld,
) -> None:
    """It is still open, for others may be enough; the last word counts here too."""
    ref, signers = contract_of(world), ["anhui", "center", "jiangsu"]
    name = world.open(signers=signers, signers_required=2)
    first, second, third = propose_gross(world, name, ref)
    jiangsu = world["jiangsu"]
    world.accept(first, second, by=("jiangsu",))
    jiangsu.answering.reject(first, "金额不符", jiangsu.party.options())
    world.send()
    assert shown_rules(world, "jiangsu", third) == []
    world.accept(first, by=("jiangsu",))
    assert shown_rules(world, "jiangsu", third) == ["E_ABOVE_CONTRACT"]


def test_the_price_of_a_contract_under_an_agreement_on_a_fee_is_left_to_a_person(
    world: LedgerWorld,
) -> None:
    """The price belongs to the seller: who shares a fee should not share it unawares."""
    ref, jiangsu = contract_of(world), world["jiangsu"]
    price = codec.IncomeKind.INCOME_KIND_CONTRACT_PRICE
    for base, rules in ((3, ["E_PRICE_NOT_SHARED"]), (1, [])):
        name = world.open(base=base)
        policy = Policy(set_by=APPROVER.identity, incomes=True, needs_contract=True)
        jiangsu.policies.set(APPROVER, name, policy)
        said: dict[str, Any] = {"income_date": "2027-01-12", "gross_fen": base, "kind": price}
        event = world.propose(name, contract=said_ref(ref), **said)
        assert shown_rules(world, "jiangsu", event) == rules
        assert jiangsu.acceptor.step() == (not rules)


@pytest.mark.parametrize(("number", "back_fen"), [(1, 0), (0, 1), (1, 4)])
def test_what_was_taken_back_of_an_instalment_makes_room_within_the_contract(
    world: LedgerWorld, number: int, back_fen: int
) -> None:
    ref, name = contract_of(world), world.open()
    jiangsu, anhui = world["jiangsu"], world["anhui"]
    policy = Policy(set_by=APPROVER.identity, incomes=True, needs_contract=True)
    jiangsu.policies.set(APPROVER, name, policy)
    events = propose_gross(world, name, ref)
    assert jiangsu.acceptor.step() == 2
    world.accept(*events[:2], by=("anhui",))
    world.settle()
    said = codec.Reversal(amount_fen=back_fen, reversal_date="2027-01-12", reason="退款")
    done = anhui.proposing.propose_reversal(CLERK, events[number], said, anhui.party.options())
    world.send()
    world.accept(anhui.shown.proposals_from(done.ref)[0].name)
    world.settle()
    assert jiangsu.acceptor.step() == 1
