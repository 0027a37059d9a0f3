"""What `ydx import` shows: progress, the table of outcomes, each problem, and the report file."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final, Self

import typer

from node.commands.files import write_bytes
from node.commands.output import note, plain, say, say_in_answer, show, show_rows
from node.commands.translating import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from node.importing.report import Report
    from node.rpc.batch_publisher import Waiting

PROBLEMS_SHOWN: Final = 20
RECORDS_SHOWN: Final = 20
_SUFFIXES: Final = (".csv", ".json")
_OUTCOMES: Final = {
    "create": ("新建", "create"),
    "update": ("修订", "update"),
    "same": ("未变", "same"),
    "error": ("出错", "error"),
}


class RowProgress:
    """A bar on standard error with rows, rate and remaining time; nothing where none looks."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[rows]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(title, total=1.0, rows="")
        self._count = 0
        self._started_s = time.monotonic()

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave it as it stands."""
        self._bar.stop()

    def advance(self, part_read: float) -> None:
        """Count one row; `part_read` of the file is read, from 0 to 1."""
        self._count += 1
        if not self._bar.disable:
            shown = rows_and_rate(self._count, time.monotonic() - self._started_s)
            self._bar.update(self._task, completed=part_read, rows=shown)


def rows_and_rate(count: int, elapsed_s: float) -> str:
    """Return "1,200 rows, 600/s" in the language of this run."""
    rate = count / elapsed_s if elapsed_s > 0 else 0
    return say(f"{count:,} 行，{rate:,.0f} 行/秒", f"{count:,} rows, {rate:,.0f}/s")


def show_waiting(waiting: Waiting) -> None:
    """Tell that a batch is tried again; at its first failure why, and for how long at most."""
    failure, pause_s, total_s = waiting.failure, waiting.pause_s, waiting.pauses_s_max
    if not waiting.is_first:
        note(
            say(
                f"{failure.reason}；{pause_s:.1f} 秒后重试",
                f"{failure.reason}; trying again in {pause_s:.1f} s",
            )
        )
        return
    note(
        say(
            f"{failure.reason}：{told(failure.what)}；{pause_s:.1f} 秒后重试，总共再等约 "
            f"{total_s:.0f} 秒",
            f"{failure.reason}: {failure.what}; trying again in {pause_s:.1f} s, for about "
            f"{total_s:.0f} s in all",
        )
    )


def _with_nearest(column: str, nearest: str) -> str:
    """Return a column that no field reads, with the field that it looks like."""
    return say(f"{column}（是否指 {nearest}？）", f"{column} ({nearest}?)") if nearest else column


def show_report(
    report: Report, *, nearest: Callable[[str], str], asked_node: bool, elapsed_s: float
) -> None:
    """Tell a person what was found and done; `nearest` gives the field a column looks like."""
    shown = rows_and_rate(report.outcomes.total(), elapsed_s)
    note(f"{report.file}  {report.format}, {report.encoding}  {shown}")
    if report.unread_columns:
        unread = ", ".join(
            _with_nearest(column, nearest(column)) for column in sorted(report.unread_columns)
        )
        note(say(f"未用的列：{unread}", f"columns that no field reads: {unread}"))
    if report.absent_columns:
        absent = ", ".join(sorted(report.absent_columns))
        note(
            say(
                f"映射所列而文件中没有的列，其字段为空：{absent}",
                f"columns that the mapping names and the file lacks, their fields stay empty: "
                f"{absent}",
            )
        )
    columns = [("outcome", "结果", "outcome"), ("rows", "行数", "rows")]
    show_rows("outcomes", columns, outcome_rows(report, asked_node=asked_node))
    _show_records(report)
    _show_problems(report)


def _show_records(report: Report) -> None:
    """Tell what the records of new and revised rows are called."""
    if not report.named:
        return
    show("")
    columns = [
        ("line", "行", "line"),
        ("outcome", "结果", "outcome"),
        ("source_id", "来源编号", "source id"),
        ("name", "记录", "record"),
    ]
    rows = [
        {
            "line": row.line,
            "outcome": say(*_OUTCOMES[row.outcome.value]),
            "source_id": row.source_id,
            "name": row.name,
        }
        for row in report.named[:RECORDS_SHOWN]
    ]
    show_rows("records", columns, rows)
    more = len(report.named) + report.names_left_out - RECORDS_SHOWN
    if more > 0:
        note(
            say(
                f"另有 {more} 条记录；用 --report 文件.csv 或 --json 取得其名称",
                f"{more} more records; get their names with --report FILE.csv or --json",
            )
        )


def _show_problems(report: Report) -> None:
    problems = list(problem_rows(report))
    if not problems:
        return
    show("")
    columns = [
        ("line", "行", "line"),
        ("severity", "程度", "severity"),
        ("column", "列", "column"),
        ("value", "值", "value"),
        ("rule", "规则", "rule"),
        ("text", "说明", "what to do"),
    ]
    show_rows("problems", columns, problems[:PROBLEMS_SHOWN])
    more = len(problems) - PROBLEMS_SHOWN
    if more > 0 or report.left_out:
        note(
            say(
                f"另有 {max(more, 0)} 个问题；用 --report 文件.csv 取得全部",
                f"{max(more, 0)} more problems; get them all with --report FILE.csv",
            )
        )


def note_loaded(report: Report) -> None:
    """Tell beside other output what came of a file's rows, and of the first refused ones why."""
    counts = ", ".join(
        f"{say(*_OUTCOMES[one.value])} {count}" for one, count in sorted(report.outcomes.items())
    )
    note(f"{report.file}: {counts}")
    errors = [
        f"  {say('行', 'line')} {row.line}  {one.column or one.field}  {one.value}  {one.rule}  "
        f"{say(one.text_zh, one.text_en)}"
        for row in report.refused
        for one in row.problems
        if not one.is_warning
    ]
    for line in errors[:PROBLEMS_SHOWN]:
        note(plain(line))
    more = len(errors) - PROBLEMS_SHOWN
    if more > 0:
        note(
            say(
                f"  另有 {more} 个问题；ydx import plan 列出全部",
                f"  {more} more problems; ydx import plan lists them all",
            )
        )


