"""The match score of a demand and a supply: whole points, each with its reason.

- The score *is* the list of reasons; it is their sum, nothing else. Each reason names the fields
  of both records that it rests on and shows both values. No field, no reason.
- The pair decides, not who asks: demand → supplies and supply → demands give the same points, text
  included (it is always measured against the demand's own score). Only the region preference
  belongs to the asker.
- Filters come first and give no points: eligibility.py.
- A part that the asker may not see (terms) is not looked at: what rests on it is unknown, 0.
- Equal scores are ordered by (origin, subject).

| signal | points |
|---|---|
| text | 0 to 600 |
| field | 0 to 120 |
| indicators | −120 to 120, +40 or −40 each |
| trl | −40 to 40 |
| transfer mode | 0 or 30 |
| budget | 0, 15 or 40 |
| region | 0, 5, 10 or 15 |
| freshness | −20 or 0 |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from federation.matching.indicator import Parsed
from federation.matching.indicators import parse_message, quantity_of
from federation.records.codec import Indicator, ListingPublic, ListingTerms


class Signal(StrEnum):
    """What a reason is about."""

    TEXT = "TEXT"
    FIELD = "FIELD"
    INDICATOR = "INDICATOR"
    TRL = "TRL"
    TRANSFER_MODE = "TRANSFER_MODE"
    BUDGET = "BUDGET"
    REGION = "REGION"
    FRESHNESS = "FRESHNESS"


class Note(StrEnum):
    """What a reader must know beside the two values."""

    NONE = ""
    MET = "MET"
    CONTRADICTED = "CONTRADICTED"
    UNKNOWN = "UNKNOWN"
    """Both sides speak of the quantity, but not so that it can be decided."""
    BEYOND_CAP = "BEYOND_CAP"
    """Met or contradicted, but the signal's points are used up."""
    SAME_SECTION = "SAME_SECTION"
    SAME_CLASS = "SAME_CLASS"
    SAME_SUBCLASS = "SAME_SUBCLASS"
    SAME_GROUP = "SAME_GROUP"
    SAME_TECH_FIELD = "SAME_TECH_FIELD"
    ESTIMATED = "ESTIMATED"
    """The supply's TRL was estimated from a declared stage."""
    OPEN_LICENCE = "OPEN_LICENCE"
    """The price is the fee of an open licence."""
    OVER_BUDGET = "OVER_BUDGET"
    SAME_PROVINCE = "SAME_PROVINCE"
    SAME_CITY = "SAME_CITY"
    IN_REGION = "IN_REGION"
    EXPIRES_SOON = "EXPIRES_SOON"


class Side(StrEnum):
    """One of the two listings of a pair."""

    DEMAND = "DEMAND"
    SUPPLY = "SUPPLY"


class Ground(NamedTuple):
    """What one record says: the paths of its fields and their values as text."""

    fields: tuple[str, ...]
    value: str


class TermShare(NamedTuple):
    """A term that both texts have, its part of the text score in 1/1,000, and where it stands."""

    term: str
    share_permille: int
    demand_field: str
    supply_field: str


class Reason(NamedTuple):
    """Points with what they rest on; `terms` for TEXT only, the largest share first."""

    signal: Signal
    points: int
    demand: Ground
    supply: Ground
    note: Note = Note.NONE
    terms: tuple[TermShare, ...] = ()


@dataclass(frozen=True, slots=True)
class TextScore:
    """The text scores of one index snapshot: score(d, s) and score(d, d), and the shared terms."""

    pair: int
    own: int
    terms: tuple[TermShare, ...]


class Measured(NamedTuple):
    """An indicator that compares, with what it is of and its place in the record."""

    quantity: tuple[str, str]
    place: int
    indicator: Parsed


@dataclass(frozen=True)  # no slots: its indicators are read once for all that it is matched with
class Listed:
    """A listing as it is matched; `terms` is None where the asker may not see them."""

    public: ListingPublic
    terms: ListingTerms | None = None

    @cached_property
    def demanded(self) -> Sequence[Measured]:
        """Return the indicators of a demand that compare."""
        return _measured(self.public.demand.indicators)

    @cached_property
    def stated(self) -> Sequence[Measured]:
        """Return the indicators of a supply that compare."""
        return _measured(self.public.supply.indicators)


@dataclass(frozen=True, slots=True)
class Preference:
    """The region that the asker would rather have: a GB/T 2260 code, and which side asks."""

    region: str
    asker: Side


@dataclass(frozen=True, slots=True)
class Pair:
    """A demand and a supply, with all that their points may depend on."""

    demand: Listed
    supply: Listed
    today: date
    text: TextScore | None = None
    preference: Preference | None = None


def _measured(indicators: Iterable[Indicator]) -> list[Measured]:
    read = ((place, parse_message(one)) for place, one in enumerate(indicators))
    return [
        Measured(quantity_of(one), place, one) for place, one in read if isinstance(one, Parsed)
    ]


def total(reasons: tuple[Reason, ...]) -> int:
    """Return the match score: the sum of the points."""
    return sum(reason.points for reason in reasons)


def rank_key(score: int, origin: str, subject: bytes) -> tuple[int, str, bytes]:
    """Return the sort key of a match: best score first, ties by (origin, subject)."""
    return -score, origin, subject
