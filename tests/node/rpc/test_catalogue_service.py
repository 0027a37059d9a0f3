"""CatalogueService over a real listener: calls, pages, retries, streams."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.message_factory import GetMessageClass

from node.rpc.client_errors import CallError, read_error
from node.services.log.verification import verify_log
from node.storage.database import Database
from tests.node.rpc.catalogue_serving import TOKENS, Client, Exchange, exchange_listener
from tests.node.rpc.serving import CATALOGUE
from tests.node.services.own_node import ORIGIN, OwnNode, supply
from ydx.exchange.v1 import catalogue_service_pb2, change_pb2
from ydx.exchange.v1 import listing_messages_pb2 as messages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    database = Database.open(f"sqlite:///{tmp_path}/node.db")
    with OwnNode(database) as node:
        node.sequencer.open_log()
        yield Exchange(node, heartbeat_s=0.2)
        assert verify_log(database, ORIGIN).differences == []
    database.close()


@pytest.fixture
def clients(exchange: Exchange) -> Iterator[dict[str, Client]]:
    with exchange_listener(exchange) as port:
        opened = {token: Client(port, token) for token in TOKENS}
        yield opened
        for client in opened.values():
            client.channel.close()


def error_of(client: Client, method: str, request: object) -> CallError:
    with pytest.raises(grpc.RpcError) as caught:
        client.call(method, request)
    return read_error(caught.value)


def publish(client: Client, number: int, **more: Any) -> Any:
    request = messages.PublishListingRequest(listing=supply(number), **more)
    return client.call("PublishListing", request)


def test_a_listing_goes_its_way(clients: dict[str, Client]) -> None:
    platform = clients["platform"]
    published = publish(platform, 1).listing
    shown = platform.call("GetListing", messages.GetListingRequest(name=published.name))
    assert shown.listing == published
    update = messages.ReviseListingRequest(etag=published.info.etag)
    update.listing.name = published.name
    update.listing.public.trl = 7
    update.update_mask.paths.append("public.trl")
    revised = platform.call("ReviseListing", update)
    assert (revised.changed, revised.listing.public.trl) == (True, 7)
    assert error_of(platform, "ReviseListing", update).reason == "STALE_ETAG"
    withdrawal = messages.WithdrawListingRequest(name=published.name)
    assert platform.call("WithdrawListing", withdrawal).listing.state == 6
    history = messages.GetListingHistoryRequest(name=published.name, page_size=2)
    page = platform.call("GetListingHistory", history)
    history.page_token = page.next_page_token
    rest = platform.call("GetListingHistory", history)
    revisions = [*page.revisions, *rest.revisions]
    assert [one.info.revision for one in revisions] == [1, 2, 3]
    assert rest.next_page_token == ""


def test_a_retry_has_the_stored_outcome_and_another_body_is_refused(
    clients: dict[str, Client],
) -> None:
    platform, request_id = clients["platform"], str(uuid.uuid4())
    first = publish(platform, 1, request_id=request_id)
    assert publish(platform, 1, request_id=request_id) == first
    assert publish(platform, 1, request_id=request_id.upper()) == first, "a UUID has no case"
    request = messages.PublishListingRequest(listing=supply(2), request_id=request_id)
    assert error_of(platform, "PublishListing", request).reason == "REQUEST_ID_REUSED"
    batch = messages.BatchPublishListingsRequest(listings=[supply(3)], request_id=request_id)
    assert error_of(platform, "BatchPublishListings", batch).reason == "REQUEST_ID_REUSED"
    request.validate_only = batch.validate_only = True
    assert error_of(platform, "PublishListing", request).reason == "REQUEST_ID_REUSED"
    assert error_of(platform, "BatchPublishListings", batch).reason == "REQUEST_ID_REUSED"
    assert publish(platform, 1, request_id=request_id, validate_only=True) == first


def test_violations_come_with_their_fields(clients: dict[str, Client]) -> None:
    request = messages.PublishListingRequest(listing=supply(1, region="999999", trl=12))
    error = error_of(clients["platform"], "PublishListing", request)
    assert error.code == "INVALID_ARGUMENT"
    assert {one.field for one in error.violations} == {"public.region", "public.trl"}


def test_pages_are_bound_to_method_and_filter(clients: dict[str, Client]) -> None:
    platform = clients["platform"]
    names = [publish(platform, number).listing.name for number in range(5)]
    request = messages.ListListingsRequest(page_size=2)
    walked = []
    while True:
        page = platform.call("ListListings", request)
        walked += [one.name for one in page.listings]
        assert [one.member for one in page.origins] == ["anhui"]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert walked == names
    request.filter.region = "34"
    assert error_of(platform, "ListListings", request).reason == "BAD_PAGE_TOKEN"
    other = messages.GetListingHistoryRequest(name=names[0], page_token=request.page_token)
    assert error_of(platform, "GetListingHistory", other).reason == "BAD_PAGE_TOKEN"


def test_batches_answer_each_row(clients: dict[str, Client]) -> None:
    rows = [supply(1), supply(1), supply(1, trl=7), supply(2, trl=12)]
    request = messages.BatchPublishListingsRequest(listings=rows, request_id=str(uuid.uuid4()))
    answer = clients["platform"].call("BatchPublishListings", request)
    assert [row.outcome for row in answer.rows] == [1, 3, 2, 4]
    assert [one.field for one in answer.rows[3].violations] == ["public.trl"]
    assert clients["platform"].call("BatchPublishListings", request) == answer


def test_partners_read_and_never_write_and_see_no_contacts(clients: dict[str, Client]) -> None:
    name = publish(clients["platform"], 1).listing.name
    shown = clients["partner"].call("GetListing", messages.GetListingRequest(name=name)).listing
    assert not shown.HasField("origin")
    assert {part.part for part in shown.info.missing_parts} == {"members", "origin"}
    request = messages.WithdrawListingRequest(name=name)
    assert error_of(clients["partner"], "WithdrawListing", request).reason == "ROLE_MISSING"
    assert error_of(clients["other-platform"], "WithdrawListing", request).reason == (
        "PLATFORM_MISMATCH"
    )


def test_changes_are_listed_and_watched(clients: dict[str, Client]) -> None:
    platform = clients["platform"]
    names = [publish(platform, number).listing.name for number in range(3)]
    listed = platform.call("ListChanges", change_pb2.ListChangesRequest(with_records=True))
    assert [one.name for one in listed.changes] == names
    assert [one.listing.name for one in listed.changes] == names
    assert (listed.position, listed.more) == (4, False)
    stream = platform.stub.WatchChanges(
        change_pb2.WatchChangesRequest(after_position=2), metadata=platform.metadata, timeout=30
    )
    assert [one.name for one in next(stream).changes] == names[1:]
    heartbeat = next(stream)
    assert (len(heartbeat.changes), heartbeat.position) == (0, 4)
    names.append(publish(platform, 9).listing.name)
    told: list[str] = []
    while not told:
        told = [one.name for one in next(stream).changes]
    assert told == names[3:]
    stream.cancel()
    ahead = change_pb2.ListChangesRequest(after_position=99)
    assert error_of(platform, "ListChanges", ahead).reason == "POSITION_IN_FUTURE"
    for method in ("ListListings", "ListOrganisations", "ListManagers"):
        kind = GetMessageClass(CATALOGUE.methods_by_name[method].input_type)
        refused = error_of(platform, method, kind(filter={"changed_after_position": 99}))
        assert (refused.code, refused.reason) == ("OUT_OF_RANGE", "POSITION_IN_FUTURE")
        assert refused.metadata["position"] == "5"


def test_receipts_wait_for_a_checkpoint(exchange: Exchange, clients: dict[str, Client]) -> None:
    platform = clients["platform"]
    request = catalogue_service_pb2.GetReceiptRequest(name=publish(platform, 1).listing.name)
    assert error_of(platform, "GetReceipt", request).reason == "NO_CHECKPOINT_YET"
    exchange.checkpoint(is_confirmed=True)
    answer: Any = platform.call("GetReceipt", request)
    assert answer.confirmed
    assert answer.receipt.startswith(b"c2sp.org/tlog-proof@v1\n")
    shown = platform.call("GetListing", messages.GetListingRequest(name=request.name))
    assert not shown.listing.info.provisional
