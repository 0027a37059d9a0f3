"""`ydx peers`: the members that this node is connected to, and trying one of them again.

`ydx peers anhui` is short for `ydx peers list anhui`, and `ydx peers` lists all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from node.commands.connecting import CaOption, NodeOption, TokenOption, connected
from node.commands.output import JsonOption, say, show, show_rows
from node.commands.settings import ConfigOption
from node.commands.times import beijing_heading, beijing_time_of, zoned_of
from node.commands.translating import told

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

_LIST = "list"


class _ListByDefault(TyperGroup):
    """A group whose first word may be left out where it is `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [_LIST, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_ListByDefault, help="与其他成员的连接 / the links to other members")


@app.command(_LIST)
def list_peers(
    name: Annotated[str, typer.Argument(help="只列出此成员 / only this member")] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出对端、最近的错误与暂停 / list peers, their last error, and for what they rest."""
    from node.services.errors import invalid_field

    with connected(node, token, ca, config) as client:
        peers = client.call("GetSyncStatus").peers
    rows = [_peer(one) for one in peers if one.member == (name or one.member)]
    if name and not rows:
        names = ", ".join(one.member for one in peers)
        zh, en = f"不是本节点的对端（{names}）", f"is no peer of this node ({names})"
        raise invalid_field("name", "PEER_UNKNOWN", name, zh, en)
    if not as_json:
        rows = list(map(_in_words, rows))
    show_rows("peers", _COLUMNS, rows)


@app.command()
def retry(
    name: Annotated[str, typer.Argument(help="成员 / the member")],
    origin: Annotated[
        str, typer.Option(help="只结束对此来源的暂停 / only its rest for this origin")
    ] = "",
    node: NodeOption = None,
    token: TokenOption = "",
    ca: CaOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """结束对端的暂停，立即重试；角色 operator / end the rests of a peer, try it again now.

    先与对方查明原因；再次出错时重新暂停 10 分钟起 / talk with its operator first: if it sends
    something wrong again, it rests again, 10 minutes at first.
    """
    del as_json
    with connected(node, token, ca, config) as client:
        ended = [_rest(one) for one in client.call("RetryPeer", member=name, origin=origin).ended]
    told = "; ".join(told_rest(_in_beijing(one)) for one in ended)
    text = (
        say(f"{name} 的暂停已结束，立即重试：{told}", f"{name} is tried again; ended: {told}")
        if ended
        else say(f"{name} 没有暂停；立即重试", f"{name} had no rest; it is tried again now")
    )
    show(text, member=name, ended=ended)


_COLUMNS = [
    ("member", "成员", "member"),
    ("up", "已连接", "up"),
    ("failures", "连续失败", "failures"),
    ("next_try", *beijing_heading("下次尝试", "next try")),
    ("clock_skew_s", "时钟差秒", "clock s"),
    ("version", "版本", "version"),
    ("told_rests", "暂停", "rests"),
    ("last_error", "最近错误", "last error"),
]


def told_rest(rest: dict[str, Any]) -> str:
    """Return the text of a rest: for which origin, why, until when."""
    return f"{rest['origin']} {rest['reason']} → {rest['until']}"


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as a person reads it."""
    return row | {
        "last_error": told(row["last_error"]),
        "next_try": beijing_time_of(row["next_try"]),
        "told_rests": [told_rest(_in_beijing(one)) for one in row["rests"]],
    }


def _in_beijing(rest: dict[str, Any]) -> dict[str, Any]:
    return rest | {"until": zoned_of(rest["until"])}


def _peer(row: Any) -> dict[str, Any]:
    """Return a row of `ydx peers`; its fields are stable, times are in UTC, "" for none."""
    rests = [_rest(one) for one in row.rests]
    return {
        "member": row.member,
        "up": row.up,
        "failures": row.consecutive_failures,
        "last_error": row.last_error,
        "next_try": _time(row.next_try) if row.HasField("next_try") else "",
        "clock_skew_s": round(row.clock_skew_s, 1) + 0.0,  # no -0.0
        "version": row.software_version,
        "rests": rests,
        "told_rests": list(map(told_rest, rests)),
    }


def _rest(row: Any) -> dict[str, Any]:
    return {
        "origin": row.origin,
        "until": _time(row.until),
        "refusals": row.refusals,
        "reason": row.reason,
    }


def _time(stamp: Timestamp) -> str:
    from datetime import UTC

    return stamp.ToDatetime(UTC).isoformat(timespec="seconds")
