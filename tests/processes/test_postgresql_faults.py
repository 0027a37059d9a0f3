"""Members on PostgreSQL: kill -9 at every failpoint of theirs, and what may happen to the server.

One federation on one real server serves all rounds, those of the ledger too, one after the other.

- A killed process keeps the same promises as on SQLite, though a transaction of its may still be at
  work on the server when the next process begins.
- When a server ends connections, or crashes and recovers, members go on by themselves: writes are
  told UNAVAILABLE meanwhile, to be sent again, and nothing acknowledged is lost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from tests.node.storage.postgres import PostgresServer
from tests.processes.ledger_books import CENTER, Kill, LedgerArena
from tests.processes.member_processes import Federation, running_federation
from tests.processes.rounds import MEMBERS, Arena, Round
from tests.processes.test_kills import POINTS, SEEDS, plain_round, seeded_round
from tests.processes.test_ledger_kills import POINTS as LEDGER_POINTS
from tests.processes.test_ledger_kills import SEEDS as LEDGER_SEEDS
from tests.processes.test_ledger_kills import plain_kill, seeded_kills

pytestmark = pytest.mark.timeout(600)
ALWAYS: Final = frozenset({"append.after_commit", "ingest.before_commit"})
AT_ONCE: Final = Kill("ledger_outcomes_before_commit", 2, CENTER)
"""These find most: an answer that is lost after the commit, and commits that never come."""
BETWEEN_CRASHES_S: Final = 2.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """Give a server that syncs, as an operator's does."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="module")
def federation(
    server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Federation]:
    with running_federation(tmp_path_factory.mktemp("federation"), MEMBERS, server) as members:
        yield members


@pytest.fixture(scope="module")
def arena(federation: Federation, tmp_path_factory: pytest.TempPathFactory) -> Arena:
    return Arena(federation, tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="module")
def ledger_arena(
    federation: Federation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LedgerArena]:
    arena = LedgerArena(federation, tmp_path_factory.mktemp("ledger-copies"))
    yield arena
    arena.close()


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(
            plain_round(name), id=name, marks=[] if name in ALWAYS else [pytest.mark.chaos]
        )
        for name in POINTS
    ],
)
def test_promises_1_3_5_survive_a_kill(arena: Arena, what: Round) -> None:
    assert arena.run(what).verified_logs == len(MEMBERS)


def test_c1_c2_c3_nothing_is_lost_or_doubled_when_the_center_is_killed(
    ledger_arena: LedgerArena,
) -> None:
    assert ledger_arena.run(AT_ONCE)


def end_connections(server: PostgresServer, federation: Federation) -> None:
    for member in federation:
        assert server.terminate_connections(member.database.url)


def crash(server: PostgresServer, _: Federation) -> None:
    server.crash()
    server.start()


@pytest.mark.parametrize("fault", [pytest.param(end_connections, marks=pytest.mark.chaos), crash])
def test_members_go_on_by_themselves_whatever_happens_to_the_server(
    server: PostgresServer,
    federation: Federation,
    arena: Arena,
    fault: Callable[[PostgresServer, Federation], None],
) -> None:
    assert arena.bear(lambda: fault(server, federation), times=1) == len(MEMBERS)


@pytest.mark.chaos
def test_promises_survive_a_server_that_crashes_again_and_again(
    server: PostgresServer, federation: Federation, arena: Arena
) -> None:
    assert arena.bear(lambda: crash(server, federation), times=20) == len(MEMBERS)


@pytest.mark.chaos
def test_c1_c2_c3_nothing_is_lost_or_doubled_by_a_server_that_crashes(
    server: PostgresServer, federation: Federation, ledger_arena: LedgerArena
) -> None:
    over = threading.Event()

    def crash_again_and_again() -> None:
        while not over.wait(BETWEEN_CRASHES_S):
            crash(server, federation)

    crashing = threading.Thread(target=crash_again_and_again)
    crashing.start()
    try:
        for _ in range(10):
            assert ledger_arena.book_one_more()
    finally:
        over.set()
        crashing.join()
    assert ledger_arena.run()


@pytest.mark.chaos
@pytest.mark.parametrize(
    "kill", [plain_kill(name) for name in LEDGER_POINTS], ids=lambda kill: kill.failpoint
)
def test_c1_c2_c3_nothing_is_lost_or_doubled_by_a_kill(
    ledger_arena: LedgerArena, kill: Kill
) -> None:
    assert ledger_arena.run(kill)


@pytest.mark.chaos
@pytest.mark.parametrize("what", [seeded_round(seed) for seed in SEEDS], ids=str)
def test_promises_1_3_5_survive_a_kill_at_any_passing(arena: Arena, what: Round) -> None:
    assert arena.run(what).verified_logs == len(MEMBERS)


@pytest.mark.chaos
@pytest.mark.parametrize("kills", [seeded_kills(seed) for seed in LEDGER_SEEDS], ids=str)
def test_c1_c2_c3_nothing_is_lost_or_doubled_by_a_kill_at_any_passing(
    ledger_arena: LedgerArena, kills: list[Kill]
) -> None:
    assert ledger_arena.run(*kills)
