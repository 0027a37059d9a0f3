"""XLSX reader: one sheet, its first used row holding the headings.

- The archive is inflated piece by piece before it is opened, so that neither a bomb nor a lie about
  a size gets through; nor does a sheet whose far corner would make the reader allocate the rest.
- Formulas are never computed: a cell gives the value that was saved with it, as text.
- A number of more than 15 digits has lost some when it was saved as a number: its row is refused.
  A fraction is read to 15 digits, which is what a spreadsheet shows of 0.1 + 0.2.
- A cell merged over several rows below the headings stands for each of them: the archive holds its
  value once, but a person sees it beside all that stands in them.
"""

from __future__ import annotations

import copy
import datetime as dt
import lzma
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from python_calamine import CalamineError, CalamineWorkbook

from federation.log.errors import Refused
from node.importing.problems import problem
from node.importing.rows import Cell, Row, Table
from node.importing.text_files import checked_row, heading_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

MAX_INFLATED_BYTES: Final = 256 << 20
MAX_MEMBERS: Final = 1_000
MAX_SHEET_CELLS: Final = 10_000_000

# What readers of a damaged or encrypted archive raise.
_DAMAGES: Final = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
_CHUNK_BYTES: Final = 1 << 20
_EXACT_DIGITS: Final = 15
_SPACES: Final = re.compile(rb"\s+")
_CELL_PLACE: Final = re.compile(rb"""\br ?= ?["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_PLACE_BYTES: Final = 20  # the longest place, so that none is missed between two pieces


def open_xlsx(path: Path, sheet: str = "") -> Table:
    """Open the named sheet, or the first one. Raises Refused (BAD_FILE)."""
    try:
        _check_archive(path)
        workbook = CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
        name = sheet or (names[0] if names else "")
        if name not in names:
            what = f"{path.name} has no sheet {name!r}, it has {', '.join(names)}"
            raise Refused("BAD_FILE", what, file=path.name, sheet=name)
        opened = workbook.get_sheet_by_name(name)
    except _DAMAGES as error:
        what = f"{path.name} is not a readable XLSX file: {error}"
        raise Refused("BAD_FILE", what, file=path.name) from error
    rows = enumerate(opened.iter_rows(), start=1)
    headings: list[str] = []
    heading_line = 0
    for heading_line, values in rows:  # noqa: B007 - it is needed below
        headings = [_text(value) or "" for value in values]
        if any(headings):
            break
    keys = heading_keys(path, headings)
    left = (opened.start or (0, 0))[1]  # rows begin with the first column that is used
    merged = {
        (first[0] + 1, first[1] - left): last[0] + 1
        for first, last in opened.merged_cell_ranges or ()
        if first[0] < last[0] and first[0] >= heading_line
    }
    filled = _filled(rows, merged) if merged else rows
    return Table("xlsx", "utf-8", tuple(filter(None, headings)), _rows(filled, keys))


def _filled(
    rows: Iterator[tuple[int, Sequence[object]]], merged: Mapping[tuple[int, int], int]
) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the rows with the value of a merged cell in each of them that has something else.

    `merged` gives the last line of a cell by its first line and its column, counted from 0.
    """
    reaching: dict[int, tuple[int, object]] = {}  # column: last line, value
    for line, values in rows:
        seen = list(values)
        for column, value in enumerate(values):
            last_line, above = reaching.get(column, (0, ""))
            if (line, column) in merged:
                reaching[column] = merged[line, column], value
            elif line <= last_line:
                seen[column] = above
        yield line, seen if any(values) else values


def _rows(rows: Iterator[tuple[int, Sequence[object]]], keys: list[str]) -> Iterator[Row]:
    for line, values in rows:
        texts = [_text(value) for value in values]
        if not any(text is None or text.strip() for text in texts):
            continue
        lost = [key for key, text in zip(keys, texts, strict=True) if text is None]
        if lost:
            yield Row(line, problems=(problem("LOST_DIGITS", column=lost[0]),))
            continue
        cells: dict[str, Cell] = {
            key: text for key, text in zip(keys, texts, strict=True) if text is not None
        }
        yield checked_row(line, cells)


def _text(value: object) -> str | None:
    """Return a cell as text; None for a number that has lost digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer():
            return None if abs(value) >= 10**_EXACT_DIGITS else str(int(value))
        return format(value, f".{_EXACT_DIGITS}g")
    if isinstance(value, dt.datetime):
        at_midnight = value.time() == dt.time()
        return (value.date() if at_midnight else value).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _check_archive(path: Path) -> None:
    """Refuse an archive whose content would not fit into memory."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise Refused("BAD_FILE", f"{path.name} has too many parts", file=path.name)
        inflated_bytes = 0
        for member in members:
            # The declared size may be a lie; asking for more than is allowed tells the true one.
            probe = copy.copy(member)
            probe.file_size = MAX_INFLATED_BYTES + 2 * _CHUNK_BYTES
            row, column = 0, 0
            tail = b""
            with archive.open(probe) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    inflated_bytes += len(chunk)
                    if inflated_bytes > MAX_INFLATED_BYTES:
                        what = f"{path.name} inflates to over {MAX_INFLATED_BYTES} bytes"
                        raise Refused("BAD_FILE", what, file=path.name)
                    # Of all members: which of them are sheets is for the workbook to say.
                    xml = _SPACES.sub(b" ", tail + chunk)
                    corner = _far_corner(xml)
                    row, column = max(row, corner[0]), max(column, corner[1])
                    tail = xml[-_PLACE_BYTES:]
            if row * column > MAX_SHEET_CELLS:
                what = f"{path.name} has a sheet of {row} × {column} cells; clear the unused ones"
                raise Refused("BAD_FILE", what, file=path.name)


def _far_corner(xml: bytes) -> tuple[int, int]:
    """Return the greatest row and column that the XML of a sheet speaks of."""
    row, column = 0, 0
    for letters, digits in _CELL_PLACE.findall(xml):
        row = max(row, int(digits))
        number = 0
        for letter in letters.upper():
            number = number * 26 + letter - 64
        column = max(column, number)
    return row, column
