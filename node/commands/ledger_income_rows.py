"""Incomes of a file, CSV or JSON Lines, one a row, for `ydx ledger propose-all`.

- The encoding is found, as of every table; cells that a spreadsheet left blank at the end of a line
  are none, and a line of such cells is no income.
- Amounts are yuan in `amount`, or whole fen in `fen`; a number of JSON is read as it is written.
- A path of evidence is relative to the file; only the SHA-256 is sent.
- A contract, instalment and kind that came before in the file are a fault: they are booked once.
- Every wrong field is told as FILE:LINE:COLUMN, all at once; 20 are shown, the rest counted. An
  unknown column, and one that no row has, is told once.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import Refused
from federation.records.days import day
from federation.records.findings import Finding
from node.commands.amounts import fen_of_digits, fen_of_yuan, two_amounts
from node.commands.enquiry_asking import read_ref
from node.commands.ledger_asking import choice, deductions, is_name
from node.commands.ledger_proposals import IncomeKind
from node.commands.translating import in_chinese
from node.importing.text_files import encoding_of
from node.services.arguments import invalid
from node.services.errors import InvalidFields, invalid_field, renamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_REQUIRED: Final = ("contract", "instalment", "date", "received_by")
_COLUMNS: Final = (*_REQUIRED, "amount", "fen", "kind", "deductions", "evidence")
_ONCE: Final = ("contract", "instalment", "kind")
_SHOWN: Final = 20
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class IncomeRow:
    """One income; `fields` are those of IncomeToPropose, `line` counts from 1."""

    line: int
    fields: dict[str, Any]
    amount_column: str = "amount"
    """Where its amount stands: amount or fen."""


def read_rows(file: Path) -> list[IncomeRow]:
    """Return the incomes of a file; refuses BAD_FILE, and INVALID_FIELD with all wrong fields."""
    try:
        content = io.BytesIO(file.read_bytes())  # at once: it may be a pipe
        encoding = encoding_of(content, file.name)
        content.seek(0)
        text = io.TextIOWrapper(content, encoding).read()
        is_csv = file.suffix.lower() == ".csv"
        said = list(_csv_rows(text) if is_csv else _json_rows(text))
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror}"
        raise Refused("BAD_FILE", what, file=str(file)) from error
    except (ValueError, csv.Error) as error:
        raise Refused("BAD_FILE", f"{file}: {error}", file=str(file)) from error
    if not said:
        raise Refused("BAD_FILE", f"{file} has no incomes", file=str(file))
    header = list(_wrong_columns(said, file))
    missing = {one.value for one in header if one.rule == "COLUMN_MISSING"}
    wrong: list[Finding] = []
    rows = []
    first: dict[tuple[str, ...], int] = {}
    for line, row in said:
        amount_column = "fen" if row.get("fen", "") else "amount"
        rows.append(IncomeRow(line, _fields(row, file, line, wrong), amount_column))
        key = tuple(str(row.get(one, "")).strip() for one in _ONCE)
        before = first.setdefault(key, line)
        if before != line:
            wrong.append(_repeated(f"{file.name}:{line}:instalment", key[1], before))
    wrong = header + [one for one in wrong if one.field.rpartition(":")[2] not in missing]
    if wrong:
        raise InvalidFields(_shown(wrong, file))
    return rows


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = _filled([name.strip() for name in next(reader, [])])
    if len(set(header)) != len(header):
        what = "a column is given twice"
        raise ValueError(what)
    line = reader.line_num + 1
    for cells in reader:
        row = _filled(cells)
        if len(row) > len(header):
            what = f"line {line} has more fields than the header"
            raise ValueError(what)
        if row:
            yield line, dict(zip_longest(header, row, fillvalue=""))
        line = reader.line_num + 1


def _filled(cells: list[str]) -> list[str]:
    """Return the cells up to the last that is not blank."""
    filled = max((number for number, one in enumerate(cells, 1) if one.strip()), default=0)
    return cells[:filled]


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for line, one in enumerate(text.split("\n"), 1):
        if not one.strip():
            continue
        try:
            said = json.loads(one, parse_float=str, parse_int=str)
        except ValueError as error:
            what = f"line {line} is no JSON: {error}"
            raise ValueError(what) from error
        if not isinstance(said, dict):
            what = f"line {line} is no object"
            raise ValueError(what)  # noqa: TRY004 - told as every fault of the file
        yield line, said


def _fields(row: dict[str, Any], file: Path, line: int, wrong: list[Finding]) -> dict[str, Any]:
    def read(column: str, reader: Callable[[str], Any]) -> Any:
        try:
            value = row.get(column, "")
            if not isinstance(value, str):
                raise invalid_field(column, "TEXT", str(value), "须是文本", "must be a text")
            value = value.strip()
            if not value and column in _REQUIRED:
                raise invalid_field(column, "REQUIRED", "", "缺失", "is required")
            return reader(value)
        except InvalidFields as refusal:
            wrong.extend(renamed(one, f"{file.name}:{line}:{column}") for one in refusal.violations)
        except Refused as refusal:
            wrong.extend(
                renamed(one, f"{file.name}:{line}:{column}")
                for one in invalid_field(
                    column,
                    refusal.reason,
                    str(row[column]),
                    in_chinese(refusal.what) or refusal.what,
                    refusal.what,
                ).violations
            )
        return None

    contract = read("contract", lambda value: value if is_name(value) else read_ref(value))
    amount = row.get("amount", "")
    fen = row.get("fen", "")
    income = {
        "instalment": read("instalment", str),
        "income_date": read("date", _day),
        "received_by": read("received_by", str),
        "gross_fen": read("fen" if fen else "amount", lambda value: _amount(amount, fen, value)),
        "kind": read("kind", _kind),
        "deductions": read("deductions", lambda value: deductions(_split(value))),
        "evidence_sha256": read("evidence", lambda value: _evidence(value, file)),
    }
    if isinstance(contract, str):
        return {"income": income, "contract": contract}
    return {"income": income | {"contract": contract}}


def _repeated(field: str, instalment: str, line: int) -> Finding:
    zh, en = f"与第 {line} 行重复；请删除其一", f"is that of line {line} once more; remove one"
    return invalid_field(field, "ROW_TWICE", instalment, zh, en).violations[0]


def _wrong_columns(rows: list[tuple[int, dict[str, str]]], file: Path) -> Iterator[Finding]:
    """Yield the columns that are unknown, by the first row, and those that no row has."""
    columns: dict[str, int] = {}
    for line, row in rows:
        for column in row:
            columns.setdefault(column, line)
    known = ", ".join(_COLUMNS)
    for column, line in columns.items():
        if column not in _COLUMNS:
            field = f"{file.name}:{line}:{column}"
            zh = f"{field} 是未知的列；已知的列：{known}"
            en = f"{field} is an unknown column; known are: {known}"
            yield Finding(field, "UNKNOWN_COLUMN", column, zh, en)
    for column in (*_REQUIRED, "amount"):
        if column not in columns and not (column == "amount" and "fen" in columns):
            field = f"{file.name}:{column}"
            zh = f"{field} 缺少此列；已知的列：{known}"
            en = f"{field} is a column that is missing; known are: {known}"
            yield Finding(field, "COLUMN_MISSING", column, zh, en)


def _amount(amount: str, fen: str, value: str) -> int:
    if amount and fen:
        raise two_amounts(value)
    if not value:
        zh, en = "缺失；请给出 amount（元）或 fen（分）", "is required, in yuan, or fen"
        raise invalid_field("amount", "REQUIRED", "", zh, en)
    return fen_of_digits(value) if fen else fen_of_yuan(value)


def _day(value: str) -> str:
    if day(value) is None:
        raise invalid("date", "DAY_FORM", value)
    return value


def _kind(value: str) -> Any:
    if value and value not in list(IncomeKind):
        kinds = ", ".join(IncomeKind)
        raise invalid_field("kind", "KIND", value, f"须是 {kinds}", f"must be one of {kinds}")
    return choice("INCOME_KIND", value or IncomeKind.SERVICE_FEE.value)


def _split(value: str) -> list[str]:
    return [one.strip() for one in value.split(";") if one.strip()]


def _evidence(value: str, file: Path) -> bytes:
    if not value:
        return b""
    if _DIGEST.fullmatch(value):
        return bytes.fromhex(value)
    try:
        with (file.parent / value).open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").digest()
            is_empty = not content.tell()
    except (OSError, ValueError) as error:
        zh, en = "不是 SHA-256，也不是可读的文件", "is no SHA-256, and no file that can be read"
        raise invalid_field("evidence", "EVIDENCE", value, zh, en) from error
    if is_empty:
        zh, en = "是空文件，不能作为凭证", "is an empty file, which proves nothing"
        raise invalid_field("evidence", "EVIDENCE", value, zh, en)
    return digest


def _shown(wrong: list[Finding], file: Path) -> list[Finding]:
    more = len(wrong) - _SHOWN
    if more <= 0:
        return wrong
    zh, en = f"{file.name} 另有 {more} 处错误", f"{file.name} has {more} more faults"
    return [*wrong[:_SHOWN], Finding(file.name, "MORE", "", zh, en)]
