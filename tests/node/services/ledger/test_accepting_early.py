"""Acceptance by policy where something is not here: an outcome of the center, or who proposed.

Logs come by different ways: a proposer may have folded an outcome that a signer has not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec
from node.storage import ledger_local
from tests.federation.ledger import paper
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, ledger_world
from tests.node.services.ledger.test_accepting import allow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAGS = frozenset({"center", "jiangsu"})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def heal(world: LedgerWorld) -> list[int]:
    """Let the center's log come; return how many are accepted in each of two steps."""
    jiangsu = world["jiangsu"]
    assert [jiangsu.acceptor.step() for _ in range(2)] == [0, 0]
    world.cut.clear()
    world.send()
    return [jiangsu.acceptor.step() for _ in range(2)]


def test_an_income_is_accepted_once_its_version_is_active_here(world: LedgerWorld) -> None:
    anhui = world["anhui"]
    done = anhui.proposing.create(CLERK, paper.agreement(), anhui.party.options())
    world.send()
    name = anhui.shown.agreement_at(done.ref).name
    allow(world, name)
    world.accept(name)
    world.cut.add(LAGS)
    world.settle()
    world.propose(name)
    assert heal(world) == [1, 0]


def test_a_reversal_is_accepted_once_its_income_is_booked_here(world: LedgerWorld) -> None:
    name, anhui = world.open(), world["anhui"]
    allow(world, name, reversals=True)
    event = world.propose(name)
    world.accept(event)
    world.cut.add(LAGS)
    world.settle()
    said = codec.Reversal(amount_fen=10, reversal_date="2026-11-09", reason="退款")
    anhui.proposing.propose_reversal(CLERK, event, said, anhui.party.options())
    world.send()
    assert heal(world) == [1, 0]


@pytest.mark.parametrize("is_known", [True, False])
def test_what_is_proposed_here_by_nobody_knows_whom_is_left_to_a_person(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    """After a restore of the database its notes are gone, and the log is pulled back."""
    name, anhui = world.open(), world["anhui"]
    allow(world, name, by="anhui")
    world.propose(name)
    if not is_known:
        monkeypatch.setattr(ledger_local, "proposers", lambda *_: {})
    assert anhui.acceptor.step() == is_known
