"""Each rule of what a member may write: an example that breaks it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from federation.partnership.codec import PartnershipContacts, PartnershipDocument
from federation.partnership.steps import NoteKind, StepKind
from federation.partnership.terms import Registration
from federation.partnership.validation import check_contacts, check_document
from federation.records.findings import Checked
from tests.federation.partnership.examples import (
    CENTER,
    TODAY,
    amendment,
    answer,
    cancellation,
    confirmation,
    contacts,
    contract,
    note,
    record,
    ref,
    registration,
    submission,
)
from tests.federation.partnership.logs import E, R
from tests.federation.records.spoiling import Broken, drop, extend, put, sentence, told

_STEP = "document.step"
_CONTRACT = "document.contract"
_TOMORROW = "2026-07-31"


def check(said: PartnershipDocument, author: str = E) -> Checked[PartnershipDocument]:
    has_contacts = int(said.note.kind) == NoteKind.CONTACTS
    return check_document(
        said, author=author, center=CENTER, today=TODAY, with_contacts=has_contacts
    )


def _sound() -> list[PartnershipDocument]:
    return [
        submission(),
        *(answer(kind, ref()) for kind in StepKind if kind != StepKind.SUBMITTED),
        *(note(kind, ref(), "备忘") for kind in NoteKind),
        contract(),
        amendment(contract(), ref(E)),
        confirmation(ref(E)),
        *(registration(ref(E), state) for state in Registration if state),
        cancellation(ref(E)),
    ]


@pytest.mark.parametrize("said", _sound(), ids=range(len(_sound())))
def test_sound_document_is_stored_as_it_is(said: PartnershipDocument) -> None:
    checked = check(said)
    assert told(checked.violations) == []
    assert told(checked.warnings) == []
    assert checked.record == said


def _unknown_step() -> Any:
    said = answer(StepKind.INTRODUCED, ref()).step
    said.kind = 77  # type: ignore[assignment] # a number of a newer version
    return said


OF_SUBMISSIONS = [
    Broken(
        "an answer",
        "NOT_OF_THIS_KIND",
        f"{_STEP}.answers",
        lambda said: said.step.answers.CopyFrom(ref()),
    ),
    Broken("a reason", "NOT_OF_THIS_KIND", f"{_STEP}.reason", put("step.reason", "无")),
    Broken(
        "a contract",
        "NOT_OF_THIS_KIND",
        f"{_STEP}.contract",
        lambda said: said.step.contract.CopyFrom(ref()),
    ),
    Broken("no submission", "REQUIRED", f"{_STEP}.submission", drop("step.submission")),
    Broken("no day for an answer", "REQUIRED", f"{_STEP}.answer_due", drop("step.answer_due")),
    Broken("no day for a decision", "REQUIRED", f"{_STEP}.decision_due", drop("step.decision_due")),
    Broken(
        "a day that is none", "DATE_FORM", f"{_STEP}.answer_due", put("step.answer_due", "下周")
    ),
    Broken(
        "an answer after the decision",
        "DATE_ORDER",
        f"{_STEP}.answer_due",
        put("step.answer_due", "2026-09-01"),
    ),
    Broken("a long message", "TEXT_TOO_LONG", f"{_STEP}.message", put("step.message", "长" * 2001)),
    Broken(
        "a phone number",
        "PERSONAL_PHONE",
        f"{_STEP}.message",
        put("step.message", "请致电 13800001234"),
    ),
    Broken(
        "an invisible character",
        "CONTROL_CHARACTER",
        f"{_STEP}.message",
        put("step.message", "好\u202e的"),
    ),
    Broken(
        "no listing", "REQUIRED", f"{_STEP}.submission.listing", drop("step.submission.listing")
    ),
    Broken(
        "no version",
        "REQUIRED",
        f"{_STEP}.submission.listing.version",
        drop("step.submission.listing.version"),
    ),
    Broken(
        "no revision",
        "REQUIRED",
        f"{_STEP}.submission.listing.revision",
        drop("step.submission.listing.revision"),
    ),
    Broken(
        "a version in another member's log",
        "LISTING_VERSION",
        f"{_STEP}.submission.listing.version",
        lambda said: said.step.submission.listing.version.CopyFrom(ref(E)),
    ),
    Broken(
        "a manager as listing",
        "RECORD_NAME_FORM",
        f"{_STEP}.submission.listing.name",
        put("step.submission.listing.name", record(R, "managers")),
    ),
    Broken(
        "a log without a federation",
        "ORIGIN_FORM",
        f"{_STEP}.submission.listing.version.origin",
        put("step.submission.listing.version.origin", "anhui"),
    ),
    Broken(
        "a short hash",
        "DIGEST_LENGTH",
        f"{_STEP}.submission.listing.version.leaf_hash",
        put("step.submission.listing.version.leaf_hash", b"\1"),
    ),
    Broken(
        "nobody who asks",
        "REQUIRED",
        f"{_STEP}.submission.from_organisation",
        drop("step.submission.from_organisation"),
    ),
    Broken(
        "no region",
        "REQUIRED",
        f"{_STEP}.submission.from_region",
        drop("step.submission.from_region"),
    ),
    Broken(
        "an unknown region",
        "REGION_UNKNOWN",
        f"{_STEP}.submission.from_region",
        put("step.submission.from_region", "999999"),
    ),
    Broken(
        "a mode twice",
        "DUPLICATE_ITEM",
        f"{_STEP}.submission.proposed_modes[1]",
        extend("step.submission.proposed_modes", 4),
    ),
    Broken(
        "an introducer who is nobody",
        "INTRODUCER_EMPTY",
        f"{_STEP}.submission.introducers[0]",
        lambda said: said.step.submission.introducers[0].ClearField("manager"),
    ),
    Broken(
        "an unknown step",
        "CHOICE_UNKNOWN",
        f"{_STEP}.kind",
        lambda said: said.step.CopyFrom(_unknown_step()),
    ),
]


@pytest.mark.parametrize("broken", OF_SUBMISSIONS, ids=sentence)
def test_broken_rule_of_a_submission_is_told(broken: Broken) -> None:
    said = submission()
    broken.spoil(said)
    assert told(check(said).violations) == [(broken.rule, broken.field)]


@pytest.mark.parametrize(
    "kind", [StepKind.DECLINED, StepKind.CANCELLED, StepKind.EXPIRED, StepKind.NO_DEAL]
)
def test_end_has_a_reason(kind: StepKind) -> None:
    said = answer(kind, ref())
    said.step.ClearField("reason")
    assert told(check(said).violations) == [("REQUIRED", f"{_STEP}.reason")]


@pytest.mark.parametrize("kind", [StepKind.INFO_REQUESTED, StepKind.INFO_GIVEN])
def test_question_and_its_answer_say_something(kind: StepKind) -> None:
    for message in ("", " \u3000\n"):
        said = answer(kind, ref())
        said.step.message = message
        assert told(check(said).violations) == [("REQUIRED", f"{_STEP}.message")]


@pytest.mark.parametrize("kind", set(StepKind) - {StepKind.SUBMITTED})
def test_answer_names_what_it_answers(kind: StepKind) -> None:
    said = answer(kind, ref())
    said.step.ClearField("answers")
    assert told(check(said).violations) == [("REQUIRED", f"{_STEP}.answers")]


def test_contracted_names_the_contract() -> None:
    said = answer(StepKind.CONTRACTED, ref())
    said.step.ClearField("contract")
    assert told(check(said).violations) == [("REQUIRED", f"{_STEP}.contract")]


def test_only_the_steps_that_want_an_answer_say_when() -> None:
    said = answer(StepKind.INTRODUCED, ref())
    said.step.answer_due = "2026-08-13"
    assert told(check(said).violations) == [("NOT_OF_THIS_KIND", f"{_STEP}.answer_due")]


def test_dispute_says_what_is_disputed() -> None:
    assert told(check(note(NoteKind.DISPUTE, ref())).violations) == [
        ("REQUIRED", "document.note.text")
    ]


def test_organisation_without_a_code_is_a_warning() -> None:
    asked, made = submission(), contract()
    asked.step.submission.from_organisation.ClearField("uscc")
    made.contract.buyer.organisation.ClearField("uscc")
    assert told(check(asked).warnings) == [
        ("E_UNRESOLVED", f"{_STEP}.submission.from_organisation")
    ]
    assert told(check(made).warnings) == [("E_UNRESOLVED", f"{_CONTRACT}.buyer.organisation")]


def test_document_that_says_nothing_is_refused() -> None:
    assert told(check(PartnershipDocument()).violations) == [("REQUIRED", "document")]


def test_contacts_need_a_consent_in_force() -> None:
    assert check_contacts(contacts(), today=TODAY).ok
    without, withdrawn, tomorrow = contacts(), contacts(), contacts()
    without.ClearField("consent")
    withdrawn.consent.withdrawn_on = "2026-07-02"
    tomorrow.consent.granted_on = _TOMORROW
    assert [
        told(check_contacts(said, today=TODAY).violations)
        for said in (without, withdrawn, tomorrow, PartnershipContacts())
    ] == [
        [("REQUIRED", "contacts.consent")],
        [("CONSENT_WITHDRAWN", "contacts.persons")],
        [("DATE_IN_FUTURE", "contacts.consent.granted_on")],
        [("REQUIRED", "contacts.persons"), ("REQUIRED", "contacts.consent")],
    ]


@pytest.mark.parametrize(
    "phone",
    [
        "13800001234", "0512-55550100", "+86 (512) 5555 0100", "０５１２－５５５５０１００",
        "12345", "95588", "021-55550100 转 8012", "021-55550100转8", "+1 212-555-0100 ext. 12", "",
    ],
)  # fmt: skip
def test_phone_number_that_can_be_called_is_taken(phone: str) -> None:
    said = contacts()
    said.persons[0].phone = phone
    assert check_contacts(said, today=TODAY).ok


@pytest.mark.parametrize(
    "phone", ["12", "110", "123456", "22345", "电话", "zhang", "1-2-3 转 4567890", "+", "@1234567"]
)
def test_phone_number_that_is_none_is_refused_without_its_value(phone: str) -> None:
    said = contacts()
    said.persons.add(name="某某", phone=phone)
    (found,) = check_contacts(said, today=TODAY).violations
    assert (found.rule, found.field, found.value) == ("PHONE_FORM", "contacts.persons[1].phone", "")
    assert found.text_en.startswith("contacts.persons[1].phone is not a phone number")


@pytest.mark.parametrize(
    ("email", "is_one"),
    [
        ("zhang@example.com", True), ("z.hang+a@mail.example.cn", True), ("张@例子.中国", True),
        ("zhang", False), ("zhang@", False), ("@example.com", False), ("zhang@example", False),
        ("a@b@example.com", False), ("zhang @example.com", False), ("zhang@example..com", False),
    ],
)  # fmt: skip
def test_email_address_has_a_name_and_a_domain(email: str, *, is_one: bool) -> None:
    said = contacts()
    said.persons[0].email = email
    expected = [] if is_one else [("EMAIL_FORM", "contacts.persons[0].email")]
    assert told(check_contacts(said, today=TODAY).violations) == expected


def test_no_finding_about_contacts_tells_a_value() -> None:
    said = contacts()
    said.persons[0].name = "某" * 99
    (found,) = check_contacts(said, today=TODAY).violations
    assert (found.rule, found.value) == ("TEXT_TOO_LONG", "")


def test_contacts_stand_beside_the_note_that_is_for_them_and_no_other() -> None:
    for said, with_contacts, rule in (
        (note(NoteKind.CONTACTS, ref()), False, "REQUIRED"),
        (submission(), True, "NOT_OF_THIS_KIND"),
    ):
        checked = check_document(
            said, author=E, center=CENTER, today=TODAY, with_contacts=with_contacts
        )
        assert told(checked.violations) == [(rule, "contacts")]
