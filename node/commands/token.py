"""`ydx token`: who may call the exchange listener, and as what. Works on the node's database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from node.commands.output import JsonOption, note, say, show, show_rows
from node.commands.settings import ConfigOption, load_settings
from node.commands.times import beijing_heading, beijing_time_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from node.services.access import Access
    from node.storage.tokens import Token

app = typer.Typer(no_args_is_help=True, help="访问令牌 / access tokens")


@app.command()
def create(
    role: Annotated[
        list[str],
        typer.Option(
            help="角色，可重复 / role, may be repeated: "
            "platform, partner, clerk, approver, operator, security, auditor"
        ),
    ],
    scope: Annotated[
        str,
        typer.Option(
            help="platform 的来源平台或 partner 的机构 / "
            "source_platform of a platform, organisation of a partner"
        ),
    ] = "",
    label: Annotated[str, typer.Option(help="用途说明 / what it is for")] = "",
    holder: Annotated[
        str,
        typer.Option(
            help="持有人；复核按持有人判定，同一人的多个令牌视为一人 / "
            "who holds it; whoever holds several tokens is one person where two must look"
        ),
    ] = "",
    days: Annotated[int, typer.Option(help="有效天数，至多 365 / days until it expires")] = 90,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """新建令牌；全文只显示这一次 / make a token, whose text is shown this once."""
    del as_json
    from node.services.access import Role
    from node.services.errors import invalid_field

    known = {one.value for one in Role} - {Role.MEMBER}
    if unknown := sorted(set(role) - known):
        names = ", ".join(sorted(known))
        raise invalid_field(
            "role",
            "ROLE_KNOWN",
            ", ".join(unknown),
            f"不是角色；角色有 {names}",
            f"is no role; the roles are {names}",
        )
    with _access(config) as access:
        roles = [Role(name) for name in role]
        token = access.create(roles, scope=scope, label=label, holder=holder, days=days)
    if not holder and {*role} & {"clerk", "approver"}:
        note(
            say(
                "未写 --holder：此令牌与写明持有人的令牌之间不能互相复核。",
                "It names no --holder: what it proposes no token of a holder accepts, nor the"
                " other way round.",
            )
        )
    token_id = token.split("_")[1]
    note(
        say(
            f"请立即保存，不会再次显示。编号 {token_id}；吊销：ydx token revoke {token_id}",
            f"Keep it now: it is not shown again. Its id is {token_id}; "
            f"ydx token revoke {token_id} ends it.",
        )
    )
    show(token, token=token, id=token_id, roles=sorted(role), scope=scope)


@app.command("list")
def list_all(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """列出令牌（不含全文） / list tokens, without their text."""
    columns = [
        ("id", "编号", "id"),
        ("roles", "角色", "roles"),
        ("scope", "范围", "scope"),
        ("label", "说明", "label"),
        ("holder", "持有人", "holder"),
        ("expires", *beijing_heading("到期", "expires")),
        ("revoked", "已吊销", "revoked"),
        ("last_used_on", "最近使用", "last used"),
    ]
    with _access(config) as access:
        rows = [_row(token) for token in access.every()]
    if not as_json:
        rows = [row | {"expires": beijing_time_of(row["expires"])} for row in rows]
    show_rows("tokens", columns, rows)


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(help="令牌编号 / id of the token")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """吊销令牌，两秒内生效 / end a token; the node knows within two seconds."""
    del as_json
    with _access(config) as access:
        access.revoke(token_id)
    show(say(f"已吊销 {token_id}", f"revoked {token_id}"), id=token_id, revoked=True)


@contextmanager
def _access(config: Path | None) -> Iterator[Access]:
    import os
    import time

    from node.services.access import Access
    from node.storage.database import Database

    settings = load_settings(config).settings
    database = Database.open(settings.database.url, migrate=False, origin=settings.node.origin)
    try:
        yield Access(database, clock=time.time, random_bytes=os.urandom)
    finally:
        database.close()


def _row(token: Token) -> dict[str, Any]:
    from datetime import UTC, datetime

    expires = datetime.fromtimestamp(token.expires_at_s, UTC)
    return {
        "id": token.id,
        "roles": sorted(token.roles),
        "scope": token.scope,
        "label": token.label,
        "holder": token.holder,
        "expires": expires.isoformat(timespec="seconds"),
        "revoked": token.revoked,
        "last_used_on": token.last_used_on,
    }
