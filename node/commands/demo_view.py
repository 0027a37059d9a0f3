"""What `ydx demo` shows: member × origin, addresses and tokens, whether all are equal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from node.commands.output import say, show_object, table_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from node.demo.founding import DemoMember
    from node.demo.observing import MemberView
    from node.demo.playing import Told


def present(
    members: Sequence[DemoMember],
    views: Sequence[MemberView],
    count: int,
    told: Sequence[Told],
    *,
    as_json: bool,
) -> None:
    """Show the matrix, how to reach each member and whether all are equal; or one object."""
    from dataclasses import asdict

    from node.demo import observing

    equal = observing.all_confirmed(views)
    if as_json:
        show_object(
            {
                "members": [asdict(one) for one in members],
                "listings": count,
                "equal": equal,
                "story": [asdict(line) for line in told],
                "digests": {
                    view.name: {"public": view.public_digest, "members": view.members_digest}
                    for view in views
                },
            }
        )
        return
    _show_matrix(views)
    _show_addresses(members)
    digest = views[0].public_digest[:16] if views else ""
    verdict = (
        say(f"五个节点一致，状态摘要 {digest}…", f"all five are equal, state digest {digest}…")
        if equal
        else say("节点不一致", "the members are not equal")
    )
    sys.stdout.write(f"{verdict}\n")


def _show_matrix(views: Sequence[MemberView]) -> None:
    """Print member × origin: tree size, verified, confirmed, lag."""
    from rich.console import Console
    from rich.table import Table

    from node.commands.translating import told

    names = [row.member for row in views[0].origins] if views else []
    table = Table(
        title=say(
            "节点 × 来源：大小/已验证/已确认/滞后秒",
            "member × origin: tree size/verified/confirmed/lag s",
        )
    )
    table.add_column(say("节点", "member"))
    for name in names:
        table.add_column(name)
    for view in views:
        cells = [
            f"{row.tree_size}/{row.verified_size}/{row.confirmed_size}/{row.lag_s:.0f}"
            for row in view.origins
        ]
        table.add_row(view.name, *(cells or [told(view.why)]))
    Console(width=table_width()).print(table)


def _show_addresses(members: Sequence[DemoMember]) -> None:
    """Print each member's addresses, then a token a role: plain lines, easy to copy."""
    for one in members:
        sys.stdout.write(
            f"\n{one.name}  gRPC {one.api}  HTTP http://{one.http}  "
            f"telemetry http://{one.telemetry}/metrics\n"
        )
        width = max(map(len, one.tokens))
        for role, token in one.tokens.items():
            sys.stdout.write(f"    {role:<{width}}  {token}\n")
    sys.stdout.write("\n")
