"""The budget signal: whether the asked price fits the budget, 0, 15 or 40 points.

- The budget is the greatest amount of the demand's range. A range without an upper end is known
  only up to its least amount: a higher price is unknown, not over it. 面议 is unknown. A challenge
  (揭榜挂帅) without a budget has its bounty.
- The asked price is the least amount of the supply's range, where talks begin; of a range with an
  upper end only, that end. 面议 is unknown.
- An open licence has a fixed fee, 0 being free. It is the asked price where the demand wants a
  licence or names no mode, unless the range begins lower.
- Price ≤ budget 40; ≤ 1.5 × budget 15; above 0; unknown gives no reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from federation.matching.score import Ground, Listed, Note, Pair, Reason, Signal
from federation.records.codec import CooperationMode, TransferMode

WITHIN_POINTS: Final = 40
NEAR_POINTS: Final = 15

_LICENCE: Final = CooperationMode.COOPERATION_MODE_LICENCE
_OPEN_LICENCE: Final = TransferMode.TRANSFER_MODE_OPEN_LICENCE


class _Amount(NamedTuple):
    """An amount in fen with its field; `is_open` says that it may be more."""

    fen: int
    path: str
    is_open: bool = False


def _budget(demand: Listed) -> _Amount | None:
    if demand.terms is not None and demand.terms.HasField("budget"):
        budget = demand.terms.budget
        if budget.negotiable:
            return None
        if budget.amount_max_fen > 0:
            return _Amount(budget.amount_max_fen, "members.budget")
        if budget.amount_min_fen > 0:
            return _Amount(budget.amount_min_fen, "members.budget", is_open=True)
    if demand.public.demand.bounty_fen > 0:
        return _Amount(demand.public.demand.bounty_fen, "public.demand.bounty_fen")
    return None


def _asked(pair: Pair) -> _Amount | None:
    offers: list[_Amount] = []
    if pair.supply.terms is not None and pair.supply.terms.HasField("price"):
        price = pair.supply.terms.price
        least = price.amount_min_fen or price.amount_max_fen
        if least > 0 and not price.negotiable:
            offers.append(_Amount(least, "members.price"))
    supply = pair.supply.public.supply
    wanted = pair.demand.public.demand.cooperation_modes
    if _OPEN_LICENCE in supply.transfer_modes and (not wanted or _LICENCE in wanted):
        fee = max(supply.open_licence_fee_fen, 0)
        offers.append(_Amount(fee, "public.supply.open_licence_fee_fen"))
    return min(offers, key=lambda offer: offer.fen, default=None)


def budget_reasons(pair: Pair) -> Iterator[Reason]:
    """Yield how the asked price stands to the budget, where both are known."""
    budget, asked = _budget(pair.demand), _asked(pair)
    if budget is None or asked is None:
        return
    note = Note.OPEN_LICENCE if asked.path.endswith("fee_fen") else Note.NONE
    if asked.fen <= budget.fen:
        points = WITHIN_POINTS
    elif budget.is_open:
        return
    else:
        points = NEAR_POINTS if 2 * asked.fen <= 3 * budget.fen else 0
        note = Note.OVER_BUDGET
    yield Reason(
        Signal.BUDGET,
        points,
        Ground((budget.path,), f"{budget.fen}"),
        Ground((asked.path,), f"{asked.fen}"),
        note,
    )
