"""What the parser of the command line says by itself, in the language of the run.

- `--lang` may stand anywhere on the line; it is taken out before the rest is read. Behind `--`
  nothing is an option.
- Wrong usage is told in the shape of every other error; the parser's texts are in the catalogue.
- Help is made by the parser: its own words in it are replaced, and only where help is asked for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from node.commands.output import Language, choose_language, note, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.exceptions import TyperException

_OPTION: Final = "--lang"
_VARIABLE: Final = "YDX_LANG"
_HELP: Final = "--help"
_END: Final = "--"


def take_language(arguments: Sequence[str]) -> list[str]:
    """Take up the language of a command line, and return the line without it.

    What names no language goes first, where the parser refuses it.
    """
    rest: list[str] = []
    refused: list[str] = []
    chosen = os.environ.get(_VARIABLE, "")
    waiting = list(arguments)
    while waiting:
        one = waiting.pop(0)
        if one == _END:
            rest += [one, *waiting]
            break
        name, equals, value = one.partition("=")
        if name != _OPTION:
            rest.append(one)
            continue
        if not equals and waiting:
            value = waiting.pop(0)
        if value in set(Language):
            chosen = value
        else:
            refused = [_OPTION, value] if value else [_OPTION]
    choose_language(Language(chosen) if chosen in set(Language) else Language.ZH)
    return refused + rest


def speak_help(command: Any, words: Sequence[str]) -> None:
    """Where a line asks for help, have the parser give it in the language of this run."""
    asked, name = command, ""
    for word in words:
        if word in getattr(asked, "commands", {}):
            asked, name = asked.commands[word], word
    is_group_alone = hasattr(asked, "commands") and words[-1:] in ([], [name])
    if _HELP not in words and not is_group_alone:
        return
    import typer
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = say("参数", "Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = say("选项", "Options")
    rich_utils.COMMANDS_PANEL_TITLE = say("子命令", "Commands")
    rich_utils.DEFAULT_STRING = say("[默认：{}]", "[default: {}]")
    rich_utils.ENVVAR_STRING = say("[环境变量：{}]", "[env var: {}]")
    rich_utils.REQUIRED_LONG_STRING = say("[必填]", "[required]")
    option = asked.get_help_option(typer.Context(asked))
    if option is not None:
        option.help = say("显示此帮助并退出", "Show this message and exit.")


def tell_usage_error(error: TyperException) -> None:
    """Tell a person what is wrong with the command line, and where it is explained."""
    from node.commands.translating import told

    if type(error).__name__ == "NoArgsIsHelpError":
        return  # help was shown: the line said nothing else
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "ydx"
    note(f"{say('错误', 'error')}  WRONG_USAGE")
    note(f"{say('情况', 'what')}  {told(error.format_message())}")
    if context:
        _, _, usage = context.get_usage().partition(" ")
        for zh, en in (("[选项]", "[OPTIONS]"), ("子命令 [参数]...", "COMMAND [ARGS]...")):
            usage = usage.replace(en, say(zh, en))
        note(f"{say('用法', 'usage')}  {usage}")
    note(f"{say('办法', 'do')}  {say('见', 'see')} {command} {_HELP}")
