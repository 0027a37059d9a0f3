"""`ydx export`: records of one kind, page by page, as JSON lines or CSV.

- JSON lines are exact and can be imported again. CSV is for people: a cell that a spreadsheet
  program would run as a formula begins with an apostrophe, which an import without a mapping takes
  off again. A keyword with a semicolon comes back from CSV as two.
- What was written is told on standard error, and each origin of which not everything is known here.
- A file appears under its name only when it is complete.
"""

from __future__ import annotations

import contextlib
import csv
import json
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.output import JsonOption, note, say, say_in_answer, show
from node.commands.settings import ConfigOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from node.rpc.exchange_client import ExchangeClient

_PAGE = 200


class Kind(StrEnum):
    """What is exported."""

    LISTING = "listing"
    ORGANISATION = "organisation"
    MANAGER = "manager"


class Format(StrEnum):
    """How it is written."""

    JSONL = "jsonl"
    CSV = "csv"


_METHODS = {
    Kind.LISTING: ("ListListings", "listings"),
    Kind.ORGANISATION: ("ListOrganisations", "organisations"),
    Kind.MANAGER: ("ListManagers", "managers"),
}


@dataclass(slots=True)
class Incomplete:
    """What the node says of origins of which it does not know everything: member → why."""

    origins: dict[str, str] = field(default_factory=dict)

    def take(self, origins: Iterable[Any]) -> None:
        """Take in the origins of a page."""
        for one in origins:
            state = one.DESCRIPTOR.fields_by_name["state"].enum_type.values_by_number[one.state]
            word = state.name.removeprefix("COMPLETENESS_").lower()
            if word != "complete":
                self.origins[one.member] = f"{word}: {one.why}" if one.why else word


def export(
    kind: Annotated[Kind, typer.Option(help="记录种类 / kind of record")] = Kind.LISTING,
    form: Annotated[
        Format, typer.Option("--format", help="jsonl 可再导入 / jsonl can be imported again")
    ] = Format.JSONL,
    member: Annotated[
        list[str] | None, typer.Option(help="只要这些成员，可重复 / only these members")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写入文件，默认标准输出 / file, standard output by default"),
    ] = None,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出供需、机构或技术经理人 / export records.

    --json 需与 --out 同用 / --json tells the outcome, so it needs --out for the data.
    """
    if as_json and out is None:
        raise typer.BadParameter(
            say_in_answer("--json 需要 --out", "--json needs --out"), param_hint="--json"
        )
    incomplete = Incomplete()
    with connected(node, token, ca, config) as client:
        records = pages(client, kind, member or [], incomplete)
        write = write_csv if form is Format.CSV else write_jsonl
        count = write_file(out, records, write) if out else write(records, sys.stdout)
    for name, why in sorted(incomplete.origins.items()):
        note(say(f"{name} 的副本不完整（{why}）", f"{name}'s log is not complete here ({why})"))
    told = say(f"已导出 {count} 条", f"{count} records exported")
    if out is None:
        note(told)
        return
    show(
        told,
        file=str(out),
        kind=kind.value,
        format=form.value,
        records=count,
        incomplete=incomplete.origins,
    )


def pages(
    client: ExchangeClient, kind: Kind, members: list[str], incomplete: Incomplete
) -> Iterator[Any]:
    """Yield all records of a kind; `incomplete` collects what is not known here."""
    method, items = _METHODS[kind]
    page_token = ""
    while True:
        page = client.call(
            method, page_size=_PAGE, page_token=page_token, filter={"members": members}
        )
        incomplete.take(page.origins)
        yield from getattr(page, items)
        page_token = page.next_page_token
        if not page_token:
            return


def write_file(
    out: Path, records: Iterable[Any], write: Callable[[Iterable[Any], IO[str]], int]
) -> int:
    """Write a file that appears when it is complete. Raises BAD_FILE where it cannot."""
    from federation.log.errors import Refused

    beside = out.with_name(f"{out.name}.part")
    encoding = "utf-8-sig" if write is write_csv else "utf-8"  # spreadsheets need the mark
    try:
        with beside.open("w", encoding=encoding, newline="") as file:
            count = write(records, file)
        beside.replace(out)
    except OSError as error:
        what = f"{out} cannot be written: {error.strerror}"
        raise Refused("BAD_FILE", what, file=str(out)) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return count


def write_jsonl(records: Iterable[Any], file: IO[str]) -> int:
    """Write one JSON object a line; return how many."""
    from node.commands.records import as_json

    count = 0
    for record in records:
        count += 1
        file.write(f"{json.dumps(as_json(record), ensure_ascii=False)}\n")
    return count


def write_csv(records: Iterable[Any], file: IO[str]) -> int:
    """Write a table whose columns are the fields that any record has; return how many rows.

    Rows wait in a temporary file until all columns are known.
    """
    import tempfile

    from node.commands.records import cells, column_order
    from node.formulas import csv_safe

    columns: set[str] = set()
    count = 0
    record = None
    with tempfile.TemporaryFile("w+", encoding="utf-8") as rows:
        for record in records:
            count += 1
            row = dict(cells(record))
            columns |= row.keys()
            rows.write(f"{json.dumps(row, ensure_ascii=False)}\n")
        rows.seek(0)
        ordered = sorted(columns, key=column_order(record)) if record is not None else []
        writer = csv.writer(file)
        if ordered:
            writer.writerow(ordered)
        for line in rows:
            row = json.loads(line)
            writer.writerow([csv_safe(row.get(column, "")) for column in ordered])
    return count
