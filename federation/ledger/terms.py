"""The formula of an agreement: what allocation needs of it, and nothing else.

- Shares and rates are in ppm, amounts in fen, both whole numbers; every amount is below 2^62.
- What sound terms are is told by `terms_validation`; allocation takes no others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

WHOLE_PPM: Final = 1_000_000
AMOUNT_MAX_FEN: Final = (1 << 62) - 1


class Scope(StrEnum):
    """Over what tiers, caps and floors add up."""

    PER_EVENT = "PER_EVENT"
    CALENDAR_YEAR = "CALENDAR_YEAR"
    AGREEMENT_LIFE = "AGREEMENT_LIFE"


@dataclass(frozen=True, slots=True)
class Party:
    """Who shares, with what share, and between what bounds; None is no bound."""

    party: str
    share_ppm: int
    cap_fen: int | None = None
    floor_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """What part is shared of the base up to `upto_fen`, from the end of the tier before it."""

    upto_fen: int | None
    """Exclusive; None in the last tier, which has no end."""
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class Terms:
    """How an agreement shares."""

    agreement: bytes
    """What names the agreement in the tie key."""
    parties: tuple[Party, ...]
    deductions: tuple[str, ...] = ()
    """Names of the deductions that the base allows."""
    tiers: tuple[Tier, ...] = ()
    """Ascending; none: the whole base is shared."""
    tier_scope: Scope = Scope.PER_EVENT
    limit_scope: Scope = Scope.PER_EVENT
    """The scope of caps and floors."""
    remainder_to: str | None = None
    """Who gets the leftover fen; None: the largest remainders."""
    excess_to: str | None = None
    """Who gets what is above the caps, having none itself; None: the others, by their shares."""
    weights: dict[str, int] = field(init=False, repr=False, compare=False)
    """Party → share, as apportionment takes it: told once for all incomes, never changed."""
    bounded: tuple[Party, ...] = field(init=False, repr=False, compare=False)
    """The parties that have a cap or a floor."""

    def __post_init__(self) -> None:
        """Keep what every income asks for."""
        weights = {one.party: one.share_ppm for one in self.parties}
        bounded = (
            one for one in self.parties if one.cap_fen is not None or one.floor_fen is not None
        )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "bounded", tuple(bounded))
