"""Several incomes proposed in one write: all of them, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import Refused
from node.services.errors import InvalidFields
from node.services.ledger.proposing import INCOMES_MAX
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, income, ledger_world

if TYPE_CHECKING:
    from node.services.ledger.making import Written


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path_factory.mktemp("batch")) as world:
        yield world


@pytest.fixture(scope="module")
def agreement(world: LedgerWorld) -> str:
    return world.open()


def propose(world: LedgerWorld, agreement: str, incomes: list[Any]) -> Written:
    anhui = world["anhui"]
    rows = [(one, "") for one in incomes]
    return anhui.proposing.propose_incomes(CLERK, agreement, rows, anhui.party.options())


def test_all_of_a_batch_are_booked_each_once(world: LedgerWorld, agreement: str) -> None:
    anhui = world["anhui"]
    before = anhui.size()
    done = propose(world, agreement, [income(100 + number) for number in range(30)])
    assert (done.ref.leaf_index, anhui.size()) == (before, before + 30)
    found = anhui.shown.proposals_from(done.ref, 30)
    assert [one.said.income.instalment for one in found] == [str(100 + n) for n in range(30)]
    world.send()
    world.accept(*(one.name for one in found))
    assert world.settle() == 30
    assert {anhui.state(one.name) for one in found} == {"FINAL"}


def test_one_bad_row_refuses_all_and_is_named(world: LedgerWorld, agreement: str) -> None:
    before = world["anhui"].size()
    with pytest.raises(InvalidFields) as caught:
        propose(world, agreement, [income(200), income(201, gross_fen=-1), income(202)])
    assert [one.field for one in caught.value.violations] == ["incomes[1].income.gross_fen"]
    with pytest.raises(Refused) as outside:
        propose(world, agreement, [income(200), income(201, income_date="1999-01-01")])
    assert outside.value.reason == "OUTSIDE_AGREEMENT"
    assert outside.value.metadata["field"] == "incomes[1].income.income_date"
    assert world["anhui"].size() == before


def test_an_instalment_that_comes_twice_is_refused(world: LedgerWorld, agreement: str) -> None:
    before = world["anhui"].size()
    with pytest.raises(InvalidFields) as caught:
        propose(world, agreement, [income(300), income(301), income(300)])
    assert caught.value.violations[0].field == "incomes[2].income.instalment"
    assert world["anhui"].size() == before


@pytest.mark.parametrize("count", [0, INCOMES_MAX + 1])
def test_a_batch_has_1_to_200_rows(world: LedgerWorld, agreement: str, count: int) -> None:
    with pytest.raises(InvalidFields) as caught:
        propose(world, agreement, [income(400 + number) for number in range(count)])
    assert caught.value.violations[0].field == "incomes"


def test_who_proposed_a_batch_accepts_none_of_it(world: LedgerWorld, agreement: str) -> None:
    anhui = world["anhui"]
    done = propose(world, agreement, [income(500), income(501)])
    for one in anhui.shown.proposals_from(done.ref, 2):
        with pytest.raises(Refused) as caught:
            anhui.answering.accept(CLERK, [one.name], anhui.party.options())
        assert caught.value.reason == "OWN_PROPOSAL"
