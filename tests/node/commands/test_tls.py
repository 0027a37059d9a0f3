"""The options for TLS against a real listener that speaks it, and one that does not."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from node.config.tls_files import certificate_name
from node.rpc.authentication import by_token
from node.rpc.limits import RpcLimits
from node.rpc.node_service import NodeServicer
from node.rpc.server import Listener, exchange_credentials
from tests.node.commands.test_status import Standing, verify
from tests.node.rpc.authority import Authority
from tests.node.rpc.serving import NODE, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said

HERE, ELSEWHERE = "127.0.0.1", "node.anhui.example"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@contextmanager
def listening(host: str, authority: Authority, folder: Path) -> Iterator[str]:
    """Serve with a certificate for a host; its files lie in the folder, as an operator's do."""
    key, certificate = authority.issue(host)
    (folder / "ca.pem").write_bytes(authority.pem)
    (folder / "chain.pem").write_bytes(certificate + authority.pem)
    (folder / "key.pem").write_bytes(key)
    (folder / "other.pem").write_bytes(Authority("Somebody Else").pem)
    (folder / "none.pem").write_text("no certificate\n")
    standing = Standing("anhui")
    servicer = NodeServicer(
        standing, standing.retry, RpcLimits(), request_id_days=30, trust_files=tuple
    )
    tls = exchange_credentials(key, certificate + authority.pem)
    listener = Listener("127.0.0.1:0", by_token(verify), credentials=tls)
    with serving(listener, (NODE, servicer)) as server:
        yield f"127.0.0.1:{server.port}"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YDX_TOKEN", "good")


def test_a_listener_that_the_ca_vouches_for_is_asked(
    ydx: Callable[..., Said], authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(HERE, authority, tmp_path) as address:
        assert ydx("peers", "--node", address, "--ca", "ca.pem", "--json").code == 0
        assert ydx("status", "--node", address, "--ca", "ca.pem").code == 0
        monkeypatch.setenv("YDX_CA", "ca.pem")
        assert ydx("peers", "--node", address).code == 0


@pytest.mark.parametrize(
    ("host", "options", "reason", "told"),
    [
        (HERE, ["--ca", "other.pem"], "TLS_FAILED", "--ca does not vouch for its certificate"),
        (HERE, [], "TLS_FAILED", "it speaks TLS: give --ca"),
        (ELSEWHERE, ["--ca", "ca.pem"], "TLS_FAILED", "its certificate is not for 127.0.0.1"),
        (HERE, ["--ca", "none.pem"], "BAD_FILE", "none.pem (--ca) holds no certificate"),
        (HERE, ["--ca", "missing.pem"], "BAD_FILE", "missing.pem (--ca) cannot be read"),
    ],
    ids=["another CA", "plaintext", "another name", "no certificate", "no file"],
)
def test_what_is_wrong_with_tls_is_told_with_its_remedy(
    ydx: Callable[..., Said],
    authority: Authority,
    tmp_path: Path,
    host: str,
    options: list[str],
    reason: str,
    told: str,
) -> None:
    with listening(host, authority, tmp_path) as address:
        said = ydx("peers", "--node", address, *options, "--json")
        seen = ydx("--lang", "en", "status", "--node", address, *options)
    assert (said.code, said.json["error"]["reason"]) == (1, reason)
    assert told in said.json["error"]["what"]
    assert "--ca" in said.json["error"]["what"] + said.json["error"]["cure"]
    assert told in seen.out + seen.err
    assert seen.code == 3


def test_tls_against_a_listener_in_plaintext_is_told_too(
    ydx: Callable[..., Said], authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    listener = Listener("127.0.0.1:0", by_token(verify))
    standing = Standing("anhui")
    servicer = NodeServicer(
        standing, standing.retry, RpcLimits(), request_id_days=30, trust_files=tuple
    )
    with serving(listener, (NODE, servicer)) as server:
        said = ydx("peers", "--node", f"127.0.0.1:{server.port}", "--ca", "ca.pem", "--json")
    assert said.json["error"]["reason"] == "TLS_FAILED"
    assert "it speaks no TLS: leave --ca" in said.json["error"]["what"]


def test_an_address_that_speaks_http_is_told_at_once(ydx: Callable[..., Said]) -> None:
    server = HTTPServer((HERE, 0), BaseHTTPRequestHandler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        said = ydx("peers", "--node", f"{HERE}:{server.server_port}", "--token", "x")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert said.code == 1
    what = "该地址不使用 gRPC，可能是节点的 HTTP 地址；请给出 listen.exchange 的地址"
    assert f"情况  {HERE}:{server.server_port}：{what}" in said.err


@pytest.mark.parametrize("host", [ELSEWHERE, "*.anhui.example", "192.0.2.7"])
def test_the_node_of_the_configuration_is_asked_whatever_name_its_certificate_bears(
    ydx: Callable[..., Said], authority: Authority, tmp_path: Path, host: str
) -> None:
    with listening(host, authority, tmp_path) as address:
        (tmp_path / "ydx.toml").write_text(
            '[node]\nmember = "anhui"\nfederation = "ydx.example"\n[listen]\n'
            f'exchange = "0.0.0.0:{address.rpartition(":")[2]}"\n'
            'exchange_certificate = "chain.pem"\nexchange_key = "key.pem"\n'
        )
        assert ydx("peers").code == 0
        assert ydx("peers", "--ca", "ca.pem").code == 0
        assert "不能证明其证书" in ydx("peers", "--ca", "other.pem").err


def test_a_certificate_without_a_name_has_none(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    assert certificate_name(tmp_path / "ca.pem") == ""
