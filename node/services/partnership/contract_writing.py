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
  longer in force is STALE_ETAG, to who confirms also where it was confirmed before.
- What is decided or cancelled is of a day on or after the signing of the version that it is about.
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
from federation.partnership.terms import Terms
from federation.partnership.validation import check_document
from federation.partnership.writing import Place, check_contract_document
from federation.records.refs import Ref, said_ref
from node.services.arguments import invalid
from node.services.catalogue.records import refuse, shanghai_day
from node.services.log.drafts import SealedDocument
from node.services.log.sealing import SealedPlace
from node.services.partnership.contract_folding import said_terms
from node.services.partnership.contract_held import (
    HeldContract,
    check_amount,
    check_changes,
    check_decided_on,
    check_in_force,
    check_number_is_free,
    check_still_said,
    read_held,
    stale,
)
from node.services.partnership.contract_names import ContractName, parse_contract_name
from node.services.partnership.contract_quotes import QuotedEnquiries, unlike_quoted
from node.services.partnership.enquiry_loading import EnquiryName, parse_enquiry_name
from node.storage import sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from federation.partnership.codec import ContractCancellation, ContractRegistration
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
    is_new: bool = False
    """Whether it was written now, not said before."""
    warnings: Sequence[Finding] = field(default_factory=tuple)


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
            done.warnings = (*done.warnings, *unlike_quoted(view, linked, said.contract))
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

        def say(held: HeldContract) -> tuple[PartnershipDocument, Document]:
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

        def say(held: HeldContract) -> tuple[PartnershipDocument, Document]:
            base = held.version(etag)
            check_in_force(held, base)
            confirmation = ContractConfirmation(contract=said_ref(base.ref))
            return PartnershipDocument(confirmation=confirmation), base

        return self._say(name, say, options, 0)

    def register(
        self, name: str, registration: ContractRegistration, etag: str, options: WriteOptions
    ) -> WrittenDocument:
        """Record where the registration stands, as the seller's side. Refuses as `amend`."""

        def say(held: HeldContract) -> tuple[PartnershipDocument, Document]:
            base = held.version(etag)
            said = without_unknown(PartnershipDocument(registration=registration))
            said.registration.contract.CopyFrom(said_ref(base.ref))
            return said, base

        return self._say(name, say, options, registration.ByteSize())

    def cancel(
        self, name: str, cancellation: ContractCancellation, etag: str, options: WriteOptions
    ) -> WrittenDocument:
        """Cancel an own contract for good. Refuses as `amend`."""

        def say(held: HeldContract) -> tuple[PartnershipDocument, Document]:
            base = held.version(etag)
            said = without_unknown(PartnershipDocument(cancellation=cancellation))
            said.cancellation.contract.CopyFrom(said_ref(base.ref))
            return said, base

        return self._say(name, say, options, cancellation.ByteSize())

    # --- one document about a contract that stands -----------------------------------------------

    def _say(
        self,
        name: str,
        say: Callable[[HeldContract], tuple[PartnershipDocument, Document]],
        options: WriteOptions,
        size_bytes: int,
    ) -> WrittenDocument:
        parsed = parse_contract_name(name)
        done = WrittenDocument(name)

        def make(view: LogView) -> SealedPlace:
            held = read_held(view, parsed)
            said, base = say(held)
            terms = base.facts
            assert isinstance(terms, Terms)  # noqa: S101 - a version; tells the checker
            said = self._checked(said, terms.center, done, said_terms(base).signed_on)
            if said.HasField("confirmation"):
                self._check_agreeable(view, held, base, terms)
            return self._append(view, held, parsed.subject, said, terms.members, base)

        return self._write(make, options, size_bytes, done)

    def _check_agreeable(
        self, view: LogView, held: HeldContract, base: Document, terms: Terms
    ) -> None:
        """Refuse to agree to a version whose quotes or center are not what stands here."""
        if base.ref in held.contract.confirmed or self._member not in {terms.buyer, terms.seller}:
            return
        if not held.contract.confirmed:  # no later version may name another
            self._check_center(terms)
        self._quotes.check(view, held.first, terms)

    def _append(
        self,
        view: LogView,
        held: HeldContract | None,
        subject: bytes,
        said: PartnershipDocument,
        members: frozenset[str],
        base: Document | None = None,
    ) -> SealedPlace:
        """Add a document if it may be written, or return the place where it stands already."""
        named = members - {self._member}
        documents = held.documents if held else ()
        is_current = held is None or base == held.contract.current
        outdated = None if is_current or held is None else stale("", held.contract.current)
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
            if outdated is not None and refusal.reason == "STEP_NOT_ALLOWED":
                raise outdated from refusal
            raise
        if before is not None:
            check_still_said(held, before)
            return SealedPlace(before.ref.leaf_index, before.ref.leaf_hash, is_new=False)
        if outdated is not None:
            raise outdated
        if held is not None and base is not None:
            _check_written_anew(view, held, said, base)
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
        done.is_new = place.is_new and not options.validate_only
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
        self, said: PartnershipDocument, center: str, done: WrittenDocument, signed_on: str = ""
    ) -> PartnershipDocument:
        """Return a document in its normal form; refuses all that is wrong with it at once.

        `signed_on` is the day of the version that it is about.
        """
        now_s = self._clock()
        set_recorded_at_ms(said, int(now_s * 1000))
        today = shanghai_day(now_s)
        checked = check_document(
            said, author=self._member, center=center, today=today, signed_on=signed_on
        )
        refuse([_of_request(one) for one in checked.violations])
        check_amount(checked.record)
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


def _check_written_anew(
    view: LogView, held: HeldContract, said: PartnershipDocument, base: Document
) -> None:
    """Refuse what says nothing new, a day that goes back, and another contract's number."""
    if said.HasField("contract"):
        check_changes(held, said, base)
    elif said.HasField("registration"):
        check_decided_on(held, said)
        if said.registration.register_number:
            check_number_is_free(view, held.first, said.registration.register_number)


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
