"""After faults heal, all members hold the same logs, confirmed, whatever happened on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.checks import Checks
from tests.simulation.running import run
from tests.simulation.world import World


def test_a_quiet_federation_confirms_everything(tmp_path: Path) -> None:
    world = World(1, tmp_path)
    checks = Checks(world)
    world.open_all()
    for member in world.up():
        assert member.publish()
    assert world.heal(checks.is_settled)
    checks.mended()
    assert {member.own_size() for member in world.up()} == {2}
    assert not any(member.refusals for member in world.up())
    world.close()


@pytest.mark.parametrize("seed", range(4))
def test_promise_4_all_members_converge_after_faults(seed: int, tmp_path: Path) -> None:
    world = run(seed, 150, tmp_path)
    assert min(world.sizes.values()) >= 2
