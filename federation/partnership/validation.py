"""What a member may write: the check of a partnership document before it goes into the own log.

- A document is checked as it will be stored; all that is wrong is told at once. What it may answer
  now is the fold's matter (`writing`).
- Part 0 cannot be erased: no text in it holds personal data. Contacts stand in part 1, with a
  consent in force, and no finding tells their values.
- A field that a step does not use is refused, not ignored; so is a part 1 beside anything but a
  note CONTACTS, which needs one.
- `today` is the day in Asia/Shanghai; a signature or a decision of tomorrow is refused, and a
  decision or a cancellation of a day before the signing.

The folds are more lenient: they judge what others wrote, and read no code table and no clock.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from federation.partnership.codec import (
    EnquiryNote,
    EnquiryStep,
    EnquiryStepKind,
    PartnershipContacts,
    PartnershipDocument,
    which_document,
    without_unknown,
)
from federation.partnership.contract_validation import (
    check_cancellation,
    check_contract,
    check_registration,
)
from federation.partnership.deadlines import ASKS_ANSWER, ASKS_DECISION
from federation.partnership.person_validation import check_reachable
from federation.partnership.quoted_validation import check_introducers, check_listing
from federation.partnership.rules import PartnershipReport
from federation.partnership.shapes import CONTACTS, DOCUMENT
from federation.partnership.steps import NoteKind, StepKind
from federation.records.codec import choice_name
from federation.records.days import check_has_come, check_order
from federation.records.disclosure import check_disclosed, check_visible
from federation.records.fields import walk
from federation.records.findings import Checked, Report

_REASONED: Final = frozenset(
    {StepKind.DECLINED, StepKind.CANCELLED, StepKind.EXPIRED, StepKind.NO_DEAL}
)
_ALL: Final = frozenset(StepKind)
_WORDED: Final = frozenset({StepKind.INFO_REQUESTED, StepKind.INFO_GIVEN})
"""A question and its answer say something."""
_FIELDS: Final = {
    # field: (the steps that must have it, the steps that may)
    "answers": (_ALL - {StepKind.SUBMITTED}, _ALL - {StepKind.SUBMITTED}),
    "reason": (_REASONED, _REASONED),
    "message": (_WORDED, _ALL),
    "answer_due": (ASKS_ANSWER, ASKS_ANSWER),
    "decision_due": (frozenset({StepKind.SUBMITTED}), ASKS_DECISION),
    "submission": (frozenset({StepKind.SUBMITTED}), frozenset({StepKind.SUBMITTED})),
    "contract": (frozenset({StepKind.CONTRACTED}), frozenset({StepKind.CONTRACTED})),
}


def check_document(
    document: PartnershipDocument,
    *,
    author: str,
    center: str,
    today: date,
    with_contacts: bool = False,
    signed_on: str = "",
) -> Checked[PartnershipDocument]:
    """Return the document to store and all that is wrong with it; never raises.

    `author` is the own member, `center` the member that the registry names so; `with_contacts` says
    that the entry has a part 1, which `check_contacts` checks. `signed_on` is the day on which the
    version was signed that a decision or a cancellation is about.
    """
    said = without_unknown(document)
    report = PartnershipReport()
    walk(said, DOCUMENT, "document", report)
    check_disclosed(report)
    which = which_document(said)
    if which == "step":
        _check_step(said.step, report)
    elif which == "note":
        _check_note(said.note, report)
    elif which == "contract":
        check_contract(said.contract, author, center, today, report)
    elif which == "registration":
        check_registration(said.registration, today, signed_on, report)
    elif which == "cancellation":
        check_cancellation(said.cancellation, today, signed_on, report)
    elif not which:
        report.add("REQUIRED", "document")
    has_room = which == "note" and int(said.note.kind) == NoteKind.CONTACTS
    if has_room != with_contacts:
        rule = "REQUIRED" if has_room else "NOT_OF_THIS_KIND"
        report.add(rule, "contacts", kind="a document other than CONTACTS")
    check_visible(report)
    return report.checked(said)


def check_contacts(contacts: PartnershipContacts, *, today: date) -> Checked[PartnershipContacts]:
    """Return the contacts to store and all that is wrong with them; never raises."""
    said = without_unknown(contacts)
    report = PartnershipReport()
    report.mute()
    walk(said, CONTACTS, "contacts", report)
    consent = said.consent
    check_reachable(said.persons, "contacts.persons", report)
    check_has_come(consent.granted_on, "contacts.consent.granted_on", today, report)
    if consent.withdrawn_on:
        report.add("CONSENT_WITHDRAWN", "contacts.persons")
    check_visible(report)
    return report.checked(said)


def _check_step(step: EnquiryStep, report: Report) -> None:
    path = "document.step"
    kind, name = int(step.kind), choice_name(EnquiryStepKind, step.kind)
    present = {descriptor.name for descriptor, _ in step.ListFields()}
    for field, (must, may) in _FIELDS.items():
        if kind in must and field not in present:
            report.add("REQUIRED", f"{path}.{field}")
        elif kind in _ALL - may and field in present:
            report.add("NOT_OF_THIS_KIND", f"{path}.{field}", kind=name)
    check_order(
        step.answer_due, f"{path}.answer_due", step.decision_due, f"{path}.decision_due", report
    )
    if step.HasField("submission"):
        submission = step.submission
        check_listing(submission.listing, f"{path}.submission.listing", report)
        check_introducers(submission.introducers, f"{path}.submission.introducers", report)
        asking = submission.from_organisation
        if asking.name and not asking.uscc:
            report.add("E_UNRESOLVED", f"{path}.submission.from_organisation", asking.name)


def _check_note(note: EnquiryNote, report: Report) -> None:
    if int(note.kind) == NoteKind.DISPUTE and not note.text:
        report.add("REQUIRED", "document.note.text")
