"""What incomes would give under a formula, before anybody signs it.

- The formula is an agreement as it would be proposed, or the last version of one that is here. It
  begins with nothing booked; the incomes follow in their order, within the scopes of the formula.
- Terms that are not sound are refused with all that is wrong with them, by their fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from federation.ledger import allocation
from federation.ledger.agreement import read_terms
from federation.ledger.allocation import Allocation, Before, allocate
from federation.ledger.books import LIFE, Total
from federation.ledger.terms import Scope
from federation.ledger.terms_validation import check_terms
from federation.log.errors import Refused
from federation.records.days import day
from node.services.records import refuse
from node.services.records_arguments import invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.ledger.codec import Agreement
    from federation.ledger.terms import Terms
    from node.services.access import Caller
    from node.services.ledger_shown import LedgerShown

INCOMES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Simulated:
    """One income; `allocation` is None where it could not be booked, for `reason`."""

    allocation: Allocation | None
    reason: str = ""


@dataclass(slots=True)
class Simulation:
    """What incomes give, and in all."""

    incomes: list[Simulated] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)


class LedgerSimulating:
    """Simulates for callers."""

    def __init__(self, shown: LedgerShown) -> None:
        self._shown = shown

    def simulate(
        self,
        caller: Caller,
        agreement: Agreement | None,
        name: str,
        incomes: Sequence[tuple[int, tuple[tuple[str, int], ...], str]],
    ) -> Simulation:
        """Simulate (gross, deductions, day) under an agreement, or under that of a name.

        Refuses INVALID_FIELD; and for a name what `LedgerShown.agreement` refuses.
        """
        if not 1 <= len(incomes) <= INCOMES_MAX:
            raise invalid("incomes", "ROWS", count=len(incomes), most=INCOMES_MAX)
        said = agreement or self._shown.agreement(caller, name).said
        terms = read_terms(said)
        refuse(check_terms(terms, "agreement"))
        for number, (_, _, when) in enumerate(incomes):
            if when and day(when) is None:
                raise invalid(f"incomes[{number}].income_date", "DAY_FORM", when)
        return _simulate(terms, said.effective_from, incomes)


def _simulate(
    terms: Terms, first_day: str, incomes: Sequence[tuple[int, tuple[tuple[str, int], ...], str]]
) -> Simulation:
    simulation = Simulation(totals=dict.fromkeys((one.party for one in terms.parties), 0))
    totals: dict[str, Total] = {}
    for number, (gross_fen, deductions, when) in enumerate(incomes):
        year = (when or first_day)[:4]
        income = allocation.Income("", str(number + 1), "", gross_fen, deductions)
        try:
            found = allocate(terms, income, _before(terms, totals, year))
        except Refused as refusal:
            simulation.incomes.append(Simulated(None, refusal.reason))
            continue
        simulation.incomes.append(Simulated(found))
        for party, fen in found.shares.items():
            simulation.totals[party] += fen
        for scope in (LIFE, year):
            total = totals.setdefault(scope, Total())
            total.base_fen += found.base_fen
            for party, fen in found.shares.items():
                total.received_fen[party] = total.received_fen.get(party, 0) + fen
    return simulation


def _before(terms: Terms, totals: dict[str, Total], year: str) -> Before:
    scopes = {Scope.CALENDAR_YEAR: year, Scope.AGREEMENT_LIFE: LIFE}
    base, received = 0, {}
    if terms.tier_scope in scopes:
        base = totals.get(scopes[terms.tier_scope], Total()).base_fen
    if terms.limit_scope in scopes:
        received = totals.get(scopes[terms.limit_scope], Total()).received_fen
    return Before(base, received)
