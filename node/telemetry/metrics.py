"""All metrics of a node; the reference table is generated from them.

- One prefix `ydx_`, base units, `_total` for counters; gRPC keeps the names that dashboards know.
- Every label is bounded: members come from the registry, methods from the descriptors, reasons from
  the enum. Nothing names a record, a company, a user or an address.
- All series exist from the start, so that the first increase is seen. *origin* is whose log it is,
  *peer* who we are connected to.
- Gauges that mirror stored state are set by hooks at each scrape; a hook that fails is counted and
  never hides the other series.
"""

from __future__ import annotations

import logging
from math import inf
from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from node.telemetry.calls import OTHER, SECONDS, CallMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HEALTH_STATES: Final = ("ok", "degraded", "down", "unknown")
HEALTH_COMPONENTS: Final = ("database", "log", "sync", "trust", "disk", "clock", "search")
RECORD_KINDS: Final = ("LISTING", "ORGANISATION", "MANAGER")
ENCRYPTED_LISTENERS: Final = ("exchange", "web")
TRUST_ROLES: Final = ("root", "targets", "snapshot", "timestamp")
DEADLINE_MOMENTS: Final = ("due_soon", "overdue")
LEDGER_TROUBLES: Final = ("disputed", "waits")
INDEX_RESTART_CAUSES: Final = ("ended", "hung")
WEBHOOK_OUTCOMES: Final = ("delivered", "failed")
WEBHOOK_STATES: Final = ("active", "retrying", "paused")
DESTRUCTION_WAITS: Final = ("agreement", "confirmation", "delay", "step", "scrub")
WEB_CODES: Final = (200, 304, 400, 404, 405, 429, 500, 503)
_COMMIT_ENTRIES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
_log: Final = logging.getLogger(__name__)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series each, read by nobody


