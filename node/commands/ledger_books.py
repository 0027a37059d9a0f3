"""`ydx ledger balances … export`: what is booked, closed, to be paid, proven and taken home."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.agreeing import YesOption, check_agreed, check_meant
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.files import write_bytes
from node.commands.ledger_asking import (
    AgreementArgument,
    CheckOption,
    RequestIdOption,
    all_pages,
    is_name,
    written,
)
from node.commands.output import JsonOption, note, say, say_in_answer, show, show_object
from node.commands.receipt_files import TrustOption, with_trust
from node.commands.settings import ConfigOption

if TYPE_CHECKING:
    from collections.abc import Iterator

MonthArgument = Annotated[str, typer.Argument(help="月份 YYYY-MM / month")]
_STANDARD_OUTPUT = "-"
_PLACE = re.compile(
    r"(?:(?P<generation>\d{1,9})[:/])?(?P<leaf_index>\d{1,18})(?:[./](?P<number>\d{1,9}))?",
    re.ASCII,
)


class Kind(StrEnum):
    """What an entry of the journal books."""

    INCOME = "income"
    REVERSAL = "reversal"
    PAYMENT = "payment"


class Form(StrEnum):
    """In which form books are exported."""

    BEANCOUNT = "beancount"
    JOURNAL = "journal"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    BUNDLE = "bundle"


_FORMATS = {one: f"EXPORT_FORMAT_{one.name}" for one in Form} | {
    Form.HTML: "EXPORT_FORMAT_STATEMENT_HTML"
}


def balances(
    agreement: AgreementArgument,
    on: Annotated[str, typer.Option(help="截至该日 YYYY-MM-DD / as of the end of this day")] = "",
    size: Annotated[
        int, typer.Option(min=0, help="截至中心日志此大小 / as of this size of the center's log")
    ] = 0,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """试算平衡表与各方净额 / the trial balance, and what each party is owed or owes."""
    from node.commands import ledger_book_texts, records

    with connected(node, token, ca, config) as client:
        answer = client.call("GetBalances", agreement=agreement, value_date=on, known_size=size)
    if as_json:
        show_object(records.as_json(answer))
        return
    ledger_book_texts.tell_balances(answer)
    here = answer.state.center_size
    if size > here:
        note(
            say(
                f"本节点的账簿只到中心日志大小 {here}，尚未到 {size}：以后到达的裁定会改变以上余额",
                f"the books here go to size {here} of the center's log, not yet to {size}:"
                " what comes may change these balances",
            )
        )


def journal(
    agreement: AgreementArgument,
    party: Annotated[str, typer.Option(help="含此参与方的分录 / entries with this party")] = "",
    kind: Annotated[Kind | None, typer.Option(help="分录类型 / which kind of entries")] = None,
    first: Annotated[str, typer.Option("--from", help="首日 YYYY-MM-DD / first day")] = "",
    until: Annotated[str, typer.Option("--until", help="末日 YYYY-MM-DD / last day")] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """日记账 / the journal, in the order of the center's outcomes."""
    from node.commands import ledger_book_texts, ledger_texts, records

    with connected(node, token, ca, config) as client:
        found, page = all_pages(
            client,
            "ListEntries",
            "entries",
            agreement=agreement,
            party=party,
            kind=kind.name if kind else "",
            from_date=first,
            until_date=until,
        )
    if as_json:
        listed = [records.as_json(one) for one in found]
        show_object({"entries": listed, "state": records.as_json(page.state)})
        return
    ledger_book_texts.tell_entries(found)
    ledger_texts.tell_books(page.state)


