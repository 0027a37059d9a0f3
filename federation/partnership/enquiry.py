"""What is known of an enquiry: the result of its fold (`fold`), as values.

- An enquiry is named by its subject, the enquirer's member and the listing's member. Whoever copies
  a subject, or gives it twice, makes another enquiry and disturbs none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from federation.partnership.deadlines import Deadline
from federation.partnership.documents import Document, Standing, Void
from federation.partnership.steps import ENDING, Role, Step, StepKind
from federation.records.refs import Ref


class EnquiryId(NamedTuple):
    """The name of an enquiry."""

    subject: bytes
    enquirer: str
    listing_member: str

    @property
    def parties(self) -> frozenset[str]:
        """Both sides' members."""
        return frozenset((self.enquirer, self.listing_member))

    def role(self, member: str) -> Role:
        """Return the roles of a member."""
        listing = Role.LISTING if member == self.listing_member else Role(0)
        return listing | (Role.ENQUIRER if member == self.enquirer else Role(0))


@dataclass(frozen=True, slots=True)
class Enquiry:
    """An enquiry, as far as its documents are here."""

    id: EnquiryId
    chain: tuple[Document, ...]
    """The winning steps, first to last."""
    standings: tuple[Standing, ...]
    """What became of each document, in the order of authors and of their logs."""
    notes: tuple[Document, ...]
    """The valid notes, in the same order."""
    may_answer: dict[str, frozenset[StepKind]]
    """Member → the steps that it may answer the last one with, where there is any."""
    deadlines: tuple[Deadline, ...]
    waits_for: tuple[Ref, ...]
    """Documents that are named and not here."""

    @property
    def last(self) -> Document | None:
        """The winning step that nothing has answered; None while SUBMITTED is not here."""
        return self.chain[-1] if self.chain else None

    @property
    def state(self) -> StepKind | None:
        """The kind of the last step."""
        return StepKind(step_of(self.chain[-1]).kind) if self.chain else None

    @property
    def introduced(self) -> Document | None:
        """The INTRODUCED that stands; contacts follow it once its place is confirmed."""
        return next((one for one in self.chain if step_of(one).kind == StepKind.INTRODUCED), None)

    @property
    def contracts(self) -> dict[str, Ref]:
        """Member → the contract that its CONTRACTED names: both should name the same."""
        return {
            one.document.author: facts.contract
            for one in self.standings
            if isinstance(facts := one.document.facts, Step)
            and facts.contract
            and not one.waits_for
            and one.void in {None, Void.LOST}
        }

    @property
    def is_ended(self) -> bool:
        """Whether nothing can answer the last step."""
        return self.state in ENDING

    def standing(self, ref: Ref) -> Standing | None:
        """Return what became of a document; None if it is not here."""
        return next((one for one in self.standings if one.document.ref == ref), None)


def enquiries_in(documents: Iterable[Document]) -> tuple[EnquiryId, ...]:
    """Return the enquiries that the SUBMITTED among documents name, ascending."""
    found = {
        EnquiryId(document.subject, document.author, document.facts.listing.member)
        for document in documents
        if isinstance(document.facts, Step)
        and document.facts.listing
        and not document.facts.answers
    }
    return tuple(sorted(found))


def step_of(document: Document) -> Step:
    """Return the facts of a document that is a step."""
    assert isinstance(document.facts, Step)  # noqa: S101 - only steps are asked; tells the checker
    return document.facts
