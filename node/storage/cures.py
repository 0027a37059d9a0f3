"""What to do about a failure of the database where trying again may not help; in both languages.

Of PostgreSQL by SQLSTATE. Callers read them too, so they say whose business it is.
"""

from __future__ import annotations

from typing import Final

DAMAGED: Final = (
    "数据库已损坏，重试无用：停止节点，保留全部文件，按“备份”一节放回备份",
    (
        "The database is damaged, trying again is of no use: stop the node, keep all files, and "
        "put a backup in place as the guide's section on backups says"
    ),
)
READ_ONLY: Final = (
    (
        "请运维处理：取消角色、数据库或服务端的 default_transaction_read_only；"
        "若所连的是备库，请在 database.url 中改写主库"
    ),
    (
        "For the operator: take default_transaction_read_only from role, database and server; of a "
        "standby, name the primary in database.url"
    ),
)
NO_RIGHT: Final = (
    "请运维处理：把表与模式的所有者设为 database.url 中的用户，或授予其权限（GRANT）",
    (
        "For the operator: make the user of database.url the owner of the tables and their schema, "
        "or grant it the rights"
    ),
)
NO_TABLE: Final = (
    "请运维处理：停止节点，从备份恢复数据库；勿手工建表",
    (
        "For the operator: stop the node and restore the database from a backup; make no table by "
        "hand"
    ),
)
_LOCKED: Final = (
    "请运维处理：另一会话持有锁，在 pg_locks 与 pg_stat_activity 中找到并结束它",
    (
        "For the operator: another session holds a lock; find it in pg_locks and pg_stat_activity, "
        "and end it"
    ),
)
_TIMEOUT: Final = (
    "请运维处理：为 database.url 中的用户取消 statement_timeout 等时限（ALTER ROLE … SET … = 0）",
    (
        "For the operator: take statement_timeout and the like from the user of database.url "
        "(ALTER ROLE ... SET ... = 0)"
    ),
)
_CONNECTIONS: Final = (
    "请运维处理：提高 max_connections 或该用户、数据库的连接上限；一个节点最多用 70 个",
    (
        "For the operator: raise max_connections, or the limit of that user or database; a node "
        "takes up to 70"
    ),
)
_CURES: Final = {
    "25006": READ_ONLY,
    "42501": NO_RIGHT,
    "42P01": NO_TABLE,
    "57014": _TIMEOUT,
    "25P03": _TIMEOUT,
    "25P04": _TIMEOUT,
    "53300": _CONNECTIONS,
    "55P03": _LOCKED,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
_TOO_MANY: Final = ("too many clients", "too many connections", "connection slots are reserved")
"""What a server says to who tries to connect; the library passes no code on then."""


def cure_of(error: BaseException) -> tuple[str, str] | None:
    """Return what to do, None where nothing more is known than to try again."""
    code = getattr(error, "sqlstate", None)
    if code is None and any(said in str(error) for said in _TOO_MANY):
        return _CONNECTIONS
    return _CURES.get(code or "")
