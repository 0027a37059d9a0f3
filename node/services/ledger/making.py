"""Making ledger documents: their normal form, whom they name, where they stand.

- Every document names all members of its agreement, and the center that the registry names.
- A document is checked as it is stored; all that is wrong with it is told at once.
- `Standing` is what a write rests on: an agreement and its books as its transaction finds them.
  Nothing is written upon a view that is being rebuilt; what was written before is told again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.agreement import Version
from federation.ledger.codec import LedgerDocument, set_recorded_at_ms
from federation.ledger.documents import Document, Payment, read_document
from federation.ledger.validation import check_document
from federation.log.errors import Refused
from federation.log.subject import new_subject, parse_origin
from federation.records.days import day as parse_day
from federation.records.refs import Ref
from node.services.arguments import violation
from node.services.catalogue.reading import not_found
from node.services.catalogue.records import refuse, shanghai_day
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.errors import InvalidFields
from node.services.ledger import reading
from node.services.ledger.documents import Documents, Shelf, read_run
from node.services.ledger.oddities import oddities
from node.services.ledger.rebuilding import check_whole
from node.services.log.drafts import SealedDocument
from node.services.log.sealing import SealedPlace
from node.storage import mirrors, sealed
from node.storage.failpoint import failpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from federation.ledger import codec
    from federation.ledger.books import Books
    from federation.records.findings import Finding
    from node.services.ledger.reading import AgreementRow
    from node.services.ledger.shown import ShownProposal
    from node.services.log.sealing import Sealing
    from node.services.log.view import LogView
    from node.services.log.write_options import WriteOptions
    from node.storage.sealed import Sealed
    from node.storage.transaction import Transaction

_SUBJECT_RANDOM_BYTES: Final = 10
_SKEW_S: Final = 600.0
"""Another member's clock may be ahead by this: its new day has begun."""


class Written(NamedTuple):
    """Where a document stands, and what should be mended in it."""

    ref: Ref
    warnings: tuple[Finding, ...] = ()
    is_check: bool = False
    """It was only checked, as `SealedPlace` has it."""
    checked: Sequence[ShownProposal] = ()
    """The proposals that were only checked, each as it would stand behind those before it."""


class Standing(NamedTuple):
    """An agreement as a transaction finds it; the books are to look at only."""

    row: AgreementRow
    books: Books
    documents: Documents


