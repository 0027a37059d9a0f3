"""What a measurement says: every single run, the median, the ratio to a denominator, the verdict.

A denominator is measured in the same run on the same records; where a figure has none, its own
median is judged. Nothing here decides whether a test passes.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of the table. `asked` bounds the ratio, or without a denominator the figure itself.

    `ours` and `base` hold one value a run, in `unit`; `notes` are further facts for the JSON.
    """

    name: str
    figure: str
    unit: str
    ours: Sequence[float]
    asked: float
    at_least: bool
    base: Sequence[float] = ()
    base_name: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def judged(self) -> float:
        """Return what is held against `asked`."""
        ours = statistics.median(self.ours)
        return ours / statistics.median(self.base) if self.base else ours

    @property
    def is_met(self) -> bool:
        return self.judged >= self.asked if self.at_least else self.judged <= self.asked

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        sign = "≥" if self.at_least else "≤"
        unit = "×" if self.base else f" {self.unit}"
        base = f"{_number(statistics.median(self.base))} ({self.base_name})" if self.base else "–"
        return (
            self.figure,
            f"{_number(statistics.median(self.ours))} {self.unit}",
            base,
            f"{self.judged:.2f}" if self.base else "–",
            f"{sign} {_number(self.asked)}{unit}",
            "yes" if self.is_met else "NO",
        )

    def facts(self) -> dict[str, Any]:
        """Return everything, for the JSON."""
        return {
            "name": self.name,
            "figure": self.figure,
            "unit": self.unit,
            "ours": list(self.ours),
            "ours_median": statistics.median(self.ours),
            "denominator": self.base_name,
            "base": list(self.base),
            "base_median": statistics.median(self.base) if self.base else None,
            "judged": self.judged,
            "asked": self.asked,
            "at_least": self.at_least,
            "met": self.is_met,
            "notes": self.notes,
        }


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table."""
    head = ("figure", "ours", "denominator", "ratio", "asked", "met?")
    rows = [head, ("---",) * len(head), *(result.cells() for result in results)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
