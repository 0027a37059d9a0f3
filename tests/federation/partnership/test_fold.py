"""The fold of an enquiry, rule by rule."""

from __future__ import annotations

from itertools import permutations

import pytest

from federation.partnership.documents import Unknown, Unreadable, Void
from federation.partnership.enquiry import EnquiryId, enquiries_in
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import (
    ANSWERS,
    ENDING,
    Role,
    Step,
    StepKind,
    may_answer,
)
from federation.records.refs import Ref
from tests.federation.partnership.invariants import check_sound
from tests.federation.partnership.logs import (
    ENQUIRY,
    SUBJECT,
    WAYS,
    E,
    R,
    Story,
    document,
    forged,
    listing_of,
    origin,
    step,
    story_to,
    submitted,
    void_of,
)

S = StepKind
_ALLOWED = {
    # DESIGN section 9, written out once more: (answered, by R, by E)
    S.SUBMITTED: ("INFO_REQUESTED ACCEPTED DECLINED EXPIRED", "CANCELLED EXPIRED"),
    S.INFO_GIVEN: ("INFO_REQUESTED ACCEPTED DECLINED EXPIRED", "CANCELLED EXPIRED"),
    S.INFO_REQUESTED: ("EXPIRED", "INFO_GIVEN CANCELLED EXPIRED"),
    S.ACCEPTED: ("", "INTRODUCED CANCELLED EXPIRED"),
    S.INTRODUCED: ("CONTRACTED NO_DEAL", "CONTRACTED NO_DEAL"),
}


@pytest.mark.parametrize("state", WAYS)
def test_each_state_is_reached(state: StepKind) -> None:
    enquiry = story_to(state).fold()
    assert enquiry.state == state
    assert enquiry.is_ended == (state in ENDING)
    assert all(standing.is_valid for standing in enquiry.standings)
    check_sound(enquiry)


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("kind", StepKind)
@pytest.mark.parametrize("member", [R, E])
def test_only_the_table_lets_answer(state: StepKind, kind: StepKind, member: str) -> None:
    story = story_to(state)
    by_r, by_e = _ALLOWED.get(state, ("", ""))
    allowed = kind.name in (by_r if member == R else by_e).split()
    assert (kind in story.fold().may_answer.get(member, ())) == allowed
    said = story.say(member, kind, story.documents[-1])
    enquiry = story.fold()
    if allowed:
        assert enquiry.last == said
    else:
        assert void_of(story, said.ref) == Void.NOT_ALLOWED_HERE
        assert enquiry.state == state


def test_every_answer_in_the_table_is_one_of_the_design() -> None:
    for answered, (by_r, by_e) in _ALLOWED.items():
        assert {kind.name for kind in may_answer(answered, Role.LISTING)} == set(by_r.split())
        assert {kind.name for kind in may_answer(answered, Role.ENQUIRER)} == set(by_e.split())
    assert set(ANSWERS) == set(_ALLOWED)


@pytest.mark.parametrize(
    ("sentence", "state", "of_e", "of_r", "winner"),
    [
        ("an end beats going on", S.SUBMITTED, S.CANCELLED, S.ACCEPTED, E),
        ("an end beats a question", S.SUBMITTED, S.EXPIRED, S.INFO_REQUESTED, E),
        ("an end beats an answer", S.INFO_REQUESTED, S.INFO_GIVEN, S.EXPIRED, R),
        ("of two ends E's wins", S.SUBMITTED, S.CANCELLED, S.DECLINED, E),
        ("of two expiries E's wins", S.INFO_REQUESTED, S.EXPIRED, S.EXPIRED, E),
        ("R's contract beats E's no deal", S.INTRODUCED, S.NO_DEAL, S.CONTRACTED, R),
        ("E's contract beats R's no deal", S.INTRODUCED, S.CONTRACTED, S.NO_DEAL, E),
        ("of two contracts E's wins", S.INTRODUCED, S.CONTRACTED, S.CONTRACTED, E),
        ("of two failures E's wins", S.INTRODUCED, S.NO_DEAL, S.NO_DEAL, E),
    ],
)
def test_of_two_answers(
    sentence: str, state: StepKind, of_e: StepKind, of_r: StepKind, winner: str
) -> None:
    story = story_to(state)
    answered = story.documents[-1]
    said = {E: story.say(E, of_e, answered), R: story.say(R, of_r, answered)}
    loser = R if winner == E else E
    assert story.fold().last == said[winner], sentence
    assert void_of(story, said[loser].ref) == Void.LOST


