"""`ydx import` of contacts: whichever way their columns are spelt, none is lost or shown around."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Final

import openpyxl  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from node.commands.records import cells
from node.services.catalogue.reading import RecordQuery
from node.services.catalogue.records import LISTING
from tests.node.services.own_node import PARTNER, PLATFORM, supply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.conftest import Served
    from tests.node.commands.running import Said

pytestmark = pytest.mark.usefixtures("served")

CONTACTS: Final = {
    "indices": ["origin.contacts[0].name", "origin.contacts[0].phone", "origin.contacts[1].name"],
    "dots": ["origin.contacts.0.name", "Origin.Contacts.0.Phone", "origin.contacts.1.name"],
    "the first without": [
        "origin.contacts.name",
        "origin.contacts.phone",
        "origin.contacts.1.name",
    ],
}
PEOPLE: Final = ["王示例", "+86 551 0000 0000", "李示例"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("spelling", CONTACTS)
def test_contacts_come_into_the_part_of_this_node_and_nowhere_else(
    ydx: Callable[..., Said], served: Served, tmp_path: Path, form: str, spelling: str
) -> None:
    said = {path: text for path, text in cells(supply(1)) if not path.startswith("origin.")}
    said |= dict(zip(CONTACTS[spelling], PEOPLE, strict=True))
    file = tmp_path / f"t.{form}"
    write_rows(file, [list(said), list(said.values())])
    planned = ydx("import", "plan", file, "--json").json
    assert (planned["unread_columns"], planned["outcomes"]["error"]) == ([], 0)
    assert ydx("import", "run", file, "--json").json["outcomes"]["create"] == 1
    query = RecordQuery(kind=LISTING)
    (listing,) = served.node.catalogue.page(PLATFORM, query, 0, 9).records
    told = [(one.name, one.phone) for one in listing.origin.contacts]
    assert told == [("王示例", "+86 551 0000 0000"), ("李示例", "")]
    assert not any(one in str(text) for one in PEOPLE for text in (listing.public, listing.members))
    (shown,) = served.node.catalogue.page(PARTNER, query, 0, 9).records
    assert not shown.HasField("origin")
    assert shown.public == listing.public


def write_rows(file: Path, rows: list[list[str]]) -> None:
    """Write headings and rows as a file of its name's kind."""
    if file.suffix == ".xlsx":
        workbook = openpyxl.Workbook()
        for one in rows:
            workbook.active.append(one)
        workbook.save(file)
    elif file.suffix == ".csv":
        with file.open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows(rows)
    else:
        file.write_text(
            "".join(json.dumps(dict(zip(rows[0], row, strict=True))) + "\n" for row in rows[1:])
        )


def test_a_column_that_is_nearly_a_field_is_told_with_that_field(
    ydx: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"public.titles": "x", "origin.contact.name": "y", "name": "z", '
        '"contacts.0.name": "a", "title": "b"}'
    )
    said = ydx("--lang", "en", "import", "plan", "a.jsonl")
    told = (
        "contacts.0.name (origin.contacts.0.name?), name, "
        "origin.contact.name (origin.contacts[0].name?), public.titles (public.title?), "
        "title (public.title?)"
    )
    assert f"columns that no field reads: {told}\n" in said.err
    said = ydx("import", "plan", "a.jsonl")
    assert "origin.contact.name（是否指 origin.contacts[0].name？）" in said.err
