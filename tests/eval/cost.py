"""What a search costs in time, on an index as large as the federation's.

Listings are the texts of the corpora, cut into sentences and mixed anew from a fixed stream, about
as long as the originals: their terms are as frequent as in real texts. Times are processor time of
one thread, the median and the 99th part of the queries.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Final

from federation.matching.terms import terms
from federation.matching.text_score import SCALE, Statistics, query, score
from tests.eval.corpora import Asked, answered_demands, known_items, rows
from tests.eval.engines import TermIndex, weights_of

QUERIES: Final = 100
CANDIDATES: Final = (100, 200, 400)
_SENTENCE: Final = re.compile(r"(?<=[.。;；])\s*")

Timing = tuple[str, float, float]
"""(what, median, 99th part), in milliseconds."""


def mixed(texts: Sequence[str], count: int, random: Random) -> Iterator[str]:
    """Return texts of sentences drawn from all texts."""
    sentences = [one for text in texts for one in _SENTENCE.split(text) if one]
    length = sum(map(len, texts)) // len(texts)
    for _ in range(count):
        text = random.choice(sentences)
        while len(text) < length:
            text += " " + random.choice(sentences)
        yield text


def measure(data: Path, listings: int) -> list[Timing]:
    """Time the steps of a match and of a typed query over that many listings, half Chinese."""
    chinese = known_items(rows(data / "csl_zh" / "dev.jsonl"))
    english = answered_demands(
        rows(data / "sbir_pairs" / "demand.jsonl"), rows(data / "sbir_pairs" / "supply.jsonl")
    )
    random = Random("ydx/eval/cost")  # noqa: S311 mixes sentences, keeps no secret
    texts = [
        *mixed(chinese.texts, listings // 2, random),
        *mixed(english.texts, listings - listings // 2, random),
    ]
    total = 0

    def counted() -> Iterator[list[str]]:
        nonlocal total
        for text in texts:
            found = terms(text)
            total += len(found)
            yield found

    index = TermIndex(counted())
    sets = {
        "Chinese demand": [Asked(row[:20], row, frozenset()) for row in chinese.texts[:QUERIES]],
        "English demand": english.queries["demand"][:QUERIES],
        "Chinese typed": chinese.queries["first two"][:QUERIES],
        "English typed": english.queries["typed name"][:QUERIES],
    }
    found: list[Timing] = []
    for name, asked in sets.items():
        found += _timed(name, asked, texts, index, total)
    return found


def _timed(
    name: str, asked: Sequence[Asked], texts: Sequence[str], index: TermIndex, total_terms: int
) -> Iterator[Timing]:
    documents = len(texts)
    weighted = [weights_of(one) for one in asked]
    known = [
        Statistics(documents, total_terms, {one: index.document_frequency(one) for one in weights})
        for weights in weighted
    ]
    asked_for = [query(weights, one) for weights, one in zip(weighted, known, strict=True)]

    def frequencies(at: int) -> None:
        for term in weighted[at]:
            index.document_frequency(term)

    yield _row(f"{name}: terms and weights", len(asked), lambda at: weights_of(asked[at]))
    yield _row(f"{name}: document frequencies", len(asked), frequencies)
    yield _row(f"{name}: query", len(asked), lambda at: query(weighted[at], known[at]))
    for limit in CANDIDATES:
        heaviest = [
            [(term, weight / SCALE) for term, weight in one.heaviest(statistics)]
            for one, statistics in zip(asked_for, known, strict=True)
        ]
        candidates = [index.find(one, limit) for one in heaviest]

        def retrieve(
            at: int, limit: int = limit, heaviest: list[list[tuple[str, float]]] = heaviest
        ) -> None:
            index.find(heaviest[at], limit)

        def rescore(at: int, candidates: list[list[int]] = candidates) -> None:
            for number in candidates[at]:
                words = terms(texts[number])
                score(asked_for[at], Counter(words), len(words), known[at])

        yield _row(f"{name}: {limit} candidates", len(asked), retrieve)
        yield _row(f"{name}: {limit} rescored", len(asked), rescore)
    stored = {number: " ".join(terms(texts[number])) for found in candidates for number in found}

    def rescore_stored(at: int) -> None:
        for number in candidates[at]:
            words = stored[number].split(" ")
            score(asked_for[at], Counter(words), len(words), known[at])

    yield _row(f"{name}: {limit} rescored from stored terms", len(asked), rescore_stored)


def _row(what: str, count: int, step: Callable[[int], object]) -> Timing:
    times = []
    for at in range(count):
        started = time.thread_time()
        step(at)
        times.append((time.thread_time() - started) * 1000)
    cuts = quantiles(times, n=100, method="inclusive")
    return what, cuts[49], cuts[98]


def table(found: Sequence[Timing]) -> str:
    """Return the timings as a table of Markdown."""
    lines = ["| step | p50, ms | p99, ms |", "| --- | --- | --- |"]
    lines += [f"| {what} | {median:.2f} | {most:.2f} |" for what, median, most in found]
    return "\n".join(lines)
