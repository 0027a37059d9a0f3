"""`ydx status` against real listeners: what is asked, what is told, and the exit code."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import Refused
from node.commands.output import Language, choose_language
from node.commands.peers import _in_words, _peer
from node.commands.status import told_row
from node.commands.status_verdict import Row
from node.rpc.authentication import by_token
from node.rpc.limits import RpcLimits
from node.rpc.node_service import NodeServicer
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.sync.node_status import (
    IndexFacts,
    NodeFacts,
    OriginFacts,
    PeerFacts,
    RestFacts,
    StateDigests,
    SyncFacts,
    TrustFacts,
)
from tests.node.rpc.serving import NODE, serving
from ydx.exchange.v1.node_service_pb2 import PeerStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said

CALLER = Caller(frozenset({Role.AUDITOR}), token_id="t")


def test_a_clock_that_is_right_is_not_a_little_behind() -> None:
    shown = _peer(PeerStatus(member="anhui", clock_skew_s=-0.02))["clock_skew_s"]
    assert str(shown) == "0.0"


def test_how_far_a_clock_is_off_and_which_way_is_told() -> None:
    row = Row("anhui")
    row.take_clock_skew(12.34)
    row.take_clock_skew(-2.0)
    assert told_row(row)["findings"] == ["时钟偏差过大（快 12.3 秒）"]
    row.take_clock_skew(-20.0)
    choose_language(Language.EN)
    assert told_row(row)["findings"] == ["its clock differs (20.0 s behind)"]


def test_until_when_a_peer_rests_is_told_in_beijing_time_and_in_json_as_ever() -> None:
    status = PeerStatus(member="anhui")
    rest = status.rests.add(origin="ydx.example/anhui", reason="BAD_PROOF")
    rest.until.FromSeconds(1_800_000_000)
    status.next_try.FromSeconds(1_800_000_000)
    choose_language(Language.ZH)
    row = _peer(status)
    assert row["told_rests"] == ["ydx.example/anhui BAD_PROOF → 2027-01-15T08:00:00+00:00"]
    told = _in_words(row)
    assert told["told_rests"] == ["ydx.example/anhui BAD_PROOF → 2027-01-15 16:00:00（北京时间）"]
    assert told["next_try"] == "2027-01-15 16:00:00"


class Standing:
    """What a node says; change a field, and it says so from then on."""

    def __init__(self, member: str) -> None:
        self.node_facts = NodeFacts(
            member=member,
            origin=f"ydx.example/{member}",
            vkey="k",
            version="1.2.3",
            formats=(1,),
            write_state="OPEN",
        )
        self.origins = [
            OriginFacts(
                member=name,
                origin=f"ydx.example/{name}",
                stored_size=9,
                tree_size=9,
                verified_size=9,
                confirmed_size=9,
                lag_s=1.5,
                state="COMPLETE",
            )
            for name in ("anhui", "center")
        ]
        self.peers = [PeerFacts(member=name, up=True) for name in ("anhui", "center")]
        self.peers = [peer for peer in self.peers if peer.member != member]
        self.asked = 0

    def node(self) -> NodeFacts:
        return self.node_facts

    def sync(self) -> SyncFacts:
        self.asked += 1
        trust = TrustFacts(registry_version=4, stale=False, expires_s=32_000_000_000.0)
        return SyncFacts(origins=self.origins, peers=self.peers, trust=trust)

    def index(self) -> IndexFacts:
        return IndexFacts(running=True)

    def digests(self, _sizes: object) -> StateDigests:
        raise AssertionError("status asks for no digest")

    def retry(self, _member: str, _origin: str) -> list[RestFacts]:
        raise AssertionError("status tries nobody again")


def verify(token: str) -> Caller:
    if token != "good":
        raise Refused("TOKEN_INVALID", "not this one")
    return CALLER


@contextmanager
def node_of(standing: Standing) -> Iterator[str]:
    listener = Listener("127.0.0.1:0", by_token(verify))
    servicer = NodeServicer(
        standing, standing.retry, RpcLimits(), request_id_days=30, trust_files=tuple
    )
    with serving(listener, (NODE, servicer)) as server:
        yield f"127.0.0.1:{server.port}"


@contextmanager
def telemetry(status: int) -> Iterator[str]:
    class Probe(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Probe)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def anhui() -> Standing:
    return Standing("anhui")


@pytest.fixture
def address(anhui: Standing, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("YDX_TOKEN", "good")
    monkeypatch.setattr("node.commands.status_asking.SETTLE_S", 0.0)
    with node_of(anhui) as where:
        yield where


def test_all_well_is_0_and_one_look_is_enough(
    ydx: Callable[..., Said], anhui: Standing, address: str
) -> None:
    said = ydx("status", "--node", address, "--json")
    assert (said.code, said.json["verdict"], said.json["registry_version"]) == (0, "ok", 4)
    assert anhui.asked == 1
    own, other = said.json["members"]
    assert own == {
        "member": "anhui",
        "origin": "ydx.example/anhui",
        "asked": True,
        "verdict": "ok",
        "findings": [],
        "tree_size": 9,
        "verified_size": 9,
        "confirmed_size": 9,
        "lag_s": None,
        "clock_skew_s": None,
        "write_state": "OPEN",
        "version": "1.2.3",
        "last_error": "",
    }
    assert (other["member"], other["lag_s"], other["asked"]) == ("center", 1.5, False)


def test_a_log_short_of_its_end_is_looked_at_twice_and_found_degraded(
    ydx: Callable[..., Said], anhui: Standing, address: str
) -> None:
    anhui.origins[1] = replace(anhui.origins[1], verified_size=8, confirmed_size=7, lag_s=2e9)
    said = ydx("status", "--node", address, "--json")
    assert (said.code, anhui.asked) == (1, 2)
    assert said.json["members"][1]["findings"] == ["behind", "unconfirmed", "lagging"]
    assert said.json["members"][1]["lag_s"] is None


@pytest.mark.parametrize(("lang", "told"), [("zh", "总体：故障"), ("en", "verdict: down")])
def test_a_peer_out_of_reach_is_a_row_and_2(
    ydx: Callable[..., Said], anhui: Standing, address: str, lang: str, told: str
) -> None:
    anhui.peers = [
        PeerFacts(member="center", up=False, consecutive_failures=3, last_error="refused")
    ]
    said = ydx("--lang", lang, "status", "--node", address)
    assert said.code == 2
    for text in ("anhui", "center", "refused", told):
        assert text in said.out


def test_a_peer_that_rests_is_degraded_and_says_where_to_look(
    ydx: Callable[..., Said], anhui: Standing, address: str
) -> None:
    rest = RestFacts(origin="ydx.example/anhui", until_s=9e9, refusals=1, reason="BAD_PROOF")
    anhui.peers = [PeerFacts(member="center", up=True, rests=[rest])]
    said = ydx("--lang", "en", "status", "--node", address)
    assert said.code == 1
    assert "see ydx peers" in said.out


def test_a_token_that_is_refused_is_unknown_never_well(
    ydx: Callable[..., Said], address: str
) -> None:
    said = ydx("--lang", "en", "status", "--node", address, "--token", "bad")
    assert said.code == 3
    assert "TOKEN_INVALID" in said.out
    assert "ydx token create" in said.err


def test_several_nodes_are_asked_each_with_its_token_and_a_dead_one_is_a_row(
    ydx: Callable[..., Said], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YDX_TOKEN")
    with node_of(Standing("center")) as second:
        nodes = ("--node", address, "--node", second, "--node", "127.0.0.1:1")
        tokens = ("--token", "good", "--token", "good", "--token", "x")
        said = ydx("status", *nodes, *tokens, "--json")
    rows = {row["member"]: row for row in said.json["members"]}
    assert said.code == 2
    assert rows["127.0.0.1:1"]["findings"] == ["unreachable"]
    assert rows["anhui"]["asked"]
    assert rows["center"]["asked"]


def test_tokens_that_do_not_fit_the_nodes_are_wrong_usage(ydx: Callable[..., Said]) -> None:
    nodes = ("--node", "127.0.0.1:1", "--node", "127.0.0.1:2", "--node", "127.0.0.1:3")
    assert ydx("status", *nodes, "--token", "a", "--token", "b").code == 2


@pytest.mark.parametrize(
    ("probe", "code", "found"),
    [(200, 0, []), (503, 2, ["not_ready"]), (0, 3, ["readiness_unknown"])],
)
def test_the_node_of_the_configuration_is_asked_for_its_readiness_too(
    ydx: Callable[..., Said],
    address: str,
    tmp_path: Path,
    probe: int,
    code: int,
    found: list[str],
) -> None:
    with telemetry(probe or 200) as where:
        shown = where if probe else "127.0.0.1:1"
        (tmp_path / "ydx.toml").write_text(
            '[node]\nmember = "anhui"\nfederation = "ydx.example"\n'
            f'[listen]\nexchange = "{address}"\ntelemetry = "{shown}"\n'
        )
        said = ydx("status", "--json")
    assert (said.code, said.json["members"][0]["findings"]) == (code, found)


def test_the_own_node_that_is_down_is_told_by_its_name(
    ydx: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "ydx.toml").write_text(
        '[node]\nmember = "anhui"\nfederation = "ydx.example"\n'
        '[listen]\nexchange = "127.0.0.1:1"\ntelemetry = "127.0.0.1:1"\n'
    )
    said = ydx("status", "--token", "x", "--json")
    assert said.code == 2
    (row,) = said.json["members"]
    assert (row["member"], row["verdict"]) == ("anhui", "down")


def test_watching_gives_an_object_a_line_until_interrupted(
    ydx: Callable[..., Said], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("node.commands.status.sleep", pause)
    said = ydx("status", "--node", address, "--watch", "--json")
    looks: list[Any] = [json.loads(line) for line in said.out.splitlines()]
    assert (said.code, [look["verdict"] for look in looks]) == (0, ["ok", "ok"])
