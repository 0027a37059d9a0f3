"""A payment or a refund that is said twice: who accepts is told, and no policy accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation.ledger import codec
from node.services.ledger import repeats
from node.storage.ledger_local import Policy
from tests.node.services.ledger.ledger_world import APPROVER, CLERK, LedgerWorld, ledger_world

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
