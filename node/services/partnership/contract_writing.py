"""Writing contracts: made from introduced enquiries, amended, confirmed, registered, cancelled.

- Every document names both sides' members and the center, whom the registry says. What may be
  written is `federation.partnership`'s to say; it is asked inside the transaction of the write,
  over all that stands then.
- A contract is made with CONTRACTED on each enquiry that it quotes, in one transaction: first the
  contract, which the steps name. So none stands without its steps on its author's side; on others
  they may come apart, and no fold of the contract depends on them: who confirms waits for them.
- The same content again is already done and writes nothing, also without a request id: a contract
  is found again through the enquiries that ended with it.
- The version that a document is about is the one that its `etag` names, without one the version in
  force. Who confirms must name it: nobody agrees to a text that was not read. A version that is no
  longer in force is STALE_ETAG.
- What quotes one of our enquiries otherwise than we hold it is neither written nor confirmed
  (CONTRACT_MISQUOTES). Nor is what quotes none, or one that is not between its two sides, or what
  names another center than the registry does: its author's node may not check what ours would.
- Contracts of both sides may cross. The one that the winning CONTRACTED names is confirmed, the
  other only once that one is cancelled; so honest nodes never agree to two of one enquiry.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused
from federation.log.subject import new_subject
from federation.partnership.codec import Contract as SaidContract
from federation.partnership.codec import (
    ContractConfirmation,
    PartnershipDocument,
    serialise,
    set_recorded_at_ms,
    without_time,
    without_unknown,
)
from federation.partnership.quoting import quote
from federation.partnership.terms import Registering, Terms
from federation.partnership.validation import check_document
from federation.partnership.writing import Place, check_contract_document
from federation.records.refs import Ref, said_ref
from node.services.arguments import invalid
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import etag_of, refuse, shanghai_day
from node.services.log.drafts import SealedDocument
from node.services.log.sealing import SealedPlace
from node.services.partnership.contract_folding import first_of, folded, said_terms
from node.services.partnership.contract_names import ContractName, parse_contract_name
from node.services.partnership.contract_quotes import QuotedEnquiries
from node.services.partnership.documents import read_all
from node.services.partnership.enquiry_loading import EnquiryName, parse_enquiry_name
from node.storage import sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from federation.partnership.codec import ContractCancellation, ContractRegistration
    from federation.partnership.contract import Contract
    from federation.partnership.documents import Document
    from federation.records.findings import Finding
    from node.services.log.sealing import Sealing
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions
    from node.storage.database import Database

_SUBJECT_RANDOM_BYTES: Final = 10
_ENQUIRIES_MAX: Final = 10
_PREFIX: Final = "document."


@dataclass(slots=True)
class WrittenDocument:
    """What a write came to: the contract's name, "" where it has none yet, and what to mend."""

    name: str = ""
    warnings: Sequence[Finding] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class _Held:
    """A contract as it stands before a write."""

    first: Ref
    documents: Sequence[Document]
    contract: Contract
    absent: frozenset[Ref]

    def version(self, etag: str) -> Document:
        """Return the version that an etag names, without one that in force."""
        current = self.contract.current
        if current is None:
            raise Refused("STEP_NOT_ALLOWED", "the contract's first version does not count")
        if not etag:
            return current
        for version in self.contract.versions:
            if etag_of(version.ref.leaf_hash) == etag:
                return version
        raise _stale(etag, current)


