"""Each rule of what a member may write: an example that breaks it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
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
    link,
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
    return check_document(said, author=author, center=CENTER, today=TODAY)


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


def _amounts(said: PartnershipDocument, whole: int, technical: int) -> None:
    said.contract.contract_amount_fen = whole
    said.contract.technical_amount_fen = technical


def _seller_in_capitals(said: PartnershipDocument) -> None:
    said.contract.seller.member = "ANHUI"
    said.contract.ClearField("enquiries")


def _no_state(said: PartnershipDocument) -> None:
    said.registration.ClearField("state")
    said.registration.ClearField("register_number")


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
OF_CONTRACTS = [
    Broken(
        "no project name", "REQUIRED", f"{_CONTRACT}.project_name", drop("contract.project_name")
    ),
    Broken(
        "a short project name",
        "TEXT_TOO_SHORT",
        f"{_CONTRACT}.project_name",
        put("contract.project_name", "板材"),
    ),
    Broken("no type", "REQUIRED", f"{_CONTRACT}.type", drop("contract.type")),
    Broken(
        "no amount",
        "REQUIRED",
        f"{_CONTRACT}.contract_amount_fen",
        lambda said: _amounts(said, 0, 0),
    ),
    Broken(
        "a negative amount",
        "NUMBER_RANGE",
        f"{_CONTRACT}.technical_amount_fen",
        put("contract.technical_amount_fen", -1),
    ),
    Broken(
        "too high a technical amount",
        "TECHNICAL_AMOUNT",
        f"{_CONTRACT}.technical_amount_fen",
        put("contract.technical_amount_fen", 50_000_001),
    ),
    Broken(
        "a signature of tomorrow",
        "DATE_IN_FUTURE",
        f"{_CONTRACT}.signed_on",
        put("contract.signed_on", _TOMORROW),
    ),
    Broken(
        "an end before its beginning",
        "DATE_ORDER",
        f"{_CONTRACT}.valid_from",
        put("contract.valid_from", "2031-08-01"),
    ),
    Broken(
        "no way of payment",
        "REQUIRED",
        f"{_CONTRACT}.payment_modes",
        drop("contract.payment_modes"),
    ),
    Broken(
        "an amendment without a reason",
        "REQUIRED",
        f"{_CONTRACT}.amendment_reason",
        lambda said: said.contract.previous.CopyFrom(ref(E)),
    ),
    Broken(
        "a reason without an amendment",
        "NOT_OF_THIS_KIND",
        f"{_CONTRACT}.amendment_reason",
        put("contract.amendment_reason", "无"),
    ),
    Broken(
        "a member in capitals",
        "MEMBER_FORM",
        f"{_CONTRACT}.seller.member",
        _seller_in_capitals,
    ),
    Broken("another center", "NOT_THE_CENTER", f"{_CONTRACT}.center", put("contract.center", R)),
    Broken(
        "no region in China",
        "REQUIRED",
        f"{_CONTRACT}.seller.region",
        drop("contract.seller.region"),
    ),
    Broken(
        "a long country code",
        "COUNTRY_FORM",
        f"{_CONTRACT}.buyer.country",
        put("contract.buyer.country", "CHN"),
    ),
    Broken(
        "a short nature code",
        "NATURE_CODE_FORM",
        f"{_CONTRACT}.buyer.nature_code",
        put("contract.buyer.nature_code", "22"),
    ),
    Broken(
        "a written nature code",
        "NATURE_CODE_FORM",
        f"{_CONTRACT}.buyer.nature_code",
        put("contract.buyer.nature_code", "１００"),
    ),
    Broken(
        "a short id",
        "SUBJECT_LENGTH",
        f"{_CONTRACT}.enquiries[0].enquiry",
        lambda said: setattr(said.contract.enquiries[0], "enquiry", b"\1"),
    ),
    Broken(
        "an enquiry of others",
        "LINK_SIDES",
        f"{_CONTRACT}.enquiries[0]",
        lambda said: said.contract.enquiries[0].submitted.CopyFrom(ref("zhejiang")),
    ),
    Broken(
        "an e-mail address",
        "PERSONAL_EMAIL",
        f"{_CONTRACT}.payment_terms",
        put("contract.payment_terms", "寄至 a@example.com"),
    ),
]
OF_REGISTRATIONS = [
    Broken(
        "no number",
        "REQUIRED",
        "document.registration.register_number",
        drop("registration.register_number"),
    ),
    Broken(
        "15 digits",
        "REGISTER_NUMBER_FORM",
        "document.registration.register_number",
        put("registration.register_number", "1" * 15),
    ),
    Broken(
        "a number while accepted",
        "NOT_OF_THIS_KIND",
        "document.registration.register_number",
        put("registration.state", 1),
    ),
    Broken(
        "a decision of tomorrow",
        "DATE_IN_FUTURE",
        "document.registration.decided_on",
        put("registration.decided_on", _TOMORROW),
    ),
    Broken("no state", "REQUIRED", "document.registration.state", _no_state),
]


def _cases() -> list[Any]:
    tables: list[tuple[str, Callable[[], PartnershipDocument], list[Broken]]] = [
        ("submission", submission, OF_SUBMISSIONS),
        ("contract", contract, OF_CONTRACTS),
        ("registration", lambda: registration(ref(E), Registration.REGISTERED), OF_REGISTRATIONS),
    ]
    return [
        pytest.param(made, broken, id=f"{name}: {sentence(broken)}")
        for name, made, table in tables
        for broken in table
    ]


@pytest.mark.parametrize(("made", "broken"), _cases())
def test_broken_rule_is_told(made: Callable[[], PartnershipDocument], broken: Broken) -> None:
    said = made()
    broken.spoil(said)
    assert told(check(said).violations) == [(broken.rule, broken.field)]


@pytest.mark.parametrize(
    "kind", [StepKind.DECLINED, StepKind.CANCELLED, StepKind.EXPIRED, StepKind.NO_DEAL]
)
def test_end_has_a_reason(kind: StepKind) -> None:
    said = answer(kind, ref())
    said.step.ClearField("reason")
    assert told(check(said).violations) == [("REQUIRED", f"{_STEP}.reason")]


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


@pytest.mark.parametrize("state", [Registration.REFUSED, Registration.REVOKED])
def test_refusal_of_a_registration_has_a_reason(state: Registration) -> None:
    said = registration(ref(E), state)
    said.registration.ClearField("reason")
    assert told(check(said, R).violations) == [("REQUIRED", "document.registration.reason")]


def test_cancellation_of_tomorrow_is_refused() -> None:
    said = cancellation(ref(E))
    said.cancellation.cancelled_on = _TOMORROW
    assert told(check(said).violations) == [
        ("DATE_IN_FUTURE", "document.cancellation.cancelled_on")
    ]


def test_contract_is_written_by_the_member_of_a_side() -> None:
    assert told(check(contract(), R).violations) == []
    assert told(check(contract(), "zhejiang").violations) == [("NOT_A_SIDE", _CONTRACT)]


def test_foreign_buyer_needs_neither_region_nor_code() -> None:
    said = contract()
    said.contract.buyer.country = "SG"
    said.contract.buyer.ClearField("region")
    said.contract.buyer.organisation.ClearField("uscc")
    assert told(check(said).violations) == []


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


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = contract(link(), link())
    said.contract.ClearField("type")
    said.contract.center = R
    _amounts(said, 1, 2)
    rules = {found.rule for found in check(said).violations}
    assert rules == {"REQUIRED", "NOT_THE_CENTER", "TECHNICAL_AMOUNT"}


def test_normal_form_is_stored() -> None:
    said = contract()
    said.contract.project_name = "  高强　铝合金 板材  "
    said.contract.buyer.country = " CN"
    stored = check(said).record.contract
    assert (stored.project_name, stored.buyer.country) == ("高强 铝合金 板材", "CN")


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


def test_no_finding_about_contacts_tells_a_value() -> None:
    said = contacts()
    said.persons[0].name = "某" * 99
    (found,) = check_contacts(said, today=TODAY).violations
    assert (found.rule, found.value) == ("TEXT_TOO_LONG", "")
