"""`ydx import`: a plan writes nothing and tells what a run would do; a run can be repeated."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import Unreachable
from node.commands.export import write_jsonl
from node.commands.import_view import PROBLEMS_SHOWN, RECORDS_SHOWN, note_loaded
from node.commands.output import Language, choose_language
from node.importing.problems import problem
from node.importing.report import Report
from node.importing.running import Outcome, RowResult
from node.rpc.batch_publisher import BatchPublisher
from node.storage import mirrors
from tests.node.services.own_node import MEMBER, ORIGIN, supply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.commands.conftest import Served
    from tests.node.commands.running import Said

pytestmark = pytest.mark.usefixtures("served")

MAPPING = """
title = "A platform's table"
[fields]
"public.kind" = { value = "SUPPLY" }
"public.source_platform" = { value = "anhui-tech" }
"public.source_id" = "编号"
"public.title" = { from = "名称", required = true }
"public.region" = "地区"
"public.tech_field" = { value = "NEW_MATERIALS" }
"public.summary" = "摘要"
"public.owner.name" = "单位"
"public.owner.uscc" = { value = "91110000600037341L" }
"public.supply.advantages" = "摘要"
"public.supply.result_form" = { value = "NEW_PROCESS" }
"public.supply.transfer_modes" = { value = "LICENCE" }
"""
HEAD = "编号,名称,地区,摘要,单位,备注\n"
SUMMARY = "面向新能源汽车底盘的大型薄壁构件，采用低压铸造与局部增压相结合的工艺，已完成中试。"


def table(*rows: tuple[str, str, str]) -> str:
    return HEAD + "".join(
        f"{number},{title},{region},{SUMMARY},安徽某某大学,\n" for number, title, region in rows
    )


GOOD = ("A-1", "高强铝合金低压铸造技术", "340100")
OTHER = ("A-2", "镁合金半固态成形技术", "340200")
BAD = ("A-3", "钛合金粉末近净成形技术", "999999")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "t.csv").write_text(table(GOOD, OTHER, BAD), encoding="gb18030")
    return tmp_path


def tree_size(served: Served) -> int:
    with served.node.database.read() as tx:
        return mirrors.get(tx, ORIGIN).verified_size


@pytest.mark.parametrize(("name", "text"), [("e.jsonl", ""), ("e.csv", HEAD)])
def test_a_file_without_rows_is_no_import(
    ydx: Callable[..., Said], files: Path, name: str, text: str
) -> None:
    """An export that had failed was told as an import that went well."""
    (files / name).write_text(text, encoding="utf-8")
    mapping = ("--mapping", "m.toml") if name.endswith("csv") else ()
    told = ydx("import", "plan", name, *mapping)
    assert told.code == 1
    assert f"{name} 中没有数据行" in told.err


def test_a_plan_on_a_node_tells_what_a_run_does_and_writes_nothing(
    ydx: Callable[..., Said], served: Served, files: Path
) -> None:
    before = tree_size(served)
    planned = ydx("import", "plan", "t.csv", "--mapping", "m.toml", "--json")
    assert tree_size(served) == before
    run = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json")
    assert tree_size(served) == before + 2
    for said in (planned, run):
        assert said.code == 1, "a row failed"
        assert said.json["outcomes"] == {"create": 2, "update": 0, "same": 0, "error": 1}
        assert said.json["asked_node"] is True
    del files


def test_a_run_names_the_records_that_it_made_or_revised(
    ydx: Callable[..., Said], files: Path
) -> None:
    assert "记录" not in ydx("import", "plan", "t.csv", "--mapping", "m.toml").out
    shown = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--report", "r.csv")
    names = re.findall(rf"nodes/{MEMBER}/listings/[0-9a-z]{{26}}", shown.out)
    assert len(set(names)) == 2
    with (files / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {one["source_id"]: one["name"] for one in csv.DictReader(file) if one["name"]}
    assert list(told) == ["A-1", "A-2"]
    assert set(told.values()) == set(names)
    rows = [GOOD, (OTHER[0], "镁合金半固态成形新技术", OTHER[2])]
    (files / "t.csv").write_text(table(*rows), encoding="utf-8")
    again = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json").json["records"]
    assert [(one["line"], one["outcome"], one["name"]) for one in again] == [
        (3, "update", told["A-2"])
    ]


def test_more_records_than_fit_a_screen_are_counted(ydx: Callable[..., Said], files: Path) -> None:
    with (files / "t.jsonl").open("w", encoding="utf-8") as file:
        write_jsonl([supply(number) for number in range(RECORDS_SHOWN + 3)], file)
    said = ydx("--lang", "en", "import", "run", "t.jsonl")
    assert said.out.count("/listings/") == RECORDS_SHOWN
    assert "3 more records; get their names with" in said.err


def test_a_refused_row_is_told_with_line_column_value_and_rule(
    ydx: Callable[..., Said], files: Path
) -> None:
    said = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json")
    (refused,) = said.json["refused"]
    (problem,) = refused["problems"]
    assert refused["line"] == 4
    assert (problem["column"], problem["field"]) == ("地区", "public.region")
    assert (problem["value"], problem["rule"]) == ("999999", "REGION_UNKNOWN")
    shown = ydx("import", "plan", "t.csv", "--mapping", "m.toml")
    for text in ("出错", "地区", "999999", "REGION_UNKNOWN"):
        assert text in shown.out
    assert "gb18030" in shown.err
    assert "备注" in shown.err, "an unread column is named"
    named = table(GOOD).replace("备注", "status")
    (files / "t.csv").write_text(named, encoding="utf-8")
    shown = ydx("import", "plan", "t.csv", "--mapping", "m.toml")
    assert "未用的列：status\n" in shown.err, "what a column is for the mapping says"
    del files


def test_the_table_tells_errors_from_warnings_all_at_once_and_under_the_files_headings(
    ydx: Callable[..., Said], files: Path
) -> None:
    mapping = MAPPING.replace('"地区"', '{ from = ["region", "地区"], required = true }')
    mapping = mapping.replace(
        '{ value = "NEW_MATERIALS" }',
        '{ from = ["field", "备注"], map = { "材料" = "NEW_MATERIALS" } }',
    ).replace('"摘要"', '{ from = "摘要", cut = 20 }')
    (files / "m.toml").write_text(mapping, encoding="utf-8")
    (files / "t.csv").write_text(table(BAD).replace("大学,", "大学,玄学"), encoding="utf-8")
    for node in ((), ("--node", "")):
        said = ydx("import", "plan", "t.csv", "--mapping", "m.toml", *node, "--json")
        problems = said.json["refused"][0]["problems"]
        errors = [(one["column"], one["rule"]) for one in problems if one["rule"][:2] != "E_"]
        assert errors == [("备注", "UNKNOWN_TERM"), ("地区", "REGION_UNKNOWN")]
    shown = ydx("import", "plan", "t.csv", "--mapping", "m.toml").out
    assert "错误" in shown
    assert "提醒" in shown


def test_a_wrong_kind_hides_no_other_fault_of_its_row(
    ydx: Callable[..., Said], files: Path
) -> None:
    mapping = MAPPING.replace('{ value = "SUPPLY" }', '{ from = "备注" }')
    (files / "m.toml").write_text(mapping, encoding="utf-8")
    rows = table(BAD).replace("大学,", "大学,专利")
    (files / "t.csv").write_text(rows, encoding="utf-8")
    said = ydx("import", "plan", "t.csv", "--mapping", "m.toml", "--json")
    problems = said.json["refused"][0]["problems"]
    errors = [(one["column"], one["rule"]) for one in problems if one["rule"][:2] != "E_"]
    assert errors == [("备注", "UNKNOWN_TERM"), ("地区", "REGION_UNKNOWN")]


@pytest.mark.parametrize("is_required", [True, False])
def test_what_is_required_and_empty_names_its_choices(
    ydx: Callable[..., Said], files: Path, is_required: bool
) -> None:
    more = ", required = true" if is_required else ""
    mapping = MAPPING.replace('{ value = "LICENCE" }', f'{{ from = "备注"{more} }}')
    mapping = mapping.replace(
        '{ value = "NEW_PROCESS" }',
        f'{{ from = "备注"{more}, map = {{ "工艺" = "NEW_PROCESS" }} }}',
    )
    (files / "m.toml").write_text(mapping, encoding="utf-8")
    (files / "t.csv").write_text(table(GOOD), encoding="utf-8")
    problems = ydx("import", "plan", "t.csv", "--mapping", "m.toml", "--json").json["refused"][0][
        "problems"
    ]
    told = {one["field"]: one["text_zh"] for one in problems if one["rule"] == "REQUIRED"}
    assert "OPEN_LICENCE" in told["public.supply.transfer_modes"]
    assert told["public.supply.result_form"].endswith("；已知：工艺")


def test_the_help_of_a_plan_says_what_it_does_without_a_node(ydx: Callable[..., Said]) -> None:
    told = " ".join(ydx("import", "plan", "--help").out.replace("│", " ").split())
    assert "only the rules are asked" in told
    assert "from the configuration" not in told


def test_a_column_that_the_mapping_names_and_the_file_lacks_is_told(
    ydx: Callable[..., Said], files: Path
) -> None:
    mapping = MAPPING + '"public.declared_stage" = { from = ["阶段", "stage"] }\n'
    (files / "m.toml").write_text(mapping, encoding="utf-8")
    shown = ydx("--lang", "en", "import", "plan", "t.csv", "--mapping", "m.toml")
    assert "阶段|stage (public.declared_stage)" in shown.err
    mapping = MAPPING.replace('= "摘要"', '= { template = "{summary|简介}" }')
    (files / "m.toml").write_text(mapping, encoding="utf-8")
    refused = ydx("import", "plan", "t.csv", "--mapping", "m.toml")
    assert "summary|简介" in refused.err
    assert refused.code == 1


def test_a_repeated_run_changes_nothing_and_a_changed_row_is_a_revision(
    ydx: Callable[..., Said], files: Path
) -> None:
    (files / "t.csv").write_text(table(GOOD, OTHER), encoding="utf-8")
    assert ydx("import", "run", "t.csv", "--mapping", "m.toml").code == 0
    again = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json")
    assert (again.code, again.json["outcomes"]["same"]) == (0, 2)
    changed = ("A-1", "高强铝合金低压铸造新工艺", "340100")
    (files / "t.csv").write_text(table(changed, OTHER), encoding="utf-8")
    third = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json").json["outcomes"]
    assert (third["update"], third["same"]) == (1, 1)


def test_a_plan_without_a_node_holds_the_rows_against_the_rules(
    ydx: Callable[..., Said], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YDX_NODE")
    monkeypatch.delenv("YDX_TOKEN")
    said = ydx("import", "plan", "t.csv", "--mapping", "m.toml", "--json")
    assert (said.code, said.json["asked_node"]) == (1, False)
    assert said.json["outcomes"] == {"create": 2, "update": 0, "same": 0, "error": 1}
    assert said.json["refused"][0]["problems"][0]["rule"] == "REGION_UNKNOWN"
    shown = ydx("--lang", "en", "import", "plan", "t.csv", "--mapping", "m.toml")
    assert "no node asked" in shown.out
    assert "update" not in shown.out
    del files


def test_a_mapping_may_leave_the_platform_to_the_token(
    ydx: Callable[..., Said], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = MAPPING.replace('"public.source_platform" = { value = "anhui-tech" }\n', "")
    (files / "m.toml").write_text(without, encoding="utf-8")
    (files / "t.csv").write_text(table(GOOD, OTHER, OTHER), encoding="utf-8")
    run = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json").json
    assert (run["outcomes"]["create"], run["outcomes"]["error"]) == (2, 1), "one is there twice"
    (files / "m.toml").write_text(MAPPING, encoding="utf-8")
    again = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json").json
    assert again["outcomes"]["same"] == 2
    (files / "m.toml").write_text(without, encoding="utf-8")
    monkeypatch.delenv("YDX_NODE")
    planned = ydx("import", "plan", "t.csv", "--mapping", "m.toml", "--json").json
    assert planned["outcomes"]["create"] == 2


def test_max_errors_stops(ydx: Callable[..., Said], files: Path) -> None:
    rows = [(f"A-{n}", "钛合金粉末近净成形技术", "999999") for n in range(3)]
    (files / "t.csv").write_text(table(*rows), encoding="utf-8")
    options = ("--mapping", "m.toml", "--max-errors", 2, "--json")
    said = ydx("import", "run", "t.csv", *options)
    assert (said.code, said.json["stopped"], said.json["rows"]) == (1, "max_errors", 2)


def test_an_interrupted_run_tells_what_is_done(
    ydx: Callable[..., Said], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = 0

    def interrupt(_self: object, _part_read: float) -> None:
        nonlocal counted
        counted += 1
        if counted == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("node.commands.import_view.RowProgress.advance", interrupt)
    said = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--json")
    assert (said.code, said.json["stopped"], said.json["rows"]) == (130, "interrupted", 2)
    del files


@pytest.mark.parametrize("name", ["r.csv", "r.json"])
def test_the_report_file_has_every_problem(
    ydx: Callable[..., Said], files: Path, name: str
) -> None:
    ydx("import", "plan", "t.csv", "--mapping", "m.toml", "--report", name)
    text = (files / name).read_text(encoding="utf-8-sig")
    if name == "r.csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert (rows[0]["line"], rows[0]["rule"]) == ("4", "REGION_UNKNOWN")
    else:
        assert json.loads(text)["refused"][0]["line"] == 4


@pytest.mark.parametrize("report", ["r.xlsx", "none/r.csv", "folder.csv", "../{name}/t.csv"])
def test_a_report_that_cannot_be_is_wrong_usage_before_anything_is_done(
    ydx: Callable[..., Said], served: Served, files: Path, report: str
) -> None:
    (files / "folder.csv").mkdir()
    before = tree_size(served), (files / "t.csv").read_bytes()
    path = report.format(name=files.name)
    said = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--report", path)
    assert said.code == 2
    assert (tree_size(served), (files / "t.csv").read_bytes()) == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["none.csv", "--mapping", "m.toml"], "none.csv", id="no such file"),
        pytest.param(["folder.csv"], "folder.csv is a folder", id="a folder"),
        pytest.param(["t.csv", "--mapping", "none.toml"], "none.toml", id="no such mapping"),
        pytest.param(["t.csv"], "public.title", id="columns that are no field paths"),
        pytest.param(["t.csv"], "--mapping", id="columns that need a mapping"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused(
    ydx: Callable[..., Said], files: Path, arguments: list[str], told: str
) -> None:
    (files / "folder.csv").mkdir()
    said = ydx("import", "run", *arguments, "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "BAD_FILE")
    assert told in said.json["error"]["what"]


def test_a_token_that_may_not_write_ends_the_import_and_says_why(
    ydx: Callable[..., Said], files: Path
) -> None:
    del files
    said = ydx("import", "run", "t.csv", "--mapping", "m.toml", "--token", "clerk", "--json")
    assert (said.code, said.json["error"]["reason"]) == (1, "ROLE_MISSING")


def test_a_run_that_breaks_off_tells_how_far_it_came_and_goes_on_when_repeated(
    ydx: Callable[..., Said], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (files / "t.jsonl").open("w", encoding="utf-8") as file:
        write_jsonl([supply(number) for number in range(1200)], file)
    publish, calls = BatchPublisher.publish, list[int]()

    def breaking(self: BatchPublisher, listings: Any) -> Any:
        calls.append(len(listings))
        if len(calls) == 3:
            raise Unreachable("OUT_OF_REACH", "gone")
        return publish(self, listings)

    with monkeypatch.context() as patched:
        patched.setattr(BatchPublisher, "publish", breaking)
        said = ydx("--lang", "en", "import", "run", "t.jsonl", "--report", "r.json")
    assert said.code == 1
    assert "create 1000" in said.err
    assert "OUT_OF_REACH" in said.err
    assert json.loads((files / "r.json").read_text(encoding="utf-8"))["rows"] == 1000
    again = ydx("import", "run", "t.jsonl", "--json")
    assert (again.code, again.json["outcomes"]["create"]) == (0, 200)


def test_json_lines_of_field_paths_need_no_mapping(ydx: Callable[..., Said], files: Path) -> None:
    rows: list[Any] = [supply(number) for number in range(1200)]
    with (files / "t.jsonl").open("w", encoding="utf-8") as file:
        write_jsonl(rows, file)
    said = ydx("import", "run", "t.jsonl", "--json")
    assert (said.code, said.json["outcomes"]["create"]) == (0, 1200)


def test_what_a_demo_loaded_tells_the_first_bad_rows_with_line_column_value_and_cure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose_language(Language.ZH)
    bad = [problem("REQUIRED", column="名称"), problem("E_CUT", column="摘要")]
    report = Report("t.csv", "csv", "utf-8", ())
    report.add(RowResult(2, Outcome.CREATE, problems=(bad[1],)))
    for line in range(3, 3 + PROBLEMS_SHOWN + 1):
        report.add(RowResult(line, Outcome.ERROR, problems=tuple(bad)))
    note_loaded(report)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == f"t.csv: 新建 1, 出错 {PROBLEMS_SHOWN + 1}"
    assert told[1] == "  行 3  名称    REQUIRED  必填项为空；请填写"
    assert (len(told), told[-1]) == (
        PROBLEMS_SHOWN + 2, "  另有 1 个问题；ydx import plan 列出全部",
    )  # fmt: skip
