"""A center that hides an outcome from one member that it names, by saying WITHHELD of its part.

That answer is believed until a document that we may read cites the part. The digest of CLOSED
speaks of every outcome below it, and books of another member name the outcome itself: after either,
every member is asked, and the books are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from federation.ledger import codec
from federation.ledger.books import State
from federation.ledger.documents import Income
from federation.ledger.reconcile import Class
from federation.sync.frames import Batch
from tests.simulation.ledger_checks import LedgerChecks
from tests.simulation.ledger_member import CLERK, OPTIONS, agreement_name, name_of
from tests.simulation.ledger_papers import CENTER, MEMBERS, SIGNERS, agreement_of
from tests.simulation.ledger_world import LedgerWorld, states
from tests.simulation.liars import Frames, rebuilt, records_of
from tests.simulation.test_sealed import WithholdsSealed

if TYPE_CHECKING:
    from federation.records.refs import Ref

VICTIM: Final = "jiangsu"


class WithholdsOutcomes(WithholdsSealed):
    """Marks every part of the own log WITHHELD."""

    def frames(self, origin: str, frames: Frames) -> Frames:
        for frame in frames:
            if origin.endswith(f"/{CENTER}") and isinstance(frame, Batch):
                records = [(entry, [b""] * len(own)) for entry, own in records_of(frame)]
                yield rebuilt(frame, records)
            else:
                yield frame


def links(name: str, *others: str) -> set[frozenset[str]]:
    return {frozenset({name, other}) for other in others}


@pytest.fixture
def deceived(sharing: LedgerWorld) -> tuple[LedgerWorld, Ref]:
    """Have an income booked whose outcome the center hides from one member."""
    world = sharing
    [row] = world.books("anhui").agreements()
    world.propose("anhui", row.ref, 1)
    hide_what_is_accepted(world, row.ref)
    assert states(world, "anhui", row.ref) == {State.FINAL: 2}
    assert states(world, VICTIM, row.ref) == {State.FINAL: 1}
    assert not LedgerChecks(world).is_settled()
    return world, row.ref


def hide_what_is_accepted(world: LedgerWorld, first: Ref) -> None:
    """Have all that is open accepted and decided, and the outcomes hidden from one member."""
    world.accept_all(first, decides=False)
    world.settle(2)
    world.network.cut = links(VICTIM, *[one for one in MEMBERS if one != VICTIM])
    world.settle()
    world.network.cut = links(VICTIM, "anhui", "zhejiang") | links(CENTER, "anhui", "zhejiang")
    world.network.lies[CENTER] = WithholdsOutcomes()
    world.settle()
    world.network.heal()
    settle(world)


def settle(world: LedgerWorld) -> None:
    for _ in range(3):
        world.pass_time(1000.0)
        world.settle()


def test_p12_an_outcome_that_the_center_hides_is_found_by_comparing_and_comes_from_another(
    deceived: tuple[LedgerWorld, Ref],
) -> None:
    world, first = deceived
    told = world.books(VICTIM).reconciling.reconcile(world.row(VICTIM, first), "anhui")
    assert [one.kind for one in told.differences] == [Class.MISSING_HERE]
    settle(world)
    assert states(world, VICTIM, first) == {State.FINAL: 2}
    LedgerChecks(world).mended()


def test_p12_an_outcome_that_the_center_hides_comes_at_the_latest_when_its_month_is_closed(
    deceived: tuple[LedgerWorld, Ref],
) -> None:
    world, first = deceived
    world.books(CENTER).bookkeeper.close_period(first, "2026-11", OPTIONS)
    settle(world)
    assert world.row(VICTIM, first).disputed == ""
    assert states(world, VICTIM, first) == {State.FINAL: 2}
    LedgerChecks(world).mended()


def test_p12_an_outcome_that_the_center_hides_comes_when_another_rests_upon_it(
    deceived: tuple[LedgerWorld, Ref],
) -> None:
    world, first = deceived
    income = next(
        one
        for one in world.books(VICTIM).open_proposals(world.row(VICTIM, first))
        if isinstance(one.facts, Income)
    )
    said = codec.Reversal(reversal_date="2026-11-12", reason="合同款项退回")
    center = world.books(CENTER)
    center.proposing.propose_reversal(CLERK, name_of(income), said, OPTIONS)
    world.accept_all(first)
    settle(world)
    assert states(world, VICTIM, first) == {State.FINAL: 1, State.REVERSED: 1}
    LedgerChecks(world).mended()


def test_p12_an_amendment_that_the_center_hides_comes_when_an_income_is_booked_under_it(
    sharing: LedgerWorld,
) -> None:
    world = sharing
    [row] = world.books("anhui").agreements()
    said = agreement_of(SIGNERS, effective_from="2026-11-02", signers_required=2)
    world.say("anhui", lambda one: one.proposing.amend(CLERK, agreement_name(row), said, OPTIONS))
    hide_what_is_accepted(world, row.ref)
    world.propose("anhui", row.ref, 9)
    for _ in range(2):
        world.accept_all(row.ref)
    assert states(world, "anhui", row.ref)[State.FINAL] == 2
    settle(world)
    assert states(world, VICTIM, row.ref) == states(world, "anhui", row.ref)
    LedgerChecks(world).mended()
