"""What would be posted: of open proposals apart from the books, of incomes before signing.

- Pending is what each open proposal would post if it were booked now, one after the other; one that
  is refused changes nothing for those after it. The books themselves are never changed (L7).
- A simulation takes terms that nobody signed, or the versions of an agreement: an income is under
  the one in force on its day. Unsound terms give all findings and no row; a day on which none is in
  force gives nothing.
- Scopes add up in the order of the incomes given, as they do in that of the center's outcomes; what
  would be more than books hold (`sums`) is refused as it would be there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from federation.ledger import allocation
from federation.ledger.agreement import read_terms, tie_name
from federation.ledger.allocation import Before, allocate
from federation.ledger.booking import allocate_income, book
from federation.ledger.books import LIFE, Books, Total
from federation.ledger.documents import Document, Income, Payment, Reversal
from federation.ledger.journal import Place
from federation.ledger.months import Month
from federation.ledger.reading import day_of
from federation.ledger.sums import check_totals
from federation.ledger.terms import Scope, Terms
from federation.ledger.terms_validation import check_terms
from federation.log.errors import Refused
from federation.records.days import day

if TYPE_CHECKING:
    from federation.ledger.codec import Agreement
    from federation.ledger.decisions import Decision
    from federation.records.findings import Finding
    from federation.records.refs import Ref

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Pending:
    """What one open proposal would post; with `refused` it would post nothing."""

    proposal: Ref
    vector: Mapping[str, int] = field(default_factory=dict)
    """Fen of each party, as BOOKED carries it."""
    decisions: tuple[Decision, ...] = ()
    """Which rule decides each fen; only for an income."""
    net_fen: Mapping[str, int] = field(default_factory=dict)
    """What it would add to the net position of each party that it moves."""
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class SimulatedIncome:
    """One income to try: its day, YYYY-MM-DD, and its facts."""

    income_date: str
    facts: allocation.Income


@dataclass(frozen=True, slots=True)
class Row:
    """What an income would give; None where it is refused."""

    income: SimulatedIncome
    allocated: allocation.Allocation | None
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What terms would do. With findings there are no rows."""

    findings: tuple[Finding, ...]
    rows: tuple[Row, ...] = ()


def pending(books: Books, proposals: Iterable[Document]) -> list[Pending]:
    """Return what open proposals would post, in their order.

    Versions and terminations post nothing and are left out.
    """
    tried = _copy(books)
    last = books.last or Place(0, 0, 0)
    found = []
    for number, proposal in enumerate(proposals, start=last.number + 1):
        if not isinstance(proposal.facts, Income | Reversal | Payment):
            continue
        place = last._replace(number=number)
        try:
            found.append(_try(tried, proposal, place))
        except Refused as refusal:
            found.append(Pending(proposal.ref, refused=refusal))
    return found


def simulate(
    versions: Sequence[Agreement], incomes: Iterable[SimulatedIncome], name: Ref | None = None
) -> Simulation:
    """Return what each income would give under its version, as far as that is written.

    The versions ascend by their days; without the `name` that signing gives an agreement, another
    party may get a leftover fen in the end. Refuses MALFORMED_PART where a scope is not known.
    """
    terms = [
        replace(read_terms(one), agreement=tie_name(name) if name else b"") for one in versions
    ]
    findings = [found for one in terms for found in check_terms(one, "agreement")]
    if findings:
        return Simulation(tuple(findings))
    totals: defaultdict[str, Total] = defaultdict(Total)
    rows = []
    for income in incomes:
        number = _in_force(versions, income.income_date)
        rows.append(_row(versions[number], terms[number], income, totals))
    return Simulation((), tuple(rows))


def _try(tried: Books, proposal: Document, place: Place) -> Pending:
    if tried.disputed:
        raise Refused("BOOKS_DISPUTED", "nothing can be booked in these books")
    if proposal.ref in tried.rulings:
        raise Refused("ALREADY_DECIDED", "the proposal is decided already")
    decisions: tuple[Decision, ...] = ()
    if isinstance(proposal.facts, Income):
        decisions = allocate_income(tried, proposal.facts)[1].decisions
    effect, vector = book(tried, proposal, place)
    tried.take(effect)
    nets: dict[str, int] = {}
    for account, fen in effect.entry.postings if effect.entry else ():
        nets[account.party] = nets.get(account.party, 0) - fen
    return Pending(proposal.ref, vector, decisions, nets)


def _in_force(versions: Sequence[Agreement], on: str) -> int:
    """Return the number of the version in force on a day; where none is, of the last."""
    for number, one in enumerate(versions):
        if one.effective_from <= on < one.effective_to:
            return number
    return len(versions) - 1


def _check_in_force(said: Agreement, on: str) -> None:
    """Refuse a day on which the version is not in force (OUTSIDE_AGREEMENT), if it says when."""
    first, end = said.effective_from, said.effective_to
    if day(first) is None or day(end) is None or first <= on < end:
        return
    raise Refused(
        "OUTSIDE_AGREEMENT",
        f"{on} is not within {first} to {end}",
        field="income_date",
        effective_from=first,
        effective_to=end,
    )


def _row(
    said: Agreement, terms: Terms, income: SimulatedIncome, totals: defaultdict[str, Total]
) -> Row:
    try:
        year = day_of(income.income_date, "income_date")[:4]
        _check_in_force(said, income.income_date)
        scopes = {Scope.CALENDAR_YEAR: year, Scope.AGREEMENT_LIFE: LIFE}
        base, received = 0, {}
        if terms.tier_scope in scopes:
            base = totals[scopes[terms.tier_scope]].base_fen
        if terms.limit_scope in scopes:
            received = totals[scopes[terms.limit_scope]].received_fen
        allocated = allocate(terms, income.facts, Before(base, received))
        life = totals[LIFE]
        booked_fen = sum(life.received_fen.values())
        check_totals(booked_fen + allocated.amount_fen, life.base_fen + allocated.base_fen)
    except Refused as refusal:
        return Row(income, None, refusal)
    for scope in (year, LIFE):
        total = totals[scope]
        total.base_fen += allocated.base_fen
        for party, fen in allocated.shares.items():
            total.received_fen[party] = total.received_fen.get(party, 0) + fen
    return Row(income, allocated)


def _copy(books: Books) -> Books:
    """Return books that can be changed beside these. Of months only which are open is asked."""
    return replace(
        books,
        rulings=_Overlay(books.rulings),
        instalments=_Overlay(books.instalments),
        totals={
            scope: Total(total.base_fen, dict(total.received_fen))
            for scope, total in books.totals.items()
        },
        balances=dict(books.balances),
        owed=dict(books.owed),
        open_months={name: Month() for name in books.open_months},
    )


class _Overlay(MutableMapping[K, V], Generic[K, V]):
    """A mapping over another that is not changed. Unlike in a ChainMap, what is below can go."""

    def __init__(self, below: Mapping[K, V]) -> None:
        self._below = below
        self._above: dict[K, V] = {}
        self._gone: set[K] = set()

    def __getitem__(self, key: K) -> V:
        if key in self._gone:
            raise KeyError(key)
        return self._above[key] if key in self._above else self._below[key]

    def __setitem__(self, key: K, value: V) -> None:
        self._gone.discard(key)
        self._above[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._above.pop(key, None)
        self._gone.add(key)

    def __iter__(self) -> Iterator[K]:
        return (key for key in {**self._below, **self._above} if key not in self._gone)

    def __len__(self) -> int:
        return sum(1 for _ in self)
