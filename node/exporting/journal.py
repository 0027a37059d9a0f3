"""The ledger as a journal that both hledger and ledger read, as strictly as they can.

- Commodity, accounts and tags are declared. Entries ascend by day: ledger adds them up as they
  stand, hledger by day, and the two must come to the same.
- The balances after each closed period and after all are asserted by a transaction of zeros.
- Free text has full-width punctuation: in comments these programs read dates, tags and expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from federation.ledger.journal import Account
from node.exporting.book import LedgerBook, NarratedEntry
from node.exporting.journal_texts import (
    assertions,
    book_facts,
    dated_entries,
    facts,
    kind_words,
    narration,
)
from node.exporting.names import CURRENCY, account_name, plain_words, yuan
from node.services.ledger.words import ACCOUNTS

TAGS: Final = (
    "agreement",
    "outcome",
    "proposal-origin",
    "proposal-index",
    "proposal-hash",
    "income",
    "own-date",
    "evidence",
    "statement",
)


def journal(book: LedgerBook) -> Iterator[str]:
    """Yield the text in pieces of whole lines, to be written as UTF-8."""
    yield f"; {plain_words(book.title)}\n"
    yield from (f"; {plain_words(key)} {value}\n" for key, value in book_facts(book))
    yield f"\ncommodity {CURRENCY}\n    format 1000.00 {CURRENCY}\n\n"
    yield from (f"tag {tag}\n" for tag in TAGS)
    yield "\n"
    for account in book.accounts():
        yield f"account {account_name(book.agreement, account)}\n"
        words = plain_words(f"{ACCOUNTS[account.kind]} {book.display_name(account.party)}")
        yield f"    ; {words}\n"
    yield "\n"
    asserted = list(assertions(book))
    for narrated in dated_entries(book):
        while asserted and asserted[0][0] < narrated.entry.value_date:
            yield _assertion(book, *asserted.pop(0))
        yield _transaction(book, narrated)
    for last in asserted:
        yield _assertion(book, *last)


def _transaction(book: LedgerBook, narrated: NarratedEntry) -> str:
    entry = narrated.entry
    said = plain_words(f"{kind_words(narrated)} {narration(narrated)}")
    lines = [f"{entry.value_date} * ({entry.place}) {said}"]
    lines += [f"    ; {key}: {value}" for key, value in facts(book, narrated)]
    lines += [
        f"    {account_name(book.agreement, account)}  {yuan(fen)} {CURRENCY}"
        for account, fen in entry.postings
        if fen
    ]
    return "\n".join(lines) + "\n\n"


def _assertion(book: LedgerBook, day: str, digest: str, balances: list[tuple[Account, int]]) -> str:
    lines = [f"{day} * {'期末余额 Closing balances' if digest else '余额 Balances'}"]
    if digest:
        lines.append(f"    ; statement: {digest}")
    lines += [
        f"    {account_name(book.agreement, account)}  0.00 {CURRENCY} = {yuan(fen)} {CURRENCY}"
        for account, fen in balances
    ]
    return "\n".join(lines) + "\n\n"
