"""The books of all members are equal in the end, whatever happened on the way: P1–P9 and P12."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.ledger_checks import LedgerChecks
from tests.simulation.ledger_running import run_ledger
from tests.simulation.ledger_world import SIGNERS, LedgerWorld, states


@pytest.mark.parametrize("seed", range(3))
def test_promise_4_books_are_equal_after_faults_and_lies(seed: int, tmp_path: Path) -> None:
    world, checks = run_ledger(seed, 60, tmp_path)
    assert min(world.sizes.values()) > 1
    assert checks.journals


def test_through_a_partition_members_propose_and_accept_and_only_booking_waits(
    tmp_path: Path,
) -> None:
    world = LedgerWorld(7, tmp_path)
    checks = LedgerChecks(world)
    world.open_all()
    first = world.open_agreement()
    world.network.cut = {frozenset({"center", other}) for other in SIGNERS}
    for number, name in enumerate(SIGNERS):
        world.propose(name, first, number)
    world.accept_all(first)
    for name in SIGNERS:
        books, row = world.books(name), world.row(name, first)
        assert len(books.open_proposals(row)) == len(SIGNERS), "all have come"
        assert not states(world, name, first), "and nothing is booked"
        assert not row.waits
    checks.after_step()
    assert world.heal(checks.is_settled)
    world.settle()
    checks.mended()
    assert checks.booked == len(SIGNERS)
    world.close()
