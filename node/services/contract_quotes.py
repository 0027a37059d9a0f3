"""The enquiries that a contract quotes: found, ended with CONTRACTED, and held against the quote.

All of it runs inside the transaction of a write and sees the writes before it, of its group too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from federation.log.errors import Refused
from federation.partnership.codec import (
    EnquiryStep,
    PartnershipDocument,
    parse_document,
    serialise,
    without_time,
)
from federation.partnership.fold import EnquiryId, enquiries_in, fold_enquiry
from federation.partnership.quoting import misquotes
from federation.partnership.refs import said_ref
from federation.partnership.steps import Step, StepKind
from federation.partnership.writing import Place, check_step
from node.services.catalogue import not_found
from node.services.partnership_documents import absent_of, read_all, settle
from node.services.partnership_names import ENQUIRIES, partnership_name
from node.services.sealing import SealedPlace
from node.services.sequencer_drafts import SealedDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from federation.partnership.documents import Document
    from federation.partnership.fold import Enquiry
    from federation.partnership.refs import Ref
    from federation.partnership.terms import Link, Terms
    from node.services.partnership_names import PartnershipName
    from node.services.sealing import Sealing
    from node.services.sequencer_view import LogView


@dataclass(frozen=True, slots=True)
class QuotedEnquiries:
    """What one member knows of the enquiries of its contracts."""

    sealing: Sealing
    origin: str
    member: str

    def enquiry(self, view: LogView, name: PartnershipName) -> Enquiry:
        """Return an enquiry of ours; refuses RECORD_NOT_FOUND."""
        documents = read_all(view.documents(name.subject))
        for enquiry in enquiries_in(documents):
            if enquiry.enquirer == name.member and self.member in enquiry.parties:
                return _folded(view, enquiry, documents)[0]
        raise not_found(str(name))

    def made_before(
        self, view: LogView, linked: Sequence[Enquiry], said: PartnershipDocument
    ) -> SealedPlace | None:
        """Return where our contract with that text stands, which a step of one of these names."""
        for ref in (ref for enquiry in linked for ref in self._contracts_of(enquiry)):
            there = view.document_at(ref.origin, ref.leaf_index)
            if there is not None and there.document is not None:
                before = read_all([there])[0]
                if before.ref == ref and _says(before, said):
                    return SealedPlace(ref.leaf_index, ref.leaf_hash)
        return None

    def _contracts_of(self, enquiry: Enquiry) -> Iterator[Ref]:
        """Yield the contracts that our steps of an enquiry name, also those of a lost step."""
        for standing in enquiry.standings:
            facts = standing.document.facts
            is_own = standing.document.author == self.member
            if is_own and isinstance(facts, Step) and facts.contract is not None:
                yield facts.contract

    def add_contracted(self, view: LogView, enquiry: Enquiry, contract: Ref, time_ms: int) -> None:
        """Add CONTRACTED to an enquiry; refuses STEP_NOT_ALLOWED, DOCUMENT_MISSING.

        `time_ms` is when it is written, in Unix milliseconds.
        """
        last = enquiry.last
        if last is None:
            raise AssertionError("a quoted enquiry has steps")
        kind = StepKind.CONTRACTED.value
        step = EnquiryStep(
            kind=kind,  # type: ignore[arg-type] # its number
            answers=said_ref(last.ref),
            contract=said_ref(contract),
            recorded_at_ms=time_ms,
        )
        said = PartnershipDocument(step=step)
        subject, named = enquiry.id.subject, enquiry.id.parties - {self.member}
        documents = read_all(view.documents(subject))
        _, absent = _folded(view, enquiry.id, documents)
        place = Place(self.origin, view.next_leaf_index, named)
        if check_step(enquiry.id, documents, said, place, absent) is None:
            revision = 1 + sum(one.author == self.member for one in documents)
            document = SealedDocument(subject, revision, tuple(named), serialise(said))
            self.sealing.add(view, document)

    def check(self, view: LogView, terms: Terms) -> None:
        """Refuse terms that quote an enquiry of ours otherwise than we hold it.

        CONTRACT_MISQUOTES, and DOCUMENT_MISSING while a step that is quoted has not come.
        """
        for link in terms.links:
            documents = read_all(view.documents(link.enquiry))
            _check_here(view, link, documents)
            enquiry = EnquiryId(link.enquiry, link.submitted.member, link.listing.member)
            wrong = misquotes(link, _folded(view, enquiry, documents)[0])
            if wrong:
                name = partnership_name(enquiry.enquirer, ENQUIRIES, link.enquiry)
                raise Refused(
                    "CONTRACT_MISQUOTES",
                    f"the contract quotes {name} otherwise than it stands: {', '.join(wrong)}",
                    name=name,
                    fields=" ".join(wrong),
                )


def _check_here(view: LogView, link: Link, documents: Sequence[Document]) -> None:
    missing = {link.submitted, link.introduced} - {one.ref for one in documents}
    missing -= absent_of(view.transaction, missing, link.enquiry)
    if missing:
        first = min(missing)
        raise Refused(
            "DOCUMENT_MISSING",
            f"step {first.leaf_index} of {first.origin} is quoted and not here",
            origin=first.origin,
            leaf_index=str(first.leaf_index),
        )


def _folded(
    view: LogView, enquiry: EnquiryId, documents: Sequence[Document]
) -> tuple[Enquiry, frozenset[Ref]]:
    """Return an enquiry, and the references that were proven to name nothing."""
    return settle(
        view.transaction, enquiry.subject, partial(fold_enquiry, enquiry, tuple(documents))
    )


def _says(document: Document, said: PartnershipDocument) -> bool:
    return without_time(parse_document(document.content)) == without_time(said)
