"""Proposing: agreements, incomes, reversals, payments, terminations.

- Every document names all members of its agreement. What may be written is `federation.ledger`'s to
  say; it is asked inside the transaction of the write, over the books as they stand here. What
  could not be booked now is refused with that reason, and nothing is written; the center decides
  anew at its place in the order.
- Books that wait, or a center out of reach, stop nobody from proposing and accepting: only booking
  waits. On disputed books nothing is written but disputes.
- Who proposes is noted beside the log, under the caller's identity: nobody accepts that (four
  eyes). Another member's proposal can be accepted by any approver here.
- The same content again by this member is already done and writes nothing, also without a request
  id, while the proposal is open.
- An agreement names the center that the registry does: its author's node may not check what ours
  would, so that is checked once more before an agreement is accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger import codec
from federation.ledger.agreement import CURRENCY, RULES_VERSION, Version
from federation.ledger.booking import book
from federation.ledger.books import Place
from federation.ledger.codec import LedgerDocument, serialise, without_time
from federation.ledger.documents import Document, Termination, read_document
from federation.ledger.judging import activate
from federation.log.errors import Refused
from federation.log.subject import parse_origin
from federation.records.refs import Ref, said_ref
from node.services import ledger_reading
from node.services.catalogue import not_found
from node.services.contract_folding import first_of
from node.services.contract_names import ContractName, parse_contract_name
from node.services.document_names import AGREEMENTS, PROPOSALS, DocumentName, parse_document_name
from node.services.errors import InvalidFields
from node.services.ledger_making import (
    LedgerMaker,
    Written,
    agreement,
    check_sound,
    named,
    stands,
)
from node.services.partnership_documents import documents_of
from node.services.records_arguments import violation
from node.storage import ledger_local

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.ledger.books import Books
    from federation.records.findings import Finding
    from node.services.access import Caller
    from node.services.ledger_reading import AgreementRow
    from node.services.publishing import WriteOptions
    from node.services.sealing import SealedPlace
    from node.services.sequencer_view import LogView
    from node.storage.transaction import Transaction

_REPEATS_LOOKED_AT: Final = 50
_UNHASHED: Final = bytes(32)


class LedgerProposing:
    """Writes proposals for one member."""

    def __init__(self, maker: LedgerMaker) -> None:
        self._maker = maker

    def create(self, caller: Caller, said: codec.Agreement, options: WriteOptions) -> Written:
        """Write an agreement's first version.

        Refuses INVALID_FIELD, NO_CENTER, and what `Sealing.write` refuses.
        """
        document = LedgerDocument(agreement=said)
        document.agreement.ClearField("previous")
        document.agreement.ClearField("agreement")
        checked, warnings = self._maker.checked(self._with_defaults(document))
        subject = self._maker.new_subject()
        members = _version_of(checked).members

        def make(view: LogView) -> SealedPlace:
            before = self._open_agreement(view.transaction, checked)
            if before is not None:
                return before
            try:
                place = self._maker.add(view, subject, checked, members)
            except InvalidFields as error:
                raise _member_unknown(error, checked.agreement) from None
            self._note_proposer(view, caller, place, options)
            return place

        return self._maker.written(make, options, warnings, said.ByteSize())

    def amend(
        self, caller: Caller, name: str, said: codec.Agreement, options: WriteOptions
    ) -> Written:
        """Propose the next version of an agreement; its center and members stay."""
        parsed = parse_document_name(name, AGREEMENTS)

        def say(tx: Transaction, row: AgreementRow) -> LedgerDocument:
            books = ledger_reading.books_of(tx, row)
            if not books.versions:
                raise Refused("AGREEMENT_NOT_ACTIVE", "its first version is not active")
            document = LedgerDocument(agreement=said)
            document.agreement.agreement.CopyFrom(said_ref(row.ref))
            document.agreement.previous.CopyFrom(said_ref(books.versions[-1].ref))
            document.agreement.center = row.center
            return self._with_defaults(document)

        return self._propose(caller, parsed, say, options, said.ByteSize())

    def terminate(
        self, caller: Caller, name: str, said: codec.Termination, options: WriteOptions
    ) -> Written:
        """Propose that an agreement ends."""
        parsed = parse_document_name(name, AGREEMENTS)

        def say(_tx: Transaction, row: AgreementRow) -> LedgerDocument:
            document = LedgerDocument(termination=said)
            document.termination.agreement.CopyFrom(said_ref(row.ref))
            return document

        return self._propose(caller, parsed, say, options, said.ByteSize())

    def propose_income(
        self,
        caller: Caller,
        name: str,
        said: codec.Income,
        options: WriteOptions,
        contract: str = "",
    ) -> Written:
        """Propose an income. `contract` is the contract's name, "" to keep what `said` names."""
        parsed = parse_contract_name(contract, "contract") if contract else None

        def say(tx: Transaction, row: AgreementRow) -> LedgerDocument:
            document = LedgerDocument(income=said)
            income = document.income
            income.agreement.CopyFrom(said_ref(row.ref))
            if parsed is not None:
                income.contract.CopyFrom(said_ref(_contract(tx, parsed)))
            if not income.HasField("version"):
                income.version.CopyFrom(said_ref(_version_on(tx, row, said.income_date)))
            return document

        return self._propose(caller, name, say, options, said.ByteSize())

    def propose_reversal(
        self, caller: Caller, income: str, said: codec.Reversal, options: WriteOptions
    ) -> Written:
        """Propose to take back an income."""
        parsed = parse_document_name(income, PROPOSALS, field="income")

        def say(tx: Transaction, row: AgreementRow) -> LedgerDocument:
            document = LedgerDocument(reversal=said)
            document.reversal.agreement.CopyFrom(said_ref(row.ref))
            document.reversal.income.CopyFrom(said_ref(named(tx, parsed).ref))
            return document

        return self._propose(caller, parsed, say, options, said.ByteSize())

    def propose_payment(
        self, caller: Caller, name: str, said: codec.Payment, options: WriteOptions
    ) -> Written:
        """Propose to book a payment."""

        def say(_tx: Transaction, row: AgreementRow) -> LedgerDocument:
            document = LedgerDocument(payment=said)
            document.payment.agreement.CopyFrom(said_ref(row.ref))
            return document

        return self._propose(caller, name, say, options, said.ByteSize())

    def _propose(
        self,
        caller: Caller,
        name: str | DocumentName,
        say: Callable[[Transaction, AgreementRow], LedgerDocument],
        options: WriteOptions,
        size_bytes: int,
    ) -> Written:
        """Write a proposal on an agreement; `name` is the agreement's or a proposal's of it."""
        if isinstance(name, str):
            name = parse_document_name(name, AGREEMENTS, field="agreement")

        warnings: list[Finding] = []

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            row = agreement(tx, name)
            checked, warnings[:] = self._maker.checked(say(tx, row))
            books = ledger_reading.books_of(tx, row)
            check_sound(books)
            subject = self._maker.new_subject()
            candidate = read_document(
                Ref(self._maker.origin, view.next_leaf_index, _UNHASHED),
                row.member_names - {self._maker.member},
                serialise(checked),
                subject,
            )
            if options.request is None:
                before = self._open_same(tx, row, checked)
                if before is not None:
                    return stands(before)
            check_bookable(books, candidate)
            place = self._maker.add(view, subject, checked, row.member_names)
            self._note_proposer(view, caller, place, options)
            return place

        done = self._maker.written(make, options, size_bytes=size_bytes)
        return done._replace(warnings=tuple(warnings))

    def _note_proposer(
        self, view: LogView, caller: Caller, place: SealedPlace, options: WriteOptions
    ) -> None:
        if not options.validate_only:
            ledger_local.note_proposer(view.transaction, place.leaf_hash, caller.identity)

    def _with_defaults(self, document: LedgerDocument) -> LedgerDocument:
        said = document.agreement
        said.center = said.center or self._maker.center()
        said.currency = said.currency or CURRENCY
        said.rules_version = said.rules_version or RULES_VERSION
        return document

    def _open_same(
        self, tx: Transaction, row: AgreementRow, said: LedgerDocument
    ) -> Document | None:
        """Return an open proposal of this member with the same content, of the oldest ones."""
        timeless, length = without_time(said), len(serialise(said))
        for one in ledger_reading.proposals(tx, row, open_only=True, limit=_REPEATS_LOOKED_AT):
            document = one.told.document
            if (
                document.author == self._maker.member
                and len(document.content) == length
                and without_time(codec.parse_document(document.content)) == timeless
            ):
                return document
        return None

    def _open_agreement(self, tx: Transaction, said: LedgerDocument) -> SealedPlace | None:
        """Return an agreement of this member with the same text that is not decided yet."""
        timeless = without_time(said)
        for one in ledger_reading.open_first_versions(tx, self._maker.member, _REPEATS_LOOKED_AT):
            if without_time(codec.parse_document(one.content)) == timeless:
                return stands(one)
        return None


