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
    from collections.abc import Iterable, Iterator, Mapping

    from federation.ledger.journal import JournalEntry


def claims_of(entries: Iterable[JournalEntry]) -> Iterator[Claim]:
    """Yield the claims that entries make, those that settle others among them."""
    for entry in entries:
        for one in pairs_of(entry):
            yield Claim(*one)


def claims_between(owed: Mapping[tuple[str, str], int]) -> Iterator[Claim]:
    """Yield what is left between each two parties, from what the first owes the second, net."""
    for (one, other), fen in owed.items():
        if fen:
            yield Claim(one, other, fen) if fen > 0 else Claim(other, one, -fen)


def pairs_of(entry: JournalEntry) -> list[tuple[str, str, int]]:
    """Return debtor, creditor and fen of each claim that an entry makes."""
    debits: dict[str, int] = {}
    credits_: dict[str, int] = {}
    for (_, party), fen in entry.postings:
        if fen > 0:
            debits[party] = debits.get(party, 0) + fen
        elif fen:
            credits_[party] = credits_.get(party, 0) - fen
    if len(debits) == 1:  # its fen are those of all credits together
        (debtor,) = debits
        return [(debtor, party, fen) for party, fen in credits_.items() if party != debtor]
    if len(credits_) > 1:
        raise ValueError(f"the entry at {entry.place} has many parties on both sides")
    return [
        (party, creditor, fen)
        for creditor in credits_
        for party, fen in debits.items()
        if party != creditor
    ]