def test_what_answers_a_loser_is_void() -> None:
    story = story_to(S.ACCEPTED)
    root, accepted = story.documents
    assert story.fold().state == S.ACCEPTED
    story.say(E, S.CANCELLED, root)
    late = story.say(E, S.INTRODUCED, accepted)
    assert story.fold().state == S.CANCELLED
    assert void_of(story, accepted.ref) == Void.LOST
    assert void_of(story, late.ref) == Void.ANSWERS_VOID


def test_who_was_introduced_cannot_cancel_beneath_it() -> None:
    story = story_to(S.INTRODUCED)
    cancelled = story.say(E, S.CANCELLED, story.documents[0])
    expired = story.say(R, S.EXPIRED, story.documents[0])
    assert void_of(story, cancelled.ref) == Void.ALREADY_ANSWERED
    assert void_of(story, expired.ref) == Void.ALREADY_ANSWERED
    assert story.fold().state == S.INTRODUCED


def test_who_asked_cannot_expire_beneath_the_next_question() -> None:
    story = story_to(S.INFO_GIVEN)
    asked = story.documents[1]
    story.say(R, S.INFO_REQUESTED, story.documents[2])
    assert void_of(story, story.say(R, S.EXPIRED, asked).ref) == Void.ALREADY_ANSWERED
    assert story.fold().state == S.INFO_REQUESTED


def test_void_answer_counts_as_an_answer() -> None:
    story = story_to(S.SUBMITTED)
    root = story.documents[0]
    story.say(R, S.INTRODUCED, root)
    assert R not in story.fold().may_answer
    assert void_of(story, story.say(R, S.ACCEPTED, root).ref) == Void.ALREADY_ANSWERED
    assert story.fold().state == S.SUBMITTED
    assert E in story.fold().may_answer


@pytest.mark.parametrize("kind", [0, 11, 77])
def test_unknown_step_is_kept_void_and_counts_as_an_answer(kind: int) -> None:
    story = story_to(S.SUBMITTED)
    root = story.documents[0]
    unknown = story.say(R, kind, root)
    above = story.say(E, S.CANCELLED, unknown)
    assert void_of(story, unknown.ref) == Void.UNKNOWN
    assert void_of(story, above.ref) == Void.NOT_ALLOWED_HERE
    assert void_of(story, story.say(R, S.ACCEPTED, root).ref) == Void.ALREADY_ANSWERED


def test_second_submission_of_one_enquiry_is_void() -> None:
    story = story_to(S.SUBMITTED)
    again = story.add(submitted(E, 5))
    assert void_of(story, again.ref) == Void.ALREADY_ANSWERED
    assert story.fold().chain == (story.documents[0],)


def test_submission_about_another_members_listing_is_another_enquiry() -> None:
    other = document(E, 0, Step(S.SUBMITTED, None, listing_of("zhejiang")), named=("zhejiang", R))
    story = Story(documents=[other])
    story.add(submitted(E, 1))
    assert void_of(story, other.ref) == Void.OTHER_SUBJECT
    assert story.fold().state == S.SUBMITTED
    assert enquiries_in(story.documents) == (ENQUIRY, EnquiryId(SUBJECT, E, "zhejiang"))


def test_copied_subject_makes_another_enquiry() -> None:
    """R, or anyone else who reads SUBMITTED, says it again under the same subject."""
    story = story_to(S.ACCEPTED)
    before = story.fold()
    stolen = story.add(document(R, 9, Step(S.SUBMITTED, None, listing_of(E))))
    assert void_of(story, stolen.ref) == Void.NOT_ALLOWED_HERE
    assert story.fold().chain == before.chain
    assert set(enquiries_in(story.documents)) == {ENQUIRY, EnquiryId(SUBJECT, R, E)}


@pytest.mark.parametrize(
    ("sentence", "void", "made"),
    [
        (
            "a third member",
            Void.NOT_A_PARTY,
            lambda root: document("zhejiang", 0, Step(S.ACCEPTED, root.ref), named=(E, R)),
        ),
        (
            "a step that R may not read",
            Void.NOT_ADDRESSED,
            lambda root: document(E, 1, Step(S.CANCELLED, root.ref), named=("center",)),
        ),
        (
            "a step of another subject",
            Void.OTHER_SUBJECT,
            lambda root: document(E, 1, Step(S.CANCELLED, root.ref), subject=bytes(16)),
        ),
        (
            "bytes that are no document",
            Void.UNREADABLE,
            lambda root: document(E, 1, Unreadable(f"{root.ref.leaf_index}")),
        ),
        ("a newer document", Void.UNKNOWN, lambda _: document(E, 1, Unknown())),
        (
            "a step that names nothing",
            Void.NOT_ALLOWED_HERE,
            lambda _: document(E, 1, Step(S.CANCELLED, None)),
        ),
    ],
)
def test_what_does_not_count_is_no_answer(sentence: str, void: Void, made: object) -> None:
    story = story_to(S.SUBMITTED)
    assert callable(made)
    other = story.add(made(story.documents[0]))
    assert void_of(story, other.ref) == void, sentence
    story.say(other.author if other.author == R else E, S.EXPIRED, story.documents[0])
    assert story.fold().state == S.EXPIRED


