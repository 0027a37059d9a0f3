"""New databases of a test process get their tables by replaying what the first one was given.

The first new database of each engine runs the real migrations; what they write is kept, and every
later one that is empty gets the same statements, which takes a tenth of the time. A database that
has tables already is always brought up by the real migrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect

from node.storage import upgrading

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

_READS = ("SELECT", "PRAGMA")


def replaying(upgrade: Callable[[Connection], None]) -> Callable[[Connection], None]:
    """Return an `upgrade` that does the work once an engine and then repeats its statements."""
    written: dict[str, list[str]] = {}

    def upgrade_or_replay(connection: Connection) -> None:
        if inspect(connection).get_table_names():
            upgrade(connection)
        elif (known := written.get(connection.dialect.name)) is not None:
            for statement in known:
                connection.exec_driver_sql(statement)
        else:
            written[connection.dialect.name] = _recorded(upgrade, connection)

    return upgrade_or_replay


def _recorded(upgrade: Callable[[Connection], None], connection: Connection) -> list[str]:
    statements: list[str] = []

    def record(*said: Any) -> None:
        statement, values = said[2], said[3]
        if not statement.lstrip().upper().startswith(_READS):
            assert not values, f"a migration with values cannot be replayed: {statement}"
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", record)
    try:
        upgrade(connection)
    finally:
        event.remove(connection, "before_cursor_execute", record)
    return statements


def install() -> None:
    """Have `node.storage.migrating` use it in this process."""
    vars(upgrading)["upgrade"] = replaying(upgrading.upgrade)
