"""Whose database it is: from its first start on that of the member whose log is its own one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, or_, select

from federation.log.errors import YdxError
from federation.log.subject import parse_origin
from node.storage.schema import mirror

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CURE: Final = (
    "每个成员用自己的数据库：请改正 database.url，或核对 node.member 与 node.federation",
    "One database per member: correct database.url, or node.member and node.federation",
)


def check_owner(connection: Connection, origin: str) -> None:
    """Refuse BAD_CONFIG unless the database is empty or of the member whose first log is `origin`.

    Another member's holds our log too, as a copy.
    """
    if not inspect(connection).has_table(mirror.name):
        return
    rows = connection.execute(
        select(mirror.c.origin, mirror.c.is_own).where(
            or_(mirror.c.is_own, mirror.c.origin == origin)
        )
    ).all()
    owners = [found for found, is_own in rows if is_own]
    others = [one for one in owners if _member(one) != _member(origin)]
    if others or len(owners) < len(rows):
        owner = (*others, "another member")[0]
        text = f"database.url: this is the database of {owner}, not of {origin}"
        raise YdxError("BAD_CONFIG", text, cure=_CURE)


def _member(origin: str) -> tuple[str, str]:
    parsed = parse_origin(origin)
    return parsed.domain, parsed.member
