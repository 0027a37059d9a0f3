"""What is measured: for each set of queries our search beside the peers, in one run.

Ours is what callers have: SearchListings for what is typed, and for whole texts the text score of
MatchListings.

What is asked of ours stands in one table. A peer has no figure to reach; it is the denominator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.eval.corpora import Corpus, answered_demands, halved, known_items, rows
from tests.eval.engines import (
    Boosted,
    Engine,
    Exact,
    Exhaustive,
    Finder,
    Fts5,
    PlainTantivy,
    SearchListings,
    pairs,
    words,
)
from tests.eval.measures import DEPTH, Ranked, gain, judged

OURS: Final = "ours"

ASKED: Final[dict[tuple[str, str], tuple[float, float | None]]] = {
    ("Chinese abstracts", "all"): (0.995, None),
    ("Chinese abstracts", "first two"): (0.956, None),
    ("Chinese abstracts", "one"): (0.766, None),
    ("Chinese abstracts", "absent"): (0.40, None),
    ("demand to supply", "demand"): (0.91, 0.965),
    ("demand to supply", "typed name"): (0.81, None),
}
"""(corpus, queries): the MRR@10 and recall@10 to reach."""


@dataclass(frozen=True, slots=True)
class Row:
    """One engine on one set of queries; `gains` is ours less this one: (mean, low, high)."""

    corpus: str
    texts: int
    queries: str
    asked: int
    engine: str
    mrr: float
    recall: float
    target: tuple[float, float | None] | None
    gains: Mapping[str, tuple[float, float, float]]

    @property
    def is_met(self) -> bool:
        mrr, recall = self.target or (0.0, None)
        return self.mrr >= mrr and (recall is None or self.recall >= recall)

    def facts(self) -> dict[str, Any]:
        """Return everything, for the JSON."""
        facts: dict[str, Any] = {
            name: getattr(self, name) for name in ("corpus", "texts", "queries", "asked", "engine")
        }
        facts |= {"mrr_at_10": round(self.mrr, 6), "recall_at_10": round(self.recall, 6)}
        if self.target is not None:
            facts |= {"target_mrr": self.target[0], "target_recall": self.target[1]}
            facts["is_met"] = self.is_met
        for measure, bounds in self.gains.items():
            facts[f"our_gain_{measure}"] = [round(bound, 6) for bound in bounds]
        return facts


def chinese_engines(texts: list[str]) -> dict[str, Engine]:
    """Return ours and its peers for Chinese texts; the first is ours."""
    finder = Finder(texts)
    return {
        OURS: SearchListings(texts),
        "exact score of the candidates": Exact(finder),
        "ours, as tantivy ranks them": Boosted(finder),
        "FTS5, pairs": Fts5(texts, pairs, "unicode61"),
        "tantivy, default": PlainTantivy(texts, stemmed=False),
    }


def chinese_text_engines(texts: list[str]) -> dict[str, Engine]:
    """Return ours and its peers for whole Chinese texts that ask; the first is ours."""
    finder = Finder(texts)
    return {
        OURS: Exact(finder),
        "ours, every text scored": Exhaustive(finder),
        "ours, as tantivy ranks them": Boosted(finder),
        "FTS5, pairs": Fts5(texts, pairs, "unicode61"),
    }


def english_engines(texts: list[str]) -> dict[str, Engine]:
    """Return ours and its peers for English texts; the first is ours."""
    finder = Finder(texts)
    return {
        OURS: Exact(finder),
        "ours, every text scored": Exhaustive(finder),
        "ours, as tantivy ranks them": Boosted(finder),
        "FTS5, stems": Fts5(texts, words, "porter unicode61"),
        "tantivy, default": PlainTantivy(texts, stemmed=False),
        "tantivy, stems": PlainTantivy(texts, stemmed=True),
    }


def compare(name: str, corpus: Corpus, engines: Mapping[str, Engine]) -> Iterator[Row]:
    """Ask every engine every query, and hold each against the first."""
    for queries, asked in corpus.queries.items():
        relevant = [one.relevant for one in asked]
        ours: Ranked | None = None
        for engine, searcher in engines.items():
            ranked = judged([searcher.search(one, DEPTH) for one in asked], relevant)
            gains = {}
            if ours is not None:
                gains["mrr"] = gain(ours.reciprocal_ranks, ranked.reciprocal_ranks)
                gains["recall"] = gain(ours.recalls, ranked.recalls)
            target = ASKED.get((name, queries)) if ours is None else None
            ours = ours or ranked
            yield Row(
                name, len(corpus.texts), queries, len(asked), engine,
                ranked.mrr, ranked.recall, target, gains,
            )  # fmt: skip


def measure(data: Path) -> Iterator[Row | str]:
    """Measure what the data allows; a text says what cannot run."""
    abstracts = data / "csl_zh" / "dev.jsonl"
    if abstracts.exists():
        corpus = known_items(rows(abstracts))
        yield from compare("Chinese abstracts", corpus, chinese_engines(corpus.texts))
        corpus = halved(rows(abstracts))
        yield from compare("Chinese halves", corpus, chinese_text_engines(corpus.texts))
    else:
        yield "Chinese abstracts cannot be measured: csl_zh/dev.jsonl is not here."
    demands, supplies = (data / "sbir_pairs" / f"{name}.jsonl" for name in ("demand", "supply"))
    if demands.exists() and supplies.exists():
        corpus = answered_demands(rows(demands), rows(supplies))
        engines = english_engines(corpus.texts)
        typed = {OURS: SearchListings(corpus.texts), "exact score of the candidates": engines[OURS]}
        for queries, ours in (("demand", {}), ("typed name", typed)):
            part = Corpus(corpus.texts, {queries: corpus.queries[queries]})
            others = {name: one for name, one in engines.items() if not ours or name != OURS}
            yield from compare("demand to supply", part, {**ours, **others})
        yield (
            "Demands among 5,850 supplies cannot be measured: the data holds "
            f"{len(corpus.texts):,}, the others are kept back for the independent check."
        )
    else:
        yield "Demand to supply cannot be measured: sbir_pairs/{demand,supply}.jsonl are not here."


def table(found: list[Row]) -> str:
    """Return the rows as a table of Markdown."""
    heads = (
        "corpus", "queries", "engine", "MRR@10", "recall@10", "asked", "met?", "our gain (95 %)",
    )  # fmt: skip
    lines = [heads, ("---",) * len(heads), *map(_cells, found)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _cells(row: Row) -> tuple[str, ...]:
    target, met, gained = "–", "–", "–"
    if row.target is not None:
        mrr, recall = row.target
        target = f"≥ {mrr:.3f}" + (f" / {recall:.3f}" if recall else "")
        met = "yes" if row.is_met else "NO"
    if "mrr" in row.gains:
        gained = "{:+.3f} ({:+.3f} to {:+.3f})".format(*row.gains["mrr"])
    return (
        f"{row.corpus}, {row.texts:,}", f"{row.queries}, {row.asked:,}", row.engine,
        f"{row.mrr:.4f}", f"{row.recall:.4f}", target, met, gained,
    )  # fmt: skip
