"""Enquiries over two real nodes in memory: what may be asked, by whom, and what a repeat does."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from federation.log.errors import Refused
from federation.partnership.codec import (
    EnquirySubmission,
    PartnershipDocument,
    parse_document,
    serialise,
)
from federation.partnership.steps import NoteKind, StepKind
from federation.records.refs import said_ref
from node.rpc.enquiry_messages import enquiry, get_response
from node.rpc.limits import MESSAGE_SIZE_BYTES_MAX
from node.services.access import Caller, Role
from node.services.errors import InvalidFields
from node.services.log.drafts import SealedDocument
from node.services.log.write_options import WriteOptions
from node.services.partnership.enquiries import AskedSubmission
from node.services.partnership.enquiry_documents import EnquiryRules
from node.storage.enquiries import EnquiryFilter
from tests.node.services.own_node import OTHER_PLATFORM, PLATFORM
from tests.node.services.partnership.enquiring import (
    ASKER,
    AUDITOR,
    CLERK,
    OPTIONS,
    OWNER,
    OWNER_CODE,
    STRANGER,
    E,
    Enquiring,
    R,
    contacts,
    reason,
)

ALL = EnquiryFilter()


def test_an_enquiry_goes_from_the_question_to_the_introduction_alike_on_both_nodes(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    assert enquiring[E].get(name).shown.is_provisional
    enquiring.sync()
    for node in (enquiring[E], enquiring[R], enquiring["center"]):
        shown = node.get(name).shown
        assert shown.loaded.folded.state == StepKind.SUBMITTED
        assert not shown.is_provisional
        assert [one.deadline.owed_by for one in shown.deadlines] == [R, R]
    enquiring[R].step(name, StepKind.INFO_REQUESTED, message="用量多少？")
    enquiring.sync()
    enquiring[E].step(name, StepKind.INFO_GIVEN, message="每年五万件。")
    enquiring.sync()
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    enquiring[E].step(name, StepKind.INTRODUCED)
    enquiring.sync()
    chains = {
        tuple(one.ref for one in enquiring[member].get(name).shown.loaded.folded.chain)
        for member in (E, R, "center")
    }
    assert len(chains) == 1
    assert enquiring[R].state(name) == StepKind.INTRODUCED
    with pytest.raises(Refused):
        enquiring["zhejiang"].get(name)


@pytest.mark.parametrize("name_center", [True, False])
def test_the_center_reads_enquiries_only_where_the_setting_says_so(
    enquiring: Enquiring, *, name_center: bool
) -> None:
    parts = enquiring[E].enquiries._parts
    object.__setattr__(parts, "rules", EnquiryRules(name_center=name_center))
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    assert enquiring[R].state(name) == StepKind.SUBMITTED
    if name_center:
        assert enquiring["center"].state(name) == StepKind.SUBMITTED
    else:
        assert reason(lambda: enquiring["center"].get(name)) == "RECORD_NOT_FOUND"


def test_the_same_step_again_changes_nothing_at_another_time_either(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    first = enquiring[R].step(name, StepKind.INFO_REQUESTED, message="用量？")
    enquiring.world.pass_time(3 * 86_400.0)
    size = enquiring[R].sequencer.tree_size
    again = enquiring[R].step(name, StepKind.INFO_REQUESTED, message="用量？")
    assert (again.document, again.is_new) == (first.document, False)
    assert enquiring[R].sequencer.tree_size == size
    other = partial(enquiring[R].step, name, StepKind.INFO_REQUESTED, message="价格？")
    assert reason(other) == "STEP_NOT_ALLOWED"
    enquiring.sync()
    enquiring[E].step(name, StepKind.INFO_GIVEN, message="五万。")
    enquiring.sync()
    second = enquiring[R].step(name, StepKind.INFO_REQUESTED, message="用量？")
    assert second.is_new, "the question is open again, so it is a new one"


def test_a_request_id_acts_once_and_a_submission_has_one_subject(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    node = enquiring[E]
    request = node.sequencer.request(ASKER.identity, str(uuid.uuid4()), b"SubmitEnquiry")
    first = node.submit(listing, options=WriteOptions(request))
    again = node.submit(listing, options=WriteOptions(request))
    assert (first.name, first.document) == (again.name, again.document)
    assert len(node.list(ALL).enquiries) == 1


def test_the_same_submission_again_is_the_one_that_stands_until_it_ends(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    node = enquiring[E]
    parts = node.enquiries._parts
    object.__setattr__(parts, "rules", EnquiryRules(enquiries_a_day=1))
    first, again = node.submit(listing), node.submit(listing)
    assert (again.name, again.document) == (first.name, first.document)
    assert (first.is_new, again.is_new) == (True, False)
    assert reason(partial(node.submit, listing, message="另一问题？")) == "ENQUIRY_QUOTA"
    enquiring.sync()
    assert len(node.list(ALL).enquiries) == len(enquiring[R].list(ALL).enquiries) == 1
    node.step(first.name, StepKind.CANCELLED)
    object.__setattr__(parts, "rules", EnquiryRules(enquiries_a_day=2))
    anew = node.submit(listing)
    assert anew.is_new
    assert anew.name != first.name
    repeated = node.submit(listing)
    assert (repeated.name, repeated.is_new) == (anew.name, False), "what is asked anew is one too"


def test_validating_writes_and_counts_nothing(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    size = enquiring[E].sequencer.tree_size
    done = enquiring[E].submit(listing, options=WriteOptions(validate_only=True))
    assert (done.name, done.document) == ("", None)
    assert enquiring[E].sequencer.tree_size == size


def test_an_older_step_is_not_answered_as_if_its_answer_were_unread(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    submitted = enquiring[E].submit(listing)
    name = submitted.name
    enquiring.sync()
    enquiring[R].step(name, StepKind.ACCEPTED)
    enquiring.sync()
    assert submitted.document is not None
    named = said_ref(submitted.document)
    with pytest.raises(Refused) as caught:
        enquiring[E].step(name, StepKind.CANCELLED, answers=named)
    assert caught.value.reason == "STEP_NOT_ALLOWED"
    assert caught.value.metadata["allowed"] == "INTRODUCED CANCELLED"


def test_nobody_asks_about_its_own_listing(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    owner = Caller(frozenset({Role.PARTNER}), "o", organisation=OWNER_CODE)

    def ask() -> object:
        said = EnquirySubmission(from_region="320500")
        said.from_organisation.name = "安徽某某大学"
        asked = AskedSubmission(listing=listing, said=said)
        return enquiring[E].enquiries.submit(owner, asked, OPTIONS)

    assert reason(ask) == "OWN_LISTING"


def test_a_partner_asks_for_its_own_organisation_only(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    said = EnquirySubmission(from_region="320500")
    said.from_organisation.name = "别的公司"
    asked = AskedSubmission(listing=listing, said=said)
    with pytest.raises(InvalidFields) as caught:
        enquiring[E].enquiries.submit(ASKER, asked, OPTIONS)
    assert caught.value.violations[0].rule == "NOT_YOUR_ORGANISATION"
    assert "都留空" in caught.value.violations[0].text_zh


def test_who_has_a_token_of_a_credit_code_is_told_to_say_the_name_that_it_needs(
    enquiring: Enquiring,
) -> None:
    """Advised to leave both out, it was told then that the name is needed."""
    listing = enquiring[R].publish().name
    enquiring.sync()

    def submit(**organisation: str) -> list[tuple[str, str, str]]:
        said = EnquirySubmission(from_region="320500")
        for field, text in organisation.items():
            setattr(said.from_organisation, field, text)
        with pytest.raises(InvalidFields) as caught:
            enquiring[E].enquiries.submit(
                OWNER, AskedSubmission(listing=listing, said=said), OPTIONS
            )
        return [(one.field, one.rule, one.text_zh) for one in caught.value.violations]

    ((field, rule, text),) = submit()
    assert (field, rule) == ("from_organisation.name", "REQUIRED")
    assert "登记名称" in text
    ((_, rule, text),) = submit(uscc="123400004853941588", name="别的公司")
    assert rule == "NOT_YOUR_ORGANISATION"
    assert "并填写机构的登记名称" in text


def test_each_caller_acts_for_its_side_only(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    for caller in (STRANGER, OTHER_PLATFORM, AUDITOR, ASKER):
        accept = partial(enquiring[R].step, name, StepKind.ACCEPTED, caller)
        assert reason(accept) == "NOT_YOUR_ENQUIRY"
    for caller in (STRANGER, OTHER_PLATFORM):
        assert reason(partial(enquiring[R].get, name, caller)) == "NOT_YOUR_ENQUIRY"
    for caller in (OWNER, PLATFORM, CLERK, AUDITOR):
        assert enquiring[R].get(name, caller).shown.loaded.folded.state == StepKind.SUBMITTED
    assert enquiring[R].step(name, StepKind.INFO_REQUESTED, PLATFORM).is_new
    enquiring.sync()
    assert reason(lambda: enquiring[E].step(name, StepKind.INFO_GIVEN, OWNER)) == "NOT_YOUR_ENQUIRY"
    assert enquiring[E].step(name, StepKind.INFO_GIVEN, ASKER).is_new
    enquiring.sync()
    assert enquiring[R].step(name, StepKind.ACCEPTED, OWNER).is_new
    assert reason(lambda: enquiring["center"].step(name, StepKind.CANCELLED)) == "NOT_YOUR_ENQUIRY"


def test_lists_show_each_caller_its_own(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    for caller, count in ((OWNER, 1), (PLATFORM, 1), (CLERK, 1), (STRANGER, 0), (ASKER, 0)):
        assert len(enquiring[R].list(ALL, caller).enquiries) == count, caller
    assert len(enquiring[E].list(ALL, ASKER).enquiries) == 1
    assert len(enquiring[E].list(ALL, OWNER).enquiries) == 0
    waiting = EnquiryFilter(owed_by=R, listing_member=R)
    (item,) = enquiring[R].list(waiting).enquiries
    assert str(item.loaded.name) == name
    assert enquiring[E].list(EnquiryFilter(owed_by=E)).enquiries == ()
    page = enquiring[R].list(ALL)
    assert {one.member: one.state for one in page.origins}[E] == "COMPLETE"


def test_notes_change_no_state_and_say_what_they_are_about(enquiring: Enquiring) -> None:
    name = enquiring.introduced()
    done = enquiring[R].enquiries.note(CLERK, name, NoteKind.NDA, "已签署。", None, OPTIONS)
    again = enquiring[R].enquiries.note(CLERK, name, NoteKind.NDA, "已签署。", None, OPTIONS)
    assert (done.is_new, again.is_new) == (True, False)
    enquiring.sync()
    assert len(enquiring[E].get(name).shown.loaded.folded.notes) == 1
    assert enquiring[E].state(name) == StepKind.INTRODUCED
    with pytest.raises(InvalidFields):
        enquiring[R].enquiries.note(CLERK, name, NoteKind.CONTACTS, "", None, OPTIONS)
    with pytest.raises(InvalidFields) as caught:
        enquiring[R].enquiries.note(CLERK, name, NoteKind.DISPUTE, "", None, OPTIONS)
    assert caught.value.violations[0].field == "text"


def test_personal_data_in_a_message_is_refused_since_it_could_not_be_erased(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    with pytest.raises(InvalidFields) as caught:
        enquiring[E].step(name, StepKind.CANCELLED, reason="请联系13912345678")
    assert caught.value.violations[0].field == "reason"
    assert "13912345678" not in str(caught.value)


def test_a_contract_that_is_not_here_cannot_end_an_enquiry(enquiring: Enquiring) -> None:
    name = enquiring.introduced()
    submitted = enquiring[E].get(name).shown.loaded.first.ref
    for ref, told in (
        (submitted, "INVALID_FIELD"),
        (submitted._replace(leaf_index=9_999), "DOCUMENT_MISSING"),
        (submitted._replace(leaf_hash=bytes(32)), "DOCUMENT_MISSING"),
    ):
        call = partial(enquiring[E].step, name, StepKind.CONTRACTED, contract=said_ref(ref))
        assert reason(call) == told


def test_of_two_steps_taken_at_once_one_is_written(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    kinds = [StepKind.ACCEPTED, StepKind.DECLINED, StepKind.INFO_REQUESTED] * 4

    def take(kind: StepKind) -> str:
        try:
            return "new" if enquiring[R].step(name, kind).is_new else "repeat"
        except Refused as refusal:
            return refusal.reason

    with ThreadPoolExecutor(len(kinds)) as pool:
        told = list(pool.map(take, kinds))
    assert told.count("new") == 1
    assert told.count("repeat") == 3
    assert told.count("STEP_NOT_ALLOWED") == 8


def test_an_enquiry_within_one_member_is_carried_by_its_clerk_alone(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    name = enquiring[R].submit(listing).name
    refused = partial(enquiring[R].step, name, StepKind.ACCEPTED, ASKER)
    assert reason(refused) == "NOT_YOUR_ENQUIRY"
    assert enquiring[R].step(name, StepKind.ACCEPTED, OWNER).is_new
    assert reason(partial(enquiring[R].step, name, StepKind.INTRODUCED, OWNER)) == (
        "NOT_YOUR_ENQUIRY"
    )
    assert enquiring[R].step(name, StepKind.INTRODUCED, ASKER).is_new
    enquiring.sync()
    give = partial(enquiring[R].contacts.give, CLERK, name, contacts(), OPTIONS)
    assert reason(give) == "STEP_NOT_ALLOWED"


def test_a_repeat_is_known_by_its_texts_as_they_are_stored(enquiring: Enquiring) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    enquiring.sync()
    message = "  可以用于底盘。\r\n请来电\u3000"
    first = enquiring[R].step(name, StepKind.ACCEPTED, message=message)
    again = enquiring[R].step(name, StepKind.ACCEPTED, message=message)
    assert (again.document, again.is_new) == (first.document, False)


def test_who_is_a_member_is_told_by_the_registry_that_keeps_those_who_left(
    enquiring: Enquiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = enquiring[E].side.trust
    now = trust.registry()
    left = replace(
        now,
        members=tuple(
            replace(one, left_version=2) if one.name == R else one for one in now.members
        ),
    )
    monkeypatch.setattr(trust, "registry", lambda: left)
    assert R not in enquiring[E].enquiries._parts.members()


def test_large_documents_of_the_other_side_stop_neither_lists_nor_an_enquiry(
    enquiring: Enquiring,
) -> None:
    listing = enquiring[R].publish().name
    enquiring.sync()
    name = enquiring[E].submit(listing).name
    loaded = enquiring[E].get(name).shown.loaded
    large = "很" * 80_000
    sealing = enquiring[E].enquiries._parts.sealing
    for number in range(20):
        asked = parse_document(loaded.first.content)
        asked.step.message = large
        told = PartnershipDocument()
        told.note.kind = NoteKind.NEGOTIATION.value  # type: ignore[assignment] # its number
        told.note.about.CopyFrom(said_ref(loaded.first.ref))
        told.note.text = f"{number}{large}"
        for subject, said in ((bytes(15) + bytes((number,)), asked), (loaded.id.subject, told)):
            sealing.seal(SealedDocument(subject, number + 2, (R,), serialise(said)))
    enquiring.sync()
    answer = enquiring[R].get(name)
    assert get_response(answer).ByteSize() < MESSAGE_SIZE_BYTES_MAX
    assert answer.documents[0].document == loaded.first
    assert answer.left_out + len(answer.documents) == 21
    found, after = [], None
    while True:
        page = enquiring[R].reading.page(CLERK, EnquiryFilter(), after, 50)
        assert sum(enquiry(one).ByteSize() for one in page.enquiries) < MESSAGE_SIZE_BYTES_MAX
        found += [str(one.loaded.name) for one in page.enquiries]
        after = page.next_after
        if after is None:
            break
    assert len(found) == len({*found}) == 21
