"""The measure of finding works, on texts that are invented and few."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.eval import cost
from tests.eval.__main__ import main
from tests.eval.corpora import Asked, answered_demands, halved, known_items
from tests.eval.engines import Engine, Exact, Exhaustive, Finder
from tests.eval.finding import OURS, chinese_engines, compare, english_engines
from tests.eval.measures import gain, judged

ABSTRACTS = [
    {
        "title": "磁悬浮轴承",
        "abstract": "研究磁悬浮轴承的振动控制，给出转子模型。",
        "keywords": ["磁悬浮轴承", "转子", "减振"],
    },
    {
        "title": "隔膜",
        "abstract": "锂离子电池隔膜的制备；采用静电纺丝。",
        "keywords": ["锂电池", "隔膜", "静电纺丝"],
    },
    {
        "title": "镁合金的时效",
        "abstract": "AZ91D镁合金压铸件的时效处理与力学性能。",
        "keywords": ["镁合金", "时效", "AZ91D"],
    },
]
DEMANDS = [
    {
        "name": "Lithium-ion separators",
        "description": "We want ceramic coatings of battery separators that withstand heat.",
        "relevant": ["S1"],
    },
    {
        "name": "Bearings without friction",
        "description": "A magnetic bearing for a fast rotor; vibration is to be controlled.",
        "relevant": ["S0", "S3"],
    },
]
SUPPLIES = [
    {"id": "S0", "abstract": "Magnetic bearings levitate a rotor. Vibrations are controlled."},
    {"id": "S1", "abstract": "A coated separator keeps lithium ion batteries safe in heat."},
    {"id": "S2", "abstract": "Wheat that withstands salt. Fields were sown."},
    {"id": "S3", "abstract": "Rotor dynamics of a fast bearing."},
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, lines in (
        ("csl_zh/dev", ABSTRACTS),
        ("sbir_pairs/demand", DEMANDS),
        ("sbir_pairs/supply", SUPPLIES),
    ):
        file = tmp_path / f"{name}.jsonl"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return tmp_path


def test_the_first_right_answer_counts_by_its_place_and_each_by_its_number() -> None:
    right = [frozenset({7}), frozenset({1, 2}), frozenset({5})]
    ranked = judged([[9, 7], [1, 3, 2], [4]], right)
    assert ranked.reciprocal_ranks == [0.5, 1.0, 0.0]
    assert ranked.recalls == [1.0, 1.0, 0.0]
    assert (ranked.mrr, round(ranked.recall, 3)) == (0.5, 0.667)


def test_an_answer_behind_the_tenth_does_not_count() -> None:
    assert judged([list(range(11))], [frozenset({10})]).mrr == 0


def test_a_gain_has_an_interval_that_is_the_same_each_time() -> None:
    ours, base = [1.0, 0.5, 1.0, 1.0], [0.5, 0.5, 1.0, 0.0]
    mean, low, high = gain(ours, base)
    assert (mean, low <= mean <= high) == (0.375, True)
    assert gain(ours, base) == (mean, low, high)
    assert gain(ours, ours) == (0, 0, 0)


def test_keywords_that_the_text_does_not_hold_are_asked_apart() -> None:
    absent = known_items(ABSTRACTS).queries["absent"]
    assert [(one.name, *one.relevant) for one in absent] == [("减振", 0), ("锂电池", 1)]


def test_the_second_half_of_a_text_is_asked_for_by_the_first() -> None:
    halves = halved(ABSTRACTS)
    assert halves.texts[1] == "采用静电纺丝。"
    (_, asked, _), (_, bare, _) = halves.queries["half, with title"], halves.queries["half"]
    assert asked == Asked("隔膜", "锂离子电池隔膜的制备；", frozenset({1}))
    assert bare == Asked("", "锂离子电池隔膜的制备；", frozenset({1}))
    for row, text, one in zip(ABSTRACTS, halves.texts, halves.queries["half"], strict=True):
        assert one.text + text == row["abstract"]


def test_candidates_lose_nothing_on_few_texts() -> None:
    corpus = answered_demands(DEMANDS, SUPPLIES)
    finder = Finder(corpus.texts)
    for asked in (one for queries in corpus.queries.values() for one in queries):
        found = Exact(finder).search(asked, 10)
        assert found == Exhaustive(finder).search(asked, len(found))


@pytest.mark.parametrize(
    ("engines", "texts"),
    [
        (chinese_engines, [row["abstract"] for row in ABSTRACTS]),
        (english_engines, [row["abstract"] for row in SUPPLIES]),
    ],
)
def test_every_engine_answers_anything_that_is_typed(
    engines: Callable[[list[str]], dict[str, Engine]], texts: list[str]
) -> None:
    for name, engine in engines(texts).items():
        for typed in ("", "的", '" OR NEAR(', "bearing 轴承", "\x00🙂", "the"):
            found = engine.search(Asked(typed, "", frozenset()), 10)
            assert set(found) <= set(range(len(texts))), name


def test_ours_finds_what_is_asked_and_is_held_against_the_others() -> None:
    corpus = known_items(ABSTRACTS)
    found = list(compare("Chinese abstracts", corpus, chinese_engines(corpus.texts)))
    ours = {row.queries: row for row in found if row.engine == OURS}
    assert ours["all"].mrr == ours["all"].recall == 1
    assert ours["all"].is_met
    assert all(row.gains.keys() == {"mrr", "recall"} for row in found if row.engine != OURS)


def test_the_command_prints_a_table_and_writes_the_same_figures_each_time(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = []
    for name in ("one.json", "other.json"):
        main(["--data", str(data), "--json", str(tmp_path / name)])
        written.append((tmp_path / name).read_text(encoding="utf-8"))
    assert written[0] == written[1]
    results = json.loads(written[0])["results"]
    assert {row["engine"] for row in results} >= {OURS, "tantivy, stems", "FTS5, pairs"}
    assert "| demand to supply, 4 | demand, 2 | ours |" in capsys.readouterr().out


def test_what_cannot_run_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--data", str(tmp_path)])
    assert capsys.readouterr().out.count("cannot be measured") == 3


def test_time_is_measured_on_as_many_texts_as_asked(data: Path) -> None:
    found = cost.measure(data, 8)
    assert len(found) == 4 * (4 + 2 * len(cost.CANDIDATES))
    assert all(0 <= median <= most for _, median, most in found)
