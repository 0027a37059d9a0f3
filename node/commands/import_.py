"""`ydx import`: a file's rows to listings of a node; a plan says what a run would do.

- `plan` writes nothing. With a node it tells new, changed and unchanged rows apart; without one it
  holds each row against the rules alone, and says so.
- `run` publishes. A row that was published before is revised, an unchanged one left alone, so a run
  that broke off or was interrupted is simply run again.
- The exit code is 0 only if no row failed and the whole file was read; 1 otherwise; 130 when
  interrupted.
- Progress goes to standard error. Standard output holds the table, or with `--json` one object:
  what `node.importing.report.Report.to_json` gives, with `command`, `asked_node`, `stopped` (""
  when the whole file was read, else "max_errors" or "interrupted") and `elapsed_s`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.import_view import check_report_name, show_report, show_waiting, write_report
from node.commands.output import FAILED, JsonOption, note, say, show_object
from node.commands.settings import ConfigOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.records.codec import Listing
    from node.importing.mapper import RowMapper
    from node.importing.report import Report
    from node.importing.running import PublishBatch

app = typer.Typer(no_args_is_help=True, help="导入供需文件 / import files of listings")

INTERRUPTED = 130

FileArgument = Annotated[
    Path, typer.Argument(help="CSV、XLSX、JSON 或 JSON 行文件 / CSV, XLSX, JSON or JSON lines")
]
MappingOption = Annotated[
    Path | None,
    typer.Option(help="映射文件；不给则列名即字段路径 / mapping; without, columns are field paths"),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        help="把逐行问题写入 .csv 或 .json / write every problem to this .csv or .json",
    ),
]
MaxErrorsOption = Annotated[
    int | None,
    typer.Option(min=1, help="达到这么多出错行即停止 / stop when so many rows have failed"),
]


@app.command()
def plan(
    file: FileArgument,
    mapping: MappingOption = None,
    report: ReportOption = None,
    max_errors: MaxErrorsOption = None,
    node: Annotated[
        str | None,
        typer.Option(
            "--node",
            envvar="YDX_NODE",
            help="节点交换地址 host:port；不给则只按规则检查 / exchange address of the node; "
            "without it only the rules are asked",
        ),
    ] = None,
    token: TokenOption = "",
    ca: CaOption = None,
    as_json: JsonOption = False,
) -> None:
    """试运行：逐行检查，不写入任何内容 / dry run: check every row, write nothing.

    仅当没有出错行时退出码为 0 / exits 0 only if no row fails.
    """
    check_report_name(report, file)
    importer = _Importer(file, mapping, max_errors)
    if not node:
        note(say("未给 --node：只按规则检查。", "No --node: only the rules are asked."))
        importer.run(_check_offline)
    else:
        with connected(node, token, ca, None) as client:
            importer.run(_publisher(client, validate_only=True))
    importer.finish("plan", report, asked_node=bool(node), as_json=as_json)


@app.command("run")
def run_import(
    file: FileArgument,
    mapping: MappingOption = None,
    report: ReportOption = None,
    max_errors: MaxErrorsOption = None,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """导入：新记录发布，已有的修订，未变的不动 / publish new rows, revise changed ones.

    中断后重新运行即可；仅当没有出错行时退出码为 0 / safe to interrupt and repeat; exits 0 only if
    no row fails.
    """
    check_report_name(report, file)
    importer = _Importer(file, mapping, max_errors)
    try:
        with connected(node, token, ca, config) as client:
            importer.run(_publisher(client, validate_only=False))
    except BaseException:
        importer.tell_broken_off(report)
        raise
    importer.finish("run", report, asked_node=True, as_json=as_json)


class _Importer:
    """One file on its way through a plan or a run."""

    def __init__(self, file: Path, mapping: Path | None, max_errors: int | None) -> None:
        """Read the mapping and open the file; refuses BAD_FILE."""
        from node.importing.mapper import FileMapper
        from node.importing.mapping import ReadOptions, load_mapping
        from node.importing.path_mapper import PathMapper
        from node.importing.report import Report
        from node.importing.tables import open_table

        loaded = load_mapping(mapping) if mapping is not None else None
        self._table = open_table(file, loaded.read if loaded else ReadOptions())
        is_table = not self._table.format.startswith("json")
        self._mapper: RowMapper = FileMapper(loaded) if loaded else PathMapper(is_table=is_table)
        self._max_errors = max_errors
        self._stopped = ""
        self._started_s = time.monotonic()
        table = self._table
        self.report: Report = Report(file.name, table.format, table.encoding, table.columns)

    def run(self, publish_batch: PublishBatch) -> None:
        """Take all rows, or stop where too many failed or somebody interrupts."""
        from node.commands.import_view import RowProgress
        from node.importing.running import Outcome, import_rows

        report = self.report
        results = import_rows(
            self._table,
            self._mapper,
            publish_batch,
            unread=report.unread_columns,
            absent=report.absent_columns,
            check=_check_offline,
        )
        try:
            with RowProgress(report.file) as progress:
                for result in results:
                    report.add(result)
                    progress.advance(self._table.done())
                    if report.outcomes[Outcome.ERROR] == self._max_errors:
                        self._stopped = "max_errors"
                        break
        except KeyboardInterrupt:
            self._stopped = "interrupted"
        finally:
            self._table.close()

    def tell_broken_off(self, report: Path | None) -> None:
        """Tell how far an import came that an error ended."""
        if not self.report.outcomes.total():
            return
        counts = ", ".join(f"{one.value} {n}" for one, n in sorted(self.report.outcomes.items()))
        note(
            say(
                f"已处理部分行（{counts}）；排除原因后重新运行同一命令即可继续。",
                f"Some rows are done ({counts}); mend the cause and run the same command again.",
            )
        )
        write_report(report, self.report)

    def finish(self, command: str, report: Path | None, *, asked_node: bool, as_json: bool) -> None:
        """Answer, and end with the exit code; refuses BAD_FILE where there were no rows."""
        from federation.log.errors import Refused
        from node.importing.running import Outcome

        if not (self._stopped or self.report.outcomes.total()):
            raise Refused("BAD_FILE", f"{self.report.file} has no rows", file=self.report.file)
        elapsed_s = time.monotonic() - self._started_s
        if as_json:
            outcome: dict[str, Any] = {
                "command": command,
                "asked_node": asked_node,
                "stopped": self._stopped,
                "elapsed_s": round(elapsed_s, 3),
            }
            show_object(outcome | self.report.to_json())
        else:
            show_report(
                self.report,
                nearest=self._mapper.nearest,
                asked_node=asked_node,
                elapsed_s=elapsed_s,
            )
        write_report(report, self.report)
        if self._stopped:
            note(_STOPPED[self._stopped]())
        if self._stopped == "interrupted":
            raise typer.Exit(INTERRUPTED)
        if self._stopped or self.report.outcomes[Outcome.ERROR]:
            raise typer.Exit(FAILED)


_STOPPED = {
    "max_errors": lambda: say(
        "出错行达到上限，已停止；其后至多同批的 500 行可能已处理，未列入报告。",
        "Too many rows failed: stopped. Of the rest at most its batch of 500 rows was still taken.",
    ),
    "interrupted": lambda: say(
        "已中断；已处理的行有效，重新运行同一命令即可继续。",
        "Interrupted: what is done stands, run the same command again to go on.",
    ),
}


def _publisher(client: Any, *, validate_only: bool) -> PublishBatch:
    from node.rpc.batch_publisher import BatchPublisher

    return BatchPublisher(client, validate_only=validate_only, waiting=show_waiting).publish


def _check_offline(listings: Sequence[Listing]) -> Any:
    from node.rpc.batch_publisher import check_batch

    return check_batch(listings, time.time())