def check_bookable(books: Books, candidate: Document) -> None:
    """Refuse what could not take effect in the books as they stand, with the reason."""
    place = Place(parse_origin(candidate.ref.origin).generation, candidate.ref.leaf_index, 0)
    if isinstance(candidate.facts, Version | Termination):
        effect = activate(books, candidate, place)
        if isinstance(effect, Refused):
            raise effect
        return
    book(books, candidate, place)


def _member_unknown(error: InvalidFields, said: codec.Agreement) -> InvalidFields:
    """Return that a member is none as a finding of the fields that name it."""
    unknown = error.violations[0].value
    named = {f"parties[{at}].member": one.member for at, one in enumerate(said.parties)}
    named |= {f"signers[{at}]": one for at, one in enumerate(said.signers)}
    found = [
        violation(f"agreement.{field}", "MEMBER_UNKNOWN", unknown)
        for field, member in named.items()
        if member == unknown
    ]
    return InvalidFields(found) if found else error


def _contract(tx: Transaction, name: ContractName) -> Ref:
    """Return the first version of a contract; refuses RECORD_NOT_FOUND."""
    first = first_of(documents_of(tx, name.subject), name.author)
    if first is None:
        raise not_found(str(name))
    return first


def _version_on(tx: Transaction, row: AgreementRow, day: str) -> Ref:
    """Return the version in force on a day, else the last one: booking tells what is wrong."""
    versions = ledger_reading.books_of(tx, row).versions
    for one in versions:
        if one.effective_from <= day < one.effective_to:
            return one.ref
    return versions[-1].ref if versions else row.ref


def _version_of(said: LedgerDocument) -> Version:
    facts = read_document(Ref("x/x", 0, _UNHASHED), frozenset(), serialise(said)).facts
    assert isinstance(facts, Version)  # noqa: S101 - it was checked; tells the checker
    return facts
