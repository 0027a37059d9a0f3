"""A member is removed from the registry while an enquiry is open: the wait ends, and is told why.

Who has left is not answered any more, so its node hears of nothing and goes on by itself.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import Refused
from federation.partnership.steps import StepKind
from node.services.partnership.enquiry_reading import HAS_LEFT
from node.storage.enquiries import EnquiryFilter
from tests.node.services.partnership.enquiring import CLERK, OPTIONS, E, Enquiring, R, contacts

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = EnquiryFilter()
DAY_S = 86_400.0


@pytest.fixture
def leave(enquiring: Enquiring, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give what removes a member: all others have the next registry, none answers it.

    Its log is not closed there; a close ends it at a size, which every wait here is under.
    """

    def leaving(name: str) -> None:
        others = enquiring.world.others(name)
        enquiring.world.network.cut |= {frozenset({name, other}) for other in others}
        for other in others:
            trust = enquiring[other].side.trust
            now = trust.registry()
            members = [
                replace(one, left_version=now.version + 1) if one.name == name else one
                for one in now.members
            ]
            left = replace(now, version=now.version + 1, members=tuple(members))
            monkeypatch.setattr(trust, "registry", partial(_same, left))
            enquiring[other].heard = "STALE"

    return leaving


def _same(registry: Any) -> Any:
    return registry


def asked(enquiring: Enquiring) -> str:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    return name


def pass_days(enquiring: Enquiring, count: int) -> None:
    """Let days pass on which everybody works and ends what is overdue."""
    for _ in range(count):
        enquiring.world.pass_time(DAY_S)
        enquiring.sync(2)
        for node in enquiring.nodes.values():
            node.partnerships.expiry.step()
    enquiring.sync(2)


def told_of(enquiring: Enquiring, member: str, name: str, other: str) -> str:
    """Return why an answer about an enquiry says that more of a member does not come."""
    (found,) = (one for one in enquiring[member].get(name).origins if one.member == other)
    listed = enquiring[member].list(ALL)
    assert [one.why for one in listed.origins if one.member == other] == [found.why]
    return found.why


def last_said(enquiring: Enquiring, member: str, name: str) -> str:
    step = enquiring[member].get(name).shown.loaded.folded.last
    assert step is not None
    return step.content.decode("utf-8", "replace")


def test_a_question_to_a_member_that_leaves_expires_alike_at_both_and_says_why(
    enquiring: Enquiring, leave: Callable[[str], None]
) -> None:
    name = asked(enquiring)
    assert told_of(enquiring, E, name, R) == ""
    leave(R)
    assert told_of(enquiring, E, name, R) == HAS_LEFT
    (waits, *_) = enquiring[E].get(name).shown.deadlines
    assert waits.deadline.owed_by == R, "the wait still has its end"
    pass_days(enquiring, 14)
    for member in (E, R):
        assert enquiring[member].state(name) == StepKind.EXPIRED
        assert enquiring[member].get(name).shown.deadlines == ()
    assert f"{R} has left the federation" in last_said(enquiring, E, name)
    assert "has left" not in last_said(enquiring, R, name), "it was told of no registry"


def test_that_no_more_comes_is_not_said_while_its_last_steps_are_on_their_way(
    enquiring: Enquiring, leave: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = asked(enquiring)
    leave(R)
    node = enquiring[E]
    behind = "1 entries behind"

    def completeness() -> list[Any]:
        return [
            replace(one, tree_size=one.verified_size + 1, why=behind) for one in node.completeness()
        ]

    monkeypatch.setattr(node.reading, "_completeness", completeness)
    assert told_of(enquiring, E, name, R) == behind


def test_a_question_of_a_member_that_leaves_is_ended_by_who_was_asked(
    enquiring: Enquiring, leave: Callable[[str], None]
) -> None:
    name = asked(enquiring)
    leave(E)
    assert told_of(enquiring, R, name, E) == HAS_LEFT
    pass_days(enquiring, 14)
    for member in (E, R):
        assert enquiring[member].state(name) == StepKind.EXPIRED
    assert f"{E} has left the federation" in last_said(enquiring, R, name)


def test_who_was_accepted_by_a_member_that_leaves_waits_for_nothing_but_its_own_day(
    enquiring: Enquiring, leave: Callable[[str], None]
) -> None:
    name = asked(enquiring)
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    leave(R)
    assert told_of(enquiring, E, name, R) == HAS_LEFT
    assert [one.deadline.owed_by for one in enquiring[E].get(name).shown.deadlines] == [E]
    pass_days(enquiring, 14)
    assert enquiring[E].state(name) == StepKind.EXPIRED
    assert f"{R} has left the federation" in last_said(enquiring, E, name)


def test_who_accepted_a_member_that_leaves_is_told_that_nothing_more_comes(
    enquiring: Enquiring, leave: Callable[[str], None]
) -> None:
    """Only the enquirer ends what was accepted: its introduction may be on its way for ever."""
    name = asked(enquiring)
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    leave(E)
    pass_days(enquiring, 14)
    assert enquiring[E].state(name) == StepKind.EXPIRED, "its own node ends it for itself"
    shown = enquiring[R].get(name).shown
    assert shown.loaded.folded.state == StepKind.ACCEPTED
    assert [(one.deadline.owed_by, one.is_overdue) for one in shown.deadlines] == [(E, True)]
    assert told_of(enquiring, R, name, E) == HAS_LEFT
    assert enquiring[R].list(EnquiryFilter(owed_by=R)).enquiries == (), "it waits for nobody here"


@pytest.mark.parametrize(("gone", "left"), [(R, E), (E, R)])
def test_who_was_introduced_to_a_member_that_leaves_owes_nothing_and_may_end_it(
    enquiring: Enquiring, leave: Callable[[str], None], gone: str, left: str
) -> None:
    name = enquiring.introduced()
    enquiring[R].contacts.give(CLERK, name, contacts(), OPTIONS)
    enquiring.sync()
    leave(gone)
    pass_days(enquiring, 14)
    node = enquiring[left]
    shown = node.get(name).shown
    assert (shown.loaded.folded.state, shown.deadlines) == (StepKind.INTRODUCED, ())
    assert shown.waits_for == ()
    assert told_of(enquiring, left, name, gone) == HAS_LEFT
    assert [one.member for one in node.get(name).contacts] == [R], "what was given stays"
    node.step(name, StepKind.NO_DEAL, reason="对方已退出")
    assert node.state(name) == StepKind.NO_DEAL
    assert node.get(name).shown.loaded.folded.is_ended


def test_no_more_contacts_are_given_to_a_member_that_has_left_but_all_are_taken_back(
    enquiring: Enquiring, leave: Callable[[str], None]
) -> None:
    name = enquiring.introduced()
    given = enquiring[R].contacts.give(CLERK, name, contacts(), OPTIONS)
    enquiring.sync()
    leave(E)
    again = enquiring[R].contacts.give(CLERK, name, contacts(), OPTIONS)
    assert (again.document, again.is_new) == (given.document, False)
    with pytest.raises(Refused, match=f"{E} has left the federation") as caught:
        enquiring[R].contacts.give(CLERK, name, contacts("王五"), OPTIONS)
    assert caught.value.reason == "STEP_NOT_ALLOWED"
    assert enquiring[R].contacts.withdraw(CLERK, name, OPTIONS).is_new
    assert enquiring[R].get(name).contacts == ()
