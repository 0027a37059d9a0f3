"""The enquiries that a contract quotes: found, ended with CONTRACTED, and held against the quote.

All of it runs inside the transaction of a write and sees the writes before it, of its group too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from federation.log.errors import Refused
from federation.partnership.codec import (
    EnquiryStep,
    PartnershipDocument,
    parse_document,
    serialise,
    without_time,
)
from federation.partnership.contract import fold_contract
from federation.partnership.enquiry import EnquiryId
from federation.partnership.fold import fold_enquiry
from federation.partnership.quoting import misquotes
from federation.partnership.steps import Step, StepKind
from federation.partnership.writing import Place, check_step
from federation.records.refs import said_ref
from federation.records.uscc import has_form
from node.services.arguments import violation
from node.services.catalogue import named_listing
from node.services.catalogue.organisation_keys import key_of_text
from node.services.catalogue.reading import not_found
from node.services.log.drafts import SealedDocument
from node.services.log.sealing import SealedPlace
from node.services.partnership.contract_folding import agreed_version
from node.services.partnership.documents import absent_of, read_all, settle
from node.services.partnership.enquiry_listing import are_two
from node.services.partnership.enquiry_loading import EnquiryName, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from federation.partnership.codec import Contract
    from federation.partnership.documents import Document
    from federation.partnership.enquiry import Enquiry
    from federation.partnership.terms import Link, Terms
    from federation.records.findings import Finding
    from federation.records.refs import Ref
    from node.services.log.sealing import Sealing
    from node.services.log.view import LogView
    from node.services.partnership.enquiry_loading import LoadedEnquiry
    from ydx.exchange.v1.record_pb2 import OrganisationRef


@dataclass(frozen=True, slots=True)
class QuotedEnquiries:
    """What one member knows of the enquiries of its contracts."""

    sealing: Sealing
    origin: str
    member: str

    def enquiry(self, view: LogView, name: EnquiryName) -> LoadedEnquiry:
        """Return an enquiry of ours; refuses RECORD_NOT_FOUND."""
        loaded = load(view.transaction, name, view.documents(name.subject))
        if self.member not in loaded.id.parties:
            raise not_found(str(name))
        return loaded

    def made_before(
        self, view: LogView, linked: Sequence[LoadedEnquiry], said: PartnershipDocument
    ) -> SealedPlace | None:
        """Return where our contract with that text stands, which a step of one of these names."""
        for ref in (ref for enquiry in linked for ref in self._contracts_of(enquiry.folded)):
            there = view.document_at(ref.origin, ref.leaf_index)
            if there is not None and there.document is not None:
                before = read_all([there])[0]
                if before.ref == ref and _says(before, said):
                    return SealedPlace(ref.leaf_index, ref.leaf_hash, is_new=False)
        return None

    def _contracts_of(self, enquiry: Enquiry) -> Iterator[Ref]:
        """Yield the contracts that our steps of an enquiry name, also those of a lost step."""
        for standing in enquiry.standings:
            facts = standing.document.facts
            is_own = standing.document.author == self.member
            if is_own and isinstance(facts, Step) and facts.contract is not None:
                yield facts.contract

    def add_contracted(
        self, view: LogView, enquiry: LoadedEnquiry, contract: Ref, center: str, time_ms: int
    ) -> None:
        """Add CONTRACTED to an enquiry, for both sides, and the center if it reads the last step.

        Whom else the other side has named there is its own affair. `time_ms` is when it is written.
        Refuses STEP_NOT_ALLOWED, DOCUMENT_MISSING.
        """
        last = enquiry.folded.last
        if last is None:
            raise AssertionError("a quoted enquiry has steps")
        step = EnquiryStep(
            kind=StepKind.CONTRACTED.value,  # type: ignore[arg-type] # its number
            answers=said_ref(last.ref),
            contract=said_ref(contract),
            recorded_at_ms=time_ms,
        )
        said = PartnershipDocument(step=step)
        named = (enquiry.id.parties | (last.named & {center})) - {self.member}
        place = Place(self.origin, view.next_leaf_index, named)
        if check_step(enquiry.id, enquiry.documents, said, place, enquiry.absent) is None:
            revision = 1 + sum(one.author == self.member for one in enquiry.documents)
            subject = enquiry.id.subject
            document = SealedDocument(subject, revision, tuple(named), serialise(said))
            self.sealing.add(view, document)

    def check(self, view: LogView, first: Ref, terms: Terms) -> None:
        """Refuse terms that quote an enquiry of ours otherwise than we hold it, or another's.

        CONTRACT_MISQUOTES, also for none and for one of others, DOCUMENT_MISSING while a step that
        is quoted has not come, STEP_NOT_ALLOWED while the enquiry did not lead to it.
        `first` is the contract's first version.
        """
        if not terms.links:
            raise _misquotes("the contract quotes no enquiry", fields="enquiries")
        for link in terms.links:
            _check_sides(link, terms)
            documents = read_all(view.documents(link.enquiry))
            _check_here(view, link, documents)
            enquiry = EnquiryId(link.enquiry, link.submitted.member, link.listing.member)
            fold = partial(fold_enquiry, enquiry, tuple(documents))
            folded, _ = settle(view.transaction, link.enquiry, fold)
            wrong = misquotes(link, folded)
            name = str(EnquiryName(enquiry.enquirer, link.enquiry))
            if wrong:
                what = f"the contract quotes {name} otherwise than it stands: {', '.join(wrong)}"
                raise _misquotes(what, name, " ".join(wrong))
            _check_led_to(view, first, folded, name)


def unlike_quoted(
    view: LogView, linked: Sequence[LoadedEnquiry], terms: Contract
) -> Iterator[Finding]:
    """Warn of sides that are not who asked, or not whose the listing is: income is shared by them.

    They may well differ: a subsidiary signs, a listing is of the institute that made the thing.
    """
    for enquiry in linked:
        listing = named_listing.find(view.transaction, enquiry.listing)
        asking = enquiry.submitted.submission.from_organisation
        owner = listing.owner if listing else ""
        # Of a demand the seller asks; where both sides are of one member, either may have.
        found = [
            _unlike(terms, asks, asking, owner)
            for asks in ("buyer", "seller")
            if getattr(terms, asks).member == enquiry.id.enquirer
        ]
        yield from min(found, key=len, default=())


def _unlike(terms: Contract, asks: str, asking: OrganisationRef, owner: str) -> list[Finding]:
    """Return what differs if that side has asked, and the other one offers."""
    offers = "seller" if asks == "buyer" else "buyer"
    found = []
    said: Any = getattr(terms, asks).organisation
    if are_two(said, asking):
        found.append(violation(f"contract.{asks}.organisation", "E_NOT_WHO_ASKED", said.name))
    said = getattr(terms, offers).organisation
    if _is_another(owner, said):
        found.append(violation(f"contract.{offers}.organisation", "E_NOT_WHOSE_LISTING", said.name))
    return found


def _is_another(owner: str, said: OrganisationRef) -> bool:
    """Tell whether the key of an owner is that of another organisation, for certain."""
    if not owner or not said.name:
        return False
    if has_form(owner.upper()):
        return bool(said.uscc) and owner != key_of_text(said.uscc)
    return owner != key_of_text(said.name)


def _misquotes(what: str, name: str = "", fields: str = "") -> Refused:
    return Refused("CONTRACT_MISQUOTES", what, name=name, fields=fields)


def _check_sides(link: Link, terms: Terms) -> None:
    """Refuse an enquiry that is not between the two sides, though it be one of ours."""
    if {link.submitted.member, link.listing.member} != {terms.buyer, terms.seller}:
        name = str(EnquiryName(link.submitted.member, link.enquiry))
        raise _misquotes(f"{name} is not between the two sides", name, "submitted listing")


def _check_led_to(view: LogView, first: Ref, enquiry: Enquiry, name: str) -> None:
    """Refuse a contract that no CONTRACTED of the enquiry names, and a second one.

    Without its step, what both agreed to could end as NO_DEAL, or lead to another contract. Those
    of both sides may cross, and one of them is to count: the one that the winning CONTRACTED names,
    unless it was cancelled; and none beside one that both sides stand behind already, whatever step
    comes after.
    """
    if first not in enquiry.contracts.values():
        what = f"no CONTRACTED of {name} that counts and is here names the contract"
        cure = (
            "对方的签约步骤尚未到达，或该意向以其他方式结束；稍后再试，或请对方核对",
            "The other side's step has not come, or it ended otherwise; try later, or ask them",
        )
        raise _not_led(what, "NOT_CONTRACTED", cure)
    won = enquiry.last.facts if enquiry.last else None
    for other in sorted(set(enquiry.contracts.values()) - {first}):
        there = view.document_at(other.origin, other.leaf_index)
        documents: Sequence[Document] = ()
        if there is not None:
            documents = read_all(view.documents(there.header.subject))
        contract = fold_contract(other, documents)
        is_won = isinstance(won, Step) and won.contract == other
        if contract.cancellation is None and (is_won or agreed_version(contract) is not None):
            what = f"{name} led to another contract, {other.leaf_index} of {other.origin}"
            cure = (
                "该意向已导向另一份合同；如要确认这一份，须先由其订立方解除那一份",
                "The enquiry led to another contract; cancel that one before this is confirmed",
            )
            raise _not_led(what, "OTHER_CONTRACT", cure)


def _not_led(what: str, why: str, cure: tuple[str, str]) -> Refused:
    return Refused("STEP_NOT_ALLOWED", what, cure=cure, why=why, allowed="", last="")


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


def _says(document: Document, said: PartnershipDocument) -> bool:
    return without_time(parse_document(document.content)) == without_time(said)
