"""The books of one agreement a second time, from the text of the rules, slowly and plainly.

- It keeps the list of all that was booked and computes everything anew from it each time: what was
  counted before an income, what is left of it, every balance, every claim, every statement and its
  digest. Shares and refunds are those of `fraction_oracle`.
- It shares no code with `federation.ledger` but the shapes of terms. Digests are written out by
  hand, trees split as RFC 6962 says.
- What cannot be booked gives all the reasons that hold; which of them is told is no rule.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from federation.ledger.allocation import Before, Income
from federation.ledger.terms import Scope, Terms
from tests.federation.ledger.fraction_oracle import allocate_exactly, refund_exactly, tie_key

Name = tuple[str, int, bytes]
"""A document: origin, leaf index, leaf hash."""
Account = tuple[str, str]
"""Kind and party."""


@dataclass(frozen=True)
class Version:
    """A version that is in force, half-open."""

    name: Name
    terms: Terms
    start: str
    end: str


@dataclass
class Shared:
    """An income that was booked."""

    day: str
    tie: tuple[str, str, str]
    terms: Terms
    receiver: str
    base: int
    shares: dict[str, int]


@dataclass(frozen=True)
class Entry:
    """One line of the journal."""

    place: tuple[int, int, int]
    kind: str
    name: Name
    of: Name | None
    day: str
    counts_on: str
    postings: tuple[tuple[Account, int], ...]


@dataclass
class SlowLedger:
    """Everything that happened, in order."""

    agreement: Name
    versions: list[Version] = field(default_factory=list)
    ended: str = ""
    """The day of its termination, "" without one."""
    parties: set[str] = field(default_factory=set)
    incomes: dict[Name, Shared] = field(default_factory=dict)
    taken: list[tuple[Name, dict[str, int], int]] = field(default_factory=list)
    """(income, fen that each party gave back, base that went with it)."""
    journal: list[Entry] = field(default_factory=list)
    closed: list[tuple[str, bytes]] = field(default_factory=list)
    """(period, digest of its statement)."""

    # --- what is left, owed, counted -----------------------------------------------------------

    def left(self, name: Name) -> dict[str, int]:
        left = dict(self.incomes[name].shares)
        for of, back, _ in self.taken:
            if of == name:
                left = {party: fen - back[party] for party, fen in left.items()}
        return left

    def base_left(self, name: Name) -> int:
        return self.incomes[name].base - sum(base for of, _, base in self.taken if of == name)

    def is_reversed(self, name: Name) -> bool:
        touched = any(of == name for of, _, _ in self.taken)
        return touched and not any(self.left(name).values())

    def before(self, terms: Terms, day: str) -> Before:
        def within(scope: Scope) -> list[Name]:
            years = {Scope.CALENDAR_YEAR: day[:4], Scope.AGREEMENT_LIFE: ""}
            if scope is Scope.PER_EVENT:
                return []
            return [one for one, of in self.incomes.items() if of.day.startswith(years[scope])]

        base = sum(self.base_left(one) for one in within(terms.tier_scope))
        received: dict[str, int] = defaultdict(int)
        for one in within(terms.limit_scope):
            for party, fen in self.left(one).items():
                received[party] += fen
        return Before(base, received)

    def counted(self, scopes: Iterable[str]) -> dict[str, int]:
        """Return the bases that count in some years, "" for all of them."""
        return {
            scope: sum(self.base_left(one) for one, of in self.incomes.items()
                       if of.day.startswith(scope))
            for scope in scopes
        }  # fmt: skip

    def balances(self, through: str = "9999-12", after: str = "") -> dict[Account, int]:
        sums: dict[Account, int] = defaultdict(int)
        for entry in self.journal:
            if after < entry.counts_on[:7] <= through:
                for account, fen in entry.postings:
                    sums[account] += fen
        return {account: fen for account, fen in sums.items() if fen}

    def net(self, party: str) -> int:
        return -sum(fen for (_, who), fen in self.balances().items() if who == party)

    def between(self, payer: str, payee: str) -> int:
        """Return what one party owes another by all claims between the two."""
        owed = 0
        for entry in self.journal:
            sums: dict[str, int] = defaultdict(int)
            for (_, party), fen in entry.postings:
                sums[party] += fen
            # One side of an entry is of one party; it stands against each of the others.
            receiver = self._hub(entry)
            for party, fen in sums.items():
                if party != receiver and {party, receiver} == {payer, payee}:
                    owed += -fen if receiver == payer else fen
        return owed

    def _hub(self, entry: Entry) -> str:
        if entry.of is not None:
            return self.incomes[entry.of].receiver
        return next(party for (_, party), fen in entry.postings if fen < 0)  # who paid

    # --- what may be booked --------------------------------------------------------------------

    def income(
        self, place: tuple[int, int, int], name: Name, version: Name, income: Income, day: str,
        receiver: str,
    ) -> dict[str, int] | set[str]:  # fmt: skip
        """Book an income; return the shares, or why it cannot be."""
        found = [one for one in self.versions if one.name == version]
        if not found:
            return {"AGREEMENT_NOT_ACTIVE"}
        why = set()
        terms = found[0].terms
        if self.ended and day >= self.ended:
            why.add("AGREEMENT_TERMINATED")
        elif not found[0].start <= day < found[0].end:
            why.add("OUTSIDE_AGREEMENT")
        why |= self._far(day)
        before = self.before(terms, day)
        shares = allocate_exactly(terms, income, before)
        if isinstance(shares, str):
            why.add(shares)
        if receiver not in {one.party for one in terms.parties}:
            why.add("PARTY_NOT_IN_AGREEMENT")
        tie = (income.contract, income.instalment, income.kind)
        if any(of.tie == tie and not self.is_reversed(one) for one, of in self.incomes.items()):
            why.add("INSTALMENT_BOOKED")
        if why or isinstance(shares, str):
            return why
        base = income.gross_fen - sum(fen for _, fen in income.deductions)
        self.incomes[name] = Shared(day, tie, terms, receiver, base, shares)
        legs = [(("CLEARING", receiver), sum(shares.values()))]
        legs += [(("PAYABLE", party), -fen) for party, fen in shares.items()]
        self._post(place, "INCOME", name, name, day, legs)
        return shares

    def reversal(
        self, place: tuple[int, int, int], name: Name, of: Name, amount: int, day: str
    ) -> dict[str, int] | set[str]:
        """Take back all (amount 0) or a part; return what each gets, below 0, or why not."""
        if of not in self.incomes:
            return {"INCOME_NOT_BOOKED"}
        shared, left = self.incomes[of], self.left(of)
        why = set()
        if self.is_reversed(of):
            why.add("ALREADY_REVERSED")
        if day < shared.day:
            why.add("REVERSAL_BEFORE_INCOME")
        why |= self._far(day)
        back: dict[str, int] | str = left
        if amount:
            said = Income(*shared.tie, 1)
            back = refund_exactly(left, amount, lambda one: tie_key(shared.terms, said, one))
        if isinstance(back, str):
            why.add(back)
        if why or isinstance(back, str):
            return why
        total, whole = sum(back.values()), sum(left.values())
        base = self.base_left(of)
        self.taken.append((of, back, base if total == whole else base * total // whole))
        legs = []
        for party, fen in back.items():
            owed = -self.balances().get(("PAYABLE", party), 0)
            legs += [
                (("PAYABLE", party), min(fen, owed)),
                (("RECEIVABLE", party), max(0, fen - owed)),
            ]
        legs.append((("CLEARING", shared.receiver), -total))
        self._post(place, "REVERSAL", name, of, day, legs)
        return {party: -fen for party, fen in back.items()}

    def payment(
        self, place: tuple[int, int, int], name: Name, payer: str, payee: str, fen: int, day: str
    ) -> dict[str, int] | set[str]:
        """Book a payment; return the vector, or why it cannot be."""
        why = self._far(day) if self.versions else set()
        if payer == payee:
            why.add("CLAIM_ON_ITSELF")
        if not {payer, payee} <= self.parties:
            why.add("PARTY_NOT_IN_AGREEMENT")
        elif fen > max(self.between(payer, payee), min(-self.net(payer), self.net(payee))):
            why.add("PAYMENT_EXCEEDS_BALANCE")
        if why:
            return why
        had = self.balances()
        back = min(fen, had.get(("RECEIVABLE", payer), 0))
        gets = min(fen, -had.get(("PAYABLE", payee), 0))
        legs = [
            (("PAYABLE", payee), gets),
            (("CLEARING", payee), fen - gets),
            (("RECEIVABLE", payer), -back),
            (("CLEARING", payer), back - fen),
        ]
        self._post(place, "PAYMENT", name, None, day, legs)
        return {payer: fen, payee: -fen}

    def _far(self, day: str) -> set[str]:
        """Say what is wrong with a day on which something would be booked."""
        why = set()
        years = int(day[:4]) - int(self.versions[0].start[:4])
        if years < -1 or years > 100:
            why.add("DAY_OUT_OF_REACH")
        closed = self.closed[-1][0] if self.closed else ""
        months = {one.counts_on[:7] for one in self.journal if one.counts_on[:7] > closed}
        if len(months | {self._counts_on(day)[:7]}) > max(120, len(months)):
            why.add("TOO_MANY_OPEN_MONTHS")
        return why

    def _counts_on(self, day: str) -> str:
        if not self.closed or day[:7] > self.closed[-1][0]:
            return day
        year, month = map(int, self.closed[-1][0].split("-"))
        return f"{year + month // 12:04}-{month % 12 + 1:02}-01"

    def _post(
        self, place: tuple[int, int, int], kind: str, name: Name, of: Name | None, day: str,
        legs: Iterable[tuple[Account, int]],
    ) -> None:  # fmt: skip
        counts_on = self._counts_on(day)
        postings = tuple((account, fen) for account, fen in legs if fen)
        self.journal.append(Entry(place, kind, name, of, day, counts_on, postings))

    # --- closing -------------------------------------------------------------------------------

    def close(self, period: str) -> tuple[list[tuple[str, int, int, int, int]], bytes] | None:
        """Close a period; return its lines and the digest, None where it is closed already."""
        before, previous = self.closed[-1] if self.closed else ("", b"")
        if period <= before:
            return None
        moved = [one for one in self.journal if before < one.counts_on[:7] <= period]
        opening = self.balances(through=before) if before else {}
        sides: dict[Account, list[int]] = defaultdict(lambda: [0, 0])
        for entry in moved:
            for account, fen in entry.postings:
                sides[account][fen < 0] += abs(fen)
        lines = []
        for account in sorted({*opening, *sides}, key=":".join):
            first, (debit, credit) = opening.get(account, 0), sides[account]
            lines.append((":".join(account), first, debit, credit, first + debit - credit))
        pieces = [b"ydx/statement/v1\0", *self._name(self.agreement), period.encode(), previous]
        for month in sorted({one.counts_on[:7] for one in moved}):
            leaves = [_leaf(one) for one in moved if one.counts_on[:7] == month]
            pieces += [month.encode(), len(leaves).to_bytes(8, "big"), _root(leaves)]
        for name, *four in lines:
            pieces += [name.encode(), *(fen.to_bytes(8, "big", signed=True) for fen in four)]
        digest = _sha(b"".join(map(_framed, pieces)))
        self.closed.append((period, digest))
        return lines, digest

    def state_digest(self, size: int) -> bytes:
        pieces = [b"ydx/state/v1\0", *self._name(self.agreement), size.to_bytes(8, "big")]
        for entry in self.journal:
            for (kind, party), fen in entry.postings:
                amount = fen.to_bytes(8, "big", signed=True)
                pieces += [_place(entry), f"{kind}:{party}".encode(), amount]
        return _sha(b"".join(map(_framed, pieces)))

    @staticmethod
    def _name(name: Name) -> tuple[bytes, bytes, bytes]:
        return name[0].encode(), name[1].to_bytes(8, "big"), name[2]


def _sha(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def _framed(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


def _place(entry: Entry) -> bytes:
    generation, leaf_index, number = entry.place
    return generation.to_bytes(4, "big") + leaf_index.to_bytes(8, "big") + number.to_bytes(4, "big")


def _leaf(entry: Entry) -> bytes:
    origin, index, leaf_hash = entry.name
    pieces = [entry.day.encode(), entry.counts_on.encode(), entry.kind.encode(), origin.encode()]
    pieces += [index.to_bytes(8, "big"), leaf_hash]
    for (kind, party), fen in entry.postings:
        pieces += [f"{kind}:{party}".encode(), fen.to_bytes(8, "big", signed=True)]
    return _place(entry) + b"".join(map(_framed, pieces))


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return _sha(b"\x00" + leaves[0])
    half = 1
    while 2 * half < len(leaves):
        half *= 2
    return _sha(b"\x01" + _root(leaves[:half]) + _root(leaves[half:]))
