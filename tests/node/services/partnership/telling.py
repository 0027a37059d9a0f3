"""All that a member's node tells without being asked for a record: alerts in every way, metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

from prometheus_client import generate_latest

from node.bootstrap import measuring
from node.rpc.stream_life import StreamLife
from node.services.alerting.alerts import Alerts
from node.services.alerting.webhooks import Webhooks
from node.telemetry.metrics import Metrics
from tests.node.rpc.search_serving import search_servicer
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK
from ydx.exchange.v1 import alerts_pb2 as pb

if TYPE_CHECKING:
    from pathlib import Path

    from node.rpc.search_service import SearchServicer
    from node.services.catalogue.destruction import Destruction
    from node.storage.saved_queries import SavedQuery
    from tests.node.services.partnership.enquiring import EnquiringNode

_URL: Final = "https://hooks.example/marked"


@dataclass
class Telling:
    """What tells of news at one member, and what counts it; wired as a node is."""

    node: EnquiringNode
    folder: Path
    destruction: Destruction
    bodies: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        side, reminders = self.node.side, self.node.partnerships.reminders
        found: Any = SimpleNamespace(database=side.database, catalogue=self.node.catalogue)
        self.alerting = Alerting(Finding(found, self.folder))
        self.alerting.alerts = Alerts(
            side.database,
            self.alerting.finding.index,
            self.alerting.saved,
            self.alerting.saved._read_request,
            self.alerting.current,
            reminders=reminders,
        )
        self.webhooks = Webhooks(
            side.database,
            self.alerting.alerts,
            self.alerting.current,
            self._send,
            lambda: self.alerting.now_s,
            lambda: 1.0,
        )
        self.metrics = Metrics(version="", member=self.node.member.name, reasons=[])
        clock = self.node.member.clock
        status: Any = SimpleNamespace(
            node=lambda: SimpleNamespace(write_state="OPEN"),
            sync=lambda: SimpleNamespace(origins=self.node.completeness()),
        )
        measuring.add_hooks(self.metrics, side, status, self.node.member.folder, clock)
        measuring.add_deadline_hook(self.metrics, reminders)
        measuring.add_webhook_hook(self.metrics, self.webhooks)
        measuring.add_destruction_hook(self.metrics, self.destruction, clock)
        measuring.add_ledger_hook(self.metrics, side.database)

    def _send(self, call: Any, over: Any) -> None:
        self.bodies.append(call.body)
        over("")

    def everything(self) -> dict[str, str]:
        """Return what is told from the beginning, to old queries and to new ones, by its way."""
        self.node.partnerships.reminders.step()
        self.alerting.finding.catch_up()
        listings = self.alerting.save(webhook_url=_URL)
        deadlines = self.alerting.saved.save(
            CLERK, f"{listings.label} due", b"", 1, _URL, is_reminders=True
        )
        self._call_webhooks()
        servicer = search_servicer(self.alerting)
        both = (listings, deadlines)
        self.metrics.refresh()
        return {
            "poll": "\n".join(_polled(servicer, one) for one in both),
            "stream": "\n".join(_streamed(servicer, one) for one in both),
            "webhook": "\n".join(body.decode() for body in self.bodies),
            "metrics": generate_latest(self.metrics.registry).decode(),
        }

    def _call_webhooks(self) -> None:
        """Keep the bodies of all calls until none has anything left to tell."""
        self.bodies.clear()
        before = -1
        while len(self.bodies) > before:
            before = len(self.bodies)
            while self.webhooks.step():
                pass

    def close(self) -> None:
        self.alerting.finding.indexer.close()


def _polled(servicer: SearchServicer, saved: SavedQuery) -> str:
    request = pb.ListAlertsRequest(id=saved.id, after_position=0, page_size=200)
    return _text(servicer.ListAlerts(request, CLERK))


def _streamed(servicer: SearchServicer, saved: SavedQuery) -> str:
    """Return the first message; all that there is stands in it."""
    request = pb.WatchAlertsRequest(id=saved.id, after_position=0)
    stream = servicer.WatchAlerts(request, CLERK, StreamLife())
    try:
        return _text(next(stream))
    finally:
        stream.close()


def _text(message: Any) -> str:
    """Return a message as it goes over the wire, its texts readable."""
    return cast("bytes", message.SerializeToString()).decode("utf-8", "replace")
