"""Acceptance by policy while writes fail, persons write too, or an instalment comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger import codec
from federation.log.errors import Refused, YdxError
from node.services.ledger import accepting
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, ledger_world
from tests.node.services.ledger.test_accepting import allow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def test_writes_that_go_on_failing_leave_no_proposal_to_a_person(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "PROPOSALS_MAX", 4)
    monkeypatch.setattr(accepting, "_AGAIN_MAX", 2)
    name = world.open()
    allow(world, name)
    for number in range(1, 9):
        world.propose(name, number)
    jiangsu = world["jiangsu"]

    def failing(*_: Any, **_more: Any) -> Any:
        raise YdxError("DISK_FULL", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(jiangsu.answering, "add_acceptance", failing)
        for _ in range(3):
            with pytest.raises(YdxError):
                jiangsu.acceptor.step()
    assert [jiangsu.acceptor.step() for _ in range(3)] == [4, 4, 0]


@pytest.mark.parametrize("is_committed", [True, False])
def test_what_a_person_rejects_at_the_same_moment_is_accepted_by_no_policy(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    """The ledger's view has not taken it in, or both are of one group of writes."""
    name = world.open()
    allow(world, name)
    rejected, other = world.propose(name, 1), world.propose(name, 2)
    jiangsu = world["jiangsu"]
    answering, sealing = jiangsu.answering, jiangsu.party.sealing
    write = sealing.write

    def later(make: Any) -> Any:
        monkeypatch.setattr(sealing, "write", write)
        if is_committed:
            answering.reject(rejected, "金额不符", jiangsu.party.options())
            return write(make)

        def both(view: Any) -> Any:
            monkeypatch.setattr(sealing, "write", lambda one, *_: one(view))
            answering.reject(rejected, "金额不符", jiangsu.party.options())
            monkeypatch.setattr(sealing, "write", write)
            return make(view)

        with pytest.raises(Refused, match="rejected it"):
            write(both)
        answering.reject(rejected, "金额不符", jiangsu.party.options())
        return write(make)

    monkeypatch.setattr(sealing, "write", later)
    assert jiangsu.acceptor.step() == 1
    jiangsu.fold()
    found = [jiangsu.shown.proposal(CLERK, one).accepted_by for one in (rejected, other)]
    assert found == [[], ["jiangsu"]]


def test_of_two_open_incomes_of_one_instalment_a_person_says_which_is_accepted(
    world: LedgerWorld,
) -> None:
    name = world.open()
    allow(world, name)
    jiangsu = world["jiangsu"]
    first = world.propose(name, 1)
    assert jiangsu.acceptor.step() == 1
    second = world.propose(name, 1, gross_fen=7)
    assert jiangsu.acceptor.step() == 0
    others = [
        world.propose(name, 1, kind=codec.IncomeKind.INCOME_KIND_ROYALTY),
        world.propose(name, 2),
    ]
    assert jiangsu.acceptor.step() == 2, "another kind, and another instalment"
    anhui = world["anhui"]
    anhui.answering.reject(first, "金额有误", anhui.party.options())
    world.settle()
    assert jiangsu.state(first) == "REJECTED REJECTED"
    assert jiangsu.acceptor.step() == 1, "the other one is decided"
    world.send()
    for one in (second, *others):
        assert jiangsu.shown.proposal(CLERK, one).accepted_by == ["jiangsu"]


def test_of_two_incomes_of_one_instalment_that_come_together_none_is_accepted(
    world: LedgerWorld,
) -> None:
    name = world.open()
    allow(world, name)
    for gross_fen in (100_001, 7):
        world.propose(name, 1, gross_fen=gross_fen)
    assert world["jiangsu"].acceptor.step() == 0
    world["jiangsu"].start()
    assert world["jiangsu"].acceptor.step() == 0
