"""What a node needs of a PostgreSQL server, besides that it answers.

- Version 15 or newer, and a database in UTF8: in another encoding Chinese text cannot be stored, or
  is not checked. Looked at on every connection, by what the server says when it begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from federation.log.errors import YdxError

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection

VERSION_MIN: Final = 150_000
_OLD_CURE: Final = (
    "请升级 PostgreSQL，或在 database.url 中改用 15 或更新的服务",
    "Upgrade PostgreSQL, or name a server of version 15 or newer in database.url",
)
_ENCODING_CURE: Final = (
    (
        "请另建数据库：CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0；"
        "已有内容用 pg_dump 与 pg_restore 移入"
    ),
    (
        "Make another one: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0; what is in this "
        "one goes there by pg_dump and pg_restore"
    ),
)

_NO_SYNC: Final = (
    "database.url：服务端 fsync = off，断电会损坏数据库并丢失已确认的写入：请改为 on",
    (
        "database.url: the server has fsync = off: when the power fails the database is damaged "
        "and acknowledged writes are lost; set it on"
    ),
)


def check_server(driver: psycopg.Connection[Any]) -> None:
    """Refuse BAD_CONFIG for a server that is too old, or a database in another encoding."""
    version = driver.info.server_version
    if version < VERSION_MIN:
        text = f"database.url: the server is PostgreSQL {version // 10_000}, older than 15"
        raise YdxError("BAD_CONFIG", text, cure=_OLD_CURE)
    encoding = driver.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        text = f"database.url: the database's encoding is {encoding}, not UTF8"
        raise YdxError("BAD_CONFIG", text, cure=_ENCODING_CURE)


def server_warnings(connection: Connection) -> list[tuple[str, str]]:
    """Return what the operator should change, in Chinese and English."""
    is_synced = connection.exec_driver_sql("SHOW fsync").scalar() == "on"
    return [] if is_synced else [_NO_SYNC]
