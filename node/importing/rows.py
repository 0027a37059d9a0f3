"""Rows of a file, whatever its format: text cells under column keys, with the place kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from node.importing.problems import Problem

MAX_CELLS: Final = 2_000
MAX_ROW_CHARACTERS: Final = 1_000_000

# A JSON list of plain values is one cell with several texts.
Cell = str | tuple[str, ...]
Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Row:
    """One row. A row with problems could not be read and has no cells.

    `line` counts from 1: the line where the row begins in a text file, the row of a sheet, the
    element of a JSON list.
    """

    line: int
    cells: Cells = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """An open file: what was found out about it, and its rows, which can be read once.

    `columns` are the headings as written; empty where the format has none (JSON).
    `done` tells how much has been read, from 0 to 1; `close` ends the reading.
    """

    format: str
    encoding: str
    columns: tuple[str, ...]
    rows: Iterator[Row]
    done: Callable[[], float] = lambda: 1.0
    close: Callable[[], None] = lambda: None


def column_key(heading: str) -> str:
    """Return the form under which headings are compared: NFKC, trimmed, case folded."""
    return " ".join(unicodedata.normalize("NFKC", heading).split()).casefold()


def has_bad_bytes(cells: Cells) -> bool:
    """Tell whether a text has surrogates: bytes that did not fit the encoding, or JSON escapes."""
    return any(
        "\ud800" <= sign <= "\udfff"
        for cell in cells.values()
        for text in ((cell,) if isinstance(cell, str) else cell)
        if not text.isascii()
        for sign in text
    )
