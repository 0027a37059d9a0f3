"""Saved queries and alerts to messages of ydx.exchange.v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf.timestamp_pb2 import Timestamp

from node.rpc.catalogue_arguments import NUMBER_MAX
from ydx.exchange.v1 import alerts_pb2 as pb
from ydx.exchange.v1 import search_pb2

if TYPE_CHECKING:
    from node.services.alerting.alerts import AlertHit
    from node.services.alerting.reminders import Reminder
    from node.storage.saved_queries import SavedQuery

_NANOSECONDS: Final = 1_000_000_000


def saved_query(saved: SavedQuery) -> pb.SavedQuery:
    """Return a saved query without its secret."""
    kept = search_pb2.SearchListingsRequest.FromString(saved.request)
    return pb.SavedQuery(
        id=saved.id,
        label=saved.label,
        query=kept.query,
        filter=kept.filter,
        position=saved.position,
        created_at=_time(saved.created_at_s),
        webhook=_webhook(saved) if saved.webhook_url else None,
        reminders=saved.is_reminders,
    )


def alert_hit(hit: AlertHit) -> pb.AlertHit:
    """Return one hit."""
    return pb.AlertHit(
        position=hit.position,
        change=hit.change.value,  # type: ignore[arg-type] # the stub takes no numbers
        name=hit.name,
        revision=hit.revision,
        member=hit.member,
        title=hit.title,
        region=hit.region,
        kind=hit.kind,  # type: ignore[arg-type] # perhaps one that this version does not know
        provisional=hit.is_provisional,
        state=hit.state,  # type: ignore[arg-type] # the stub takes no numbers
    )


def reminder(one: Reminder) -> pb.Reminder:
    """Return one reminder."""
    return pb.Reminder(
        position=one.number,
        name=one.name,
        state=one.state,  # type: ignore[arg-type] # the stub takes no numbers
        awaits=f"DEADLINE_KIND_{one.awaits}",
        due_on=one.due_on,
        owed_by=one.owed_by,
        moment=f"REMINDER_MOMENT_{one.moment}",
    )


def after_position(asked: pb.ListAlertsRequest | pb.WatchAlertsRequest) -> int | None:
    """Return the position asked for; None is the saved one."""
    if not asked.HasField("after_position"):
        return None
    return min(asked.after_position, NUMBER_MAX)


def _webhook(saved: SavedQuery) -> pb.Webhook:
    state = pb.WEBHOOK_STATE_ACTIVE
    if saved.paused:
        state = pb.WEBHOOK_STATE_PAUSED
    elif saved.failures:
        state = pb.WEBHOOK_STATE_RETRYING
    return pb.Webhook(
        url=saved.webhook_url,
        state=state,
        next_try_at=_time(saved.next_try_s) if state == pb.WEBHOOK_STATE_RETRYING else None,
        failures=saved.failures,
        last_error=saved.last_error,
        paused_reason=saved.paused,
    )


def _time(at_s: float) -> Timestamp:
    made = Timestamp()
    made.FromNanoseconds(int(at_s * _NANOSECONDS))
    return made
