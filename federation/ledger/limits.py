"""Caps and floors: who is held to a bound, and who shares the rest.

- Room of a party = its cap less what it received before, need = its floor less that; at least 0.
- Caps, the inner loop: the parties at hand share the amount; who is over its room is held to it,
  and the others share what is left, until nobody new is over. With `excess_to` all that is above
  the rooms goes to that party at once, whatever it has, held to its need or not.
- Floors, the outer loop: who is then below its need is held to it, and the others share the rest
  under their caps, until nobody new is below.
- Each round holds one party more, so both loops end. Nothing is clipped: what no bound allows is
  refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from federation.ledger.amounts import grouped_yuan
from federation.ledger.apportionment import apportion
from federation.ledger.decisions import Decided, DecidingRule
from federation.ledger.terms import Terms
from federation.ledger.tie import Tie
from federation.log.errors import Refused

_CAPS: Final = (DecidingRule.CAP, DecidingRule.EXCESS)
_FLOORS: Final = (DecidingRule.FLOOR, DecidingRule.GIVEN_TO_FLOORS)
"""What decides for who is held to a bound, and for the others."""


class Limits(NamedTuple):
    """What the parties that have a bound may and must still get, in fen."""

    rooms: Mapping[str, int]
    needs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Split:
    """What is to be shared, among whom, and what breaks ties."""

    terms: Terms
    amount_fen: int
    weights: Mapping[str, int]
    tie: Tie


def limits_of(terms: Terms, received_fen: Mapping[str, int]) -> Limits:
    """Return the rooms and needs after what was received before in the scope of the limits."""
    rooms, needs = {}, {}
    for one in terms.bounded:
        if one.cap_fen is not None:
            rooms[one.party] = max(0, one.cap_fen - received_fen.get(one.party, 0))
        if one.floor_fen is not None:
            needs[one.party] = max(0, one.floor_fen - received_fen.get(one.party, 0))
    return Limits(rooms, needs)


def share_within(limits: Limits, split: Split, decided: Decided) -> dict[str, int]:
    """Return what each party gets, and note in `decided` what the limits changed.

    Raises Refused: FLOORS_EXCEED_AMOUNT, CAPS_LEAVE_REST.
    """
    _check_needs(limits, split.amount_fen)
    rounds = list(_under_caps(limits, split, {}))
    for before, after in pairwise(rounds):
        over = {party for party, room in limits.rooms.items() if before[party] > room}
        decided.change(before, after, over, _CAPS)
    fen = rounds[-1]
    held: dict[str, int] = {}
    while below := {party: need for party, need in limits.needs.items() if fen[party] < need}:
        held |= below
        before = fen
        *_, fen = _under_caps(limits, split, held)
        decided.change(before, fen, below, _FLOORS)
    return fen


def _under_caps(limits: Limits, split: Split, held: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield what all get in each round of the caps, the last one being within them.

    `held` are the parties held to their needs.
    """
    held = dict(held)
    while True:
        rest = split.amount_fen - sum(held.values())
        at_hand = {party: ppm for party, ppm in split.weights.items() if party not in held}
        if rest and not any(at_hand.values()):
            raise Refused(
                "CAPS_LEAVE_REST",
                f"the caps leave {grouped_yuan(rest)} yuan that no party may get",
                rest_fen=str(rest),
            )
        shared = apportion(rest, at_hand, split.tie, split.terms.remainder_to).fen
        fen = held | shared
        yield fen
        over = {party: room for party, room in limits.rooms.items() if shared.get(party, 0) > room}
        if not over:
            return
        if split.terms.excess_to is not None:
            capped = fen | over
            capped[split.terms.excess_to] += split.amount_fen - sum(capped.values())
            yield capped
            return
        held |= over


def _check_needs(limits: Limits, amount_fen: int) -> None:
    needed = sum(limits.needs.values())
    if needed > amount_fen:
        raise Refused(
            "FLOORS_EXCEED_AMOUNT",
            f"the floors need {grouped_yuan(needed)} yuan, {grouped_yuan(amount_fen)} are shared",
            needed_fen=str(needed),
            amount_fen=str(amount_fen),
        )
