"""`ydx ledger agree … policy`: agreements on sharing income, and what they would give."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from node.commands.amounts import fen_of_digits, fen_of_yuan, two_amounts
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.ledger_asking import (
    AgreementArgument,
    AgreementFileArgument,
    CheckOption,
    ReasonOption,
    RequestIdOption,
    all_pages,
    choice,
    deductions,
    is_name,
    read_agreement,
    written,
)
from node.commands.output import JsonOption, note, say, say_in_answer, show, show_object
from node.commands.settings import ConfigOption


class State(StrEnum):
    """Where an agreement has come to."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"


def agree(
    file: AgreementFileArgument,
    simulate: Annotated[
        list[str] | None,
        typer.Option(
            help="只试算这些收入（元），可重复，不写入 / "
            "only show what incomes would give; nothing is written"
        ),
    ] = None,
    check: CheckOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """提出一份利益分享协议 / propose an agreement on sharing income."""
    from node.commands import ledger_texts, records

    agreement = read_agreement(file)
    if simulate:
        incomes = [{"gross_fen": fen_of_yuan(one, "simulate")} for one in simulate]
        with connected(node, token, ca, config) as client:
            answer = client.call("SimulateAllocation", agreement=agreement, incomes=incomes)
        _tell_simulation(answer, incomes, as_json=as_json)
        return
    with connected(node, token, ca, config) as client:
        answer, key = written(
            client, "CreateAgreement", request_id, agreement=agreement, validate_only=check
        )
    ledger_texts.tell_warnings(answer)
    if as_json:
        show_object(records.as_json(answer) | {"request_id": key})
    elif check:
        show(say("可以写入", "it may be written"))
    else:
        state = ledger_texts.word(
            ledger_texts.STATES, ledger_texts.enum_name(answer.agreement, "state")
        )
        show(f"{say('已提出', 'proposed')}  {answer.agreement.name}  {state}")
        waits = ", ".join(answer.agreement.waits_for)
        note(say(f"待接受：{waits}", f"waits for: {waits}"))


def agreements(
    state: Annotated[State | None, typer.Option(help="只要此状态 / only in this state")] = None,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出本成员参与的协议 / list the agreements that name this member."""
    from node.commands import ledger_texts, records

    which = state.value if state else ""
    with connected(node, token, ca, config) as client:
        found, _ = all_pages(
            client,
            "ListAgreements",
            "agreements",
            state=choice("AGREEMENT_STATE", which) or 0,
        )
    if as_json:
        show_object({"agreements": [records.as_json(one) for one in found]})
        return
    ledger_texts.tell_agreements(found)


def show_one(
    agreement: AgreementArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一份协议：条款、版本、账目 / show an agreement: terms, versions, state of books."""
    from node.commands import ledger_term_texts, records

    with connected(node, token, ca, config) as client:
        answer = client.call("GetAgreement", name=agreement)
    if as_json:
        show_object(records.as_json(answer))
        return
    ledger_term_texts.tell_agreement(answer.agreement)


def amend(
    agreement: AgreementArgument,
    file: AgreementFileArgument,
    check: CheckOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """提出协议的新版本（整份）/ propose the next version of an agreement, whole."""
    from node.commands import ledger_proposal_texts, records

    said = read_agreement(file)
    with connected(node, token, ca, config) as client:
        answer, key = written(
            client,
            "AmendAgreement",
            request_id,
            name=agreement,
            agreement=said,
            validate_only=check,
        )
    if as_json:
        show_object(records.as_json(answer) | {"request_id": key})
        return
    ledger_proposal_texts.tell_proposed(answer, check=check)


def terminate(
    agreement: AgreementArgument,
    until: Annotated[
        str, typer.Option(help="终止日，当日起不再计入 / day from which income counts no more")
    ],
    reason: ReasonOption,
    check: CheckOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """提出提前终止协议 / propose that an agreement ends early."""
    from node.commands import ledger_proposal_texts, records

    termination = {"effective_to": until, "reason": reason}
    with connected(node, token, ca, config) as client:
        answer, key = written(
            client,
            "TerminateAgreement",
            request_id,
            name=agreement,
            termination=termination,
            validate_only=check,
        )
    if as_json:
        show_object(records.as_json(answer) | {"request_id": key})
        return
    ledger_proposal_texts.tell_proposed(answer, check=check)


def simulate(
    agreement: Annotated[
        str,
        typer.Argument(help="协议名，或协议文件 / name of the agreement, or a file with it"),
    ],
    amount: Annotated[
        list[str] | None,
        typer.Argument(help="收入总额，元，两位小数 / gross incomes in yuan, two decimals"),
    ] = None,
    fen: Annotated[
        list[str] | None, typer.Option("--fen", help="或以分为单位，可重复 / or in fen")
    ] = None,
    deduct: Annotated[
        list[str] | None,
        typer.Option(help="每笔的扣除 名称=金额 / deduction of each income, NAME=AMOUNT"),
    ] = None,
    date: Annotated[
        str,
        typer.Option(
            help="收入日期 YYYY-MM-DD，按当日有效的版本；缺省：已有协议为今日，文件为首日 / "
            "day of the incomes, whose version counts; by default today, of a file its first day"
        ),
    ] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """试算各方所得，不写入 / what every party would get of incomes, in their order."""
    if amount and fen:
        raise two_amounts(fen[0])
    gross_fen = [fen_of_yuan(one) for one in amount or ()] + [
        fen_of_digits(one) for one in fen or ()
    ]
    if not gross_fen:
        raise typer.BadParameter(
            say_in_answer("请给出至少一个金额", "give at least one amount"), param_hint="AMOUNT"
        )
    taken_off = deductions(deduct or ())
    incomes = [
        {"gross_fen": one, "deductions": taken_off, "income_date": date} for one in gross_fen
    ]
    of: dict[str, Any] = (
        {"name": agreement}
        if is_name(agreement)
        else {"agreement": read_agreement(Path(agreement))}
    )
    with connected(node, token, ca, config) as client:
        answer = client.call("SimulateAllocation", incomes=incomes, **of)
    _tell_simulation(answer, incomes, as_json=as_json)


def policy(
    agreement: AgreementArgument,
    incomes: Annotated[
        bool, typer.Option("--incomes", help="自动接受收入 / accept incomes")
    ] = False,
    up_to: Annotated[
        str,
        typer.Option(help="每笔不超过此总额（元）/ each only up to this gross amount in yuan"),
    ] = "",
    evidence: Annotated[
        bool, typer.Option("--evidence", help="须有凭证摘要 / only with a digest of evidence")
    ] = False,
    contract: Annotated[
        bool,
        typer.Option(
            "--contract",
            help="收入须在双方确认的合同之内，同类合计 / incomes only within a sound contract",
        ),
    ] = False,
    reversals: Annotated[
        bool, typer.Option("--reversals", help="自动接受冲销 / accept reversals")
    ] = False,
    payments: Annotated[
        bool, typer.Option("--payments", help="自动接受付款 / accept payments")
    ] = False,
    off: Annotated[bool, typer.Option("--off", help="均由人处理 / a person decides all")] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """本节点何时自动接受；不带选项则显示 / when this node accepts by itself; bare, show it."""
    from node.commands import ledger_texts, records

    kinds = {"incomes": incomes, "reversals": reversals, "payments": payments}
    conditions = {
        "gross_max_fen": fen_of_yuan(up_to, "up_to") if up_to else 0,
        "needs_evidence": evidence,
        "needs_contract": contract,
    }
    if off and any((kinds | conditions).values()):
        raise typer.BadParameter(
            say_in_answer("--off 不与其他选项同用", "--off goes with no other option"),
            param_hint="--off",
        )
    if any(conditions.values()) and not any(kinds.values()):
        raise typer.BadParameter(
            say_in_answer(
                "请指明自动接受什么：--incomes、--reversals 或 --payments",
                "say what is accepted: --incomes, --reversals or --payments",
            )
        )
    with connected(node, token, ca, config) as client:
        if off:
            holder = client.call("SetAcceptancePolicy", name=agreement)
        elif any(kinds.values()):
            holder = client.call("SetAcceptancePolicy", name=agreement, policy=kinds | conditions)
        else:
            holder = client.call("GetAgreement", name=agreement).agreement
    if as_json:
        held = holder.HasField("policy")
        show_object({"policy": records.as_json(holder.policy) if held else None})
        return
    show(f"{say('自动接受', 'accepted automatically')}  {ledger_texts.policy_text(holder)}")


def _tell_simulation(answer: Any, incomes: list[dict[str, Any]], *, as_json: bool) -> None:
    from node.commands import ledger_texts, records

    if as_json:
        show_object(records.as_json(answer))
        return
    ledger_texts.tell_simulation(answer, [one["gross_fen"] for one in incomes])
