"""The sequencer: groups, request ids, failures. Each test ends with a verified log."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from federation.log.errors import Refused, YdxError
from node.services.catalogue.records import LISTING
from node.services.log.sequencer import SequencerLimits, Write
from node.services.log.verification import verify_log
from node.storage import requests
from node.storage.requests import RETENTION_S
from tests.node.services.own_node import (
    NOW_S,
    ORIGIN,
    PLATFORM,
    OwnNode,
    new_request_id,
    supply,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from node.services.log.view import LogView
    from node.storage.database import Database

T = TypeVar("T")
THREADS = 64


def in_threads(count: int, work: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def reason_of(call: Callable[[], object]) -> str:
    try:
        call()
    except YdxError as error:
        return error.reason
    return ""


def check(database: Database, tree_size: int) -> None:
    report = verify_log(database, ORIGIN)
    assert report.differences == []
    assert report.tree_size == tree_size


def test_sixty_four_callers_each_get_their_own_entry(node: OwnNode) -> None:
    sizes: list[int] = []
    node.on_commit = sizes.append

    def work(thread: int) -> list[int]:
        return [
            node.publishing.publish(
                PLATFORM, LISTING, supply(100 * thread + i), node.options()
            ).record.info.leaf_index
            for i in range(3)
        ]

    leaf_indexes = sorted(i for some in in_threads(THREADS, work) for i in some)
    assert leaf_indexes == list(range(1, 3 * THREADS + 1))
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == node.sequencer.tree_size == 3 * THREADS + 1
    assert len(sizes) < 3 * THREADS  # some were written together
    check(node.database, 3 * THREADS + 1)


def test_one_request_id_raced_by_many_callers_acts_once(node: OwnNode) -> None:
    options = node.options(new_request_id(), b"body")

    def work(_thread: int) -> object:
        record = node.publishing.publish(PLATFORM, LISTING, supply(1), options).record
        return record.SerializeToString(deterministic=True)

    assert len(set(in_threads(32, work))) == 1
    check(node.database, 2)


def test_one_request_id_with_other_bodies_lets_one_body_through(node: OwnNode) -> None:
    request_id = new_request_id()

    def work(thread: int) -> str:
        options = node.options(request_id, b"%d" % (thread % 2))
        listing = supply(thread % 2)
        return reason_of(lambda: node.publishing.publish(PLATFORM, LISTING, listing, options))

    reasons = in_threads(32, work)
    assert sorted(set(reasons)) == ["", "REQUEST_ID_REUSED"]
    assert len(set(reasons[::2])) == len(set(reasons[1::2])) == 1
    check(node.database, 2)


def test_request_ids_are_the_callers_own(node: OwnNode) -> None:
    request_id = new_request_id()
    first = node.sequencer.request("platform/a", request_id, b"x")
    other = node.sequencer.request("platform/b", request_id, b"x")
    assert first is not None
    assert other is not None
    assert first.key != other.key
    assert node.sequencer.request("platform/a", request_id.upper(), b"x") == first
    assert node.sequencer.request("platform/a", "", b"x") is None


@pytest.mark.parametrize(
    "text", ["x", "0" * 32, "{00000000-0000-4000-8000-000000000000}", "é" * 36]
)
def test_a_request_id_is_a_uuid(node: OwnNode, text: str) -> None:
    with pytest.raises(Refused, match="UUID"):
        node.sequencer.request("a", text, b"")


def test_a_write_that_refuses_fails_alone(node: OwnNode) -> None:
    def work(thread: int) -> str:
        listing = supply(0 if thread % 2 else thread + 10)
        return reason_of(
            lambda: node.publishing.publish(PLATFORM, LISTING, listing, node.options())
        )

    reasons = in_threads(32, work)
    assert reasons[::2] == [""] * 16
    assert sorted(reasons[1::2]) == ["", *["DUPLICATE_SOURCE"] * 15]
    check(node.database, 1 + 17)


def test_a_faulty_write_does_not_take_its_group_along(node: OwnNode) -> None:
    def work(thread: int) -> str:
        if thread % 8:
            return reason_of(
                lambda: node.publishing.publish(PLATFORM, LISTING, supply(thread), node.options())
            )
        with pytest.raises(ZeroDivisionError):
            node.sequencer.submit(Write(lambda _: bytes(1 // 0)))
        return ""

    assert set(in_threads(32, work)) == {""}
    check(node.database, 1 + 28)


def test_what_a_failed_write_had_added_is_not_there(node: OwnNode) -> None:
    listings = [supply(1), supply(2)]

    def prepare(view: LogView) -> bytes:
        node.batches._row(view, *node.batches._asked(PLATFORM, listings[:1]))
        raise Refused("STALE_ETAG", "for the test")

    with pytest.raises(Refused):
        node.sequencer.submit(Write(prepare))
    check(node.database, 1)
    assert (
        reason_of(lambda: node.publishing.publish(PLATFORM, LISTING, listings[0], node.options()))
        == ""
    )


def test_a_full_queue_is_told_at_once(database: Database) -> None:
    with OwnNode(database, limits=SequencerLimits(waiting_max=2)) as node:
        entered, leave = threading.Event(), threading.Event()

        def prepare(_view: LogView) -> bytes:
            entered.set()
            leave.wait(30)
            return b""

        with ThreadPoolExecutor(4) as pool:
            first = pool.submit(node.sequencer.submit, Write(prepare))
            entered.wait(30)
            waiting = [pool.submit(node.sequencer.submit, Write(lambda _: b"")) for _ in range(2)]
            while node.sequencer._queue.qsize() < 2:
                threading.Event().wait(0.001)
            assert reason_of(lambda: node.sequencer.submit(Write(lambda _: b""))) == "OVERLOADED"
            leave.set()
            assert [one.result().content for one in (first, *waiting)] == [b""] * 3


def test_a_write_that_comes_as_the_sequencer_stops_is_answered(database: Database) -> None:
    node = OwnNode(database)
    stopping = threading.Thread(target=node.sequencer.stop)

    class Overtaken(SimpleQueue[Any]):
        """Lets the stop overtake who has looked whether there is room, and not gone in yet."""

        def qsize(self) -> int:
            if threading.current_thread() is caller and stopping.ident is None:
                stopping.start()
                stopping.join(0.5)
            return super().qsize()

    reasons: list[str] = []

    def submit() -> None:
        reasons.append(reason_of(lambda: node.sequencer.submit(Write(lambda _: b""))))

    caller = threading.Thread(target=submit, daemon=True)
    node.sequencer._queue = Overtaken()
    node.sequencer.start()
    caller.start()
    caller.join(10)
    assert reasons in ([""], ["OVERLOADED"])
    stopping.join(10)
    assert reason_of(lambda: node.sequencer.submit(Write(lambda _: b""))) == "OVERLOADED"


def test_a_group_takes_no_more_writes_than_its_bound_in_bytes_lets_it(database: Database) -> None:
    sizes: list[int] = []
    limits = SequencerLimits(group_bytes_max=10)
    with OwnNode(database, limits=limits, on_commit=sizes.append) as node:
        entered, leave = threading.Event(), threading.Event()

        def wait(_view: LogView) -> bytes:
            entered.set()
            leave.wait(30)
            return b""

        def six_bytes(number: int) -> Write:
            (row,) = node.batches._asked(PLATFORM, [supply(number)])
            return Write(lambda view: node.batches._row(view, row).etag.encode(), None, lambda: 6)

        with ThreadPoolExecutor(6) as pool:
            pool.submit(node.sequencer.submit, Write(wait))
            entered.wait(30)
            for number in range(5):
                pool.submit(node.sequencer.submit, six_bytes(number))
            while node.sequencer._queue.qsize() < 5:
                threading.Event().wait(0.001)
            leave.set()
    assert sizes == [1, 3, 5, 6]
    check(database, 6)


def test_nothing_is_written_while_it_may_not(node: OwnNode) -> None:
    def refuse() -> None:
        raise YdxError("STARTING", "for the test")

    node.may_write = refuse
    assert reason_of(node.sequencer.open_log) == "STARTING"
    assert node.sequencer.tree_size == 0
    node.may_write = lambda: None
    node.sequencer.open_log()
    node.sequencer.open_log()
    check(node.database, 1)


def test_edge_20_a_second_sequencer_cannot_write_the_same_log(node: OwnNode) -> None:
    with OwnNode(node.database) as other:
        node.sequencer.open_log()
        write = Write(
            lambda view: node.batches._row(
                view, *node.batches._asked(PLATFORM, [supply(1)])
            ).name.encode()
        )
        assert reason_of(lambda: other.sequencer.submit(write)) == "BATCH_OUT_OF_PLACE"
    check(node.database, 1)


def test_an_answer_that_waits_for_a_peer_says_when_none_has_stored_it(node: OwnNode) -> None:
    node.stored_by_peer = lambda _size, _timeout_s: False
    options = node.options(new_request_id(), b"body", ack_peer=True)

    def publish() -> int:
        written = node.publishing.publish(PLATFORM, LISTING, supply(1), options)
        return int(written.record.info.leaf_index)

    assert reason_of(publish) == "NOT_STORED_BY_PEER"
    node.stored_by_peer = lambda size, _timeout_s: size == 2
    assert publish() == 1
    check(node.database, 2)


def test_old_request_ids_are_forgotten_although_the_clock_was_set_back(database: Database) -> None:
    now_s = [NOW_S + 365 * 86_400]
    with OwnNode(database, clock=lambda: now_s[0]) as node:
        now_s[0] = NOW_S
        with database.write() as tx:
            for age_s in (RETENTION_S + 1, 1.0):
                requests.remember(tx, b"%016d" % age_s, bytes(32), b"", NOW_S - age_s)
        node.sequencer.submit(Write(lambda _: b""))
        with database.read() as tx:
            assert requests.find(tx, b"%016d" % (RETENTION_S + 1)) is None
            assert requests.find(tx, b"%016d" % 1.0) is not None


def test_after_a_restart_the_log_and_the_request_ids_go_on(database: Database) -> None:
    request_id = new_request_id()
    names = []
    for _ in range(2):
        with OwnNode(database) as node:
            options = node.options(request_id, b"body")
            written = node.publishing.publish(PLATFORM, LISTING, supply(1), options)
            names.append(written.record.name)
    assert names[0] == names[1]
    check(database, 2)
