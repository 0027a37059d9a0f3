"""Supplies (科技成果供给): the rules that bind several fields (record-model.md section 2)."""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING, Final

from federation.records.codec import (
    EvaluationLevel,
    IpStatus,
    IpType,
    ListingStatus,
    ResultForm,
    TransferMode,
)
from federation.records.days import check_has_come
from federation.records.quantities import check_indicators
from federation.records.text_fields import CHINESE_PATENT

if TYPE_CHECKING:
    from datetime import date

    from federation.records.codec import (
        IntellectualProperty,
        Listing,
        ListingPublic,
        OrganisationRef,
        Supply,
    )
    from federation.records.findings import Report

_PAPER: Final = ResultForm.RESULT_FORM_PAPER
_KNOW_HOW: Final = IpType.IP_TYPE_KNOW_HOW
_OPEN_LICENCE: Final = TransferMode.TRANSFER_MODE_OPEN_LICENCE
_WHOLE_PPM: Final = 1_000_000
_LAPSED: Final = IpStatus.IP_STATUS_LAPSED
_NO_OFFER: Final = frozenset(
    {ListingStatus.LISTING_STATUS_ON_HOLD, ListingStatus.LISTING_STATUS_FLAGGED}
)
"""What is only stored."""
_WAS_OFFERED: Final = frozenset(
    {ListingStatus.LISTING_STATUS_MATCHED, ListingStatus.LISTING_STATUS_CLOSED_DEAL}
)
"""A partner was found, or a contract made, for what was an offer: its right may lapse since."""
_UNEVALUATED: Final = frozenset(
    {
        EvaluationLevel.EVALUATION_LEVEL_UNSPECIFIED,
        EvaluationLevel.EVALUATION_LEVEL_NOT_EVALUATED,
    }
)
_PATENTS: Final = frozenset(
    {IpType.IP_TYPE_INVENTION, IpType.IP_TYPE_UTILITY_MODEL, IpType.IP_TYPE_DESIGN}
)
_OF_DEMANDS: Final = ("budget", "demander")
_PATENT_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_OF_ZEROS: Final = sum(_PATENT_WEIGHTS) * ord("0")
"""What the weights make of twelve zeros, of which each has the value of its character."""


def check_supply(listing: Listing, today: date, report: Report) -> None:
    """Report what breaks the rules of a supply."""
    public = listing.public
    _check_kind(listing, report)
    if not public.summary:
        report.add("REQUIRED", "public.summary")
    if not public.HasField("owner"):
        report.add("REQUIRED", "public.owner")
    if not public.HasField("supply"):
        report.add("REQUIRED", "public.supply")
        return
    supply = public.supply
    _check_rights(public, supply, report)
    if supply.owners:
        _check_shares(public.owner, supply, report)
    if supply.open_licence_fee_fen and _OPEN_LICENCE not in supply.transfer_modes:
        fee = supply.open_licence_fee_fen
        report.add("FEE_WITHOUT_OPEN_LICENCE", "public.supply.open_licence_fee_fen", fee)
    if supply.evaluation_level not in _UNEVALUATED and not supply.evaluator:
        report.add("E_SELF_DECLARED", "public.supply.evaluation_level")
    if supply.evaluated_on:
        check_has_come(supply.evaluated_on, "public.supply.evaluated_on", today, report)
    check_indicators(supply.indicators, "public.supply.indicators", report)


def _check_kind(listing: Listing, report: Report) -> None:
    """Report what only demands have."""
    if listing.public.HasField("demand"):
        report.add("WRONG_KIND", "public.demand", kind="SUPPLY")
    for path in _OF_DEMANDS:
        if listing.members.HasField(path):
            report.add("WRONG_KIND", f"members.{path}", kind="SUPPLY")
    if listing.members.evidence:  # 真实性佐证: that a demand is real
        report.add("WRONG_KIND", "members.evidence", kind="SUPPLY")


def _check_rights(public: ListingPublic, supply: Supply, report: Report) -> None:
    if (
        supply.result_form == _PAPER
        and public.status not in _NO_OFFER
        and not any(_is_right(right, public.status in _WAS_OFFERED) for right in supply.ip)
    ):
        report.add("PAPER_WITHOUT_RIGHT", "public.supply.result_form", "RESULT_FORM_PAPER")
    for index, right in enumerate(supply.ip):
        if right.type in _PATENTS:
            _check_patent_number(right.number, index, report)


def _is_right(right: IntellectualProperty, may_lapse: bool) -> bool:
    """Tell a right that is named and has not lapsed; know-how has no number."""
    if right.status == _LAPSED and not may_lapse:
        return False
    return bool(right.number or right.type == _KNOW_HOW)


def _check_patent_number(number: str, index: int, report: Report) -> None:
    """Warn only: the weights of the check digit await an expert's confirmation."""
    match = CHINESE_PATENT.fullmatch(number)
    if match:
        total = sum(map(mul, _PATENT_WEIGHTS, match[1].encode())) - _OF_ZEROS
        check = "0123456789X"[total % 11]
        if check != match[2]:
            report.add("E_IP_NUMBER", f"public.supply.ip[{index}].number", number, check=check)


def _check_shares(owner: OrganisationRef, supply: Supply, report: Report) -> None:
    total = sum(share.share_ppm for share in supply.owners)
    if total != _WHOLE_PPM:
        report.add("SHARES_SUM", "public.supply.owners", total=total)
    if not any(
        share.organisation.uscc == owner.uscc
        if owner.uscc
        else share.organisation.name == owner.name
        for share in supply.owners
    ):
        report.add("SHARES_WITHOUT_OWNER", "public.supply.owners", owner.name)
