"""The exact score of a text for a query, in whole numbers.

1. A query is a sum of weighted terms. In each of its texts a term weighs
   boost · count · (k3 + 1) / (count + k3), k3 = 4; weights of several texts add up; single
   characters weigh 0.7 of that.
2. BM25: a term that a text holds `count` times has the share
   weight · idf · count · (k1 + 1) / (count + k1 · (1 - b + b · length / mean length)),
   idf = ln((2 · documents + 2) / (2 · document frequency + 1)). The score is the sum of the shares.
   b = 0.75; k1 = 1.2 for words and 0.8 for scripts without blanks, where a repeat says less.
3. Candidates are looked for by the heaviest terms (weight · idf, then the term) that any other
   listing holds, and scored by all. A text's points are the shares of those that it holds in the
   impact of all, however often it holds them; of the most points, those come first that have the
   most for their length. So candidates follow from exact statistics too.
4. Every figure is a whole number of millionths, rounded down; the logarithm is decimal, and rounded
   correctly. So equal statistics give equal scores on every machine, in any order of terms.
5. Length and mean length count terms as `federation.matching.terms` gives them, with repeats.

The parameters were measured; `python -m tests.eval` measures them again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from itertools import islice
from typing import Final

from federation.matching.terms import is_single, is_unspaced, terms

SCALE: Final = 1_000_000
"""Units of one in weights, impacts and scores."""

NAME_BOOST: Final = 3
"""What a demand's name counts for beside its running text; what is in both counts four times."""

HEAVIEST_MAX: Final = 60
"""Terms that candidates are looked for by: it bounds the time of a search."""

QUERY_SATURATION: Final = 4
SINGLE_WEIGHT: Final = 700_000
WORD_SATURATION: Final = 1_200_000
UNSPACED_SATURATION: Final = 800_000
LENGTH_NORMALISATION: Final = 750_000

_POINTS_MAX: Final = 1 << 23
_LOGARITHM: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is known of all texts of one index snapshot; terms that it does not list are in none."""

    documents: int
    total_terms: int
    document_frequency: Mapping[str, int]

    def idf(self, term: str) -> int:
        """Return how rare a term is, in millionths."""
        return _idf(self.documents, self.document_frequency.get(term, 0))


@dataclass(frozen=True, slots=True)
class Query:
    """The weight and the impact (weight · idf) of each term, heaviest impact first.

    `saturation` is k1 of each term. All in millionths.
    """

    weights: Mapping[str, int]
    impacts: Mapping[str, int]
    saturation: Mapping[str, int]

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
    """Return what points are worth in a text of a length, as rule 2 has it of a term held once."""
    return SCALE * points // (SCALE + _norms(length, known)[WORD_SATURATION])


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
    impacts = {term: weight * statistics.idf(term) // SCALE for term, weight in weights.items()}
    order = sorted(weights, key=lambda term: (-impacts[term], term))
    return Query(
        {term: weights[term] for term in order},
        {term: impacts[term] for term in order},
        {term: UNSPACED_SATURATION if is_unspaced(term) else WORD_SATURATION for term in order},
    )


def shares(
    query: Query, counts: Mapping[str, int], length: int, statistics: Statistics
) -> dict[str, int]:
    """Return what each term adds to the score of a text with these counts and this length."""
    k1 = query.saturation
    norms = _norms(length, statistics)
    return {
        term: impact * count * (k1[term] + SCALE) // (count * SCALE + norms[k1[term]])
        for term, impact in query.impacts.items()
        if (count := counts.get(term, 0))
    }


def score(query: Query, counts: Mapping[str, int], length: int, statistics: Statistics) -> int:
    """Return the score of a text: the sum of its shares. Hot.

    Counts of terms that the query has not may be left out.
    """
    # As in `shares`, without naming them.
    impacts, k1 = query.impacts, query.saturation
    norms = _norms(length, statistics)
    total = 0
    for term, count in counts.items():
        if term in impacts:
            own = k1[term]
            total += impacts[term] * count * (own + SCALE) // (count * SCALE + norms[own])
    return total


def _norms(length: int, statistics: Statistics) -> dict[int, int]:
    """Return k1 · (1 - b + b · length / mean length) for each k1."""
    mean = statistics.total_terms or 1
    relative = SCALE - LENGTH_NORMALISATION
    relative += LENGTH_NORMALISATION * length * statistics.documents // mean
    return {k1: k1 * relative // SCALE for k1 in (WORD_SATURATION, UNSPACED_SATURATION)}


def largest(shares: Mapping[str, int], most: int = 5) -> list[str]:
    """Return the terms with the largest shares, the largest first."""
    return sorted(shares, key=lambda term: (-shares[term], term))[:most]


@lru_cache(maxsize=1 << 16)
def _idf(documents: int, document_frequency: int) -> int:
    # A frequency above the number of documents (a snapshot between two commits) says nothing.
    most = min(document_frequency, documents)
    ratio = _LOGARITHM.divide(Decimal(2 * documents + 2), Decimal(2 * most + 1))
    return int(_LOGARITHM.multiply(_LOGARITHM.ln(ratio), Decimal(SCALE)))
