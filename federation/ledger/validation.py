"""What a member may write: the check of a ledger document before it goes into the own log.

- A document is checked as it will be stored; all that is wrong is told at once, by the field of the
  document, with value and cure. Whether the books allow it now is `booking` and `judging`'s matter.
- No part of it can be erased: no text holds personal data. A technology manager is a pseudonym.
- `today` is the day in Asia/Shanghai: no income, reversal or payment is of tomorrow.
- What passes can be read by every reader: `documents` refuses none of it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Final

from federation.ledger.agreement import CURRENCY, read_terms
from federation.ledger.codec import AllocationBase, LedgerDocument, serialise, which_document
from federation.ledger.reading import YEAR_FIRST
from federation.ledger.rules import LedgerReport
from federation.ledger.shapes import SHAPES
from federation.ledger.terms_validation import add_findings
from federation.log.errors import Refused
from federation.records.days import check_has_come, check_order, day
from federation.records.disclosure import check_disclosed, check_visible
from federation.records.fields import walk

if TYPE_CHECKING:
    from federation.ledger.codec import Agreement, Income, Payment
    from federation.records.findings import Checked, Report

_HAS_COME: Final = {
    "income": "income_date",
    "reversal": "reversal_date",
    "payment": "paid_on",
}
_DAYS: Final = ("effective_from", "effective_to", *_HAS_COME.values())


def check_document(
    document: LedgerDocument, *, author: str, center: str, today: date
) -> Checked[LedgerDocument]:
    """Return the document to store and all that is wrong with it; never raises.

    `author` is the own member, `center` the member that the registry names so.
    """
    said = LedgerDocument.FromString(serialise(document))
    report = LedgerReport()
    which = which_document(said)
    if which not in SHAPES:
        report.add("REQUIRED", "document")
        return report.checked(said)
    content = getattr(said, which)
    walk(content, SHAPES[which], which, report)
    for name in _DAYS:
        _check_year(getattr(content, name, ""), f"{which}.{name}", report)
    if which in _HAS_COME:
        name = _HAS_COME[which]
        check_has_come(getattr(content, name), f"{which}.{name}", today, report)
    if which == "agreement":
        _check_agreement(said.agreement, author, center, report)
    elif which == "income":
        _check_income(said.income, report)
    elif which == "payment":
        _check_payment(said.payment, report)
    check_disclosed(report)
    check_visible(report)
    return report.checked(said)


def _check_year(text: str, path: str, report: Report) -> None:
    if day(text) is not None and text < YEAR_FIRST:
        report.add("YEAR_EARLY", path, text, first=YEAR_FIRST)


def _check_agreement(said: Agreement, author: str, center: str, report: Report) -> None:
    path = "agreement"
    if said.HasField("previous") != said.HasField("agreement"):
        report.add("REQUIRED", f"{path}.{'agreement' if said.HasField('previous') else 'previous'}")
    if said.center and said.center != center:
        report.add("NOT_THE_CENTER", f"{path}.center", said.center, center=center)
    if said.currency and said.currency != CURRENCY:
        report.add("CURRENCY", f"{path}.currency", said.currency, currency=CURRENCY)
    if said.base == AllocationBase.ALLOCATION_BASE_GROSS and said.deductions:
        report.add("GROSS_DEDUCTS", f"{path}.deductions", ", ".join(said.deductions))
    members = {one.member for one in said.parties} | {*said.signers, said.center}
    if author not in members:
        report.add("NOT_A_MEMBER", path, author, members=" ".join(sorted(members)))
    if said.signers_required > len(said.signers):
        report.add(
            "SIGNERS_REQUIRED",
            f"{path}.signers_required",
            said.signers_required,
            signers=len(said.signers),
        )
    check_order(
        said.effective_from,
        f"{path}.effective_from",
        said.effective_to,
        f"{path}.effective_to",
        report,
    )
    if said.effective_from and said.effective_from == said.effective_to:
        report.add("NO_DAY", f"{path}.effective_to", said.effective_to)
    with suppress(Refused):  # a scope that is not known is told by its form
        add_findings(read_terms(said), path, report)


def _check_income(said: Income, report: Report) -> None:
    """Report amounts of 0: the form takes a field that is not set for 0."""
    seen = set()
    for index, one in enumerate(said.deductions):
        if one.name in seen:
            report.add("DUPLICATE_ITEM", f"income.deductions[{index}].name", one.name)
        seen.add(one.name)


def _check_payment(said: Payment, report: Report) -> None:
    if said.payer and said.payer == said.payee:
        report.add("SAME_PARTY", "payment.payee", said.payee)
