"""Each rule of a supply: an example that breaks it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from federation.records.codec import (
    Classification,
    Listing,
    ListingStatus,
    OrganisationRef,
    OwnerShare,
    Person,
    ResultForm,
    TransferMode,
)
from federation.records.listing import check_listing
from tests.federation.records.examples import COMPANY, SUBJECT, TODAY, UNIVERSITY, demand, supply
from tests.federation.records.spoiling import Broken, drop, extend, put, sentence, told


def _paper(listing: Listing) -> None:
    listing.public.supply.result_form = ResultForm.RESULT_FORM_PAPER
    del listing.public.supply.ip[:]


def _owners(*shares: tuple[str, int]) -> Callable[[Listing], object]:
    owners = [
        OwnerShare(organisation=OrganisationRef(uscc=code, name="单位"), share_ppm=ppm)
        for code, ppm in shares
    ]
    return extend("public.supply.owners", *owners)


def _attachment(name: str, value: object) -> Callable[[Listing], object]:
    return lambda listing: setattr(listing.public.attachments[0], name, value)


def _silent_indicator(listing: Listing) -> None:
    listing.public.supply.indicators[0].ClearField("relation")
    listing.public.supply.indicators[0].ClearField("value")


def _contact(**person: str) -> Callable[[Listing], object]:
    return extend("origin.contacts", Person(**person))


WITHOUT = [
    Broken("a title", "REQUIRED", "public.title", drop("public.title")),
    Broken("a title but blanks", "REQUIRED", "public.title", put("public.title", " \u3000 ")),
    Broken("a region", "REQUIRED", "public.region", drop("public.region")),
    Broken("a field", "REQUIRED", "public.tech_field", drop("public.tech_field")),
    Broken("a platform", "REQUIRED", "public.source_platform", drop("public.source_platform")),
    Broken("a source id", "REQUIRED", "public.source_id", drop("public.source_id")),
    Broken("a summary", "REQUIRED", "public.summary", drop("public.summary")),
    Broken("an owner", "REQUIRED", "public.owner", drop("public.owner")),
    Broken("the owner's name", "REQUIRED", "public.owner.name", drop("public.owner.name")),
    Broken("its own half", "REQUIRED", "public.supply", drop("public.supply")),
    Broken("advantages", "REQUIRED", "public.supply.advantages", drop("public.supply.advantages")),
    Broken(
        "a way of transfer",
        "REQUIRED",
        "public.supply.transfer_modes",
        drop("public.supply.transfer_modes"),
    ),
    Broken(
        "the reason of a flag",
        "REQUIRED",
        "public.status_reason",
        put("public.status", ListingStatus.LISTING_STATUS_FLAGGED),
    ),
    Broken("a keyword's text", "REQUIRED", "public.keywords[3]", extend("public.keywords", " ")),
    Broken(
        "a contact's name", "REQUIRED", "origin.contacts[0].name", _contact(phone="13800001234")
    ),
]

IN_A_WRONG_SHAPE = [
    Broken("a title of 3", "TEXT_TOO_SHORT", "public.title", put("public.title", "铝合金")),
    Broken("a title of 121", "TEXT_TOO_LONG", "public.title", put("public.title", "铝" * 121)),
    Broken(
        "a summary of 501", "TEXT_TOO_LONG", "public.summary", put("public.summary", "铝" * 501)
    ),
    Broken(
        "a description of 4,001",
        "TEXT_TOO_LONG",
        "public.description",
        put("public.description", "铝" * 4001),
    ),
    Broken(
        "advantages of 2,001",
        "TEXT_TOO_LONG",
        "public.supply.advantages",
        put("public.supply.advantages", "铝" * 2001),
    ),
    Broken(
        "a source id of 121",
        "TEXT_TOO_LONG",
        "public.source_id",
        put("public.source_id", "1" * 121),
    ),
    Broken(
        "a zero-width space",
        "CONTROL_CHARACTER",
        "public.summary",
        put("public.summary", "铝合金\u200b板材"),
    ),
    Broken(
        "a control character in a title",
        "CONTROL_CHARACTER",
        "public.title",
        put("public.title", "铝合金\x1f板材"),
    ),
    Broken(
        "text direction turned in a contact",
        "CONTROL_CHARACTER",
        "origin.contacts[0].name",
        _contact(name="某\u202e某"),
    ),
    Broken(
        "a blank at the end of an identifier",
        "IDENTIFIER_FORM",
        "public.source_id",
        put("public.source_id", "SH-1 "),
    ),
    Broken(
        "an identity number as the platform's number",
        "PERSONAL_ID_NUMBER",
        "public.source_id",
        put("public.source_id", "11010519491231002X"),
    ),
    Broken(
        "an e-mail address as the platform's number",
        "PERSONAL_EMAIL",
        "public.source_id",
        put("public.source_id", "zhangsan@sjtu.edu.cn"),
    ),
    Broken("11 keywords", "TOO_MANY", "public.keywords", extend("public.keywords", *"abcdefgh")),
    Broken(
        "4 ways of transfer",
        "TOO_MANY",
        "public.supply.transfer_modes",
        extend("public.supply.transfer_modes", 1, 2, 3),
    ),
    Broken(
        "a way of transfer twice",
        "DUPLICATE_ITEM",
        "public.supply.transfer_modes[1]",
        extend("public.supply.transfer_modes", TransferMode.TRANSFER_MODE_LICENCE),
    ),
    Broken(
        "an industry twice, once without letter",
        "DUPLICATE_ITEM",
        "public.industry[1]",
        extend("public.industry", "3252"),
    ),
    Broken("a 12th field", "CHOICE_UNKNOWN", "public.tech_field", put("public.tech_field", 12)),
    Broken(
        "a way of transfer 0",
        "CHOICE_UNKNOWN",
        "public.supply.transfer_modes[1]",
        extend("public.supply.transfer_modes", 0),
    ),
    Broken("level 10", "NUMBER_RANGE", "public.trl", put("public.trl", 10)),
    Broken(
        "a negative amount",
        "NUMBER_RANGE",
        "members.price.amount_min_fen",
        put("members.price.amount_min_fen", -1),
    ),
    Broken(
        "30 February", "DATE_FORM", "public.valid_until", put("public.valid_until", "2027-02-30")
    ),
    Broken(
        "a date cut short", "DATE_FORM", "public.valid_until", put("public.valid_until", "2027-06")
    ),
    Broken(
        "a digest of 31 bytes",
        "DIGEST_LENGTH",
        "public.attachments[0].sha256",
        _attachment("sha256", bytes(31)),
    ),
    Broken(
        "an http address",
        "HTTPS_ADDRESS",
        "public.attachments[0].uri",
        _attachment("uri", "http://example.cn/a"),
    ),
    Broken(
        "a user in an address",
        "HTTPS_ADDRESS",
        "public.attachments[0].uri",
        _attachment("uri", "https://a@example.cn/a"),
    ),
    Broken(
        "a listing's name for a manager",
        "RECORD_NAME_FORM",
        "public.manager",
        put("public.manager", f"nodes/shanghai/listings/{SUBJECT}"),
    ),
    Broken("a region nowhere", "REGION_UNKNOWN", "public.region", put("public.region", "999999")),
    Broken(
        "the center as region", "REGION_UNKNOWN", "public.region", put("public.region", "CENTER")
    ),
    Broken(
        "an industry that is none",
        "INDUSTRY_UNKNOWN",
        "public.industry[1]",
        extend("public.industry", "C9999"),
    ),
    Broken("an IPC symbol of class Z", "IPC_FORM", "public.ipc[1]", extend("public.ipc", "Z01A")),
    Broken(
        "a credit code with the letter O",
        "USCC_FORM",
        "public.owner.uscc",
        put("public.owner.uscc", "9132050OMATEXT0A1U"),
    ),
    Broken(
        "a credit code with a wrong check character",
        "USCC_CHECK_DIGIT",
        "public.owner.uscc",
        put("public.owner.uscc", "91110000600037342L"),
    ),
]

DISCLOSING = [
    Broken(
        "a mobile number in a description",
        "PERSONAL_PHONE",
        "public.description",
        put("public.description", "详情请致电13800001234。"),
    ),
    Broken(
        "a full-width mobile number in the terms",
        "PERSONAL_PHONE",
        "members.terms",
        put("members.terms", "联系人电话：１３８－００００－１２３４"),
    ),
    Broken(
        "an e-mail address in a keyword",
        "PERSONAL_EMAIL",
        "public.keywords[3]",
        extend("public.keywords", "li@example.com"),
    ),
    Broken(
        "a mobile number in a file's address",
        "PERSONAL_PHONE",
        "public.attachments[0].uri",
        _attachment("uri", "https://example.cn/a?tel=13800001234"),
    ),
    Broken(
        "an identity number in a summary",
        "PERSONAL_ID_NUMBER",
        "public.summary",
        put("public.summary", "发明人 110101199003074514"),
    ),
    *(
        Broken(
            f"data of class {number}",
            "CLASSIFICATION_REFUSED",
            "public.classification",
            put("public.classification", number),
        )
        for number in (
            Classification.CLASSIFICATION_IMPORTANT,
            Classification.CLASSIFICATION_CORE,
            Classification.CLASSIFICATION_SECRET,
        )
    ),
]

CONTRADICTING = [
    Broken("digits as title", "TITLE_ONLY_NUMBER", "public.title", put("public.title", "2026-001")),
    *(
        Broken(
            f"the model {title} as title",
            "TITLE_ONLY_BRAND",
            "public.title",
            put("public.title", title),
        )
        for title in ("XK-2000", "Model3", "XK 2000", "XK-2000 Model3", "ABC 123 45", "UAV 2000 b")
    ),
    Broken(
        "a demand's half",
        "WRONG_KIND",
        "public.demand",
        lambda listing: listing.public.demand.CopyFrom(demand().public.demand),
    ),
    Broken(
        "a budget",
        "WRONG_KIND",
        "members.budget",
        lambda listing: listing.members.budget.CopyFrom(demand().members.budget),
    ),
    Broken(
        "a demander",
        "WRONG_KIND",
        "members.demander",
        put("members.demander.name", "上海某某公司"),
    ),
    Broken(
        "evidence that a demand is real",
        "WRONG_KIND",
        "members.evidence",
        lambda listing: listing.members.evidence.extend(listing.public.attachments),
    ),
    Broken(
        "published tomorrow",
        "DATE_IN_FUTURE",
        "public.published_on",
        put("public.published_on", "2026-07-31"),
    ),
    Broken(
        "evaluated next year",
        "DATE_IN_FUTURE",
        "public.supply.evaluated_on",
        put("public.supply.evaluated_on", "2027-07-31"),
    ),
    Broken(
        "an estimate without the declared stage",
        "TRL_ESTIMATE",
        "public.trl",
        put("public.trl_estimated", True),  # noqa: FBT003 - the value of a field
    ),
    Broken(
        "a price of nothing",
        "PRICE_EMPTY",
        "members.price",
        lambda listing: listing.members.price.Clear(),
    ),
    Broken(
        "negotiable with an amount",
        "PRICE_NEGOTIABLE",
        "members.price",
        put("members.price.negotiable", True),  # noqa: FBT003 - the value of a field
    ),
    Broken(
        "at most less than at least",
        "PRICE_ORDER",
        "members.price.amount_max_fen",
        put("members.price.amount_max_fen", 49_999_999),
    ),
    Broken(
        "shares of 999,999",
        "SHARES_SUM",
        "public.supply.owners",
        _owners((UNIVERSITY, 600_000), (COMPANY, 399_999)),
    ),
    Broken(
        "owners without the owner",
        "SHARES_WITHOUT_OWNER",
        "public.supply.owners",
        _owners((COMPANY, 1_000_000)),
    ),
    Broken("a paper alone", "PAPER_WITHOUT_RIGHT", "public.supply.result_form", _paper),
    Broken(
        "a fee without an open licence",
        "FEE_WITHOUT_OPEN_LICENCE",
        "public.supply.open_licence_fee_fen",
        put("public.supply.open_licence_fee_fen", 100),
    ),
    Broken(
        "an indicator that says nothing",
        "INDICATOR_VALUE",
        "public.supply.indicators[0]",
        _silent_indicator,
    ),
]

OF_SUPPLIES = [*WITHOUT, *IN_A_WRONG_SHAPE, *DISCLOSING, *CONTRADICTING]


@pytest.mark.parametrize("broken", OF_SUPPLIES, ids=sentence)
def test_supply_is_refused_for_exactly_this(broken: Broken) -> None:
    listing = supply()
    broken.spoil(listing)
    found = check_listing(listing, today=TODAY).violations
    assert told(found) == [(broken.rule, broken.field)]


def test_the_fee_of_an_open_licence_may_be_small() -> None:
    listing = supply()
    listing.public.supply.transfer_modes[:] = [TransferMode.TRANSFER_MODE_OPEN_LICENCE]
    listing.public.supply.open_licence_fee_fen = 100
    checked = check_listing(listing, today=TODAY)
    assert (checked.violations, checked.warnings) == ((), ())
