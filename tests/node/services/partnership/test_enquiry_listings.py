"""Which listings may be enquired about, and why the others may not."""

from __future__ import annotations

from typing import Any, Final

import pytest

from federation.log.entry import KIND_ERASE
from federation.log.errors import Refused
from federation.partnership.codec import EnquirySubmission
from federation.partnership.steps import StepKind
from federation.records.codec import OrganisationRef
from federation.records.codec_body import ErasedPart, erase_body
from node.services.catalogue.records import LISTING
from node.services.errors import InvalidFields
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write
from node.services.log.write_options import WriteOptions
from node.services.partnership.enquiries import AskedSubmission, EnquiryWritten
from tests.node.services.own_node import PLATFORM, supply
from tests.node.services.partnership.enquiring import (
    ASKER,
    CLERK,
    OPTIONS,
    OWNER_CODE,
    E,
    Enquiring,
    R,
    reason,
)

OTHER_CODE: Final = "123400004853941588"


@pytest.mark.parametrize(
    ("public", "told", "cure"),
    [
        ({"open_for_enquiry": False}, "not open for enquiries", "未开放合作意向"),
        ({"status": 2}, "ON_HOLD", "其状态为暂停"),
    ],
)
def test_a_listing_that_takes_no_enquiries_says_why(
    enquiring: Enquiring, public: dict[str, Any], told: str, cure: str
) -> None:
    listing = enquiring[R].publish()

    def change(record: Any) -> Any:
        for name, value in public.items():
            setattr(record.public, name, value)
        return record

    enquiring[R].publishing.revise(PLATFORM, LISTING, listing.name, change, OPTIONS)
    enquiring.sync()
    with pytest.raises(Refused) as caught:
        enquiring[E].submit(listing.name)
    assert caught.value.reason == "LISTING_NOT_OPEN"
    assert told in caught.value.metadata["why"]
    assert caught.value.cure is not None
    assert cure in caught.value.cure[0]
    assert told in caught.value.cure[1]


