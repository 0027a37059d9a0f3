"""Documents that are named and not here, and references that name nothing."""

from __future__ import annotations

import pytest

from federation.partnership.documents import Standing, Void
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import StepKind
from federation.records.refs import Ref
from tests.federation.partnership.logs import (
    ENQUIRY,
    E,
    R,
    forged,
    origin,
    story_to,
    void_of,
)

S = StepKind


def test_missing_document_is_waited_for_visibly() -> None:
    story = story_to(S.INTRODUCED)
    root, accepted, introduced = story.documents
    enquiry = fold_enquiry(ENQUIRY, [root, introduced])
    assert enquiry.state == S.SUBMITTED
    assert enquiry.waits_for == (accepted.ref,)
    assert enquiry.standing(introduced.ref) == Standing(
        introduced, None, frozenset((accepted.ref,))
    )
    assert E not in enquiry.may_answer, "what E wrote may answer SUBMITTED's descendants"
    assert R in enquiry.may_answer
    assert story.fold().state == S.INTRODUCED


def test_nothing_is_known_without_the_submission() -> None:
    story = story_to(S.ACCEPTED)
    root, accepted = story.documents
    enquiry = fold_enquiry(ENQUIRY, [accepted])
    assert (enquiry.state, enquiry.last, enquiry.chain) == (None, None, ())
    assert enquiry.waits_for == (root.ref,)
    assert fold_enquiry(ENQUIRY, []).may_answer == {E: frozenset({S.SUBMITTED})}


def test_lower_answer_to_what_is_missing_makes_the_next_wait() -> None:
    """It may answer a descendant, and then what is above it is void."""
    story = story_to(S.SUBMITTED)
    root = story.documents[0]
    asked = story.say(R, S.INFO_REQUESTED, root)
    given = story.say(E, S.INFO_GIVEN, asked)
    cancelled = story.say(E, S.CANCELLED, root)
    enquiry = fold_enquiry(ENQUIRY, [root, given, cancelled])
    assert enquiry.state == S.SUBMITTED
    standing = enquiry.standing(cancelled.ref)
    assert standing is not None
    assert standing.waits_for == {asked.ref}
    assert void_of(story, cancelled.ref) == Void.ALREADY_ANSWERED
    assert story.fold().state == S.INFO_GIVEN


def test_absent_document_is_not_waited_for() -> None:
    story = story_to(S.SUBMITTED)
    root, nothing = story.documents[0], forged(R, 3)
    bogus = story.say(E, S.INTRODUCED, nothing)
    cancelled = story.say(E, S.CANCELLED, root)
    assert story.fold().waits_for == (nothing,)
    enquiry = story.fold(absent=frozenset((nothing,)))
    assert enquiry.standing(bogus.ref) == Standing(bogus, Void.NO_SUCH_DOCUMENT)
    assert enquiry.last == cancelled
    assert enquiry.waits_for == ()


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("the place of another document", forged(E, 0)),
        ("its own place", forged(E, 1)),
        ("a later place of its own log", forged(E, 44)),
        ("a later log of its own", Ref(origin(E) + ".2", 0, bytes(32))),
        ("a log of a third member", forged("zhejiang", 0)),
        ("a log of another federation", Ref(f"elsewhere.example/{R}", 0, bytes(32))),
    ],
)
def test_reference_that_can_name_nothing_is_void_at_once(sentence: str, named: Ref) -> None:
    story = story_to(S.SUBMITTED)
    assert void_of(story, story.say(E, S.CANCELLED, named).ref) == Void.NO_SUCH_DOCUMENT, sentence
    assert story.fold().may_answer[E]
