"""Organisations (机构): what they must be to be published (record-model.md section 4).

The credit code is their key. Its places 3 to 8 are where the organisation was first registered;
it may have moved since, so a difference to its region is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.records.codec import OrganisationStatus, without_output
from federation.records.disclosure import check_disclosed, check_visible
from federation.records.fields import walk
from federation.records.findings import Checked, Report
from federation.records.shapes import (
    ORGANISATION_CONTACTS,
    ORGANISATION_PUBLIC,
    ORGANISATION_TERMS,
)
from federation.records.uscc import has_form

if TYPE_CHECKING:
    from federation.records.codec import Organisation, OrganisationPublic


def check_organisation(organisation: Organisation) -> Checked[Organisation]:
    """Return the organisation to store and all that is wrong with it; never raises."""
    record = without_output(organisation)
    report = Report()
    walk(record.public, ORGANISATION_PUBLIC, "public", report)
    walk(record.members, ORGANISATION_TERMS, "members", report)
    check_disclosed(report)
    _check_public(record.public, report)
    report.mute()
    walk(record.origin, ORGANISATION_CONTACTS, "origin", report)
    check_visible(report)
    return report.checked(record)


def _check_public(public: OrganisationPublic, report: Report) -> None:
    registered = public.uscc[2:8]
    if has_form(public.uscc) and public.region and registered != public.region:
        report.add("E_USCC_REGION", "public.uscc", public.uscc, registered=registered)
    merged = public.status == OrganisationStatus.ORGANISATION_STATUS_MERGED
    into = public.merged_into_uscc
    if merged and not into:
        report.add("REQUIRED", "public.merged_into_uscc")
    elif into and (not merged or into == public.uscc):
        report.add("MERGED_INTO", "public.merged_into_uscc", into)
