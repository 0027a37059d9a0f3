"""The fold of one enquiry: its state from the documents of both sides' logs (DESIGN section 9).

- An enquiry is named by its subject, the enquirer's member E and the listing's member R. R is the
  member of the listing that SUBMITTED names. One member may be both: then one log holds it all.
- A document counts only if it is by E or R and its header names the other. Others are void, and
  are no answers: one side may not have them.
- A step is void if its author may not give it there (`steps.ANSWERS`), if it answers a void or
  losing step, or if its author's log holds, lower, an answer to the same step or to a descendant of
  it. Void answers count for that, those of an unknown kind too. SUBMITTED answers nothing, so
  that the second of one author is void.
- Of two that are left, CONTRACTED wins, then an ending step, then E's.
- A document waits for those that it names and that are not here. A step also waits while a lower
  answer of its author names or descends from such a one, since that might be a descendant of what
  it answers. What is in `absent` is not waited for.
- Notes change no state. CONTACTS is about an INTRODUCED that stands, CONSENT_WITHDRAWN about the
  author's own CONTACTS, any other about a step.

Equal documents and equal `absent` give equal results in whatever order they come. What more is
true, as long as of each log all is here below some place, whatever hostile authors append:

- an INTRODUCED that stands, and all before it, stands for ever;
- CONTRACTED stays the state for ever, though E's CONTRACTED takes the place of R's;
- an ended enquiry never opens again: one end gives way only to another, NO_DEAL only to CONTRACTED.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from federation.partnership.deadlines import open_deadlines
from federation.partnership.documents import Document, Standing, Unknown, Unreadable, Void
from federation.partnership.enquiry import Enquiry, EnquiryId, step_of
from federation.partnership.steps import (
    ENDING,
    Note,
    NoteKind,
    Role,
    Step,
    StepKind,
    may_answer,
)
from federation.records.refs import Ref, origin_of

FOLD_VERSION: Final = 3
"""Change it with any rule of this package: a view built by another version is rebuilt."""

_STEP_KINDS: Final = frozenset(StepKind)
_NOTE_KINDS: Final = frozenset(NoteKind)


def fold_enquiry(
    enquiry: EnquiryId, documents: Iterable[Document], absent: frozenset[Ref] = frozenset()
) -> Enquiry:
    """Return the state of an enquiry.

    `documents` are those that are here of its subject, in any order. `absent` are references of
    which the logs prove that they name no such document: another leaf stands at that place, or one
    that holds no document of this subject. Whoever calls this looks up each of `waits_for` and
    folds again with what is absent.
    """
    return _Fold(enquiry, documents, absent).result()


def _about(document: Document) -> Note:
    assert isinstance(document.facts, Note)  # noqa: S101 - only notes are asked; tells the checker
    return document.facts


class _Fold:
    """One run of the fold."""

    def __init__(
        self, enquiry: EnquiryId, documents: Iterable[Document], absent: frozenset[Ref]
    ) -> None:
        self._id = enquiry
        self._absent = absent
        self._roles = {member: enquiry.role(member) for member in enquiry.parties}
        self._all = sorted({one.ref: one for one in documents}.values(), key=lambda one: one.place)
        self._places = {one.ref[:2] for one in self._all}
        self._standings: dict[Ref, Standing] = {}
        self._steps: dict[Ref, Document] = {}
        self._notes: dict[Ref, Document] = {}
        for document in self._all:
            self._sort_in(document)
        self._answered: dict[str, set[Ref | None]] = {one: set() for one in enquiry.parties}
        self._unresolved: dict[str, Ref] = {}
        self._late: set[Ref] = set()
        self._uncertain: dict[Ref, frozenset[Ref]] = {}
        self._children: dict[Ref | None, list[Document]] = {}

    def result(self) -> Enquiry:
        for step in self._steps.values():
            self._judge_order(step)
        chain = self._descend()
        for note in self._notes.values():
            self._judge_note(note)
        standings = tuple(self._standings[document.ref] for document in self._all)
        waits_for = {ref for standing in standings for ref in standing.waits_for}
        return Enquiry(
            self._id,
            chain,
            standings,
            tuple(one for one in self._notes.values() if self._standings[one.ref].is_valid),
            self._next_steps(chain),
            open_deadlines(
                [(one.ref, step_of(one)) for one in chain],
                enquirer=self._id.enquirer,
                listing_member=self._id.listing_member,
            ),
            tuple(sorted(waits_for)),
        )

    # --- which documents count -------------------------------------------------------------------

    def _sort_in(self, document: Document) -> None:
        void = self._why_excluded(document)
        if void:
            self._standings[document.ref] = Standing(document, void)
        elif isinstance(document.facts, Step):
            self._steps[document.ref] = document
        else:
            self._notes[document.ref] = document

    def _why_excluded(self, document: Document) -> Void | None:  # noqa: PLR0911 - one a rule
        """Return why a document is not even an answer."""
        facts = document.facts
        if document.subject != self._id.subject:
            return Void.OTHER_SUBJECT
        if document.author not in self._id.parties:
            return Void.NOT_A_PARTY
        if not document.reaches(self._id.parties):
            return Void.NOT_ADDRESSED
        if isinstance(facts, Unreadable):
            return Void.UNREADABLE
        if isinstance(facts, Unknown):
            return Void.UNKNOWN
        if not isinstance(facts, Step | Note):
            return Void.NOT_ALLOWED_HERE
        if isinstance(facts, Step) and facts.answers is None:
            if facts.kind != StepKind.SUBMITTED or document.author != self._id.enquirer:
                return Void.NOT_ALLOWED_HERE
            if facts.listing is None or facts.listing.member != self._id.listing_member:
                return Void.OTHER_SUBJECT
        return None

    def _is_nowhere(self, named: Ref, by: Document) -> bool:
        """Say whether a reference to what is not here names nothing that could ever count."""
        if named in self._absent or named[:2] in self._places:
            return True
        origin, own = origin_of(named.origin), origin_of(by.ref.origin)
        if origin.domain != own.domain or origin.member not in self._id.parties:
            return True
        place = (origin.member, origin.generation, named.leaf_index)
        return origin.member == own.member and place >= by.place

    def _not_here(self, named: Ref, by: Document) -> Standing:
        """Return the standing of a document that names one that is not here."""
        if self._is_nowhere(named, by):
            return Standing(by, Void.NO_SUCH_DOCUMENT)
        return Standing(by, None, frozenset((named,)))

    # --- the order in each author's log ----------------------------------------------------------

    def _judge_order(self, step: Document) -> None:
        """Note what the author's lower answers forbid or leave open; steps come in log order."""
        named = step_of(step).answers
        answered, unresolved = self._answered[step.author], self._unresolved.get(step.author)
        if named in answered:
            self._late.add(step.ref)
        elif unresolved:  # the lowest will do: a list for each would grow with its square
            self._uncertain[step.ref] = frozenset((unresolved,))
        self._children.setdefault(named, []).append(step)
        by = step
        while named not in answered:  # what is in it has its ancestors in it
            if named is not None and named not in self._steps:
                if not self._is_nowhere(named, by):
                    answered.add(named)
                    self._unresolved.setdefault(step.author, named)
                return
            answered.add(named)
            if named is None:
                return
            by = self._steps[named]
            named = step_of(by).answers

    # --- from SUBMITTED downwards ----------------------------------------------------------------

    def _descend(self) -> tuple[Document, ...]:
        """Give every step its standing, and return the winning ones, first to last."""
        chain: list[Document] = []
        winner = self._judge_answers(None)
        while winner:
            chain.append(winner)
            winner = self._judge_answers(winner)
        for step in self._steps.values():
            if step.ref not in self._standings:
                self._judge_line(step)
        return tuple(chain)

    def _judge_answers(self, answered: Document | None) -> Document | None:
        """Judge the answers to a winning step, and return the one that wins."""
        left = []
        for step in self._children.get(answered.ref if answered else None, ()):
            void = self._why_void(step, answered)
            waits_for = self._uncertain.get(step.ref, frozenset()) if not void else frozenset()
            self._standings[step.ref] = Standing(step, void, waits_for)
            if not void and not waits_for:
                left.append(step)
        if not left:
            return None
        winner = max(left, key=self._rank)
        for step in left:
            if step is not winner:
                self._standings[step.ref] = Standing(step, Void.LOST)
        return winner

    def _rank(self, step: Document) -> tuple[bool, bool, bool]:
        kind = step_of(step).kind
        return kind == StepKind.CONTRACTED, kind in ENDING, step.author == self._id.enquirer

    def _why_void(self, step: Document, answered: Document | None) -> Void | None:
        kind = step_of(step).kind
        if kind not in _STEP_KINDS:
            return Void.UNKNOWN
        if step.ref in self._late:
            return Void.ALREADY_ANSWERED
        if answered is not None:
            allowed = may_answer(step_of(answered).kind, self._roles[step.author])
            if kind not in allowed:
                return Void.NOT_ALLOWED_HERE
        return None

    def _judge_line(self, step: Document) -> None:
        """Judge a step that answers no winning one, and all above it that are not judged yet."""
        line: list[Document] = []
        seen: set[Ref] = set()
        at: Document | None = step
        while at is not None and at.ref not in self._standings and at.ref not in seen:
            seen.add(at.ref)
            line.append(at)
            named = step_of(at).answers
            at = self._steps.get(named) if named else None
        for one in reversed(line):
            self._standings[one.ref] = self._judge_lost(one)

    def _judge_lost(self, step: Document) -> Standing:
        named = step_of(step).answers
        answered = self._steps.get(named) if named else None
        void = self._why_void(step, answered)
        if void or named is None:
            return Standing(step, void or Void.NOT_ALLOWED_HERE)
        if answered is None:
            return self._not_here(named, step)
        standing = self._standings.get(answered.ref)
        if standing is None:  # names in a ring: hashes forbid it
            return Standing(step, Void.NO_SUCH_DOCUMENT)
        if standing.void:
            return Standing(step, Void.ANSWERS_VOID)
        return Standing(step, None, standing.waits_for | self._uncertain.get(step.ref, frozenset()))

    # --- notes, and what may come next -----------------------------------------------------------

    def _judge_note(self, note: Document) -> None:
        self._standings[note.ref] = self._note_standing(note)

    def _note_standing(self, note: Document) -> Standing:
        said = _about(note)
        if said.kind not in _NOTE_KINDS:
            return Standing(note, Void.UNKNOWN)
        about = self._steps.get(said.about) or self._notes.get(said.about)
        if about is None:
            return self._not_here(said.about, note)
        if said.kind == NoteKind.CONSENT_WITHDRAWN:
            fits = (
                isinstance(about.facts, Note)
                and about.facts.kind == NoteKind.CONTACTS
                and about.author == note.author
            )
        elif said.kind == NoteKind.CONTACTS:
            fits = isinstance(about.facts, Step) and about.facts.kind == StepKind.INTRODUCED
        else:
            return Standing(note, None if isinstance(about.facts, Step) else Void.NOT_ALLOWED_HERE)
        if not fits:
            return Standing(note, Void.NOT_ALLOWED_HERE)
        standing = self._standings.get(about.ref)  # a note of the same log stands lower
        if standing is None or standing.void:
            return Standing(note, Void.ANSWERS_VOID)
        return Standing(note, None, standing.waits_for)

    def _next_steps(self, chain: tuple[Document, ...]) -> dict[str, frozenset[StepKind]]:
        """Return who may still answer the last step: none who answered it, or below it, before."""
        last = chain[-1] if chain else None
        ref = last.ref if last else None
        found = {}
        for member in sorted(self._id.parties):
            if ref in self._answered[member] or member in self._unresolved:
                continue
            role = self._roles[member]
            if last:
                kinds = may_answer(step_of(last).kind, role)
            else:
                kinds = frozenset((StepKind.SUBMITTED,)) if role & Role.ENQUIRER else frozenset()
            if kinds:
                found[member] = kinds
        return found
