"""`ydx report`: what this node's member is named in, counted; as a table, CSV or JSON.

With `--csv` standard output has a heading and all columns, in the order of the API, with the codes
of the API and amounts in fen; a table has words and yuan. The log sizes that a report was
folded from are told beside it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.contract_texts import yuan
from node.commands.output import JsonOption, note, plain, say, show_object, show_rows
from node.commands.settings import ConfigOption
from node.commands.words import MEASURES, TARGETS, spoken, word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

app = typer.Typer(no_args_is_help=True, help="指标报告 / reports")

FromOption = Annotated[str, typer.Option(help="起始月份 YYYY-MM / first month")]
UntilOption = Annotated[str, typer.Option(help="截止月份 YYYY-MM / last month")]
MemberOption = Annotated[str, typer.Option(help="只要该成员 / only this member")]
CsvOption = Annotated[bool, typer.Option("--csv", help="输出 CSV / print CSV")]

_HEADINGS = {
    "seller_region": "卖方地区",
    "buyer_region": "买方地区",
    "month": "月份",
    "type": "合同类型",
    "contracts": "合同数",
    "contract_amount_fen": "成交额（元）",
    "technical_amount_fen": "技术交易额（元）",
    "member": "成员",
    "listed": "发布",
    "enquired": "意向",
    "accepted": "接受",
    "introduced": "引荐",
    "contracted": "签约",
    "registered": "登记",
    "answered": "已答复",
    "open": "待答复",
    "median_hours": "中位时长（小时）",
    "expired": "未答复而过期",
    "level": "等级",
    "integrity_status": "诚信状态",
    "managers": "人数",
    "name": "记录名",
    "title": "名称",
    "region": "地区",
    "tech_field": "技术领域",
    "open_licence_fee_fen": "许可费（元）",
    "convert_by": "约定转化期限",
    "days": "逾期天数",
    "target": "目标",
    "measure": "指标",
    "amount": "目标值",
    "until": "截止",
    "reached": "已达到",
    "permille": "完成（‰）",
}

_AMOUNT_MOST = (1 << 63) - 1
"""So much or more: the answer says no larger number."""
_OF_MEASURE = ("amount", "reached")

_BY_MONTH = {
    "flows": "跨区域流向：卖方 × 买方 × 月份 × 类型 / seller × buyer × month × type.",
    "funnel": "转化漏斗：发布→意向→接受→引荐→签约→登记 / from listed to registered.",
    "answers": "答复时长的中位数 / median time to the first answer.",
    "targets": "目标进展 / progress to the targets of the node's settings.",
}
_OF_NOW = {
    "managers": "技术经理人，按等级与诚信状态 / technology managers by level and status.",
    "open-licences": "开放许可清单 / open licences.",
}


def _add_by_month(name: str, text: str) -> None:
    """Add the command of a report over months."""

    @app.command(name, help=text)
    def command(
        from_month: FromOption = "",
        until_month: UntilOption = "",
        member: MemberOption = "",
        csv: CsvOption = False,
        node: NodeOption = None,
        token: TokenOption = "",
        ca: CaOption = None,
        config: ConfigOption = None,
        as_json: JsonOption = False,
    ) -> None:
        asked = {"from_month": from_month, "until_month": until_month, "member": member}
        _report(name, asked, (node, token, ca, config), csv=csv, as_json=as_json)


def _add_of_now(name: str, text: str) -> None:
    """Add the command of a report of what stands now."""

    @app.command(name, help=text)
    def command(
        member: MemberOption = "",
        csv: CsvOption = False,
        node: NodeOption = None,
        token: TokenOption = "",
        ca: CaOption = None,
        config: ConfigOption = None,
        as_json: JsonOption = False,
    ) -> None:
        _report(name, {"member": member}, (node, token, ca, config), csv=csv, as_json=as_json)


for _name, _text in _BY_MONTH.items():
    _add_by_month(_name, _text)
for _name, _text in _OF_NOW.items():
    _add_of_now(_name, _text)


@app.command()
def overdue(
    on: Annotated[str, typer.Option(help="判断日期，默认今天 / day, today by default")] = "",
    member: MemberOption = "",
    csv: CsvOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """未按约定转化清单 / supplies past their agreed day of conversion."""
    asked = {"on_day": on, "member": member}
    _report("overdue", asked, (node, token, ca, config), csv=csv, as_json=as_json)


def _report(
    name: str,
    asked: dict[str, Any],
    where: tuple[str | None, str, Path | None, Path | None],
    *,
    csv: bool,
    as_json: bool,
) -> None:
    kind = name.replace("-", "_")
    with connected(*where) as client:
        report = client.call("GetReport", kind=f"REPORT_KIND_{kind.upper()}", **asked)
    if as_json:
        from node.commands import records

        rows = [records.as_json(row, with_zeros=True) for row in getattr(report, kind)]
        show_object({**records.as_json(report), kind: rows})
        return
    fields = _row_fields(report, kind)
    names = [field.name for field in fields]
    found = getattr(report, kind)
    if csv:
        write_csv(names, [_cells(row, fields) for row in found])
    else:
        columns = [(name, _HEADINGS[name], _english(name)) for name in names]
        show_rows(kind, columns, (_told(row, fields) for row in found))
    if any(getattr(row, field.name) == _AMOUNT_MOST for row in found for field in fields):
        most = yuan(_AMOUNT_MOST)
        zh = f"有合计超出可表示的范围：{most} 元表示不少于该数，请核对所含合同的金额"
        en = f"a sum is larger than can be told: {most} yuan is so much or more; see the contracts"
        note(say(zh, en))
    _tell_source(report)


def write_csv(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a heading and rows; no cell is a formula, ends its row or steers a terminal."""
    import csv

    from node.formulas import csv_safe

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([csv_safe(plain(cell)) for cell in row] for row in rows)


