"""Proposing: agreements, incomes, reversals, payments, terminations.

- Every document names all members of its agreement. What may be written is `federation.ledger`'s to
  say; it is asked inside the transaction of the write, over the books as they stand here. What
  could not be booked now is refused with that reason, and nothing is written; the center decides
  anew at its place in the order.
- Books that wait, or a center out of reach, stop nobody from proposing and accepting: only booking
  waits. On disputed books nothing is written but disputes.
- Who proposes is noted beside the log, by holder or token: nobody accepts that (`four_eyes`).
  Another member's proposal can be accepted by any approver here.
- The same content again by this member is already done and writes nothing, also without a request
  id, while the proposal is open.
- An agreement names the center that the registry does: its author's node may not check what ours
  would, so that is checked once more before an agreement is accepted.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger import codec
from federation.ledger.agreement import CURRENCY, RULES_VERSION, Version
from federation.ledger.codec import LedgerDocument, serialise, without_time
from federation.ledger.documents import Document, read_document
from federation.log.errors import Refused
from federation.records.refs import Ref, said_ref
from node.services.arguments import invalid
from node.services.catalogue.reading import not_found
from node.services.document_names import AGREEMENTS, PROPOSALS, DocumentName, parse_document_name
from node.services.errors import InvalidFields, within
from node.services.ledger import reading
from node.services.ledger.books import look_up
from node.services.ledger.four_eyes import person_of
from node.services.ledger.making import (
    LedgerMaker,
    Standing,
    Written,
    cannot_accept,
    check_paid_on,
    check_sound,
    member_unknown,
    named,
    naming,
    stands,
)
from node.services.ledger.prospects import effect_of
from node.services.ledger.shown import drafts_shown
from node.services.partnership.contract_folding import first_of
from node.services.partnership.contract_names import ContractName, parse_contract_name
from node.services.partnership.documents import documents_of
from node.storage import ledger_local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from federation.ledger.books import Effect
    from federation.records.findings import Finding
    from node.services.access import Caller
    from node.services.ledger.shown import ShownProposal
    from node.services.log.sealing import SealedPlace
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions
    from node.storage.transaction import Transaction

INCOMES_MAX: Final = 200
"""In one call: as many as one acceptance takes, and one document of outcomes."""
_REPEATS_LOOKED_AT: Final = 50
_UNHASHED: Final = bytes(32)


class _Draft(NamedTuple):
    """A proposal in its normal form, as all members will read it, and what should be mended."""

    document: Document
    warnings: tuple[Finding, ...]


class LedgerProposing:
    """Writes proposals for one member."""

    def __init__(self, maker: LedgerMaker) -> None:
        self._maker = maker

    def create(self, caller: Caller, said: codec.Agreement, options: WriteOptions) -> Written:
        """Write an agreement's first version.

        Refuses INVALID_FIELD, also for a member that has left: it keeps no more books; NO_CENTER,
        and what `Sealing.write` refuses.
        """
        document = LedgerDocument(agreement=said)
        document.agreement.ClearField("previous")
        document.agreement.ClearField("agreement")
        checked, warnings = self._maker.checked(self._with_defaults(document))
        subject = self._maker.new_subject()
        members = _version_of(checked).members

        def make(view: LogView) -> SealedPlace:
            if found := list(naming(checked.agreement, "MEMBER_LEFT", {*self._maker.left()})):
                raise InvalidFields(found)
            before = self._open_agreement(view.transaction, checked)
            if before is not None:
                return before
            try:
                place = self._maker.add(view, subject, serialise(checked), members)
            except InvalidFields as error:
                raise member_unknown(error, checked.agreement) from None
            self._note_proposer(view, caller, [place], options)
            return place

        return self._maker.written(make, options, warnings, said.ByteSize())

    def amend(
        self, caller: Caller, name: str, said: codec.Agreement, options: WriteOptions
    ) -> Written:
        """Propose the next version of an agreement; its center and members stay.

        Refuses INVALID_FIELD for a member that would have to accept it and has left.
        """
        parsed = parse_document_name(name, AGREEMENTS)

        def say(_tx: Transaction, on: Standing) -> LedgerDocument:
            if found := list(cannot_accept(said, {*self._maker.left()})):
                raise InvalidFields(found)
            versions = on.books.versions
            if not versions:
                raise Refused("AGREEMENT_NOT_ACTIVE", "its first version is not active")
            document = LedgerDocument(agreement=said)
            document.agreement.agreement.CopyFrom(said_ref(on.row.ref))
            document.agreement.previous.CopyFrom(said_ref(versions[-1].ref))
            document.agreement.center = on.row.center
            return self._with_defaults(document)

        return self._propose(caller, parsed, say, options, said.ByteSize())

    def terminate(
        self, caller: Caller, name: str, said: codec.Termination, options: WriteOptions
    ) -> Written:
        """Propose that an agreement ends."""
        parsed = parse_document_name(name, AGREEMENTS)

        def say(_tx: Transaction, on: Standing) -> LedgerDocument:
            document = LedgerDocument(termination=said)
            document.termination.agreement.CopyFrom(said_ref(on.row.ref))
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
        parsed = _parsed_contract(contract)

        def say(tx: Transaction, on: Standing) -> LedgerDocument:
            return _income(tx, on, said, parsed)

        return self._propose(caller, name, say, options, said.ByteSize())

    def propose_incomes(
        self,
        caller: Caller,
        name: str,
        incomes: Sequence[tuple[codec.Income, str]],
        options: WriteOptions,
    ) -> Written:
        """Propose incomes of one agreement, with their contracts as in `propose_income`.

        All are written, at leaves that follow each other, or none; the first is returned. Refuses
        what one alone is refused for, INVALID_FIELD for their number and for an instalment that
        comes twice.
        """
        agreement = parse_document_name(name, AGREEMENTS, field="agreement")
        if not 1 <= len(incomes) <= INCOMES_MAX:
            raise invalid("incomes", "ROWS", count=len(incomes), most=INCOMES_MAX)
        parsed = [_parsed_contract(one, f"incomes[{at}].") for at, (_, one) in enumerate(incomes)]
        checked: list[ShownProposal] = []

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            on = self._maker.standing(tx, agreement)
            self._check_goes_on(on)
            drafts: list[_Draft] = []
            for at, (said, _) in enumerate(incomes):
                with _row(at):
                    drafts.append(self._draft(view, on, _income(tx, on, said, parsed[at]), at))
            look_up(on.books, [one.document for one in drafts])
            places: list[SealedPlace] = []
            instalments: set[str] = set()
            for at, draft in enumerate(drafts):
                with _row(at):
                    place, effect = self._add(view, on, draft)
                places.append(place)
                if not instalments.isdisjoint(effect.instalments):
                    twice = incomes[at][0].instalment
                    raise invalid(f"incomes[{at}].income.instalment", "ROW_TWICE", twice)
                instalments.update(effect.instalments)
            if options.validate_only:
                found = [one.document for one in drafts]
                checked[:] = drafts_shown(tx, on, found, self._maker.member)
            self._note_proposer(view, caller, places, options)
            return places[0]

        size_bytes = sum(said.ByteSize() for said, _ in incomes)
        done = self._maker.written(make, options, size_bytes=size_bytes)
        return done._replace(checked=checked)

    def propose_reversal(
        self, caller: Caller, income: str, said: codec.Reversal, options: WriteOptions
    ) -> Written:
        """Propose to take back an income."""
        parsed = parse_document_name(income, PROPOSALS, field="income")

        def say(tx: Transaction, on: Standing) -> LedgerDocument:
            document = LedgerDocument(reversal=said)
            document.reversal.agreement.CopyFrom(said_ref(on.row.ref))
            document.reversal.income.CopyFrom(said_ref(named(tx, parsed).ref))
            return document

        return self._propose(caller, parsed, say, options, said.ByteSize())

    def propose_payment(
        self, caller: Caller, name: str, said: codec.Payment, options: WriteOptions
    ) -> Written:
        """Propose to book a payment."""

        def say(_tx: Transaction, on: Standing) -> LedgerDocument:
            document = LedgerDocument(payment=said)
            check_paid_on(on.books, said.paid_on)
            document.payment.agreement.CopyFrom(said_ref(on.row.ref))
            return document

        return self._propose(caller, name, say, options, said.ByteSize())

    def _propose(
        self,
        caller: Caller,
        name: str | DocumentName,
        say: Callable[[Transaction, Standing], LedgerDocument],
        options: WriteOptions,
        size_bytes: int,
    ) -> Written:
        """Write a proposal on an agreement; `name` is the agreement's or a proposal's of it."""
        if isinstance(name, str):
            name = parse_document_name(name, AGREEMENTS, field="agreement")

        warnings: list[Finding] = []
        checked: list[ShownProposal] = []

        def make(view: LogView) -> SealedPlace:
            tx = view.transaction
            on = self._maker.standing(tx, name)
            draft = self._draft(view, on, say(tx, on))
            warnings[:] = draft.warnings
            if options.validate_only:
                checked[:] = drafts_shown(tx, on, [draft.document], self._maker.member)
            if options.request is None:
                before = self._open_same(tx, on, draft.document)
                if before is not None:
                    return stands(before)
            place, _ = self._add(view, on, draft)
            self._note_proposer(view, caller, [place], options)
            return place

        done = self._maker.written(make, options, size_bytes=size_bytes)
        return done._replace(warnings=tuple(warnings), checked=checked)

    def _check_goes_on(self, on: Standing) -> None:
        """Refuse what would be refused of each of many incomes alike: it is of none of them."""
        check_sound(on.books)
        self._maker.center()
        if not on.books.versions:
            raise Refused("AGREEMENT_NOT_ACTIVE", "its first version is not active")

    def _draft(self, view: LogView, on: Standing, said: LedgerDocument, after: int = 0) -> _Draft:
        """Return a proposal that is to stand behind so many others of the write."""
        check_sound(on.books)
        checked, warnings = self._maker.checked(said)
        document = read_document(
            Ref(self._maker.origin, view.next_leaf_index + after, _UNHASHED),
            on.row.member_names - {self._maker.member},
            serialise(checked),
            self._maker.new_subject(),
        )
        return _Draft(document, warnings)

    def _add(self, view: LogView, on: Standing, draft: _Draft) -> tuple[SealedPlace, Effect]:
        """Add a proposal to a write; return what it would change if it were booked now."""
        effect = effect_of(on.books, draft.document)
        subject, members = draft.document.subject, on.row.member_names
        return self._maker.add(view, subject, draft.document.content, members), effect

    def _note_proposer(
        self, view: LogView, caller: Caller, places: Sequence[SealedPlace], options: WriteOptions
    ) -> None:
        if not options.validate_only:
            leaf_hashes = [one.leaf_hash for one in places]
            ledger_local.note_proposer(view.transaction, leaf_hashes, person_of(caller))

    def _with_defaults(self, document: LedgerDocument) -> LedgerDocument:
        said = document.agreement
        said.center = said.center or self._maker.center()
        said.currency = said.currency or CURRENCY
        said.rules_version = said.rules_version or RULES_VERSION
        return document

    def _open_same(self, tx: Transaction, on: Standing, said: Document) -> Document | None:
        """Return an open proposal of this member with the same content, of the oldest ones."""
        timeless = without_time(codec.parse_document(said.content))
        for one in reading.proposals(
            tx, on.row, open_only=True, limit=_REPEATS_LOOKED_AT, documents=on.documents
        ):
            document = one.told.document
            if (
                document.facts == said.facts
                and document.author == self._maker.member
                and without_time(codec.parse_document(document.content)) == timeless
            ):
                return document
        return None

    def _open_agreement(self, tx: Transaction, said: LedgerDocument) -> SealedPlace | None:
        """Return an agreement of this member with the same text that is not decided yet."""
        timeless = without_time(said)
        for one in reading.open_first_versions(tx, self._maker.member, _REPEATS_LOOKED_AT):
            if without_time(codec.parse_document(one.content)) == timeless:
                return stands(one)
        return None


@contextmanager
def _row(at: int) -> Iterator[None]:
    """Have what is refused here told of an income of a call."""
    try:
        yield
    except Refused as refusal:
        raise within(refusal, f"incomes[{at}]") from refusal


def _parsed_contract(name: str, path: str = "") -> ContractName | None:
    return parse_contract_name(name, f"{path}contract") if name else None


def _income(
    tx: Transaction, on: Standing, said: codec.Income, contract: ContractName | None
) -> LedgerDocument:
    """Return an income of an agreement, with the version in force where it names none."""
    document = LedgerDocument(income=said)
    income = document.income
    income.agreement.CopyFrom(said_ref(on.row.ref))
    if contract is not None:
        income.contract.CopyFrom(said_ref(_contract(tx, contract)))
    if not income.HasField("version"):
        income.version.CopyFrom(said_ref(_version_on(on, said.income_date)))
    return document


def _contract(tx: Transaction, name: ContractName) -> Ref:
    """Return the first version of a contract; refuses RECORD_NOT_FOUND."""
    first = first_of(documents_of(tx, name.subject), name.author)
    if first is None:
        raise not_found(str(name), field="contract")
    return first


def _version_on(on: Standing, day: str) -> Ref:
    """Return the version in force on a day, else the last one: booking tells what is wrong."""
    versions = on.books.versions
    for one in versions:
        if one.effective_from <= day < one.effective_to:
            return one.ref
    return versions[-1].ref if versions else on.row.ref


def _version_of(said: LedgerDocument) -> Version:
    facts = read_document(Ref("x/x", 0, _UNHASHED), frozenset(), serialise(said)).facts
    assert isinstance(facts, Version)  # noqa: S101 - it was checked; tells the checker
    return facts
