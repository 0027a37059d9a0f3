"""Queries that must not read the whole catalogue, by what SQLite plans for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from federation.log.entry import KIND_LISTING
from node.storage import catalogue
from node.storage.catalogue import Filter
from node.storage.database import Database
from tests.node.storage.test_batches import busy_log, store

if TYPE_CHECKING:
    from pathlib import Path


def test_a_page_of_one_source_id_is_looked_up(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    store(database, busy_log(50))
    which = Filter(kind=KIND_LISTING, source_platform="anhui-tech", source_id="7")
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        asked.append((sql, values))

    with database.read() as tx:
        event.listen(tx.connection, "before_cursor_execute", note)
        catalogue.page(tx, which, 0, 50)
        sql, values = asked[0]
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [row[3] for row in plan]
    database.close()
    assert any("USING INDEX ix_catalogue_source_id" in step for step in steps), steps
    assert not any(step.startswith("SCAN catalogue") for step in steps), steps
