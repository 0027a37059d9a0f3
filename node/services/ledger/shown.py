"""What a node shows of agreements and proposals.

- A node holds the agreements that name its member. Its clerks, approvers, operators and auditors
  read them whole. A partner reads those in which this member keeps the books of a party that bears
  its organisation's name, and of them only that party's lines (`ledger_partners`): so does a
  technology manager, under the pseudonym of the agreement. What a caller may not read is not found.
- What is posted is the fold's. What is open is told beside it, never in it: what a proposal would
  post now may change until the center books it.
- Of disputed books no amount is told of what is open, nor of what the disputed outcome decided:
  that is told as DISPUTED, whatever was folded. What was decided before stands.
- With an open income stands what its contract, as it stands here, has against it
  (`ledger_contracts`).
- While the view is being rebuilt nothing is shown, and nothing is called not found: every reader is
  refused BOOKS_REBUILDING.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from federation.ledger.agreement import Version
from federation.ledger.books import State
from federation.ledger.codec import LedgerDocument, parse_document
from federation.ledger.documents import Document, Proposal
from federation.log.errors import Refused, YdxError
from node.services.access import Role
from node.services.catalogue.reading import not_found
from node.services.document_names import AGREEMENTS, PROPOSALS, DocumentName, parse_document_name
from node.services.ledger import reading
from node.services.ledger.backdated import backdated
from node.services.ledger.books import look_up
from node.services.ledger.contracts import ContractChecks
from node.services.ledger.disputes import rests_on_disputed, standing_disputes
from node.services.ledger.documents import Documents, Shelf, Told
from node.services.ledger.making import named, row_of
from node.services.ledger.namesakes import NAME_TAKEN, name_of
from node.services.ledger.oddities import oddities
from node.services.ledger.partners import keep_only, last_that_names, own_parties
from node.services.ledger.prospects import Prospect, answers, as_decided, prospect, waits_for
from node.services.ledger.rebuilding import check_current, check_whole
from node.storage import ledger_local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from federation.ledger.books import Books
    from federation.ledger.codec import Agreement
    from federation.ledger.decisions import Decision
    from federation.ledger.journal import Place
    from federation.records.findings import Finding
    from federation.records.refs import Ref
    from node.services.access import Caller
    from node.services.ledger.making import Standing
    from node.services.ledger.reading import AgreementRow
    from node.storage.database import Database
    from node.storage.ledger_local import Policy
    from node.storage.transaction import Transaction

READ_ALL: Final = frozenset({Role.CLERK, Role.APPROVER, Role.OPERATOR, Role.AUDITOR})
WAITS_SHOWN_MAX: Final = 200
VOIDS_SHOWN_MAX: Final = 20
PAGE_BYTES_MAX: Final = 2 * 1024 * 1024
"""A page ends behind the item that passes this, so that every page fits into a message."""
LOOKED_AT_MAX: Final = 1000
"""Agreements that are looked at for one page: who may read none of many waits no longer."""
_LINE_BYTES: Final = 100


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """An agreement as it stands here."""

    row: AgreementRow
    name: str
    state: str
    """PROPOSED, ACTIVE or REFUSED."""
    version: Ref
    said: Agreement
    """The last active version that came or comes into force, while there is none the first; a
    partner gets its own last one."""
    books: Books
    open_proposals: int
    policy: Policy | None
    waits_for: Sequence[Ref]
    accepted_by: Sequence[str]
    """Who has accepted the first version, while it is proposed."""
    still_to_accept: Sequence[str]
    """Who has to accept it still (`prospects.waits_for`)."""
    only: frozenset[str] | None
    """The parties whose lines the caller may read; None: all."""

    @property
    def size_bytes(self) -> int:
        """About what a message of it takes."""
        return self.said.ByteSize() + _LINE_BYTES * len(self.books.versions)


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """A proposal as it stands here."""

    document: Document
    said: LedgerDocument
    name: str
    """"" where it was only checked, or its name means another document (`namesakes`)."""
    agreement: str
    state: State | Literal["DISPUTED"] | None
    """None while it is open."""
    reason: str
    decided_at: Place | None
    accepted_by: Sequence[str]
    waits_for: Sequence[str]
    rejections: Sequence[tuple[str, str]]
    disputes: Sequence[tuple[str, str]]
    vector: Mapping[str, int]
    decisions: Sequence[Decision]
    is_provisional: bool
    warnings: Sequence[Finding]
    """What a person should look at before accepting."""
    value_date: str
    """The day on which an open one would count; "" where that cannot be said."""

    @property
    def size_bytes(self) -> int:
        """About what a message of it takes."""
        lines = len(self.vector) + len(self.decisions) + len(self.accepted_by)
        said = (reason for _, reason in (*self.rejections, *self.disputes))
        return len(self.document.content) + sum(map(len, said)) + _LINE_BYTES * lines


class _Look(NamedTuple):
    """One look at the tables: at an agreement, and what is said of some of its proposals."""

    tx: Transaction
    row: AgreementRow
    books: Books
    said: Mapping[Ref, Sequence[Told]]
    checks: ContractChecks


class LedgerShown:
    """Shows agreements and proposals to callers. Safe for many threads."""

    def __init__(self, database: Database, member: str, shelf: Shelf | None = None) -> None:
        self._database = database
        self.member = member
        self._shelf = Shelf() if shelf is None else shelf

    def documents(self, tx: Transaction) -> Documents:
        """Return the documents that a transaction sees."""
        return Documents(tx, self._shelf)

    def agreement(self, caller: Caller, name: str, field: str = "name") -> ShownAgreement:
        """Return an agreement; refuses INVALID_FIELD, RECORD_NOT_FOUND, BOOKS_REBUILDING."""
        with self._database.read() as tx:
            return self.agreement_in(tx, caller, name, field)

    def agreement_in(
        self, tx: Transaction, caller: Caller, name: str, field: str = "name"
    ) -> ShownAgreement:
        """Return an agreement within a transaction, as `agreement`."""
        parsed = parse_document_name(name, AGREEMENTS, field=field)
        check_whole(tx)
        row = reading.agreement_named(tx, parsed.author, parsed.subject)
        shown = None if row is None else self._shown(tx, caller, row)
        if shown is None:
            raise not_found(name)
        check_current(shown.row)
        return shown

    def agreements(
        self, caller: Caller, state: str, after: int, limit: int
    ) -> tuple[list[ShownAgreement], int | None]:
        """Return at most `limit` agreements behind a position, and where the next page begins.

        Fewer, or none, where they are large or many do not match: the position tells if more come.
        """
        found: list[ShownAgreement] = []
        size_bytes, looked_at = 0, 0
        with self._database.read() as tx:
            check_whole(tx)
            while rows := reading.agreements(tx, after=after):
                for row in rows:
                    is_full = len(found) == limit or size_bytes > PAGE_BYTES_MAX
                    if is_full or looked_at == LOOKED_AT_MAX:
                        return found, after
                    looked_at += 1
                    after = row.position
                    try:
                        shown = self._shown(tx, caller, row)
                    except YdxError as error:
                        if error.reason != "COPY_DAMAGED":
                            raise
                        continue  # who asks for it by its name is told
                    if shown is not None and state in {"", shown.state}:
                        found.append(shown)
                        size_bytes += shown.size_bytes
        return found, None

    def proposal(self, caller: Caller, name: str) -> ShownProposal:
        """Return a proposal; refuses INVALID_FIELD, RECORD_NOT_FOUND."""
        return self.together(caller, [name])[0]

    def together(self, caller: Caller, names: Sequence[str]) -> list[ShownProposal]:
        """Return proposals of one agreement, to be accepted together; refuses as `proposal`."""
        parsed = [parse_document_name(name, PROPOSALS, AGREEMENTS) for name in names]
        with self._database.read() as tx:
            check_whole(tx)
            found = [named(tx, one) for one in parsed]
            for name, document in zip(names, found, strict=True):
                if not isinstance(document.facts, Proposal) or not self._reads_all(caller):
                    raise not_found(name)
            return self._proposals(tx, [one.ref for one in found], self.documents(tx))

    def proposals_from(self, first: Ref, count: int = 1) -> list[ShownProposal]:
        """Return what was written just now on one agreement, at leaves that follow each other."""
        with self._database.read() as tx:
            check_whole(tx)
            documents = self.documents(tx)
            start = documents.place(first) or 0
            found = documents.at_all(range(start, start + count))
            return self._proposals(tx, [one.ref for one in found], documents)

    def agreement_at(self, ref: Ref) -> ShownAgreement:
        """Return what was written just now."""
        with self._database.read() as tx:
            check_whole(tx)
            row = reading.agreement(tx, ref)
            shown = None if row is None else self._shown(tx, None, row)
        if shown is None:
            raise Refused("BOOKS_WAIT", "it was written and is not folded yet")
        return shown

    def proposals(
        self, caller: Caller, name: str, after: int, limit: int, *, open_only: bool
    ) -> tuple[ShownAgreement, list[ShownProposal], int | None]:
        """Return proposals of an agreement in their order of arrival, and where to go on."""
        with self._database.read() as tx:
            shown = self.agreement_in(tx, caller, name, "agreement")
            if not self._reads_all(caller):
                raise not_found(name)
            documents = self.documents(tx)
            found = reading.proposals(
                tx,
                shown.row,
                open_only=open_only,
                after=after,
                limit=limit + 1,
                documents=documents,
            )
            told = [one.told for one in found[:limit]]
            checks = ContractChecks(tx, documents, self.member)
            look = _look(tx, shown.row, shown.books, told, checks)
            page: list[ShownProposal] = []
            size_bytes = 0
            for one in told:
                if size_bytes > PAGE_BYTES_MAX:
                    break
                page.append(_proposal(look, one))
                size_bytes += page[-1].size_bytes
        return shown, page, found[len(page) - 1].arrived if len(found) > len(page) else None

    def _reads_all(self, caller: Caller) -> bool:
        return not caller.roles.isdisjoint(READ_ALL)

    def _shown(
        self, tx: Transaction, caller: Caller | None, row: AgreementRow
    ) -> ShownAgreement | None:
        documents = self.documents(tx)
        document = documents.get(row.ref)
        if not isinstance(document, Document):
            return None
        books = reading.books_of(tx, row, documents)
        active = [(one.ref, one.version) for one in books.in_force]
        if not active and isinstance(document.facts, Version):
            active = [(row.ref, document.facts)]
        versions = [version for _, version in active]
        only, number = None, -1
        if caller is not None and not self._reads_all(caller):
            only = own_parties(versions, self.member, caller.organisation)
            if not only:
                return None
            number = last_that_names(versions, only)
        last = documents.get(active[number][0])
        last = last if isinstance(last, Document) else document
        said = parse_document(last.content).agreement
        if only is not None:
            keep_only(said, only)
        ruling = books.rulings.get(row.ref)
        state, accepted = "PROPOSED", set[str]()
        if ruling is None:
            accepted, _ = answers(reading.said_of(tx, row.ref, books))
        else:
            state = "ACTIVE" if ruling.state is State.ACTIVE else "REFUSED"
        return ShownAgreement(
            row=row,
            name=name_of(tx, document, row, self.member),
            state=state,
            version=last.ref,
            said=said,
            books=books,
            open_proposals=reading.open_count(tx, row),
            policy=ledger_local.policy(tx, row.ref.leaf_hash) if only is None else None,
            waits_for=reading.awaited(tx, row)[:WAITS_SHOWN_MAX],
            accepted_by=sorted(accepted),
            still_to_accept=[] if ruling else waits_for(books, document, accepted),
            only=only,
        )

    def _proposals(
        self, tx: Transaction, refs: Sequence[Ref], documents: Documents
    ) -> list[ShownProposal]:
        """Show proposals of an agreement, each as it is once those before it are accepted."""
        found = [_told(tx, ref, documents) for ref in refs]
        row = row_of(tx, found[0].document)
        books = reading.books_of(tx, row, documents)
        checks = ContractChecks(tx, documents, self.member)
        return _together(_look(tx, row, books, found, checks), found)


def drafts_shown(
    tx: Transaction, on: Standing, drafts: Sequence[Document], member: str
) -> list[ShownProposal]:
    """Return what was only checked by a member, nameless, as those that are written are shown."""
    told = [Told(one, is_confirmed=False) for one in drafts]
    look = _look(tx, on.row, on.books, told, ContractChecks(tx, on.documents, member))
    return [replace(one, name="") for one in _together(look, told)]


def _together(look: _Look, found: Sequence[Told]) -> list[ShownProposal]:
    shown = []
    for one in found:  # the view may not have taken in what was written just now
        look.checks.repeats.count(one.document)
    for one in found:
        shown.append(_proposal(look, one))
        look.checks.count(one.document)
    return shown


def _proposal(look: _Look, told: Told) -> ShownProposal:
    document, row, books = told.document, look.row, look.books
    ruling = books.rulings.get(document.ref)
    accepted, rejections = answers(look.said[document.ref])
    warnings = () if ruling else _notes(look, document)
    state: State | Literal["DISPUTED"] | None = ruling.state if ruling else None
    name = name_of(look.tx, document, row, look.checks.member)
    if ruling is None and document.author != look.checks.member:
        taken = () if name else (NAME_TAKEN,)
        warnings = (*taken, *oddities(document), *warnings)
    now = Prospect({})
    if ruling is None:
        now = now if books.disputed else prospect(books, document)
    elif rests_on_disputed(look.tx, row, books, document.ref, ruling):
        now, state = Prospect({}, reason=books.disputed), "DISPUTED"
    else:
        now = as_decided(look.tx, row, books, document, ruling)
    is_open = ruling is None and not books.disputed
    return ShownProposal(
        document=document,
        said=parse_document(document.content),
        name=name,
        agreement=str(DocumentName(row.author, AGREEMENTS, row.subject)),
        state=state,
        reason=now.reason,
        decided_at=ruling.place if ruling else None,
        accepted_by=sorted(accepted),
        waits_for=waits_for(books, document, accepted) if is_open else [],
        rejections=[one for one in rejections if ruling or one[0] not in accepted],
        disputes=sorted(standing_disputes(look.said[document.ref]).items()),
        vector=now.vector,
        decisions=now.decisions,
        is_provisional=not told.is_confirmed,
        warnings=warnings,
        value_date=now.value_date,
    )


def _notes(look: _Look, document: Document) -> tuple[Finding, ...]:
    notes = look.checks.notes(document, look.row.member_names)
    return *notes, *backdated(look.tx, look.row, look.books, document)


def _look(
    tx: Transaction, row: AgreementRow, books: Books, told: Sequence[Told], checks: ContractChecks
) -> _Look:
    """Return a look at these proposals of an agreement; what it takes is read at once."""
    proposals = [one.document for one in told]
    look_up(books, proposals)
    said = reading.said_of_all(tx, [one.ref for one in proposals], checks.documents, books)
    return _Look(tx, row, books, said, checks)


def _told(tx: Transaction, ref: Ref, documents: Documents) -> Told:
    told = reading.told(tx, ref, documents)
    if told is None:
        raise Refused("BOOKS_WAIT", "the document is not readable now")
    return told
