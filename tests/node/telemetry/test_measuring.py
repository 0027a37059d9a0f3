"""Gauges whose reading is dear are not read anew at each scrape."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from prometheus_client import generate_latest

from node.bootstrap.measuring import RECORDS_EVERY_S, RecordGauges
from node.storage import mirrors
from node.storage.database import Database
from node.telemetry.metrics import Metrics
from tests.node.storage.made_logs import ORIGIN, MadeLog
from tests.node.storage.test_batches import store


def test_records_are_counted_once_a_minute(tmp_path: Path) -> None:
    now_s = [1000.0]
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    member = SimpleNamespace(name="shanghai")
    registry = SimpleNamespace(members=[member], member_of_origin=lambda _: member)
    side = SimpleNamespace(database=database, trust=SimpleNamespace(registry=lambda: registry))
    metrics = Metrics(version="", member="anhui", reasons=[])
    gauges = RecordGauges(metrics, cast("Any", side), lambda: now_s[0])

    def shown() -> bool:
        line = b'ydx_records{kind="LISTING",origin="shanghai"} 1.0'
        gauges.set()
        return line in generate_latest(metrics.registry)

    with database.write() as tx:
        mirrors.add(tx, ORIGIN)
    assert not shown()
    log = MadeLog()
    log.put(1)
    store(database, log)
    now_s[0] += RECORDS_EVERY_S - 1
    assert not shown()
    now_s[0] += 1
    assert shown()
    database.close()
