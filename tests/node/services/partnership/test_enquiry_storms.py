"""Enquiries while links break, nodes are restored and steps cross: both ends agree in the end."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest

from federation.log.errors import YdxError
from federation.partnership.enquiry import Enquiry
from federation.partnership.steps import StepKind
from node.storage.enquiries import EnquiryFilter
from tests.federation.partnership.invariants import check_lasting, check_sound
from tests.node.services.partnership.enquiring import CLERK, OPTIONS, E, Enquiring, R, contacts

ALL = EnquiryFilter()
DAY_S = 86_400.0


def asked(enquiring: Enquiring, number: int = 1) -> str:
    listing = enquiring[R].publish(number).name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    return name


def part(enquiring: Enquiring, member: str) -> None:
    """Cut a member off from all others."""
    enquiring.world.network.cut |= {
        frozenset({member, other}) for other in enquiring.world.others(member)
    }


def agree(enquiring: Enquiring, name: str) -> StepKind | None:
    """Return the state, which must be the same at both ends, as their views have it too."""
    told: list[Any] = []
    for member in (E, R):
        node = enquiring[member]
        shown = node.get(name).shown
        (item,) = (one for one in node.list(ALL).enquiries if str(one.loaded.name) == name)
        with node.side.database.read() as tx:
            from node.storage import enquiries  # noqa: PLC0415 - used once

            (row,) = enquiries.of_subject(tx, shown.loaded.name.subject)
        assert item.loaded.folded.state == row.state == shown.loaded.folded.state
        standings = [(one.document.ref, one.void) for one in shown.loaded.folded.standings]
        told.append((shown.loaded.folded.state, shown.loaded.folded.may_answer, standings))
        assert not shown.waits_for
    assert told[0] == told[1]
    state: StepKind | None = told[0][0]
    return state


def test_crossing_steps_resolve_alike_whoever_hears_first(enquiring: Enquiring) -> None:
    name = asked(enquiring)
    enquiring[E].step(name, StepKind.CANCELLED)
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    assert agree(enquiring, name) == StepKind.CANCELLED
    again = enquiring[R].step(name, StepKind.ACCEPTED)
    assert not again.is_new, "it stands in the log, though it lost"
    for member in (E, R):
        proof = enquiring[member].reading.receipt(CLERK, name)
        assert (proof.count, proof.is_confirmed) == (3, True), "who answered can prove it"


def test_a_partition_of_days_ends_in_one_state_with_a_reason(enquiring: Enquiring) -> None:
    name = asked(enquiring)
    part(enquiring, R)
    enquiring[R].step(name, StepKind.ACCEPTED)
    for _ in range(12):
        enquiring.world.pass_time(DAY_S)
        enquiring.sync(2)
        for member in (E, R):
            enquiring[member].partnerships.expiry.step()
    assert enquiring[E].state(name) == StepKind.EXPIRED
    assert enquiring[R].state(name) == StepKind.ACCEPTED
    enquiring.world.network.heal()
    enquiring.sync()
    assert agree(enquiring, name) == StepKind.EXPIRED
    step = enquiring[R].get(name).shown.loaded.folded.last
    assert step is not None
    assert "not answered by" in step.content.decode("utf-8", "replace")


def test_a_node_that_gets_an_old_disk_back_reads_its_own_steps_from_the_others(
    enquiring: Enquiring,
) -> None:
    name = asked(enquiring)
    member = enquiring.world[R]
    enquiring[R].step(name, StepKind.INFO_REQUESTED)
    enquiring.sync()
    member.save_disk("backup.sqlite")
    enquiring[E].step(name, StepKind.INFO_GIVEN)
    enquiring.sync()
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    enquiring[E].step(name, StepKind.INTRODUCED)
    enquiring.sync()
    enquiring[R].stop()
    member.crash()
    member.restore_disk("backup.sqlite")
    member.start()
    enquiring.restart(R)
    assert enquiring[R].state(name) == StepKind.INFO_REQUESTED
    with pytest.raises(YdxError) as caught:
        enquiring[R].step(name, StepKind.EXPIRED, reason="旧")
    assert caught.value.reason in {"STARTING", "RESTORED_BEHIND", "STEP_NOT_ALLOWED"}
    enquiring[R].follow_view()
    assert enquiring[E].state(name) == StepKind.INTRODUCED


def test_a_member_out_of_reach_for_ever_leaves_no_wait_without_an_end(
    enquiring: Enquiring,
) -> None:
    name = asked(enquiring)
    part(enquiring, R)
    for _ in range(10):
        enquiring.world.pass_time(DAY_S)
        enquiring[E].partnerships.expiry.step()
    shown = enquiring[E].get(name).shown
    assert shown.loaded.folded.is_ended
    assert shown.deadlines == ()


@pytest.mark.parametrize(
    "seed",
    [pytest.param(seed, marks=[pytest.mark.chaos] if seed > 1 else []) for seed in range(20)],
)
def test_random_steps_on_broken_links_end_alike_at_both_nodes(
    enquiring: Enquiring, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable by its seed, not secret
    names = [asked(enquiring, number) for number in range(1 + seed % 2)]
    was_introduced: set[str] = set()
    known: dict[tuple[str, str], Enquiry] = {}
    for _ in range(40):
        enquiring.world.network.repeated = chance.choice([0.0, 0.3])
        enquiring.world.network.lost = chance.choice([0.0, 0.3])
        act(enquiring, chance, chance.choice(names))
        for name in names:
            for member in (E, R):
                now = enquiring[member].get(name).shown.loaded.folded
                check_sound(now)
                check_lasting(known.get((member, name), now), now)
                known[member, name] = now
                if now.state in {StepKind.INTRODUCED, StepKind.CONTRACTED, StepKind.NO_DEAL}:
                    was_introduced.add(name)
    assert enquiring.heal()
    for name in names:
        state = agree(enquiring, name)
        for member in (E, R):
            check_lasting(known[member, name], enquiring[member].get(name).shown.loaded.folded)
        if name in was_introduced:
            assert state in {StepKind.INTRODUCED, StepKind.CONTRACTED, StepKind.NO_DEAL}


def act(enquiring: Enquiring, chance: random.Random, name: str) -> None:
    """Let one thing happen that may happen to one enquiry."""
    member = chance.choice([E, R])
    node = enquiring[member]
    match chance.randrange(7):
        case 0:
            enquiring.world.network.cut ^= {frozenset({E, R})}
        case 1:
            enquiring.world.work_round()
            enquiring.world.pass_time(31.0)
        case 2:
            node.follow_view()
        case 3:
            with suppress(YdxError):
                node.contacts.give(CLERK, name, contacts(), OPTIONS)
        case 4:
            node.stop()
            enquiring.world[member].crash()
            enquiring.world[member].start()
            enquiring.restart(member)
        case _:
            allowed = node.get(name).shown.loaded.folded.may_answer.get(member, frozenset())
            kinds = sorted(allowed - {StepKind.EXPIRED, StepKind.CONTRACTED})
            if kinds:
                with suppress(YdxError):
                    node.step(name, chance.choice(kinds))
