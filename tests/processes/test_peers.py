"""An operator ends a rest at a real node, which then asks the peer again and remembers it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from node.storage import peers
from node.storage.database import Database
from tests.node.commands.running import Said, runner
from tests.processes.member_processes import FEDERATION, Federation, MemberProcess
from tests.waiting import until

DAY_S = 86_400.0
PEER, ORIGIN = "shanghai", f"{FEDERATION}/center"


def rest_for_a_day(member: MemberProcess) -> None:
    """Leave what refusals leave."""
    database = Database.open(f"sqlite:///{member.database_path}")
    with database.write() as tx:
        rest = peers.Rest(PEER, ORIGIN, time.time() + DAY_S, 9, "BAD_PROOF")
        peers.set_rest(tx, rest)
    database.close()


def kept_failures(member: MemberProcess) -> int:
    database = Database.open(f"sqlite:///{member.database_path}", migrate=False)
    with database.read() as tx:
        (rest,) = (one for one in peers.rests(tx) if (one.peer, one.origin) == (PEER, ORIGIN))
    database.close()
    return rest.failures


@pytest.fixture
def ydx(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], federation: Federation
) -> Callable[..., Said]:
    member = federation["anhui"].member
    monkeypatch.setenv("YDX_NODE", member.api)
    monkeypatch.setenv("YDX_TOKEN", member.tokens["operator"])
    return runner(monkeypatch, capsys)


def test_an_operator_ends_a_rest_and_a_restart_does_not_bring_it_back(
    federation: Federation, ydx: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    member = federation["anhui"]
    member.terminate()
    rest_for_a_day(member)
    member.start()
    member.wait_open()

    def rests() -> Any:
        return [
            (one["member"], rest["origin"], rest["reason"], rest["refusals"])
            for one in ydx("peers", "--json").json["peers"]
            for rest in one["rests"]
        ]

    assert rests() == [(PEER, ORIGIN, "BAD_PROOF", 9)]
    assert f"{ORIGIN} BAD_PROOF" in ydx("peers", PEER).out
    assert "see ydx peers" in ydx("--lang", "en", "status").out

    said = ydx("peers", "retry", "gansu", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "INVALID_FIELD")
    with monkeypatch.context() as changed:
        changed.setenv("YDX_TOKEN", member.member.tokens["auditor"])
        refused = ydx("peers", "retry", PEER, "--json")
        assert refused.json["error"]["reason"] == "ROLE_MISSING"
    assert rests() == [(PEER, ORIGIN, "BAD_PROOF", 9)]

    ended = ydx("peers", "retry", PEER, "--json").json
    assert (ended["member"], [one["origin"] for one in ended["ended"]]) == (PEER, [ORIGIN])
    assert rests() == []
    assert "had no rest" in ydx("--lang", "en", "peers", "retry", PEER).out
    until(lambda: kept_failures(member) == 0, "the end of the rest is kept")
    member.kill()
    member.start()
    member.wait_open()
    assert rests() == []
