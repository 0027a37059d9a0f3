"""What the terms of an agreement have to be; allocation rests upon it.

- 1 to 64 parties, each with a name of its own; shares from 0 that sum to exactly 1,000,000 ppm.
- 0 <= floor <= cap; every amount is a whole number below 2^62.
- Tiers ascend, the last one and no other has no end; rates are from 0 to 1,000,000 ppm.
- Who gets the remainder or the excess is a party; who gets the excess has no cap.

All that is wrong is told at once, each with its field, its value and the cure.
"""

from __future__ import annotations

from typing import Final

from federation.ledger.rules import LedgerReport
from federation.ledger.terms import AMOUNT_MAX_FEN, WHOLE_PPM, Party, Terms, Tier
from federation.records.findings import Finding, Report

PARTIES_MAX: Final = 64


def check_terms(terms: Terms, path: str = "terms") -> tuple[Finding, ...]:
    """Return all that is wrong with the terms, empty where they are sound; never raises.

    `path` is what the findings call the terms.
    """
    report = LedgerReport()
    add_findings(terms, path, report)
    return report.checked(terms).violations


def add_findings(terms: Terms, path: str, report: Report) -> None:
    """Report all that is wrong with the terms."""
    _check_parties(terms.parties, f"{path}.parties", report)
    _check_tiers(terms.tiers, f"{path}.tiers", report)
    caps = {one.party: one.cap_fen for one in terms.parties}
    for name, party in (("remainder_to", terms.remainder_to), ("excess_to", terms.excess_to)):
        if party is not None and party not in caps:
            report.add("PARTY_UNKNOWN", f"{path}.{name}", party)
    if terms.excess_to is not None and (cap := caps.get(terms.excess_to)) is not None:
        report.add("EXCESS_TO_CAPPED", f"{path}.excess_to", terms.excess_to, cap=cap)


def _check_parties(parties: tuple[Party, ...], path: str, report: Report) -> None:
    if not parties:
        report.add("REQUIRED", path)
        return
    if len(parties) > PARTIES_MAX:
        report.add("TOO_MANY", path, count=len(parties), most=PARTIES_MAX)
    names = set()
    for index, one in enumerate(parties):
        at = f"{path}[{index}]"
        if not one.party:
            report.add("REQUIRED", f"{at}.party")
        elif one.party in names:
            report.add("DUPLICATE_ITEM", f"{at}.party", one.party)
        names.add(one.party)
        _check_number(one.share_ppm, f"{at}.share_ppm", WHOLE_PPM, report)
        _check_limits(one, at, report)
    total = sum(one.share_ppm for one in parties)
    if total != WHOLE_PPM:
        report.add("SHARES_SUM", path, total=total)


def _check_limits(party: Party, path: str, report: Report) -> None:
    cap, floor = party.cap_fen, party.floor_fen
    if cap is not None:
        _check_number(cap, f"{path}.cap_fen", AMOUNT_MAX_FEN, report)
    if floor is not None:
        _check_number(floor, f"{path}.floor_fen", AMOUNT_MAX_FEN, report)
    if cap is not None and floor is not None and floor > cap:
        report.add("FLOOR_ABOVE_CAP", f"{path}.floor_fen", floor, cap=cap)


def _check_tiers(tiers: tuple[Tier, ...], path: str, report: Report) -> None:
    before = 0
    for index, tier in enumerate(tiers):
        at = f"{path}[{index}]"
        is_last = index == len(tiers) - 1
        _check_number(tier.rate_ppm, f"{at}.rate_ppm", WHOLE_PPM, report)
        if tier.upto_fen is None:
            if not is_last:
                report.add("TIER_WITHOUT_END", f"{at}.upto_fen")
            continue
        if is_last:
            report.add("LAST_TIER_ENDS", f"{at}.upto_fen", tier.upto_fen)
            continue
        _check_number(tier.upto_fen, f"{at}.upto_fen", AMOUNT_MAX_FEN, report)
        if tier.upto_fen <= before:
            report.add("TIER_ORDER", f"{at}.upto_fen", tier.upto_fen, before=before)
        before = tier.upto_fen


def _check_number(value: int, path: str, most: int, report: Report) -> None:
    """Report what is no whole number from 0 to `most`; True and 1.0 are none."""
    if type(value) is not int or not 0 <= value <= most:
        report.add("NUMBER_RANGE", path, value, least=0, most=most)
