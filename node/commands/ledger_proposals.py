"""`ydx ledger propose … proposal`: incomes, reversals and payments, and the answers to them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.agreeing import YesOption, check_agreed
from node.commands.amounts import AmountOption, FenOption, any_amount, one_amount
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.enquiry_asking import read_ref
from node.commands.ledger_asking import (
    AgreementArgument,
    CheckOption,
    EvidenceOption,
    ProposalArgument,
    ReasonOption,
    RequestIdOption,
    all_pages,
    choice,
    deductions,
    evidence_digest,
    is_name,
    written,
)
from node.commands.output import JsonOption, say, say_in_answer, show, show_object
from node.commands.settings import ConfigOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from node.rpc.exchange_client import ExchangeClient

DateOption = Annotated[str, typer.Option("--date", help="日期 YYYY-MM-DD / day")]


class IncomeKind(StrEnum):
    """What an income is."""

    SERVICE_FEE = "service_fee"
    CONTRACT_PRICE = "contract_price"
    ROYALTY = "royalty"
    OTHER = "other"


def propose(
    agreement: AgreementArgument,
    contract: Annotated[
        str,
        typer.Option(
            help="合同名，或首个版本 来源:叶序号:散列 / "
            "name of the contract, or its first version, origin:index:hash"
        ),
    ],
    instalment: Annotated[str, typer.Option(help="合同的第几期 / which payment of the contract")],
    date: DateOption,
    received_by: Annotated[str, typer.Option(help="收款的参与方 / party that received the money")],
    amount: AmountOption = "",
    fen: FenOption = "",
    kind: Annotated[IncomeKind, typer.Option(help="收入类型 / what the income is")] = (
        IncomeKind.SERVICE_FEE
    ),
    deduct: Annotated[
        list[str] | None,
        typer.Option(help="扣除 名称=金额（元），可重复 / deduction, NAME=AMOUNT in yuan"),
    ] = None,
    evidence: EvidenceOption = "",
    check: CheckOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """提出一笔收入 / propose an income."""
    income: dict[str, Any] = {
        "instalment": instalment,
        "kind": choice("INCOME_KIND", kind.value),
        "income_date": date,
        "gross_fen": one_amount(amount, fen),
        "deductions": deductions(deduct or ()),
        "received_by": received_by,
        "evidence_sha256": evidence_digest(evidence),
    }
    fields: dict[str, Any] = {"agreement": agreement, "income": income}
    if is_name(contract):
        fields["contract"] = contract
    else:
        income["contract"] = read_ref(contract)
    with connected(node, token, ca, config) as client:
        _propose(client, "ProposeIncome", request_id, fields, check=check, as_json=as_json)


def reverse(
    income: Annotated[
        str, typer.Argument(help="收入提案名 / name of the income, nodes/<member>/proposals/<…>")
    ],
    date: DateOption,
    reason: ReasonOption,
    amount: AmountOption = "",
    fen: FenOption = "",
    evidence: EvidenceOption = "",
    check: CheckOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """提出冲销一笔收入，不给金额则全部 / propose to take back an income, all of it by default."""
    reversal = {
        "amount_fen": any_amount(amount, fen),
        "reversal_date": date,
        "reason": reason,
        "evidence_sha256": evidence_digest(evidence),
    }
    fields = {"income": income, "reversal": reversal}
    with connected(node, token, ca, config) as client:
        _propose(client, "ProposeReversal", request_id, fields, check=check, as_json=as_json)


def pay(
    agreement: AgreementArgument,
    payer: Annotated[str, typer.Argument(help="付款的参与方 / party that paid")],
    payee: Annotated[str, typer.Argument(help="收款的参与方 / party that was paid")],
    date: DateOption,
    evidence: EvidenceOption,
    amount: AmountOption = "",
    fen: FenOption = "",
    check: CheckOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """提出登记一笔已付款 / propose to book a payment that was made."""
    payment = {
        "payer": payer,
        "payee": payee,
        "amount_fen": one_amount(amount, fen),
        "paid_on": date,
        "evidence_sha256": evidence_digest(evidence),
    }
    fields = {"agreement": agreement, "payment": payment}
    with connected(node, token, ca, config) as client:
        _propose(client, "ProposePayment", request_id, fields, check=check, as_json=as_json)


def accept(
    names: Annotated[
        list[str],
        typer.Argument(help="同一协议的提案或协议 / proposals, or agreements, of one agreement"),
    ],
    yes: YesOption = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """接受提案，提案人除外 / accept proposals, as a signer; not what you proposed yourself.

    协议、修订和终止，以及有须核对之处时，先询问 / asks first about agreements, amendments and
    terminations, and where something should be looked at.
    """
    from node.commands import ledger_proposal_texts

    with connected(node, token, ca, config) as client:
        found = client.call(
            "AcceptProposals", request_id=request_id, names=names, validate_only=True
        ).checked
        if found and not as_json:  # none where this request has accepted them before
            ledger_proposal_texts.tell_to_accept(found, _in_force(client, found))
        noted = [one.name for one in found if one.warnings or one.reason or _is_of_terms(one)]
        if noted and not yes:
            if as_json:
                raise _unread(noted)
            check_agreed(say("确定接受？", "Accept this?"))
        answer, key = written(client, "AcceptProposals", request_id, names=names)
    _tell_said(answer, key, say("已接受", "accepted"), as_json=as_json)


def reject(
    name: ProposalArgument,
    reason: ReasonOption,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """拒绝一项提案 / reject a proposal, as a signer."""
    with connected(node, token, ca, config) as client:
        answer, key = written(client, "RejectProposal", request_id, name=name, reason=reason)
    _tell_said(answer, key, say("已拒绝", "rejected"), as_json=as_json)


def dispute(
    name: ProposalArgument,
    reason: ReasonOption,
    over: Annotated[bool, typer.Option("--over", help="争议已解决 / the dispute is over")] = False,
    request_id: RequestIdOption = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """对已入账收入提出异议，不改变账目 / dispute a booked income; no posting changes."""
    with connected(node, token, ca, config) as client:
        answer, key = written(
            client, "DisputeIncome", request_id, name=name, reason=reason, is_over=over
        )
    done = say("异议已解决", "dispute over") if over else say("已提出异议", "disputed")
    _tell_said(answer, key, done, as_json=as_json)


def proposals(
    agreement: AgreementArgument,
    open_only: Annotated[
        bool, typer.Option("--open", help="仅待处理 / only those that wait")
    ] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出协议的提案 / list the proposals of an agreement."""
    from node.commands import ledger_proposal_texts, ledger_texts, records

    with connected(node, token, ca, config) as client:
        found, page = all_pages(
            client, "ListProposals", "proposals", agreement=agreement, open_only=open_only
        )
    if as_json:
        listed = [records.as_json(one) for one in found]
        show_object({"proposals": listed, "state": records.as_json(page.state)})
        return
    ledger_proposal_texts.tell_proposals(found)
    ledger_texts.tell_books(page.state)


