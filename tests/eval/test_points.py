"""Whole points hide no right answer, on texts that are invented and few."""

from __future__ import annotations

from tests.eval.corpora import answered_demands
from tests.eval.engines import Finder
from tests.eval.finding import OURS
from tests.eval.points import points_engines
from tests.eval.test_eval import DEMANDS, SUPPLIES

DEPTH = 10


def test_no_right_answer_that_text_finds_is_hidden_by_points() -> None:
    corpus = answered_demands(DEMANDS, SUPPLIES)
    engines = points_engines(Finder(corpus.texts))
    ours = engines.pop(OURS)
    for asked in corpus.queries["demand"]:
        by_text = [number for number in ours.search(asked, DEPTH) if number in asked.relevant]
        assert by_text
        for name, engine in engines.items():
            found = engine.search(asked, DEPTH)
            assert set(by_text) <= set(found), name


def test_right_answers_that_fit_better_come_before_all_others() -> None:
    corpus = answered_demands(DEMANDS, SUPPLIES)
    engine = points_engines(Finder(corpus.texts))["points, right answers fit better"]
    for asked in corpus.queries["demand"]:
        found = engine.search(asked, DEPTH)
        first = set(found[: len(asked.relevant)])
        assert first == asked.relevant
