"""`ydx ledger reconcile`: compares the books of an agreement with another member's.

Exit codes: 0 the books are equal, and both sides signed for it; 1 they differ, or are disputed by
one side above the size up to which they were compared.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.files import write_bytes
from node.commands.ledger_texts import outcome_place
from node.commands.output import FAILED, JsonOption, note, say, show, show_object, show_rows
from node.commands.settings import ConfigOption
from node.commands.words import word

KINDS: Final = {
    "MISSING_HERE": ("本节点缺少", "missing here"),
    "MISSING_THERE": ("对方缺少", "missing there"),
    "AMOUNT_DIFF": ("金额不同", "another amount"),
    "STATE_DIFF": ("状态不同", "another state"),
    "SIG_INVALID": ("签名无效", "invalid signature"),
    "FORK": ("日志分叉", "fork"),
}
"""How items differ, as `federation.ledger.reconcile` has it."""

TIMEOUT_S = 600.0
"""A hundred thousand entries are compared in some seconds, and in more messages if much differs."""


def reconcile(
    agreement: Annotated[
        str,
        typer.Argument(help="协议名 / its name, nodes/<member>/agreements/<26 letters>"),
    ],
    peer: Annotated[str, typer.Argument(help="对方成员 / member to compare with")],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="双方签名的一致性证明写入文件 / file for the signed note"),
    ] = None,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """与另一成员核对账簿：一致则双方签名，否则逐条列出差异 / compare books with another member's.

    退出码：一致为 0，有差异或账簿有争议为 1 / exits 0 equal, 1 different or with disputed books.
    对某笔收入的异议与此无关 / an income that a member disputes is another matter.
    """
    with connected(node, token, ca, config) as client:
        answer = client.call("ReconcileBooks", timeout_s=TIMEOUT_S, agreement=agreement, peer=peer)
    if answer.equal and output is not None:
        write_bytes(output, [answer.proof])
    if as_json:
        show_object(books_json(answer))
    else:
        _tell(answer, peer, output)
    if not answer.equal or answer.disputed or answer.peer_disputed:
        raise typer.Exit(FAILED)


def books_json(answer: Any) -> dict[str, Any]:
    """Return what was found, as JSON; its fields are stable.

    {"equal", "center_size", "proof" (a signed note, "" unless equal), "differences": [{"kind",
    "generation" (of the center's log), "leaf_index", "number", "detail"}], "messages", "complete",
    "disputed", "peer_disputed" (why, "" unless the books are disputed above "center_size"),
    "own_size" (up to where the books go here)}
    """
    return {
        "equal": answer.equal,
        "center_size": answer.center_size,
        "proof": answer.proof.decode(),
        "differences": [
            {
                "kind": one.kind,
                "generation": one.generation,
                "leaf_index": one.leaf_index,
                "number": one.number,
                "detail": one.detail,
            }
            for one in answer.differences
        ],
        "messages": answer.messages,
        "complete": answer.complete,
        "disputed": answer.disputed,
        "peer_disputed": answer.peer_disputed,
        "own_size": answer.own_size,
    }


def _tell(answer: Any, peer: str, output: Path | None) -> None:
    size = answer.center_size
    if answer.equal:
        show(say(f"账簿一致（中心日志大小 {size}）", f"books are equal at size {size}"))
    else:
        _tell_differences(answer)
    for where, why in ((say("本节点", "here"), answer.disputed), (peer, answer.peer_disputed)):
        if why:
            note(
                say(
                    f"此大小以上的账目有争议（{where}：{why}），未作核对。",
                    f"Above that size they are disputed ({where}: {why}), and were not compared.",
                )
            )
    if answer.own_size > size:
        note(
            say(
                f"本节点的账簿已到大小 {answer.own_size}，{peer} 只到 {size}：其间的账目未作核对，"
                "待对方跟上后请再核对一次。",
                f"The books here go to size {answer.own_size}, those of {peer} to {size}: what is"
                " between was not compared. Compare again once it has caught up.",
            )
        )
    if answer.equal and output is not None:
        note(say(f"双方签名的证明：{output}", f"signed by both sides: {output}"))
    elif answer.equal:
        show(answer.proof.decode().rstrip("\n"))


def _tell_differences(answer: Any) -> None:
    size, messages = answer.center_size, answer.messages
    columns = [
        ("kind", "类别", "kind"),
        ("outcome", "裁定", "outcome"),
        ("detail", "内容", "what"),
    ]
    rows = [
        {"kind": word(KINDS, one.kind), "outcome": outcome_place(one), "detail": one.detail}
        for one in answer.differences
    ]
    show_rows("differences", columns, rows)
    count = len(answer.differences)
    show(
        say(
            f"账簿不一致（中心日志大小 {size}）：{count} 处差异，{messages} 条消息",
            f"books differ at size {size}: {count} differences, {messages} messages",
        )
    )
    if not answer.complete:
        note(say("差异过多，未全部列出。", "There are too many differences; not all are listed."))