def outcome_rows(report: Report, *, asked_node: bool) -> list[dict[str, Any]]:
    """Return the counts; without a node rows that pass are told as such, not as new."""
    from node.importing.running import Outcome

    passed = ("通过规则（未问节点）", "pass the rules (no node asked)")
    rows = []
    for outcome in Outcome:
        if not asked_node and outcome in {Outcome.UPDATE, Outcome.SAME}:
            continue
        name = _OUTCOMES[outcome.value]
        if not asked_node and outcome is Outcome.CREATE:
            name = passed
        rows.append({"outcome": say(*name), "rows": report.outcomes[outcome]})
    return rows


def problem_rows(report: Report) -> Iterator[dict[str, Any]]:
    """Yield every problem, of refused rows first, in the language of this run."""
    for row in (*report.refused, *report.warned):
        for one in row.problems:
            yield {
                "line": row.line,
                "severity": say("提醒", "warning") if one.is_warning else say("错误", "error"),
                "column": one.column or one.field,
                "value": one.value,
                "rule": one.rule,
                "text": say(one.text_zh, one.text_en),
            }


def check_report_name(path: Path | None, read: Path) -> None:
    """Refuse a report that could not be written or would replace the file that is read.

    That is done before anything else: what an import did would be told nowhere.
    """
    if path is None:
        return
    text = ""
    if path.suffix not in _SUFFIXES:
        text = say_in_answer("--report 应以 .csv 或 .json 结尾", "--report ends with .csv or .json")
    elif path.resolve() == read.resolve():
        text = say_in_answer("--report 不能是被导入的文件", "--report is the file to import itself")
    elif not path.parent.is_dir() or path.is_dir():
        text = say_in_answer(f"无法写入 {path}", f"{path} cannot be written")
    if text:
        raise typer.BadParameter(text, param_hint="--report")


def write_report(path: Path | None, report: Report) -> None:
    """Write the report to a file of the kind that its name says. Raises BAD_FILE."""
    if path is None:
        return
    if path.suffix == ".csv":
        # Spreadsheet programs know UTF-8 by its mark.
        content = report.to_csv().encode("utf-8-sig")
    else:
        content = f"{json.dumps(report.to_json(), ensure_ascii=False, indent=1)}\n".encode()
    write_bytes(path, [content])
    note(say(f"报告已写入 {path}", f"the report is in {path}"))
