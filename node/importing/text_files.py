"""CSV and JSON readers.

- The encoding is found, never asked for: a byte order mark, else UTF-8, else GB18030.
- A file that is UTF-8 but for a few bytes stays UTF-8; only the rows with those bytes are refused.
- A broken row becomes a row with problems, and reading goes on with the next line.
- No cell is lost unseen: a row of JSON with a name twice is refused, and a column without a heading
  is called by its number.
- Bounded: file size, characters and cells of a row, nesting of JSON. A line that is too long is
  passed by as one row, whatever quotes it opens.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from federation.log.errors import Refused
from node.importing.problems import printable, problem
from node.importing.rows import (
    MAX_CELLS,
    MAX_ROW_CHARACTERS,
    Cell,
    Row,
    Table,
    column_key,
    has_bad_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader, TextIOWrapper
    from pathlib import Path
    from typing import BinaryIO

MAX_FILE_BYTES: Final = 1 << 30
MAX_JSON_LIST_BYTES: Final = 256 << 20  # a JSON list is read whole

_MAX_NESTING: Final = 16
_CHUNK_BYTES: Final = 1 << 20
_BAD_BYTES: Final = "ydx-bad-bytes"
_BOM: Final = "\ufeff"
# So many good multi-byte characters before the first bad byte are no accident of another encoding.
_UTF8_EVIDENCE: Final = 16


# csv.Error has no kinds; a field over this bound says so in its text.
csv.field_size_limit(MAX_ROW_CHARACTERS)
_FIELD_TOO_LARGE: Final = "field limit"


def _to_surrogate(error: UnicodeError) -> tuple[str, int]:
    """Stand in for bytes that do not fit an encoding, so that only their rows are refused.

    The surrogateescape of Python has no place for bytes below 128, which UTF-16 can fail at.
    """
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    raise error


codecs.register_error(_BAD_BYTES, _to_surrogate)


def find_encoding(path: Path) -> str:
    """Return the Python name of the file's encoding. Raises Refused (BAD_FILE) for a binary."""
    with path.open("rb") as file:
        return encoding_of(file, path.name)


def encoding_of(file: BinaryIO, name: str) -> str:
    """Return the encoding of what a file that can be sought holds, as `find_encoding`."""
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start in {codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE}:  # the first begins like UTF-16's
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    multibyte_count, line_count = 0, 0
    while chunk := file.read(_CHUNK_BYTES):
        if b"\0" in chunk:
            line = line_count + chunk[: chunk.index(b"\0")].count(b"\n") + 1
            what = (
                f"{name} is not a text file: line {line} has a zero byte; delete it, or "
                "save the file as UTF-8"
            )
            raise Refused("BAD_FILE", what, file=name, line=str(line))
        line_count += chunk.count(b"\n")
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            text = error.object[: error.start].decode()
            multibyte_count += sum(not sign.isascii() for sign in text)
            return "utf-8" if multibyte_count >= _UTF8_EVIDENCE else "gb18030"
        if multibyte_count < _UTF8_EVIDENCE:
            multibyte_count += sum(not sign.isascii() for sign in text)
    return "utf-8"


def open_csv(path: Path, encoding: str = "") -> Table:
    """Open a CSV file whose first line holds the headings.

    Raises Refused (BAD_FILE) if it has no headings, or two that are alike.
    """
    file, encoding = _open_text(path, encoding, MAX_FILE_BYTES)
    reader = csv.reader(_bounded_lines(file), strict=True)
    try:
        headings = next(reader, [])
        keys = heading_keys(path, headings)
    except csv.Error as error:
        file.close()
        raise Refused("BAD_FILE", f"the headings cannot be read: {error}") from error
    except Refused:
        file.close()
        raise
    rows = _csv_rows(reader, keys)
    return Table("csv", encoding, tuple(headings), rows, _done(file, path), file.close)


