"""Asking a person before what cannot be undone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from node.commands.output import FAILED, note, say

YesOption = Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")]


def check_agreed(question: str) -> None:
    """Ask a person; without a yes, exit with what says that nothing was written."""
    if not typer.confirm(question, err=True):
        note(say("未同意，未写入", "not agreed to; nothing was written"))
        raise typer.Exit(FAILED)


def check_meant(what_zh: str, what_en: str, *, asks: bool) -> None:
    """Ask who sits at a terminal whether something is meant that cannot be undone.

    `asks` is False with `--yes`, `--json` and where nothing is written. A program is not asked: it
    has nobody to answer.
    """
    if asks and sys.stdin.isatty():
        check_agreed(say(f"{what_zh}，不可恢复。继续？", f"{what_en}, for good. Go on?"))
