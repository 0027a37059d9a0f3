"""What incomes would give under a formula, before anybody signs it.

- The formula is an agreement as it would be proposed, or one that is here: of its active versions,
  while there is none the first, the one in force on the day of each income.
- It begins with nothing booked; the incomes follow in their order, within the scopes of the
  formula, as they do when they are booked, over the versions too.
- An income without a day is of the first day of what would be proposed. Of an agreement that is
  here it is of today, or of the nearest day on which that is in force.
- Contract and instalment are not known, so the tie key is not either: where two remainders are
  equal the leftover fen may fall to another party in the end. A file and a name are told alike.
- Terms that are not sound are refused with all that is wrong with them, by their fields.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from federation.ledger import allocation
from federation.ledger.codec import parse_document
from federation.ledger.documents import Document
from federation.ledger.preview import SimulatedIncome, Simulation, simulate
from federation.log.errors import Refused
from federation.records.days import day
from node.services.arguments import invalid
from node.services.catalogue.records import refuse, shanghai_day

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from federation.ledger.codec import Agreement
    from node.services.access import Caller
    from node.services.ledger.shown import LedgerShown
    from node.storage.database import Database

INCOMES_MAX: Final = 200


class LedgerSimulating:
    """Simulates for callers. `clock` gives Unix seconds."""

    def __init__(self, database: Database, shown: LedgerShown, clock: Callable[[], float]) -> None:
        self._database = database
        self._shown = shown
        self._clock = clock

    def simulate(
        self,
        caller: Caller,
        agreement: Agreement | None,
        name: str,
        incomes: Sequence[tuple[int, tuple[tuple[str, int], ...], str]],
    ) -> Simulation:
        """Simulate (gross, deductions, day) under an agreement, or under that of a name.

        Refuses INVALID_FIELD; and for a name what `LedgerShown.agreement` refuses, and BOOKS_WAIT.
        """
        if not 1 <= len(incomes) <= INCOMES_MAX:
            raise invalid("incomes", "ROWS", count=len(incomes), most=INCOMES_MAX)
        if agreement is None:
            versions = self._versions(caller, name)
            otherwise = self._today(versions)
        else:
            versions, otherwise = [agreement], agreement.effective_from
        tried = []
        for number, (gross_fen, deductions, when) in enumerate(incomes):
            if when and day(when) is None:
                raise invalid(f"incomes[{number}].income_date", "DAY_FORM", when)
            if not when and day(otherwise) is None:
                rule = "DAY_FORM" if otherwise else "REQUIRED"
                raise invalid("agreement.effective_from", rule, otherwise)
            income = allocation.Income("", str(number + 1), "", gross_fen, deductions)
            tried.append(SimulatedIncome(when or otherwise, income))
        found = simulate(versions, tried)
        refuse(found.findings)
        return found

    def _versions(self, caller: Caller, name: str) -> list[Agreement]:
        """Return the versions of an agreement, each with the days on which it is in force."""
        with self._database.read() as tx:
            shown = self._shown.agreement_in(tx, caller, name)
            documents = self._shown.documents(tx)
            versions = []
            for one in shown.books.in_force:
                document = documents.get(one.ref)
                if not isinstance(document, Document):
                    raise Refused("BOOKS_WAIT", "the document is not readable now")
                said = parse_document(document.content).agreement
                said.effective_from, said.effective_to = one.effective_from, one.effective_to
                versions.append(said)
        return versions or [shown.said]

    def _today(self, versions: Sequence[Agreement]) -> str:
        """Return today, or the nearest day on which one of the versions is in force."""
        today = shanghai_day(self._clock()).isoformat()
        first, end = versions[0].effective_from, versions[-1].effective_to
        last = day(end)
        if today < first or last is None:
            return first
        return min(today, (last - timedelta(days=1)).isoformat())