class Metrics:
    """The series of one node, in their own registry.

    Whoever counts uses prometheus-client's methods on the attributes; what needs more stands below.
    """

    def __init__(self, *, version: str, member: str, reasons: Iterable[str]) -> None:
        """Create every series that needs no registry; `reasons` are the error reasons."""
        self.registry: Final = CollectorRegistry()
        self._reasons: Final = frozenset(reasons)
        self._hooks: Final[list[Callable[[], None]]] = []
        self.calls: Final = CallMetrics(self.registry, self._reasons)
        self._add_node(version, member)
        self._add_index()
        self._add_webhooks()
        self._add_erasures()
        self._add_deadlines()
        self._add_ledger()
        self._add_own_log()
        self._add_origins()
        self._add_peers()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, text, registry=self.registry, buckets=buckets)

    def _add_node(self, version: str, member: str) -> None:
        ProcessCollector(registry=self.registry)
        info = self._gauge("ydx_node_info", "Always 1: who runs which version", "member", "version")
        info.labels(member, version).set(1)
        self.health_state = self._gauge(
            "ydx_health_state", "0 ok, 1 degraded, 2 down, 3 unknown", "component"
        )
        for component in HEALTH_COMPONENTS:
            self.set_health(component, "unknown")
        self.scrape_errors = self._counter(
            "ydx_scrape_errors_total", "Gauges that could not be brought up to date for a scrape"
        )
        self.web_responses = self._counter(
            "ydx_web_responses_total", "Answers of the web listener, by HTTP status", "code"
        )
        for code in (*map(str, WEB_CODES), OTHER):
            self.web_responses.labels(code)
        self.database_errors = self._counter(
            "ydx_database_errors_total", "Statements and transactions that the database failed"
        )
        self.disk_free_bytes = self._gauge(
            "ydx_disk_free_bytes", "Free space where the node keeps its files"
        )
        self.trust_expiry_time = self._gauge(
            "ydx_trust_expiry_timestamp_seconds", "When a trust file expires", "role"
        )
        for role in TRUST_ROLES:
            self.trust_expiry_time.labels(role)
        self.certificate_expiry_time = self._gauge(
            "ydx_certificate_expiry_timestamp_seconds",
            "When the certificate that a listener shows expires, +Inf without one",
            "listener",
        )
        for listener in ENCRYPTED_LISTENERS:
            self.certificate_expiry_time.labels(listener).set(inf)

    def _add_index(self) -> None:
        self.index_behind = self._gauge(
            "ydx_index_behind_entries", "Entries that are stored and not searchable yet"
        )
        self.index_behind_seconds = self._gauge(
            "ydx_index_behind_seconds",
            "How long the search has lacked something that was stored by then, 0 while it follows",
        )
        self.index_process_up = self._gauge(
            "ydx_index_process_up", "1 while the process that keeps the search index runs"
        )
        self.index_restarts = self._counter(
            "ydx_index_process_restarts_total",
            "How often the process that keeps the search index was begun again",
            "cause",
        )
        for cause in INDEX_RESTART_CAUSES:
            self.index_restarts.labels(cause)

    def _add_webhooks(self) -> None:
        self.webhook_calls = self._counter(
            "ydx_webhook_calls_total", "Calls of webhooks that are over, by outcome", "outcome"
        )
        for outcome in WEBHOOK_OUTCOMES:
            self.webhook_calls.labels(outcome)
        self.webhooks = self._gauge("ydx_webhooks", "Webhooks of saved queries, by state", "state")
        for state in WEBHOOK_STATES:
            self.webhooks.labels(state)
        self.webhook_waiting_seconds = self._gauge(
            "ydx_webhook_waiting_seconds",
            "How long the webhook that waits longest has had something undelivered, 0 without one",
        )

    def _add_erasures(self) -> None:
        self.parts_destroyed = self._counter(
            "ydx_erased_parts_destroyed_total", "Erased parts that no file of the database holds"
        )
        self.parts_waiting = self._gauge(
            "ydx_erased_parts_waiting",
            "Erased parts that are hidden and not destroyed yet, by what they wait for",
            "waits_for",
        )
        for cause in DESTRUCTION_WAITS:
            self.parts_waiting.labels(cause)
        self.parts_oldest_seconds = self._gauge(
            "ydx_erased_parts_oldest_seconds",
            "Time since the erasure that has waited longest for its destruction, 0 without one",
        )

    def _add_deadlines(self) -> None:
        self.deadlines = self._gauge(
            "ydx_enquiry_deadlines",
            "Open deadlines of this member's enquiries that are near or have passed",
            "moment",
        )
        for moment in DEADLINE_MOMENTS:
            self.deadlines.labels(moment)

    def _add_ledger(self) -> None:
        self.ledger_troubled = self._gauge(
            "ydx_ledger_troubled_agreements",
            "Agreements whose books are disputed, or wait for a document",
            "trouble",
        )
        for trouble in LEDGER_TROUBLES:
            self.ledger_troubled.labels(trouble)
        self.ledger_voids = self._gauge(
            "ydx_ledger_void_outcomes", "Outcomes in centers' logs that count for nothing"
        )
        self.ledger_open = self._gauge(
            "ydx_ledger_open_proposals", "Proposals that no center has decided"
        )
        self.ledger_rebuilding = self._gauge(
            "ydx_ledger_rebuilding",
            "1 while the ledger is rebuilt from the logs; its other gauges stand still meanwhile",
        )

    def _add_own_log(self) -> None:
        self.commit_seconds = self._histogram(
            "ydx_log_commit_seconds", "Time of one durable transaction of the own log", SECONDS
        )
        self.commit_entries = self._histogram(
            "ydx_log_commit_entries", "Entries in one transaction of the own log", _COMMIT_ENTRIES
        )
        self.log_writable = self._gauge(
            "ydx_log_writable", "1 when the own log takes entries, 0 while starting or stopped"
        )
        self.checkpoint_time = self._gauge(
            "ydx_log_checkpoint_timestamp_seconds", "When the own log was last signed"
        )

    def _add_origins(self) -> None:
        self.tree_size = self._gauge(
            "ydx_log_tree_size", "Largest size that the origin is known to have signed", "origin"
        )
        self.verified_size = self._gauge(
            "ydx_log_verified_size", "Up to where our copy is proven to be the origin's", "origin"
        )
        self.confirmed_size = self._gauge(
            "ydx_log_confirmed_size", "Up to where a quorum of witnesses has cosigned", "origin"
        )
        self.lag_seconds = self._gauge(
            "ydx_log_lag_seconds",
            "Age of the last proof that our copy was current, 0 for the own log",
            "origin",
        )
        self.wanted_parts = self._gauge(
            "ydx_log_wanted_parts", "Parts that should be here and are not", "origin"
        )
        self.frozen = self._gauge(
            "ydx_log_frozen", "1 when the origin forked and is frozen", "origin"
        )
        self.paused = self._gauge(
            "ydx_log_paused", "1 when the origin is over its quota and not followed", "origin"
        )
        self.records = self._gauge("ydx_records", "Live records of the catalogue", "origin", "kind")

    def _add_peers(self) -> None:
        self.peer_up = self._gauge("ydx_peer_up", "1 when the last exchange succeeded", "peer")
        self.peer_resting = self._gauge(
            "ydx_peer_resting", "Origins that this peer is not asked for after a refusal", "peer"
        )
        self.peer_success_time = self._gauge(
            "ydx_peer_last_success_timestamp_seconds", "When an exchange last succeeded", "peer"
        )
        self.peer_clock_skew = self._gauge(
            "ydx_peer_clock_skew_seconds", "The peer's clock minus ours", "peer"
        )
        self.witness_missing = self._gauge(
            "ydx_witness_missing", "1 when this witness has not cosigned what is offered", "peer"
        )
        self.sync_entries = self._counter(
            "ydx_sync_entries_total", "Verified entries taken from a peer", "peer"
        )
        self.sync_refused = self._counter(
            "ydx_sync_refused_total", "What a peer sent and was refused", "peer", "reason"
        )

    def name_members(self, own: str, members: Iterable[str]) -> None:
        """Create the series of the registry's members; call it again when the registry grows."""
        for member in members:
            self._name_origin(member)
            if member != own:
                self._name_peer(member)

    def _name_origin(self, origin: str) -> None:
        for gauge in (
            self.tree_size,
            self.verified_size,
            self.confirmed_size,
            self.lag_seconds,
            self.wanted_parts,
            self.frozen,
            self.paused,
        ):
            gauge.labels(origin)
        for kind in RECORD_KINDS:
            self.records.labels(origin, kind)

    def _name_peer(self, peer: str) -> None:
        for gauge in (
            self.peer_up,
            self.peer_resting,
            self.peer_success_time,
            self.peer_clock_skew,
            self.witness_missing,
        ):
            gauge.labels(peer)
        self.sync_entries.labels(peer)
        for reason in self._reasons | {OTHER}:
            self.sync_refused.labels(peer, reason)

    def entries_stored(self, peer: str, entries: int) -> None:
        """Count verified entries that were taken from a peer."""
        self.sync_entries.labels(peer).inc(entries)

    def peer_refused(self, peer: str, reason: str) -> None:
        """Count what a peer sent and was refused."""
        self.sync_refused.labels(peer, reason if reason in self._reasons else OTHER).inc()

    def web_answered(self, status: int) -> None:
        """Count an HTTP answer."""
        self.web_responses.labels(str(status) if status in WEB_CODES else OTHER).inc()

    def set_health(self, component: str, state: str) -> None:
        """State the health of one component, in the words of HEALTH_STATES."""
        self.health_state.labels(component).set(HEALTH_STATES.index(state))

    def at_scrape(self, hook: Callable[[], None]) -> None:
        """Have `hook` set gauges before each scrape; it runs in the thread that answers it."""
        self._hooks.append(hook)

    def refresh(self) -> None:
        """Run the hooks; one that fails is counted and does not stop the others."""
        for hook in self._hooks:
            try:
                hook()
            except Exception:  # noqa: BLE001 - a scrape shows what it can, whatever failed
                self.scrape_errors.inc()
                _log.exception("a gauge could not be brought up to date")
