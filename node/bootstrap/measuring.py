"""What the metrics show at each scrape, read from the parts that know it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from federation.log.errors import YdxError
from federation.records.facets import RecordState
from node.bootstrap.database_watch import DatabaseWatch
from node.bootstrap.federation_side import FederationSide
from node.services.alerting.reminders import Reminders
from node.services.alerting.webhooks import Webhooks
from node.services.catalogue.destruction import Destruction
from node.services.finding.index_health import IndexHealth
from node.services.ledger import rebuilding
from node.services.sync.node_status import NodeStatus
from node.storage import catalogue, ledger_lists
from node.storage.database import Database
from node.telemetry.metrics import (
    DESTRUCTION_WAITS,
    INDEX_RESTART_CAUSES,
    RECORD_KINDS,
    WEBHOOK_OUTCOMES,
    Metrics,
)

DISK_DEGRADED: float = 0.1
SKEW_DEGRADED_S: float = 5.0
EXPIRES_SOON_S: float = 86_400.0
RECORDS_EVERY_S: float = 60.0
INDEX_BEHIND_DEGRADED: int = 10_000
INDEX_BEHIND_DEGRADED_S: float = 300.0
_FIRST_KIND = 2


def add_hooks(
    metrics: Metrics,
    side: FederationSide,
    status: NodeStatus,
    folder: Path,
    clock: Callable[[], float],
) -> None:
    """Have the gauges brought up to date before each scrape."""
    metrics.name_members(side.member.name, [one.name for one in side.trust.registry().members])
    metrics.at_scrape(lambda: _set_own_log(metrics, side, status))
    metrics.at_scrape(lambda: _set_origins(metrics, status))
    metrics.at_scrape(lambda: _set_peers(metrics, side, clock))
    metrics.at_scrape(lambda: _set_trust(metrics, side, clock))
    metrics.at_scrape(lambda: _set_disk(metrics, folder, side.database))
    metrics.at_scrape(RecordGauges(metrics, side, clock).set)


def add_database_hook(metrics: Metrics, database: Database, watch: DatabaseWatch) -> None:
    """Have the database's failures counted; its health is degraded where there are new ones."""
    counted = {"failures": 0}

    def count_failures() -> None:
        failures = sum(database.failures.values())
        new = failures - counted["failures"]
        metrics.database_errors.inc(new)
        metrics.set_health("database", "down" if not watch.is_well else "degraded" if new else "ok")
        counted["failures"] = failures

    metrics.at_scrape(count_failures)


def add_destruction_hook(
    metrics: Metrics, destruction: Destruction, clock: Callable[[], float]
) -> None:
    """Have the gauges of erased parts say what the last step of destruction left."""

    def set_gauges() -> None:
        waiting = dict.fromkeys(DESTRUCTION_WAITS, 0)
        now_s = clock()
        oldest_s = now_s
        for one in destruction.last:
            waiting[one.waits_for.value] += one.parts
            oldest_s = min(oldest_s, one.noted_at_s)
        for cause, parts in waiting.items():
            metrics.parts_waiting.labels(cause).set(parts)
        metrics.parts_oldest_seconds.set(now_s - oldest_s)

    metrics.at_scrape(set_gauges)


def add_deadline_hook(metrics: Metrics, reminders: Reminders) -> None:
    """Have the gauge of deadlines say how many are near, and how many have passed."""

    def set_gauge() -> None:
        for moment, count in reminders.counts().items():
            metrics.deadlines.labels(moment.lower()).set(count)

    metrics.at_scrape(set_gauge)


def add_ledger_hook(metrics: Metrics, database: Database) -> None:
    """Have the gauges of the ledger say what is disputed, waits, is void or open."""

    def set_gauges() -> None:
        with database.read() as tx:
            is_whole = rebuilding.is_whole(tx)
            found = ledger_lists.standing(tx)
        metrics.ledger_rebuilding.set(not is_whole)
        if not is_whole:
            return  # what was dropped is not mended: an alarm goes on until the books are judged
        metrics.ledger_troubled.labels("disputed").set(found.disputed)
        metrics.ledger_troubled.labels("waits").set(found.waiting)
        metrics.ledger_voids.set(found.voids)
        metrics.ledger_open.set(found.open_proposals)

    metrics.at_scrape(set_gauges)


def add_index_hook(metrics: Metrics, index: IndexHealth) -> None:
    """Have the gauges of the search index say whether it is kept, and how far it is behind."""
    counted = dict.fromkeys(INDEX_RESTART_CAUSES, 0)

    def set_gauges() -> None:
        facts = index.facts()
        metrics.index_process_up.set(facts.running)
        for cause, restarts in facts.restarts.items():
            metrics.index_restarts.labels(cause).inc(restarts - counted[cause])
            counted[cause] = restarts
        metrics.index_behind.set(facts.behind_entries)
        metrics.index_behind_seconds.set(facts.behind_s)
        is_behind = (
            facts.behind_entries > INDEX_BEHIND_DEGRADED or facts.behind_s > INDEX_BEHIND_DEGRADED_S
        )
        metrics.set_health("search", "degraded" if is_behind else "ok")

    metrics.at_scrape(set_gauges)