def test_step_that_r_cannot_read_does_not_bind_e_either() -> None:
    """Else a step sealed for others alone would void, at some, what R sees stand."""
    story = story_to(S.ACCEPTED)
    hidden = document(E, 1, Step(S.CANCELLED, story.documents[0].ref), named=("center",))
    introduced = step(E, 2, S.INTRODUCED, story.documents[1])
    at_r = fold_enquiry(ENQUIRY, [*story.documents, introduced])
    at_e = fold_enquiry(ENQUIRY, [*story.documents, hidden, introduced])
    assert at_r.chain == at_e.chain
    assert at_e.state == S.INTRODUCED


def test_names_in_a_ring_are_void() -> None:
    """Hashes forbid it; the fold ends all the same."""
    one, two = forged(E, 1), forged(R, 1)
    ring = [
        document(E, 1, Step(S.INFO_GIVEN, two)),
        document(R, 1, Step(S.INFO_REQUESTED, one)),
    ]
    ring = [
        type(ring[0])(one, SUBJECT, frozenset((R,)), ring[0].facts),
        type(ring[1])(two, SUBJECT, frozenset((E,)), ring[1].facts),
    ]
    enquiry = fold_enquiry(ENQUIRY, [submitted(), *ring])
    assert {standing.void for standing in enquiry.standings[1:]} <= {
        Void.NO_SUCH_DOCUMENT,
        Void.ANSWERS_VOID,
        Void.NOT_ALLOWED_HERE,
        None,
    }
    assert enquiry.state == S.SUBMITTED


def test_successor_log_comes_after_the_log_that_it_closed() -> None:
    story = story_to(S.INTRODUCED)
    root = story.documents[0]
    facts = Step(S.CANCELLED, root.ref)
    late = document(E, 0, facts)
    late = type(late)(Ref(origin(E) + ".2", 0, bytes(32)), SUBJECT, frozenset((R,)), facts)
    story.add(late)
    assert void_of(story, late.ref) == Void.ALREADY_ANSWERED
    facts = Step(S.CONTRACTED, story.documents[2].ref, contract=forged(E, 9))
    made = type(late)(Ref(origin(E) + ".2", 1, bytes(32)), SUBJECT, frozenset((R,)), facts)
    story.add(made)
    assert story.fold().last == made


def test_one_member_on_both_sides_takes_either_step() -> None:
    """Two organisations of one region: all stands in one log, whose order decides."""
    enquiry = EnquiryId(SUBJECT, R, R)
    story = Story(enquiry)
    last = story.add(document(R, 0, Step(S.SUBMITTED, None, listing_of(R)), named=()))
    assert story.fold().may_answer == {
        R: frozenset({S.INFO_REQUESTED, S.ACCEPTED, S.DECLINED, S.CANCELLED, S.EXPIRED})
    }
    for place, kind in enumerate((S.INFO_REQUESTED, S.INFO_GIVEN, S.ACCEPTED, S.INTRODUCED), 1):
        last = story.add(document(R, place, Step(kind, last.ref), named=()))
    story.add(document(R, 7, Step(S.NO_DEAL, last.ref), named=()))
    beaten = document(R, 8, Step(S.CONTRACTED, last.ref, contract=forged(R, 6)), named=())
    story.add(beaten)
    assert story.fold().state == S.NO_DEAL, "within one log the lower answer stands"
    assert void_of(story, beaten.ref) == Void.ALREADY_ANSWERED


def test_any_order_of_arrival_gives_one_state() -> None:
    story = story_to(S.ACCEPTED)
    story.say(E, S.CANCELLED, story.documents[0])
    story.say(E, S.INTRODUCED, story.documents[1])
    told = story.fold()
    for order in permutations(story.documents):
        assert fold_enquiry(ENQUIRY, order) == told
    assert fold_enquiry(ENQUIRY, story.documents * 2) == told


def test_contracts_of_both_sides_are_told() -> None:
    story = story_to(S.INTRODUCED)
    introduced = story.documents[-1]
    assert story.fold().contracts == {}
    of_r = story.say(R, S.CONTRACTED, introduced)
    assert story.fold().contracts == {R: forged(R, 99)}
    story.say(E, S.CONTRACTED, introduced)
    assert void_of(story, of_r.ref) == Void.LOST
    assert story.fold().contracts == {R: forged(R, 99), E: forged(E, 99)}
