"""Imports as a whole: outcomes, order, batches, repeats, reports."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused, Unreachable
from node.formulas import csv_plain, csv_safe
from node.importing import report as report_module
from node.importing import running
from node.importing.mapper import FileMapper
from node.importing.mapping import ReadOptions, load_mapping
from node.importing.path_mapper import PathMapper
from node.importing.report import run_import
from node.importing.tables import open_table
from tests.node.importing.catalogue import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from node.importing.report import Report
    from node.importing.running import RowResult


def row(number: int, **changes: str) -> dict[str, Any]:
    public = {
        "kind": "LISTING_KIND_SUPPLY",
        "title": f"第{number}号铝合金压铸工艺",
        "region": "340203",
        "tech_field": "TECH_FIELD_NEW_MATERIALS",
        "source_platform": "ah-techmarket",
        "source_id": f"AH-{number}",
        "summary": "铸态即可使用的高强韧材料。",
        "owner": {"name": "芜湖示例研究所"},
        "supply": {
            "advantages": "延伸率提高四成。",
            "result_form": "RESULT_FORM_NEW_PROCESS",
            "transfer_modes": ["TRANSFER_MODE_LICENCE"],
        },
    }
    return {"public": public | changes}


def written(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8"
    )
    return path


def imported(path: Path, publish: Any) -> tuple[Report, list[RowResult]]:
    results: list[RowResult] = []
    report = run_import(
        path.name,
        open_table(path, ReadOptions()),
        PathMapper(),
        publish,
        progress=lambda result, _: results.append(result),
    )
    return report, results


def test_every_row_is_accepted_or_refused_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [row(number) for number in range(1, 6)]
    rows[1] = row(2, region="999999")
    rows[2] = row(3, kind="LISTING_KIND_OFFER")
    catalogue = Catalogue()
    report, results = imported(written(tmp_path, rows), catalogue.publish)
    assert [result.line for result in results] == [1, 2, 3, 4, 5]
    assert [result.outcome.value for result in results] == [
        "create", "error", "error", "create", "create",
    ]  # fmt: skip
    assert [found.rule for found in results[1].problems] == ["REGION_UNKNOWN"]
    assert results[1].problems[0].column == "public.region"
    assert [found.rule for found in results[2].problems] == ["UNKNOWN_TERM"]
    assert report.outcomes.total() == 5
    assert len(catalogue.listings) == 3


def test_a_plan_says_what_a_run_does_and_does_nothing(tmp_path: Path) -> None:
    catalogue = Catalogue()
    path = written(tmp_path, [row(1), row(2), row(3, region="x")])
    plan, _ = imported(path, catalogue.plan)
    assert catalogue.listings == {}
    run, _ = imported(path, catalogue.publish)
    assert plan.outcomes == run.outcomes


def test_an_import_again_changes_only_what_changed(tmp_path: Path) -> None:
    catalogue = Catalogue()
    imported(written(tmp_path, [row(1), row(2)]), catalogue.publish)
    changed = written(tmp_path, [row(1), row(2, title="第二号镁合金压铸工艺"), row(3)])
    _, results = imported(changed, catalogue.publish)
    assert [result.outcome.value for result in results] == ["same", "update", "create"]


def test_an_import_that_broke_off_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    catalogue = Catalogue()
    path = written(tmp_path, [row(number) for number in range(1, 8)])
    calls = 0

    def break_off(listings: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Unreachable("DATABASE_ERROR", "gone")
        return catalogue.publish(listings)

    with pytest.raises(Unreachable):
        imported(path, break_off)
    assert len(catalogue.listings) == 4
    _, results = imported(path, catalogue.publish)
    assert [result.outcome.value for result in results] == ["same"] * 4 + ["create"] * 3


def test_a_second_row_with_one_id_is_refused_and_names_the_first(tmp_path: Path) -> None:
    catalogue = Catalogue()
    path = written(tmp_path, [row(1), row(2), row(1, title="另一条铝合金信息")])
    _, results = imported(path, catalogue.publish)
    (found,) = results[2].problems
    assert (found.rule, found.value) == ("DUPLICATE_ROW", "AH-1")
    assert found.text_zh.endswith("；首次出现在第 1 行")
    assert found.text_en.endswith("; it first stands in row 1")
    assert len(catalogue.listings) == 2


def test_batches_are_bounded_in_rows_and_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, [row(number) for number in range(10)])
    monkeypatch.setattr(running, "BATCH_ROWS", 4)
    by_rows = Catalogue()
    imported(path, by_rows.publish)
    assert by_rows.batch_sizes == [4, 4, 2]
    one_bytes = next(iter(by_rows.listings.values())).ByteSize()
    monkeypatch.setattr(running, "BATCH_BYTES", int(one_bytes * 2.5))
    by_bytes = Catalogue()
    imported(path, by_bytes.publish)
    assert by_bytes.batch_sizes == [2, 2, 2, 2, 2]


def test_a_row_that_no_message_could_hold_stops_no_other(tmp_path: Path) -> None:
    rows = [row(1), row(2, summary="𠮷" * 900_000), row(3)]
    catalogue = Catalogue()
    _, results = imported(written(tmp_path, rows), catalogue.publish)
    assert [result.outcome.value for result in results] == ["create", "error", "create"]
    assert [found.rule for found in results[1].problems] == ["ROW_TOO_LARGE"]


def test_a_file_without_a_needed_column_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,备注\n1,x\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"columns are missing: public\.title; there are 编号, 备注"):
        imported(path, Catalogue().publish)


@pytest.mark.parametrize("name", ["a.doc", "none.csv"])
def test_what_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as caught:
        open_table(tmp_path / name, ReadOptions())
    assert caught.value.reason == "BAD_FILE"


def test_csv_with_paths_as_headings_round_trips(tmp_path: Path) -> None:
    json_catalogue, csv_catalogue = Catalogue(), Catalogue()
    imported(written(tmp_path, [row(1)]), json_catalogue.publish)
    flat = {
        "public.kind": "SUPPLY",
        **{
            f"public.{key}": value
            for key, value in row(1)["public"].items()
            if isinstance(value, str) and key != "kind"
        },
        "public.owner.name": "芜湖示例研究所",
        "public.supply.advantages": "延伸率提高四成。",
        "public.supply.result_form": "NEW_PROCESS",
        "public.supply.transfer_modes": "LICENCE",
    }
    path = tmp_path / "a.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([flat.keys(), flat.values()])
    report, _ = imported(path, csv_catalogue.publish)
    assert report.encoding == "gb18030"
    assert csv_catalogue.listings == json_catalogue.listings


def test_the_report_is_json_and_a_csv_that_runs_no_formula(tmp_path: Path) -> None:
    path = written(tmp_path, [row(1), row(2, region='=HYPERLINK("x")'), {"note": "x"} | row(3)])
    report, _ = imported(path, Catalogue().publish)
    told = json.loads(json.dumps(report.to_json(), ensure_ascii=False))
    assert told["rows"] == 3
    assert told["outcomes"] == {"create": 2, "update": 0, "same": 0, "error": 1}
    assert told["unread_columns"] == ["note"]
    assert told["rules"]["REGION_UNKNOWN"] == 1
    lines = list(csv.DictReader(io.StringIO(report.to_csv())))
    (error,) = [line for line in lines if line["severity"] == "error"]
    assert (error["line"], error["rule"], error["source_id"]) == ("2", "REGION_UNKNOWN", "AH-2")
    assert error["value"].startswith("'=")
    assert {line["severity"] for line in lines} == {"error", "warning", ""}
    named = {line["line"]: line["name"] for line in lines if not line["severity"]}
    assert named == {"1": "ah-techmarket/AH-1", "3": "ah-techmarket/AH-3"}
    assert error["name"] == ""


def test_the_report_names_the_record_of_each_row_that_is_new_or_revised(tmp_path: Path) -> None:
    catalogue = Catalogue()
    imported(written(tmp_path, [row(1), row(2)]), catalogue.publish)
    rows = [row(1), row(2, title="第二号镁合金压铸工艺"), row(3), row(4, region="x")]
    report, _ = imported(written(tmp_path, rows), catalogue.publish)
    told = report.to_json()
    assert [(one["line"], one["outcome"], one["name"]) for one in told["records"]] == [
        (2, "update", "ah-techmarket/AH-2"),
        (3, "create", "ah-techmarket/AH-3"),
    ]
    assert told["records_left_out"] == 0


def test_names_in_a_report_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_module, "MAX_NAMED_REPORTED", 2)
    rows = [row(number) for number in range(5)]
    report, _ = imported(written(tmp_path, rows), Catalogue().publish)
    assert (len(report.named), report.names_left_out) == (2, 3)


@pytest.mark.parametrize(
    "cell", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\n=1", "＝1", "＋1", "－1", "＠a", "'=1"]
)
def test_a_cell_that_would_run_is_quoted(cell: str) -> None:
    assert csv_safe(cell) == f"'{cell}"
    assert csv_safe("a=1") == "a=1"


@given(text=st.text("'=+-@a\t", max_size=5))
def test_a_quoted_cell_says_what_it_said(text: str) -> None:
    assert csv_plain(csv_safe(text)) == text


def test_a_report_is_bounded_and_warnings_crowd_no_error_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_module, "MAX_WARNED_REPORTED", 2)
    monkeypatch.setattr(report_module, "MAX_REFUSED_REPORTED", 3)
    rows = [row(number) for number in range(5)]
    rows += [row(number, region="x") for number in range(5, 9)]
    report, _ = imported(written(tmp_path, rows), Catalogue().publish)
    assert (len(report.warned), len(report.refused), report.left_out) == (2, 3, 4)


def test_a_workbook_is_imported_by_a_mapping(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        """
title = "t"
[fields]
"public.kind" = { value = "SUPPLY" }
"public.source_platform" = { value = "ah-techmarket" }
"public.source_id" = { from = "编号", required = true }
"public.title" = "名称"
"public.region" = { value = "340203" }
"public.tech_field" = { from = "领域", map = { "新材料" = "NEW_MATERIALS" } }
"public.summary" = "摘要"
"public.owner.name" = { value = "芜湖示例研究所" }
"public.supply.advantages" = "优势"
"public.supply.result_form" = { value = "NEW_PROCESS" }
"public.supply.transfer_modes" = { value = "LICENCE" }
""",
        encoding="utf-8",
    )
    workbook = openpyxl.Workbook()
    for cells in (
        ["编号", "名称", "领域", "摘要", "优势"],
        [1, "铝合金压铸工艺", "新材料", "铸态即可使用", "延伸率提高四成"],
        [2, "镁合金压铸工艺", "玄学", "铸态即可使用", "延伸率提高四成"],
    ):
        workbook.active.append(cells)
    path = tmp_path / "a.xlsx"
    workbook.save(path)
    catalogue = Catalogue()
    table = open_table(path, ReadOptions())
    report = run_import(path.name, table, FileMapper(load_mapping(mapping)), catalogue.publish)
    assert list(catalogue.listings) == [("ah-techmarket", "1")]
    (refused,) = report.refused
    assert (refused.line, refused.problems[0].rule, refused.problems[0].column) == (
        3, "UNKNOWN_TERM", "领域",
    )  # fmt: skip
