"""`ydx contract`: contracts of this node's member, from introduced enquiries to registration.

The text of a contract is a TOML or JSON file with the fields of ydx.exchange.v1.Contract; see
`said_files`, and deploy/from-search-to-contract.md for an example.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from node.commands.agreeing import YesOption, check_meant
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.files import write_bytes
from node.commands.output import JsonOption, name_options, note, say, show, show_object
from node.commands.receipt_files import TrustOption, tell_written, with_trust
from node.commands.settings import ConfigOption

app = typer.Typer(no_args_is_help=True, help="技术合同 / technology contracts")

NameArgument = Annotated[
    str, typer.Argument(help="合同名 / its name, nodes/<member>/contracts/<26 letters>")
]
FileArgument = Annotated[
    Path,
    typer.Argument(
        help="合同内容的 TOML 或 JSON 文件，示例见 deploy/from-search-to-contract.md / "
        "TOML or JSON file with the contract; an example is there"
    ),
]
EtagOption = Annotated[
    str, typer.Option("--etag", help="所依据的版本，见 show / version that it is based on")
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="只检查，不写入 / check only, write nothing")
]
_LEFT_OUT = ("previous", "enquiries", "center", "recorded_at_ms")


class Decision(StrEnum):
    """What the register decided."""

    ACCEPTED = "accepted"
    REGISTERED = "registered"
    REFUSED = "refused"
    REVOKED = "revoked"


_FILTERS: Final = {
    f"filter.{field}": f"--{field.replace('_', '-')}"
    for field in (
        "member",
        "organisation",
        "buyer_region",
        "seller_region",
        "signed_from",
        "signed_until",
    )
} | {"page_size": "--limit", "page_token": "--page-token"}


@app.command()
def create(
    file: FileArgument,
    enquiry: Annotated[
        list[str], typer.Option("--enquiry", help="已引荐的合作意向，可重复 / introduced enquiries")
    ],
    check: CheckOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """由已引荐的合作意向订立合同 / make a contract from introduced enquiries."""
    name_options({"enquiries": "--enquiry"})
    contract = read_contract(file)
    with connected(node, token, ca, config) as client:
        answer = client.call(
            "CreateContract", contract=contract, enquiries=enquiry, **_write(check=check)
        )
    _tell(answer, say("已订立", "made"), check=check, as_json=as_json)


@app.command()
def amend(
    name: NameArgument,
    file: FileArgument,
    reason: Annotated[str, typer.Option(help="变更原因 / why it is amended")],
    etag: EtagOption = "",
    check: CheckOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """变更合同（整份新版本）/ write the next version, whole."""
    name_options({"contract.amendment_reason": "--reason", "etag": "--etag"})
    contract = read_contract(file)
    contract.amendment_reason = reason
    with connected(node, token, ca, config) as client:
        answer = client.call(
            "AmendContract", name=name, contract=contract, etag=etag, **_write(check=check)
        )
    _tell(answer, say("已变更", "amended"), check=check, as_json=as_json)


@app.command()
def confirm(
    name: NameArgument,
    etag: Annotated[
        str, typer.Option("--etag", help="已阅读并同意的版本，见 show / version that was read")
    ],
    check: CheckOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """确认一个版本 / agree to a version, as the other side."""
    name_options({"etag": "--etag"})
    with connected(node, token, ca, config) as client:
        answer = client.call("ConfirmContract", name=name, etag=etag, **_write(check=check))
    _tell(answer, say("已确认", "confirmed"), check=check, as_json=as_json)


@app.command()
def register(
    name: NameArgument,
    state: Annotated[
        Decision,
        typer.Option(
            help="先 accepted 受理，再 registered 已登记或 refused 不予登记；refused 后可再 "
            "accepted，registered 后可 revoked 撤销 / first accepted, then registered or refused; "
            "after refused accepted again, after registered revoked"
        ),
    ],
    number: Annotated[str, typer.Option(help="合同登记编号，16 位 / register number")] = "",
    on: Annotated[str, typer.Option(help="决定日期，默认今天 / day, today by default")] = "",
    reason: Annotated[str, typer.Option(help="原因 / why, for refused and revoked")] = "",
    etag: EtagOption = "",
    check: CheckOption = False,
    yes: YesOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """记录登记进度 / record where the registration stands, as the seller's side."""
    name_options(
        {
            "registration.register_number": "--number",
            "registration.decided_on": "--on",
            "registration.reason": "--reason",
            "etag": "--etag",
        }
    )
    registration = {
        "state": f"REGISTRATION_STATE_{state.name}",
        "register_number": number,
        "decided_on": on or today(),
        "reason": reason,
    }
    if state is Decision.REVOKED:
        what = f"将撤销 {name} 的登记", f"The registration of {name} will be revoked"
        check_meant(*what, asks=not (yes or check or as_json))
    with connected(node, token, ca, config) as client:
        answer = client.call(
            "RecordRegistration",
            name=name,
            registration=registration,
            etag=etag,
            **_write(check=check),
        )
    _tell(answer, say("已记录", "recorded"), check=check, as_json=as_json)


