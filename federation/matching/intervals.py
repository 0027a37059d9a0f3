"""Intervals of exact numbers, and what a stated one says about a demanded one.

A demand accepts the values of a set D; a statement says that the value lies in a set S. Both are
intervals, each end open, closed or missing, neither is empty.

- S ⊆ D: met, wherever the value lies. S ∩ D = ∅: contradicted. Anything else: unknown.
- For a *span* (a range that is to be covered: 工作温度 −40~85 ℃) the statement is the range itself:
  D ⊆ S is met. Where both are bounded, S ⊉ D is contradicted; with an end missing it is unknown,
  and so is a single number where a range is asked for: it is one working point, not the range.
- Of a demanded *bare* number (载荷 20kg) only the reading =, ≥ or ≤ is missing: S = {20} meets all
  three, everything else is unknown.

By relation, demanded d (row) and stated s (column), all of one quantity:

|       | = s            | ≥ s         | ≤ s         | a~b                |
|-------|----------------|-------------|-------------|--------------------|
| = d   | + s = d, else − | − s > d     | − s < d     | − d outside        |
| ≥ d   | + s ≥ d, else − | + s ≥ d     | − s < d     | + a ≥ d, − b < d   |
| ≤ d   | + s ≤ d, else − | − s > d     | + s ≤ d     | + b ≤ d, − a > d   |
| c~d   | + inside, else − | − s > d    | − s < c     | + inside, − apart  |

+ is met, − contradicted. What a cell does not name is
unknown; > and < only open an end. The table follows from the two set rules above and is not written
in code a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Verdict(StrEnum):
    """What a statement says about a demand."""

    MET = "MET"
    CONTRADICTED = "CONTRADICTED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers from `low` to `high`; None is no end, `*_open` leaves the end itself out."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    @property
    def is_bounded(self) -> bool:
        """Say whether both ends exist."""
        return self.low is not None and self.high is not None

    @property
    def point(self) -> Fraction | None:
        """Return the only number of the interval; None where it has more."""
        return self.low if self.low is not None and self.low == self.high else None

    def is_within(self, other: Interval) -> bool:
        """Say whether every number of this interval is one of the other."""
        return _starts_not_before(self, other) and _ends_not_after(self, other)

    def is_apart_from(self, other: Interval) -> bool:
        """Say whether the two have no number in common."""
        return _is_below(self, other) or _is_below(other, self)


def judge(demanded: Interval, stated: Interval) -> Verdict:
    """Return what a value in `stated` says about a demand for one in `demanded`."""
    if stated.is_within(demanded):
        return Verdict.MET
    return Verdict.CONTRADICTED if stated.is_apart_from(demanded) else Verdict.UNKNOWN


def judge_span(demanded: Interval, stated: Interval) -> Verdict:
    """Return whether the range `stated` covers all of `demanded`."""
    if not stated.is_bounded or (stated.point is not None and demanded.point is None):
        return Verdict.UNKNOWN
    if demanded.is_within(stated):
        return Verdict.MET
    return Verdict.CONTRADICTED if demanded.is_bounded else Verdict.UNKNOWN


def judge_bare(demanded: Fraction, stated: Interval) -> Verdict:
    """Return what a statement says about a demanded number without a relation."""
    return Verdict.MET if stated.point == demanded else Verdict.UNKNOWN


def _starts_not_before(one: Interval, other: Interval) -> bool:
    if other.low is None:
        return True
    if one.low is None or one.low < other.low:
        return False
    return one.low > other.low or one.low_open or not other.low_open


def _ends_not_after(one: Interval, other: Interval) -> bool:
    if other.high is None:
        return True
    if one.high is None or one.high > other.high:
        return False
    return one.high < other.high or one.high_open or not other.high_open


def _is_below(one: Interval, other: Interval) -> bool:
    if one.high is None or other.low is None:
        return False
    return one.high < other.low or (one.high == other.low and (one.high_open or other.low_open))
