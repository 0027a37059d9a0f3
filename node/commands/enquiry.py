"""`ydx enquiry`: ask about a listing of another region, answer, be introduced, give contacts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from node.commands.agreeing import YesOption, check_meant
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.enquiry_asking import contract_ref, note_kind, read_contacts
from node.commands.files import write_bytes
from node.commands.output import JsonOption, name_options, note, say, show_object
from node.commands.receipt_files import TrustOption, tell_written, with_trust
from node.commands.settings import ConfigOption
from node.commands.words import NOTES, typed_choice

if TYPE_CHECKING:
    from node.rpc.exchange_client import ExchangeClient

app = typer.Typer(no_args_is_help=True, help="合作意向 / enquiries")

NameArgument = Annotated[
    str, typer.Argument(help="合作意向名 nodes/<成员>/enquiries/<编号> / name of the enquiry")
]
MessageOption = Annotated[
    str,
    typer.Option("--message", help="给对方的话，不含个人信息 / what is said, not personal"),
]
RequestIdOption = Annotated[
    str, typer.Option("--request-id", help="幂等编号 UUID / idempotency key, a UUID")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="仅检查 / check only")]

_STATE_TELLS: Final = ("", "")
_CONTRACTED: Final = "ENQUIRY_STEP_KIND_CONTRACTED"
_ENDS: Final = frozenset(
    f"ENQUIRY_STEP_KIND_{kind}" for kind in ("DECLINED", "NO_DEAL", "CANCELLED", "EXPIRED")
)


_ASKED_BY: Final = {
    "from_region": "--region",
    "from_organisation": "--organisation",
    "from_organisation.name": "--organisation",
    "from_organisation.uscc": "--uscc",
    "own_listing": "--own-listing",
    "proposed_modes": "--mode",
    "message": "--message",
    "etag": "--etag",
    "request_id": "--request-id",
}
_STEP_BY: Final = {
    "kind": "KIND",
    "reason": "--reason",
    "message": "--message",
    "contract": "--contract",
    "request_id": "--request-id",
}


@app.command()
def submit(
    listing: Annotated[str, typer.Argument(help="供需信息名 / name of the listing")],
    region: Annotated[str, typer.Option(help="提出方行政区划代码 / region code of who asks")],
    message: MessageOption = "",
    organisation: Annotated[str, typer.Option(help="提出方机构名 / organisation that asks")] = "",
    uscc: Annotated[str, typer.Option(help="提出方信用代码 / its credit code")] = "",
    own_listing: Annotated[str, typer.Option(help="本方供需信息 / own listing behind it")] = "",
    mode: Annotated[
        list[str] | None, typer.Option(help="合作方式，可多次 / cooperation mode")
    ] = None,
    nda: Annotated[bool, typer.Option(help="须签保密协议 / needs an NDA")] = False,
    etag: Annotated[str, typer.Option(help="信息版本 / version of the listing")] = "",
    request_id: RequestIdOption = "",
    dry_run: DryRunOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """提交合作意向 / submit an enquiry about a listing."""
    fields: dict[str, Any] = {
        "listing": listing,
        "etag": etag,
        "message": message,
        "from_region": region,
        "own_listing": own_listing,
        "proposed_modes": [typed_choice("COOPERATION_MODE", one) for one in mode or ()],
        "nda": nda,
    }
    if organisation or uscc:
        fields["from_organisation"] = {"name": organisation, "uscc": uscc}
    name_options(_ASKED_BY)
    where = (node, token, ca, config)
    _write("SubmitEnquiry", fields, request_id, where, _STATE_TELLS, dry_run, as_json)


@app.command()
def step(
    name: NameArgument,
    kind: Annotated[
        str,
        typer.Argument(
            help="accepted, declined, info_requested, info_given, introduced, contracted, no_deal, "
            "cancelled, expired / 步骤"
        ),
    ],
    reason: Annotated[str, typer.Option(help="原因，结束时必填 / why, needed to end it")] = "",
    message: MessageOption = "",
    contract: Annotated[
        str,
        typer.Option(
            help="仅用于 contracted，一般由 contract create 写入 / for contracted only, which "
            "contract create takes itself: origin:index:hash"
        ),
    ] = "",
    request_id: RequestIdOption = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """采取一个步骤；重复无害 / take a step; the same again changes nothing."""
    fields: dict[str, Any] = {
        "name": name,
        "kind": typed_choice("ENQUIRY_STEP_KIND", kind),
        "reason": reason,
        "message": message,
    }
    if contract or fields["kind"] == _CONTRACTED:
        fields["contract"] = contract_ref(contract)
    if fields["kind"] in _ENDS:
        what = f"将结束意向 {name}", f"The enquiry {name} will end"
        check_meant(*what, asks=not (yes or dry_run or as_json))
    name_options(_STEP_BY)
    where = (node, token, ca, config)
    _write("TakeEnquiryStep", fields, request_id, where, _STATE_TELLS, dry_run, as_json)


@app.command("note")
def add_note(
    name: NameArgument,
    kind: Annotated[str, typer.Argument(help="nda, negotiation, dispute, registration / 备注种类")],
    text: Annotated[str, typer.Option(help="内容，不得含个人信息 / text, nothing personal")] = "",
    request_id: RequestIdOption = "",
    dry_run: DryRunOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """添加备注，不改变状态 / add a note, which changes no state."""
    chosen = note_kind(kind)
    fields = {"name": name, "kind": typed_choice("ENQUIRY_NOTE_KIND", chosen), "text": text}
    name_options({"text": "--text", "request_id": "--request-id"})
    zh, en = NOTES[chosen.upper()]
    done = f"已添加备注 {zh}", f"noted: {en}"
    where = (node, token, ca, config)
    _write("AddEnquiryNote", fields, request_id, where, done, dry_run, as_json)


@app.command()
def contacts(
    name: NameArgument,
    file: Annotated[
        Path,
        typer.Argument(
            help="TOML 或 JSON 文件：persons 与 consent，示例见 "
            "deploy/from-search-to-contract.md / TOML or JSON file of persons and consent; "
            "an example is there"
        ),
    ],
    request_id: RequestIdOption = "",
    dry_run: DryRunOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """向对方提供联系人 / give contacts to the other side, once the introduction is confirmed."""
    fields = {"name": name, "contacts": read_contacts(file)}
    done = "已向对方提供联系人", "contacts are given to the other side"
    where = (node, token, ca, config)
    _write("GiveContacts", fields, request_id, where, done, dry_run, as_json)


@app.command("withdraw-consent")
def withdraw_consent(
    name: NameArgument,
    request_id: RequestIdOption = "",
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """撤回同意，两侧删除本方联系人 / withdraw consent: own contacts are erased on both nodes."""
    what = (
        f"将删除双方节点上 {name} 的本方联系人",
        f"This side's contacts of {name} will be erased on both nodes",
    )
    check_meant(*what, asks=not (yes or dry_run or as_json))
    done = "已撤回同意，双方节点删除本方联系人", "consent withdrawn, own contacts are erased"
    where = (node, token, ca, config)
    _write("WithdrawConsent", {"name": name}, request_id, where, done, dry_run, as_json)


@app.command("show")
def show_one(
    name: NameArgument,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """显示一项合作意向及其文件 / show an enquiry with its documents."""
    from node.commands import enquiry_texts, records

    with connected(node, token, ca, config) as client:
        answer = client.call("GetEnquiry", name=name)
    if as_json:
        show_object(records.as_json(answer))
        return
    enquiry_texts.tell_answer(answer)


@app.command("list")
def list_(
    incoming: Annotated[bool, typer.Option("--incoming", help="针对本方信息 / incoming")] = False,
    outgoing: Annotated[bool, typer.Option("--outgoing", help="本方提出 / outgoing")] = False,
    state: Annotated[list[str] | None, typer.Option(help="状态，可多次 / states")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="未结束 / not ended")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="待本方处理 / waits for me")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="已逾期 / overdue")] = False,
    due_before: Annotated[str, typer.Option(help="期限早于 YYYY-MM-DD / due before")] = "",
    organisation: Annotated[str, typer.Option(help="提出方信用代码或名称 / who asks")] = "",
    listing: Annotated[str, typer.Option(help="供需信息名 / about this listing")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="条数 / how many")] = 50,
    page_token: Annotated[str, typer.Option(help="下一页标记 / token of the next page")] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """按期限列出合作意向 / list enquiries, those first that are due first."""
    from node.commands import enquiry_texts, records

    direction = {(True, False): 1, (False, True): 2}.get((incoming, outgoing), 0)
    filters = {
        "direction": direction,
        "states": [typed_choice("ENQUIRY_STEP_KIND", one) for one in state or ()],
        "open_only": open_only,
        "waiting_for_me": waiting,
        "overdue": overdue,
        "due_before": due_before,
        "organisation": organisation,
        "listing": listing,
    }
    with connected(node, token, ca, config) as client:
        page = client.call(
            "ListEnquiries",
            filter={field: value for field, value in filters.items() if value},
            page_size=limit,
            page_token=page_token,
        )
    if as_json:
        show_object(records.as_json(page))
        return
    enquiry_texts.tell_page(page)


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
    """取得各步骤的离线证明 / get the proof of all steps, for `ydx receipt verify`."""
    import sys

    with connected(node, token, ca, config) as client:
        given = client.call("GetEnquiryReceipt", name=name)
        written = with_trust(client, given.receipts, trust=trust)
    if out is not None:
        write_bytes(out, [written])
    if as_json:
        show_object(
            {
                "name": name,
                "count": given.count,
                "confirmed": given.confirmed,
                "notes_left_out": given.notes_left_out,
                "receipts": written.decode(),
            }
        )
    elif out is None:
        sys.stdout.write(written.decode())
    else:
        tell_written(out, given.count)
    if not given.confirmed:
        note(
            say(
                "检查点尚未达到法定见证数：收据暂为待确认，稍后可再取一次。",
                "A checkpoint has no quorum yet: the receipt is provisional, get it again later.",
            )
        )


def _write(
    method: str,
    fields: dict[str, Any],
    request_id: str,
    where: tuple[str | None, str, Path | None, Path | None],
    done: tuple[str, str],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Call a method that writes, and tell where the enquiry stands and who may do what next."""
    from node.commands import enquiry_texts, records

    with connected(*where) as client:
        answer = _call(client, method, fields, request_id, dry_run=dry_run)
    if as_json:
        show_object(records.as_json(answer))
        return
    enquiry_texts.tell_written(answer, done, dry_run=dry_run)


def _call(
    client: ExchangeClient, method: str, fields: dict[str, Any], request_id: str, *, dry_run: bool
) -> Any:
    """Call under the request id that was given, if any.

    None is made up: the node knows a repeat by what it says, and takes a new id for a new enquiry.
    """
    return client.call(method, request_id=request_id, validate_only=dry_run, **fields)