def heading_keys(path: Path, headings: list[str]) -> list[str]:
    """Return the keys of the headings; that of the third column, if it has none, is #3.

    Raises Refused (BAD_FILE): no heading at all, or two that are alike.
    """
    if not any(column_key(heading) for heading in headings):
        raise Refused("BAD_FILE", f"{path.name} has no headings in its first row", file=path.name)
    keys = [column_key(heading) or f"#{n}" for n, heading in enumerate(headings, start=1)]
    doubled = sorted(key for key, count in Counter(keys).items() if count > 1)
    if doubled:
        what = f"{path.name} has the heading {doubled[0]!r} twice"
        raise Refused("BAD_FILE", what, file=path.name, heading=doubled[0])
    return keys


def _csv_rows(reader: Any, keys: list[str]) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            texts = next(reader, None)
        except csv.Error as error:
            rule = "ROW_TOO_LARGE" if _FIELD_TOO_LARGE in str(error) else "BAD_CSV"
            last = reader.line_num
            more = f"；第 {line} 至 {last} 行", f"; lines {line} to {last}: {error}"
            yield Row(line, problems=(problem(rule, more=more),))
            continue
        if texts is None:
            return
        if any(text and not text.isspace() for text in texts):
            yield _csv_row(line, keys, texts)


def _csv_row(line: int, keys: list[str], texts: list[str]) -> Row:
    if len(texts) != len(keys):
        detail = f"{len(texts)} ≠ {len(keys)}"
        return Row(line, problems=(problem("CELL_COUNT", detail=detail),))
    return checked_row(line, dict(zip(keys, texts, strict=True)))


def checked_row(line: int, cells: dict[str, Cell]) -> Row:
    """Return the row, or one with a problem where it is too large or has undecodable bytes."""
    for key in [key for key, cell in cells.items() if key.startswith("#") and not cell]:
        del cells[key]  # mostly a column that is no more than a separator
    characters = sum(
        len(cell) if isinstance(cell, str) else sum(map(len, cell)) for cell in cells.values()
    )
    if characters > MAX_ROW_CHARACTERS or len(cells) > MAX_CELLS:
        return Row(line, problems=(problem("ROW_TOO_LARGE"),))
    if has_bad_bytes(cells):
        return Row(line, problems=(problem("BAD_ENCODING"),))
    return Row(line, cells)


def open_json_lines(path: Path, encoding: str = "") -> Table:
    """Open a file with one JSON object a line; empty lines are passed over."""
    file, encoding = _open_text(path, encoding, MAX_FILE_BYTES)
    rows = (
        _json_row(line, text)
        for line, text in enumerate(_bounded_lines(file), start=1)
        if text.strip()
    )
    return Table("json lines", encoding, (), rows, _done(file, path), file.close)


def _json_row(line: int, text: str) -> Row:
    if len(text) > MAX_ROW_CHARACTERS:
        return Row(line, problems=(problem("ROW_TOO_LARGE"),))
    try:
        return _object_row(line, _parse_json(text.rstrip("\r\n")))
    except json.JSONDecodeError as error:
        more = f"；自第 {error.colno} 列起", f"; from column {error.colno} on"
    except RecursionError:
        more = "；嵌套过深", "; it is nested too deeply"
    except ValueError as error:  # what JSON has no number for
        more = f"；{error} 不是 JSON 的值", f"; {error} is no value of JSON"
    return Row(line, problems=(problem("BAD_JSON", more=more),))


def open_json_list(path: Path, encoding: str = "", list_path: str = "") -> Table:
    """Open a JSON file that holds its objects in a list, at the top or under a dotted path.

    Raises Refused (BAD_FILE) if there is no such list.
    """
    file, encoding = _open_text(path, encoding, MAX_JSON_LIST_BYTES)
    with file:
        try:
            found = _parse_json(file.read())
        except (ValueError, RecursionError) as error:
            what = f"{path.name} is not valid JSON: {str(error)[:80]}"
            raise Refused("BAD_FILE", what, file=path.name) from error
    for step in filter(None, list_path.split(".")):
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, list):
        what = f"{path.name} has no list at {list_path or 'its top'}"
        raise Refused("BAD_FILE", what, file=path.name, path=list_path)
    rows = (_object_row(position, element) for position, element in enumerate(found, start=1))
    return Table("json", encoding, (), rows)


