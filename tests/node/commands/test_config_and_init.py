"""`ydx init` and `ydx config`: from nothing to a usable node; errors tell what to do."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from federation.trust.public_line import parse_public_line
from tests.node.commands.running import runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.running import Said

WHO = ("--member", "anhui", "--federation", "delta.example", "--region", "340000")


@pytest.fixture
def ydx(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return runner(monkeypatch, capsys)


def init(ydx: Callable[..., Said], *more: object) -> Said:
    return ydx("init", *WHO, "--endpoint", "node.anhui.example:7400", *more)


def test_init_makes_a_configuration_that_checks_and_keys(
    ydx: Callable[..., Said], tmp_path: Path
) -> None:
    said = init(ydx, "--json")
    assert said.code == 0
    line = parse_public_line(said.json["public_line"])
    assert (line.member, line.endpoint) == ("anhui", "node.anhui.example:7400")
    assert (tmp_path / "keys" / "log.key").exists()
    shown = ydx("config", "show", "--json").json["settings"]
    assert {"key": "node.member", "value": "anhui", "source": "ydx.toml:8"} in shown
    assert 'federation = "0.0.0.0:7400"' in (tmp_path / "ydx.toml").read_text()


@pytest.mark.parametrize(
    ("endpoint", "listened"),
    [("127.0.0.1:7510", "127.0.0.1:7510"), ("node.anhui.example:7510", "0.0.0.0:7510")],
)
def test_init_listens_at_the_port_of_the_endpoint(
    ydx: Callable[..., Said], tmp_path: Path, endpoint: str, listened: str
) -> None:
    ydx("init", *WHO, "--endpoint", endpoint)
    assert f'\nfederation = "{listened}"' in (tmp_path / "ydx.toml").read_text()


def test_init_prints_the_line_of_a_member_that_is_there_again(
    ydx: Callable[..., Said], tmp_path: Path
) -> None:
    line = init(ydx).out
    assert "--show" in init(ydx).err
    files = {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()}
    assert init(ydx, "--show").out == line
    assert {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()} == files
    other = ydx("init", "--member", "jiangsu", *WHO[2:], "--endpoint", "a.b:1", "--show")
    assert "keys 中是 delta.example/anhui 的密钥" in other.err
    assert init(ydx, "--show", "--folder", "none").code == 1


def test_init_prints_only_the_public_line_on_standard_output(ydx: Callable[..., Said]) -> None:
    said = init(ydx)
    assert parse_public_line(said.out.strip()).member == "anhui"
    assert "下一步" in said.err


def test_init_changes_nothing_that_is_there(ydx: Callable[..., Said], tmp_path: Path) -> None:
    init(ydx)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert init(ydx).code == 1
    (tmp_path / "ydx.toml").rename(tmp_path / "elsewhere.toml")
    assert init(ydx).code == 1
    (tmp_path / "elsewhere.toml").rename(tmp_path / "ydx.toml")
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_show_names_the_source_of_each_value(
    ydx: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(ydx)
    monkeypatch.setenv("YDX_DATABASE__URL", "postgresql://ydx:hunter2@db/ydx")
    rows = {row["key"]: row for row in ydx("config", "show", "--json").json["settings"]}
    assert rows["node.member"]["source"] == "ydx.toml:8"
    assert rows["limits.unary_threads"] == {
        "key": "limits.unary_threads",
        "value": 64,
        "source": "default",
    }
    assert rows["database.url"] == {
        "key": "database.url",
        "value": "postgresql://ydx:***@db/ydx",
        "source": "environment YDX_DATABASE__URL",
    }
    table = ydx("config", "show", "--config", tmp_path / "ydx.toml").out
    assert "出处" in table
    assert "hunter2" not in table
    assert "默认值" in table
    assert "环境变量 YDX_DATABASE__URL" in table
    assert "default" in ydx("--lang", "en", "config", "show", "--config", tmp_path / "ydx.toml").out


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh",
            [
                "错误  BAD_CONFIG",
                "没有 node.membr 这个设置（ydx.toml:2）；是否指 node.member？",
                "办法  设置有误",
            ],
        ),
        (
            "en",
            [
                "error  BAD_CONFIG",
                "node.membr (ydx.toml:2) is unknown; do you mean node.member?",
                "do  Something is set wrong",
            ],
        ),
    ],
)
def test_an_error_is_code_what_happened_and_what_to_do(
    ydx: Callable[..., Said], tmp_path: Path, language: str, expected: list[str]
) -> None:
    (tmp_path / "ydx.toml").write_text('[node]\nmembr = "anhui"\n')
    said = ydx("--lang", language, "config", "check")
    assert said.code == 1
    assert not said.out
    assert [text for text in expected if text not in said.err] == []
    assert "Traceback" not in said.err


def test_with_json_an_error_is_an_object_too(ydx: Callable[..., Said]) -> None:
    said = ydx("--lang", "en", "config", "check", "--config", "none.toml", "--json")
    assert said.code == 1
    assert said.json["error"]["reason"] == "BAD_CONFIG"
    assert "none.toml cannot be read" in said.json["error"]["what"]
    assert not said.err


def test_wrong_usage_exits_with_2(ydx: Callable[..., Said]) -> None:
    assert ydx("config", "nothing").code == 2
    assert ydx("--lang", "fr", "config", "check").code == 2


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'aiohttp', 'cryptography', 'grpc', 'pydantic', 'sqlalchemy', 'structlog', 'tuf'}"
    code = f"import node.commands.main, sys; sys.exit(' '.join({heavy} & set(sys.modules)) or None)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_index_process_is_begun_before_what_only_the_node_needs_is_loaded(
    ydx: Callable[..., Said], tmp_path: Path
) -> None:
    assert init(ydx).code == 0
    only_the_node_needs = "{'aiohttp', 'grpc', 'tuf', 'node.bootstrap.node'}"
    code = (
        "import sys\n"
        "from node.bootstrap.index_process import IndexProcess\n"
        "from node.commands.main import main\n"
        f"stop = lambda: sys.exit(' '.join({only_the_node_needs} & set(sys.modules)) or None)\n"
        "IndexProcess.fork = stop\n"
        "sys.argv = ['ydx', 'serve']\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_installed_command_tells_its_version() -> None:
    code = (
        "import sys; sys.argv = ['ydx', '--version']; from node.commands.main import main; main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.decode().strip().count(".") == 2
