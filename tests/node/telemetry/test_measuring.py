"""Gauges whose reading is dear are not read anew at each scrape."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client import generate_latest

from node.bootstrap.measuring import (
    EXPIRES_SOON_S,
    INDEX_BEHIND_DEGRADED_S,
    RECORDS_EVERY_S,
    RecordGauges,
    _set_origins,
    _set_trust,
    add_deadline_hook,
    add_destruction_hook,
    add_index_hook,
    add_ledger_hook,
    add_webhook_hook,
)
from node.services.alerting.webhooks import WebhookFacts
from node.services.catalogue.destruction import Erasure, WaitsFor
from node.services.ledger import rebuilding
from node.services.sync.node_status import IndexFacts
from node.storage import mirrors
from node.storage.database import Database
from node.telemetry.metrics import DEADLINE_MOMENTS, DESTRUCTION_WAITS, Metrics
from tests.node.storage.made_logs import ORIGIN, MadeLog
from tests.node.storage.test_batches import store


def test_what_waits_to_be_destroyed_is_told_by_what_it_waits_for() -> None:
    assert list(DESTRUCTION_WAITS) == [one.value for one in WaitsFor]
    metrics = Metrics(version="", member="anhui", reasons=[])
    day = date(2026, 11, 18)
    pending = [
        Erasure(number, ORIGIN, number, 3, day, 1000.0 + number, 2000.0, WaitsFor.DELAY)
        for number in range(2)
    ]
    add_destruction_hook(metrics, cast("Any", SimpleNamespace(last=pending)), lambda: 1500.0)
    metrics.refresh()
    shown = generate_latest(metrics.registry)
    assert b'ydx_erased_parts_waiting{waits_for="delay"} 6.0' in shown
    assert b'ydx_erased_parts_waiting{waits_for="agreement"} 0.0' in shown
    assert b"ydx_erased_parts_oldest_seconds 500.0" in shown


def test_deadlines_are_told_by_their_moment() -> None:
    metrics = Metrics(version="", member="anhui", reasons=[])
    counted = {"DUE_SOON": 2, "OVERDUE": 1}
    assert [one.lower() for one in counted] == list(DEADLINE_MOMENTS)
    add_deadline_hook(metrics, cast("Any", SimpleNamespace(counts=lambda: counted)))
    metrics.refresh()
    shown = generate_latest(metrics.registry)
    assert b'ydx_enquiry_deadlines{moment="due_soon"} 2.0' in shown
    assert b'ydx_enquiry_deadlines{moment="overdue"} 1.0' in shown


@pytest.mark.parametrize(
    ("states", "health"),
    [
        ([("COMPLETE", False)] * 2, 0),
        ([("COMPLETE", False), ("STALE", False)], 1),
        ([("STALE", True), ("STALE", False)], 2),
        ([("STALE", False), ("COMPLETE", True)], 2),
    ],
)
def test_synchronization_is_as_well_as_its_worst_log(
    states: list[tuple[str, bool]], health: int
) -> None:
    metrics = Metrics(version="", member="anhui", reasons=[])
    sizes = dict.fromkeys(("tree_size", "verified_size", "confirmed_size", "wanted_parts"), 1)
    rows = [
        SimpleNamespace(
            member=f"m{at}", lag_s=0.0, last_error="", state=state, frozen=frozen, **sizes
        )
        for at, (state, frozen) in enumerate(states)
    ]
    sync = SimpleNamespace(origins=rows)
    _set_origins(metrics, cast("Any", SimpleNamespace(sync=lambda: sync)))
    shown = generate_latest(metrics.registry)
    assert f'ydx_health_state{{component="sync"}} {health}.0'.encode() in shown


@pytest.mark.parametrize(("left_s", "health"), [(EXPIRES_SOON_S + 1, 0), (EXPIRES_SOON_S - 1, 1)])
def test_trust_that_expires_within_a_day_is_degraded(left_s: float, health: int) -> None:
    metrics = Metrics(version="", member="anhui", reasons=[])
    trust = SimpleNamespace(expiries=dict, expires_s=lambda: 1000.0 + left_s)
    _set_trust(metrics, cast("Any", SimpleNamespace(trust=trust)), lambda: 1000.0)
    shown = generate_latest(metrics.registry)
    assert f'ydx_health_state{{component="trust"}} {health}.0'.encode() in shown


def test_how_the_index_does_is_told_and_its_restarts_are_counted_once() -> None:
    metrics = Metrics(version="", member="anhui", reasons=[])
    facts = [IndexFacts(running=True, restarts={"ended": 1})]
    add_index_hook(metrics, cast("Any", SimpleNamespace(facts=lambda: facts[0])))
    for _ in range(2):
        metrics.refresh()
    shown = generate_latest(metrics.registry)
    assert b'ydx_index_process_restarts_total{cause="ended"} 1.0' in shown
    assert b"ydx_index_process_up 1.0" in shown
    assert b'ydx_health_state{component="search"} 0.0' in shown
    facts[0] = IndexFacts(
        running=False, restarts={"ended": 3}, behind_entries=7, behind_s=INDEX_BEHIND_DEGRADED_S + 1
    )
    metrics.refresh()
    shown = generate_latest(metrics.registry)
    assert b'ydx_index_process_restarts_total{cause="ended"} 3.0' in shown
    assert b"ydx_index_process_up 0.0" in shown
    assert b"ydx_index_behind_entries 7.0" in shown
    assert b"ydx_index_behind_seconds 301.0" in shown
    assert b'ydx_health_state{component="search"} 1.0' in shown


def test_webhooks_are_told_and_their_calls_are_counted_once() -> None:
    metrics = Metrics(version="", member="anhui", reasons=[])
    facts = WebhookFacts({"delivered": 5, "failed": 2}, {"active": 3, "paused": 1}, 12.5)
    add_webhook_hook(metrics, cast("Any", SimpleNamespace(facts=lambda: facts)))
    for _ in range(2):
        metrics.refresh()
    shown = generate_latest(metrics.registry)
    assert b'ydx_webhook_calls_total{outcome="delivered"} 5.0' in shown
    assert b'ydx_webhook_calls_total{outcome="failed"} 2.0' in shown
    assert b'ydx_webhooks{state="paused"} 1.0' in shown
    assert b"ydx_webhook_waiting_seconds 12.5" in shown


def test_gauges_of_the_ledger_stand_still_while_it_is_rebuilt(tmp_path: Path) -> None:
    """An alarm over disputed books does not end because they were dropped."""
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    metrics = Metrics(version="", member="anhui", reasons=[])
    add_ledger_hook(metrics, database)
    metrics.ledger_troubled.labels("disputed").set(1)
    metrics.refresh()
    shown = generate_latest(metrics.registry)
    assert b"ydx_ledger_rebuilding 1.0" in shown
    assert b'ydx_ledger_troubled_agreements{trouble="disputed"} 1.0' in shown
    with database.write() as tx:
        rebuilding.set_whole(tx, 0)
    metrics.refresh()
    shown = generate_latest(metrics.registry)
    assert b"ydx_ledger_rebuilding 0.0" in shown
    assert b'ydx_ledger_troubled_agreements{trouble="disputed"} 0.0' in shown
    database.close()


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
