"""What an operator gets wrong, of every command: told in a line or two, with the right exit code.

Each command gets what it requires, most of it nonsense. It may find that first; what it may not do
is succeed, break, or with `--json` answer anything but an error that says what and what to do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from node.commands.main import app
from node.rpc import exchange_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.running import Said

UNTRIED = {"demo", "init", "serve"}
"""They begin something; their mistakes are tried where they are."""
USAGE = 2
SOMEWHERE = ("--node", "127.0.0.1:1", "--token", "x")


def commands(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield words, command
        return
    for name, child in children.items():
        if name not in UNTRIED:
            yield from commands((*words, name), child)


EVERY = dict(commands((), typer.main.get_command(app)))
REMOTE = [
    words
    for words, command in EVERY.items()
    if any("--node" in one.opts for one in command.params) and words != ("status",)
]
LOCAL = [words for words in EVERY if words not in {*REMOTE, ("status",), ("federation", "init")}]


def line(words: tuple[str, ...]) -> list[str]:
    """Return a command with all that it requires, and `--json`."""
    said = [*words]
    for parameter in EVERY[words].params:
        if parameter.required and parameter.param_type_name == "option":
            said.append(max(parameter.opts, key=len))
        if parameter.required:
            said.append("nothing")
    return [*said, "--json"]


def check(said: Said, *, expected: str = "") -> None:
    """Check that an error is told as it should be, of a reason if it is not the command's own."""
    assert said.code in {1, USAGE}, said
    assert "Traceback" not in said.err
    told = json.loads(said.out)["error"]
    assert told["what"]
    assert told["cure"]
    assert told["what"].count("\n") < 2
    assert (told["reason"] == "WRONG_USAGE") == (said.code == USAGE)
    if expected and told["reason"] not in {"BAD_FILE", "WRONG_USAGE", "INVALID_FIELD"}:
        assert told["reason"] == expected


@pytest.mark.parametrize("words", LOCAL, ids=" ".join)
def test_a_folder_without_a_node_is_told(ydx: Callable[..., Said], words: tuple[str, ...]) -> None:
    check(ydx(*line(words)), expected="BAD_CONFIG")


@pytest.mark.parametrize("words", REMOTE, ids=" ".join)
def test_a_node_that_does_not_run_is_told(
    ydx: Callable[..., Said], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_client, "TRIES_MAX", 1)
    check(ydx(*line(words), "--node", "127.0.0.1:1", "--token", "x"), expected="OUT_OF_REACH")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--node", "127.0.0.1:1"], "TOKEN_MISSING"),
        (["--node", "nowhere", "--token", "x"], "INVALID_FIELD"),
        (["--node", "192.0.2.7:1", "--token", "x"], "BAD_CONFIG"),
        (["--token", "x"], "BAD_CONFIG"),
        (["--config", "none.toml"], "BAD_CONFIG"),
        (["--nonsense"], "WRONG_USAGE"),
        (["--node"], "WRONG_USAGE"),
    ],
)
def test_whom_to_ask_and_how_is_told(
    ydx: Callable[..., Said], options: list[str], reason: str
) -> None:
    said = ydx("peers", "list", "--json", *options)
    check(said)
    assert said.json["error"]["reason"] == reason


def test_a_folder_without_ydx_toml_says_what_to_do(ydx: Callable[..., Said]) -> None:
    for command in (["config", "check"], ["status"], ["token", "list"], ["log", "verify"]):
        said = ydx(*command)
        assert "情况  此文件夹中没有 ydx.toml" in said.err
        assert "办法  用 --config 指明" in said.err


@pytest.mark.parametrize(
    ("command", "cure"),
    [
        ("demo status --dir none", "Make one with ydx demo up --dir none"),
        ("peers list --node 127.0.0.1:1", "Give --token or set YDX_TOKEN"),
        ("ledger verify --equal no.txt --root none.json", "Get the whole trust folder"),
        ("ledger agree none.toml --node 127.0.0.1:1 --token x", "check its path"),
        ("contract create bad.json --enquiry x --node 127.0.0.1:1 --token x", "mend what is named"),
        ("token list", "The node makes it on its first start: ydx serve"),
    ],
)
def test_what_to_do_fits_what_happened(
    ydx: Callable[..., Said], tmp_path: Path, command: str, cure: str
) -> None:
    (tmp_path / "bad.json").write_text('{"amuont": 1}')
    (tmp_path / "ydx.toml").write_text('[node]\nmember = "anhui"\nfederation = "ydx.example"\n')
    said = ydx("--lang", "en", *command.split())
    assert said.code == 1
    assert f"do  {cure}" in said.err or cure in said.err.rpartition("do  ")[2]
    assert "config check" not in said.err


def test_of_fields_that_are_told_no_remedy_is_told_again(ydx: Callable[..., Said]) -> None:
    said = ydx("peers", "list", "--node", "nowhere", "--token", "x")
    assert "字段  node" in said.err
    assert "办法" not in said.err


def test_a_file_that_cannot_be_written_is_told(
    ydx: Callable[..., Said], served: object, tmp_path: Path
) -> None:
    del served
    said = ydx("export", "--out", tmp_path / "none" / "out.jsonl", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_FILE")
    assert "No such file or directory" in said.json["error"]["what"]


@pytest.mark.parametrize("day", ["2026-13-10", "2026-02-30", "2026-1-5"])
def test_a_day_that_is_none_is_told_as_such(
    ydx: Callable[..., Said], tmp_path: Path, day: str
) -> None:
    (tmp_path / "contract.toml").write_text(f'project_name = "a"\n\nsigned_on = {day}\n')
    said = ydx("contract", "create", "contract.toml", "--enquiry", "x", *SOMEWHERE)
    assert f"contract.toml 不是合同文件：第 3 行：{day} 不是日历上的日期" in said.err
    assert "请写成 2026-10-31 的形式" in said.err


def test_a_fault_beside_a_day_is_told_as_what_it_is(
    ydx: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "contract.toml").write_text('signed_on = 2026-10-10 title = "a"\n')
    said = ydx("contract", "create", "contract.toml", "--enquiry", "x", *SOMEWHERE)
    assert "一行只能有一条语句，其后有多余的内容（第 1 行第 24 列）" in said.err
