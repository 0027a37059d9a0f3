"""Contracts: the rules that bind several fields (record-model.md section 4)."""

from __future__ import annotations

from datetime import date
from typing import Final

from federation.partnership.codec import (
    Contract,
    ContractCancellation,
    ContractRegistration,
    ContractSide,
    LinkedEnquiry,
    RegistrationState,
)
from federation.partnership.quoted_validation import (
    check_introducers,
    check_listing,
    listing_member,
    member_of,
)
from federation.partnership.terms import Registration
from federation.records.codec import choice_name
from federation.records.days import check_has_come, check_order, day
from federation.records.findings import Report

_CHINA: Final = "CN"
_REASONED: Final = frozenset({Registration.REFUSED, Registration.REVOKED})


def check_contract(
    contract: Contract, author: str, center: str, today: date, report: Report
) -> None:
    """Report what breaks the rules of a version of a contract."""
    path = "document.contract"
    sides = {contract.buyer.member, contract.seller.member}
    if author not in sides:
        report.add("NOT_A_SIDE", path, author, sides=" ".join(sorted(sides)))
    if contract.center and contract.center != center:
        report.add("NOT_THE_CENTER", f"{path}.center", contract.center, center=center)
    _check_side(contract.buyer, f"{path}.buyer", report)
    _check_side(contract.seller, f"{path}.seller", report)
    amount = contract.contract_amount_fen
    if contract.technical_amount_fen > amount:
        place = f"{path}.technical_amount_fen"
        report.add("TECHNICAL_AMOUNT", place, contract.technical_amount_fen, contract_amount=amount)
    if contract.HasField("previous") and not contract.amendment_reason:
        report.add("REQUIRED", f"{path}.amendment_reason")
    elif contract.amendment_reason and not contract.HasField("previous"):
        report.add("NOT_OF_THIS_KIND", f"{path}.amendment_reason", kind="a first version")
    check_has_come(contract.signed_on, f"{path}.signed_on", today, report)
    check_order(
        contract.valid_from,
        f"{path}.valid_from",
        contract.valid_until,
        f"{path}.valid_until",
        report,
    )
    for index, link in enumerate(contract.enquiries):
        _check_link(link, sides, f"{path}.enquiries[{index}]", report)


def check_registration(
    said: ContractRegistration, today: date, signed_on: str, report: Report
) -> None:
    """Report what breaks the rules of a registration document; `signed_on` is as below."""
    path = "document.registration"
    state = int(said.state)
    registered = state == Registration.REGISTERED
    if registered and not said.register_number:
        report.add("REQUIRED", f"{path}.register_number")
    elif said.register_number and not registered:
        kind = choice_name(RegistrationState, said.state)
        report.add("NOT_OF_THIS_KIND", f"{path}.register_number", said.register_number, kind=kind)
    if state in _REASONED and not said.reason:
        report.add("REQUIRED", f"{path}.reason")
    _check_day(said.decided_on, f"{path}.decided_on", today, signed_on, report)


def check_cancellation(
    said: ContractCancellation, today: date, signed_on: str, report: Report
) -> None:
    """Report a day of a cancellation that is none; `signed_on` is that of the version in force."""
    path = "document.cancellation.cancelled_on"
    _check_day(said.cancelled_on, path, today, signed_on, report)


def _check_day(text: str, path: str, today: date, signed_on: str, report: Report) -> None:
    """Refuse a day that has yet to come, or that was before the signing."""
    check_has_come(text, path, today, report)
    when, signed = day(text), day(signed_on)
    if when is not None and signed is not None and when < signed:
        report.add("BEFORE_SIGNING", path, text, signed_on=signed_on)


def _check_side(side: ContractSide, path: str, report: Report) -> None:
    if side.country == _CHINA and not side.region:
        report.add("REQUIRED", f"{path}.region")
    if side.organisation.name and side.country == _CHINA and not side.organisation.uscc:
        report.add("E_UNRESOLVED", f"{path}.organisation", side.organisation.name)


def _check_link(link: LinkedEnquiry, sides: set[str], path: str, report: Report) -> None:
    check_listing(link.listing, f"{path}.listing", report)
    check_introducers(link.introducers, f"{path}.introducers", report)
    parties = {member_of(link.submitted), listing_member(link.listing)}
    if "" not in parties and parties != sides:
        told = {"parties": " ".join(sorted(parties)), "sides": " ".join(sorted(sides))}
        report.add("LINK_SIDES", path, **told)
