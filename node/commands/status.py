"""`ydx status`: one row a member, and one verdict that is never better than its worst part.

- Without `--node` it asks the node of the configuration: what it says of itself, of every log and
  every peer, and its readiness probe. With several `--node` each is asked; the tokens follow in the
  same order, or one is for all.
- Every member of the registry is a row; one that cannot be reached says so.
- Exit codes: 0 ok, 1 degraded, 2 down, 3 unknown, also where nobody could be asked (settings,
  files). With `--watch` that of the last look.

With `--json` one object, with `--watch` one a line. Its fields are stable:

    {"verdict": "ok" | "degraded" | "down" | "unknown",
     "members": [{
        "member": name, or the address of a node that does not say whose it is,
        "origin": of its newest log, "asked": whether its own node was asked,
        "verdict": as above,
        "findings": codes of what is wrong, keys of `status_verdict.FINDINGS`,
        "tree_size", "verified_size", "confirmed_size": entries; null where nobody knows,
        "lag_s": seconds since its log was last proven current elsewhere, or null,
        "write_state": "OPEN", …, "" where it was not asked,
        "version": of its program, "" where it was not asked,
        "last_error": text, "" for none}],
     "findings": those of the federation as a whole, "trust_stale" for one,
     "registry_version": the newest that a node has, 0 where none answered}
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from time import sleep, time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from node.commands.connecting import CaOption, dialled, own_target, target
from node.commands.output import JsonOption, note, say, say_in_answer, show, show_object, show_rows
from node.commands.settings import ConfigOption, load_settings
from node.commands.translating import told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from node.commands.status_verdict import Row, Status
    from node.rpc.exchange_client import ExchangeClient

WATCH_S: Final = 2.0
LAG_S_MAX: Final = 60.0

_VERDICTS: Final = {
    "ok": ("正常", "ok"),
    "degraded": ("降级", "degraded"),
    "down": ("故障", "down"),
    "unknown": ("未知", "unknown"),
}


def status(
    node: Annotated[
        list[str] | None,
        typer.Option(
            "--node",
            envvar="YDX_NODE",
            help="节点交换地址，可重复，默认取自配置 / nodes to ask, may be repeated",
        ),
    ] = None,
    token: Annotated[
        list[str] | None,
        typer.Option(
            "--token",
            envvar="YDX_TOKEN",
            help="访问令牌，可重复 / token, for all nodes or one for each",
        ),
    ] = None,
    ca: CaOption = None,
    config: ConfigOption = None,
    max_lag: Annotated[
        float,
        typer.Option(min=1, help="超过多少秒视为滞后 / lag in seconds that counts as degraded"),
    ] = LAG_S_MAX,
    watch: Annotated[
        bool, typer.Option("--watch", help="持续刷新，直到 Ctrl-C / look again until Ctrl-C")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """各成员的同步状态与总体结论 / how every member stands, and one verdict.

    退出码：0 正常，1 降级，2 故障，3 未知 / exits 0 ok, 1 degraded, 2 down, 3 unknown.
    """
    with ExitStack() as stack:
        asking = _Asking(node or [], token or [], ca, config, max_lag)
        stack.callback(asking.close)
        while True:
            found = asking.look()
            _tell(found, as_json=as_json, clear=watch)
            if not watch:
                break
            try:
                sleep(WATCH_S)
            except KeyboardInterrupt:
                break
    raise typer.Exit(int(found.verdict))


class _Asking:
    """Whom to ask, and what is known without asking."""

    def __init__(
        self,
        nodes: Sequence[str],
        tokens: Sequence[str],
        ca: Path | None,
        config: Path | None,
        lag_s_max: float,
    ) -> None:
        from node.rpc.exchange_client import ExchangeClient

        self._lag_s_max = lag_s_max
        self._own = ""
        self._telemetry = ""
        self._members: list[str] = []
        targets = [target(address, ca) for address in nodes]
        if not targets:
            settings = load_settings(config).settings
            targets = [own_target(settings.listen, ca)]
            self._own = settings.node.member
            self._telemetry = dialled(settings.listen.telemetry)
            self._members = _registry_members(settings.keys.trust_root)
        self._clients: list[ExchangeClient] = [
            ExchangeClient(one.address, text, one.roots, one.name)
            for one, text in zip(targets, tokens_for(targets, tokens), strict=True)
        ]

    def look(self) -> Status:
        """Ask everyone once."""
        from node.commands.status_asking import look
        from node.commands.status_verdict import judge

        sights = look(self._clients, self._telemetry)
        if not sights[0].member:
            sights[0] = replace(sights[0], member=self._own)
        return judge(sights, self._members, now_s=time(), lag_s_max=self._lag_s_max)

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients:
            client.close()


def tokens_for(nodes: Sequence[object], tokens: Sequence[str]) -> list[str]:
    """Return a token for each node; without any, "" is refused by the node itself, as unknown."""
    if len(tokens) == len(nodes):
        return list(tokens)
    if len(tokens) > 1:
        text = say_in_answer(
            "--token 给一个，或每个 --node 一个", "give one --token, or one for each --node"
        )
        raise typer.BadParameter(text, param_hint="--token")
    return [tokens[0] if tokens else ""] * len(nodes)


def status_json(found: Status) -> dict[str, Any]:
    """Return the JSON answer; see the module."""
    return {
        "verdict": found.verdict.name.lower(),
        "members": [_row_json(row) for row in found.rows],
        "findings": found.findings,
        "registry_version": found.registry_version,
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "member": row.member,
        "origin": row.origin,
        "asked": row.asked,
        "verdict": row.verdict.name.lower(),
        "findings": row.findings,
        "tree_size": row.tree_size,
        "verified_size": row.verified_size,
        "confirmed_size": row.confirmed_size,
        "lag_s": None if row.lag_s is None else round(row.lag_s, 1),
        "clock_skew_s": None if row.clock_skew_s is None else round(row.clock_skew_s, 1) + 0.0,
        "write_state": row.write_state,
        "version": row.version,
        "last_error": row.last_error,
    }


def _tell(found: Status, *, as_json: bool, clear: bool) -> None:
    if as_json:
        show_object(status_json(found))
        return
    if clear:
        from rich.console import Console

        Console().clear()
    columns = [
        ("member", "成员", "member"),
        ("verdict", "结论", "verdict"),
        ("tree_size", "日志大小", "tree size"),
        ("verified_size", "已验证", "verified"),
        ("confirmed_size", "已确认", "confirmed"),
        ("lag_s", "滞后秒", "lag s"),
        ("findings", "情况", "findings"),
    ]
    show_rows("members", columns, map(told_row, found.rows))
    for row in found.rows:
        if row.last_error:
            show(f"{row.member}  {told(row.last_error)}")
    for finding in found.findings:
        show(told_finding(finding))
    show(say("总体：", "verdict: ") + say(*_VERDICTS[found.verdict.name.lower()]))
    if "TOKEN_" in " ".join(row.last_error for row in found.rows):
        note(
            say(
                "请用 ydx token create --role auditor 建立令牌，并设为 YDX_TOKEN。",
                "Make a token with ydx token create --role auditor and set YDX_TOKEN.",
            )
        )


def told_row(row: Row) -> dict[str, Any]:
    """Return the cells of a row for a person; what is not known is a dash."""
    told = _row_json(row)
    told["verdict"] = say(*_VERDICTS[told["verdict"]])
    told["findings"] = [told_finding(one) + _figure(one, row) for one in row.findings]
    for column in ("tree_size", "verified_size", "confirmed_size", "lag_s"):
        told[column] = "–" if told[column] is None else told[column]
    return told


def _figure(finding: str, row: Row) -> str:
    """Return how far a clock is off, behind the finding that it is."""
    if finding != "clock_skew" or row.clock_skew_s is None:
        return ""
    off_s = abs(row.clock_skew_s)
    zh, en = ("快", "ahead") if row.clock_skew_s > 0 else ("慢", "behind")
    return say(f"（{zh} {off_s:.1f} 秒）", f" ({off_s:.1f} s {en})")


def told_finding(finding: str) -> str:
    """Return the text of a finding in the language of this run."""
    from node.commands.status_verdict import FINDINGS

    _, zh, en = FINDINGS[finding]
    return say(zh, en)


def _registry_members(root: Path) -> list[str]:
    """Return the members of the registry beside the root file; none where it cannot be read."""
    from federation.log.errors import YdxError
    from node.storage.trust_folder import read_trust

    try:
        return [one.name for one in read_trust(root).registry.members if one.left_version is None]
    except YdxError:
        return []
