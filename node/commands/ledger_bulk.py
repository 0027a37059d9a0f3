"""`ydx ledger propose-all`: the incomes of a file, in batches of which each stands whole or not.

- The file is read whole and every fault told before anything is sent.
- A batch's request id is the UUID 5 of one key and the batch's number: the same command with the
  same key goes on after a failure and doubles nothing.
- A check with a key tells what the command with it would: a batch that stands is in order.
- What the node refuses is told by line and column of the file, also of the batches behind
  (`ledger_row_faults`); what a person should look at before the incomes are accepted, by line: each
  note once, with the lines that it is of.
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.ledger_asking import AgreementArgument, CheckOption, RequestIdOption
from node.commands.output import JsonOption, note, say, show
from node.commands.settings import ConfigOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from node.commands.ledger_income_rows import IncomeRow
    from node.rpc.exchange_client import ExchangeClient

_BATCH: Final = 200
_NOTES_SHOWN: Final = 20
_LINES_SHOWN: Final = 5


def propose_all(
    agreement: AgreementArgument,
    file: Annotated[Path, typer.Argument(help="CSV 或 JSON Lines 文件 / CSV or JSON Lines file")],
    check: CheckOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: ARG001 - chosen as it is read
) -> None:
    """提出文件中的多笔收入 / propose the incomes of a file."""
    from node.commands.ledger_income_rows import read_rows

    key = _key(request_id)
    rows = read_rows(file)
    if not request_id and not check:
        note(say("请求编号，重试时照用：", "to try again: ") + f"--request-id {key}")
    with connected(node, token, ca, config) as client:
        names, warnings = _send(client, agreement, file, rows, key, check=check)
    _tell_warnings(warnings, file)
    if not check:
        text = say(f"已提出 {len(names)} 笔收入", f"{len(names)} incomes proposed")
    elif warnings:
        text = say(
            f"{len(rows)} 笔收入可以写入，但有 {len(warnings)} 处请先核对",
            f"{len(rows)} incomes may be written, with {len(warnings)} notes to look at first",
        )
    else:
        text = say(f"{len(rows)} 笔收入检查无误", f"{len(rows)} incomes are in order")
    show(text, request_id=str(key), proposed=len(names), names=names, warnings=warnings)


def _warnings_of(batch: Sequence[IncomeRow], told: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what should be looked at in the incomes of a batch, by the line of each."""
    from node.commands.ledger_proposal_texts import notes_of

    return [
        {"line": row.line, "name": one.name, "rule": rule, "text_zh": zh, "text_en": en}
        for row, one in zip(batch, told, strict=False)  # an old node tells none of a check
        for rule, zh, en in notes_of(one)
    ]


def _tell_warnings(warnings: Sequence[dict[str, Any]], file: Path) -> None:
    """Tell each once, with the lines that it is of."""
    lines: dict[str, list[int]] = {}
    for one in warnings:
        lines.setdefault(say(one["text_zh"], one["text_en"]), []).append(one["line"])
    for text, of in list(lines.items())[:_NOTES_SHOWN]:
        shown, more = ", ".join(map(str, of[:_LINES_SHOWN])), len(of) - _LINES_SHOWN
        rest = say(f" 等 {len(of)} 行", f" and {more} more") if more > 0 else ""
        note(f"{file.name}:{shown}{rest}: {text}")
    more = len(lines) - _NOTES_SHOWN
    if more > 0:
        note(say(f"另有 {more} 处，见 --json", f"and {more} more, in --json"))


def _key(request_id: str) -> uuid.UUID:
    from node.services.arguments import invalid

    try:
        return uuid.UUID(request_id) if request_id else uuid.uuid4()
    except ValueError as error:
        raise invalid("request_id", "REQUEST_ID_FORM", request_id) from error


def _send(
    client: ExchangeClient,
    agreement: str,
    file: Path,
    rows: Sequence[IncomeRow],
    key: uuid.UUID,
    *,
    check: bool,
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the names of what stands, and what should be looked at."""
    from rich.console import Console
    from rich.progress import Progress

    from node.commands.ledger_row_faults import all_faults
    from node.rpc.exchange_client import CallFailedError

    names: list[str] = []
    warnings: list[dict[str, Any]] = []
    batches = [rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH)]
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(say("收入", "incomes"), total=len(rows))
        for number, batch in enumerate(batches):
            try:
                answer = client.call(
                    "BatchProposeIncomes",
                    agreement=agreement,
                    incomes=[one.fields for one in batch],
                    request_id=str(uuid.uuid5(key, str(number))),
                    validate_only=check,
                )
            except CallFailedError as error:
                if not check:
                    stand = say(f"此前 {len(names)} 笔已提出", f"{len(names)} stand before this")
                    note(f"{stand}; --request-id {key}")
                raise all_faults(client, agreement, file, error, batches[number:]) from error
            names += [one.name for one in answer.proposals]
            warnings += _warnings_of(batch, answer.proposals or answer.checked)
            bar.advance(task, len(batch))
    return names, warnings
