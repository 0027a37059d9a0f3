"""Parses TOML that people write; what stands there twice is told in a sentence.

Python tells it by a tuple of names, or by what its parser may not do. The name is taken as it
stands in the line, never a value: that may be a secret.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

NAME: Final = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
"""One name of a dotted key, as a pattern."""
PATH: Final = rf"\s*(?P<path>{NAME}(?:\s*\.\s*{NAME})*)\s*"
"""A dotted key, as a pattern."""
KEY: Final = re.compile(rf"{PATH}=")
_TABLE: Final = re.compile(rf"\s*\[\[?{PATH}\]")
_PLACE: Final = re.compile(r"\(at line (\d+), column \d+\)")
_INLINE: Final = re.compile(r"Duplicate inline table key (['\"])(?P<path>.*)\1")
_TWICE: Final = (
    "Cannot declare ",
    "Cannot overwrite ",
    "Cannot mutate immutable namespace ",
    "Cannot redefine namespace ",
    "Duplicate inline table key ",
)
"""How Python begins to tell what is given twice."""


def parse_toml(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Return what a text holds; raises tomllib.TOMLDecodeError."""
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        told = _twice(text, str(error))
        if told is None:
            raise
        raise tomllib.TOMLDecodeError(told) from None


def _twice(text: str, fault: str) -> str | None:
    """Return the sentence for what is given twice; None for another fault."""
    if not fault.startswith(_TWICE):
        return None
    lines, place = text.split("\n"), _PLACE.search(fault)
    number = int(place[1]) if place else len(lines)  # else at the end of the document
    line = lines[number - 1]
    if table := _TABLE.match(line):
        return f"[{table['path']}] is given a second time in line {number}; join the two"
    key = _INLINE.match(fault) or KEY.match(line)
    if key is None:  # the last line of a value with several
        return f"a key is given a second time in line {number}; keep one"
    return f"{key['path']} is given a second time in line {number}; keep one"
