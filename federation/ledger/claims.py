"""Who owes whom, from the entries of a book: what netting starts from.

- A debit makes its party owe, a credit makes its party be owed. In every entry one side is of one
  party: who received the money, or who pays. So each leg of the other side is a claim on it, or of
  it; legs of one party on both sides are no claim.
- An entry that has several parties on both sides names no pairs: ValueError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.ledger.netting import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from federation.ledger.journal import JournalEntry


def claims_of(entries: Iterable[JournalEntry]) -> Iterator[Claim]:
    """Yield the claims that entries make, those that settle others among them."""
    for entry in entries:
        for one in pairs_of(entry):
            yield Claim(*one)


def pairs_of(entry: JournalEntry) -> Iterator[tuple[str, str, int]]:
    """Yield debtor, creditor and fen of each claim that an entry makes."""
    debits, credits_ = _by_party(entry, 1), _by_party(entry, -1)
    if len(debits) > 1 and len(credits_) > 1:
        raise ValueError(f"the entry at {entry.place} has many parties on both sides")
    for debtor, owed_fen in debits.items():
        for creditor, due_fen in credits_.items():
            if debtor != creditor:
                yield debtor, creditor, min(owed_fen, due_fen)


def _by_party(entry: JournalEntry, sign: int) -> dict[str, int]:
    """Return the fen of one side by party."""
    sums: dict[str, int] = {}
    for account, fen in entry.postings:
        if fen * sign > 0:
            sums[account.party] = sums.get(account.party, 0) + fen * sign
    return sums
