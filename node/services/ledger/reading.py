"""Reading the ledger's tables, for services: agreements, their books, journals and documents.

- Every function works on one transaction, and so on one state of the view. What it returns is what
  was folded by then: below the confirmed size of the center's log.
- Only verified, readable documents that are not hidden are returned, each with whether it stands
  below the confirmed size of its own log (`Told`).
- Pages go on behind a key: agreements a position, proposals the feed position of their arrival,
  entries a place.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.ledger.books import Ruling
from federation.ledger.documents import (
    Acceptance,
    Dispute,
    Document,
    Rejection,
    StatementAcceptance,
)
from federation.ledger.journal import Account, AccountKind, EntryKind, JournalEntry, Place, Posting
from federation.ledger.judging import why_foreign
from federation.records.refs import Ref
from node.services.ledger import books
from node.services.ledger.books import ruling_of
from node.services.ledger.documents import Documents, Told
from node.services.ledger.state import read_ref_text, read_statement
from node.storage import ledger, ledger_journal, ledger_lists, ledger_sums
from node.storage.ledger import AgreementRow, key_of
from node.storage.ledger_journal import EntryFilter
from node.storage.positions import split_position

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from federation.ledger.books import Books
    from federation.ledger.judging import Missing
    from federation.ledger.statement import Statement
    from node.storage.ledger import DocumentRow
    from node.storage.ledger_journal import EntryRow, StatementRow
    from node.storage.transaction import Transaction

__all__ = ["AgreementRow", "EntryFilter", "Told"]

_PAGE: Final = 200
SAID_MAX: Final = 64
"""Documents of one log that name a proposal or a statement and are looked at, the newest: the last
word counts.

Else whoever says the same ten thousand times, were it no signer, would have them all read.
"""


class ToldProposal(NamedTuple):
    """A proposal with the key behind which a page goes on."""

    arrived: int
    told: Told


def agreements(
    tx: Transaction,
    member: str = "",
    after: int = 0,
    limit: int = _PAGE,
    *,
    only_waiting: bool = False,
) -> list[AgreementRow]:
    """Return at most `limit` agreements behind a position; of a member, or with "" of all."""
    return ledger.page(tx, member, after, limit, only_waiting=only_waiting)


def agreement(tx: Transaction, ref: Ref) -> AgreementRow | None:
    """Return an agreement by the reference of its first version."""
    return ledger.by_key(tx, key_of(*ref))


def agreement_named(tx: Transaction, author: str, subject: bytes) -> AgreementRow | None:
    """Return the agreement that `agreements/<author>/<subject>` names."""
    return ledger.named(tx, author, subject)


def by_leaf_hash(tx: Transaction, leaf_hash: bytes) -> AgreementRow | None:
    """Return the agreement whose first version has a leaf hash."""
    return ledger_lists.by_leaf_hash(tx, leaf_hash)


def with_open_proposals(tx: Transaction, center: str) -> list[Ref]:
    """Return the agreements of a center on which something is to be decided, ascending."""
    return [Ref(*row) for row in ledger_lists.with_open_proposals(tx, center)]


def open_count(tx: Transaction, row: AgreementRow) -> int:
    """Return how many proposals on an agreement are open."""
    return ledger_lists.count_open(tx, row.key)


def open_first_versions(tx: Transaction, author: str, limit: int = _PAGE) -> list[Document]:
    """Return the newest first versions of a member that are not decided."""
    documents = Documents(tx)
    found = [documents.at(place) for place in ledger_lists.open_agreements_of(tx, author, limit)]
    return [one for one in found if one is not None]


def entry_at(tx: Transaction, row: AgreementRow, place: Place) -> JournalEntry | None:
    """Return the journal entry of the outcome at a place."""
    before = place._replace(number=place.number - 1)
    found = entries(tx, row, EntryFilter(), before, 1)
    return found[0] if found and found[0].place == place else None


def awaited(tx: Transaction, row: AgreementRow) -> list[Ref]:
    """Return the documents that an agreement waits for."""
    return [read_ref_text(one) for one in ledger.awaited(tx, row.position)]


def books_of(tx: Transaction, row: AgreementRow, documents: Documents | None = None) -> Books:
    """Return the books as they are folded, to look at: nothing may be taken into them.

    Rulings and instalments are looked up in `tx`. Raises COPY_DAMAGED.
    """
    return books.books_of(tx, row, documents or Documents(tx))


def document(tx: Transaction, ref: Ref) -> Document | Missing:
    """Return a document by its name, or why it is not here."""
    return Documents(tx).get(ref)


def told(tx: Transaction, ref: Ref, documents: Documents | None = None) -> Told | None:
    """Return a document by its name with whether it is confirmed; None if it is not here."""
    documents = documents or Documents(tx)
    place = documents.place(ref)
    found = None if place is None else documents.told_at(place)
    return found if found is not None and found.document.ref == ref else None


def proposals(
    tx: Transaction,
    row: AgreementRow,
    *,
    open_only: bool = False,
    after: int = 0,
    limit: int = _PAGE,
    documents: Documents | None = None,
) -> list[ToldProposal]:
    """Return at most `limit` proposals in the order of arrival, behind an arrival.

    Those that leave out a member, or are not by one, are none.
    """
    documents = documents or Documents(tx)
    found: list[ToldProposal] = []
    while len(found) < limit:
        rows = ledger.proposals(tx, row.key, after, limit, only_open=open_only)
        found += _told(documents, rows, {row.key: row})
        if len(rows) < limit:
            break
        after = rows[-1].arrived
    return found[:limit]


def said_of(tx: Transaction, proposal: Ref, books: Books | None = None) -> list[Told]:
    """Return the acceptances, rejections and disputes of a proposal, each log's in its order.

    With its books, what no outcome on them may name is none.
    """
    return said_of_all(tx, [proposal], Documents(tx), books)[proposal]


def said_of_all(
    tx: Transaction, proposals: Collection[Ref], documents: Documents, books: Books | None
) -> dict[Ref, list[Told]]:
    """Return what is said of each of many proposals, as `said_of`."""
    keys = {one: key_of(*one) for one in proposals}
    found = ledger.naming(tx, keys.values())
    places = {key: _newest(some) for key, some in found.items()}
    documents.at_all(sorted({place for some in places.values() for place in some}))
    return {
        proposal: [
            told
            for told in map(documents.told_at, places[key])
            if told is not None
            and _speaks_of(told.document, proposal)
            and (books is None or not why_foreign(books, told.document))
        ]
        for proposal, key in keys.items()
    }


def statement_acceptances(tx: Transaction, row: AgreementRow, digest: bytes) -> list[Told]:
    """Return the acceptances of a statement of an agreement, each log's in its order."""
    documents = Documents(tx)
    places = _newest(ledger.naming(tx, [digest])[digest])
    documents.at_all(places)
    found = map(documents.told_at, places)
    first = documents.ref_at(row.position, row.leaf_hash)
    return [
        one
        for one in found
        if one is not None
        and isinstance(one.document.facts, StatementAcceptance)
        and one.document.facts.statement_digest == digest
        and one.document.agreement == first
    ]