class LedgerMaker:
    """Makes and seals ledger documents for one member. `clock` gives Unix seconds."""

    def __init__(
        self,
        sealing: Sealing,
        origin: str,
        member: str,
        centers: Callable[[], Collection[str]],
        left: Callable[[], Collection[str]],
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        shelf: Shelf | None = None,
    ) -> None:
        """`centers` gives who holds the role of the center now, `left` who left the federation."""
        self._sealing = sealing
        self.origin = origin
        self.member = member
        self._centers = centers
        self.left = left
        self._clock = clock
        self._random_bytes = random_bytes
        self._shelf = Shelf() if shelf is None else shelf

    def documents(self, tx: Transaction) -> Documents:
        """Return the documents that a transaction sees."""
        return Documents(tx, self._shelf)

    def standing(self, tx: Transaction, name: DocumentName) -> Standing:
        """Return how the agreement of a name stands, its own or a proposal's.

        Refuses RECORD_NOT_FOUND, BOOKS_WAIT.
        """
        row = agreement(tx, name)
        documents = self.documents(tx)
        return Standing(row, reading.books_of(tx, row, documents), documents)

    def standing_of(self, tx: Transaction, document: Document) -> Standing:
        """Return how the agreement of a document stands; refuses BOOKS_WAIT."""
        row, documents = row_of(tx, document), self.documents(tx)
        return Standing(row, reading.books_of(tx, row, documents), documents)

    def checked(self, said: LedgerDocument) -> tuple[LedgerDocument, tuple[Finding, ...]]:
        """Return a document in its normal form; refuses all that is wrong with it at once."""
        now_s = self._clock()
        set_recorded_at_ms(said, int(now_s * 1000))
        checked = check_document(
            said,
            author=self.member,
            center=self.center(),
            today=shanghai_day(now_s),
        )
        refuse(checked.violations)
        return checked.record, checked.warnings

    def would_write(self, document: Document, books: Books) -> bool:
        """Say whether this node lets its own users write what another member's has."""
        if oddities(document, shanghai_day(self._clock() + _SKEW_S)):
            return False
        facts = document.facts
        return not isinstance(facts, Payment) or facts.paid_on >= began_on(books)

    def center(self) -> str:
        """Return the center; every ledger document names it, so there must be exactly one."""
        found = sorted(self._centers())
        if len(found) != 1:
            told = ", ".join(found) or "none"
            raise Refused("NO_CENTER", f"the center must be one member; it is: {told}", found=told)
        return found[0]

    def size(self, tx: Transaction) -> int:
        """Return how many entries the own log has."""
        row = mirrors.find(tx, self.origin)
        return 0 if row is None else row.verified_size

    def written_since(self, view: LogView, first: int) -> Iterator[Document]:
        """Yield the documents of the own log from a leaf on, those of the same group too.

        The ledger's view may not have taken them in.
        """
        row = mirrors.find(view.transaction, self.origin)
        if row is not None:
            yield from read_run(view.transaction, row, first, row.verified_size)
        for one in view.staged():
            if one.document is not None:
                yield _document(one, one.document.content)

    def new_subject(self) -> bytes:
        """Return an id for a document."""
        time_ms = int(self._clock() * 1000)
        return new_subject(time_ms, self._random_bytes(_SUBJECT_RANDOM_BYTES))

    def add(
        self, view: LogView, subject: bytes, content: bytes, members: frozenset[str]
    ) -> SealedPlace:
        """Add a document that was checked for the members of its agreement to a write."""
        named = tuple(sorted(members - {self.member}))
        place = self._sealing.add(view, SealedDocument(subject, 1, named, content))
        failpoint("ledger_document_before_commit")
        return place

    def written(
        self,
        make: Callable[[LogView], SealedPlace],
        options: WriteOptions,
        warnings: tuple[Finding, ...] = (),
        size_bytes: int = 0,
    ) -> Written:
        """Let `make` add what it will; return what it tells, once it is on the disk.

        Refuses BOOKS_REBUILDING, and what `make` and `Sealing.write` refuse.
        """

        def make_if_whole(view: LogView) -> SealedPlace:
            check_whole(view.transaction)
            return make(view)

        place = self._sealing.write(make_if_whole, options, size_bytes)
        failpoint("ledger_document_after_commit")
        ref = Ref(self.origin, place.leaf_index, place.leaf_hash)
        return Written(ref, warnings, place.is_check)


def check_sound(books: Books) -> None:
    """Refuse disputed books (BOOKS_DISPUTED)."""
    if books.disputed:
        raise Refused(
            "BOOKS_DISPUTED", "the books of the agreement are disputed", why=books.disputed
        )


def check_paid_on(books: Books, day: str) -> None:
    """Refuse a payment of a day before the agreement (OUTSIDE_AGREEMENT): none can be taken back.

    Only who proposes it is held to that, and policies: a signer accepts the day that it reads.
    """
    first = began_on(books)
    if parse_day(day) is not None and day < first:  # what is no day is told by its form
        what = f"{day} is before the agreement, which began on {first}"
        raise Refused("OUTSIDE_AGREEMENT", what, field="payment.paid_on", effective_from=first)


def began_on(books: Books) -> str:
    """Return the first day of an agreement, "" while none of its versions is active."""
    return books.versions[0].effective_from if books.versions else ""


def agreement(tx: Transaction, name: DocumentName) -> AgreementRow:
    """Return the agreement of a name, its own or a proposal's; refuses RECORD_NOT_FOUND."""
    if name.collection == AGREEMENTS:
        row = reading.agreement_named(tx, name.author, name.subject)
    else:
        row = row_of(tx, named(tx, name))
    if row is None:
        raise not_found(str(name))
    return row


