"""`ydx export`: all pages, exact as JSON lines, safe as CSV, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import Refused
from federation.records.codec import Listing
from node.commands.export import Incomplete, write_csv, write_file, write_jsonl
from tests.node.services.own_node import PLATFORM, supply
from ydx.exchange.v1 import query_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.node.commands.conftest import Served
    from tests.node.commands.running import Said

COUNT = 450
"""Three pages."""


@pytest.fixture
def published(served: Served) -> Served:
    node = served.node
    node.batches.publish(
        PLATFORM, [supply(number) for number in range(COUNT)], node.options(), lambda _rows: b""
    )
    return served


def test_json_lines_hold_every_record_once_and_import_as_unchanged(
    ydx: Callable[..., Said], published: Served
) -> None:
    said = ydx("export", "--out", "all.jsonl", "--json")
    assert (said.code, said.json["records"], said.json["incomplete"]) == (0, COUNT, {})
    again = ydx("import", "run", "all.jsonl", "--json").json
    assert again["outcomes"] == {"create": 0, "update": 0, "same": COUNT, "error": 0}
    del published


def test_csv_comes_back_as_unchanged_too(ydx: Callable[..., Said], served: Served) -> None:
    listings = [supply(1), supply(2, source_id="-1", summary="=引号“\"”，换行\n与'撇号"), supply(3)]
    listings[0].origin.contacts[0].phone = "+86 551 0000 0000"
    listings[2].public.title_en = "'@SUM"
    node = served.node
    node.batches.publish(PLATFORM, listings, node.options(), lambda _rows: b"")
    assert ydx("export", "--format", "csv", "--out", "all.csv").code == 0
    again = ydx("import", "run", "all.csv", "--json").json
    assert again["outcomes"] == {"create": 0, "update": 0, "same": 3, "error": 0}


def test_standard_output_holds_data_only(ydx: Callable[..., Said], published: Served) -> None:
    del published
    said = ydx("--lang", "en", "export")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert len({row["name"] for row in rows}) == COUNT
    assert f"{COUNT} records exported" in said.err


def test_members_and_kinds_filter(ydx: Callable[..., Said], published: Served) -> None:
    del published
    said = ydx("export", "--member", "jiangsu", "--out", "a")
    assert said.code == 1
    assert "请从 anhui 中选" in said.err
    assert ydx("export", "--kind", "manager", "--out", "a", "--json").json["records"] == 0
    assert ydx("export", "--member", "anhui", "--out", "a", "--json").json["records"] == COUNT


def test_json_without_a_file_for_the_data_is_wrong_usage(ydx: Callable[..., Said]) -> None:
    assert ydx("export", "--json").code == 2


def test_csv_has_a_column_for_each_field_and_runs_no_formula(tmp_path: Path) -> None:
    records = [supply(1), supply(2, title="=HYPERLINK(1)"), Listing()]
    records[1].public.title_en = "@SUM(1)"
    file = tmp_path / "t.csv"
    assert write_file(file, records, write_csv) == 3
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [row["public.title"] for row in rows] == [records[0].public.title, "'=HYPERLINK(1)", ""]
    assert rows[1]["public.title_en"] == "'@SUM(1)"
    assert list(rows[0])[:3] == ["public.kind", "public.title", "public.region"]


def test_no_record_is_an_empty_file(tmp_path: Path) -> None:
    assert write_file(tmp_path / "t.csv", [], write_csv) == 0
    assert write_file(tmp_path / "t.jsonl", [], write_jsonl) == 0
    assert (tmp_path / "t.jsonl").read_bytes() == b""


def test_a_broken_off_export_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    def breaking() -> Iterator[Any]:
        yield supply(1)
        raise Refused("OUT_OF_REACH", "gone")

    file = tmp_path / "t.jsonl"
    file.write_text("old")
    with pytest.raises(Refused):
        write_file(file, breaking(), write_jsonl)
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"t.jsonl": "old"}


def test_a_file_that_cannot_be_written_is_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="BAD_FILE"):
        write_file(tmp_path / "none" / "t.jsonl", [], write_jsonl)


def test_origins_that_are_not_complete_are_told_with_the_reason() -> None:
    incomplete = Incomplete()
    incomplete.take(
        [
            pb.OriginCompleteness(member="anhui", state=pb.COMPLETENESS_COMPLETE),
            pb.OriginCompleteness(member="jiangsu", state=pb.COMPLETENESS_STALE, why="5 behind"),
            pb.OriginCompleteness(member="center", state=pb.COMPLETENESS_PARTIAL),
        ]
    )
    assert incomplete.origins == {"jiangsu": "stale: 5 behind", "center": "partial"}
