"""What a ranking is worth.

- MRR@10: one by the place of the first right answer among ten, 0 without one; mean over queries.
- recall@10: the part of the right answers that stand among ten; mean over queries.
- The gain of one engine over another has a 95 % interval by a paired bootstrap: queries are drawn
  again with both engines' figures. An interval that holds 0 is noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean
from typing import Final

DEPTH: Final = 10
RESAMPLES: Final = 4000


@dataclass(frozen=True, slots=True)
class Ranked:
    """The figures of one engine, one entry a query."""

    reciprocal_ranks: list[float]
    recalls: list[float]

    @property
    def mrr(self) -> float:
        return fmean(self.reciprocal_ranks)

    @property
    def recall(self) -> float:
        return fmean(self.recalls)


def judged(found: Sequence[Sequence[int]], relevant: Sequence[frozenset[int]]) -> Ranked:
    """Judge the answers to each query by its right answers."""
    reciprocal_ranks, recalls = [], []
    for answers, right in zip(found, relevant, strict=True):
        places = [place for place, answer in enumerate(answers[:DEPTH], 1) if answer in right]
        reciprocal_ranks.append(1 / places[0] if places else 0.0)
        recalls.append(len(places) / len(right))
    return Ranked(reciprocal_ranks, recalls)


def gain(ours: Sequence[float], base: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean gain and the ends of its 95 % interval."""
    gains = [one - other for one, other in zip(ours, base, strict=True)]
    random = Random("ydx/eval/bootstrap")  # noqa: S311 resamples, keeps no secret
    means = sorted(fmean(random.choices(gains, k=len(gains))) for _ in range(RESAMPLES))
    return fmean(gains), means[RESAMPLES // 40], means[-RESAMPLES // 40 - 1]
