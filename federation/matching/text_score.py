"""The exact score of a text for a query, in whole numbers. Both are whole texts.

1. A query is a sum of weighted terms. In each of its texts a term weighs
   boost · count · (k3 + 1) / (count + k3), k3 = 4; weights of several texts add up; single
   characters weigh 0.7 of that.
2. A term that a text holds `count` times has the share weight · ln(1 + ½ · count · odds), where the
   odds are (others + ½) / (holders + ½): of the documents, those without and those with the term.
   So a repeat of a rare term says little beside its presence, one of a frequent term more, and what
   stands in all says nothing. The score is the sum of the shares, divided by
   1 - b + b · length / mean length, b = 0.55: a long text holds many terms of a query by chance.
3. Candidates are looked for by the heaviest terms (their share held once, then the term) that any
   other listing holds, and scored by all. A text's points are the shares of those that it holds in
   the impact of all, however often it holds them; of the most points, those come first that have
   the most for their length. So candidates follow from exact statistics too.
4. Every figure is a whole number of millionths, rounded down; the logarithm is that of exact
   fractions. So equal statistics give equal scores on every machine, in any order of terms.
5. Length and mean length count terms as `federation.matching.terms` gives them, with repeats.

The parameters were measured; `python -m tests.eval` measures them again.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from itertools import islice
from typing import Final

from federation.matching.terms import is_single, terms

SCALE: Final = 1_000_000
"""Units of one in weights, impacts and scores."""

NAME_BOOST: Final = 2
"""What a demand's name counts for beside its running text; what is in both counts three times."""

HEAVIEST_MAX: Final = 60
"""Terms that candidates are looked for by: it bounds the time of a search."""

QUERY_SATURATION: Final = 4
SINGLE_WEIGHT: Final = 700_000
LENGTH_NORMALISATION: Final = 550_000

_POINTS_MAX: Final = 1 << 23
_LOGARITHM: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_DOUBT: Final = 0.0001
"""Millionths; a logarithm in floating point is off by far less."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is known of all texts of one index snapshot; terms that it does not list are in none."""

    documents: int
    total_terms: int
    document_frequency: Mapping[str, int]

    def worth(self, term: str, count: int = 1) -> int:
        """Return what holding a term of weight 1 so often adds to a text, in millionths."""
        holders = self.document_frequency.get(term, 0)
        # More holders than documents (a snapshot between two commits) say nothing.
        others = max(0, self.documents - holders)
        return _logarithm(count * (2 * others + 1), 2 * (2 * holders + 1))


class _Shares(dict[tuple[str, int], int]):
    """The shares of (term, count) in a text for a query, computed when they are asked for."""

    def __init__(self, weights: Mapping[str, int], statistics: Statistics) -> None:
        super().__init__()
        self._weights, self._statistics = weights, statistics

    def __missing__(self, held: tuple[str, int]) -> int:
        found = self[held] = self._weights[held[0]] * self._statistics.worth(*held) // SCALE
        return found


@dataclass(frozen=True, slots=True)
class Query:
    """The weight and the impact (share, held once) of each term, heaviest impact first.

    `shares` are by term and count. All in millionths.
    """

    weights: Mapping[str, int]
    impacts: Mapping[str, int]
    shares: Mapping[tuple[str, int], int]

    def heaviest(
        self, known: Statistics, own: int = 0, most: int = HEAVIEST_MAX
    ) -> list[tuple[str, int]]:
        """Return the terms to look for candidates by, with their weights.

        `own` is 1 where the listing that asks is counted itself. What nobody else holds is the
        heaviest, finds nothing, and would leave no place for what does.
        """
        found = known.document_frequency
        held = (pair for pair in self.weights.items() if found.get(pair[0], 0) > own)
        return list(islice(held, most))


def sought(query: Query, known: Statistics, own: int = 0) -> list[tuple[str, int]]:
    """Return the terms to look for candidates by, with the points of each (rule 3).

    They sum to less than 2^24: added up in floating point of 4 bytes, in any order, they are exact.
    """
    heaviest = [(term, query.impacts[term]) for term, _ in query.heaviest(known, own)]
    most = sum(impact for _, impact in heaviest) or 1
    return [(term, max(1, _POINTS_MAX * impact // most)) for term, impact in heaviest]


def for_length(points: int, length: int, known: Statistics) -> int:
    """Return what points are worth in a text of a length."""
    relative = SCALE - LENGTH_NORMALISATION
    relative += LENGTH_NORMALISATION * length * known.documents // (known.total_terms or 1)
    return SCALE * points // relative


def query_weights(texts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the weight of each term of the texts (text, boost), in millionths (rule 1)."""
    weights: defaultdict[str, int] = defaultdict(int)
    for text, boost in texts:
        for term, count in Counter(terms(text)).items():
            weights[term] += (
                boost * SCALE * count * (QUERY_SATURATION + 1) // (count + QUERY_SATURATION)
            )
    for term in filter(is_single, weights):
        weights[term] = weights[term] * SINGLE_WEIGHT // SCALE
    return dict(weights)


def query(weights: Mapping[str, int], statistics: Statistics) -> Query:
    """Return the query of weighted terms over one index snapshot."""
    shares = _Shares(weights, statistics)
    impacts = {term: shares[term, 1] for term in weights}
    order = sorted(weights, key=lambda term: (-impacts[term], term))
    return Query(
        {term: weights[term] for term in order}, {term: impacts[term] for term in order}, shares
    )


def shares(query: Query, counts: Mapping[str, int]) -> dict[str, int]:
    """Return the share of each term in a text with these counts, not yet divided for its length."""
    return {
        term: query.shares[term, count] for term in query.impacts if (count := counts.get(term, 0))
    }


def score(query: Query, counts: Mapping[str, int], length: int, statistics: Statistics) -> int:
    """Return the score of a text: the sum of its shares for its length. Hot.

    Counts of terms that the query has not may be left out.
    """
    impacts, known = query.impacts, query.shares
    held = sum([known[pair] for pair in counts.items() if pair[0] in impacts])
    return for_length(held, length, statistics)


def largest(shares: Mapping[str, int], most: int = 5) -> list[str]:
    """Return the terms with the largest shares, the largest first."""
    return sorted(shares, key=lambda term: (-shares[term], term))[:most]


@lru_cache(maxsize=1 << 16)
def _logarithm(above: int, below: int) -> int:
    """Return ln(1 + above / below) in millionths, rounded down."""
    near = SCALE * math.log1p(above / below)
    whole = int(near)
    if _DOUBT < near - whole < 1 - _DOUBT:
        return whole
    # Machines may differ in a last digit that decides here.
    exact = _LOGARITHM.ln(_LOGARITHM.divide(Decimal(above + below), Decimal(below)))
    return int(_LOGARITHM.multiply(exact, Decimal(SCALE)))
