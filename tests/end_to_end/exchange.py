"""What one member's platform writes, the other members show: promises 2 and 7 from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from federation.log.entry import RECORD_KINDS, scan_entries
from federation.log.prover import TILE_WIDTH
from federation.log.tiles import decode_bundle, entries_path
from node.rpc.channels import bearer, exchange_channel
from tests.end_to_end.running import Demo
from tests.end_to_end.writing import (
    feed_end,
    found,
    listed,
    publish,
    wait_confirmed,
    wait_seen,
)
from tests.processes.asking import http
from ydx.exchange.v1.catalogue_service_pb2_grpc import CatalogueServiceStub
from ydx.exchange.v1.change_pb2 import ChangeKind, WatchChangesRequest
from ydx.exchange.v1.record_pb2 import RecordState


def test_what_one_publishes_all_others_show_and_confirm(demo: Demo) -> None:
    sent = publish(demo, "anhui")
    for member in demo.others("anhui"):
        listing = wait_seen(demo, member, sent.name)
        assert listing.public == sent.listing.public
        assert listing.members == sent.listing.members
        assert listing.info.etag == sent.etag
        wait_confirmed(demo, member, sent.name)


def test_a_revision_reaches_all_others(demo: Demo) -> None:
    sent = publish(demo, "center")
    sent.listing.name = sent.name
    sent.listing.public.summary = "面向大型薄壁构件的差压铸造工艺。"
    revised = demo.client("center", "platform").call("ReviseListing", listing=sent.listing)
    assert revised.changed
    for member in demo.others("center"):
        listing = wait_seen(demo, member, sent.name, revision=2)
        assert listing.public.summary == sent.listing.public.summary
        assert listing.info.etag == revised.listing.info.etag


@contextmanager
def watching(demo: Demo, member: str, after_position: int) -> Iterator[Iterator[Any]]:
    """Give the changes that WatchChanges of a member tells."""
    channel = exchange_channel(demo[member].api)
    try:
        stream = CatalogueServiceStub(channel).WatchChanges(
            WatchChangesRequest(after_position=after_position, with_records=True),
            metadata=bearer(demo[member].tokens["partner"]),
            timeout=60,
        )
        yield (change for answer in stream for change in answer.changes)
        stream.cancel()
    finally:
        channel.close()


def test_watching_another_member_tells_a_publication_and_resumes_by_position(demo: Demo) -> None:
    with watching(demo, "zhejiang", feed_end(demo, "zhejiang")) as changes:
        first = publish(demo, "shanghai")
        told = next(changes)
        assert (told.name, told.revision) == (first.name, 1)
        assert told.listing.public == first.listing.public
    second = publish(demo, "shanghai")
    with watching(demo, "zhejiang", told.position) as changes:
        resumed = next(changes)
        assert (resumed.name, resumed.position) == (second.name, told.position + 1)
        third = publish(demo, "shanghai")
        assert next(changes).name == third.name


def test_promise_7_a_withdrawn_listing_is_returned_by_no_query_anywhere(demo: Demo) -> None:
    before = {member: feed_end(demo, member) for member in demo.others()}
    sent = publish(demo, "jiangsu")
    for member in demo.others():
        wait_seen(demo, member, sent.name)
        assert sent.name in listed(demo, member, source_id=sent.source_id)
    platform = demo.client("jiangsu", "platform")
    platform.call("WithdrawListing", name=sent.name)
    for member in demo.others():
        check_withdrawn(demo, member, sent, before[member])


def check_withdrawn(demo: Demo, member: str, sent: Any, position: int) -> None:
    wait_seen(demo, member, sent.name, revision=2)
    public = sent.listing.public
    for which in (
        {},
        {"members": ["jiangsu"]},
        {"kind": public.kind},
        {"region": public.region},
        {"tech_field": public.tech_field},
        {"source_platform": public.source_platform, "source_id": sent.source_id},
        {"states": [RecordState.RECORD_STATE_PUBLISHED]},
        {"changed_after_position": position},
    ):
        assert sent.name not in listed(demo, member, **which), (member, which)
    listing = found(demo, member, sent.name)
    assert listing.state == RecordState.RECORD_STATE_WITHDRAWN
    assert not listing.HasField("public")
    assert not listing.HasField("members")
    changes = demo.client(member).call(
        "ListChanges", after_position=position, page_size=1000, with_records=True
    )
    told = [change for change in changes.changes if change.name == sent.name]
    assert [change.revision for change in told] == [1, 2]
    assert all(not change.listing.HasField("public") for change in told)


def test_the_feed_of_a_member_repeats_nothing_and_leaves_nothing_out(demo: Demo) -> None:
    publish(demo, "center")
    end = feed_end(demo, "center")
    position, more = 0, True
    places: list[tuple[str, int]] = []
    while more:
        answer = demo.client("center").call("ListChanges", after_position=position, page_size=1000)
        assert [one.position for one in answer.changes] == sorted(
            one.position for one in answer.changes
        )
        places += [
            (one.name.split("/")[1], one.leaf_index)
            for one in answer.changes
            if one.kind != ChangeKind.CHANGE_KIND_ERASED  # it tells of a place again
        ]
        position, more = answer.position, answer.more
    assert position >= end  # what is sealed meanwhile may come on top
    assert len(set(places)) == len(places)
    told = set(places)
    for member in demo.members():
        kinds = kinds_of(member)
        records = {(member.name, at) for at, kind in enumerate(kinds) if kind in RECORD_KINDS}
        assert told >= records
        told -= records
    assert not told


def kinds_of(member: Any) -> list[int]:
    """Return the kinds of all published entries of a member's log, as anybody reads them."""
    _, note = http(member.http, "/log/checkpoint")
    tree_size = int(note.splitlines()[1])
    kinds: list[int] = []
    for start in range(0, tree_size, TILE_WIDTH):
        path = entries_path(start // TILE_WIDTH, min(TILE_WIDTH, tree_size - start))
        status, body = http(member.http, f"/log/{path}")
        assert status == 200
        kinds += [one[1] for one in scan_entries(decode_bundle(body))]
    return kinds
