"""Facets of ranges: how many listings of a search overlap each range of amounts, days and changes.

A range counts what its filter lets through, so that one listing may be in several. A column is
counted once between all ends of its ranges; what overlaps one is a difference of such sums.

`since` are, by a position of the change feed, the positions [first, end) of what changed after it.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from node.search.documents import AMOUNT_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Since = Mapping[int, Sequence[tuple[int, int]]]

AMOUNTS_FEN: Final = (
    0, 10_000_000, 50_000_000, 100_000_000, 500_000_000, 1_000_000_000, 5_000_000_000,
)  # fmt: skip
"""Least amounts; each range ends before the next one, the last has no end."""
CLOSING_DAYS: Final = (7, 30, 90, 365)
"""What closes within so many days from today."""
VALID_DAYS: Final = (0, 30, 90, 365)
"""What is valid in so many days."""


class RangeCount(NamedTuple):
    """How many listings overlap a range as its filter takes it; None: it has no end.

    Days are day numbers.
    """

    first: int
    last: int | None
    listings: int


def requests(today: int, since: Since) -> dict[str, Any]:
    """Return what tantivy is to count."""
    return {
        "closes_on": _between("closes_on", _closing_ends(today)),
        "valid_until": _between("valid_until", _valid_ends(today)),
        "amount_min_fen": _between("amount_min_fen", (*AMOUNTS_FEN[1:], AMOUNT_MAX)),
        "amount_max_fen": _between("amount_max_fen", AMOUNTS_FEN[1:]),
        "position": _between("position", _places(since)),
    }


def read(counted: Mapping[str, Any], today: int, since: Since) -> dict[str, list[RangeCount]]:
    """Return the ranges that something overlaps by the filter that takes their beginning."""
    below = {name: _below(counted[name]) for name in requests(0, {})}
    closing, valid, changed = below["closes_on"], below["valid_until"], below["position"]
    places = _places(since)
    ranges = {
        "amount_min_fen": _amounts(below["amount_min_fen"], below["amount_max_fen"]),
        "closes_from": [
            RangeCount(today, today + days, closing[number] - closing[0])
            for number, days in enumerate(CLOSING_DAYS, 1)
        ],
        "valid_on": [
            RangeCount(today + days, None, valid[-1] - valid[number])
            for number, days in enumerate(VALID_DAYS)
        ],
        "changed_after_position": [
            RangeCount(
                after,
                None,
                sum(
                    changed[bisect_left(places, end)] - changed[bisect_left(places, first)]
                    for first, end in some
                ),
            )
            for after, some in since.items()
        ],
    }
    return {name: [one for one in told if one.listings] for name, told in ranges.items()}


def _amounts(least: Sequence[int], most: Sequence[int]) -> list[RangeCount]:
    """Overlap a range: all that begin up to its end, without those that end before it.

    The empty range (AMOUNT_MAX, 0) begins behind every end, and ends before all but the first.
    """
    empty = least[-1] - least[-2]
    told = []
    for number, first in enumerate(AMOUNTS_FEN):
        begun = least[number]
        ended = most[number - 1] - empty if number else 0
        last = AMOUNTS_FEN[number + 1] - 1 if number + 1 < len(AMOUNTS_FEN) else None
        told.append(RangeCount(first, last, begun - ended))
    return told


def _closing_ends(today: int) -> tuple[int, ...]:
    return (today, *(today + days + 1 for days in CLOSING_DAYS))


def _valid_ends(today: int) -> tuple[int, ...]:
    return tuple(today + days for days in VALID_DAYS)


def _places(since: Since) -> list[int]:
    return sorted({place for some in since.values() for one in some for place in one})


def _between(field: str, ends: Sequence[int]) -> dict[str, Any]:
    """Count what is below the first end, between each two, and from the last one on."""
    if not ends:
        return {"range": {"field": field, "ranges": [{"from": 0}]}}
    inner = [{"from": first, "to": end} for first, end in pairwise(ends)]
    ranges = [{"to": ends[0]}, *inner, {"from": ends[-1]}]
    return {"range": {"field": field, "ranges": ranges}}


def _below(counted: Any) -> list[int]:
    """Return how many are below each end; the last: all."""
    ordered = sorted(counted["buckets"], key=lambda one: one.get("from", -1.0))
    return list(accumulate(one["doc_count"] for one in ordered))
