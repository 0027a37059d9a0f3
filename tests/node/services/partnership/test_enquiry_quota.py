"""What one organisation may write in a day: it hears when to come again, and stops nobody else."""

from __future__ import annotations

from functools import partial

import pytest

from federation.log.errors import Refused
from federation.partnership.steps import NoteKind, StepKind
from node.services.log.write_options import WriteOptions
from node.services.partnership.enquiry_documents import EnquiryRules
from node.services.partnership.enquiry_quota import NOTES_TO_AN_ENQUIRY
from tests.node.services.partnership.enquiring import (
    ASKER,
    CLERK,
    OPTIONS,
    OWNER,
    STRANGER,
    E,
    Enquiring,
    R,
    contacts,
    reason,
)


def limit(enquiring: Enquiring, member: str, enquiries_a_day: int) -> None:
    parts = enquiring[member].enquiries._parts
    object.__setattr__(parts, "rules", EnquiryRules(enquiries_a_day=enquiries_a_day))


def test_an_organisation_that_floods_is_told_when_to_come_again(enquiring: Enquiring) -> None:
    limit(enquiring, E, 3)
    listing = enquiring[R].publish().name
    enquiring.sync()
    for number in range(3):
        enquiring[E].submit(listing, message=f"能否用于底盘 {number}？")
    with pytest.raises(Refused) as caught:
        enquiring[E].submit(listing)
    assert caught.value.reason == "ENQUIRY_QUOTA"
    assert 0 < int(caught.value.metadata["retry_after_s"]) <= 86_400
    enquiring.world.pass_time(float(caught.value.metadata["retry_after_s"]))
    assert enquiring[E].submit(listing).is_new


def test_a_flood_of_one_organisation_stops_no_other(enquiring: Enquiring) -> None:
    limit(enquiring, E, 1)
    listing = enquiring[R].publish().name
    enquiring.sync()
    enquiring[E].submit(listing)
    flood = partial(enquiring[E].submit, listing, message="还有一问？")
    assert reason(flood) == "ENQUIRY_QUOTA"
    assert enquiring[E].submit(listing, STRANGER).is_new


def test_notes_and_contacts_of_an_organisation_have_an_end_and_a_clerks_have_none(
    enquiring: Enquiring,
) -> None:
    name = enquiring.introduced()
    limit(enquiring, E, 1)
    limit(enquiring, R, 1)
    node = enquiring[E]

    def add(number: int, caller: object = ASKER, member: str = E) -> bool:
        text, kind = f"第 {number} 轮洽谈。", NoteKind.NEGOTIATION
        return enquiring[member].enquiries.note(caller, name, kind, text, None, OPTIONS).is_new  # type: ignore[arg-type]

    node.contacts.give(ASKER, name, contacts(), OPTIONS)
    assert all(add(number) for number in range(NOTES_TO_AN_ENQUIRY - 1))
    size = node.sequencer.tree_size
    assert reason(partial(add, 99)) == "ENQUIRY_QUOTA"
    give = partial(node.contacts.give, ASKER, name, contacts(phone="13712345678"), OPTIONS)
    assert reason(give) == "ENQUIRY_QUOTA"
    assert not add(0), "what stands already is told"
    assert node.sequencer.tree_size == size
    node.contacts.withdraw(ASKER, name, OPTIONS)
    assert add(99, CLERK)
    assert add(99, OWNER, R), "the other side's organisation has its own"
    node.step(name, StepKind.NO_DEAL, ASKER)
    enquiring.world.pass_time(86_400.0)
    assert add(100)


def test_questions_and_answers_without_end_have_one(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    limit(enquiring, R, 1)
    for number in range(NOTES_TO_AN_ENQUIRY):
        enquiring[R].step(name, StepKind.INFO_REQUESTED, OWNER, message=f"用量 {number}？")
        enquiring.sync()
        enquiring[E].step(name, StepKind.INFO_GIVEN, ASKER, message="五万。")
        enquiring.sync()
    ask = partial(enquiring[R].step, name, StepKind.INFO_REQUESTED, OWNER, message="还有？")
    assert reason(ask) == "ENQUIRY_QUOTA"
    enquiring[R].step(name, StepKind.ACCEPTED, OWNER)


def test_a_rehearsal_is_refused_alike_and_counts_nothing(enquiring: Enquiring) -> None:
    limit(enquiring, E, 1)
    listing = enquiring[R].publish().name
    enquiring.sync()
    rehearsal = WriteOptions(validate_only=True)
    for _ in range(3):
        enquiring[E].submit(listing, options=rehearsal)
    enquiring[E].submit(listing)
    asked = partial(enquiring[E].submit, listing, message="还有一问？", options=rehearsal)
    assert reason(asked) == "ENQUIRY_QUOTA"
