"""Hostile authors and readers who know parts of the logs: what holds whatever they do.

- Every member appends anything to its own log, in order: any kind, answering any document that is
  there, nothing, or a forged reference; sealed for the other side or not.
- Two readers, one of each side, learn both logs leaf by leaf, each in its own order. They hold what
  names them, and know of every leaf below their sizes which document it is.
- A third reader lacks parts in the middle of logs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from federation.partnership.documents import Document, Standing, Unreadable, Void
from federation.partnership.enquiry import Enquiry
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import Note, Step, StepKind, may_answer
from federation.records.refs import Ref
from tests.federation.partnership.invariants import check_lasting, check_sound
from tests.federation.partnership.logs import (
    ENQUIRY,
    E,
    R,
    document,
    forged,
    listing_of,
    submitted,
)

_THIRD = "zhejiang"
_MEMBERS = (E, R, _THIRD)


class _Reader:
    """One side, which holds what it may read of the leaves below its sizes."""

    def __init__(self, member: str) -> None:
        self.member = member
        self.sizes = dict.fromkeys(_MEMBERS, 0)

    def held(self, logs: dict[str, list[Document]]) -> list[Document]:
        return [
            one
            for author, log in logs.items()
            for one in log[: self.sizes[author]]
            if one.reaches(frozenset((self.member,)))
        ]

    def absent(self, logs: dict[str, list[Document]]) -> frozenset[Ref]:
        """Return the references of which its copies of the logs prove that they name nothing."""
        leaves = {one.ref for author, log in logs.items() for one in log[: self.sizes[author]]}
        return frozenset(
            named
            for one in self.held(logs)
            if (named := _named(one)) is not None
            and named not in leaves
            and named.leaf_index < self.sizes[named.member]
        )

    def fold(self, logs: dict[str, list[Document]]) -> Enquiry:
        return fold_enquiry(ENQUIRY, self.held(logs), self.absent(logs))


def _named(one: Document) -> Ref | None:
    if isinstance(one.facts, Step):
        return one.facts.answers
    return one.facts.about if isinstance(one.facts, Note) else None


def _facts(kind: int, named: Ref | None, listing: str) -> Step:
    return Step(
        kind,
        named,
        listing_of(listing) if kind == StepKind.SUBMITTED else None,
        forged(E, 99) if kind == StepKind.CONTRACTED else None,
    )


class Enquiries(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.logs: dict[str, list[Document]] = {member: [] for member in _MEMBERS}
        self.readers = [_Reader(E), _Reader(R)]

    def _append(self, member: str, facts: Step | Note | Unreadable, addressed: bool) -> None:
        named = frozenset(_MEMBERS) - {member} if addressed else frozenset({"center"})
        log = self.logs[member]
        log.append(document(member, len(log), facts, named=named))

    def _everything(self) -> list[Document]:
        return [one for log in self.logs.values() for one in log]

    @initialize()
    def submit(self) -> None:
        self._append(E, submitted().facts, addressed=True)  # type: ignore[arg-type] # a step

    @rule(
        member=st.sampled_from(_MEMBERS),
        kind=st.integers(0, 12),
        place=st.integers(0, 1 << 16),
        listing=st.sampled_from(_MEMBERS),
        addressed=st.sampled_from((True, True, True, True, False)),
    )
    def say_anything(
        self, member: str, kind: int, place: int, listing: str, addressed: bool
    ) -> None:
        everything = self._everything()
        targets: list[Ref | None] = [one.ref for one in everything]
        targets += [None, forged(E, 2), forged(R, place % 9), forged(_THIRD, 1)]
        named = targets[place % len(targets)]
        self._append(member, _facts(kind, named, listing), addressed)

    @rule(which=st.integers(0, 1), place=st.integers(0, 1 << 16), old=st.booleans())
    def say_what_the_table_allows(self, which: int, place: int, old: bool) -> None:
        """Any answer that the table allows, to the last step or to any one, knowing all."""
        member = (E, R)[which]
        enquiry = fold_enquiry(ENQUIRY, self._everything())
        steps = [one for one in self._everything() if isinstance(one.facts, Step)]
        answered = steps[place % len(steps)] if old or not enquiry.chain else enquiry.chain[-1]
        assert isinstance(answered.facts, Step)
        kinds = sorted(may_answer(answered.facts.kind, ENQUIRY.role(member)))
        if kinds:
            facts = _facts(kinds[place % len(kinds)], answered.ref, R)
            self._append(member, facts, addressed=True)

    @rule(member=st.sampled_from(_MEMBERS), kind=st.integers(0, 7), place=st.integers(0, 1 << 16))
    def note_anything(self, member: str, kind: int, place: int) -> None:
        everything = self._everything()
        targets = [*(one.ref for one in everything), forged(R, 3)]
        self._append(member, Note(kind, targets[place % len(targets)]), addressed=True)

    @rule(member=st.sampled_from(_MEMBERS))
    def say_nonsense(self, member: str) -> None:
        self._append(member, Unreadable(f"{len(self.logs[member])}"), addressed=True)

    @rule(which=st.integers(0, 1), author=st.sampled_from(_MEMBERS), leaves=st.integers(1, 3))
    def learn(self, which: int, author: str, leaves: int) -> None:
        reader = self.readers[which]
        for _ in range(leaves):
            if reader.sizes[author] < len(self.logs[author]):
                before = reader.fold(self.logs)
                reader.sizes[author] += 1
                after = reader.fold(self.logs)
                check_sound(after)
                check_lasting(before, after)

    @rule()
    def meet(self) -> None:
        """Both readers learn all that there is."""
        for which in (0, 1):
            for author in _MEMBERS:
                self.learn(which, author, len(self.logs[author]))
        first, second = self.readers
        held = [{one.ref for one in reader.held(self.logs)} for reader in self.readers]
        if held[0] == held[1]:
            assert first.fold(self.logs) == second.fold(self.logs)

    @rule(random=st.randoms(use_true_random=False))
    def arrive_in_any_order(self, random: object) -> None:
        reader = self.readers[0]
        held, absent = reader.held(self.logs), reader.absent(self.logs)
        told = fold_enquiry(ENQUIRY, held, absent)
        shuffled = held * 2
        random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis's Random has no type
        assert fold_enquiry(ENQUIRY, shuffled, absent) == told

    @rule(keep=st.sets(st.integers(0, 40)))
    def lack_parts(self, keep: set[int]) -> None:
        """Parts may be wanted anywhere; what is here is folded, and the rest told as missing."""
        held = [one for place, one in enumerate(self._everything()) if place in keep]
        enquiry = fold_enquiry(ENQUIRY, held)
        check_sound(enquiry)
        assert set(enquiry.waits_for).isdisjoint(one.ref for one in held)
        for standing in enquiry.standings:
            named = _named(standing.document)
            here = named is None or any(one.ref == named for one in held)
            if standing.is_valid:
                assert here, "nothing stands on what is not here"

    @rule()
    def fold_without_notes(self) -> None:
        for reader in self.readers:
            held = reader.held(self.logs)
            absent = reader.absent(self.logs)
            told = fold_enquiry(ENQUIRY, held, absent)
            steps = [one for one in held if not isinstance(one.facts, Note)]
            notes = frozenset(one.ref for one in held if isinstance(one.facts, Note))
            bare = fold_enquiry(ENQUIRY, steps, absent | notes)
            assert (bare.chain, bare.may_answer, bare.deadlines) == (
                told.chain,
                told.may_answer,
                told.deadlines,
            )

    @precondition(lambda self: any(self.logs.values()))
    @rule(place=st.integers(0, 1 << 16))
    def repeat(self, place: int) -> None:
        """Say a document again at a later place of its log: the same content in another leaf."""
        reader = self.readers[0]
        held, absent = reader.held(self.logs), reader.absent(self.logs)
        before = fold_enquiry(ENQUIRY, held, absent)
        steps = [
            one.document
            for one in before.standings
            if isinstance(one.document.facts, Step) and one.void != Void.NO_SUCH_DOCUMENT
        ]
        if not steps:
            return
        again = steps[place % len(steps)]
        ref = Ref(again.ref.origin, 1 << 40, bytes(32))
        after = fold_enquiry(ENQUIRY, [*held, replace(again, ref=ref)], absent)
        assert (after.chain, after.may_answer) == (before.chain, before.may_answer)
        standing = after.standing(ref)
        assert isinstance(standing, Standing)
        assert not standing.is_valid

    @invariant()
    def no_party_is_no_party(self) -> None:
        for one in fold_enquiry(ENQUIRY, self._everything()).standings:
            if one.document.author == _THIRD:
                assert one.void == Void.NOT_A_PARTY


Enquiries.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestEnquiries = Enquiries.TestCase


class HonestSides(RuleBasedStateMachine):
    """Each side takes only steps that its own view allows: races lose, and nothing else is void."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: dict[str, list[Document]] = {E: [submitted()], R: []}
        self.known = {E: {E: 1, R: 0}, R: {E: 0, R: 0}}

    def _held(self, member: str) -> Iterable[Document]:
        return [one for author in (E, R) for one in self.logs[author][: self.known[member][author]]]

    @rule(member=st.sampled_from((E, R)), place=st.integers(0, 20))
    def answer(self, member: str, place: int) -> None:
        enquiry = fold_enquiry(ENQUIRY, self._held(member))
        kinds = sorted(enquiry.may_answer.get(member, ()))
        if not kinds or not enquiry.chain:
            return
        kind = kinds[place % len(kinds)]
        facts = _facts(kind, enquiry.chain[-1].ref, R)
        said = document(member, len(self.logs[member]), facts)
        self.logs[member].append(said)
        self.known[member][member] += 1
        assert fold_enquiry(ENQUIRY, self._held(member)).last == said

    @rule(member=st.sampled_from((E, R)))
    def learn(self, member: str) -> None:
        other = R if member == E else E
        if self.known[member][other] < len(self.logs[other]):
            before = fold_enquiry(ENQUIRY, self._held(member))
            self.known[member][other] += 1
            check_lasting(before, fold_enquiry(ENQUIRY, self._held(member)))

    @invariant()
    def only_races_are_lost(self) -> None:
        enquiry = fold_enquiry(ENQUIRY, [*self.logs[E], *self.logs[R]])
        assert {one.void for one in enquiry.standings} <= {None, Void.LOST, Void.ANSWERS_VOID}


HonestSides.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHonestSides = HonestSides.TestCase


class HonestEnquirer(HonestSides):
    """R appends anything: what E rightly wrote can lose a race, and can be nothing worse."""

    @rule(kind=st.integers(0, 12), place=st.integers(0, 1 << 16), listing=st.booleans())
    def misbehave(self, kind: int, place: int, listing: bool) -> None:
        everything = [*self.logs[E], *self.logs[R]]
        targets = [None, forged(E, 1), forged(R, 3), *(one.ref for one in everything)]
        facts = _facts(kind, targets[place % len(targets)], E if listing else R)
        self.logs[R].append(document(R, len(self.logs[R]), facts))
        self.known[R][R] = len(self.logs[R])

    @rule()
    def read_the_other_side(self) -> None:
        self.known[E][R] = len(self.logs[R])

    @invariant()
    def only_races_are_lost(self) -> None:
        told = fold_enquiry(ENQUIRY, [*self.logs[E], *self.logs[R]]).standings
        voids = {one.void for one in told if one.document.author == E}
        assert voids <= {None, Void.LOST, Void.ANSWERS_VOID}
        assert not any(one.waits_for for one in told if one.document.author == E)


HonestEnquirer.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHonestEnquirer = HonestEnquirer.TestCase
