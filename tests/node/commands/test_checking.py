"""`ydx config check`: whether a node could start, from its keys to its ports."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from node.services.sync.enrolment import create_federation, install_trust
from node.storage.keyfolder import KeyFolder
from node.storage.state_file import replace_file
from tests.node.commands.running import runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.running import Said

MEMBERS = ("anhui", "jiangsu", "shanghai")
NOW = 1_800_000_000.0
LISTENERS = ("FEDERATION", "EXCHANGE", "WEB", "TELEMETRY")


@pytest.fixture
def ydx(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    """Run `ydx` where anhui was made, with the lines of three members; any port will do."""
    run = runner(monkeypatch, capsys)
    lines = [
        run(
            "init", "--member", name, "--federation", "delta.example", "--region", "340000",
            "--endpoint", "127.0.0.1:7510", "--folder", tmp_path / name, "--json",
        ).json["public_line"]
        for name in MEMBERS
    ]  # fmt: skip
    create_federation(lines, tmp_path / "fed", NOW, threshold=2, offline_keys=3)
    monkeypatch.chdir(tmp_path / "anhui")
    for one in LISTENERS:
        monkeypatch.setenv(f"YDX_LISTEN__{one}", "127.0.0.1:0")
    return run


def install(folder: Path) -> None:
    install_trust(folder / "anhui", folder / "fed" / "trust" / "root.json")


def test_a_node_whose_trust_was_not_installed_cannot_start(ydx: Callable[..., Said]) -> None:
    said = ydx("--lang", "en", "config", "check")
    assert said.code == 1
    assert "root.json is missing" in said.err
    assert "ydx federation install" in said.err


def test_a_node_without_keys_cannot_start(ydx: Callable[..., Said], tmp_path: Path) -> None:
    install(tmp_path)
    (tmp_path / "anhui" / "keys").rename(tmp_path / "elsewhere")
    assert "情况  缺少 " in ydx("config", "check").err


def test_a_node_with_keys_and_trust_can_and_is_told_of_another_port(
    ydx: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    said = ydx("--lang", "en", "config", "check", "--json")
    assert said.code == 0, said.out
    assert "sends the other members to 127.0.0.1:7510" in said.json["warnings"][0]
    monkeypatch.setattr("node.config.listening.is_free", lambda _: True)
    monkeypatch.setenv("YDX_LISTEN__FEDERATION", "127.0.0.1:7510")
    assert ydx("config", "check", "--json").json["warnings"] == []


def test_a_port_that_is_held_is_told_before_the_start(
    ydx: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        address = f"127.0.0.1:{holder.getsockname()[1]}"
        monkeypatch.setenv("YDX_LISTEN__WEB", address)
        assert f"无法监听 {address}" in ydx("config", "check").err
        with KeyFolder(tmp_path / "anhui" / "keys"):  # as a running node holds it
            said = ydx("--lang", "en", "config", "check")
    assert said.code == 0
    assert "the node runs" in said.err


def test_keys_of_another_member_are_told(ydx: Callable[..., Said], tmp_path: Path) -> None:
    install(tmp_path)
    file = tmp_path / "anhui" / "ydx.toml"
    replace_file(file, file.read_bytes().replace(b'member = "anhui"', b'member = "jiangsu"'))
    assert "密钥属于 anhui，而 node.member 是 jiangsu" in ydx("config", "check").err
