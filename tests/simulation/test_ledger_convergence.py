"""The books of all members are equal in the end, whatever happened on the way: P1–P9 and P12."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from federation.ledger.books import State
from tests.simulation.ledger_checks import LedgerChecks
from tests.simulation.ledger_papers import CENTER, SIGNERS
from tests.simulation.ledger_running import run_ledger
from tests.simulation.ledger_world import LedgerWorld, states


@pytest.mark.parametrize(
    ("seed", "steps"),
    [
        *((seed, 30) for seed in range(3)),
        *(pytest.param(seed, 300, marks=pytest.mark.chaos) for seed in range(3, 33)),
    ],
)
def test_promise_4_books_are_equal_after_faults_and_lies(
    seed: int, steps: int, founded_ledger: Path, tmp_path: Path
) -> None:
    shutil.copytree(founded_ledger, tmp_path, dirs_exist_ok=True)
    world, checks = run_ledger(seed, steps, tmp_path)
    assert min(world.sizes.values()) > 1
    assert checks.booked
    assert checks.reconciled
    assert checks.tampered or world.liar == CENTER, "disputed books are not compared"


def test_p12_through_a_partition_only_booking_waits_and_then_all_books_are_equal(
    sharing: LedgerWorld,
) -> None:
    world, checks = sharing, LedgerChecks(sharing)
    [row] = world.books("anhui").agreements()
    first = row.ref
    world.network.cut = {frozenset({"center", other}) for other in SIGNERS}
    for number, name in enumerate(SIGNERS, start=1):
        world.propose(name, first, number)
    world.accept_all(first)
    for name in SIGNERS:
        books = world.books(name)
        assert len(books.open_proposals(world.row(name, first))) == len(SIGNERS), "all have come"
        assert states(world, name, first) == {State.FINAL: 1}, "and none of them is booked"
        assert not world.row(name, first).waits
    checks.after_step()
    assert world.heal(checks.is_settled)
    world.settle()
    checks.mended()
    assert checks.booked == 1 + len(SIGNERS)
