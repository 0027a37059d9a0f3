"""Allocation: what each party gets of an income, a pure function of whole numbers.

1. base = gross less the deductions. Each deduction is one that the terms allow, none twice; all are
   amounts above 0, and so is the base.
2. The tiers say how much of the base is shared (`tiers`); that amount may be 0.
3. It is apportioned by share_ppm (`apportionment`).
4. Caps and floors move what is out of bounds, or the income is refused (`limits`).

Terms are those that `terms_validation` finds sound. The order of the parties decides nothing but
the order of the answer. More income does not mean that nobody gets less: see `apportionment`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from federation.ledger.amounts import check_amount
from federation.ledger.apportionment import apportion
from federation.ledger.decisions import Decided, Decision
from federation.ledger.limits import Split, limits_of, share_within
from federation.ledger.terms import Terms
from federation.ledger.tie import tie_of
from federation.ledger.tiers import amount_fen
from federation.log.errors import Refused


class Income(NamedTuple):
    """The facts of an income event; contract, instalment and kind name it."""

    contract: str
    instalment: str
    kind: str
    gross_fen: int
    deductions: tuple[tuple[str, int], ...] = ()
    """(name, fen) of each."""


class Before(NamedTuple):
    """What was booked before, net of reversals, within the scope of the terms; >= 0."""

    base_fen: int = 0
    """In the scope of the tiers; 0 where that is PER_EVENT."""
    received_fen: Mapping[str, int] = MappingProxyType({})
    """Per party, in the scope of the limits; empty where that is PER_EVENT."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What an income gives."""

    base_fen: int
    amount_fen: int
    """What is shared of the base."""
    shares: dict[str, int]
    """Fen of every party, in the order of the terms; they sum to the amount."""
    decided: Decided = field(repr=False, compare=False)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Why, by party; those of a party sum to its share."""
        return self.decided.decisions()


NOTHING_BEFORE: Final = Before()


def allocate(terms: Terms, income: Income, before: Before = NOTHING_BEFORE) -> Allocation:
    """Return what each party gets of an income.

    Raises Refused: AMOUNT_OUT_OF_RANGE, DEDUCTION_NOT_ALLOWED, DEDUCTION_TWICE,
    DEDUCTIONS_EXCEED_GROSS, FLOORS_EXCEED_AMOUNT, CAPS_LEAVE_REST.
    """
    base = _base_fen(terms, income)
    amount = amount_fen(terms.tiers, before.base_fen, base)
    weights = terms.weights
    tie = tie_of(terms.agreement, income.contract, income.instalment, income.kind)
    apportioned = apportion(amount, weights, tie, terms.remainder_to)
    decided = Decided(*apportioned)
    shares = apportioned.fen
    if terms.bounded:
        limits = limits_of(terms, before.received_fen)
        within = share_within(limits, Split(terms, amount, weights, tie), decided)
        shares = {party: within[party] for party in weights}
    return Allocation(base, amount, shares, decided)


def _base_fen(terms: Terms, income: Income) -> int:
    """Return what is left of the gross amount, or refuse the income."""
    check_amount("income.gross_fen", income.gross_fen)
    base = income.gross_fen
    seen = set()
    for index, (name, fen) in enumerate(income.deductions):
        path = f"income.deductions[{index}]"
        if name not in terms.deductions:
            agreed = ", ".join(terms.deductions) or "none"
            what = f'{path} "{name}" is none of the agreement\'s: {agreed}'
            raise Refused("DEDUCTION_NOT_ALLOWED", what, field=path, name=name)
        if name in seen:
            raise Refused("DEDUCTION_TWICE", f"{path} repeats another", field=path, name=name)
        check_amount(path, fen)
        seen.add(name)
        base -= fen
    if base <= 0:
        raise Refused(
            "DEDUCTIONS_EXCEED_GROSS",
            "the deductions leave nothing to share",
            field="income.deductions",
            base_fen=str(base),
        )
    return base
