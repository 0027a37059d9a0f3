"""Books over the tables: rulings and instalments are looked up, and written back once a batch.

- Who asks for many proposals has them looked up at once (`look_up`): each statement costs a trip.
- `BooksOf` reads the small state of an agreement whole. Its books change in memory only, until
  `write` puts them, the journal and all that goes with them into the transaction.
- `books_of` gives books to look at, parsed but once for as long as nothing is booked: who lets
  something be taken into them asks `BooksOf`.
- A key of an instalment is kept with the ruling of the income that is booked under it, while it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, MutableMapping
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NoReturn

from federation.ledger.agreement import Version
from federation.ledger.booking import instalment_key, tie_of_income
from federation.ledger.books import Ruling, State
from federation.ledger.documents import Income, Reversal
from federation.ledger.journal import Place
from federation.ledger.judging import open_books
from federation.log.errors import YdxError
from federation.records.refs import Ref
from node.services.ledger.state import (
    booked_text,
    books_text,
    read_booked,
    read_books,
    statement_text,
)
from node.storage import ledger, ledger_journal, ledger_sums
from node.storage.ledger_journal import EntryRow, PostingRow, RulingRow, StatementRow

if TYPE_CHECKING:
    from federation.ledger.books import Books, Effect
    from federation.ledger.documents import Document
    from node.services.ledger.documents import Documents
    from node.storage.ledger import AgreementRow
    from node.storage.transaction import Transaction

_IS_BOOKED: Final = frozenset({State.FINAL, State.PARTLY_REVERSED})


class Rulings(MutableMapping[Ref, Ruling]):
    """The rulings of one agreement."""

    def __init__(self, tx: Transaction, agreement: int, documents: Documents) -> None:
        self._tx = tx
        self._agreement = agreement
        self._documents = documents
        self._known: dict[Ref, Ruling | None] = {}
        self._stored: set[Ref] = set()
        self.changed: dict[Ref, Ruling] = {}

    def __getitem__(self, ref: Ref) -> Ruling:
        """Return what became of a proposal, or raise KeyError."""
        if ref not in self._known:
            self.look_up([ref])
        found = self._known[ref]
        if found is None:
            raise KeyError(ref)
        return found

    def __setitem__(self, ref: Ref, ruling: Ruling) -> None:
        """Change it, here."""
        self.get(ref)
        self._known[ref] = self.changed[ref] = ruling

    def __delitem__(self, ref: Ref) -> NoReturn:
        """Nothing that was decided is forgotten."""
        raise TypeError("rulings are not taken back")

    def __iter__(self) -> Iterator[Ref]:
        """Yield nothing: there may be a million."""
        raise TypeError("rulings are only looked up")

    def __len__(self) -> int:
        """Count nothing, likewise."""
        raise TypeError("rulings are only looked up")

    def look_up(self, refs: Iterable[Ref]) -> None:
        """Look up what became of many proposals at once."""
        places = {ref: self._documents.place(ref) for ref in refs if ref not in self._known}
        rows = ledger_journal.rulings(
            self._tx, {place for place in places.values() if place is not None}
        )
        for ref, place in places.items():
            row = None if place is None else rows.get(place)
            if row is None or row.leaf_hash != ref.leaf_hash or row.agreement != self._agreement:
                self._known[ref] = None
            else:
                self._stored.add(ref)
                self._known[ref] = ruling_of(row)

    def write(self) -> list[int]:
        """Write what was changed; return the positions of what was decided first."""
        added: list[RulingRow] = []
        changed: list[RulingRow] = []
        for ref, ruling in self.changed.items():
            row = self._row(ref, ruling)
            (changed if ref in self._stored else added).append(row)
        # What is taken back frees its instalment before it is booked again.
        ledger_journal.change_rulings(self._tx, changed)
        ledger_journal.add_rulings(self._tx, added)
        return [row.position for row in added]

    def _row(self, ref: Ref, ruling: Ruling) -> RulingRow:
        place, booked = self._documents.place(ref), ruling.booked
        if place is None:
            raise AssertionError("what was decided is here")
        is_booked = booked is not None and ruling.state in _IS_BOOKED
        return RulingRow(
            place,
            ref.leaf_hash,
            self._agreement,
            ruling.state.value,
            ruling.reason,
            *ruling.place,
            "" if booked is None else booked_text(booked),
            _digest(booked.instalment) if booked is not None and is_booked else None,
        )


class Instalments(MutableMapping[str, Ref]):
    """What is booked under which key in one agreement; written with the rulings."""

    def __init__(self, tx: Transaction, agreement: int, documents: Documents) -> None:
        self._tx = tx
        self._agreement = agreement
        self._documents = documents
        self._known: dict[str, Ref | None] = {}

    def __getitem__(self, key: str) -> Ref:
        """Return the income, or raise KeyError."""
        if key not in self._known:
            self.look_up([key])
        found = self._known[key]
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, income: Ref) -> None:
        """Book an income under a key, here."""
        self._known[key] = income

    def __delitem__(self, key: str) -> None:
        """Free a key, here."""
        _ = self[key]
        self._known[key] = None

    def look_up(self, keys: Iterable[str]) -> None:
        """Look up what is booked under many keys at once."""
        digests = {_digest(key): key for key in keys if key not in self._known}
        rows = ledger_journal.booked_under(self._tx, self._agreement, digests)
        for digest, key in digests.items():
            row = rows.get(digest)
            self._known[key] = None if row is None else self._documents.ref_at(*row[:2])

    def __iter__(self) -> Iterator[str]:
        """Yield nothing: keys are kept as digests."""
        raise TypeError("instalments are only looked up")

    def __len__(self) -> int:
        """Count nothing, likewise."""
        raise TypeError("instalments are only looked up")


class BooksOf:
    """The books of an agreement, over a transaction."""

    def __init__(self, tx: Transaction, row: AgreementRow, documents: Documents) -> None:
        """Read them; raises COPY_DAMAGED where a version that they rest on has rotted."""
        self._tx = tx
        self._row = row
        self._documents = documents
        self._rulings = Rulings(tx, row.position, documents)
        self._entries: list[EntryRow] = []
        self._postings: list[PostingRow] = []
        self._statements: list[StatementRow] = []
        first = documents.at(row.position)
        books = None if first is None else open_books(first)
        if books is None:
            raise damaged(row.ref)
        self.books: Books = books
        books.rulings = self._rulings
        books.instalments = Instalments(tx, row.position, documents)
        if row.books:
            read_books(row.books, books, self._version)

    def take(self, effect: Effect) -> None:
        """Let an effect that is not void change the books."""
        self.books.take(effect)
        agreement = self._row.position
        if effect.statement is not None:
            self._statements.append(statement_row(agreement, effect))
        entry = effect.entry
        if entry is None:
            return
        of = (agreement, *entry.place)
        proposal, income = self._place(entry.proposal), entry.income
        self._entries.append(
            EntryRow(
                *of,
                entry.kind.value,
                entry.own_date,
                entry.value_date,
                proposal,
                entry.proposal.leaf_hash,
                None if income is None else self._place(income),
                None if income is None else income.leaf_hash,
            )
        )
        self._postings += [
            PostingRow(*of, ordinal, entry.value_date, account.kind.value, account.party, fen)
            for ordinal, (account, fen) in enumerate(entry.postings)
        ]

    def write(self) -> str:
        """Write journal, rulings and statements; return the small state for the row."""
        ledger_journal.add_entries(self._tx, self._entries, self._postings)
        ledger_sums.add(self._tx, self._row.position, self._entries, self._postings)
        ledger_journal.add_statements(self._tx, self._statements)
        ledger.close_documents(self._tx, self._rulings.write())
        return books_text(self.books)

    def _version(self, ref: Ref) -> Version:
        found = self._documents.get(ref)
        facts = getattr(found, "facts", None)
        if not isinstance(facts, Version):
            raise damaged(ref)
        return facts

    def _place(self, ref: Ref) -> int:
        place = self._documents.place(ref)
        if place is None:
            raise AssertionError("what is booked is here")
        return place


def books_of(tx: Transaction, row: AgreementRow, documents: Documents) -> Books:
    """Return books to look at; rulings and instalments are looked up in `tx`. As `BooksOf`."""
    kept = documents.shelf.books.get(row.position)
    if kept is None or kept[0] != row.books or kept[1].agreement.leaf_hash != row.leaf_hash:
        bare = replace(BooksOf(tx, row, documents).books, rulings={}, instalments={})
        kept = documents.shelf.books[row.position] = (row.books, bare)
    return replace(
        kept[1],
        rulings=Rulings(tx, row.position, documents),
        instalments=Instalments(tx, row.position, documents),
    )


def look_up(books: Books, proposals: Collection[Document]) -> None:
    """Have books know at once what telling and booking these proposals will ask them for."""
    rulings, instalments = books.rulings, books.instalments
    if not isinstance(rulings, Rulings) or not isinstance(instalments, Instalments):
        raise TypeError("these are not books over the tables")
    incomes = [one.facts for one in proposals if isinstance(one.facts, Income)]
    reversals = [one.facts for one in proposals if isinstance(one.facts, Reversal)]
    rulings.look_up([one.ref for one in proposals] + [one.income for one in reversals])
    instalments.look_up(instalment_key(*tie_of_income(one)) for one in incomes)


def ruling_of(row: RulingRow) -> Ruling:
    """Return what a row says."""
    return Ruling(
        State(row.state),
        Place(row.generation, row.leaf_index, row.number),
        row.reason,
        read_booked(row.booked) if row.booked else None,
    )


def damaged(version: Ref) -> YdxError:
    """Return the error that a version of an agreement is not readable any more."""
    origin, leaf_index = version.origin, str(version.leaf_index)
    what = f"a version of an agreement, at {leaf_index} of {origin}, is not what came"
    return YdxError(
        "COPY_DAMAGED",
        what,
        origin=origin,
        leaf_index=leaf_index,
        leaf_hash=version.leaf_hash.hex(),
    )


def damaged_version(error: YdxError) -> Ref | None:
    """Return the version that an error says is damaged, None if it is another error."""
    said = error.metadata
    if error.reason != "COPY_DAMAGED" or "leaf_hash" not in said:
        return None
    return Ref(said["origin"], int(said["leaf_index"]), bytes.fromhex(said["leaf_hash"]))


def statement_row(agreement: int, effect: Effect) -> StatementRow:
    """Return the row of a statement that was closed."""
    statement = effect.statement
    if statement is None:
        raise AssertionError("it closes a period")
    text, digest = statement_text(statement), statement.digest()
    return StatementRow(agreement, statement.period, digest, text, *effect.place)


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