def close(
    agreement: AgreementArgument,
    month: MonthArgument,
    check: CheckOption = False,
    yes: YesOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """结账，不可恢复：关闭该月及以前 / close a month and all before it for good.

    仅中心可结账 / at the center only.
    """
    from node.commands import ledger_book_texts, records

    zh = f"将关闭 {agreement} 的 {month} 及以前各月"
    en = f"{month} and all months before it of {agreement} will be closed"
    check_meant(zh, en, asks=not (yes or check or as_json))
    with connected(node, token, ca, config) as client:
        asked = {"agreement": agreement, "period": month, "validate_only": check}
        answer, key = written(client, "ClosePeriod", request_id, **asked)
    if as_json:
        show_object(records.as_json(answer) | {"request_id": key})
        return
    ledger_book_texts.tell_statement(answer.statement)
    if check:
        note(say("可以结账，未写入", "It may be closed; nothing was written"))
        return
    note(
        say(
            "已结账；中心日志确认后生效。",
            "Closed; it counts once the center's log is confirmed.",
        )
    )


def statements(
    agreement: AgreementArgument,
    month: Annotated[
        str, typer.Option(help="只显示该月的全文 YYYY-MM / only this month's, whole")
    ] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """已结期间的对账单，新的在前 / statements of closed months, newest first."""
    from node.commands import ledger_book_texts, ledger_texts, records

    with connected(node, token, ca, config) as client:
        answer = client.call("ListStatements", agreement=agreement)
    found = [_of_month(answer.statements, month)] if month else list(answer.statements)
    if as_json:
        listed = [records.as_json(one) for one in found]
        show_object({"statements": listed, "state": records.as_json(answer.state)})
        return
    if month:
        ledger_book_texts.tell_statement(found[0])
    else:
        ledger_book_texts.tell_statements(found)
    ledger_texts.tell_books(answer.state)


def accept_statement(
    agreement: AgreementArgument,
    month: MonthArgument,
    yes: YesOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """阅读并同意一期对账单 / read a month's statement, and agree to it."""
    from node.commands import ledger_book_texts, ledger_texts, records

    if as_json and not yes:
        raise typer.BadParameter(
            say_in_answer(
                "--json 需要 --yes；先以 ydx ledger statements --month 阅读",
                "--json needs --yes; read it first with ydx ledger statements --month",
            ),
            param_hint="--json",
        )
    with connected(node, token, ca, config) as client:
        answer = client.call("ListStatements", agreement=agreement)
        statement = _of_month(answer.statements, month)
        asked = {"agreement": agreement, "period": month, "digest": statement.digest}
        client.call("AcceptStatement", request_id=request_id, validate_only=True, **asked)
        if not as_json:
            ledger_book_texts.tell_statement(statement)
        if not yes:
            check_agreed(say("同意这份对账单？", "Agree to this statement?"))
        said, key = written(client, "AcceptStatement", request_id, **asked)
    if as_json:
        show_object(
            records.as_json(said) | {"statement": records.as_json(statement), "request_id": key}
        )
        return
    show(f"{say('已同意', 'agreed to')}  {month}  {ledger_texts.place(said.ref)}")


def netting(
    agreement: AgreementArgument,
    bilateral: Annotated[
        bool, typer.Option("--bilateral", help="两两结清 / each two parties settle by themselves")
    ] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """轧差：结清全部净额的付款 / the payments that would settle all net positions."""
    from node.commands import ledger_book_texts, records

    mode = "NETTING_MODE_BILATERAL" if bilateral else "NETTING_MODE_MULTILATERAL"
    with connected(node, token, ca, config) as client:
        answer = client.call("GetNetting", agreement=agreement, mode=mode)
    if as_json:
        show_object(records.as_json(answer))
        return
    ledger_book_texts.tell_netting(answer)


def trail(
    agreement: AgreementArgument,
    outcome: Annotated[
        str,
        typer.Argument(
            metavar="PLACE|PROPOSAL",
            help="裁定位置（见 journal 首列）或提案名"
            " / place of the outcome, first column of journal, or the name of a proposal",
        ),
    ],
    receipts: Annotated[
        Path | None,
        typer.Option("--receipts", help="收据写入此文件 / write the receipts to this file"),
    ] = None,
    trust: TrustOption = True,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """从分录追溯到供需 / from a posting back to income, contract, enquiry and listing."""
    from node.commands import ledger_book_texts, records

    asked = {"proposal": outcome} if is_name(outcome) else _place(outcome)
    with connected(node, token, ca, config) as client:
        answer = client.call("GetAuditTrail", agreement=agreement, **asked)
        if answer.receipts and (as_json or receipts is not None):
            answer.receipts = with_trust(client, answer.receipts, trust=trust)
    if receipts is not None:
        write_bytes(receipts, [answer.receipts])
    if as_json:
        steps = [records.as_json(one) for one in answer.steps]
        show_object({"steps": steps, "receipts": answer.receipts.decode()})
        return
    ledger_book_texts.tell_trail(answer.steps)
    if receipts is not None:
        note(
            say(
                f"收据已写入 {receipts}；以 ydx receipt verify 验证",
                f"receipts are in {receipts}; check them with ydx receipt verify",
            )
        )


def export(
    agreement: AgreementArgument,
    form: Annotated[Form, typer.Option(help="格式 / form of the file")],
    period: Annotated[
        str,
        typer.Option(
            help="html 的期间 YYYY-MM，默认最近；csv 则为该期对账单 / "
            "month of html, the last by default; with csv, its statement instead of the journal"
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            help="写入此文件，- 为标准输出；默认按节点所给文件名 / file, - for standard output; "
            "by default as the node calls it, here"
        ),
    ] = None,
    trust: TrustOption = True,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """导出账目 / export the books for accounting programs, for print, or to be verified."""
    is_piped = str(output) == _STANDARD_OUTPUT
    if as_json and is_piped:
        raise typer.BadParameter(
            say_in_answer("--json 需要文件", "--json needs a file"), param_hint="--json"
        )
    with connected(node, token, ca, config) as client:
        pieces = client.stream(
            "ExportBooks", agreement=agreement, format=_FORMATS[form], period=period
        )
        first = next(pieces)  # a refusal comes before any file is made
        content = _contents(first, pieces)
        if form is Form.BUNDLE:
            from federation.ledger.bundle import carry

            content = iter([with_trust(client, b"".join(content), trust=trust, carry=carry)])
        if is_piped:
            sys.stdout.buffer.writelines(content)
            sys.stdout.buffer.flush()
            return
        file = output or Path(Path(first.file_name).name or f"ledger.{form.value}")
        write_bytes(file, content)
    told = say(f"已写入 {file}", f"written to {file}")
    show(told, file=str(file), form=form.value, bytes=file.stat().st_size)


def _contents(first: Any, others: Iterator[Any]) -> Iterator[bytes]:
    yield first.content
    for piece in others:
        yield piece.content


def _of_month(statements: Any, month: str) -> Any:
    """Return the statement of a month; refuses STATEMENT_NOT_FOUND where it is not closed."""
    from federation.log.errors import Refused

    for one in statements:
        if one.period == month:
            return one
    closed = ", ".join(one.period for one in statements) or "-"
    raise Refused(
        "STATEMENT_NOT_FOUND", f"there is no statement of {month}; closed: {closed}", period=month
    )


def _place(text: str) -> dict[str, int]:
    """Return what [GENERATION:]LEAF[.NUMBER] says; refuses INVALID_FIELD.

    GENERATION/LEAF/NUMBER, as books were exported once, is read as well.
    """
    from node.services.errors import invalid_field

    found = _PLACE.fullmatch(text)
    if found is None:
        raise invalid_field(
            "outcome",
            "PLACE_FORM",
            text,
            "不是裁定位置；请写成 叶序号 或 叶序号.序号，如 42.0，或填写提案名",
            "is no place of an outcome; write LEAF or LEAF.NUMBER (42.0), or name a proposal",
        )
    return {name: int(said) for name, said in found.groupdict("0").items()}
