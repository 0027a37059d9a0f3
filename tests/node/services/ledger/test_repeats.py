"""What is said twice, an income, a payment or a refund: it is told, and no policy accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation.ledger import codec
from federation.records.refs import said_ref
from node.services.ledger import repeats
from node.services.log.drafts import SealedDocument
from node.storage.ledger_local import Policy
from tests.federation.ledger import paper
from tests.node.services.ledger.ledger_world import (
    APPROVER,
    CLERK,
    MEMBERS,
    LedgerWorld,
    income,
    ledger_world,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLIP = bytes(range(32))
OTHER_SLIP = bytes(32)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def pay(world: LedgerWorld, agreement: str, **said: Any) -> str:
    """Propose a payment of AH to JS; return its name."""
    anhui = world["anhui"]
    facts: dict[str, Any] = {
        "payer": "AH", "payee": "JS", "amount_fen": 100, "paid_on": "2026-11-09",
        "evidence_sha256": SLIP,
    } | said  # fmt: skip
    done = anhui.proposing.propose_payment(
        CLERK, agreement, codec.Payment(**facts), anhui.party.options(str(uuid4()))
    )
    anhui.fold()
    world.send()
    return anhui.shown.proposals_from(done.ref)[0].name


def take_back(world: LedgerWorld, income: str, **said: Any) -> str:
    """Propose to take back a part of an income; return the name."""
    anhui = world["anhui"]
    facts: dict[str, Any] = {
        "amount_fen": 100,
        "reversal_date": "2026-11-09",
        "reason": "退款",
    } | said
    options = anhui.party.options(str(uuid4()))
    done = anhui.proposing.propose_reversal(CLERK, income, codec.Reversal(**facts), options)
    anhui.fold()
    world.send()
    return anhui.shown.proposals_from(done.ref)[0].name


def rules(world: LedgerWorld, name: str, at: str = "jiangsu") -> list[str]:
    return [one.rule for one in world[at].shown.proposal(CLERK, name).warnings]


@pytest.mark.parametrize(
    ("second", "is_same"),
    [
        ({}, True),
        ({"amount_fen": 99, "paid_on": "2026-11-10"}, True),
        ({"evidence_sha256": OTHER_SLIP}, True),
        ({"evidence_sha256": OTHER_SLIP, "amount_fen": 99}, False),
        ({"evidence_sha256": OTHER_SLIP, "paid_on": "2026-11-10"}, False),
        ({"payee": "NETC"}, False),
    ],
)
def test_a_payment_that_is_said_twice_is_told_and_waits_for_a_person(
    world: LedgerWorld, second: dict[str, Any], *, is_same: bool
) -> None:
    """The same bank slip was booked twice, by policy and by hand, without a word."""
    name = world.open()
    world.book(name)
    first = pay(world, name)
    assert rules(world, first) == []
    world.accept(first)
    world.settle()
    world["jiangsu"].policies.set(APPROVER, name, Policy(set_by=APPROVER.identity, payments=True))
    again = pay(world, name, **second)
    for member in ("anhui", "jiangsu"):
        assert rules(world, again, member) == ["E_PAYMENT_TWICE"] * is_same
    assert world["jiangsu"].acceptor.step() == int(not is_same)


def test_of_two_open_payments_that_are_the_same_each_is_told(world: LedgerWorld) -> None:
    name = world.open()
    world.book(name)
    first, again = pay(world, name), pay(world, name)
    (told,) = world["jiangsu"].shown.proposal(CLERK, again).warnings
    assert first in told.text_zh
    assert rules(world, first) == ["E_PAYMENT_TWICE"]
    world["jiangsu"].answering.reject(first, "重复", world["jiangsu"].party.options())
    world.send()
    world.settle()
    assert rules(world, again) == [], "what was refused does not count"


def test_a_part_that_is_taken_back_twice_is_told_and_waits_for_a_person(
    world: LedgerWorld,
) -> None:
    name = world.open()
    event = world.book(name)
    world.accept(take_back(world, event))
    world.settle()
    world["jiangsu"].policies.set(APPROVER, name, Policy(set_by=APPROVER.identity, reversals=True))
    assert rules(world, take_back(world, event)) == ["E_REVERSAL_TWICE"]
    assert world["jiangsu"].acceptor.step() == 0
    assert rules(world, take_back(world, event, reversal_date="2026-11-10")) == []
    assert world["jiangsu"].acceptor.step() == 1


def test_other_payments_by_the_hundred_do_not_hide_that_one_is_said_twice(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They cost nothing: nobody accepts them, and the first one was not looked at any more."""
    monkeypatch.setattr(repeats, "LOOKED_AT_MAX", 2)
    name = world.open()
    world.book(name)
    world.accept(pay(world, name))
    world.settle()
    for number in range(3):
        other = pay(world, name, evidence_sha256=bytes([number] * 32), amount_fen=90 - number)
    assert rules(world, other) == ["E_TOO_MANY_OPEN"]
    world["jiangsu"].policies.set(APPROVER, name, Policy(set_by=APPROVER.identity, payments=True))
    again = pay(world, name, amount_fen=99)
    assert rules(world, again) == ["E_PAYMENT_TWICE"]
    assert world["jiangsu"].acceptor.step() == 0


