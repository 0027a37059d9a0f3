"""Bringing a database to this version's tables; the steps stand in `migrations`.

A database that has them is told by one look at alembic's table. Alembic itself, which takes a fifth
of a node's start to import, is there for the others only (`upgrading`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from federation.log.errors import YdxError

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD_REVISION: Final = "0018"
"""The newest step."""

_TABLE: Final = "alembic_version"


def migrate(connection: Connection) -> None:
    """Make all steps that are missing, in the transaction that is open; refuse DATABASE_NEWER."""
    if not is_newest(connection):
        from node.storage import upgrading  # noqa: PLC0415 - see above

        if connection.dialect.name == "postgresql":
            # A dump may hold all tables; who upgrades would rather wait than begin again.
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10min'")
        upgrading.upgrade(connection)


def check_version(connection: Connection) -> None:
    """Refuse a database with other tables than this version's: DATABASE_NEWER, DATABASE_OLDER."""
    if not is_newest(connection):
        from node.storage import upgrading  # noqa: PLC0415 - see above

        upgrading.check_known(connection)
        raise YdxError("DATABASE_OLDER", "the database has not this version's tables yet")


def check_not_newer(connection: Connection) -> None:
    """Refuse a database that a newer version made: DATABASE_NEWER. One without tables is fine."""
    if _revision(connection) not in {None, HEAD_REVISION}:
        from node.storage import upgrading  # noqa: PLC0415 - see above

        upgrading.check_known(connection)


def is_newest(connection: Connection) -> bool:
    """Tell whether the database has this version's tables."""
    return _revision(connection) == HEAD_REVISION


def _revision(connection: Connection) -> str | None:
    """Return the newest step that the database has, or None where it has no tables."""
    if not inspect(connection).has_table(_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608 - our own name