class ContractWriting:
    """Writes contracts for one member. `clock` gives Unix seconds."""

    def __init__(
        self,
        database: Database,
        sealing: Sealing,
        origin: str,
        member: str,
        centers: Callable[[], Collection[str]],
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """`centers` gives the members that hold the role of the center now."""
        self._database = database
        self._sealing = sealing
        self._origin = origin
        self._member = member
        self._centers = centers
        self._clock = clock
        self._random_bytes = random_bytes
        self._quotes = QuotedEnquiries(sealing, origin, member)

    def create(
        self, terms: SaidContract, enquiries: Sequence[str], options: WriteOptions
    ) -> WrittenDocument:
        """Make a contract from introduced enquiries; quotes and center of `terms` are not read.

        Refuses INVALID_FIELD, NO_CENTER, RECORD_NOT_FOUND for an enquiry, STEP_NOT_ALLOWED,
        DOCUMENT_MISSING, and what `Sealing.write` refuses.
        """
        names = _names(enquiries)
        center = self._center()
        time_ms = int(self._clock() * 1000)
        subject = new_subject(time_ms, self._random_bytes(_SUBJECT_RANDOM_BYTES))
        done = WrittenDocument()

        def make(view: LogView) -> SealedPlace:
            linked = [self._quotes.enquiry(view, name) for name in names]
            said = PartnershipDocument(contract=terms)
            said.contract.ClearField("previous")
            del said.contract.enquiries[:]
            said.contract.enquiries.extend(quote(one.folded) for one in linked)
            said.contract.center = center
            said = self._checked(said, center, done)
            stands = self._quotes.made_before(view, linked, said)
            if stands is not None:
                return stands
            members = frozenset((terms.buyer.member, terms.seller.member, center))
            place = self._append(view, None, subject, said, members)
            ref = Ref(self._origin, place.leaf_index, place.leaf_hash)
            for enquiry in linked:
                self._quotes.add_contracted(view, enquiry, ref, center, time_ms)
            return place

        return self._write(make, options, terms.ByteSize(), done)

    def amend(
        self, name: str, terms: SaidContract, etag: str, options: WriteOptions
    ) -> WrittenDocument:
        """Write the next version of an own contract; its sides, quotes and center stay.

        Refuses as `create`, and STALE_ETAG.
        """

        def say(held: _Held) -> tuple[PartnershipDocument, Document]:
            base = held.version(etag)
            if not etag:
                repeated = _with_fixed(terms, base)
                before = said_terms(base)
                if before.HasField("previous"):
                    repeated.previous.CopyFrom(before.previous)
                    if self._is_same(repeated, before):
                        return PartnershipDocument(contract=before), base
            said = _with_fixed(terms, base)
            said.previous.CopyFrom(said_ref(base.ref))
            return PartnershipDocument(contract=said), base

        return self._say(name, say, options, terms.ByteSize())

    def confirm(self, name: str, etag: str, options: WriteOptions) -> WrittenDocument:
        """Agree to the version that `etag` names, as the other side. Refuses as `amend`."""
        if not etag:
            raise invalid("etag", "REQUIRED")

        def say(held: _Held) -> tuple[PartnershipDocument, Document]:
            base = held.version(etag)
            confirmation = ContractConfirmation(contract=said_ref(base.ref))
            return PartnershipDocument(confirmation=confirmation), base

        return self._say(name, say, options, 0, checks_quotes=True)

    def register(
        self, name: str, registration: ContractRegistration, etag: str, options: WriteOptions
    ) -> WrittenDocument:
        """Record where the registration stands, as the seller's side. Refuses as `amend`."""

        def say(held: _Held) -> tuple[PartnershipDocument, Document]:
            base = held.version(etag)
            said = without_unknown(PartnershipDocument(registration=registration))
            said.registration.contract.CopyFrom(said_ref(base.ref))
            return said, base

        return self._say(name, say, options, registration.ByteSize())

    def cancel(
        self, name: str, cancellation: ContractCancellation, etag: str, options: WriteOptions
    ) -> WrittenDocument:
        """Cancel an own contract for good. Refuses as `amend`."""

        def say(held: _Held) -> tuple[PartnershipDocument, Document]:
            base = held.version(etag)
            said = without_unknown(PartnershipDocument(cancellation=cancellation))
            said.cancellation.contract.CopyFrom(said_ref(base.ref))
            return said, base

        return self._say(name, say, options, cancellation.ByteSize())

    # --- one document about a contract that stands -----------------------------------------------

    def _say(
        self,
        name: str,
        say: Callable[[_Held], tuple[PartnershipDocument, Document]],
        options: WriteOptions,
        size_bytes: int,
        *,
        checks_quotes: bool = False,
    ) -> WrittenDocument:
        parsed = parse_contract_name(name)
        done = WrittenDocument(name)

        def make(view: LogView) -> SealedPlace:
            held = _held(view, parsed)
            said, base = say(held)
            terms = base.facts
            assert isinstance(terms, Terms)  # noqa: S101 - a version; tells the checker
            said = self._checked(said, terms.center, done)
            is_new = base.ref not in held.contract.confirmed
            if checks_quotes and is_new and self._member in {terms.buyer, terms.seller}:
                if not held.contract.confirmed:  # no later version may name another
                    self._check_center(terms)
                self._quotes.check(view, held.first, terms)
            return self._append(view, held, parsed.subject, said, terms.members, base)

        return self._write(make, options, size_bytes, done)

    def _append(
        self,
        view: LogView,
        held: _Held | None,
        subject: bytes,
        said: PartnershipDocument,
        members: frozenset[str],
        base: Document | None = None,
    ) -> SealedPlace:
        """Add a document if it may be written, or return the place where it stands already."""
        named = members - {self._member}
        documents = held.documents if held else ()
        is_current = held is None or base == held.contract.current
        stale = None if is_current or held is None else _stale("", held.contract.current)
        try:
            before = check_contract_document(
                held.first if held else None,
                subject,
                documents,
                said,
                Place(self._origin, view.next_leaf_index, named),
                held.absent if held else frozenset(),
            )
        except Refused as refusal:
            if stale is not None and refusal.reason == "STEP_NOT_ALLOWED":
                raise stale from refusal
            raise
        if before is not None:
            _check_still_said(held, before)
            return SealedPlace(before.ref.leaf_index, before.ref.leaf_hash, is_new=False)
        if stale is not None:
            raise stale
        revision = 1 + sum(one.author == self._member for one in documents)
        document = SealedDocument(subject, revision, tuple(sorted(named)), serialise(said))
        return self._sealing.add(view, document)

    def _write(
        self,
        make: Callable[[LogView], SealedPlace],
        options: WriteOptions,
        size_bytes: int,
        done: WrittenDocument,
    ) -> WrittenDocument:
        place = self._sealing.write(make, options, size_bytes)
        if not options.validate_only and not done.name:
            with self._database.read() as tx:
                written = sealed.at(tx, self._origin, place.leaf_index)
            if written is None:
                raise AssertionError("what was written is here")
            done.name = str(ContractName(self._member, written.header.subject))
        return done

    # --- what stands, and what it says -----------------------------------------------------------

    def _center(self) -> str:
        """Return the center; every contract names it, so there must be exactly one."""
        found = sorted(self._centers())
        if len(found) != 1:
            told = ", ".join(found) or "none"
            raise Refused("NO_CENTER", f"the center must be one member; it is: {told}", found=told)
        return found[0]

    def _check_center(self, terms: Terms) -> None:
        """Refuse terms that leave the center out by naming another."""
        center = self._center()
        if terms.center != center:
            what = f"the contract names {terms.center} as the center, which is {center}"
            raise Refused("NO_CENTER", what, found=terms.center)

    def _checked(
        self, said: PartnershipDocument, center: str, done: WrittenDocument
    ) -> PartnershipDocument:
        """Return a document in its normal form; refuses all that is wrong with it at once."""
        now_s = self._clock()
        set_recorded_at_ms(said, int(now_s * 1000))
        today = shanghai_day(now_s)
        checked = check_document(said, author=self._member, center=center, today=today)
        refuse([_of_request(one) for one in checked.violations])
        done.warnings = tuple(_of_request(one) for one in checked.warnings)
        return checked.record

    def _is_same(self, terms: SaidContract, before: SaidContract) -> bool:
        """Tell whether terms say, in their normal form, what a version says."""
        today = shanghai_day(self._clock())
        said = PartnershipDocument(contract=terms)
        checked = check_document(said, author=self._member, center=terms.center, today=today)
        return without_time(checked.record) == without_time(PartnershipDocument(contract=before))


def _names(enquiries: Sequence[str]) -> list[EnquiryName]:
    """Return the enquiries that are to be quoted, each once."""
    if not enquiries:
        raise invalid("enquiries", "REQUIRED")
    if len(enquiries) > _ENQUIRIES_MAX:
        raise invalid("enquiries", "TOO_MANY", count=len(enquiries), most=_ENQUIRIES_MAX)
    names = [parse_enquiry_name(name, f"enquiries[{at}]") for at, name in enumerate(enquiries)]
    return list(dict.fromkeys(names))


def _held(view: LogView, name: ContractName) -> _Held:
    """Return a contract as it stands before a write; refuses RECORD_NOT_FOUND."""
    documents = read_all(view.documents(name.subject))
    first = first_of(documents, name.author)
    if first is None:
        raise not_found(str(name))
    return _Held(first, documents, *folded(view.transaction, first, name.subject, documents))


def _check_still_said(held: _Held | None, before: Document) -> None:
    """Refuse to take for done what a later decision of the register has overtaken."""
    if held is None or not isinstance(before.facts, Registering):
        return
    counted = [
        one.document
        for one in held.contract.standings
        if one.is_valid and isinstance(one.document.facts, Registering)
    ]
    if counted[-1:] != [before]:
        raise Refused(
            "STEP_NOT_ALLOWED",
            "the same was recorded before a later decision; to record it anew, state a reason",
            why="OVERTAKEN",
            allowed=" ".join(held.contract.may_write.get(before.author, ())),
        )


def _with_fixed(terms: SaidContract, base: Document) -> SaidContract:
    """Return a version with what no amendment may change as the version before has it."""
    before, said = said_terms(base), SaidContract()
    said.CopyFrom(terms)
    said.ClearField("previous")
    del said.enquiries[:]
    said.enquiries.extend(before.enquiries)
    said.center = before.center
    return said


def _of_request(finding: Finding) -> Finding:
    """Return a finding under the path that the field has in the request."""
    path = finding.field.removeprefix(_PREFIX)
    return replace(
        finding,
        field=path,
        text_zh=finding.text_zh.replace(finding.field, path, 1),
        text_en=finding.text_en.replace(finding.field, path, 1),
    )


def _stale(etag: str, current: Document | None) -> Refused:
    now = etag_of(current.ref.leaf_hash) if current else ""
    return Refused("STALE_ETAG", "another version of the contract is in force", etag=etag, now=now)