def _parse_json(text: str) -> Any:
    """Parse JSON; numbers stay the texts that were written, NaN and infinities are refused."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Doubled:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        return _Doubled(Counter(name for name, _ in pairs).most_common(1)[0][0])

    return json.loads(
        text,
        parse_float=str,
        parse_int=str,
        parse_constant=refuse,
        object_pairs_hook=as_object,
    )


@dataclass(frozen=True, slots=True)
class _Doubled:
    """Stands for a JSON object that has a name twice: which value counts nobody knows."""

    name: str


class _DoubledError(Exception):
    """An object has a name twice, or two that are compared alike."""


def _object_row(line: int, element: object) -> Row:
    if not isinstance(element, dict | _Doubled):
        more = "；不是写在 { } 中的对象", "; it is no object in { }"
        return Row(line, problems=(problem("BAD_JSON", more=more),))
    cells: dict[str, Cell] = {}
    try:
        if not _flatten(element, "", cells, _MAX_NESTING):
            return Row(line, problems=(problem("ROW_TOO_LARGE"),))
    except _DoubledError as error:
        name = printable(str(error))
        more = f"；名称 {name} 重复", f"; the name {name} stands twice"
        return Row(line, problems=(problem("BAD_JSON", more=more),))
    return checked_row(line, cells)


def _flatten(value: object, key: str, cells: dict[str, Cell], depth: int) -> bool:
    """Put the value's leaves into cells under paths such as a.b[0].c; False if over a bound."""
    if depth == 0 or len(cells) > MAX_CELLS:
        return False
    if isinstance(value, _Doubled):
        raise _DoubledError(value.name)
    if isinstance(value, dict):
        prefix = f"{key}." if key else ""
        return all(
            _flatten(inner, column_key(prefix + name), cells, depth - 1)
            for name, inner in value.items()
        )
    if isinstance(value, list):
        if any(isinstance(inner, dict | list) for inner in value):
            return all(
                _flatten(inner, f"{key}[{index}]", cells, depth - 1)
                for index, inner in enumerate(value)
            )
        _put(cells, key, tuple(_text(inner) for inner in value))
    else:
        _put(cells, key, _text(value))
    return True


def _put(cells: dict[str, Cell], key: str, cell: Cell) -> None:
    if key in cells:
        raise _DoubledError(key)
    cells[key] = cell


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _open_text(path: Path, encoding: str, size_max: int) -> tuple[TextIOWrapper, str]:
    size_bytes = path.stat().st_size
    if size_bytes > size_max:
        what = f"{path.name} has {size_bytes} bytes, the limit is {size_max}; split it"
        raise Refused("BAD_FILE", what, file=path.name)
    encoding = encoding or find_encoding(path)
    try:
        b"a".decode(encoding, _BAD_BYTES)
        file = path.open(encoding=encoding, errors=_BAD_BYTES, newline="")
    except (LookupError, ValueError) as error:
        raise Refused("BAD_FILE", f"unknown encoding {encoding!r}", encoding=encoding) from error
    if file.read(1) != _BOM:  # it is there still where the encoding was given, or is GB18030
        file.seek(0)
    return file, encoding


def _bounded_lines(file: TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a file; for one over the bound a text that every format refuses.

    Its beginning would not do: a quote that it opens would take in the rows after it.
    """
    characters = MAX_ROW_CHARACTERS + len("\r\n")
    while line := file.readline(characters):
        is_cut = len(line) == characters and not line.endswith(("\n", "\r"))
        yield "x" * (csv.field_size_limit() + 1) if is_cut else line
        while is_cut and line and not line.endswith(("\n", "\r")):
            line = file.readline(characters)
    file.close()


def _done(file: TextIOWrapper, path: Path) -> Callable[[], float]:
    size_bytes = max(path.stat().st_size, 1)
    raw = cast("BufferedReader", file.buffer)
    return lambda: 1.0 if file.closed else raw.tell() / size_bytes
