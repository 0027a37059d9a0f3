"""Saved queries, alerts and webhooks over one member's services, for tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from federation.log.entry import KIND_ERASE
from federation.log.errors import Refused
from federation.records.codec_body import ErasedPart, erase_body
from node.rpc.search_arguments import kept_query, read_kept
from node.services.alerting.alerts import Alerts
from node.services.alerting.saved_queries import SavedQueries
from node.services.alerting.webhook_addresses import WebhookRules
from node.services.catalogue.records import LISTING
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write
from node.services.log.write_options import WriteOptions
from tests.node.services.own_node import (
    CLERK,
    NOW_S,
    ORIGIN,
    OTHER_PLATFORM,
    PARTNER,
    PLATFORM,
    supply,
)
from ydx.exchange.v1 import search_pb2

if TYPE_CHECKING:
    from node.services.access import Caller
    from node.services.alerting.alerts import AlertChange, AlertHit
    from node.storage.saved_queries import SavedQuery
    from tests.node.services.finding.finding import Finding
    from tests.node.services.own_node import OwnNode


@dataclass
class Alerting:
    """What tells of news; `now_s` moves by hand, `ended` are tokens that are no longer good."""

    finding: Finding
    rules: WebhookRules = field(default_factory=WebhookRules)
    most: int = 50
    heartbeat_s: float = 15.0
    now_s: float = NOW_S
    ended: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        database = self.finding.node.database
        self.callers = {one.token_id: one for one in (CLERK, PLATFORM, OTHER_PLATFORM, PARTNER)}
        self.saved = SavedQueries(
            database, read_kept, self.rules, lambda: self.now_s, os.urandom, self.most
        )
        self.restart()

    def restart(self) -> None:
        """Take the index as it is now."""
        self.alerts = Alerts(
            self.finding.node.database,
            self.finding.index,
            self.saved,
            read_kept,
            self.current,
            self.heartbeat_s,
        )

    def current(self, token_id: str) -> Caller:
        """Return who the holder of a token is."""
        if token_id in self.ended:
            raise Refused("TOKEN_INVALID", "the token is unknown, expired or revoked")
        return self.callers[token_id]

    def save(
        self,
        query: str = "",
        *,
        caller: Caller = CLERK,
        label: str = "",
        from_position: int = 1,
        webhook_url: str = "",
        **which: Any,
    ) -> SavedQuery:
        """Save a search, from the beginning unless told."""
        self.now_s += 0.01  # so that their order is told
        request = search_pb2.SearchListingsRequest(query=query, filter=which)
        label = label or os.urandom(4).hex()
        return self.saved.save(caller, label, kept_query(request), from_position, webhook_url)

    def every(self, saved: SavedQuery, after: int = 0, limit: int = 50) -> list[AlertHit]:
        """Return all hits behind a position, page by page."""
        hits: list[AlertHit] = []
        more = True
        while more:
            page = self.alerts.evaluate(self.callers[saved.token_id], saved, after, limit)
            assert page.position > after or not page.more
            hits += page.hits
            after, more = page.position, page.more
        return hits


def publish(node: OwnNode, number: int, title: str) -> str:
    """Publish a listing; return its name."""
    made = supply(number, title=title)
    return str(node.publishing.publish(PLATFORM, LISTING, made, WriteOptions()).record.name)


def revise(node: OwnNode, name: str, title: str, **public: Any) -> None:
    """Give a listing another title, and what else its PUBLIC part is to say."""

    def changed(stored: Any) -> Any:
        stored.public.title = title
        for key, value in public.items():
            setattr(stored.public, key, value)
        return stored

    node.publishing.revise(PLATFORM, LISTING, name, changed, WriteOptions(), "")


def erase(node: OwnNode, *places: tuple[int, int]) -> None:
    """Erase (leaf index, part number)s of the own log."""
    body = erase_body(tuple(ErasedPart(ORIGIN, *place) for place in places), "PIPL-47")

    def write(view: Any) -> bytes:
        view.append(Draft(kind=KIND_ERASE, body=body))
        return b""

    node.sequencer.submit(Write(write))


def told(hits: list[AlertHit]) -> list[tuple[int, AlertChange, str, int]]:
    """Return what is told of hits: leaf, change, title and revision."""
    return [(one.position, one.change, one.title, one.revision) for one in hits]
