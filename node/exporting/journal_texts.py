"""What the two journal languages share: the days of assertions and the words of an entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from federation.ledger.journal import Account
from node.exporting.book import LedgerBook, NarratedEntry, last_day_of
from node.exporting.names import ref_text
from node.services.ledger.words import ENTRIES, INCOMES, called


def dated_entries(book: LedgerBook) -> list[NarratedEntry]:
    """Return the entries that post something; an income of which nothing is shared does not."""
    return [one for one in book.narrated() if one.entry.postings]


def kind_words(narrated: NarratedEntry) -> str:
    """Return what an entry is."""
    return str(called(ENTRIES, narrated.entry.kind.value))


def narration(narrated: NarratedEntry) -> str:
    """Return what an entry is about, "" where its documents say nothing."""
    said = []
    if narrated.contract:
        said.append(f"合同 {narrated.contract}")
    if narrated.instalment:
        said.append(f"第 {narrated.instalment} 期")
    if narrated.income_kind:
        said.append(called(INCOMES, narrated.income_kind).zh)
    if narrated.payment:
        said.append("{} 付给 {}".format(*narrated.payment))
    if narrated.reason:
        said.append(narrated.reason)
    return " · ".join(said)


def facts(book: LedgerBook, narrated: NarratedEntry) -> Iterator[tuple[str, str]]:
    """Yield the metadata of an entry: key and one word each."""
    entry = narrated.entry
    yield "agreement", ref_text(book.agreement)
    yield "outcome", str(entry.place)
    yield "proposal-origin", entry.proposal.origin
    yield "proposal-index", str(entry.proposal.leaf_index)
    yield "proposal-hash", entry.proposal.leaf_hash.hex()
    if entry.income is not None and entry.income != entry.proposal:
        yield "income", ref_text(entry.income)
    yield "own-date", entry.own_date
    if narrated.evidence:
        yield "evidence", narrated.evidence


def book_facts(book: LedgerBook) -> Iterator[tuple[str, str]]:
    """Yield what the whole book is, for the head of a file."""
    yield "agreement", ref_text(book.agreement)
    yield "center", book.center
    yield "confirmed size of the center's log", str(book.center_size)
    yield "state digest", book.state_digest.hex()


def assertions(book: LedgerBook) -> Iterator[tuple[str, str, list[tuple[Account, int]]]]:
    """Yield (last day, digest in hex, balances) of each statement, then of the whole book.

    The digest is "" for the whole book. A book in which nothing was posted asserts nothing.
    """
    for statement in book.statements:
        balances = [(line.account, line.closing_fen) for line in statement.lines]
        if balances:
            yield last_day_of(statement.period), statement.digest().hex(), balances
    accounts = book.accounts()
    if accounts:
        yield book.last_day(), "", [(one, book.balances.get(one, 0)) for one in accounts]


def day_after(day: str) -> str:
    """Return the day after one, "" where the calendar ends."""
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except OverflowError:
        return ""
