"""What the points of a match do to labelled pairs: `federation.matching.points` on real texts.

The pairs have texts and nothing else; what stands beside these is put on here, in three ways:

- nothing: only the rounding of the text score to whole points can move an answer;
- the same for every supply (field, TRL, transfer mode, a met indicator, a price within the budget):
  equal points for all cannot move anything;
- the same, but only the right answers state the indicator that is asked for: none may sink.

A right answer that stands among the first ten by text, and not by points, would be hidden: each row
counts as an engine beside ours, whose gain must not be below 0 but for the rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from federation.matching.points import reasons
from federation.matching.score import Listed, Pair, TermShare, TextScore, total
from federation.matching.terms import terms
from federation.matching.text_score import largest, score, shares
from federation.records.codec import (
    CooperationMode,
    Indicator,
    ListingKind,
    ListingPublic,
    ListingTerms,
    Relation,
    TechField,
    TransferMode,
)
from node.services.finding.matching import CANDIDATES
from tests.eval.corpora import Asked, Corpus, answered_demands, rows
from tests.eval.engines import Engine, Exact, Finder
from tests.eval.finding import OURS, Row, compare

_TODAY: Final = date(2026, 1, 1)
_DEMAND, _SUPPLY = ListingKind.LISTING_KIND_DEMAND, ListingKind.LISTING_KIND_SUPPLY
_BUDGET_FEN: Final = 100_000_000


def bare(kind: ListingKind) -> Listed:
    """Return a listing of which nothing is known but its text."""
    return Listed(ListingPublic(kind=kind))


def rich_demand() -> Listed:
    """Return a demand that says everything that gives points."""
    public = ListingPublic(kind=_DEMAND, tech_field=TechField.TECH_FIELD_NEW_MATERIALS, trl=6)
    public.demand.indicators.append(_strength("450"))
    public.demand.cooperation_modes.append(CooperationMode.COOPERATION_MODE_LICENCE)
    terms_of = ListingTerms()
    terms_of.budget.amount_min_fen = terms_of.budget.amount_max_fen = _BUDGET_FEN
    return Listed(public, terms_of)


def rich_supply(*, is_strong: bool) -> Listed:
    """Return a supply that fits it; the demanded indicator is stated or not."""
    public = ListingPublic(kind=_SUPPLY, tech_field=TechField.TECH_FIELD_NEW_MATERIALS, trl=7)
    public.supply.transfer_modes.append(TransferMode.TRANSFER_MODE_LICENCE)
    if is_strong:
        public.supply.indicators.append(_strength("520"))
    terms_of = ListingTerms()
    terms_of.price.amount_min_fen = terms_of.price.amount_max_fen = _BUDGET_FEN // 2
    return Listed(public, terms_of)


def _strength(value: str) -> Indicator:
    relation = Relation.RELATION_AT_LEAST
    return Indicator(name="抗拉强度", relation=relation, value=value, unit="MPa")


class WholePoints:
    """Our candidates, ranked by the points of a match. `listed` gives a text's listing."""

    def __init__(
        self, finder: Finder, demand: Listed, listed: Callable[[Asked, int], Listed]
    ) -> None:
        self._finder, self._demand, self._listed = finder, demand, listed

    def search(self, asked: Asked, limit: int) -> list[int]:
        finder, statistics = self._finder, self._finder.statistics
        wanted = finder.asked_for(asked)
        own_terms = terms(f"{asked.name}\n{asked.text}")
        counts = {term: own_terms.count(term) for term in set(own_terms)}
        own = score(wanted, counts, len(own_terms), statistics)
        ranked = []
        for number in finder.candidates(wanted, CANDIDATES):
            counts = finder.counts[number]
            each = shares(wanted, counts)
            told = tuple(TermShare(term, 0, "name", "abstract") for term in largest(each))
            text = TextScore(score(wanted, counts, finder.lengths[number], statistics), own, told)
            pair = Pair(self._demand, self._listed(asked, number), _TODAY, text)
            ranked.append((-total(reasons(pair)), number))
        return [number for _, number in sorted(ranked)[:limit]]


def points_engines(finder: Finder) -> dict[str, Engine]:
    """Return ours by text, then by points in the three ways."""
    silent, strong = rich_supply(is_strong=False), rich_supply(is_strong=True)
    nothing = bare(_SUPPLY)
    return {
        OURS: Exact(finder),
        "points, nothing beside the text": WholePoints(
            finder, bare(_DEMAND), lambda _asked, _number: nothing
        ),
        "points, all supplies alike": WholePoints(
            finder, rich_demand(), lambda _asked, _number: strong
        ),
        "points, right answers fit better": WholePoints(
            finder,
            rich_demand(),
            lambda asked, number: strong if number in asked.relevant else silent,
        ),
    }


def measure(data: Path) -> Iterator[Row | str]:
    """Measure what the points do to the labelled pairs; a text says that they are not here."""
    demands, supplies = (data / "sbir_pairs" / f"{name}.jsonl" for name in ("demand", "supply"))
    if not (demands.exists() and supplies.exists()):
        yield "Points on labelled pairs cannot be measured: sbir_pairs/*.jsonl are not here."
        return
    corpus = answered_demands(rows(demands), rows(supplies))
    whole = Corpus(corpus.texts, {"demand": corpus.queries["demand"]})
    yield from compare("points on labelled pairs", whole, points_engines(Finder(whole.texts)))


PARTS: Final[list[Callable[[Path], Iterator[Row | str]]]] = [measure]
"""What `tests.eval` measures beside `finding.measure`."""
