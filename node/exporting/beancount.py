"""The ledger in the language of beancount.

- Every account is opened on its first day; who it is of stands in its metadata.
- The balances after each closed period and after all are asserted with "~ 0.00": by default
  bean-check lets a balance pass that is wrong by one fen.
- An assertion holds at the beginning of its day, so it stands on the day after.
"""

from __future__ import annotations

from collections.abc import Iterator

from node.exporting.book import LedgerBook, NarratedEntry
from node.exporting.journal_texts import (
    assertions,
    book_facts,
    dated_entries,
    day_after,
    facts,
    kind_words,
    narration,
)
from node.exporting.names import CURRENCY, account_name, one_line, yuan
from node.services.ledger.words import ACCOUNTS, ROLES, called


def beancount(book: LedgerBook) -> Iterator[str]:
    """Yield the text in pieces of whole lines, to be written as UTF-8."""
    entries = dated_entries(book)
    yield from (f"; {key}: {value}\n" for key, value in book_facts(book))
    yield f'option "title" {_quoted(book.title)}\n'
    yield f'option "operating_currency" "{CURRENCY}"\n\n'
    yield from _opened(book, entries[0].entry.value_date if entries else book.last_day())
    yield from (_transaction(book, one) for one in entries)
    for last_day, digest, balances in assertions(book):
        day = day_after(last_day)
        if not day:
            yield "; the calendar ends: no day is left on which to assert a balance\n"
            continue
        for account, fen in balances:
            name = account_name(book.agreement, account)
            yield f"{day} balance {name}  {yuan(fen)} ~ 0.00 {CURRENCY}\n"
            if digest:
                yield f'  statement: "{digest}"\n'


def _opened(book: LedgerBook, day: str) -> Iterator[str]:
    parties = {one.party: one for one in book.parties}
    for account in book.accounts():
        yield f"{day} open {account_name(book.agreement, account)} {CURRENCY}\n"
        yield f"  account: {_quoted(str(ACCOUNTS[account.kind]))}\n"
        yield f"  party: {_quoted(account.party)}\n"
        facts_of = parties.get(account.party)
        if facts_of is not None:
            yield f"  name: {_quoted(facts_of.display_name)}\n"
            yield f"  role: {_quoted(str(called(ROLES, facts_of.role)))}\n"
            yield f"  member: {_quoted(facts_of.member)}\n"
    yield "\n"


def _transaction(book: LedgerBook, narrated: NarratedEntry) -> str:
    entry = narrated.entry
    lines = [f"{entry.value_date} * {_quoted(kind_words(narrated))} {_quoted(narration(narrated))}"]
    lines += [f"  {key}: {_quoted(value)}" for key, value in facts(book, narrated)]
    lines += [
        f"  {account_name(book.agreement, account)}  {yuan(fen)} {CURRENCY}"
        for account, fen in entry.postings
        if fen
    ]
    return "\n".join(lines) + "\n\n"


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
