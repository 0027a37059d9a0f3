"""What a node needs of a PostgreSQL server, besides that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NO_SYNC: Final = (
    "database.url：服务端 fsync = off，断电会损坏数据库并丢失已确认的写入：请改为 on",
    (
        "database.url: the server has fsync = off: when the power fails the database is damaged "
        "and acknowledged writes are lost; set it on"
    ),
)


def server_warnings(connection: Connection) -> list[tuple[str, str]]:
    """Return what the operator should change, in Chinese and English."""
    is_synced = connection.exec_driver_sql("SHOW fsync").scalar() == "on"
    return [] if is_synced else [_NO_SYNC]
