"""What a node refuses of a file's incomes, told by line and column, all of it in one run.

- A node refuses a batch for its first wrong row. So the rows that are left are checked once more
  without those that were told, then the batches behind, until all are in order or 20 faults are
  found. Nothing is written by that.
- One refusal keeps its reason; several are INVALID_FIELD, each with its reason as the rule.
- What is wrong with no row, such as with the agreement, is told as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from federation.records.findings import Finding
from node.commands.output import note, say
from node.commands.translating import in_chinese, told
from node.rpc.exchange_client import CallFailedError
from node.services.errors import InvalidFields

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from federation.log.errors import YdxError
    from node.commands.ledger_income_rows import IncomeRow
    from node.rpc.client_errors import CallError
    from node.rpc.exchange_client import ExchangeClient

_SHOWN: Final = 20
_PATH: Final = re.compile(
    r"incomes\[([0-9]+)\](?:\.income(?![a-z_]))?(?:\.([a-z_0-9]+))?(?:\.[a-z_0-9]+|\[[0-9]+\])*"
)
_COLUMNS: Final = {
    "contract": "contract",
    "instalment": "instalment",
    "income_date": "date",
    "received_by": "received_by",
    "kind": "kind",
    "deductions": "deductions",
    "evidence_sha256": "evidence",
}


def all_faults(
    client: ExchangeClient,
    agreement: str,
    file: Path,
    failure: CallFailedError,
    batches: Sequence[Sequence[IncomeRow]],
) -> YdxError:
    """Return what a node refuses of batches; `failure` is what it said of the first of them."""
    first = _Rows(file, batches[0])
    found = first.faults(failure.call)
    wrong = first.wrong(failure.call)
    left = [[one for at, one in enumerate(batches[0]) if at not in wrong], *batches[1:]]
    more = _more(client, agreement, file, left, _SHOWN - len(found)) if found else []
    return InvalidFields(_shown(found + more, file)) if more else first.by_line(failure)


def _more(
    client: ExchangeClient,
    agreement: str,
    file: Path,
    batches: Iterable[Sequence[IncomeRow]],
    most: int,
) -> list[Finding]:
    """Check batches until as many faults are found as may be told."""
    found: list[Finding] = []
    for batch in batches:
        rows = list(batch)
        while rows and len(found) < most:
            try:
                client.call(
                    "BatchProposeIncomes",
                    agreement=agreement,
                    incomes=[one.fields for one in rows],
                    validate_only=True,
                )
                break
            except CallFailedError as failure:
                of_rows = _Rows(file, rows)
                faults = of_rows.faults(failure.call)
                if not faults:
                    note(say("其余各行未能检查：", "the other rows could not be checked: ")
                         + told(failure.what))  # fmt: skip
                    return found
                found += faults
                wrong = of_rows.wrong(failure.call)
                rows = [one for at, one in enumerate(rows) if at not in wrong]
    return found


def _shown(found: list[Finding], file: Path) -> list[Finding]:
    def line(one: Finding) -> int:
        return int(one.field.removeprefix(f"{file.name}:").partition(":")[0])

    shown = sorted(found[:_SHOWN], key=line)
    if len(found) < _SHOWN:
        return shown
    zh = f"{file.name} 可能还有其他错误；请先改正以上各处"
    en = f"{file.name} may have more faults; mend these first"
    return [*shown, Finding(file.name, "MORE", "", zh, en)]


class _Rows:
    """Rows of a file as they were sent in one call: its places told by line and column."""

    def __init__(self, file: Path, rows: Sequence[IncomeRow]) -> None:
        self._file = file
        self._rows = rows

    def told(self, text: str) -> str:
        """Return a text of the node with lines and columns in place of the paths of the call."""
        return _PATH.sub(self._place, text)

    def wrong(self, call: CallError) -> set[int]:
        """Return which of the rows a refusal is of."""
        fields = [one.field for one in call.violations] or [call.metadata.get("field", "")]
        found = (int(match[1]) for one in fields for match in _PATH.finditer(one))
        return {one for one in found if one < len(self._rows)}

    def faults(self, call: CallError) -> list[Finding]:
        """Return what a refusal says is wrong with rows; none where it is not of any."""
        if not self.wrong(call):
            return []
        if call.broken_rules:
            return [
                Finding(self.told(one.field), one.rule, "", self.told(one.text_zh),
                        self.told(one.text_en))
                for one in call.broken_rules
            ]  # fmt: skip
        field, what = self.told(call.metadata["field"]), self._what(call)
        zh = f"{in_chinese(what) or what}；{call.cure_zh}".removesuffix("；")
        en = f"{what}; {call.cure_en}".removesuffix("; ")
        return [Finding(field, call.reason, "", zh, en)]

    def by_line(self, error: CallFailedError) -> CallFailedError:
        """Return the node's error, told by line and column."""
        call = error.call
        violations = tuple(
            replace(
                one,
                field=self.told(one.field),
                text_zh=self.told(one.text_zh),
                text_en=self.told(one.text_en),
            )
            for one in call.violations
        )
        metadata = {name: self.told(value) for name, value in call.metadata.items()}
        said = replace(call, what=self._what(call), metadata=metadata, violations=violations)
        return CallFailedError(said, error.address)

    def _what(self, call: CallError) -> str:
        """Return what happened, behind line and column where the refusal is of a row."""
        row, colon, rest = call.what.partition(": ")
        if colon and _PATH.fullmatch(row):
            return f"{self.told(call.metadata.get('field', row))}: {rest}"
        return self.told(call.what)

    def _place(self, found: re.Match[str]) -> str:
        index, field = int(found[1]), found[2]
        if index >= len(self._rows):
            return found[0]
        row = self._rows[index]
        column = row.amount_column if field == "gross_fen" else _COLUMNS.get(field or "", "")
        return f"{self._file.name}:{row.line}" + (f":{column}" if column else "")
