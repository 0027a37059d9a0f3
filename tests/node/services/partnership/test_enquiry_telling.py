"""What enquiries tell a desk: the steps and notes there are, and who asked, by code or name."""

from __future__ import annotations

from typing import Final

import pytest

from federation.log.errors import Refused
from federation.partnership.codec import EnquirySubmission
from federation.partnership.steps import NoteKind, StepKind
from federation.records.codec import OrganisationRef
from node.services.catalogue.organisation_keys import key_of_text
from node.services.errors import InvalidFields
from node.services.partnership.enquiries import AskedSubmission
from node.storage.enquiries import EnquiryFilter
from tests.node.services.partnership.enquiring import CLERK, OPTIONS, E, Enquiring, R

OTHER_CODE: Final = "123400004853941588"


def test_expiry_is_among_the_next_steps_only_once_a_deadline_has_passed(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    expected = {
        E: {StepKind.CANCELLED},
        R: {StepKind.INFO_REQUESTED, StepKind.ACCEPTED, StepKind.DECLINED},
    }
    for more in (set[StepKind](), {StepKind.EXPIRED}):
        for member in (E, R):
            told = enquiring[member].get(name).shown.may_take
            assert told == {side: kinds | more for side, kinds in expected.items()}
        with pytest.raises(Refused) as caught:
            enquiring[E].step(name, StepKind.INTRODUCED)
        assert caught.value.metadata["allowed"].split() == [
            kind.name for kind in StepKind if kind in expected[E] | more
        ]
        enquiring.world.pass_time(10 * 86_400.0)


def test_a_note_that_is_none_is_told_by_its_name_with_those_that_there_are(
    enquiring: Enquiring,
) -> None:
    name = f"nodes/{E}/enquiries/{'0' * 26}"
    with pytest.raises(InvalidFields) as caught:
        enquiring[E].enquiries.note(CLERK, name, NoteKind.CONTACTS, "", None, OPTIONS)
    (found,) = caught.value.violations
    assert "kind“contacts”" in found.text_zh
    assert "nda, negotiation, dispute, registration" in found.text_zh
    assert "ydx enquiry contacts" in found.text_en


def test_who_asked_is_found_by_code_and_by_name_whatever_it_said_of_both(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    names = []
    for asker in (
        OrganisationRef(uscc=OTHER_CODE, name="苏州 精工公司"),
        OrganisationRef(name="苏州精工公司"),
        OrganisationRef(name="另一家公司"),
    ):
        said = EnquirySubmission(from_region="320500", from_organisation=asker)
        asked = AskedSubmission(listing=listing, said=said, message=asker.name)
        names.append(enquiring[E].enquiries.submit(CLERK, asked, OPTIONS).name)
    enquiring.sync()
    for text, found in (
        ("苏州精工公司", names[:2]),
        (OTHER_CODE.lower(), names[:1]),
        ("另一家", []),
    ):
        for member in (E, R):
            which = EnquiryFilter(organisation=key_of_text(text))
            page = enquiring[member].list(which).enquiries
            assert sorted(str(one.loaded.name) for one in page) == sorted(found)