def ruling(tx: Transaction, proposal: Ref, documents: Documents | None = None) -> Ruling | None:
    """Return what became of a proposal; None while it is open."""
    place = (documents or Documents(tx)).place(proposal)
    row = None if place is None else ledger_journal.rulings(tx, [place]).get(place)
    return None if row is None or row.leaf_hash != proposal.leaf_hash else ruling_of(row)


def entries(
    tx: Transaction,
    row: AgreementRow,
    which: EntryFilter,
    after: Place | None = None,
    limit: int = _PAGE,
) -> list[JournalEntry]:
    """Return at most `limit` journal entries behind a place, in the order of the outcomes."""
    documents = Documents(tx)
    return [
        _entry(tx, documents, one)
        for one in ledger_journal.entries(tx, row.position, which, after, limit)
    ]


def balances_as_of(
    tx: Transaction, row: AgreementRow, value_date: str = "", before: Place | None = None
) -> dict[Account, int]:
    """Return the balances of what counts up to a day and is known below a place, in fen.

    "" and None do not bound. Accounts without postings are left out.
    """
    sums = ledger_sums.as_of(tx, row.position, value_date, before)
    return {Account(AccountKind(kind), party): fen for kind, party, fen in sums}


def statements(tx: Transaction, row: AgreementRow) -> list[tuple[Statement, Place]]:
    """Return the closed statements, ascending, with the places of their outcomes."""
    return list(map(_statement, ledger_journal.statements(tx, row.position)))


def newest_statements(
    tx: Transaction, row: AgreementRow, limit: int
) -> list[tuple[Statement, Place]]:
    """Return at most `limit` closed statements with their places, the newest first."""
    return list(map(_statement, ledger_journal.newest_statements(tx, row.position, limit)))


def statement(tx: Transaction, row: AgreementRow, period: str) -> Statement | None:
    """Return the closed statement of a period."""
    found = ledger_journal.statement(tx, row.position, period)
    return None if found is None else _statement(found)[0]


def _statement(one: StatementRow) -> tuple[Statement, Place]:
    return read_statement(one.statement), Place(one.generation, one.leaf_index, one.number)


def _entry(tx: Transaction, documents: Documents, one: EntryRow) -> JournalEntry:
    place = Place(one.generation, one.leaf_index, one.number)
    income = None
    if one.income is not None and one.income_hash is not None:
        income = documents.ref_at(one.income, one.income_hash)
    return JournalEntry(
        place,
        EntryKind(one.kind),
        documents.ref_at(one.proposal, one.proposal_hash),
        income,
        one.own_date,
        one.value_date,
        tuple(
            Posting(Account(AccountKind(posting.account), posting.party), posting.amount_fen)
            for posting in ledger_journal.postings(tx, one.agreement, place)
        ),
    )


def _told(
    documents: Documents, rows: Sequence[DocumentRow], known: dict[bytes, AgreementRow]
) -> list[ToldProposal]:
    documents.at_all([one.position for one in rows])
    found = []
    for one in rows:
        said, row = documents.told_at(one.position), known.get(one.agreement)
        if said is None or row is None:
            continue
        members = frozenset(row.members.split(" "))
        if said.document.author in members and said.document.reaches(members):
            found.append(ToldProposal(one.arrived, said))
    return found


def _newest(places: Sequence[int]) -> Sequence[int]:
    """Return the last places of each log, ascending."""
    if len(places) <= SAID_MAX:
        return places
    logs = groupby(places, key=lambda one: split_position(one)[0])
    return [one for _, of in logs for one in list(of)[-SAID_MAX:]]


def _speaks_of(said: Document, proposal: Ref) -> bool:
    facts = said.facts
    if isinstance(facts, Acceptance):
        return proposal in facts.proposals
    if isinstance(facts, Rejection):
        return facts.proposal == proposal
    return isinstance(facts, Dispute) and facts.income == proposal
