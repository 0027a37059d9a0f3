"""`ydx listing withdraw`: take a listing back for good."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from node.commands.agreeing import YesOption, check_meant
from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.output import JsonOption, say, show
from node.commands.settings import ConfigOption


class Why(StrEnum):
    """The names of ydx.log.v1.WithdrawReason."""

    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DUPLICATE = "duplicate"
    MOVED = "moved"
    COURT = "court"


_NUMBERS = {why: number for number, why in enumerate(Why, 1)}


def withdraw(
    name: Annotated[
        str, typer.Argument(help="记录名 / its name, nodes/<member>/listings/<26 letters>")
    ],
    reason: Annotated[
        Why,
        typer.Option(
            help="withdrawn 主动撤回，expired 到期，duplicate 重复，moved 转至他处，court 依裁判"
            " / why; duplicate and moved need --successor, court is by order"
        ),
    ] = Why.WITHDRAWN,
    successor: Annotated[
        str, typer.Option(help="重复或转移时，继续有效的记录 / the record that goes on")
    ] = "",
    etag: Annotated[
        str, typer.Option("--etag", help="所依据的版本，见 show / version that it is based on")
    ] = "",
    request_id: Annotated[
        str, typer.Option(help="重试时沿用的 UUID / a UUID to keep on retries")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="只检查，不写入 / check only, write nothing")
    ] = False,
    yes: YesOption = False,
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """撤回一条供需，不可恢复 / withdraw a listing for good.

    各成员不再显示其内容，历史与收据仍在；删除内容用 `ydx erase` / no member shows it any more, its
    history and receipts stay; `ydx erase` takes contents away.
    """
    import uuid

    check_meant(f"将撤回 {name}", f"{name} will be withdrawn", asks=not (yes or check or as_json))
    with connected(node, token, ca, config) as client:
        answer = client.call(
            "WithdrawListing",
            name=name,
            reason=_NUMBERS[reason],
            successor=successor,
            etag=etag,
            request_id=request_id or str(uuid.uuid4()),
            validate_only=check,
        )
    if check:
        show(say("可以撤回", "it may be withdrawn"), name=name)
        return
    show(
        say(f"已撤回 {name}", f"{name} is withdrawn"),
        name=name,
        revision=answer.listing.info.revision,
        leaf_index=answer.listing.info.leaf_index,
    )
