"""Taking in ledger documents as they become readable: one row each, whatever comes first.

- What is no ledger document, or cannot be read, has no row: nothing is folded from it but that an
  outcome which names it is void.
- A first version opens its agreement; it may come after all that speaks of it. Until then it is
  cited, so that every member is asked for it.
- A proposal by no member of its agreement, or that leaves one out, is none of it (`OF_NONE`),
  whichever of the two comes first: else whoever reads what is proposed reads it again and again.
- An outcome that comes late, below what was judged, makes its agreement stale. Of one that waits it
  is judged where it is the first that is not: what the next one waits for may never come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.agreement import Version
from federation.ledger.codec import is_ledger
from federation.ledger.documents import (
    Acceptance,
    Dispute,
    Document,
    Income,
    Outcomes,
    Payment,
    Proposal,
    Rejection,
    Reversal,
    StatementAcceptance,
    Termination,
    read_document,
)
from federation.ledger.judging import open_books
from federation.log.errors import Refused
from federation.records.refs import Ref, origin_of
from federation.records.sealed import DOCUMENT
from node.services.ledger.documents import skim_run
from node.services.ledger.folding import void_foreign
from node.services.ledger.income_marks import marks_of
from node.storage import arrivals, citing, ledger, ledger_journal, parts, sealed_folding
from node.storage.arrivals import ArrivalKind
from node.storage.ledger import AgreementRow, DocumentKind, DocumentRow, key_of
from node.storage.positions import position

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from node.services.ledger.documents import Documents
    from node.storage.arrivals import Arrival
    from node.storage.transaction import Transaction

_KINDS: Final[Mapping[type, DocumentKind]] = {
    Version: DocumentKind.VERSION,
    Termination: DocumentKind.TERMINATION,
    Income: DocumentKind.INCOME,
    Reversal: DocumentKind.REVERSAL,
    Payment: DocumentKind.PAYMENT,
    Acceptance: DocumentKind.ACCEPTANCE,
    Rejection: DocumentKind.REJECTION,
    Dispute: DocumentKind.DISPUTE,
    StatementAcceptance: DocumentKind.STATEMENT_ACCEPTANCE,
    Outcomes: DocumentKind.OUTCOMES,
}
_PAGE: Final = 200
_OPEN: Final = frozenset({*ledger.PROPOSALS, DocumentKind.OUTCOMES})


class New(NamedTuple):
    """A document that comes."""

    arrived: int
    """Feed position."""
    document: Document
    """For speed only a version has a whole reference; none has its content."""
    names: Sequence[bytes]


def read_new(tx: Transaction, runs: Sequence[Arrival], documents: Documents) -> list[New]:
    """Return the ledger documents among leaves of the feed."""
    by_id = {row.origin_id: row for row in documents.mirrors()}
    found: list[New] = []
    for run in runs:
        if run.kind is ArrivalKind.RETRACTED:
            continue
        row, first = by_id[run.origin_id], run.first_leaf_index
        for leaf_index, wire in skim_run(tx, row, first, first + run.count):
            content = parts.content_of(wire)
            if not is_ledger(content):
                continue
            document = _skimmed(Ref(row.origin, leaf_index, b""), wire, content)
            if document is not None and isinstance(document.facts, Version):
                document = documents.at(position(row.origin_id, leaf_index))
            if document is not None and type(document.facts) in _KINDS:
                names = sorted({*_names(document)})
                bare = document._replace(content=b"")
                found.append(New(run.position + leaf_index - first, bare, names))
    return found


def add(tx: Transaction, found: Sequence[New], documents: Documents) -> None:
    """Take documents in, those that have a row already but once."""
    rows: list[DocumentRow] = []
    names: list[tuple[bytes, int]] = []
    new: dict[int, Document] = {}
    places = {place for one in found if (place := documents.place(one.document.ref)) is not None}
    present = ledger.present(tx, places)
    # The judge looks at what is stored, so it may have been ahead of the feed.
    decided = ledger_journal.rulings(tx, places).keys()
    known = _agreements(tx, (one.document for one in found))
    members = {key: row.member_names for key, row in known.items()}
    for arrived, document, named in found:
        place = documents.place(document.ref)
        if place is None or place in new or place in present:
            continue
        new[place] = document
        row = _row(place, arrived, document, is_decided=place in decided)
        of = members.get(row.agreement)
        if of is not None and _is_foreign(document, of):
            row = row._replace(agreement=ledger.OF_NONE, is_open=False)
        rows.append(row)
        names += [(one, place) for one in named]
    ledger.add_documents(tx, rows, names)
    opened: set[bytes] = set()
    for place, document in new.items():
        if open_books(document) is not None:
            agreement = _opened(place, document)
            ledger.put_agreement(tx, agreement)
            void_foreign(tx, agreement, documents, ledger.outcomes_of(tx, agreement.key))
            _disown_foreign(tx, agreement, documents)
            opened.add(agreement.key)
    _take_new(tx, new, documents, known, opened)


def _take_new(
    tx: Transaction,
    new: Mapping[int, Document],
    documents: Documents,
    known: Mapping[bytes, AgreementRow],
    opened: Collection[bytes],
) -> None:
    """Take new outcomes of agreements that were open before; cite those that are not here."""
    missing: set[Ref] = set()
    for place, document in new.items():
        ref = document.agreement
        if ref is None or (key := key_of(*ref)) in opened:
            continue
        row = known.get(key)
        if row is None:
            missing.add(ref)
        elif isinstance(document.facts, Outcomes):
            _take_outcomes(tx, row, place, document, documents)
    for ref in sorted(missing):
        citing.cite(tx, ref.origin, ref.leaf_index, DOCUMENT)


def _agreements(tx: Transaction, documents: Iterable[Document]) -> dict[bytes, AgreementRow]:
    """Return the agreements of documents that are here already, by their keys."""
    refs = {one.agreement for one in documents}
    rows = (ledger.by_key(tx, key_of(*ref)) for ref in refs if ref is not None)
    return {row.key: row for row in rows if row is not None}


def _skimmed(ref: Ref, wire: bytes, content: bytes) -> Document | None:
    try:
        return read_document(ref, parts.named_in(wire), content)
    except Refused:
        return None  # its header has rotted: who reads it is told, and it may come again


def _is_foreign(document: Document, members: frozenset[str]) -> bool:
    """Say whether a proposal is none of its agreement, which is of these members."""
    if not isinstance(document.facts, Proposal):
        return False
    return document.author not in members or not document.reaches(members)


def _disown_foreign(tx: Transaction, of: AgreementRow, documents: Documents) -> None:
    """Look at what was proposed on an agreement before it was here."""
    after, members = 0, of.member_names
    while rows := ledger.proposals(tx, of.key, after, _PAGE, only_open=False):
        documents.at_all([one.position for one in rows])
        read = {one.position: documents.at(one.position) for one in rows}
        foreign = [at for at, one in read.items() if one is not None and _is_foreign(one, members)]
        ledger.disown(tx, foreign)
        after = rows[-1].arrived


def _row(place: int, arrived: int, document: Document, *, is_decided: bool) -> DocumentRow:
    kind, agreement = _KINDS[type(document.facts)], document.agreement
    is_open = kind in _OPEN and not is_decided
    return DocumentRow(
        place, arrived, b"" if agreement is None else key_of(*agreement), kind, is_open
    )


def hides(tx: Transaction, runs: Iterable[Arrival], scanned: Mapping[int, int], began: int) -> bool:
    """Say whether leaves of the feed hide anything that may have been folded.

    `scanned` says up to where the entries of each origin id were judged for CHECKPOINTs, `began`
    where the feed ended when the fold began: what was hidden then it never saw.
    """
    for run in runs:
        if run.kind is not ArrivalKind.RETRACTED or run.position + run.count - 1 <= began:
            continue
        first = position(run.origin_id, run.first_leaf_index)
        if run.first_leaf_index < scanned.get(run.origin_id, 0):
            return True
        # The judge may have seen what the feed tells only now: so all that is stored counts.
        if sealed_folding.subjects(tx, first, first + run.count - 1):
            return True
    return False


def after(tx: Transaction, feed_position: int, limit: int) -> tuple[int, list[Arrival]]:
    """Return the position behind the next `limit` leaves of the feed, and these in runs."""
    runs = arrivals.after(tx, feed_position, limit)
    return (runs[-1].position + runs[-1].count - 1 if runs else feed_position), runs


def _names(document: Document) -> list[bytes]:
    facts = document.facts
    if isinstance(facts, Acceptance):
        return [key_of(*ref) for ref in facts.proposals]
    if isinstance(facts, Rejection):
        return [key_of(*facts.proposal)]
    if isinstance(facts, Dispute):
        return [key_of(*facts.income)]
    if isinstance(facts, StatementAcceptance):
        return [facts.statement_digest]
    if isinstance(facts, Income):
        marks = marks_of(document, facts)
        return [key_of(*facts.contract), marks.instalment, *marks.same]
    return []


def _opened(place: int, document: Document) -> AgreementRow:
    facts = document.facts
    assert isinstance(facts, Version)  # noqa: S101 - tells the checker
    return AgreementRow(
        position=place,
        key=key_of(*document.ref),
        origin=document.ref.origin,
        leaf_index=document.ref.leaf_index,
        leaf_hash=document.ref.leaf_hash,
        author=document.author,
        subject=document.subject,
        center=facts.center,
        members=" ".join(sorted(facts.members)),
        title=facts.title.replace("\0", ""),
        books="",
        generation=0,
        judged_leaf_index=0,
        number=0,
        disputed="",
        waits=False,
        is_stale=False,
    )


def _take_outcomes(
    tx: Transaction, row: AgreementRow, place: int, document: Document, documents: Documents
) -> None:
    if document.author != row.center:
        void_foreign(tx, row, documents, [place])
        return
    generation, leaf_index = origin_of(document.ref.origin).generation, document.ref.leaf_index
    if (generation, leaf_index) <= (row.generation, row.judged_leaf_index):
        ledger.set_stale(tx, row.position)
    elif row.waits and not ledger.pending(tx, row.key, place - leaf_index, place - 1, 1):
        ledger.stop_waiting(tx, [row.position])
