"""What commands say: data on standard output, everything else on standard error.

- Two languages, Chinese by default. With `--json` standard output holds one JSON object, whose
  fields are stable; an error is one too. Its sentences are English in either language, since it is
  programs that read them; what it tells a person to do stands beside in Chinese (`cure_zh`).
- Texts come from other members too: what would steer a terminal is told as `�`.
- An error is told as code, what happened and what to do (DESIGN section 10).
- Exit codes: 0 done, 1 refused or failed, 2 wrong usage. `ydx status` has its own.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as made_by
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from typer.exceptions import TyperException

    from federation.log.errors import YdxError

FAILED = 1
UNKNOWN = 3
"""Of `ydx status` alone."""
_NO_LIMIT = 10_000
_STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and line feed, and what turns the direction of writing."""


class Language(StrEnum):
    """The language of what people read."""

    ZH = "zh"
    EN = "en"


@dataclass
class _Choice:
    """How this run of the command speaks; set once, by the options."""

    language: Language = Language.ZH
    as_json: bool = False
    options: Mapping[str, str] = made_by(default_factory=dict)


_choice = _Choice()
_INDEX: Final = re.compile(r"\[[0-9]+\]")


def choose_language(language: Language) -> Language:
    """Take `--lang`; a run starts with it, so `--json` is off until it is met."""
    _choice.language = language
    _choice.as_json = False
    _choice.options = {}
    return language


def name_options(options: Mapping[str, str]) -> None:
    """From here on tell people of an option where an error names the field that it fills.

    {field of the request: option}; in JSON the fields stay.
    """
    _choice.options = options


def _as_typed(found: Any) -> str:
    """Return what is wrong with a field, under the name of the option that gave it."""
    text = say(found.text_zh, found.text_en)
    option = _choice.options.get(_INDEX.sub("", found.field))
    if option is None or not text.startswith(found.field):
        return text
    return option + text[len(found.field) :]


def _choose_json(as_json: bool) -> bool:
    _choice.as_json = as_json
    return as_json


JsonOption = Annotated[
    bool,
    typer.Option("--json", help="输出 JSON / print one JSON object", callback=_choose_json),
]


def say(zh: str, en: str) -> str:
    """Return the text in the language of this run."""
    return zh if _choice.language is Language.ZH else en


def say_in_answer(zh: str, en: str) -> str:
    """Return a text of an answer or of wrong usage: as `say`, but in JSON the English one."""
    return en if _choice.as_json else say(zh, en)


def note(text: str) -> None:
    """Tell a person something that is not data, after all data before it."""
    with suppress(OSError):  # nobody reads it: whoever writes more of it is told
        sys.stdout.flush()
    sys.stderr.write(f"{plain(text)}\n")


def show(text: str, **fields: Any) -> None:
    """Answer: `text` for a person, or with `--json` the fields."""
    show_object(fields) if _choice.as_json else sys.stdout.write(f"{plain(text)}\n")


def show_object(fields: dict[str, Any]) -> None:
    """Write one JSON object on one line."""
    sys.stdout.write(f"{json.dumps(fields, ensure_ascii=False)}\n")


def show_rows(
    name: str,
    columns: Sequence[tuple[str, str, str]],
    rows: Iterable[dict[str, Any]],
    *,
    says_empty: bool = True,
) -> None:
    """Answer with a table, or with `--json` with {name: rows}.

    Each column is (field, heading in Chinese, heading in English); other fields of a row are told
    in JSON only. What a terminal is too narrow for comes row by row, a field a line, whole: names
    are there to be copied. An empty table says so, unless its caller does (`says_empty`).
    """
    listed = list(rows)
    if _choice.as_json:
        show_object({name: listed})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for _, zh, en in columns:
        table.add_column(say(zh, en), overflow="fold")
    for row in listed:
        table.add_row(*(_cell(row[field]) for field, _, _ in columns))
    console = Console(markup=False, emoji=False, highlight=False, width=table_width())
    wanted = console.measure(table, options=console.options.update_width(_NO_LIMIT)).maximum
    if wanted <= console.width:
        with console.capture() as printed:
            console.print(table)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())
    else:
        _show_fields(columns, listed)
    if not listed and says_empty:
        sys.stdout.write(f"{say('（无）', '(none)')}\n")


def _show_fields(columns: Sequence[tuple[str, str, str]], rows: Iterable[dict[str, Any]]) -> None:
    """Write each row as lines of heading and value, what is empty left out."""
    from rich.cells import cell_len

    headings = {field: say(zh, en) for field, zh, en in columns}
    width = max(map(cell_len, headings.values()))
    for number, row in enumerate(rows):
        if number:
            sys.stdout.write("\n")
        for field, heading in headings.items():
            lines = _cell(row[field]).split("\n")
            begin = heading + " " * (width - cell_len(heading))
            for line in filter(None, lines):
                sys.stdout.write(f"{begin}  {line}\n")
                begin = " " * width


def table_width() -> int | None:
    """Return the width of tables: the terminal's (None), or where there is none, no limit."""
    return None if sys.stdout.isatty() else _NO_LIMIT


def show_error(error: YdxError) -> None:
    """Tell an error: its code, what happened (of every field), what to do."""
    from node.commands.translating import told
    from node.rpc.error_table import INTERNAL, MEANINGS
    from node.rpc.exchange_client import CallFailedError

    # A node tells what is wrong with fields in its answer; a command finds some by itself.
    violations: Sequence[Any] = getattr(error, "violations", ())
    if isinstance(error, CallFailedError):
        violations = error.call.violations
    broken = [one for one in violations if one.rule != error.reason]  # others only name a field
    fields = [_as_typed(one) for one in broken]
    if not broken and (named := error.metadata.get("field")):  # that the cure speaks of
        fields = [_choice.options.get(named, named)]
    meaning = MEANINGS.get(error.reason, INTERNAL)
    cures = error.cure or (meaning.cure_zh, meaning.cure_en)
    if _choice.as_json:
        fields_told = {
            "reason": error.reason,
            "what": error.what,
            "cure": cures[1],
            "cure_zh": cures[0],
        }
        listed = [
            {
                "field": one.field,
                "rule": one.rule,
                "what": one.text_en,
                "what_zh": one.text_zh,
            }
            for one in violations
        ]
        show_object({"error": {**fields_told, "metadata": error.metadata, "fields": listed}})
        return
    # A refusal of fields has no other words for what happened than its first field's.
    is_of_field = any(one.text_en.startswith(error.what.removesuffix("…")) for one in broken)
    for heading, text in (
        (say("错误", "error"), error.reason),
        *(() if is_of_field else ((say("情况", "what"), told(error.what)),)),
        *((say("字段", "field"), one) for one in fields),
        # What to do about fields is said with each.
        *(() if broken else ((say("办法", "do"), say(*cures)),)),
    ):
        note(f"{heading}  {text}")


def show_usage_error(error: TyperException) -> None:
    """Tell wrong usage of a command as JSON, where typer would tell a person."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "ydx"
    fields = {
        "reason": "WRONG_USAGE",
        "what": error.format_message(),
        "cure": f"see {command} --help",
        "cure_zh": f"见 {command} --help",
        "metadata": {},
        "fields": [],
    }
    show_object({"error": fields})


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, list):
        return plain(", ".join(map(str, value)))
    return "" if value is None else plain(str(value))


def plain(text: str) -> str:
    """Return a text without what would steer a terminal."""
    return _STEERING.sub("\ufffd", text)
