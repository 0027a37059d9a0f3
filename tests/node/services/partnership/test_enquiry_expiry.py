"""Deadlines of enquiries: reminders before, EXPIRED after, by whom and when."""

from __future__ import annotations

from functools import partial

import pytest

from federation.partnership.steps import StepKind
from tests.node.services.partnership.enquiring import E, Enquiring, R, reason


def test_what_is_overdue_is_ended_by_who_waits_at_once_and_by_who_owes_later(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    early = partial(enquiring[E].step, name, StepKind.EXPIRED, reason="久等")
    assert reason(early) == "STEP_NOT_ALLOWED"
    assert enquiring[E].partnerships.expiry.step() == 0
    due = enquiring[E].get(name).shown.deadlines[0].deadline.day
    enquiring.world.pass_time(14 * 86_400.0)
    assert enquiring[R].partnerships.expiry.step() == 1, "more than 3 working days over"
    assert enquiring[E].partnerships.expiry.step() == 1, "it has not heard of the other's"
    enquiring.sync()
    for member in (E, R):
        assert enquiring[member].state(name) == StepKind.EXPIRED
        assert due in enquiring[member].get(name).documents[1].document.content.decode(
            "utf-8", "replace"
        )
        assert enquiring[member].partnerships.expiry.step() == 0


def test_the_side_that_owes_waits_three_working_days_longer(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    node = enquiring[E]
    ended: dict[str, int] = {}
    for number in range(20):
        enquiring.world.pass_time(86_400.0)
        for member in (R, E):
            shown = enquiring[member].get(name).shown
            if shown.loaded.folded.is_ended or member in ended:
                continue
            with enquiring[member].side.database.read() as tx:
                due = enquiring[member].partnerships.expiry._is_due(
                    tx, shown.loaded.name, enquiring[member].enquiries._parts.today()
                )
            if due:
                ended[member] = number
    assert ended[E] < ended[R]
    assert node.get(name).shown.deadlines[0].is_overdue


def test_a_deadline_that_is_near_is_a_reminder(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    first = enquiring[E].get(name).shown.deadlines[0]
    assert (first.days_left, first.is_reminder, first.is_overdue) == (5, False, False)
    while enquiring[E].get(name).shown.deadlines[0].days_left > 2:
        enquiring.world.pass_time(86_400.0)
    assert enquiring[E].get(name).shown.deadlines[0].is_reminder


def test_who_was_down_hears_the_others_before_it_ends_what_they_may_have_answered(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    others = enquiring.world.others(E)
    enquiring.world.network.cut |= {frozenset({E, other}) for other in others}
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.world.pass_time(16 * 86_400.0)
    enquiring[E].stop()
    enquiring.restart(E)
    enquiring[E].heard = "STALE"
    assert enquiring[E].partnerships.expiry.step() == 0, "the answer may be on its way"
    enquiring.world.network.heal()
    enquiring.sync()
    enquiring[E].heard = "COMPLETE"
    assert enquiring[E].state(name) == StepKind.ACCEPTED
    assert enquiring[E].get(name).shown.deadlines[0].is_overdue
    assert enquiring[E].partnerships.expiry.step() == 0, "its clerk has yet to see the answer"
    enquiring.world.pass_time(7 * 86_400.0)
    assert enquiring[E].partnerships.expiry.step() == 1, "the wait has an end"
    enquiring.sync()
    assert enquiring[R].state(name) == StepKind.EXPIRED


def test_a_day_that_the_other_side_sets_in_the_past_ends_nothing_at_once(
    enquiring: Enquiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    maker = enquiring[R].enquiries._parts.maker
    monkeypatch.setattr(maker, "_due", lambda _today, _count: "2020-01-01")
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    assert enquiring[E].partnerships.expiry.step() == 0
    enquiring[E].step(name, StepKind.INTRODUCED)
    enquiring.sync()
    assert enquiring[R].state(name) == StepKind.INTRODUCED


def test_who_never_hears_the_other_side_ends_it_three_working_days_later(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring[E].heard = "STALE"
    enquiring[E].follow_view()
    ended = 0
    for number in range(1, 30):
        enquiring.world.pass_time(86_400.0)
        is_overdue = enquiring[E].get(name).shown.deadlines[0].is_overdue
        if is_overdue and not ended:
            ended = number
        if enquiring[E].partnerships.expiry.step():
            assert 3 <= number - ended <= 5
            return
    pytest.fail("a wait without an end")
