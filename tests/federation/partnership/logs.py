"""Two members' logs of one enquiry, as facts: quick to make by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from federation.partnership.documents import Document, Facts, Void
from federation.partnership.enquiry import Enquiry, EnquiryId
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import ListingFacts, Note, NoteKind, Step, StepKind
from federation.records.refs import Ref

DOMAIN = "ydx.example"
SUBJECT = bytes(range(16))
E, R = "jiangsu", "anhui"
ENQUIRY = EnquiryId(SUBJECT, E, R)
LISTING_NAME = f"nodes/{R}/listings/01arz3ndektsv4rrffq69g5fav"


def origin(member: str) -> str:
    return f"{DOMAIN}/{member}"


def listing_of(member: str) -> ListingFacts:
    version = Ref(origin(member), 7, bytes(32))
    name = f"nodes/{member}/listings/01arz3ndektsv4rrffq69g5fav"
    return ListingFacts(name, version, 1, "", "", member)


def forged(member: str, leaf_index: int) -> Ref:
    """Return a reference that no document will ever have."""
    return Ref(origin(member), leaf_index, b"\xff" * 32)


def document(
    member: str,
    leaf_index: int,
    facts: Facts,
    *,
    named: Iterable[str] | None = None,
    subject: bytes = SUBJECT,
) -> Document:
    """Return a document; its hash binds what it says, so that names run backwards only."""
    told = frozenset((E, R)) - {member} if named is None else frozenset(named)
    said = repr((member, leaf_index, facts, sorted(told), subject)).encode()
    ref = Ref(origin(member), leaf_index, sha256(said).digest())
    return Document(ref, subject, told, facts)


def submitted(member: str = E, leaf_index: int = 0, listing: str = R) -> Document:
    return document(member, leaf_index, Step(StepKind.SUBMITTED, None, listing_of(listing)))


def step(member: str, leaf_index: int, kind: int, answers: Document | Ref) -> Document:
    named = answers.ref if isinstance(answers, Document) else answers
    contract = forged(member, 99) if kind == StepKind.CONTRACTED else None
    return document(member, leaf_index, Step(kind, named, contract=contract))


def note(member: str, leaf_index: int, kind: NoteKind, about: Document | Ref) -> Document:
    named = about.ref if isinstance(about, Document) else about
    return document(member, leaf_index, Note(kind, named))


@dataclass
class Story:
    """Steps told one after the other; each side's log numbers its own."""

    enquiry: EnquiryId = ENQUIRY
    documents: list[Document] = field(default_factory=list)

    def submit(self) -> Document:
        return self.add(submitted(self.enquiry.enquirer, 0, self.enquiry.listing_member))

    def say(self, member: str, kind: int, answers: Document | Ref) -> Document:
        return self.add(step(member, self._next(member), kind, answers))

    def note(self, member: str, kind: NoteKind, about: Document | Ref) -> Document:
        return self.add(note(member, self._next(member), kind, about))

    def add(self, added: Document) -> Document:
        self.documents.append(added)
        return added

    def fold(self, absent: frozenset[Ref] = frozenset()) -> Enquiry:
        return fold_enquiry(self.enquiry, self.documents, absent)

    def _next(self, member: str) -> int:
        return sum(one.author == member for one in self.documents)


def prefix(log: Sequence[Document], size: int) -> list[Document]:
    """Return the documents of a log below a size."""
    return [one for one in log if one.ref.leaf_index < size]


WAYS = {
    # to a state: the steps after SUBMITTED, each answering the one before
    StepKind.SUBMITTED: [],
    StepKind.INFO_REQUESTED: [(R, StepKind.INFO_REQUESTED)],
    StepKind.INFO_GIVEN: [(R, StepKind.INFO_REQUESTED), (E, StepKind.INFO_GIVEN)],
    StepKind.ACCEPTED: [(R, StepKind.ACCEPTED)],
    StepKind.DECLINED: [(R, StepKind.DECLINED)],
    StepKind.INTRODUCED: [(R, StepKind.ACCEPTED), (E, StepKind.INTRODUCED)],
    StepKind.CONTRACTED: [
        (R, StepKind.ACCEPTED),
        (E, StepKind.INTRODUCED),
        (R, StepKind.CONTRACTED),
    ],
    StepKind.NO_DEAL: [(R, StepKind.ACCEPTED), (E, StepKind.INTRODUCED), (E, StepKind.NO_DEAL)],
    StepKind.CANCELLED: [(E, StepKind.CANCELLED)],
    StepKind.EXPIRED: [(R, StepKind.EXPIRED)],
}


def story_to(state: StepKind) -> Story:
    """Return a story that ends in a state."""
    story = Story()
    last = story.submit()
    for member, kind in WAYS[state]:
        last = story.say(member, kind, last)
    return story


def void_of(story: Story, ref: Ref) -> Void | None:
    """Return why a document counts for nothing; it must not wait."""
    standing = story.fold().standing(ref)
    assert standing is not None
    assert not standing.waits_for
    return standing.void
