"""Tiers: how much of a base is shared.

- F(x) = floor(sum over the tiers of (the part of [0, x) in the tier) * rate / 1,000,000), with one
  floor at the end. Without tiers F(x) = x.
- An event that adds `base` to what its scope had before is given F(before + base) - F(before).
- So the total of a scope does not depend on the order of its events; what one event is given does.
"""

from __future__ import annotations

from federation.ledger.terms import WHOLE_PPM, Tier


def cumulative_fen(tiers: tuple[Tier, ...], x_fen: int) -> int:
    """Return F(x); x >= 0, the tiers sound."""
    if not tiers:
        return x_fen
    begin, total = 0, 0
    for tier in tiers:
        end = x_fen if tier.upto_fen is None else min(x_fen, tier.upto_fen)
        if end <= begin:
            break
        total += (end - begin) * tier.rate_ppm
        begin = end
    return total // WHOLE_PPM


def amount_fen(tiers: tuple[Tier, ...], before_fen: int, base_fen: int) -> int:
    """Return what an event is given that adds `base_fen` to `before_fen`."""
    if not tiers:
        return base_fen
    return cumulative_fen(tiers, before_fen + base_fen) - cumulative_fen(tiers, before_fen)
