"""One enquiry, read and folded: what writing and reading both start from.

- Its name is nodes/<enquirer>/enquiries/<subject>.
- Where an enquirer's log has several first steps under one subject, the lowest names the enquiry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused
from federation.log.subject import check_member, parse_subject, subject_text
from federation.partnership.codec import parse_document
from federation.partnership.enquiry import Enquiry, EnquiryId, enquiries_in
from federation.partnership.fold import fold_enquiry
from federation.partnership.steps import Step, StepKind
from node.services.catalogue.reading import not_found
from node.services.errors import invalid_field
from node.services.partnership.documents import read_all, ref_of, settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from federation.partnership.codec import EnquiryStep
    from federation.partnership.documents import Document
    from federation.partnership.steps import ListingFacts
    from federation.records.refs import Ref
    from node.storage.sealed import Sealed
    from node.storage.transaction import Transaction

_PIECES: Final = 4


@dataclass(frozen=True, slots=True)
class EnquiryName:
    """The pieces of an enquiry's name."""

    enquirer: str
    subject: bytes

    def __str__(self) -> str:
        """Return the name."""
        return f"nodes/{self.enquirer}/enquiries/{subject_text(self.subject)}"


@dataclass(frozen=True, slots=True)
class LoadedEnquiry:
    """An enquiry as it stands; `absent` is what the logs prove absent for it."""

    name: EnquiryName
    folded: Enquiry
    absent: frozenset[Ref]
    documents: tuple[Document, ...]
    sealed: Mapping[Ref, Sealed]
    first: Document

    @property
    def id(self) -> EnquiryId:
        """Return what the fold calls it."""
        return self.folded.id

    @property
    def submitted(self) -> EnquiryStep:
        """Return the first step."""
        return parse_document(self.first.content).step

    @property
    def listing(self) -> ListingFacts:
        """Return the listing that the first step names."""
        facts = self.first.facts
        if not isinstance(facts, Step) or facts.listing is None:
            raise AssertionError("a first step names a listing")
        return facts.listing

    def is_overdue(self, today: date) -> bool:
        """Tell whether a deadline has passed: only then does EXPIRED come into question."""
        return any(one.day < today.isoformat() for one in self.folded.deadlines)

    def may_take(self, today: date) -> dict[str, frozenset[StepKind]]:
        """Return the steps that each member should take next, where there is any."""
        not_yet = frozenset() if self.is_overdue(today) else frozenset({StepKind.EXPIRED})
        found = {member: kinds - not_yet for member, kinds in self.folded.may_answer.items()}
        return {member: kinds for member, kinds in found.items() if kinds}

    def is_confirmed(self, document: Document) -> bool:
        """Tell whether a quorum has confirmed a document."""
        return self.sealed[document.ref].is_confirmed


def parse_enquiry_name(text: str, field: str = "name") -> EnquiryName:
    """Read a name; refuses INVALID_FIELD."""
    pieces = text.split("/")
    if len(pieces) == _PIECES and (pieces[0], pieces[2]) == ("nodes", "enquiries"):
        try:
            check_member(pieces[1])
            return EnquiryName(pieces[1], parse_subject(pieces[3]))
        except Refused:
            pass
    raise invalid_field(
        field,
        "ENQUIRY_NAME_FORM",
        text,
        "不是合作意向名；请写成 nodes/<成员>/enquiries/<26 位编号>",
        "is not an enquiry's name; write nodes/<member>/enquiries/<26 letters>",
    )


def load(tx: Transaction, name: EnquiryName, found: Sequence[Sealed]) -> LoadedEnquiry:
    """Return the enquiry of a name; refuses RECORD_NOT_FOUND.

    `found` are all sealed entries of its subject that are readable here.
    """
    documents = tuple(read_all(found))
    firsts = [
        (one.place, enquiry, one)
        for one in documents
        for enquiry in enquiries_in([one])
        if enquiry.enquirer == name.enquirer and enquiry.subject == name.subject
    ]
    if not firsts:
        raise not_found(str(name))
    _, enquiry, first = min(firsts, key=lambda one: one[0])
    folded, absent = settle(tx, name.subject, partial(fold_enquiry, enquiry, documents))
    sealed = {ref_of(one): one for one in found}
    return LoadedEnquiry(name, folded, absent, documents, sealed, first)
