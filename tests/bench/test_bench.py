"""The harness works: every figure is measured at a toy scale. No time decides anything here."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from tests.bench import corpus, ledger_fold
from tests.bench.__main__ import FIGURES, main
from tests.bench.figures import Result, table

ROWS = {
    "sync-sqlite": 3,
    "sync-postgresql": 3,
    "visible": 2,
    "calls": 3,
    "large": 4,
    "search": 7,
    "booking": 3,
    "booking-postgresql": 3,
    "balances": 5,
    "balances-postgresql": 5,
    "fold": 2,
}
LONG = (
    "sync-postgresql",
    "visible",
    "calls",
    "large",
    "booking",
    "booking-postgresql",
    "balances-postgresql",
)
"""They start up to five members each."""


def test_every_figure_has_its_rows() -> None:
    assert set(ROWS) == set(FIGURES)


@pytest.mark.timeout(300)  # five real processes, on a machine that may be busy
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.chaos] if name in LONG else []) for name in ROWS],
)
def test_figure_is_measured_at_a_toy_scale(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bench.json"
    main(["--only", name, "--scale", "toy", "--json", str(file)])
    said = json.loads(file.read_text(encoding="utf-8"))
    assert {"cores", "cpu", "python", "sqlite", "postgresql"} <= set(said["machine"])
    assert len(said["results"]) == ROWS[name]
    printed = capsys.readouterr().out
    for result in said["results"]:
        assert all(value > 0 for value in (*result["ours"], *result["base"], result["judged"]))
        assert result["figure"] in printed


def test_the_corpus_is_the_same_every_time() -> None:
    first, second = list(corpus.log(50)), list(corpus.log(50))
    assert [one.entry for one in first] == [one.entry for one in second]
    assert [one.parts for one in first] == [one.parts for one in second]


def test_the_corpus_has_the_size_that_is_asked_for() -> None:
    log = list(corpus.log(400))[1:]
    public = sum(len(one.parts[0]) for one in log) / len(log)
    members = sum(len(one.parts[1]) for one in log) / len(log)
    assert 1_100 < public < 1_300
    assert 150 < members < 250


@pytest.mark.parametrize(
    ("ours", "base", "at_least", "met"),
    [
        ([2.0, 1.0, 9.0], [4.0], True, True),
        ([1.9, 1.0, 9.0], [4.0], True, False),
        ([2.0], [4.0], False, True),
        ([2.1], [4.0], False, False),
        ([0.5], [], True, True),
        ([0.4], [], True, False),
    ],
)
def test_the_median_is_judged(
    ours: list[float], base: list[float], at_least: bool, met: bool
) -> None:
    result = Result(
        name="x",
        figure="a figure",
        unit="/s",
        ours=ours,
        base=base,
        base_name="raw",
        asked=0.5,
        at_least=at_least,
    )
    assert result.is_met is met
    assert table([result]).splitlines()[-1].endswith("| yes |" if met else "| NO |")


def test_the_fold_of_a_ledger_is_timed() -> None:
    journal = StringIO()
    folded = ledger_fold.fold(ledger_fold.write(150), journal)
    lines = journal.getvalue().splitlines()
    assert lines.count("") == 150
    assert sum(folded.books.balances.values()) == 0
    assert sum(line.startswith("    ") for line in lines) == 750
