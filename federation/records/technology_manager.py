"""Technology managers (技术经理人): what they must be to be published (record-model.md section 4).

The public part knows only a pseudonym. The person stands in origin, and only with a consent that
says what for, which data and since when (PIPL); once it is withdrawn the person goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.records.codec import without_output
from federation.records.days import check_has_come, check_order
from federation.records.disclosure import check_disclosed, check_visible
from federation.records.fields import walk
from federation.records.findings import Checked, Report
from federation.records.shapes import MANAGER_PERSON, MANAGER_PUBLIC, MANAGER_TERMS

if TYPE_CHECKING:
    from datetime import date

    from federation.records.codec import Manager, ManagerPerson


def check_manager(manager: Manager, *, today: date) -> Checked[Manager]:
    """Return the manager to store and all that is wrong with it; never raises.

    `today` is the day in Asia/Shanghai.
    """
    record = without_output(manager)
    report = Report()
    walk(record.public, MANAGER_PUBLIC, "public", report)
    walk(record.members, MANAGER_TERMS, "members", report)
    check_disclosed(report)
    employer = record.public.employer
    if employer.name and not employer.uscc:
        report.add("E_UNRESOLVED", "public.employer", employer.name)
    report.mute()
    walk(record.origin, MANAGER_PERSON, "origin", report)
    _check_consent(record.origin, today, report)
    check_visible(report)
    return report.checked(record)


def _check_consent(origin: ManagerPerson, today: date, report: Report) -> None:
    consent = origin.consent
    if origin.HasField("person"):
        if not origin.HasField("consent"):
            report.add("CONSENT_REQUIRED", "origin.person")
        elif consent.withdrawn_on:
            report.add("CONSENT_WITHDRAWN", "origin.person")
    elif origin.HasField("consent") and not consent.withdrawn_on:
        report.add("REQUIRED", "origin.person")
    check_has_come(consent.granted_on, "origin.consent.granted_on", today, report)
    check_has_come(consent.withdrawn_on, "origin.consent.withdrawn_on", today, report)
    check_order(
        consent.granted_on,
        "origin.consent.granted_on",
        consent.withdrawn_on,
        "origin.consent.withdrawn_on",
        report,
    )
