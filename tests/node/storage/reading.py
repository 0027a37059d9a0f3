"""How many rows of a table a block reads, whichever way it finds them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.storage.transaction import Transaction

_STEPS: Final = 16
_READ: Final = text(
    "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
)


@dataclass
class Reading:
    """`rows` at least were read: on PostgreSQL the rows of tables, on SQLite 16 steps each."""

    rows: int = 0


@contextmanager
def reading(tx: Transaction) -> Iterator[Reading]:
    """Count what is read by this transaction meanwhile."""
    counted = Reading()
    if tx.connection.dialect.name == "postgresql":
        before = int(tx.execute(_READ).scalar() or 0)
        yield counted
        counted.rows = int(tx.execute(_READ).scalar() or 0) - before
        return
    driver: Any = tx.connection.connection.driver_connection

    def step() -> int:
        counted.rows += 1
        return 0

    driver.set_progress_handler(step, _STEPS)
    try:
        yield counted
    finally:
        driver.set_progress_handler(None, _STEPS)