def _row_fields(report: Any, name: str) -> Sequence[Any]:
    return report.DESCRIPTOR.fields_by_name[name].message_type.fields  # type: ignore[no-any-return] # a list of descriptors


def _cells(row: Any, fields: Sequence[Any]) -> list[str]:
    """Return the text of every field; the name of an enumeration's value without its prefix."""
    texts = []
    for field in fields:
        value = getattr(row, field.name)
        if field.enum_type is not None:
            known = field.enum_type.values_by_number
            prefix = known[0].name.removesuffix("UNSPECIFIED")
            value = known[value].name.removeprefix(prefix) if value in known else value
        texts.append(str(value))
    return texts


def _english(name: str) -> str:
    return (f"{name.removesuffix('_fen')} (CNY)" if name.endswith("_fen") else name).replace(
        "_", " "
    )


def _told(row: Any, fields: Sequence[Any]) -> dict[str, str]:
    """Return a row for a person: codes in words, amounts in yuan."""
    measure = getattr(row, "measure", "")
    told = {}
    for field in fields:
        value = getattr(row, field.name)
        is_amount = measure.endswith("_fen") and field.name in _OF_MEASURE
        is_cut = value == _AMOUNT_MOST
        if field.enum_type is not None:
            known = field.enum_type.values_by_number
            value = spoken(known[value].name) if value in known else value
        elif is_amount or field.name.endswith("_fen"):
            value = yuan(value)
        elif field.name == "measure":
            value = word(MEASURES, value)
        elif field.name == "target":
            value = word(TARGETS, value)
        told[field.name] = f"≥ {value}" if is_cut else str(value)
    return told


def _tell_source(report: Any) -> None:
    sizes = ", ".join(f"{one.origin} {one.size}" for one in report.sizes)
    note(say(f"来自日志：{sizes}", f"Folded from: {sizes}"))
    if report.waiting:
        note(
            say(
                "尚有内容未到达或未处理：此报告可能还会变化。",
                "Something has not come or is not taken in: this report may still change.",
            )
        )
    if report.truncated:
        note(say("行数过多，已截断。", "There are more rows than are told."))
