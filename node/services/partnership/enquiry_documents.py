"""Making the documents of enquiries: what the caller says, with the days and times of this node.

- By when an answer and a decision are due follows from the settings and the calendar of the node
  that writes the step. A decision is never due before an answer.
- A document is checked by `federation.partnership.validation`; what is wrong is told by the fields
  of the request.
- The same step again is not a new one: where the kind cannot be taken now, the caller may mean one
  that it has taken before, so the days that stand are taken over and the fold's own rule compares.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from federation.partnership.codec import (
    EnquiryNote,
    EnquiryStep,
    PartnershipContacts,
    PartnershipDocument,
    parse_document,
    set_recorded_at_ms,
)
from federation.partnership.deadlines import ASKS_ANSWER, ASKS_DECISION
from federation.partnership.steps import Step, StepKind
from federation.partnership.validation import check_contacts, check_document
from federation.records.days import day
from federation.records.refs import Ref, said_ref
from node.services.catalogue.records import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.partnership.codec import DocumentRef, EnquirySubmission
    from federation.records.findings import Finding
    from node.services.partnership.enquiry_loading import LoadedEnquiry
    from node.services.partnership.working_days import WorkingDays

_PREFIXES: Final = ("document.step.submission.", "document.step.", "document.note.")


@dataclass(frozen=True, slots=True)
class EnquiryRules:
    """The settings `partnership`, but for the calendar."""

    name_center: bool = True
    answer_days: int = 5
    decision_days: int = 20
    remind_days: int = 2
    enquiries_a_day: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedStep:
    """A step as a caller asks for it; without `answers` it answers the last one."""

    kind: StepKind
    reason: str = ""
    message: str = ""
    answers: DocumentRef | None = None
    contract: DocumentRef | None = None


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document that may be stored, and what should be mended in it."""

    said: PartnershipDocument
    warnings: tuple[Finding, ...]


class DocumentMaker:
    """Makes documents for one member. `today` is the day in Asia/Shanghai."""

    def __init__(
        self,
        member: str,
        center: Callable[[], str],
        days: WorkingDays,
        rules: EnquiryRules,
    ) -> None:
        """`center` gives the member that is the center, "" where there is none."""
        self._member = member
        self._center = center
        self._days = days
        self._rules = rules

    def submission(
        self, submission: EnquirySubmission, message: str, now_s: float, today: date
    ) -> MadeDocument:
        """Return SUBMITTED; refuses INVALID_FIELD."""
        step = EnquiryStep(kind=_number(StepKind.SUBMITTED), message=message, submission=submission)
        step.answer_due = self._due(today, self._rules.answer_days)
        decision_due = self._due(today, self._rules.decision_days)
        step.decision_due = max(step.answer_due, decision_due)
        return self._checked(PartnershipDocument(step=step), now_s, today)

    def step(
        self, asked: AskedStep, loaded: LoadedEnquiry, now_s: float, today: date
    ) -> MadeDocument:
        """Return a step that answers the last one, or that was taken before; see above."""
        step = EnquiryStep(kind=_number(asked.kind), reason=asked.reason, message=asked.message)
        if asked.contract is not None:
            step.contract.CopyFrom(asked.contract)
        before = self._taken_before(asked, self._normal(step, today), loaded)
        if before is not None:
            step.answers.CopyFrom(before.answers)
            step.answer_due, step.decision_due = before.answer_due, before.decision_due
        else:
            self._answer(step, asked, loaded, today)
        return self._checked(PartnershipDocument(step=step), now_s, today)

    def note(
        self,
        kind: int,
        about: DocumentRef,
        text: str,
        now_s: float,
        today: date,
        *,
        with_contacts: bool = False,
    ) -> MadeDocument:
        """Return a note; refuses INVALID_FIELD. `with_contacts` says whether part 1 holds them."""
        note = EnquiryNote(kind=_number(kind), about=about, text=text)
        document = PartnershipDocument(note=note)
        return self._checked(document, now_s, today, with_contacts=with_contacts)

    @staticmethod
    def contacts(said: PartnershipContacts, today: date) -> PartnershipContacts:
        """Return contacts that may be stored; refuses INVALID_FIELD without telling them."""
        checked = check_contacts(said, today=today)
        refuse(checked.violations)
        return checked.record

    def _answer(
        self, step: EnquiryStep, asked: AskedStep, loaded: LoadedEnquiry, today: date
    ) -> None:
        last = loaded.folded.last
        if asked.answers is not None:
            step.answers.CopyFrom(asked.answers)
        elif last is not None:
            step.answers.CopyFrom(said_ref(last.ref))
        if asked.kind not in ASKS_ANSWER:
            return
        step.answer_due = self._due(today, self._rules.answer_days)
        if asked.kind in ASKS_DECISION:
            stands = [
                one.facts.decision_due
                for one in loaded.folded.chain
                if isinstance(one.facts, Step) and day(one.facts.decision_due)
            ]
            if stands and stands[-1] < step.answer_due:
                step.decision_due = step.answer_due

    def _normal(self, step: EnquiryStep, today: date) -> EnquiryStep:
        """Return a step with its texts as they will be stored, whatever else is wrong with it."""
        said = PartnershipDocument(step=step)
        center = self._center()
        return check_document(said, author=self._member, center=center, today=today).record.step

    def _taken_before(
        self, asked: AskedStep, normal: EnquiryStep, loaded: LoadedEnquiry
    ) -> EnquiryStep | None:
        """Return the own step that the caller may mean, where it may take no such step now."""
        named = None if asked.answers is None else _key(asked.answers)
        last = loaded.folded.last
        is_last = named is None or (last is not None and named == last.ref)
        if is_last and asked.kind in loaded.folded.may_answer.get(self._member, frozenset()):
            return None
        for one in reversed(loaded.documents):
            if one.author != self._member or not isinstance(one.facts, Step):
                continue
            if one.facts.kind != asked.kind or named not in {None, one.facts.answers}:
                continue
            said = parse_document(one.content).step
            if _says(said) == _says(normal):
                return said
        return None

    def _checked(
        self, said: PartnershipDocument, now_s: float, today: date, *, with_contacts: bool = False
    ) -> MadeDocument:
        set_recorded_at_ms(said, int(now_s * 1000))
        checked = check_document(
            said,
            author=self._member,
            center=self._center(),
            today=today,
            with_contacts=with_contacts,
        )
        refuse([as_asked(one) for one in checked.violations])
        return MadeDocument(checked.record, tuple(map(as_asked, checked.warnings)))

    def _due(self, today: date, count: int) -> str:
        return self._days.after(today, count).isoformat()


def as_asked(finding: Finding) -> Finding:
    """Return a finding about a document as one about the request that says it."""
    prefix = next((one for one in _PREFIXES if finding.field.startswith(one)), "")
    if not prefix:
        return finding
    field = finding.field.removeprefix(prefix)
    return replace(
        finding,
        field=field,
        text_zh=finding.text_zh.replace(finding.field, field, 1),
        text_en=finding.text_en.replace(finding.field, field, 1),
    )


def _says(step: EnquiryStep) -> tuple[str, str]:
    return step.reason, step.message


def _key(ref: DocumentRef) -> Ref:
    return Ref(ref.origin, ref.leaf_index, ref.leaf_hash)


def _number(kind: int) -> Any:
    """Return an enumeration's value as its message takes it."""
    return int(kind)
