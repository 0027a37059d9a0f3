"""What is exported: the books of one agreement as of a size of the center's log.

- The caller fills it from the node's tables; renderers read nothing else.
- `entries` are all there are, in any order. `narrated` sorts them by the day on which they count,
  and those of one day by the outcome: the order in which every program adds them up.
- A statement's days end with its period, and nothing of them is posted later.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from federation.ledger.agreement import PartyFacts
from federation.ledger.journal import Account, JournalEntry
from federation.ledger.statement import Statement
from federation.records.refs import Ref


@dataclass(frozen=True, slots=True)
class NarratedEntry:
    """A journal entry and what its documents say of it, "" where they say nothing."""

    entry: JournalEntry
    contract: str = ""
    """What a reader knows the contract by."""
    instalment: str = ""
    income_kind: str = ""
    """SERVICE_FEE, CONTRACT_PRICE, ROYALTY or OTHER."""
    reason: str = ""
    payment: tuple[str, str] | None = None
    """Who paid whom."""
    evidence: str = ""
    """SHA-256 of its evidence, in hex."""
    disputes: tuple[tuple[str, str], ...] = ()
    """(member, reason) of those that dispute the income now; no posting changes by that."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A proposal that the center has not decided: carried to a later statement."""

    proposal: Ref
    kind: str
    """INCOME, REVERSAL or PAYMENT."""
    own_date: str
    amount_fen: int
    """What it says; 0 for all that is left of an income."""
    contract: str = ""
    instalment: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LedgerBook:
    """The books of one agreement."""

    agreement: Ref
    title: str
    center: str
    center_size: int
    """The confirmed size of the center's log that the books were folded to."""
    state_digest: bytes
    parties: tuple[PartyFacts, ...]
    entries: Sequence[NarratedEntry]
    balances: Mapping[Account, int]
    """Fen of every account after all entries, debits above 0."""
    statements: tuple[Statement, ...] = ()
    """Ascending by period."""
    agreed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Period → the members that have agreed to its statement."""
    open_items: tuple[OpenItem, ...] = ()
    has_more_open: bool = False
    """There are more open items than these."""

    def narrated(self) -> list[NarratedEntry]:
        """Return the entries by the day on which they count, then by outcome."""
        return sorted(self.entries, key=lambda one: (one.entry.value_date, one.entry.place))

    def accounts(self) -> list[Account]:
        """Return every account that is posted to, closed or balanced, by name."""
        named = set(self.balances)
        for narrated in self.entries:
            named.update(posting.account for posting in narrated.entry.postings)
        for statement in self.statements:
            named.update(line.account for line in statement.lines)
        return sorted(named, key=str)

    def last_day(self) -> str:
        """Return the last day on which anything counts or is closed, "" for an empty book."""
        days = [one.entry.value_date for one in self.entries]
        return max([*days, *(last_day_of(one.period) for one in self.statements)], default="")

    def display_name(self, party: str) -> str:
        """Return what a party is called, its id where the agreement does not say."""
        return next((one.display_name for one in self.parties if one.party == party), party)


def last_day_of(month: str) -> str:
    """Return the last day of a month YYYY-MM."""
    return f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]:02}"
