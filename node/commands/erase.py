"""`ydx erase`: have parts of an own record destroyed everywhere, on legal grounds."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from node.commands.agreeing import YesOption, check_meant
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.output import JsonOption, say, show
from node.commands.settings import ConfigOption


def erase(
    name: Annotated[
        str, typer.Argument(help="记录名 / its name, nodes/<member>/<collection>/<26 letters>")
    ],
    part: Annotated[
        list[str],
        typer.Option(help="public、members 或 origin，可重复 / which parts, may be repeated"),
    ],
    ground: Annotated[
        str,
        typer.Option(
            help="法律依据，永久留在日志里，例如 PIPL-47 / the legal ground; it stays in the log"
        ),
    ],
    request_id: Annotated[
        str, typer.Option(help="重试时沿用的 UUID / a UUID to keep on retries")
    ] = "",
    yes: YesOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """删除记录的部分内容（全部修订），不可撤销 / erase parts of a record in all its revisions.

    各成员立即隐藏，安全期满后销毁；`ydx log destroy` 可查看 / hidden at once everywhere, destroyed
    after the safety delay of each member; it cannot be undone.
    """
    del as_json
    asked: dict[str, Any] = {
        "name": name,
        "parts": part,
        "legal_ground": ground,
        "request_id": request_id,
    }
    with connected(node, token, ca, config) as client:
        if not yes:
            found = client.call("EraseRecord", **asked, validate_only=True)
            check_meant(
                f"将删除 {name} 的 {found.erased_parts} 份内容",
                f"{found.erased_parts} parts of {name} will be erased",
                asks=True,
            )
        done = client.call("EraseRecord", **asked)
    show(
        say(
            f"已删除 {done.erased_parts} 份内容（此前已删除 {done.erased_before} 份）",
            f"{done.erased_parts} parts are erased ({done.erased_before} were before)",
        ),
        name=name,
        erased_parts=done.erased_parts,
        erased_before=done.erased_before,
        leaf_index=done.leaf_index,
    )
