"""The change feed: what each entry changes, resuming, watching."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_ERASE, KIND_LISTING
from federation.log.errors import YdxError
from federation.log.subject import subject_text
from federation.records.codec_body import ErasedPart, erase_body
from federation.records.facets import facets
from node.rpc.stream_life import StreamLife
from node.services.catalogue.changes import ARRIVED, ERASED, PUT, RETRACTED, WITHDRAWN, ChangeFeed
from node.services.catalogue.records import LISTING
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write
from node.services.log.verification import verify_log
from node.services.log.write_options import WriteOptions
from node.storage import batches, freezing, mirrors, parts
from tests.node.services.own_node import CLERK, ORIGIN, PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog, subject

if TYPE_CHECKING:
    from node.services.catalogue.changes import Change, ChangePage


@pytest.fixture
def feed(node: OwnNode) -> ChangeFeed:
    made = ChangeFeed(node.database, node.catalogue, heartbeat_s=0.2)
    node.on_commit = lambda _size: made.bell.ring()
    return made


def publish(node: OwnNode, number: int) -> str:
    return str(
        node.publishing.publish(PLATFORM, LISTING, supply(number), WriteOptions()).record.name
    )


def everything(feed: ChangeFeed, after: int = 0, limit: int = 1000) -> list[Change]:
    found: list[Change] = []
    more = True
    while more:
        page = feed.list(PLATFORM, after, limit, with_records=False)
        found += page.changes
        after, more = page.position, page.more
    return found


def test_nothing_is_told_of_sealed_documents_whenever_they_come(
    node: OwnNode, feed: ChangeFeed
) -> None:
    log = MadeLog()
    log.document(7)
    log.document(8)
    log.erase((0, 1))
    with node.database.write() as tx:
        origin_id = mirrors.add(tx, log.origin).origin_id
        batches.apply(tx, log.batch(0, 3, {(1, 0): Absence.WANTED}))
        parts.arrive(tx, origin_id, 1, 0, log.parts[1][0], None)
        freezing.freeze(tx, mirrors.get(tx, log.origin), 1)
        freezing.freeze(tx, mirrors.get(tx, log.origin), None)
    assert everything(feed) == []
    assert feed.list(PLATFORM, 0, 1000, with_records=True).position == 8


def test_puts_withdrawals_and_erasures_are_told_in_order(node: OwnNode, feed: ChangeFeed) -> None:
    first, second = publish(node, 1), publish(node, 2)
    node.publishing.withdraw(PLATFORM, LISTING, first, WriteOptions())
    body = erase_body((ErasedPart(ORIGIN, 2, 0), ErasedPart(ORIGIN, 2, 2)), "PIPL-47")

    def erase(view: object) -> bytes:
        view.append(Draft(kind=KIND_ERASE, body=body))  # type: ignore[attr-defined]
        return b""

    node.sequencer.submit(Write(erase))
    told = [(one.position, one.kind, one.name, one.revision) for one in everything(feed)]
    assert told == [
        (2, PUT, first, 1),
        (3, PUT, second, 1),
        (4, WITHDRAWN, first, 2),
        (5, ERASED, second, 1),
    ]
    assert [one.is_provisional for one in everything(feed)] == [True] * 4
    shown = node.catalogue.get(CLERK, LISTING, second)
    missing = [(part.part, part.reason) for part in shown.info.missing_parts]
    assert (shown.state, missing) == (7, [("public", 2), ("origin", 2)])
    assert verify_log(node.database, ORIGIN).differences == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_go_on_where_the_last_one_ended(node: OwnNode, feed: ChangeFeed, limit: int) -> None:
    published = [publish(node, number) for number in range(5)]
    assert [one.name for one in everything(feed, limit=limit)] == published
    assert [one.name for one in everything(feed, after=4, limit=limit)] == published[3:]


def test_records_come_along_while_they_are_current(node: OwnNode, feed: ChangeFeed) -> None:
    first, second = publish(node, 1), publish(node, 2)
    node.publishing.withdraw(PLATFORM, LISTING, first, WriteOptions())
    page = feed.list(PLATFORM, 0, 100, with_records=True)
    assert [one.record and one.record.name for one in page.changes] == [None, second, first]
    assert page.changes[1].record == node.catalogue.get(PLATFORM, LISTING, second)


def test_a_position_ahead_of_the_feed_is_refused_with_the_last_one(
    node: OwnNode, feed: ChangeFeed
) -> None:
    publish(node, 1)
    for position in (3, 2**63, 2**64 - 1):
        with pytest.raises(YdxError) as caught:
            feed.list(PLATFORM, position, 1, with_records=False)
        assert caught.value.reason == "POSITION_IN_FUTURE"
        assert caught.value.metadata["position"] == "2"
    assert feed.list(PLATFORM, 2, 1, with_records=False).changes == []


def test_a_mirrors_invalid_entries_late_parts_and_freezes_are_told(
    node: OwnNode, feed: ChangeFeed
) -> None:
    log = MadeLog()
    log.put(1)
    log.put(1, revision=3)
    log.put(2)
    with node.database.write() as tx:
        origin_id = mirrors.add(tx, log.origin).origin_id
        batches.apply(tx, log.batch(0, 3, {(2, 0): Absence.WANTED}))
    names = [f"nodes/shanghai/listings/{subject_text(subject(number))}" for number in (1, 2)]
    told = [(one.position, one.kind, one.name) for one in everything(feed)]
    assert told == [(1, PUT, names[0]), (3, PUT, names[1])]
    with node.database.write() as tx:
        content = log.publics[2]
        parts.arrive(tx, origin_id, 2, 0, log.parts[2][0], facets(KIND_LISTING, content))
    assert [(one.kind, one.name) for one in everything(feed, 3)] == [(ARRIVED, names[1])]
    assert verify_log(node.database, log.origin).differences == []
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, log.origin), 2)
    told = [(one.position, one.kind, one.name) for one in everything(feed)]
    assert told == [(1, PUT, names[0]), (5, RETRACTED, names[1])]
    assert verify_log(node.database, log.origin).differences == []
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, log.origin), None)
    told = [(one.position, one.kind, one.name) for one in everything(feed, 5)]
    assert told == [(6, PUT, names[1])]
    assert verify_log(node.database, log.origin).differences == []


def test_watchers_hear_changes_heartbeats_and_the_end(node: OwnNode, feed: ChangeFeed) -> None:
    publish(node, 1)
    lives = [StreamLife() for _ in range(16)]

    def watch(life: StreamLife) -> list[ChangePage]:
        return list(feed.watch(PLATFORM, 0, 100, life, with_records=False))

    with ThreadPoolExecutor(len(lives)) as pool:
        streams = [pool.submit(watch, life) for life in lives]
        for number in range(2, 6):
            publish(node, number)
        heartbeat = next(feed.watch(PLATFORM, 6, 100, StreamLife(), with_records=False))
        assert (heartbeat.changes, heartbeat.position) == ([], 6)
        for life in lives:
            life.end()
        for stream in streams:
            pages = stream.result(timeout=30)
            told = [one.position for page in pages for one in page.changes]
            assert told == [2, 3, 4, 5, 6]
            assert [page.is_end for page in pages] == [False] * (len(pages) - 1) + [True]
            assert pages[-1].position == 6


def test_a_watch_resumes_from_its_last_position(node: OwnNode, feed: ChangeFeed) -> None:
    names = [publish(node, number) for number in range(6)]
    watch = feed.watch(PLATFORM, 0, 2, StreamLife(), with_records=False)
    pages = list(islice(watch, 2))
    watch.close()
    seen = [one.name for page in pages for one in page.changes]
    again = feed.watch(PLATFORM, pages[-1].position, 100, StreamLife(), with_records=False)
    seen += [one.name for one in next(again).changes]
    again.close()
    assert seen == names
