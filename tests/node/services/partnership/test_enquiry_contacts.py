"""Contacts: released when both logs have confirmed, seen by the two sides, gone when withdrawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.batch import Absence
from federation.log.errors import Refused
from federation.partnership.codec import PartnershipContacts
from federation.partnership.steps import StepKind
from node.services.catalogue.destruction import Destruction
from node.services.catalogue.records import shanghai_day
from node.services.errors import InvalidFields
from node.services.partnership.enquiry_loading import load
from node.storage import mirrors, parts
from tests.node.services.own_node import PLATFORM
from tests.node.services.partnership.enquiring import (
    ASKER,
    AUDITOR,
    CLERK,
    MARKED_NAME,
    MARKED_PHONE,
    OPTIONS,
    OWNER,
    E,
    Enquiring,
    R,
    contacts,
    reason,
)

if TYPE_CHECKING:
    from node.services.access import Caller
    from tests.simulation.member import SimulatedMember

DELAY_S = 259_200
LIMIT_PERMILLE = 50


def names(enquiring: Enquiring, member: str, name: str, caller: Caller = CLERK) -> dict[str, str]:
    """Return whose contacts a caller is shown."""
    answer = enquiring[member].get(name, caller)
    return {one.member: one.contacts.persons[0].name for one in answer.contacts}


def test_contacts_wait_until_the_introduction_is_confirmed(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    give = partial(enquiring[R].contacts.give, CLERK, name, contacts(), OPTIONS)
    with pytest.raises(Refused, match="STEP_NOT_ALLOWED") as unready:
        give()
    assert unready.value.cure is not None
    assert "引荐之后" in unready.value.cure[0], "nothing is listed that it could point to"
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    enquiring[E].step(name, StepKind.INTRODUCED)
    early = partial(enquiring[E].contacts.give, CLERK, name, contacts(), OPTIONS)
    assert reason(early) == "NOT_CONFIRMED_YET"
    enquiring.sync()
    assert give().is_new
    enquiring.sync()
    assert names(enquiring, E, name) == {R: MARKED_NAME}


def test_contacts_are_for_the_two_sides_and_never_for_the_center(enquiring: Enquiring) -> None:
    name = enquiring.introduced()
    enquiring[R].contacts.give(OWNER, name, contacts("王甲"), OPTIONS)
    enquiring[E].contacts.give(ASKER, name, contacts("李乙"), OPTIONS)
    enquiring.sync()
    both = {E: "李乙", R: "王甲"}
    for member, caller in ((E, CLERK), (E, ASKER), (R, CLERK), (R, OWNER)):
        assert names(enquiring, member, name, caller) == both
    for member, caller in ((E, AUDITOR), (R, PLATFORM), ("center", CLERK)):
        assert names(enquiring, member, name, caller) == {}
    shown = enquiring["center"].get(name).shown
    assert shown.contacts_from == (R, E)
    for one in shown.loaded.folded.notes:
        assert shown.loaded.sealed[one.ref].personal is None


def test_the_same_contacts_again_change_nothing_and_others_take_their_place(
    enquiring: Enquiring,
) -> None:
    name = enquiring.introduced()
    give = enquiring[R].contacts.give
    first = give(CLERK, name, contacts("王甲"), OPTIONS)
    again = give(CLERK, name, contacts("王甲"), OPTIONS)
    assert (again.document, again.is_new) == (first.document, False)
    assert give(CLERK, name, contacts("赵丙"), OPTIONS).is_new
    enquiring.sync()
    assert names(enquiring, E, name) == {R: "赵丙"}


def test_withdrawn_consent_erases_on_both_nodes_at_once_and_may_be_given_anew(
    enquiring: Enquiring,
) -> None:
    name = enquiring.introduced()
    give, withdraw = enquiring[R].contacts.give, enquiring[R].contacts.withdraw
    none = partial(withdraw, CLERK, name, OPTIONS)
    assert reason(none) == "STEP_NOT_ALLOWED"
    for who in ("王甲", "赵丙"):
        give(CLERK, name, contacts(who), OPTIONS)
    enquiring.sync()
    assert names(enquiring, E, name) == {R: "赵丙"}
    done = withdraw(CLERK, name, OPTIONS)
    assert done.is_new
    assert names(enquiring, R, name) == {}
    again = withdraw(CLERK, name, OPTIONS)
    assert (again.document, again.is_new) == (done.document, False)
    enquiring.sync()
    for member in (E, R):
        assert names(enquiring, member, name) == {}
        assert enquiring[member].get(name).shown.contacts_from == ()
        assert erased(enquiring, member) == 2
    anew = contacts("王甲")
    enquiring.world.pass_time(86_400.0)
    anew.consent.granted_on = today(enquiring)
    assert give(CLERK, name, anew, OPTIONS).is_new
    enquiring.sync()
    assert names(enquiring, E, name) == {R: "王甲"}


def today(enquiring: Enquiring) -> str:
    return shanghai_day(enquiring[R].member.clock()).isoformat()


@pytest.mark.parametrize("days", [0, 1])
def test_a_consent_that_was_taken_back_publishes_nobody_again(
    enquiring: Enquiring, days: int
) -> None:
    """The same file was published again without a word, with its consent of before."""
    name = enquiring.introduced()
    give = partial(enquiring[R].contacts.give, CLERK, name)
    give(contacts(), OPTIONS)
    enquiring.world.pass_time(days * 86_400.0)
    enquiring[R].contacts.withdraw(CLERK, name, OPTIONS)
    with pytest.raises(InvalidFields) as caught:
        give(contacts(), OPTIONS)
    (found,) = caught.value.violations
    assert (found.field, found.rule) == ("contacts.consent.granted_on", "CONSENT_WITHDRAWN")
    assert today(enquiring) in found.text_zh
    said = contacts()
    said.consent.granted_on = today(enquiring)
    if days:
        assert give(said, OPTIONS).is_new, "of this day, and those before were of an earlier one"
    else:
        assert reason(lambda: give(said, OPTIONS)) == "INVALID_FIELD", "it may be the same one"


def erased(enquiring: Enquiring, member: str) -> int:
    """Return how many of R's personal parts are erased at a member."""
    with enquiring[member].side.database.read() as tx:
        row = mirrors.get(tx, enquiring[R].member.origin)
        return sum(
            parts.absence(tx, row.origin_id, leaf_index, 1) is Absence.ERASED
            for leaf_index in range(row.verified_size)
        )


