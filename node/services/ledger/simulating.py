"""What incomes would give under a formula, before anybody signs it.

- The formula is an agreement as it would be proposed, or the last version of one that is here. It
  begins with nothing booked; the incomes follow in their order, within the scopes of the formula.
- Contract and instalment are not known, so the tie key is not either: where two remainders are
  equal the leftover fen may fall to another party in the end. A file and a name are told alike.
- Terms that are not sound are refused with all that is wrong with them, by their fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.ledger import allocation
from federation.ledger.preview import SimulatedIncome, Simulation, simulate
from federation.records.days import day
from node.services.arguments import invalid
from node.services.catalogue.records import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.ledger.codec import Agreement
    from node.services.access import Caller
    from node.services.ledger.shown import LedgerShown

INCOMES_MAX: Final = 200


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
        tried = []
        for number, (gross_fen, deductions, when) in enumerate(incomes):
            if when and day(when) is None:
                raise invalid(f"incomes[{number}].income_date", "DAY_FORM", when)
            if not when and day(said.effective_from) is None:
                rule = "DAY_FORM" if said.effective_from else "REQUIRED"
                raise invalid("agreement.effective_from", rule, said.effective_from)
            income = allocation.Income("", str(number + 1), "", gross_fen, deductions)
            tried.append(SimulatedIncome(when or said.effective_from, income))
        found = simulate(said, tried)
        refuse(found.findings)
        return found
