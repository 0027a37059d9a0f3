"""The books of one agreement: what the center's outcomes have made of it so far.

- Journal entries change its accounts (`journal`). PAYABLE is never a debit (L6).
- What each two parties owe each other is kept beside the accounts (`claims`): a payment may settle
  that alone.
- Entries are appended, never changed (L5). An income is taken back by another entry.
- An entry counts on its own date, in a closed month on the first day that is open: `value_date`.
- What may be large, the rulings and the instalments, is looked up; the rest is small and held.
  `take` is the only change, and what it takes is an `Effect` that `judging` made of one outcome.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from federation.ledger.agreement import Version
from federation.ledger.allocation import NOTHING_BEFORE, Before
from federation.ledger.claims import pairs_of
from federation.ledger.journal import (
    Account,
    AccountKind,
    EntryKind,
    JournalEntry,
    Place,
    account_of,
)
from federation.ledger.months import Month, next_month
from federation.ledger.statement import Statement
from federation.records.refs import Ref

if TYPE_CHECKING:
    from federation.ledger.documents import Document
    from federation.ledger.terms import Terms

LIFE: Final = ""
"""The scope of an agreement's life; that of a calendar year is the year, YYYY."""
_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


class State(StrEnum):
    """Where a proposal has come to, once the center has decided."""

    ACTIVE = "ACTIVE"
    FINAL = "FINAL"
    PARTLY_REVERSED = "PARTLY_REVERSED"
    REVERSED = "REVERSED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


class Booked(NamedTuple):
    """What is left of an income, and what its shares were counted to."""

    version: Ref
    received_by: str
    instalment: str
    """The key under which it is booked once."""
    tie: tuple[str, str, str]
    """Contract, instalment and kind, as the tie key has them."""
    income_date: str
    base_fen: int
    base_left_fen: int
    shares: Mapping[str, int]
    """Fen of each party, as booked."""
    left: Mapping[str, int]
    """Fen of each party that were not taken back."""
    before: Before = NOTHING_BEFORE
    """What was booked before it, as its shares were counted: `booking.explain` tells why."""


class Ruling(NamedTuple):
    """What became of a proposal."""

    state: State
    place: Place
    """Where the center decided."""
    reason: str = ""
    booked: Booked | None = None


@dataclass(frozen=True, slots=True)
class ActiveVersion:
    """A version that was activated, and the days for which it is in force, half-open."""

    ref: Ref
    version: Version
    since: Place
    effective_from: str
    effective_to: str


class Counted(NamedTuple):
    """What an entry adds to the totals of its scopes; negative for a reversal."""

    year: str
    base_fen: int
    received_fen: Mapping[str, int]


class Effect(NamedTuple):
    """What one outcome changes. A void one has `void` and changes nothing."""

    place: Place
    kind: int
    proposal: Ref | None = None
    void: str = ""
    why: str = ""
    rulings: Mapping[Ref, Ruling] = _NOTHING
    instalments: Mapping[str, Ref | None] = _NOTHING
    """None frees the key."""
    entry: JournalEntry | None = None
    counted: Counted | None = None
    versions: tuple[ActiveVersion, ...] | None = None
    """All versions anew, where one was activated or cut short."""
    statement: Statement | None = None
    disputed: str = ""
    """Why the books cannot be trusted from here on."""