@app.command()
def cancel(
    name: NameArgument,
    reason: Annotated[str, typer.Option(help="解除原因 / why")],
    on: Annotated[str, typer.Option(help="解除日期，默认今天 / day, today by default")] = "",
    etag: EtagOption = "",
    check: CheckOption = False,
    yes: YesOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """解除合同，不可恢复 / cancel a contract for good."""
    name_options(
        {
            "cancellation.reason": "--reason",
            "cancellation.cancelled_on": "--on",
            "etag": "--etag",
        }
    )
    day = on or today()
    cancellation = {"reason": reason, "cancelled_on": day}
    what = f"将自 {day} 起解除合同 {name}", f"The contract {name} will be cancelled as of {day}"
    check_meant(*what, asks=not (yes or check or as_json))
    with connected(node, token, ca, config) as client:
        answer = client.call(
            "CancelContract",
            name=name,
            cancellation=cancellation,
            etag=etag,
            **_write(check=check),
        )
    _tell(answer, say("已解除", "cancelled"), check=check, as_json=as_json)


@app.command("show")
def show_one(
    name: NameArgument,
    full: Annotated[
        bool, typer.Option("--full", help="全部字段与文件 / every field and document")
    ] = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一份合同及其归属链 / show a contract, and who brought it about."""
    from node.commands import contract_texts, records

    with connected(node, token, ca, config) as client:
        contract = client.call("GetContract", name=name).contract
    if as_json:
        show_object({"contract": records.as_json(contract)})
        return
    contract_texts.tell_contract(contract, full=full)


@app.command("list")
def list_all(
    member: Annotated[str, typer.Option(help="任一方或中心 / a side's member or the center")] = "",
    organisation: Annotated[str, typer.Option(help="信用代码或名称 / code or name")] = "",
    buyer_region: Annotated[str, typer.Option(help="买方地区或其开头 / buyer's region")] = "",
    seller_region: Annotated[str, typer.Option(help="卖方地区或其开头 / seller's region")] = "",
    state: Annotated[
        list[Decision] | None, typer.Option(help="登记状态，可重复 / registration state")
    ] = None,
    signed_from: Annotated[str, typer.Option(help="签订不早于 / signed from")] = "",
    signed_until: Annotated[str, typer.Option(help="签订不晚于 / signed until")] = "",
    unconfirmed: Annotated[
        bool, typer.Option("--unconfirmed", help="仅待确认 / only those to be confirmed")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="条数 / how many")] = 50,
    page_token: Annotated[str, typer.Option(help="下一页标记 / token of the next page")] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出合同 / list contracts."""
    name_options(_FILTERS)
    from node.commands import contract_texts, records

    which = {
        "member": member,
        "organisation": organisation,
        "buyer_region": buyer_region,
        "seller_region": seller_region,
        "registrations": [f"REGISTRATION_STATE_{one.name}" for one in state or ()],
        "signed_from": signed_from,
        "signed_until": signed_until,
        "only_unconfirmed": unconfirmed,
    }
    with connected(node, token, ca, config) as client:
        page = client.call("ListContracts", filter=which, page_size=limit, page_token=page_token)
    if as_json:
        show_object(records.as_json(page))
        return
    contract_texts.show_contracts(page.contracts)
    if page.next_page_token:
        note(say("下一页：", "Next page: ") + f"--page-token {page.next_page_token}")


@app.command()
def receipt(
    name: NameArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="写入文件 / write it to this file")
    ] = None,
    trust: TrustOption = True,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """取得全部文件的收据 / get the receipts of all documents, for `ydx receipt verify`."""
    import sys

    with connected(node, token, ca, config) as client:
        given = client.call("GetContractReceipt", name=name)
        written = with_trust(client, given.receipt, trust=trust)
    if out is not None:
        write_bytes(out, [written])
    if as_json:
        text = written.decode()
        show_object({"name": name, "confirmed": given.confirmed, "receipt": text})
    elif out is None:
        sys.stdout.write(written.decode())
    else:
        tell_written(out)
    if given.documents_left_out:
        count = given.documents_left_out
        note(say(f"另有 {count} 份旧文件未放入", f"{count} older documents did not fit"))
    if not given.confirmed:
        note(
            say(
                "有检查点尚未达到法定见证数：收据暂为待确认，稍后可再取一次。",
                "A checkpoint has no quorum yet: the receipt is provisional, get it again later.",
            )
        )


def read_contract(file: Path) -> Any:
    """Return the contract of a file; what the node fills in is left out. Refuses BAD_FILE."""
    from federation.partnership.codec import Contract
    from node.commands.said_files import read_said

    return read_said(file, Contract(), "contract", always="project_name", left_out=_LEFT_OUT)


def today() -> str:
    """Return the day in Asia/Shanghai."""
    import time

    from node.services.catalogue.records import shanghai_day

    return shanghai_day(time.time()).isoformat()


def _write(*, check: bool) -> dict[str, Any]:
    import uuid

    return {"request_id": str(uuid.uuid4()), "validate_only": check}


def _tell(answer: Any, done: str, *, check: bool, as_json: bool) -> None:
    from node.commands import records

    for one in getattr(answer, "warnings", ()):
        note(say(one.text_zh, one.text_en))
    if as_json:
        show_object(records.as_json(answer))
    elif check:
        show(say("可以写入", "it may be written"))
    else:
        # What was confirmed may be in force no more.
        etag = getattr(answer, "etag", "") or answer.contract.etag
        before = "" if answer.changed else say("（此前已有，未改变）", " (said before, unchanged)")
        show(f"{done}{before}  {answer.contract.name}  {etag}")
