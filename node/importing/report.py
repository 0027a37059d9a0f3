"""The report of an import: counts of everything, details of what a person must look at.

It holds at most 10,000 refused rows, 1,000 that have only warnings and the names of 10,000 records
that are new or revised, so that a file of a million rows has a report too; how many were left out
stands in it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from node.formulas import csv_safe
from node.importing.running import Outcome, RowResult, import_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.importing.mapper import RowMapper
    from node.importing.rows import Table
    from node.importing.running import PublishBatch

MAX_REFUSED_REPORTED: Final = 10_000
MAX_WARNED_REPORTED: Final = 1_000
MAX_NAMED_REPORTED: Final = 10_000

_COLUMNS: Final = (
    "line", "outcome", "source_platform", "source_id", "severity", "column", "field", "value",
    "rule", "text_zh", "text_en", "name",
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """What was found in a file and done with its rows."""

    file: str
    format: str
    encoding: str
    columns: tuple[str, ...]
    unread_columns: set[str] = field(default_factory=set)
    absent_columns: set[str] = field(default_factory=set)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    refused: list[RowResult] = field(default_factory=list)
    warned: list[RowResult] = field(default_factory=list)
    left_out: int = 0
    named: list[RowResult] = field(default_factory=list)
    """Rows whose record is new or revised, and what the node calls it."""
    names_left_out: int = 0

    def add(self, result: RowResult) -> None:
        """Count a row, and keep it if it has problems."""
        self.outcomes[result.outcome] += 1
        self.rules.update(problem.rule for problem in result.problems)
        if result.outcome is Outcome.ERROR:
            self._keep(result, self.refused, MAX_REFUSED_REPORTED)
        elif result.problems:
            self._keep(result, self.warned, MAX_WARNED_REPORTED)
        if result.name and result.outcome in {Outcome.CREATE, Outcome.UPDATE}:
            if len(self.named) < MAX_NAMED_REPORTED:
                self.named.append(replace(result, problems=()))
            else:
                self.names_left_out += 1

    def _keep(self, result: RowResult, rows: list[RowResult], most: int) -> None:
        if len(rows) < most:
            rows.append(result)
        else:
            self.left_out += 1

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "file": self.file,
            "format": self.format,
            "encoding": self.encoding,
            "columns": list(self.columns),
            "unread_columns": sorted(self.unread_columns),
            "absent_columns": sorted(self.absent_columns),
            "rows": self.outcomes.total(),
            "outcomes": {outcome.value: self.outcomes[outcome] for outcome in Outcome},
            "rules": dict(sorted(self.rules.items())),
            "refused": [asdict(row) for row in self.refused],
            "warned": [asdict(row) for row in self.warned],
            "left_out": self.left_out,
            "records": [_record(row) for row in self.named],
            "records_left_out": self.names_left_out,
        }

    def to_csv(self) -> str:
        """Return one line a problem, refused rows first, safe to open in a spreadsheet program.

        Then comes a line for each record that is new or revised, without a problem.
        """
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_COLUMNS)
        for row in self.refused + self.warned:
            for problem in row.problems:
                severity = "warning" if problem.is_warning else "error"
                cells = (
                    str(row.line), row.outcome.value, row.source_platform, row.source_id, severity,
                    problem.column, problem.field, problem.value, problem.rule, problem.text_zh,
                    problem.text_en, row.name,
                )  # fmt: skip
                writer.writerow(map(csv_safe, cells))
        for row in self.named:
            cells = (
                str(row.line), row.outcome.value, row.source_platform, row.source_id, "", "", "",
                "", "", "", "", row.name,
            )  # fmt: skip
            writer.writerow(map(csv_safe, cells))
        return text.getvalue()


def _record(row: RowResult) -> dict[str, Any]:
    return {
        "line": row.line,
        "outcome": row.outcome.value,
        "source_platform": row.source_platform,
        "source_id": row.source_id,
        "name": row.name,
    }


def run_import(
    file: str,
    table: Table,
    mapper: RowMapper,
    publish_batch: PublishBatch,
    *,
    progress: Callable[[RowResult, float], None] | None = None,
) -> Report:
    """Import (or plan to import) a file; `progress` is told each result and the part read, 0 to 1.

    Raises what `import_rows` raises.
    """
    report = Report(file, table.format, table.encoding, table.columns)
    results = import_rows(
        table, mapper, publish_batch, unread=report.unread_columns, absent=report.absent_columns
    )
    for result in results:
        report.add(result)
        if progress is not None:
            progress(result, table.done())
    return report
