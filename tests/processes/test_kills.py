"""kill -9 at every failpoint but the ledger's: promises 1, 3, 5 hold for a real process (F1)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from node.storage.failpoint import FAILPOINTS
from tests.processes.rounds import MEMBERS, Round, Rounds, running_rounds

pytestmark = pytest.mark.timeout(600)
PASSING = 3  # so that the process has done the same step before
SEEDS = range(60)
POINTS = [name for name in FAILPOINTS if not name.startswith("ledger_")]
"""Those that members pass who publish; for the others see test_ledger_kills."""
ALWAYS = [
    name
    for name in POINTS
    if name.startswith(("append.", "ingest.", "checkpoint_"))
    or name in {"state_file_renamed", "cosign_in_database", "index_before_commit"}
]
"""All of append, ingest and checkpoint, and one of each other row of steps; the rest is chaos."""


def plain_round(name: str) -> Round:
    return Round(name, PASSING, MEMBERS[POINTS.index(name) % len(MEMBERS)])


def seeded_round(seed: int) -> Round:
    rng = random.Random(seed)  # noqa: S311 - a seed has to give the same round again
    return Round(rng.choice(POINTS), rng.randint(1, 25), rng.choice(MEMBERS))


@pytest.fixture(scope="module")
def rounds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rounds]:
    """Begin the rounds of all tests that were selected, in the order of the tests."""
    rounds: list[Any] = [
        item.callspec.params["what"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module
    ]
    federations = 2 if len(rounds) <= len(ALWAYS) else 3
    with running_rounds(tmp_path_factory.mktemp("kills"), federations) as running:
        for what in rounds:
            running.begin(what)
        yield running


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(
            plain_round(name), id=name, marks=[] if name in ALWAYS else [pytest.mark.chaos]
        )
        for name in POINTS
    ],
)
def test_edge_10_promises_1_3_5_survive_a_kill(rounds: Rounds, what: Round) -> None:
    assert rounds.result(what).verified_logs == len(MEMBERS)


@pytest.mark.chaos
@pytest.mark.parametrize("what", [seeded_round(seed) for seed in SEEDS], ids=str)
def test_promises_1_3_5_survive_a_kill_at_any_passing(rounds: Rounds, what: Round) -> None:
    assert rounds.result(what).verified_logs == len(MEMBERS)
