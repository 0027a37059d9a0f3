"""Demands (技术需求): the rules that bind several fields (record-model.md section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.records.anonymity import check_unnamed
from federation.records.days import check_has_come, check_order, warn_if_over
from federation.records.quantities import check_indicators, warn_if_small

if TYPE_CHECKING:
    from datetime import date

    from federation.records.codec import Listing
    from federation.records.findings import Report


def check_demand(listing: Listing, today: date, report: Report) -> None:
    """Report what breaks the rules of a demand."""
    public = listing.public
    if public.HasField("supply"):
        report.add("WRONG_KIND", "public.supply", kind="DEMAND")
    if listing.members.HasField("price"):
        report.add("WRONG_KIND", "members.price", kind="DEMAND")
    if not public.valid_until:
        report.add("REQUIRED", "public.valid_until")
    _check_demander(listing, report)
    if not public.HasField("demand"):
        report.add("REQUIRED", "public.demand")
        return
    demand = public.demand
    if demand.bounty_fen and not demand.challenge:
        report.add("BOUNTY_WITHOUT_CHALLENGE", "public.demand.bounty_fen", demand.bounty_fen)
    else:
        warn_if_small(demand.bounty_fen, "public.demand.bounty_fen", report)
    path = "public.demand.deadline_eoi"
    check_order(demand.deadline_eoi, path, public.valid_until, "public.valid_until", report)
    warn_if_over(demand.deadline_eoi, path, today, report)
    check_has_come(demand.verified_on, "public.demand.verified_on", today, report)
    check_indicators(demand.indicators, "public.demand.indicators", report)


def _check_demander(listing: Listing, report: Report) -> None:
    """Who asks is known: to all, or, where the demand is anonymous, to members only."""
    public, members = listing.public, listing.members
    if not public.demand.anonymous:
        if members.HasField("demander"):  # perhaps the mark is forgotten: do not ask for the owner
            report.add("DEMANDER_OF_NAMED", "members.demander")
        elif not public.HasField("owner"):
            report.add("REQUIRED", "public.owner")
        return
    if public.HasField("owner"):
        report.add("OWNER_OF_ANONYMOUS", "public.owner", public.owner.name)
    if not members.HasField("demander"):
        report.add("REQUIRED", "members.demander")
    elif not public.HasField("owner"):
        check_unnamed(public, members.demander, report)