CONTRACT = income().contract
ROYALTY = codec.IncomeKind.INCOME_KIND_ROYALTY


@pytest.mark.parametrize(
    ("second", "is_same"),
    [
        ({"instalment": "1.0"}, True),
        ({"instalment": "第1期"}, True),
        ({"instalment": "2", "evidence_sha256": OTHER_SLIP}, True),
        ({"instalment": "2", "gross_fen": 7, "income_date": "2026-11-04"}, True),
        ({"instalment": "2", "evidence_sha256": OTHER_SLIP, "gross_fen": 7}, False),
        ({"instalment": "2", "evidence_sha256": b"", "income_date": "2026-11-04"}, False),
        ({"instalment": "2", "evidence_sha256": OTHER_SLIP, "received_by": "JS"}, False),
        ({"instalment": "2", "evidence_sha256": OTHER_SLIP, "kind": ROYALTY}, False),
        ({"instalment": "1", "contract": income(2).contract}, False),
    ],
)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_income_that_is_said_twice_is_told_and_waits_for_a_person(
    world: LedgerWorld, second: dict[str, Any], *, is_same: bool, elsewhere: bool
) -> None:
    """Another spelling of its instalment was booked by policy, and so under another agreement."""
    name = world.open()
    other = world.open(title="另一份协议") if elsewhere else name
    for one in {name, other}:
        policy = Policy(set_by=APPROVER.identity, incomes=True)
        world["jiangsu"].policies.set(APPROVER, one, policy)
    first = world.book(name, evidence_sha256=SLIP)
    assert world["jiangsu"].acceptor.step() == 0
    said: dict[str, Any] = {"contract": CONTRACT, "evidence_sha256": SLIP} | second
    again = world.propose(other, **said)
    for member in MEMBERS:
        assert rules(world, again, member) == ["E_CONTRACT_NOT_HELD"] + ["E_INCOME_TWICE"] * is_same
    if is_same:
        told = world["jiangsu"].shown.proposal(CLERK, again).warnings[-1]
        assert first in told.text_zh
        assert first in told.text_en
    assert world["jiangsu"].acceptor.step() == int(not is_same)
    world.accept(again)
    world.settle()
    assert world["center"].state(again) == "FINAL", "a person may"


def test_an_income_that_was_taken_back_may_be_said_again(world: LedgerWorld) -> None:
    name = world.open()
    first = world.book(name)
    world["jiangsu"].policies.set(APPROVER, name, Policy(set_by=APPROVER.identity, incomes=True))
    again = world.propose(name, instalment="01", contract=CONTRACT)
    assert rules(world, again)[1:] == ["E_INCOME_TWICE"]
    assert world["jiangsu"].acceptor.step() == 0
    world.accept(take_back(world, first, amount_fen=0))
    world.settle()
    assert rules(world, again) == ["E_CONTRACT_NOT_HELD"]
    assert world["jiangsu"].acceptor.step() == 1


def test_who_proposes_the_same_income_twice_at_once_is_told_before_it_is_written(
    world: LedgerWorld,
) -> None:
    name, anhui = world.open(), world["anhui"]
    rows = [(income(1, instalment=one), "") for one in ("1", "1.0", "一")]
    options = anhui.party.options(validate_only=True)
    done = anhui.proposing.propose_incomes(CLERK, name, rows, options)
    told = [one.warnings[-1] for one in done.checked]
    assert [one.rule for one in told] == ["E_INCOME_TWICE"] * 3
    assert "期次 1.0，期次 一" in told[0].text_zh
    assert "期次 1，期次 1.0" in told[2].text_zh
    assert "instalment 1, instalment 1.0" in told[2].text_en


def test_what_stands_under_an_agreement_that_nobody_accepted_stops_no_policy(
    world: LedgerWorld,
) -> None:
    """Any member can write such an agreement alone, and incomes on it."""
    name, anhui = world.open(), world["anhui"]
    said = paper.agreement(title="无人接受")
    made = anhui.proposing.create(CLERK, said, anhui.party.options())
    anhui.fold()
    first = anhui.shown.agreement_at(made.ref).row.ref
    event = income()
    event.agreement.CopyFrom(said_ref(first))
    event.version.CopyFrom(said_ref(first))
    content = codec.serialise(codec.LedgerDocument(income=event))
    anhui.party.sealing.seal(SealedDocument(bytes(16), 1, ("center", "jiangsu"), content))
    world.send()
    world["jiangsu"].policies.set(APPROVER, name, Policy(set_by=APPROVER.identity, incomes=True))
    assert rules(world, world.propose(name)) == ["E_CONTRACT_NOT_HELD"]
    assert world["jiangsu"].acceptor.step() == 1
