"""Wiring of saved queries: what keeps them, what looks for news, what sends it to webhooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from node.config.settings import Settings
from node.rpc.search_arguments import read_kept
from node.services.access import Access
from node.services.alerting.alerts import Alerts
from node.services.alerting.reminders import Reminders
from node.services.alerting.saved_queries import SavedQueries
from node.services.alerting.webhook_addresses import WebhookRules
from node.services.alerting.webhooks import Webhooks
from node.services.finding.served_index import ServedIndex
from node.storage.database import Database
from node.web.webhook_sender import WebhookSender


@dataclass(frozen=True, slots=True)
class AlertPorts:
    """What comes from outside of the process: time and chance."""

    clock: Callable[[], float]
    jitter: Callable[[], float]
    """A number from 0 to 1."""
    random_bytes: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class AlertSide:
    """Everything about saved queries, wired and not yet running."""

    saved: SavedQueries
    alerts: Alerts
    sender: WebhookSender
    webhooks: Webhooks


def build_alert_side(
    settings: Settings,
    database: Database,
    index: ServedIndex,
    access: Access,
    reminders: Reminders,
    ports: AlertPorts,
) -> AlertSide:
    """Wire it over the index and the reminders."""
    rules = WebhookRules(settings.search.webhook_allow_private, settings.search.webhook_allow_http)
    saved = SavedQueries(
        database, read_kept, rules, ports.clock, ports.random_bytes, settings.limits.saved_queries
    )
    alerts = Alerts(database, index, saved, read_kept, access.current, reminders=reminders)
    sender = WebhookSender(rules)
    webhooks = Webhooks(database, alerts, access.current, sender.post, ports.clock, ports.jitter)
    index.subscribe(webhooks.bell.ring)
    reminders.listeners.append(webhooks.bell.ring)
    return AlertSide(saved, alerts, sender, webhooks)
