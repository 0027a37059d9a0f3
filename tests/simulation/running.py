"""One random run of the world: steps and faults, checks on the way, then everything is mended."""

from __future__ import annotations

from pathlib import Path

from tests.simulation.checks import Checks
from tests.simulation.world import World

CHECK_EVERY = 10


def run(seed: int, steps: int, folder: Path) -> World:
    """Run a seed; AssertionError says what does not hold, after which steps."""
    world = World(seed, folder)
    checks = Checks(world)
    if seed % 2:
        world.liar = world.chance.choice(sorted(world.members))
    world.open_all()
    for member in world.up():
        assert member.publish()
        member.sign()
    try:
        for number in range(steps):
            world.step(number)
            if number % CHECK_EVERY == 0 or world.restored:
                checks.after_step()
        world.told.append("all is mended")
        assert world.heal(checks.is_settled), checks.says("not settled")
        checks.mended()
        world.sizes = {member.name: member.own_size() for member in world.up()}
    finally:
        world.close()
    return world
