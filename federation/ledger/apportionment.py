"""Apportionment: a whole number of fen by weights, exactly, with nothing lost or made up.

- Each gets floor(amount * weight / W), W being the sum of the weights.
- The leftover fen go one each to the largest remainders (amount * weight mod W), equal ones by the
  tie key, ascending. They are fewer than the remainders above 0, so weight 0 gets 0 and nobody
  more than its exact part rounded up.
- With `remainder_to` all leftover fen go to that party instead, if it is there and has a weight.

The largest remainder is not monotone: of a larger amount a party can get a fen less. That is the
rule which the parties signed, no fault to mend; a monotone rule would be another formula. What
follows: never book a change as the difference of two apportionments; see `refund`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from federation.ledger.tie import Tie


class Apportioned(NamedTuple):
    """What each party gets, in the order of the weights."""

    whole: dict[str, int]
    """The exact parts, rounded down."""
    leftover: dict[str, int]
    """Who gets leftover fen, and how many; only those who get some."""

    @property
    def fen(self) -> dict[str, int]:
        """Both together."""
        fen = self.whole.copy()
        for party, more in self.leftover.items():
            fen[party] += more
        return fen


def apportion(
    amount_fen: int, weights: Mapping[str, int], tie: Tie, remainder_to: str | None = None
) -> Apportioned:
    """Return what each party gets of `amount_fen` >= 0; above 0, some weight must be above 0."""
    if not amount_fen:
        return Apportioned(dict.fromkeys(weights, 0), {})
    total = sum(weights.values())
    whole, remainders = {}, {}
    for party, weight in weights.items():
        whole[party], remainders[party] = divmod(amount_fen * weight, total)
    left = amount_fen - sum(whole.values())
    if not left:
        return Apportioned(whole, {})
    if remainder_to is not None and weights.get(remainder_to):
        return Apportioned(whole, {remainder_to: left})
    order = sorted(weights, key=remainders.__getitem__, reverse=True)
    if remainders[order[left - 1]] == remainders[order[left]]:  # else no tie decides anything
        order.sort(key=lambda party: (-remainders[party], tie(party)))
    return Apportioned(whole, dict.fromkeys(order[:left], 1))
