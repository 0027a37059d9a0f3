"""Wrong usage and help are told in the language of the run, which may be named anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.commands.usage import take_language

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.node.commands.running import Said


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("contract create", "缺少参数 'file'"),
        ("status --nothing", "没有选项 --nothing"),
        ("contract nothing", "没有子命令 'nothing'"),
        ("search a --trl-min -1", "'--trl-min' 的值无效：应不小于 0"),
        ("search a --trl-min a", "'--trl-min' 的值无效：应为整数"),
        ("peers list --node", "选项 '--node' 后须有一个值"),
        ("import plan a b", "多余的参数：b"),
        ("erase a", "缺少选项 '--part'"),
        ("match a --feedback good", "--feedback 的值无效：须为 useful、not-useful 或 none"),
        ("--lang fr status", "的值无效：'fr' 不可选；可选：'zh', 'en'"),
        ("status --lang fr", "的值无效：'fr' 不可选；可选：'zh', 'en'"),
        ("--lang", "选项 '--lang' 后须有一个值"),
    ],
)
def test_wrong_usage_is_told_in_chinese(ydx: Callable[..., Said], line: str, expected: str) -> None:
    said = ydx(*line.split())
    assert said.code == 2
    assert said.out == ""
    assert expected in said.err.splitlines()[1]
    assert "办法  见 ydx" in said.err
    assert not {"Try", "Missing", "Invalid", "No"} & {*said.err.split()}


def test_wrong_usage_is_told_in_english_and_as_json_as_ever(ydx: Callable[..., Said]) -> None:
    said = ydx("contract", "create", "--lang", "en")
    assert said.code == 2
    assert said.err.splitlines() == [
        "error  WRONG_USAGE",
        "what  Missing argument 'file'.",
        "usage  ydx contract create [OPTIONS] {file}",
        "do  see ydx contract create --help",
    ]
    told = ydx("contract", "create", "--json").json["error"]
    assert (told["reason"], told["what"]) == ("WRONG_USAGE", "Missing argument 'file'.")
    assert told["cure"] == "see ydx contract create --help"
    assert told["cure_zh"] == "见 ydx contract create --help"


@pytest.mark.parametrize("line", ["", "contract", "erase --help", "--help"])
def test_the_parsers_own_words_in_help_are_of_the_language_of_the_run(
    ydx: Callable[..., Said], line: str
) -> None:
    chinese = ydx(*line.split()).out
    assert "显示此帮助并退出" in chinese
    assert "选项" in chinese
    assert not {"Options", "Commands", "Arguments"} & {*chinese.split()}
    english = ydx("--lang", "en", *line.split()).out
    assert "Show this message and exit." in english
    assert "Options" in english


@pytest.mark.parametrize(
    "line",
    ["--lang en status", "status --lang en", "status --lang=en", "status --lang zh --lang en"],
)
def test_the_language_may_stand_anywhere_on_the_line(ydx: Callable[..., Said], line: str) -> None:
    assert "what  there is no ydx.toml in this folder" in ydx(*line.split()).err


def test_the_language_of_the_environment_is_that_of_a_line_without_one(
    ydx: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YDX_LANG", "en")
    assert "there is no ydx.toml" in ydx("status").err
    assert "此文件夹中没有 ydx.toml" in ydx("status", "--lang", "zh").err
    monkeypatch.setenv("YDX_LANG", "fr")
    assert ydx("status").code == 2


def test_what_stands_behind_two_dashes_is_no_option() -> None:
    assert take_language(["search", "a", "--", "--lang", "en"]) == [
        "search", "a", "--", "--lang", "en",
    ]  # fmt: skip
