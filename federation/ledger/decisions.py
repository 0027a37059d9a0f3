"""Which rule decided each fen: the reasons that a line of a statement shows.

- What every rule changes is noted as it happens; what a party's rules gave and took sums to its
  share.
- SHARE and REMAINDER sum to the amount over all parties; CAP and EXCESS to 0, and so do FLOOR and
  GIVEN_TO_FLOORS: a limit moves fen and makes none.
- CAP takes and FLOOR gives. EXCESS gives and GIVEN_TO_FLOORS takes, but for a leftover fen that
  falls to another party when the parties share again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class DecidingRule(StrEnum):
    """What gave a party fen, or took them."""

    SHARE = "SHARE"
    """Its exact part, rounded down."""
    REMAINDER = "REMAINDER"
    """Leftover fen of the rounding."""
    CAP = "CAP"
    """What is above its cap (below 0)."""
    EXCESS = "EXCESS"
    """What the caps of others leave."""
    FLOOR = "FLOOR"
    """What was missing to its floor."""
    GIVEN_TO_FLOORS = "GIVEN_TO_FLOORS"
    """What the floors of others take (below 0)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule gave a party (fen above 0) or took from it (below 0)."""

    party: str
    rule: DecidingRule
    fen: int


class Decided:
    """Notes what the rules do, party by party, each rule in the order in which it came first."""

    __slots__ = ("_changes", "_leftover", "_whole")

    def __init__(self, whole: Mapping[str, int], leftover: Mapping[str, int]) -> None:
        """Begin with what the shares alone give."""
        self._whole = whole
        self._leftover = leftover
        self._changes: list[tuple[str, DecidingRule, int]] = []

    def change(
        self,
        before: Mapping[str, int],
        after: Mapping[str, int],
        held: Collection[str],
        rules: tuple[DecidingRule, DecidingRule],
    ) -> None:
        """Note what changed: by the first rule for who is held to a bound, else by the second."""
        for party, fen in after.items():
            if moved := fen - before[party]:
                self._changes.append((party, rules[0] if party in held else rules[1], moved))

    def decisions(self) -> tuple[Decision, ...]:
        """Return all that moved something, by party in the order of the terms."""
        noted = {party: {DecidingRule.SHARE: fen} for party, fen in self._whole.items()}
        for party, fen in self._leftover.items():
            noted[party][DecidingRule.REMAINDER] = fen
        for party, rule, moved in self._changes:
            noted[party][rule] = noted[party].get(rule, 0) + moved
        return tuple(
            Decision(party, rule, fen)
            for party, rules in noted.items()
            for rule, fen in rules.items()
            if fen
        )
