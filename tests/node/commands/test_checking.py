"""`ydx config check`: whether a node could start, from its keys to its ports."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import YdxError
from node.commands.settings import load_settings
from node.commands.translating import told as told_of
from node.services.sync.enrolment import create_federation, install_trust
from node.storage import mirrors
from node.storage.database import Database
from node.storage.keyfolder import KeyFolder
from node.storage.opening import URL_CURE, check_can_open, read_url
from node.storage.state_file import replace_file
from tests.node.commands.running import runner
from tests.node.web.test_server import self_signed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.running import Said

MEMBERS = ("anhui", "jiangsu", "shanghai")
OTHER = "delta.example/shanghai"
ORIGIN = "delta.example/anhui"
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
    said = ydx("config", "check", "--json")
    assert said.code == 0, said.out
    assert "其他成员按登记表连接 127.0.0.1:7510" in said.err
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


def test_another_federation_than_that_of_the_keys_is_told(
    ydx: Callable[..., Said], tmp_path: Path
) -> None:
    install(tmp_path)
    file = tmp_path / "anhui" / "ydx.toml"
    replace_file(file, file.read_bytes().replace(b'"delta.example"', b'"other.example"'))
    told = ydx("config", "check").err
    assert "密钥属于联盟 delta.example，而 node.federation 是 other.example" in told


def test_the_database_of_another_member_is_refused_by_all_that_open_it(
    ydx: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    url = f"sqlite:///{tmp_path}/data.sqlite"
    monkeypatch.setenv("YDX_DATABASE__URL", url)
    with closing(Database.open(url)) as database, database.write() as tx:
        for origin in (ORIGIN, OTHER):
            mirrors.add(tx, origin, is_own=origin == OTHER)
    said = f"database.url: this is the database of {OTHER}, not of {ORIGIN}"
    for command in (
        ("config", "check"),
        ("token", "create", "--role", "auditor"),
        ("log", "verify"),
    ):
        told = ydx("--lang", "en", *command)
        assert told.code == 1
        assert f"error  BAD_CONFIG\nwhat  {said}\ndo  One database per member" in told.err, command
    assert f"这是 {OTHER} 的数据库，不是 {ORIGIN} 的" in ydx("config", "check").err


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (None, "partnership.holidays：无法读取 {}：没有该文件或目录"),
        (b"2026-13-01 off\n", "partnership.holidays：{} 第 1 行不是 `YYYY-MM-DD off` 或 `… work`"),
        (b"\xff\n", "partnership.holidays：无法读取 {}：自第 0 字节起不是 UTF-8"),
    ],
)
def test_holidays_that_a_start_refuses_are_told(
    ydx: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: bytes | None,
    said: str,
) -> None:
    install(tmp_path)
    monkeypatch.setenv("YDX_PARTNERSHIP__HOLIDAYS", "days.txt")
    if file is not None:
        (tmp_path / "anhui" / "days.txt").write_bytes(file)
    told = ydx("config", "check")
    assert told.code == 1
    assert f"情况  {said.format(tmp_path / 'anhui' / 'days.txt')}\n" in told.err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////none/ydx.sqlite", "database.url：无法打开 /none/ydx.sqlite：没有该文件或目录"),
        ("sqlite:///keys", "database.url：无法打开 {}/keys：是目录"),
        ("sqlite:///ydx.toml/a", "database.url：无法打开 {}/ydx.toml/a：不是目录"),
        ("sqlite:///ydx.toml", "数据库出错：该文件不是数据库"),
        (
            "postgresql://u:hunter2@127.0.0.1:1/db",
            "数据库出错：连接 127.0.0.1 端口 1 失败：连接被拒绝",
        ),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_with_the_cure_of_its_address(
    ydx: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    said: str,
) -> None:
    install(tmp_path)
    monkeypatch.setenv("YDX_DATABASE__URL", url)
    before = files_below(tmp_path)
    told = ydx("config", "check")
    assert told.code == 1
    said = said.format(tmp_path / "anhui")
    assert told.err.startswith(f"错误  DATABASE_ERROR\n情况  {said}\n办法  检查 database.url：")
    assert "hunter2" not in told.err
    assert files_below(tmp_path) == before
    with pytest.raises(YdxError) as raised:  # as the node does at its start
        Database.open(load_settings(None).settings.database.url)
    assert told_of(raised.value.what) == said
    assert raised.value.cure == URL_CURE


@pytest.mark.parametrize(
    "rest", ["Secret99@127.0.0.1/db", "Secret99/x@h/db", "Secret99:x@h/db", "Secret99?x@h/db"]
)
def test_a_password_with_an_at_sign_is_told_and_no_piece_of_it(
    ydx: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    install(tmp_path)
    monkeypatch.setenv("YDX_DATABASE__URL", f"postgresql://u:abc@{rest}")
    told = ydx("config", "check")
    assert told.err.startswith(
        "错误  BAD_CONFIG\n情况  database.url 的口令中有 @\n办法  口令中的 @"
    )
    assert "Secret99" not in told.out + told.err


def test_an_address_with_one_at_sign_is_read() -> None:
    for url in (
        "postgresql://u:a%40b@h/db?host=@abstract",
        "postgresql://u@h/db",
        "postgresql://u@/db?host=/tmp&user=me@home",
        "postgresql://u:p@h:5432/db?options=-csearch_path%3Dx",
    ):
        assert read_url(url).database == "db"


def test_a_database_is_looked_at_and_not_made_or_changed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data.sqlite"
    before = files_below(tmp_path)
    check_can_open(url, ORIGIN)
    assert files_below(tmp_path) == before
    Database.open(url).close()
    before = files_below(tmp_path)
    check_can_open(url, ORIGIN)
    assert files_below(tmp_path) == before


def test_a_database_of_a_newer_version_is_told(
    ydx: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    url = f"sqlite:///{tmp_path}/data.sqlite"
    monkeypatch.setenv("YDX_DATABASE__URL", url)
    database = Database.open(url)
    with database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    told = ydx("config", "check")
    assert (told.code, told.err.splitlines()[0]) == (1, "错误  DATABASE_NEWER")


def files_below(folder: Path) -> dict[Path, bytes]:
    """Return all files with their content."""
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("days", "warning"),
    [
        (-1, "listen.web_certificate: the certificate expired at "),
        (13, "listen.web_certificate: the certificate expires at "),
        (15, None),
    ],
)
def test_a_certificate_that_expires_soon_is_told(
    ydx: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    warning: str | None,
) -> None:
    install(tmp_path)
    certificate, key = self_signed(tmp_path, days=days)
    monkeypatch.setenv("YDX_LISTEN__WEB_CERTIFICATE", str(certificate))
    monkeypatch.setenv("YDX_LISTEN__WEB_KEY", str(key))
    said = ydx("config", "check", "--json")
    assert said.code == 0, said.out
    told = said.json["warnings"][:-1]
    assert [one.startswith(warning) for one in told] == ([] if warning is None else [True])
