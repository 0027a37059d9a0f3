"""What is posted: the accounts of an agreement, and the entries of its journal.

- An entry has postings that sum to 0 (L1): fen above 0 are debits, below 0 credits.
- Three accounts a party: CLEARING, the money that it received and owes the others; PAYABLE, what
  it is owed; RECEIVABLE, what it owes back of money that it was already paid.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from federation.records.refs import Ref


class AccountKind(StrEnum):
    """What an account holds."""

    CLEARING = "CLEARING"
    PAYABLE = "PAYABLE"
    RECEIVABLE = "RECEIVABLE"


class Account(NamedTuple):
    """One account of an agreement."""

    kind: AccountKind
    party: str

    def __str__(self) -> str:
        """Return its name within the agreement."""
        return self.kind + ":" + self.party  # a name is made for each posting: twice as fast


@lru_cache(maxsize=4096)  # each posting names one: it is made once
def account_of(kind: AccountKind, party: str) -> Account:
    """Return the account of a party."""
    return Account(kind, party)


class Posting(NamedTuple):
    """What an entry changes an account by: fen above 0 are a debit, below 0 a credit."""

    account: Account
    amount_fen: int


class Place(NamedTuple):
    """Where an outcome stands: generation of the center's log, leaf index, number in its entry."""

    generation: int
    leaf_index: int
    number: int

    def __str__(self) -> str:
        """Return [GENERATION:]LEAF.NUMBER; of a center's first log without its generation."""
        log = f"{self.generation}:" if self.generation > 1 else ""
        return f"{log}{self.leaf_index}.{self.number}"


class EntryKind(StrEnum):
    """What is booked."""

    INCOME = "INCOME"
    REVERSAL = "REVERSAL"
    PAYMENT = "PAYMENT"


class JournalEntry(NamedTuple):
    """What one BOOKED outcome posts."""

    place: Place
    kind: EntryKind
    proposal: Ref
    income: Ref | None
    """For INCOME the proposal itself, for REVERSAL the income that is taken back."""
    own_date: str
    value_date: str
    postings: tuple[Posting, ...]

    @property
    def month(self) -> str:
        """The month in which it counts."""
        return self.value_date[:7]

    @property
    def debits_fen(self) -> int:
        """What it debits in all, and credits."""
        return sum([fen for _, fen in self.postings if fen > 0])
