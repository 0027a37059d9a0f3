"""Runs `ydx` in this process, as a person would, and keeps what it said."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
import typer.main

from node.commands.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

_get_command: Final = cache(typer.main.get_command)
"""Typer makes all commands anew at each call: a quarter of a second, hundreds of times."""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one JSON object of standard output."""
        return json.loads(self.out)


def runner(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Return a function that runs `ydx` with the arguments given."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(typer.main, "get_command", _get_command)
        monkeypatch.setattr(sys, "argv", ["ydx", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Said(int(ended.value.code or 0), *capsys.readouterr())

    return run
