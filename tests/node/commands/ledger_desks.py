"""Desks of three nodes that keep books together, each with `ydx ledger`; fixtures by conftest."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.node.commands.running import runner
from tests.node.commands.test_ledger_asking import PARTIES, PARTY, TOML
from tests.node.rpc.ledger_serving import Ledgers, ledger_listener
from tests.simulation.conftest import found
from tests.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said

MEMBERS: Final = ("anhui", "center", "jiangsu")
_NUMBERS: Final = count(1)
CONTRACT: Final = f"ydx.example/anhui:0:{'00' * 32}"
WRITES: Final = frozenset({
    "agree", "amend", "terminate", "propose", "reverse", "pay", "accept", "reject", "dispute",
    "close", "accept-statement",
})  # fmt: skip
"""What the others are let know before a test goes on."""


class Desks:
    """Desks of three members, each with `ydx ledger` set to its node."""

    def __init__(self, ledgers: Ledgers, ports: dict[str, int], run: Callable[..., Said]) -> None:
        self.ledgers = ledgers
        self.ports = ports
        self.run = run

    def __call__(self, member: str, *said: object, **how: Any) -> Said:
        told = self._run(member, *said, **how)
        if said[0] in WRITES:
            self.ledgers.sync()
        return told

    def _run(self, member: str, *said: object, who: str = "clerk", lang: str = "en") -> Said:
        node = f"127.0.0.1:{self.ports[member]}"
        return self.run("--lang", lang, "ledger", *said, "--node", node, "--token", who)

    def done(self, member: str, *said: object, **how: Any) -> Said:
        """Run what is to succeed."""
        told = self(member, *said, **how)
        assert told.code == 0, told.err
        return told

    def json(self, member: str, *said: object, **how: Any) -> Any:
        """Run with --json what is to succeed; return the object."""
        return self.done(member, *said, "--json", **how).json

    def accepted(self, *names: str, by: tuple[str, ...] = ("anhui", "jiangsu")) -> None:
        """Accept at once, so that the center decides once."""
        for member in by:
            told = self._run(member, "accept", *names, "--yes", who="approver")
            assert told.code == 0, told.err
        self.ledgers.sync()


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledgers, dict[str, int]]]:
    """Serve three members' ledgers; each test has an agreement of its own in them."""
    folder = found(tmp_path_factory.mktemp("ledgers"), MEMBERS)
    world = World(5, folder, MEMBERS)
    world.open_all()
    keeping = Ledgers(world)
    with ExitStack() as stack:
        stack.callback(world.close)
        stack.callback(keeping.close)
        ports = {
            member: stack.enter_context(ledger_listener(keeping[member])) for member in MEMBERS
        }
        keeping.sync()
        yield keeping, ports


@pytest.fixture
def desks(
    ledgers: tuple[Ledgers, dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Desks:
    monkeypatch.chdir(tmp_path)
    return Desks(*ledgers, runner(monkeypatch, capsys))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agreement.toml"
    path.write_text(
        TOML.replace("2028-01-01", "2030-01-01").replace("协议", f"协议 {next(_NUMBERS)}")
        + 'deductions = ["增值税"]\n'
        + "".join(PARTY.format(*one) for one in PARTIES),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def agreement(desks: Desks, file: Path) -> str:
    """Carry an agreement into force; return its name."""
    name = str(desks.json("anhui", "agree", file)["agreement"]["name"])
    desks.accepted(name)
    return name


def income(agreement: str, instalment: int = 1, amount: str = "4800.00") -> tuple[object, ...]:
    given = ("--instalment", instalment, "--date", "2026-12-10", "--amount", amount)
    more = ("--received-by", "AH", "--evidence", "ab" * 32)
    return ("propose", agreement, "--contract", CONTRACT, *given, *more)
