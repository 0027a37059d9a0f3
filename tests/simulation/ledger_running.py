"""One random run of a world with a ledger: steps and faults, checks on the way, then all is mended.

Seeds go round: nobody lies, the center lies in its log, a party lies in its log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.simulation.checks import Checks
from tests.simulation.ledger_checks import LedgerChecks
from tests.simulation.ledger_liars import CENTER_LIES, PARTY_LIES
from tests.simulation.ledger_papers import CENTER
from tests.simulation.ledger_world import LedgerWorld

if TYPE_CHECKING:
    from pathlib import Path

CHECK_EVERY: Final = 20
FAULT_EVERY: Final = 10
LATER_S: Final = 1000.0
"""How much later than its founding a copy is started."""


def found_ledger(folder: Path) -> Path:
    """Make the folders of members that share income: one agreement, one income booked."""
    world = LedgerWorld(5, folder)
    world.open_all()
    [first] = world.open_agreements("利益分享协议")
    world.propose("anhui", first, 0)
    world.accept_all(first)
    world.close()
    return folder


def run_ledger(seed: int, steps: int, folder: Path) -> tuple[LedgerWorld, LedgerChecks]:
    """Run a seed, in an empty folder or a copy of `found_ledger`'s.

    AssertionError says what does not hold, after which steps.
    """
    world = LedgerWorld(seed, folder)
    world.pass_time(LATER_S)
    logs, checks = Checks(world), LedgerChecks(world)
    if seed % 3 == 1:
        world.liar, world.lies = CENTER, CENTER_LIES
    elif seed % 3 == 2:
        world.liar, world.lies = "jiangsu", PARTY_LIES
    try:
        world.open_all()
        if not world.books(CENTER).agreements():
            world.open_agreements("利益分享协议")
        for number in range(steps):
            is_fault = number % FAULT_EVERY == FAULT_EVERY - 1
            told = world.random_fault() if is_fault else world.random_step()
            world.told.append(told)
            if number % CHECK_EVERY == 0:
                checks.after_step()
        world.told.append("all is mended")
        world.heal(checks.is_settled)
        world.accept_what_is_open()
        settled = world.heal(lambda: logs.is_settled() and checks.is_settled())
        checks.mended()
        assert settled, logs.says("not settled")
        world.sizes = {member.name: member.own_size() for member in world.up()}
    except Exception as failure:
        failure.add_note(logs.says(str(failure)))
        raise
    finally:
        world.close()
    return world, checks
