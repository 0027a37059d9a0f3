"""Each rule of contracts: an example that breaks it, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from federation.partnership.codec import PartnershipDocument
from federation.partnership.terms import Registration
from federation.partnership.validation import check_document
from tests.federation.partnership.examples import (
    CENTER,
    TODAY,
    cancellation,
    contract,
    link,
    ref,
    registration,
)
from tests.federation.partnership.logs import E, R
from tests.federation.partnership.test_validation import check
from tests.federation.records.spoiling import Broken, drop, put, sentence, told

_STEP = "document.step"
_CONTRACT = "document.contract"
_TOMORROW = "2026-07-31"


def _amounts(said: PartnershipDocument, whole: int, technical: int) -> None:
    said.contract.contract_amount_fen = whole
    said.contract.technical_amount_fen = technical


def _seller_in_capitals(said: PartnershipDocument) -> None:
    said.contract.seller.member = "ANHUI"
    said.contract.ClearField("enquiries")


def _no_state(said: PartnershipDocument) -> None:
    said.registration.ClearField("state")
    said.registration.ClearField("register_number")


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


@pytest.mark.parametrize("broken", OF_CONTRACTS, ids=sentence)
def test_broken_rule_of_a_contract_is_told(broken: Broken) -> None:
    said = contract()
    broken.spoil(said)
    assert told(check(said).violations) == [(broken.rule, broken.field)]


@pytest.mark.parametrize("broken", OF_REGISTRATIONS, ids=sentence)
def test_broken_rule_of_a_registration_is_told(broken: Broken) -> None:
    said = registration(ref(E), Registration.REGISTERED)
    broken.spoil(said)
    assert told(check(said, R).violations) == [(broken.rule, broken.field)]


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


@pytest.mark.parametrize(
    ("said", "author", "field"),
    [
        (cancellation(ref(E)), E, "document.cancellation.cancelled_on"),
        (registration(ref(E), Registration.REGISTERED), R, "document.registration.decided_on"),
    ],
)
def test_nothing_is_said_of_a_day_before_the_signing(
    said: PartnershipDocument, author: str, field: str
) -> None:
    which = field.split(".")[1]
    when: str = getattr(getattr(said, which), field.rpartition(".")[2])
    late = (date.fromisoformat(when) + timedelta(days=1)).isoformat()
    for signed_on, expected in ((when, []), (late, [("BEFORE_SIGNING", field)]), ("", [])):
        checked = check_document(
            said, author=author, center=CENTER, today=TODAY, signed_on=signed_on
        )
        assert told(checked.violations) == expected


def test_contract_is_written_by_the_member_of_a_side() -> None:
    assert told(check(contract(), R).violations) == []
    assert told(check(contract(), "zhejiang").violations) == [("NOT_A_SIDE", _CONTRACT)]


def test_foreign_buyer_needs_neither_region_nor_code() -> None:
    said = contract()
    said.contract.buyer.country = "SG"
    said.contract.buyer.ClearField("region")
    said.contract.buyer.organisation.ClearField("uscc")
    assert told(check(said).violations) == []


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