def document_named(tx: Transaction, name: DocumentName) -> Document | None:
    """Return the lowest ledger document of an author under a subject, of the kind of the name.

    An agreement is named by its first version; nothing else is found by such a name.
    """
    return next(_bearing(tx, name), None)


def _bearing(tx: Transaction, name: DocumentName) -> Iterator[Document]:
    for one in sealed.by_subject(tx, name.subject):
        if one.document is None or parse_origin(one.origin).member != name.author:
            continue
        found = _document(one, one.document.content)
        is_first = isinstance(found.facts, Version) and found.facts.first is None
        if found.agreement is not None and is_first == (name.collection == AGREEMENTS):
            yield found


def _document(found: Sealed, content: bytes) -> Document:
    ref = Ref(found.origin, found.leaf_index, found.leaf_hash)
    return read_document(ref, frozenset(found.header.named), content, found.header.subject)


def named(tx: Transaction, name: DocumentName) -> Document:
    """Return the document of a name; refuses RECORD_NOT_FOUND.

    Also where it is by no member of its agreement, or leaves one out: nobody could ever book it.
    """
    row = None
    if name.collection == AGREEMENTS:
        row = reading.agreement_named(tx, name.author, name.subject)
    told = None if row is None else reading.document(tx, row.ref)
    found = told if isinstance(told, Document) else document_named(tx, name)
    if found is None or found.agreement is None:
        raise not_found(str(name))
    row = row or reading.agreement(tx, found.agreement)
    if row is not None:
        members = row.member_names
        if found.author not in members or not found.reaches(members):
            raise not_found(str(name))
    return found


def named_alone(tx: Transaction, name: DocumentName) -> Document:
    """Return the document of a name, to be accepted; refuses as `named`, and STALE_ETAG.

    Of two documents with one name the lower may have come last, when its author let go of it: who
    has read the other would accept what it has not seen.
    """
    found = named(tx, name)
    if sum(1 for _ in _bearing(tx, name)) > 1:
        what = f"two documents of {name.author} bear the name {name}; ask it to propose anew"
        raise Refused("STALE_ETAG", what, field="names", name=str(name))
    return found


def row_of(tx: Transaction, document: Document) -> AgreementRow:
    """Return the agreement of a document; refuses BOOKS_WAIT."""
    agreement = document.agreement
    row = reading.agreement(tx, agreement) if agreement is not None else None
    if row is None:
        raise Refused("BOOKS_WAIT", "the agreement's first version has not come")
    return row


def stands(document: Document | None) -> SealedPlace:
    """Return the place of what was said already."""
    assert document is not None  # noqa: S101 - the caller has found it; tells the checker
    return SealedPlace(document.ref.leaf_index, document.ref.leaf_hash, is_new=False)


def member_unknown(error: InvalidFields, said: codec.Agreement) -> InvalidFields:
    """Return that a member is none as a finding of the fields that name it."""
    found = list(naming(said, "MEMBER_UNKNOWN", {error.violations[0].value}))
    return InvalidFields(found) if found else error


def cannot_accept(said: codec.Agreement, left: Collection[str]) -> Iterator[Finding]:
    """Yield who would have to accept a version and has left: it can never be active."""
    staying = len({*said.signers}.difference(left))
    is_signed = staying >= (said.signers_required or len(said.signers))
    for finding in naming(said, "MEMBER_LEFT", left):
        if not (is_signed and finding.field.startswith("agreement.signers")):
            yield finding


def naming(said: codec.Agreement, rule: str, members: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each field of an agreement that names one of some members."""
    named = {f"parties[{at}].member": one.member for at, one in enumerate(said.parties)}
    named |= {f"signers[{at}]": one for at, one in enumerate(said.signers)}
    for field, member in named.items():
        if member in members:
            yield violation(f"agreement.{field}", rule, member)