def proposal(
    name: ProposalArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一项提案 / show a proposal, and what it posts."""
    from node.commands import ledger_proposal_texts, records

    with connected(node, token, ca, config) as client:
        answer = client.call("GetProposal", name=name)
    if as_json:
        show_object(records.as_json(answer))
        return
    ledger_proposal_texts.tell_proposal(answer.proposal)


def _propose(
    client: ExchangeClient,
    method: str,
    request_id: str,
    fields: dict[str, Any],
    *,
    check: bool,
    as_json: bool,
) -> None:
    from node.commands import ledger_proposal_texts, records

    answer, key = written(client, method, request_id, validate_only=check, **fields)
    if as_json:
        show_object(records.as_json(answer) | {"request_id": key})
        return
    ledger_proposal_texts.tell_proposed(answer, check=check)


def _is_of_terms(one: Any) -> bool:
    return one.WhichOneof("proposal") in ("version", "termination")


def _in_force(client: ExchangeClient, proposals: Iterable[Any]) -> Any:
    """Return the terms that an amendment among proposals of one agreement changes, if there is."""
    for one in proposals:
        if one.version.HasField("previous"):
            return client.call("GetAgreement", name=one.agreement).agreement.agreement
    return None


def _unread(noted: list[str]) -> typer.BadParameter:
    names = ", ".join(noted)
    return typer.BadParameter(
        say_in_answer(
            f"有条款或须核对之处，--json 需要 --yes；先以 ydx ledger proposal 阅读：{names}",
            f"--json needs --yes for terms and where something is to be looked at; read it first"
            f" with ydx ledger proposal: {names}",
        ),
        param_hint="--json",
    )


def _tell_said(answer: Any, request_id: str, done: str, *, as_json: bool) -> None:
    from node.commands import ledger_texts, records

    if as_json:
        show_object(records.as_json(answer) | {"request_id": request_id})
        return
    show(f"{done}  {ledger_texts.place(answer.ref)}")
