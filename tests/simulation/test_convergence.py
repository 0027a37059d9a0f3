"""After faults heal, all members hold the same logs, confirmed, whatever happened on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.world import World


def test_a_quiet_federation_confirms_everything(tmp_path: Path) -> None:
    world = World(1, tmp_path)
    world.start_all()
    world.heal()
    for member in world.up():
        assert member.publish()
    world.heal()
    world.check()
    assert world.is_settled()


@pytest.mark.parametrize("seed", range(3))
def test_promise_4_all_members_converge_after_faults(seed: int, tmp_path: Path) -> None:
    world = World(seed, tmp_path)
    world.start_all()
    told = []
    for step in range(250):
        told.append(world.random_fault() if step % 12 == 0 else world.random_step())
        if step % 10 == 0:
            world.check()
    world.heal()
    world.check()
    assert world.is_settled(), f"seed {seed}: not settled after {told[-40:]}"
