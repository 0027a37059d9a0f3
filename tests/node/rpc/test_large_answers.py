"""However large the records are, or what is wrong with them: an answer fits into its message.

What did not would stop a list, a feed or an import at its place for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from node.rpc.catalogue_messages import batch_response
from node.rpc.limits import MESSAGE_SIZE_BYTES_MAX
from node.services import answer_bytes
from node.services.catalogue.batch import REFUSED, Row
from node.services.catalogue.records import checked_record
from node.storage.database import Database
from tests.node.rpc.catalogue_serving import Client, Exchange, exchange_listener
from tests.node.services.own_node import NOW_S, OwnNode, supply
from ydx.exchange.v1 import change_pb2
from ydx.exchange.v1 import listing_messages_pb2 as messages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from federation.records.codec import Listing

COUNT = 110


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    database = Database.open(f"sqlite:///{tmp_path}/node.db")
    with OwnNode(database) as node:
        node.sequencer.open_log()
        with exchange_listener(Exchange(node, heartbeat_s=0.2)) as port:
            opened = Client(port, "platform")
            yield opened
            opened.channel.close()
    database.close()


def large(number: int) -> Listing:
    """Return a good listing of some 45 kB."""
    listing = supply(number)
    said: Any = listing.public.supply
    for _ in range(30):
        said.indicators.add(name="指标", text="长" * 490)
    return listing


def wrong(number: int) -> Listing:
    """Return a small listing with which 30 things are wrong, told in some 30 kB."""
    listing = supply(number)
    said: Any = listing.public
    said.keywords[:] = ["词" * 40] * 10
    for _ in range(20):
        said.supply.ip.add(type=1, number="号" * 70)
    return listing


def publish(client: Client, listings: list[Listing]) -> Any:
    request = messages.BatchPublishListingsRequest(listings=listings)
    return client.call("BatchPublishListings", request).rows


def test_large_records_are_listed_over_more_pages(client: Client) -> None:
    published = [
        row.name for at in (0, 55) for row in publish(client, list(map(large, range(at, at + 55))))
    ]
    assert len(published) * large(0).ByteSize() > MESSAGE_SIZE_BYTES_MAX
    listed: list[str] = []
    request = messages.ListListingsRequest(page_size=200)
    while True:
        page = client.call("ListListings", request)
        listed += [one.name for one in page.listings]
        request.page_token = page.next_page_token
        if not page.next_page_token:
            break
    assert listed == published


def test_large_records_come_through_the_feed(client: Client) -> None:
    published = [
        row.name for at in (0, 55) for row in publish(client, list(map(large, range(at, at + 55))))
    ]
    asked = change_pb2.ListChangesRequest(page_size=1000, with_records=True)
    told: list[str] = []
    more = True
    while more:
        page = client.call("ListChanges", asked)
        told += [one.listing.name for one in page.changes]
        asked.after_position, more = page.position, page.more
    assert told == published
    watched: list[str] = []
    stream = client.stub.WatchChanges(
        change_pb2.WatchChangesRequest(with_records=True), metadata=client.metadata, timeout=30
    )
    for page in stream:
        watched += [one.listing.name for one in page.changes]
        if len(watched) == len(published):
            stream.cancel()
            break
    assert watched == published


def test_many_changes_of_one_large_record_are_its_history(client: Client) -> None:
    for trl in range(COUNT):
        (row,) = publish(client, [changed(trl)])
    asked = messages.GetListingHistoryRequest(name=row.name, page_size=200)
    revisions: list[int] = []
    while True:
        page = client.call("GetListingHistory", asked)
        revisions += [one.info.revision for one in page.revisions]
        asked.page_token = page.next_page_token
        if not page.next_page_token:
            break
    assert revisions == list(range(1, COUNT + 1))


def changed(number: int) -> Listing:
    listing = large(0)
    listing.public.summary += f"第{number}版"
    return listing


def test_a_batch_with_which_much_is_wrong_is_answered(client: Client) -> None:
    rows = publish(client, [supply(0), *map(wrong, range(1, 300)), supply(300)])
    assert [row.outcome for row in (rows[0], rows[-1])] == [messages.BATCH_OUTCOME_CREATED] * 2
    for row in rows[1:-1]:
        assert row.outcome == messages.BATCH_OUTCOME_REFUSED
        assert row.violations[0].rule == "TEXT_TOO_LONG"


def test_findings_are_cut_only_where_they_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = checked_record(wrong(1), NOW_S)
    row = Row(REFUSED, violations=checked.violations, warnings=checked.warnings)
    read = messages.BatchPublishListingsResponse.FromString
    assert len(read(batch_response([row])).rows[0].violations) == len(checked.violations)
    monkeypatch.setattr("node.rpc.catalogue_messages.ANSWER_BYTES_MAX", 20_000)
    assert 1 < len(read(batch_response([row])).rows[0].violations) < len(checked.violations)
    for one in read(batch_response([row] * 100)).rows:
        assert len(one.violations) == 1
    assert answer_bytes.ANSWER_BYTES_MAX < MESSAGE_SIZE_BYTES_MAX