@dataclass(slots=True)
class Total:
    """What was booked in one scope, net of reversals."""

    base_fen: int = 0
    received_fen: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Books:
    """The books of one agreement. `rulings` and `instalments` may be views of a database."""

    agreement: Ref
    center: str
    members: frozenset[str]
    rulings: MutableMapping[Ref, Ruling]
    instalments: MutableMapping[str, Ref]
    versions: tuple[ActiveVersion, ...] = ()
    totals: dict[str, Total] = field(default_factory=dict)
    balances: dict[Account, int] = field(default_factory=lambda: defaultdict(int))
    income_fen: int = 0
    """What all incomes shared, whatever was taken back since."""
    paid_fen: int = 0
    """What all payments moved."""
    owed: dict[tuple[str, str], int] = field(default_factory=dict)
    """What the first party owes the second, net of what that owes the first; pairs ascend by id."""
    open_months: dict[str, Month] = field(default_factory=dict)
    closed_through: str = ""
    """The last month that is closed; "" before the first close."""
    last_statement: Statement | None = None
    disputed: str = ""
    last: Place | None = None
    """The last outcome that was taken."""
    _terms: dict[Ref, Terms] = field(default_factory=dict, compare=False)
    _keepers: dict[str, str] = field(init=False, default_factory=dict, compare=False)
    _kept: int = field(init=False, default=0, compare=False)
    """Of how many versions the keepers were taken in."""
    _naming: Ref | None = field(default=None, compare=False)
    _named: dict[Ref, Document] = field(default_factory=dict, compare=False)

    def named_by(self, outcomes: Ref) -> dict[Ref, Document]:
        """Return what the outcomes of one document have named so far and may name."""
        if self._naming != outcomes:
            self._naming, self._named = outcomes, {}
        return self._named

    def version(self, ref: Ref) -> ActiveVersion | None:
        """Return an active version by its reference."""
        for one in self.versions:
            if one.ref == ref:
                return one
        return None

    @property
    def keepers(self) -> Mapping[str, str]:
        """The member that keeps each party's books, whichever version the party is in.

        Every version is looked at once: whoever amends without end must not cost ever more.
        """
        for active in self.versions[self._kept :]:
            for one in active.version.parties:
                self._keepers.setdefault(one.party, one.member)
        self._kept = len(self.versions)
        return self._keepers

    @property
    def in_force(self) -> list[ActiveVersion]:
        """The active versions, but for those that the end came before: they say nothing."""
        return [one for one in self.versions if one.effective_from < one.effective_to]

    @property
    def ended_on(self) -> str:
        """The day from which nothing counts, as a termination has it; "" where there is none."""
        if not self.versions:
            return ""
        last = self.versions[-1]
        return last.effective_to if last.effective_to < last.version.effective_to else ""

    def terms(self, active: ActiveVersion) -> Terms:
        """Return the terms of an active version under the agreement's name."""
        known = self._terms.get(active.ref)
        if known is None:
            known = self._terms[active.ref] = active.version.terms_of(self.agreement)
        return known

    def total(self, scope: str) -> Total:
        """Return what was booked in a scope."""
        return self.totals.get(scope) or Total()

    def payable_fen(self, party: str) -> int:
        """Return what a party is owed, gross."""
        return -self.balances.get(account_of(AccountKind.PAYABLE, party), 0)

    def net_fen(self, party: str) -> int:
        """Return the net position of a party: above 0 it is owed money, below 0 it owes."""
        balances = self.balances
        return -(
            balances.get(account_of(AccountKind.CLEARING, party), 0)
            + balances.get(account_of(AccountKind.PAYABLE, party), 0)
            + balances.get(account_of(AccountKind.RECEIVABLE, party), 0)
        )

    def owed_fen(self, debtor: str, creditor: str) -> int:
        """Return what a party owes another, net, whatever else the two owe; below 0 the reverse."""
        if debtor < creditor:
            return self.owed.get((debtor, creditor), 0)
        return -self.owed.get((creditor, debtor), 0)

    def value_date(self, own_date: str) -> str:
        """Return the day on which something of a day counts."""
        if own_date[:7] > self.closed_through:
            return own_date
        return f"{next_month(self.closed_through)}-01"

    def take(self, effect: Effect) -> None:
        """Let an effect that was made from these books change them."""
        self.last = effect.place
        self.rulings.update(effect.rulings)
        for key, income in effect.instalments.items():
            if income is None:
                self.instalments.pop(key, None)
            else:
                self.instalments[key] = income
        if effect.entry is not None:
            self._post(effect.entry)
        if effect.counted is not None:
            self._count(effect.counted)
        if effect.versions is not None:
            self.versions = effect.versions
        if effect.statement is not None:
            self._close(effect.statement)
        self.disputed = self.disputed or effect.disputed

    def _post(self, entry: JournalEntry) -> None:
        balances, owed = self.balances, self.owed
        for debtor, creditor, fen in pairs_of(entry):
            if debtor < creditor:
                owed[debtor, creditor] = owed.get((debtor, creditor), 0) + fen
            else:
                owed[creditor, debtor] = owed.get((creditor, debtor), 0) - fen
        debits_fen = 0
        for account, fen in entry.postings:
            balances[account] = balances.get(account, 0) + fen
            if fen > 0:
                debits_fen += fen
        if entry.kind is EntryKind.INCOME:
            self.income_fen += debits_fen
        elif entry.kind is EntryKind.PAYMENT:
            self.paid_fen += debits_fen
        month = self.open_months.get(entry.month)
        if month is None:
            month = self.open_months[entry.month] = Month()
        month.add(entry)

    def _count(self, counted: Counted) -> None:
        for scope in (LIFE, counted.year):
            total = self.totals.get(scope)
            if total is None:
                total = self.totals[scope] = Total()
            total.base_fen += counted.base_fen
            received = total.received_fen
            for party, fen in counted.received_fen.items():
                received[party] = received.get(party, 0) + fen

    def _close(self, statement: Statement) -> None:
        for month in [one for one in self.open_months if one <= statement.period]:
            del self.open_months[month]
        self.closed_through = statement.period
        self.last_statement = statement
