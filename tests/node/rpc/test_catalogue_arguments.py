"""Whatever a caller sends, CatalogueService answers it or says what is wrong: never INTERNAL.

Each RPC is fuzzed from its descriptor over a real server: every field empty, boundary, random or
taken from something that exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.rpc.client_errors import read_error
from node.services.log.verification import verify_log
from node.storage.database import Database
from tests.node.rpc.catalogue_serving import Client, Exchange, exchange_listener
from tests.node.rpc.random_requests import fields_of, is_path
from tests.node.rpc.serving import CATALOGUE
from tests.node.services.own_node import ORIGIN, OwnNode, supply
from ydx.exchange.v1 import change_pb2
from ydx.exchange.v1 import listing_messages_pb2 as messages

if TYPE_CHECKING:
    from collections.abc import Iterator

UNARY: Final = [method for method in CATALOGUE.methods if not method.server_streaming]
ALLOWED: Final = {
    "INVALID_FIELD",
    "RECORD_NOT_FOUND",
    "RECORD_WITHDRAWN",
    "NOT_OWN_RECORD",
    "PLATFORM_MISMATCH",
    "DUPLICATE_SOURCE",
    "STALE_ETAG",
    "REQUEST_ID_REUSED",
    "BAD_PAGE_TOKEN",
    "POSITION_IN_FUTURE",
    "NO_CHECKPOINT_YET",
    "ROLE_MISSING",
}


class Served:
    """A served node with a live, a revised and a withdrawn listing."""

    def __init__(self, port: int) -> None:
        self.clients = [Client(port, "platform"), Client(port, "partner")]
        names, etags, tokens = [], [], []
        for number in range(3):
            request = messages.PublishListingRequest(listing=supply(number))
            published = self.clients[0].call("PublishListing", request).listing
            names.append(published.name)
            etags.append(published.info.etag)
        withdrawal = messages.WithdrawListingRequest(name=names[2])
        self.clients[0].call("WithdrawListing", withdrawal)
        page = self.clients[0].call("ListListings", messages.ListListingsRequest(page_size=1))
        tokens.append(page.next_page_token)
        self.known = {
            "name": names,
            "etag": etags,
            "page_token": tokens,
            "successor": names,
            "replaces": names,
            "source_platform": ["anhui-tech"],
            "part": ["public", "members"],
            "paths": ["public.trl", "members", "origin.contacts"],
        }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/node.db")
    with OwnNode(database) as node:
        node.sequencer.open_log()
        with exchange_listener(Exchange(node)) as port:
            world = Served(port)
            yield world
            for client in world.clients:
                client.channel.close()
        assert verify_log(database, ORIGIN).differences == []
    database.close()


@pytest.mark.parametrize("method", UNARY, ids=lambda method: str(method.name))
def test_no_argument_is_an_internal_error(served: Served, method: Any) -> None:
    kind = GetMessageClass(method.input_type)

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(fields=fields_of(method.input_type, served.known), who=st.sampled_from([0, 0, 0, 1]))
    def fuzz(fields: dict[str, Any], who: int) -> None:
        try:
            served.clients[who].call(method.name, kind(**fields))
        except grpc.RpcError as error:
            told = read_error(error)
            assert told.reason in ALLOWED, told
            assert bool(told.violations) == (told.code == "INVALID_ARGUMENT"), told
            if told.reason != "INVALID_FIELD":  # a record's rules name its own fields
                assert all(is_path(method.input_type, one.field) for one in told.violations), told

    fuzz()


@pytest.mark.parametrize(
    ("method", "fields", "field"),
    [
        ("PublishListing", {}, "public.title"),
        ("PublishListing", {"listing": supply(77), "request_id": "x"}, "request_id"),
        ("PublishListing", {"listing": supply(77), "ack": 9}, "ack"),
        ("PublishListing", {"listing": supply(77), "replaces": "x"}, "replaces"),
        ("ReviseListing", {}, "name"),
        ("ReviseListing", {"etag": "x"}, "etag"),
        ("ReviseListing", {"etag": '"' + "0" * 64}, "etag"),
        ("WithdrawListing", {"name": "nodes/anhui/managers/" + "0" * 26}, "name"),
        ("GetListing", {}, "name"),
        ("GetListing", {"name": "\0"}, "name"),
        ("ListListings", {"page_size": -1}, "page_size"),
        ("ListListings", {"filter": {"states": [0]}}, "filter.states[0]"),
        ("ListListings", {"filter": {"states": [99]}}, "filter.states[0]"),
        ("ListListings", {"filter": {"kind": 7}}, "filter.kind"),
        ("ListListings", {"filter": {"tech_field": 99}}, "filter.tech_field"),
        ("ListListings", {"filter": {"region": "3"}}, "filter.region"),
        ("ListListings", {"filter": {"region": "３４"}}, "filter.region"),
        ("ListListings", {"filter": {"members": ["Anhui"]}}, "filter.members[0]"),
        ("ListListings", {"filter": {"source_id": "\0"}}, "filter.source_id"),
        ("ListOrganisations", {"filter": {"region": "x"}}, "filter.region"),
        ("ListManagers", {"page_size": -5}, "page_size"),
        ("BatchPublishListings", {}, "listings"),
        ("BatchPublishListings", {"listings": [{}] * 1001}, "listings"),
        ("ListChanges", {"page_size": -1}, "page_size"),
        ("GetReceipt", {"name": "x"}, "name"),
        ("GetListingHistory", {"name": ""}, "name"),
    ],
)
def test_what_is_wrong_is_named(
    served: Served, method: str, fields: dict[str, Any], field: str
) -> None:
    kind = GetMessageClass(CATALOGUE.methods_by_name[method].input_type)
    with pytest.raises(grpc.RpcError) as caught:
        served.clients[0].call(method, kind(**fields))
    told = read_error(caught.value)
    assert (told.code, told.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
    assert field in {one.field for one in told.violations}


def test_a_watch_from_the_future_is_refused(served: Served) -> None:
    client = served.clients[0]
    request = change_pb2.WatchChangesRequest(after_position=2**64 - 1)
    with pytest.raises(grpc.RpcError) as caught:
        next(client.stub.WatchChanges(request, metadata=client.metadata, timeout=30))
    assert read_error(caught.value).reason == "POSITION_IN_FUTURE"