def test_contacts_need_persons_and_a_consent_in_force_and_findings_never_tell_them(
    enquiring: Enquiring,
) -> None:
    name = enquiring.introduced()
    give = enquiring[R].contacts.give
    withdrawn = contacts()
    withdrawn.consent.withdrawn_on = "2026-11-01"
    tomorrow = contacts()
    tomorrow.consent.granted_on = "2029-01-01"
    for said in (PartnershipContacts(), withdrawn, tomorrow):
        with pytest.raises(InvalidFields) as caught:
            give(CLERK, name, said, OPTIONS)
        for one in caught.value.violations:
            assert MARKED_NAME not in one.text_zh + one.text_en + one.value
            assert MARKED_PHONE not in one.text_zh + one.text_en + one.value


def test_the_other_side_cannot_take_contacts_back(enquiring: Enquiring) -> None:
    name = enquiring.introduced()
    enquiring[R].contacts.give(CLERK, name, contacts(), OPTIONS)
    enquiring.sync()
    assert reason(partial(enquiring[E].contacts.withdraw, CLERK, name, OPTIONS)) == (
        "STEP_NOT_ALLOWED"
    )
    assert names(enquiring, E, name) == {R: MARKED_NAME}


def test_after_erasure_and_destruction_no_file_of_any_node_holds_what_was_marked(
    enquiring: Enquiring, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    name = enquiring.introduced()
    enquiring[R].contacts.give(CLERK, name, contacts(), OPTIONS)
    enquiring.sync()
    assert names(enquiring, E, name) == {R: MARKED_NAME}
    assert holding(enquiring) == {E, R}, "the search finds them while they are there"
    enquiring[R].contacts.withdraw(CLERK, name, OPTIONS)
    enquiring.sync()
    destroying = [destruction_of(member) for member in enquiring.world.up()]
    for one in destroying:
        assert one.step()
        one.agree(one.pending())  # one part of so few is more than a day may take
    assert holding(enquiring) == {E, R}, "the safety delay runs"
    enquiring.world.pass_time(DELAY_S)
    for one in destroying:
        assert one.step()
        assert one.pending() == []
    assert holding(enquiring) == set(), "while all of them run, their write-ahead logs included"
    for member in (E, R):
        assert names(enquiring, member, name) == {}
        assert erased(enquiring, member) == 1
    enquiring.close()
    assert holding(enquiring) == set()
    written, told = capfd.readouterr()
    for marked in (MARKED_NAME, MARKED_PHONE):
        assert marked not in caplog.text + written + told
    for node in enquiring.nodes.values():
        node.sequencer.start = lambda: None  # type: ignore[method-assign] # it has ended
    enquiring.nodes.clear()


def destruction_of(member: SimulatedMember) -> Destruction:
    """Return the destruction of a member, by its own clock."""
    return Destruction(member.side.database, member.clock, DELAY_S, LIMIT_PERMILLE)


def holding(enquiring: Enquiring) -> set[str]:
    """Return the members in whose folders a marked name or phone stands anywhere."""
    marked = [MARKED_NAME.encode(), MARKED_PHONE.encode()]
    found = set()
    for member in enquiring.world.members.values():
        for file in member.folder.rglob("*"):
            if file.is_file() and any(one in file.read_bytes() for one in marked):
                found.add(member.name)
    return found


def test_a_header_that_names_more_members_changes_no_fold() -> None:
    from dataclasses import replace  # noqa: PLC0415 - used once

    from tests.federation.partnership.logs import Story  # noqa: PLC0415 - used once

    story = Story()
    asked = story.submit()
    accepted = story.say("anhui", StepKind.ACCEPTED, asked)
    story.say("jiangsu", StepKind.CANCELLED, asked)
    story.say("jiangsu", StepKind.INTRODUCED, accepted)
    plain = story.fold()
    story.documents = [replace(one, named=one.named | {"center"}) for one in story.documents]
    wide = story.fold()
    assert [one.ref for one in wide.chain] == [one.ref for one in plain.chain]
    assert [one.void for one in wide.standings] == [one.void for one in plain.standings]
    assert wide.may_answer == plain.may_answer


def test_contacts_that_were_refused_leave_nothing(enquiring: Enquiring) -> None:
    name = enquiring.introduced()
    size = enquiring[R].sequencer.tree_size
    with pytest.raises(Refused):
        enquiring[R].contacts.give(ASKER, name, contacts(), OPTIONS)
    assert enquiring[R].sequencer.tree_size == size


def test_contacts_are_taken_back_even_when_the_steps_before_them_count_no_more(
    enquiring: Enquiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A branch that lost a thaw, or a rebuilt node that has not the other log yet."""
    name = enquiring.introduced()
    enquiring[E].contacts.give(ASKER, name, contacts(), OPTIONS)
    enquiring.sync()

    def without_theirs(tx: Any, parsed: Any, found: Any) -> Any:
        own = enquiring[E].member.origin
        return load(tx, parsed, [one for one in found if one.origin == own])

    monkeypatch.setattr("node.services.partnership.enquiry_contacts.load", without_theirs)
    withdraw = partial(enquiring[E].contacts.withdraw, ASKER, name, OPTIONS)
    done = withdraw()
    assert done.is_new
    again = withdraw()
    assert (again.document, again.is_new) == (done.document, False)
    monkeypatch.undo()
    enquiring.sync()
    for member in (E, R):
        assert names(enquiring, member, name) == {}
        assert enquiring[member].get(name).shown.contacts_from == ()
    with enquiring[R].side.database.read() as tx:
        row = mirrors.get(tx, enquiring[E].member.origin)
        assert any(
            parts.absence(tx, row.origin_id, at, 1) is Absence.ERASED
            for at in range(row.verified_size)
        )
