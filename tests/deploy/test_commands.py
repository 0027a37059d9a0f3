"""Every `ydx …` that the guides and files of `deploy/` tell somebody to type can be typed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from node.commands.main import app
from tests.deploy.places import (
    CONTRACTING,
    DEPLOY,
    DOCKERFILE,
    FOUNDING,
    GUIDE,
    RUNBOOK,
    SHARING,
    UNIT,
)

GUIDES = (GUIDE, RUNBOOK, CONTRACTING, SHARING, FOUNDING, UNIT, DOCKERFILE)

_CODE = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(ydx [^`]+)`")
_GENERATED = re.compile(r"<!-- (\w+) begin.*?<!-- \1 end -->", re.DOTALL)


def typed(file: Path) -> Iterator[str]:
    """Yield the command lines of a guide, a script, the unit or the Dockerfile."""
    text = file.read_text(encoding="utf-8")
    if file == DOCKERFILE:
        (words,) = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
        yield shlex.join(["ydx", *json.loads(words)])
        return
    if file.suffix == ".md":
        text = _GENERATED.sub("", text)
        yield from _INLINE.findall(text)
        text = "\n".join(_CODE.findall(text))
    text = text.replace("\\\n", " ")
    yield from re.findall(r"(?<![\w./$-])(?:/opt/ydx/bin/)?(ydx [a-z].*)", text)


def test_commands_are_found_in_every_file() -> None:
    for file in GUIDES:
        assert list(typed(file)), file


@pytest.mark.parametrize("file", GUIDES, ids=lambda one: one.name)
def test_what_is_to_be_typed_exists(file: Path) -> None:
    assert [fault for line in typed(file) if (fault := fault_of(line))] == []


def fault_of(line: str) -> str:
    """Return why a command line cannot be typed, empty if it can."""
    words = shlex.split(re.split(r"\s[|>&;]|\s#", line)[0])[1:]
    command: Any = typer.main.get_command(app)
    while words and not words[0].startswith("-") and hasattr(command, "commands"):
        if words[0] not in command.commands:
            return f"{line}: there is no command {words[0]}"
        command = command.commands[words.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    return f"{line}: {unknown[0]} is not known" if unknown else ""


@pytest.mark.parametrize("line", ["ydx serv", "ydx config shaw", "ydx init --folders x"])
def test_a_wrong_command_is_noticed(line: str) -> None:
    assert fault_of(line)


def test_the_files_named_by_the_guide_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", GUIDE.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (DEPLOY / link).exists()] == []