def test_the_own_listing_behind_an_enquiry_is_the_asking_sides(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    theirs = enquiring[R].publish(2).name

    def publish(number: int, owner: OrganisationRef) -> str:
        said = supply(number)
        said.public.owner.CopyFrom(owner)
        return str(enquiring[E].publishing.publish(PLATFORM, LISTING, said, OPTIONS).record.name)

    coded, named, withdrawn, foreign = (
        publish(number, owner)
        for number, owner in enumerate(
            (
                OrganisationRef(uscc=OTHER_CODE, name="苏州精工"),
                OrganisationRef(name="苏州精工公司"),
                OrganisationRef(name="苏州精工公司"),
                OrganisationRef(uscc=OWNER_CODE, name="苏州精工公司"),
            ),
            3,
        )
    )
    enquiring[E].publishing.withdraw(PLATFORM, LISTING, withdrawn, OPTIONS)
    enquiring.sync()
    with_code = OrganisationRef(uscc=OTHER_CODE, name="苏州精工公司")
    with_name = OrganisationRef(name="苏州精工公司")

    def submit(own: str, asker: OrganisationRef) -> EnquiryWritten:
        said = EnquirySubmission(from_region="320500", from_organisation=asker, own_listing=own)
        asked = AskedSubmission(listing=listing, said=said, message=f"{own} {asker.uscc}")
        return enquiring[E].enquiries.submit(CLERK, asked, OPTIONS)

    for own, asker in ((coded, with_code), (named, with_code), (named, with_name)):
        assert submit(own, asker).is_new
    unknown = f"nodes/{E}/listings/{'0' * 26}"
    for own, asker, rule in (
        (theirs, with_code, "OWN_LISTING_MEMBER"),
        (unknown, with_code, "OWN_LISTING_UNKNOWN"),
        (withdrawn, with_code, "OWN_LISTING_WITHDRAWN"),
        (foreign, with_code, "OWN_LISTING_OWNER"),
        (coded, OrganisationRef(name="苏州精工公司"), "OWN_LISTING_OWNER"),
        ("苏州", with_code, "RECORD_NAME_FORM"),
    ):
        with pytest.raises(InvalidFields) as refused:
            submit(own, asker)
        assert [(one.field, one.rule) for one in refused.value.violations] == [
            ("own_listing", rule)
        ]


def test_who_asks_about_a_listing_again_is_told_of_the_enquiry_that_is_open(
    enquiring: Enquiring,
) -> None:
    """Two open enquiries stood side by side, and nothing told who asked."""
    listing, other = (enquiring[R].publish(number).name for number in (1, 2))
    enquiring.sync()
    node = enquiring[E]

    def told(done: EnquiryWritten) -> list[str]:
        return [one.text_zh for one in done.warnings if one.rule == "E_ENQUIRY_OPEN"]

    first = node.submit(listing)
    node.follow_view()
    assert told(first) == told(node.submit(other)) == []
    assert not node.submit(listing).is_new
    second = node.submit(listing, message="另请报价")
    assert first.name in told(second)[0]
    check = WriteOptions(validate_only=True)
    assert len(told(node.submit(listing, options=check, message="交货期？"))) == 1
    for name in (first.name, second.name):
        node.step(name, StepKind.CANCELLED, ASKER)
    node.follow_view()
    assert told(node.submit(listing, message="可否小批量？")) == []


def test_a_listing_whose_last_day_has_passed_takes_no_enquiries(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish(valid_until="2027-01-20").name
    enquiring.sync()
    enquiring.world.pass_time(10 * 86_400.0)
    assert reason(lambda: enquiring[E].submit(listing)) == "LISTING_NOT_OPEN"


def test_a_withdrawn_an_erased_an_unknown_and_a_changed_version_are_told_apart(
    enquiring: Enquiring,
) -> None:
    node = enquiring[R]
    withdrawn, erased, changed = (node.publish(number) for number in (1, 2, 3))
    node.publishing.withdraw(PLATFORM, LISTING, withdrawn.name, OPTIONS)
    erase(enquiring, R, erased.info.leaf_index)

    def revise(record: Any) -> Any:
        record.public.summary += "已批量应用。"
        return record

    node.publishing.revise(PLATFORM, LISTING, changed.name, revise, OPTIONS)
    enquiring.sync()
    ask = enquiring[E].submit
    assert reason(lambda: ask(withdrawn.name)) == "RECORD_WITHDRAWN"
    assert reason(lambda: ask(erased.name)) == "LISTING_NOT_OPEN"
    assert reason(lambda: ask(changed.name, etag=changed.info.etag)) == "STALE_ETAG"
    unknown = changed.name.rpartition("/")[0] + "/" + "0" * 26
    assert reason(lambda: ask(unknown)) == "RECORD_NOT_FOUND"
    assert reason(lambda: ask("nodes/anhui/managers/" + "0" * 26)) == "INVALID_FIELD"
    done = ask(changed.name)
    facts = enquiring[E].get(done.name).shown.loaded.listing
    assert facts.revision == 2


def erase(enquiring: Enquiring, member: str, leaf_index: int) -> None:
    """Let a member erase the public part of a listing."""
    node = enquiring[member]
    body = erase_body((ErasedPart(node.member.origin, leaf_index, 0),), "PIPL-47")

    def prepare(view: Any) -> bytes:
        view.append(Draft(kind=KIND_ERASE, body=body))
        return b""

    node.sequencer.submit(Write(prepare))


def test_a_listing_of_a_member_that_has_left_takes_no_enquiries(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    parts = enquiring[E].enquiries._parts
    object.__setattr__(parts, "members", lambda: [E, "center"])
    with pytest.raises(Refused) as caught:
        enquiring[E].submit(listing)
    assert caught.value.reason == "LISTING_NOT_OPEN"
    assert "no member any more" in caught.value.metadata["why"]
