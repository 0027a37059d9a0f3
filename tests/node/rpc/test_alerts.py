"""Saved queries and alerts over a real listener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from node.rpc import search_service
from node.rpc.alert_messages import reminder
from node.rpc.authentication import by_token
from node.rpc.channels import bearer
from node.rpc.client_errors import CallError, read_error
from node.rpc.server import Listener
from node.services.access import Caller, Role
from node.services.alerting.reminders import Reminder
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from node.storage import saved_queries
from node.storage.database import Database
from tests.node.rpc.search_serving import search_servicer
from tests.node.rpc.serving import serving
from tests.node.services.alerting.alerting import Alerting
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, OTHER_PLATFORM, PARTNER, PLATFORM, OwnNode, supply
from ydx.exchange.v1 import alerts_pb2 as pb
from ydx.exchange.v1.enquiry_messages_pb2 import DeadlineKind
from ydx.exchange.v1.enquiry_pb2 import EnquiryStepKind
from ydx.exchange.v1.search_service_pb2_grpc import SearchServiceStub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKENS = {
    "clerk": CLERK,
    "platform": PLATFORM,
    "other": OTHER_PLATFORM,
    "partner": PARTNER,
    "security": Caller(frozenset({Role.SECURITY}), "9"),
}


class Client:
    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = SearchServiceStub(self.channel)

    def call(self, method: str, as_whom: str = "clerk", **fields: Any) -> Any:
        request = getattr(pb, f"{method}Request")(**fields)
        return getattr(self.stub, method)(request, metadata=bearer(as_whom), timeout=30)

    def refusal(self, method: str, as_whom: str = "clerk", **fields: Any) -> CallError:
        with pytest.raises(grpc.RpcError) as caught:
            self.call(method, as_whom, **fields)
        return read_error(caught.value)


@pytest.fixture
def alerting(tmp_path: Path) -> Iterator[Alerting]:
    database = Database.open(f"sqlite:///{tmp_path}/node.db")
    with OwnNode(database) as node:
        node.sequencer.open_log()
        one = Alerting(Finding(node, tmp_path / "search"), most=3, heartbeat_s=0.05)
        one.finding.catch_up()
        yield one
        one.finding.indexer.close()
    database.close()


@pytest.fixture
def client(alerting: Alerting) -> Iterator[Client]:
    listener = Listener("127.0.0.1:0", by_token(lambda token: TOKENS[token]))
    with serving(listener, (search_service.SERVICE, search_servicer(alerting))) as server:
        one = Client(server.port)
        with one.channel:
            yield one


def publish(alerting: Alerting, *numbers: int) -> None:
    for number in numbers:
        made = supply(number, title=f"超声波焊接机器人{number}")
        alerting.finding.node.publishing.publish(PLATFORM, LISTING, made, WriteOptions())
    alerting.finding.catch_up()


def test_a_query_is_saved_polled_acknowledged_and_forgotten(
    client: Client, alerting: Alerting
) -> None:
    search = {
        "query": "超声波",
        "filter": {"kind": 1, "changed_after_position": 9},
        "page_size": 3,
        "sort": 2,
    }
    saved = client.call("SaveQuery", label="焊接", search=search).saved_query
    assert (saved.label, saved.query, saved.position) == ("焊接", "超声波", 1)
    assert (saved.filter.kind, saved.filter.changed_after_position) == (1, 0)
    assert not saved.HasField("webhook")
    publish(alerting, 1, 2, 3)
    first = client.call("ListAlerts", id=saved.id, page_size=2)
    assert [one.title[-1] for one in first.hits] == ["1", "2"]
    assert (first.position, first.more) == (3, True)
    hit = first.hits[0]
    assert (hit.change, hit.member, hit.kind, hit.provisional) == (1, "anhui", 1, True)
    rest = client.call("ListAlerts", id=saved.id, after_position=first.position)
    assert ([one.title[-1] for one in rest.hits], rest.position, rest.more) == (["3"], 4, False)
    client.call("AcknowledgeAlerts", id=saved.id, position=rest.position)
    assert not client.call("ListAlerts", id=saved.id).hits
    assert len(client.call("ListAlerts", id=saved.id, after_position=0).hits) == 3
    (listed,) = client.call("ListSavedQueries").saved_queries
    assert (listed.id, listed.position) == (saved.id, 4)
    client.call("DeleteSavedQuery", id=saved.id)
    assert not client.call("ListSavedQueries").saved_queries
    assert client.refusal("ListAlerts", id=saved.id).reason == "RECORD_NOT_FOUND"


def test_a_saved_query_of_reminders_says_so_and_hears_of_no_listing(
    client: Client, alerting: Alerting
) -> None:
    publish(alerting, 1, 2)
    saved = client.call("SaveQuery", label="期限", reminders=True).saved_query
    assert (saved.reminders, saved.position) == (True, 0)
    page = client.call("ListAlerts", id=saved.id)
    assert (list(page.hits), list(page.reminders), page.position) == ([], [], 0)
    refused = client.refusal("AcknowledgeAlerts", id=saved.id, position=1)
    assert refused.reason == "POSITION_IN_FUTURE"


def test_a_reminder_is_told_as_it_is() -> None:
    told = Reminder(7, "nodes/jiangsu/enquiries/x", 1, "DECISION", "2026-12-22", "anhui", "OVERDUE")
    message = reminder(told)
    assert message == pb.Reminder(
        position=7,
        name="nodes/jiangsu/enquiries/x",
        state=EnquiryStepKind.ENQUIRY_STEP_KIND_SUBMITTED,
        awaits=DeadlineKind.DEADLINE_KIND_DECISION,
        due_on="2026-12-22",
        owed_by="anhui",
        moment=pb.REMINDER_MOMENT_OVERDUE,
    )


def test_saved_queries_are_for_readers_each_its_own(client: Client) -> None:
    saved = client.call("SaveQuery", "partner", label="a").saved_query
    for method in ("ListAlerts", "DeleteSavedQuery", "AcknowledgeAlerts", "RotateWebhookSecret"):
        assert client.refusal(method, id=saved.id).reason == "RECORD_NOT_FOUND"
    assert not client.call("ListSavedQueries").saved_queries
    assert client.refusal("ListSavedQueries", "security").reason == "ROLE_MISSING"
    priced = {"filter": {"amount_max_fen": 5}}
    assert client.refusal("SaveQuery", "partner", label="b", search=priced).reason == "ROLE_MISSING"


def test_what_cannot_be_saved_is_refused_with_its_field(client: Client) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"label": ""}, "label"),
        ({"label": "a", "search": {"filter": {"regions": ["x"]}}}, "search.filter.regions[0]"),
        ({"label": "a", "webhook_url": "http://hooks.example/"}, "webhook_url"),
        ({"label": "a", "webhook_url": "https://10.0.0.1/"}, "webhook_url"),
    ]
    for fields, field in cases:
        refusal = client.refusal("SaveQuery", **fields)
        assert [one.field for one in refusal.violations] == [field]
    assert client.refusal("SaveQuery", label="a", from_position=2**64 - 1).code == "OUT_OF_RANGE"
    for label in "abc":
        client.call("SaveQuery", label=label)
    refusal = client.refusal("SaveQuery", label="d")
    assert (refusal.code, refusal.reason) == ("RESOURCE_EXHAUSTED", "SAVED_QUERIES_FULL")


def test_a_webhook_shows_its_state_and_its_secret_once(client: Client, alerting: Alerting) -> None:
    url = "https://hooks.example/x"
    made = client.call("SaveQuery", label="a", webhook_url=url)
    assert made.webhook_secret
    query_id = made.saved_query.id

    def state() -> Any:
        (listed,) = client.call("ListSavedQueries").saved_queries
        assert made.webhook_secret not in str(listed)
        return listed.webhook

    assert (state().url, state().state) == (url, pb.WEBHOOK_STATE_ACTIVE)
    with alerting.finding.node.database.write() as tx:
        saved_queries.set_state(
            tx, query_id, next_try_s=5.5, failures=2, last_error="it answered 500"
        )
    assert (state().state, state().failures, state().last_error) == (2, 2, "it answered 500")
    assert state().next_try_at.ToMilliseconds() == 5500
    with alerting.finding.node.database.write() as tx:
        saved_queries.set_state(tx, query_id, paused="TOKEN_INVALID")
    assert (state().state, state().paused_reason) == (3, "TOKEN_INVALID")
    assert client.call("RotateWebhookSecret", id=query_id).webhook_secret != made.webhook_secret
    assert (state().state, state().paused_reason) == (1, "")


def test_a_stream_tells_hits_heartbeats_and_the_position_to_resume_from(
    client: Client, alerting: Alerting
) -> None:
    saved = client.call("SaveQuery", label="a", search={"query": "超声波"}).saved_query
    publish(alerting, 1)
    stream = client.call("WatchAlerts", id=saved.id)
    message = next(stream)
    assert ([one.title[-1] for one in message.hits], message.position) == (["1"], 2)
    heartbeat = next(stream)
    assert (len(heartbeat.hits), heartbeat.position) == (0, 2)
    publish(alerting, 2)
    message = next(one for one in stream if one.hits)
    assert [one.title[-1] for one in message.hits] == ["2"]
    stream.cancel()
    stream = client.call("WatchAlerts", id=saved.id, after_position=2)
    assert [one.title[-1] for one in next(stream).hits] == ["2"]
    alerting.ended.add(CLERK.token_id)
    with pytest.raises(grpc.RpcError) as caught:
        list(stream)
    assert read_error(caught.value).reason == "TOKEN_INVALID"
