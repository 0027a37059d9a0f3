"""Asking a person before what cannot be undone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from node.commands.output import FAILED, note, say, say_in_answer

YesOption = Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")]


class _UnansweredError(typer.BadParameter):
    """Wrong usage of its own words: no value was wrong."""

    def format_message(self) -> str:
        return self.message


def check_agreed(question: str) -> None:
    """Ask a person; without a yes, exit with what says that nothing was written."""
    if not typer.confirm(question, err=True):
        note(say("未同意，未写入", "not agreed to; nothing was written"))
        raise typer.Exit(FAILED)


def check_meant(what_zh: str, what_en: str, *, asks: bool) -> None:
    """Ask whether something is meant that cannot be undone.

    `asks` is False with `--yes`, `--json` and where nothing is written. A program that says none of
    these has nobody to answer, and is told to say it.
    """
    if not asks:
        return
    if not sys.stdin.isatty():
        raise _UnansweredError(
            say_in_answer(
                f"{what_zh}，不可恢复；未写入。此处无人可答，确认请加 --yes",
                f"{what_en}, for good; nothing was written. Nobody can answer here: say --yes",
            )
        )
    check_agreed(say(f"{what_zh}，不可恢复。继续？", f"{what_en}, for good. Go on?"))
