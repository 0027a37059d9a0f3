"""SearchService: finding listings in this node's verified copies, now and as they come.

Values in, values out. Page tokens are bound to query, filter and sort; page size, facets and
`ask_origin` may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from federation.log.errors import Refused
from node.rpc.alert_messages import after_position, alert_hit, reminder, saved_query
from node.rpc.catalogue_arguments import NUMBER_MAX, choice, page_size, region_beginning
from node.rpc.duplicate_messages import (
    duplicates_response,
    key_cursor,
    keys_response,
    read_key_cursor,
)
from node.rpc.match_messages import feedback, match_response
from node.rpc.search_arguments import kept_query, search_query
from node.rpc.search_messages import cursor_of, read_cursor, search_response
from node.services.errors import within
from ydx.exchange.v1 import alerts_pb2, duplicate_pb2, match_pb2, search_pb2
from ydx.exchange.v1 import search_service_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from node.rpc.page_tokens import PageTokens
    from node.rpc.stream_life import StreamLife
    from node.services.access import Caller
    from node.services.alerting.alerts import Alerts
    from node.services.alerting.saved_queries import SavedQueries
    from node.services.finding.duplicates import Duplicates
    from node.services.finding.indexing import Progress
    from node.services.finding.matching import Matching
    from node.services.finding.searching import Search

SERVICE: Final = pb.DESCRIPTOR.services_by_name["SearchService"]
_HITS: Final = 20
_MATCHES: Final = 20
_MATCHES_MAX: Final = 100
_ALERTS: Final = 50
_KEYS_METHOD: Final = "ListDuplicateKeys/1"
_METHOD: Final = "SearchListings/3"
"""With the version of its cursors: a token of another one is refused, not misread."""


@dataclass(frozen=True, slots=True)
class SearchServicer:
    """The servicer; one a node."""

    finder: Search
    matching: Matching
    duplicates: Duplicates
    rebuild_index: Callable[[], Generator[Progress, None, None]]
    tokens: PageTokens
    saved: SavedQueries
    alerts: Alerts

    def SearchListings(
        self, request: search_pb2.SearchListingsRequest, caller: Caller
    ) -> search_pb2.SearchListingsResponse:
        """Find listings."""
        query = search_query(request)
        bound = _bound(request)
        after = None
        if request.page_token:
            after = read_cursor(self.tokens.open(_METHOD, bound, request.page_token))
        page = self.finder.search(caller, query, after, page_size(request.page_size, _HITS))
        token = ""
        if page.next_after is not None:
            token = self.tokens.seal(_METHOD, bound, cursor_of(page.next_after))
        return search_response(page, token)

    def MatchListings(
        self, request: match_pb2.MatchListingsRequest, caller: Caller
    ) -> match_pb2.MatchListingsResponse:
        """Find the best partners of a listing."""
        limit = page_size(request.page_size, _MATCHES, _MATCHES_MAX)
        region = region_beginning(request.preferred_region, "preferred_region")
        found = self.matching.match(caller, request.name, limit, region)
        return match_response(found)

    def GiveMatchFeedback(
        self, request: match_pb2.GiveMatchFeedbackRequest, caller: Caller
    ) -> match_pb2.GiveMatchFeedbackResponse:
        """Keep what the caller says of a match."""
        verdict = choice(match_pb2.MatchVerdict, request.verdict, "verdict")
        is_useful = verdict == match_pb2.MATCH_VERDICT_USEFUL if verdict else None
        said = self.matching.give_feedback(
            caller, request.name, request.candidate, is_useful=is_useful
        )
        return match_pb2.GiveMatchFeedbackResponse(feedback=feedback(said))

    def ListDuplicates(
        self, request: duplicate_pb2.ListDuplicatesRequest, caller: Caller
    ) -> duplicate_pb2.ListDuplicatesResponse:
        """Give the listings that may be the same as one."""
        limit = page_size(request.page_size, _MATCHES, _MATCHES_MAX)
        return duplicates_response(self.duplicates.of(caller, request.name, limit))

    def DismissDuplicate(
        self, request: duplicate_pb2.DismissDuplicateRequest, caller: Caller
    ) -> duplicate_pb2.DismissDuplicateResponse:
        """Keep that the caller does not take two listings for one."""
        undo = request.undo
        self.duplicates.dismiss(caller, request.name, request.other, is_dismissed=not undo)
        return duplicate_pb2.DismissDuplicateResponse()

    def ListDuplicateKeys(
        self, request: duplicate_pb2.ListDuplicateKeysRequest, caller: Caller
    ) -> duplicate_pb2.ListDuplicateKeysResponse:
        """Give the titles and rights that several listings share."""
        after = None
        if request.page_token:
            after = read_key_cursor(self.tokens.open(_KEYS_METHOD, b"", request.page_token))
        page = self.duplicates.keys(caller, after, page_size(request.page_size))
        token = ""
        if page.next_after is not None:
            token = self.tokens.seal(_KEYS_METHOD, b"", key_cursor(page.next_after))
        return keys_response(page, token)

    def RebuildIndex(
        self, _request: search_pb2.RebuildIndexRequest, _caller: Caller, life: StreamLife
    ) -> Generator[search_pb2.RebuildIndexResponse, None, None]:
        """Build the index again, telling how far it is."""
        for progress in self.rebuild_index():
            if life.ended:
                return
            yield search_pb2.RebuildIndexResponse(
                done=progress.done, total=progress.total, finished=progress.is_finished
            )

    def SaveQuery(
        self, request: alerts_pb2.SaveQueryRequest, caller: Caller
    ) -> alerts_pb2.SaveQueryResponse:
        """Save a query."""
        try:
            search_query(request.search)
        except Refused as refusal:
            raise within(refusal, "search") from refusal
        made = self.saved.save(
            caller,
            request.label,
            kept_query(request.search),
            min(request.from_position, NUMBER_MAX),
            request.webhook_url,
            is_reminders=request.reminders,
        )
        return alerts_pb2.SaveQueryResponse(
            saved_query=saved_query(made), webhook_secret=made.webhook_secret
        )

    def ListSavedQueries(
        self, _request: alerts_pb2.ListSavedQueriesRequest, caller: Caller
    ) -> alerts_pb2.ListSavedQueriesResponse:
        """Give the caller's saved queries."""
        return alerts_pb2.ListSavedQueriesResponse(
            saved_queries=map(saved_query, self.saved.every(caller))
        )

    def DeleteSavedQuery(
        self, request: alerts_pb2.DeleteSavedQueryRequest, caller: Caller
    ) -> alerts_pb2.DeleteSavedQueryResponse:
        """Forget a saved query."""
        self.saved.forget(caller, request.id)
        return alerts_pb2.DeleteSavedQueryResponse()

    def ListAlerts(
        self, request: alerts_pb2.ListAlertsRequest, caller: Caller
    ) -> alerts_pb2.ListAlertsResponse:
        """Give what is new."""
        limit = page_size(request.page_size, _ALERTS)
        page = self.alerts.list(caller, request.id, after_position(request), limit)
        return alerts_pb2.ListAlertsResponse(
            hits=map(alert_hit, page.hits),
            position=page.position,
            more=page.more,
            reminders=map(reminder, page.reminders),
        )

    def WatchAlerts(
        self, request: alerts_pb2.WatchAlertsRequest, caller: Caller, life: StreamLife
    ) -> Generator[alerts_pb2.WatchAlertsResponse, None, None]:
        """Stream what is new as it comes."""
        after = after_position(request)
        for page in self.alerts.watch(caller, request.id, after, _ALERTS, life):
            yield alerts_pb2.WatchAlertsResponse(
                hits=map(alert_hit, page.hits),
                position=page.position,
                end_of_life=page.is_end,
                reminders=map(reminder, page.reminders),
            )

    def AcknowledgeAlerts(
        self, request: alerts_pb2.AcknowledgeAlertsRequest, caller: Caller
    ) -> alerts_pb2.AcknowledgeAlertsResponse:
        """Move the saved position."""
        self.saved.acknowledge(caller, request.id, min(request.position, NUMBER_MAX))
        return alerts_pb2.AcknowledgeAlertsResponse()

    def RotateWebhookSecret(
        self, request: alerts_pb2.RotateWebhookSecretRequest, caller: Caller
    ) -> alerts_pb2.RotateWebhookSecretResponse:
        """Give a webhook a new secret."""
        secret = self.saved.renew_secret(caller, request.id)
        return alerts_pb2.RotateWebhookSecretResponse(webhook_secret=secret)


def _bound(request: search_pb2.SearchListingsRequest) -> bytes:
    """Return what a page token is good for."""
    asked = search_pb2.SearchListingsRequest(
        query=request.query, filter=request.filter, sort=request.sort
    )
    return asked.SerializeToString(deterministic=True)
