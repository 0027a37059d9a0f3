"""Notes on an enquiry, and the deadlines that its steps state."""

from __future__ import annotations

import pytest

from federation.partnership.deadlines import Deadline, Due
from federation.partnership.documents import Void
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import (
    NoteKind,
    Step,
    StepKind,
)
from tests.federation.partnership.logs import (
    ENQUIRY,
    WAYS,
    E,
    R,
    document,
    listing_of,
    note,
    story_to,
    void_of,
)

S = StepKind


@pytest.mark.parametrize("kind", set(NoteKind) - {NoteKind.CONTACTS, NoteKind.CONSENT_WITHDRAWN})
@pytest.mark.parametrize("state", WAYS)
def test_note_changes_no_state(kind: NoteKind, state: StepKind) -> None:
    story = story_to(state)
    before = story.fold()
    said = story.note(E, kind, story.documents[-1])
    after = story.fold()
    assert after.notes == (said,)
    assert (after.chain, after.may_answer, after.deadlines) == (
        before.chain,
        before.may_answer,
        before.deadlines,
    )


@pytest.mark.parametrize(
    ("sentence", "state", "kind", "about", "void"),
    [
        ("contacts of the introduced", S.INTRODUCED, NoteKind.CONTACTS, 2, None),
        ("contacts too early", S.ACCEPTED, NoteKind.CONTACTS, 1, Void.NOT_ALLOWED_HERE),
        ("contacts about a submission", S.INTRODUCED, NoteKind.CONTACTS, 0, Void.NOT_ALLOWED_HERE),
        ("consent to nothing", S.INTRODUCED, NoteKind.CONSENT_WITHDRAWN, 2, Void.NOT_ALLOWED_HERE),
        ("an unknown note", S.INTRODUCED, 77, 2, Void.UNKNOWN),
    ],
)
def test_what_a_note_may_be_about(
    sentence: str, state: StepKind, kind: NoteKind, about: int, void: Void | None
) -> None:
    story = story_to(state)
    said = story.note(R, kind, story.documents[about])
    assert void_of(story, said.ref) == void, sentence


def test_consent_is_withdrawn_for_ones_own_contacts_only() -> None:
    story = story_to(S.INTRODUCED)
    contacts = story.note(R, NoteKind.CONTACTS, story.documents[2])
    withdrawn = story.note(R, NoteKind.CONSENT_WITHDRAWN, contacts)
    meddling = story.note(E, NoteKind.CONSENT_WITHDRAWN, contacts)
    about_note = story.note(E, NoteKind.DISPUTE, contacts)
    assert story.fold().notes == (contacts, withdrawn)
    assert void_of(story, meddling.ref) == Void.NOT_ALLOWED_HERE
    assert void_of(story, about_note.ref) == Void.NOT_ALLOWED_HERE


def test_contacts_about_a_lost_introduction_are_void() -> None:
    story = story_to(S.ACCEPTED)
    story.say(E, S.CANCELLED, story.documents[0])
    introduced = story.say(E, S.INTRODUCED, story.documents[1])
    contacts = story.note(R, NoteKind.CONTACTS, introduced)
    withdrawn = story.note(R, NoteKind.CONSENT_WITHDRAWN, contacts)
    assert void_of(story, contacts.ref) == Void.ANSWERS_VOID
    assert void_of(story, withdrawn.ref) == Void.ANSWERS_VOID


def test_note_about_what_is_missing_waits() -> None:
    story = story_to(S.ACCEPTED)
    root, accepted = story.documents
    said = note(E, 5, NoteKind.NDA, accepted)
    enquiry = fold_enquiry(ENQUIRY, [root, said])
    assert enquiry.waits_for == (accepted.ref,)
    assert enquiry.notes == ()
    assert E in enquiry.may_answer, "a note is no answer"


def test_deadlines_are_those_that_the_steps_state() -> None:
    asking = Step(
        S.SUBMITTED, None, listing_of(R), answer_due="2026-08-07", decision_due="2026-08-28"
    )
    root = document(E, 0, asking)
    asked = document(R, 0, Step(S.INFO_REQUESTED, root.ref, answer_due="2026-08-12"))
    given = document(
        E,
        1,
        Step(S.INFO_GIVEN, asked.ref, answer_due="2026-08-20", decision_due="2026-09-10"),
    )
    accepted = document(R, 1, Step(S.ACCEPTED, given.ref, answer_due="2026-08-27"))
    told = [
        {(one.due, one.day, one.owed_by) for one in fold_enquiry(ENQUIRY, documents).deadlines}
        for documents in (
            [root],
            [root, asked],
            [root, asked, given],
            [root, asked, given, accepted],
        )
    ]
    assert told == [
        {(Due.ANSWER, "2026-08-07", R), (Due.DECISION, "2026-08-28", R)},
        {(Due.ANSWER, "2026-08-12", E), (Due.DECISION, "2026-08-28", R)},
        {(Due.ANSWER, "2026-08-20", R), (Due.DECISION, "2026-09-10", R)},
        {(Due.ANSWER, "2026-08-27", E)},
    ]
    enquiry = fold_enquiry(ENQUIRY, [root])
    assert enquiry.deadlines[0] == Deadline(Due.ANSWER, "2026-08-07", R, root.ref)


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "2026-8-7"])
def test_text_that_is_no_day_sets_no_deadline(text: str) -> None:
    root = document(
        E, 0, Step(S.SUBMITTED, None, listing_of(R), answer_due=text, decision_due=text)
    )
    assert fold_enquiry(ENQUIRY, [root]).deadlines == ()


def test_who_has_asked_owes_no_decision_before_the_answer() -> None:
    asking = Step(
        S.SUBMITTED, None, listing_of(R), answer_due="2026-08-07", decision_due="2026-08-28"
    )
    root = document(E, 0, asking)
    asked = document(R, 0, Step(S.INFO_REQUESTED, root.ref, answer_due="2026-08-31"))
    told = fold_enquiry(ENQUIRY, [root, asked]).deadlines
    assert [(one.due, one.day, one.owed_by) for one in told] == [(Due.ANSWER, "2026-08-31", E)]
    no_day = document(R, 0, Step(S.INFO_REQUESTED, root.ref, answer_due="soon"))
    told = fold_enquiry(ENQUIRY, [root, no_day]).deadlines
    assert [(one.due, one.day) for one in told] == [(Due.DECISION, "2026-08-28")], "it has an end"
