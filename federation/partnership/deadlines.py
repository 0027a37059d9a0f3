"""By when an answer or a decision is due: days that documents state.

- SUBMITTED, INFO_REQUESTED, INFO_GIVEN and ACCEPTED say by when they want an answer of any kind;
  it is owed until the step is answered.
- SUBMITTED says by when the listing's side is to decide; INFO_GIVEN may say it anew. It is owed
  until ACCEPTED or an end, but not before an answer that the listing's side has asked for: until
  then it can decide nothing, so a day before that one is not told while INFO_REQUESTED waits.
- The days are counted by whoever writes the step (5 and 20 working days). No fold reads a clock:
  that a day has passed ends nothing, it only lets somebody write EXPIRED. A text that is no day
  says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from federation.partnership.steps import Step, StepKind
from federation.records.days import day
from federation.records.refs import Ref

ASKS_ANSWER: Final = frozenset(
    {StepKind.SUBMITTED, StepKind.INFO_REQUESTED, StepKind.INFO_GIVEN, StepKind.ACCEPTED}
)
"""The steps that say `answer_due`."""

ASKS_DECISION: Final = frozenset({StepKind.SUBMITTED, StepKind.INFO_GIVEN})
"""The steps that may say `decision_due`."""

_BEFORE_DECISION: Final = ASKS_ANSWER - {StepKind.ACCEPTED}
_OWED_BY_LISTING: Final = ASKS_DECISION


class Due(StrEnum):
    """What is due."""

    ANSWER = "ANSWER"
    DECISION = "DECISION"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One open deadline: the day YYYY-MM-DD in Asia/Shanghai, who owes, which step says so."""

    due: Due
    day: str
    owed_by: str
    set_by: Ref


def open_deadlines(
    chain: Sequence[tuple[Ref, Step]], *, enquirer: str, listing_member: str
) -> tuple[Deadline, ...]:
    """Return the open deadlines of an enquiry whose winning steps are `chain`, first to last."""
    if not chain:
        return ()
    ref, last = chain[-1]
    found = []
    not_before = ""
    if last.kind in ASKS_ANSWER and day(last.answer_due):
        not_before = last.answer_due if last.kind == StepKind.INFO_REQUESTED else ""
        owed_by = listing_member if last.kind in _OWED_BY_LISTING else enquirer
        found.append(Deadline(Due.ANSWER, last.answer_due, owed_by, ref))
    if last.kind in _BEFORE_DECISION:
        asked = [
            Deadline(Due.DECISION, step.decision_due, listing_member, its_ref)
            for its_ref, step in chain
            if step.kind in ASKS_DECISION and day(step.decision_due)
        ]
        found += [one for one in asked[-1:] if one.day >= not_before]
    return tuple(found)
