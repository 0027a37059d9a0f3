"""What a node needs of a PostgreSQL server, besides that it answers.

- Version 15 or newer, and a database in UTF8: in another encoding Chinese text cannot be stored, or
  is not checked. Looked at on every connection, by what the server says when it begins.
- That it takes writes, and lets the node's user read and write every table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from federation.log.errors import YdxError
from node.storage import caller_tables, contract_tables, cures, ledger_tables
from node.storage.schema import erased, metadata, part

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection

_STANDING: Final = text(
    "SELECT current_setting('transaction_read_only') = 'on', pg_is_in_recovery(),"
    " current_schema(), has_schema_privilege(current_schema(), 'CREATE')"
)
_TABLES: Final = text(
    "SELECT name, to_regclass(quote_ident(name)) IS NULL,"
    " (SELECT bool_and(has_table_privilege(to_regclass(quote_ident(name)), may))"
    " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS may)"
    " FROM unnest(CAST(:names AS text[])) AS name ORDER BY name"
)
_OTHER_OWNER: Final = text(
    "SELECT relname, pg_get_userbyid(relowner) FROM pg_class"
    " WHERE oid IN (SELECT to_regclass(name) FROM unnest(CAST(:names AS text[])) AS name)"
    " AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname"
)
_MODULES: Final = (caller_tables, contract_tables, ledger_tables)
"""With them `metadata` is whole."""
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
        what = f"database.url: the server is PostgreSQL {version // 10_000}, older than 15"
        raise YdxError("BAD_CONFIG", what, cure=_OLD_CURE)
    encoding = driver.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        what = f"database.url: the database's encoding is {encoding}, not UTF8"
        raise YdxError("BAD_CONFIG", what, cure=_ENCODING_CURE)


def check_writable(connection: Connection, *, is_made: bool) -> None:
    """Raise DATABASE_ERROR where a node's writes would be refused, or its tables not made.

    `is_made`: it has all tables of this version, so that none may be missing.
    """
    is_read_only, is_standby, schema, may_create = connection.execute(_STANDING).one()
    if is_standby:
        raise _refused("the server is a standby, which takes no writes", cures.READ_ONLY)
    if is_read_only:
        raise _refused("its transactions are read-only", cures.READ_ONLY)
    names = sorted(metadata.tables)
    for name, is_missing, may_write in connection.execute(_TABLES, {"names": names}):
        if is_missing and is_made:
            raise _refused(f"the table {name} is missing", cures.NO_TABLE)
        if not is_missing and not may_write:
            raise _refused(f"the user may not read and write {name}", cures.NO_RIGHT)
    if not (is_made or may_create):
        where = f"the user may make no tables in the schema {schema}"
        raise _refused(where if schema else "it has no schema to make tables in", cures.NO_RIGHT)


def server_warnings(connection: Connection) -> list[tuple[str, str]]:
    """Return what the operator should change, in Chinese and English."""
    warnings = []
    if connection.exec_driver_sql("SHOW fsync").scalar() != "on":
        warnings.append(_NO_SYNC)
    names = [part.name, erased.name]
    for name, owner in connection.execute(_OTHER_OWNER, {"names": names}):
        zh = (
            f"database.url：表 {name} 属于 {owner}，VACUUM 不能清除已销毁的内容：请改为节点用户所有"
        )
        en = (
            f"database.url: the table {name} belongs to {owner}, so the node cannot vacuum away "
            "what was erased: make its user the owner"
        )
        warnings.append((zh, en))
    return warnings


def _refused(why: str, cure: tuple[str, str]) -> YdxError:
    return YdxError("DATABASE_ERROR", f"database.url: {why}", cure=cure)