def add_webhook_hook(metrics: Metrics, webhooks: Webhooks) -> None:
    """Have the series of webhooks say how calls went, and what waits."""
    counted = dict.fromkeys(WEBHOOK_OUTCOMES, 0)

    def set_gauges() -> None:
        facts = webhooks.facts()
        for outcome, calls in facts.calls.items():
            metrics.webhook_calls.labels(outcome).inc(calls - counted[outcome])
            counted[outcome] = calls
        for state, count in facts.states.items():
            metrics.webhooks.labels(state).set(count)
        metrics.webhook_waiting_seconds.set(facts.waiting_s)

    metrics.at_scrape(set_gauges)


def _set_own_log(metrics: Metrics, side: FederationSide, status: NodeStatus) -> None:
    facts = status.node()
    metrics.log_writable.set(facts.write_state == "OPEN")
    metrics.checkpoint_time.set(side.signer.signed_at_s)
    states = {"OPEN": "ok", "STARTING": "degraded"}
    metrics.set_health("log", states.get(facts.write_state, "down"))


def _set_origins(metrics: Metrics, status: NodeStatus) -> None:
    worst = "ok"
    for row in status.sync().origins:
        metrics.tree_size.labels(row.member).set(row.tree_size)
        metrics.verified_size.labels(row.member).set(row.verified_size)
        metrics.confirmed_size.labels(row.member).set(row.confirmed_size)
        metrics.lag_seconds.labels(row.member).set(row.lag_s)
        metrics.wanted_parts.labels(row.member).set(row.wanted_parts)
        metrics.frozen.labels(row.member).set(row.frozen)
        metrics.paused.labels(row.member).set(row.last_error.startswith("QUOTA_EXCEEDED"))
        if row.frozen:
            worst = "down"
        elif row.state != "COMPLETE" and worst == "ok":
            worst = "degraded"
    metrics.set_health("sync", worst)


def _set_peers(metrics: Metrics, side: FederationSide, clock: Callable[[], float]) -> None:
    resting = [peer for peer, _ in side.book.resting()]
    skews = [0.0]
    for name in side.book.names():
        state = side.book.state(name)
        metrics.peer_up.labels(name).set(state.up)
        metrics.peer_resting.labels(name).set(resting.count(name))
        metrics.peer_clock_skew.labels(name).set(state.clock_skew_s)
        metrics.witness_missing.labels(name).set(side.offering.is_missing(name))
        if state.up:
            metrics.peer_success_time.labels(name).set(clock())
            skews.append(abs(state.clock_skew_s))
    metrics.set_health("clock", "degraded" if max(skews) > SKEW_DEGRADED_S else "ok")


def _set_trust(metrics: Metrics, side: FederationSide, clock: Callable[[], float]) -> None:
    for role, expires_s in side.trust.expiries().items():
        metrics.trust_expiry_time.labels(role).set(expires_s)
    is_soon = side.trust.expires_s() < clock() + EXPIRES_SOON_S
    metrics.set_health("trust", "degraded" if is_soon else "ok")


def _set_disk(metrics: Metrics, folder: Path, database: Database) -> None:
    failure = database.write_failure
    is_full = failure is not None and failure.reason == "DISK_FULL"
    usage = shutil.disk_usage(folder)
    metrics.disk_free_bytes.set(usage.free)
    is_low = usage.free < usage.total * DISK_DEGRADED
    metrics.set_health("disk", "down" if is_full else "degraded" if is_low else "ok")


class RecordGauges:
    """The live records by origin and kind; counting reads the whole catalogue, so not each time."""

    def __init__(self, metrics: Metrics, side: FederationSide, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._side = side
        self._clock = clock
        self._due_s = 0.0

    def set(self) -> None:
        """Count again if the last count is RECORDS_EVERY_S old."""
        if self._clock() < self._due_s:
            return
        try:
            with self._side.database.read() as tx:
                counted = catalogue.counts(tx)
        except YdxError:
            return
        self._due_s = self._clock() + RECORDS_EVERY_S
        live: dict[tuple[str, str], int] = {}
        registry = self._side.trust.registry()
        for origin, kind, state, count in counted:
            if state not in {RecordState.WITHDRAWN, RecordState.HIDDEN}:
                key = (registry.member_of_origin(origin).name, RECORD_KINDS[kind - _FIRST_KIND])
                live[key] = live.get(key, 0) + count
        for member in registry.members:
            for kind_name in RECORD_KINDS:
                gauge = self._metrics.records.labels(member.name, kind_name)
                gauge.set(live.get((member.name, kind_name), 0))
