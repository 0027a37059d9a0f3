"""What a node remembers when its PostgreSQL server crashes, or ends a connection at a bad moment.

- Each keeper writes without syncing, the server crashes and forgets that, somebody else notices the
  lost connection, and the keeper goes on in the same process: from what is stored, not from memory.
- A connection is lost while its commit waits for a standby: who writes next waits for that commit.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from federation.log.errors import YdxError
from federation.sync.frames import Batch
from node.search.folder import IndexFolder
from node.services.catalogue.records import LISTING
from node.services.finding.indexing import Indexer, IndexerPorts
from node.services.log.write_options import WriteOptions
from node.services.partnership.enquiry_folder import EnquiryFolder
from node.services.partnership.view import PartnershipView
from node.services.sync.head_store import DatabaseHeadStore, stored_heads
from node.services.sync.origin_heads import StoredHead
from node.services.sync.peers import BACKOFF_S_MIN
from node.storage import batches, mirrors
from node.storage.database import Database
from tests.federation.sync.origin import ORIGIN
from tests.node.services.finding.finding import Finding
from tests.node.services.ledger import made_ledger
from tests.node.services.own_node import PLATFORM, OwnNode, new_request_id, supply
from tests.node.services.partnership import test_partnership_view
from tests.node.services.partnership.made_enquiries import E, MadeEnquiries, R
from tests.node.services.sync.test_following import Source, World
from tests.node.storage.made_logs import MadeLog
from tests.node.storage.postgres import FORGETFUL, PostgresServer
from tests.node.storage.test_batches import store
from tests.waiting import until

MIRRORED = "ydx.example/jiangsu"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer(*FORGETFUL) as server:
        yield server


@pytest.fixture
def url(server: PostgresServer) -> str:
    return server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.open(url)
    yield opened
    opened.close()


@pytest.fixture
def crash(server: PostgresServer, database: Database) -> Callable[[], None]:
    """Give what crashes the server and starts it again, whereupon another writer notices it."""

    def crashed() -> None:
        server.crash()
        server.start()
        with suppress(YdxError):
            database.sync()
        database.sync()

    return crashed


def test_the_ledger_is_taken_in_again(database: Database, crash: Callable[[], None]) -> None:
    paper, agreements = made_ledger.story()
    made_ledger.store_all(database, paper)
    view = made_ledger.view_of(database, leaves=5)
    for _ in range(3):
        assert view.step()
    kept = made_ledger.tables(database)
    crash()
    assert made_ledger.tables(database) != kept, "the server has forgotten"
    made_ledger.follow(view)
    for first in agreements:
        made_ledger.check_equal(database, paper, first)


def test_enquiries_are_taken_in_again(database: Database, crash: Callable[[], None]) -> None:
    made = MadeEnquiries()
    made.submit()
    store(database, made.logs[R], is_own=True)
    store(database, made.logs[E])
    view = PartnershipView(database, [EnquiryFolder()])
    database.sync()
    test_partnership_view.follow(view)
    kept = test_partnership_view.rows(database)
    assert kept
    crash()
    assert not test_partnership_view.rows(database), "the server has forgotten"
    test_partnership_view.follow(view)
    assert test_partnership_view.rows(database) == kept


def test_heads_are_kept_again(database: Database, crash: Callable[[], None]) -> None:
    with database.write() as tx:
        mirrors.add(tx, ORIGIN)
    heads = DatabaseHeadStore(database)
    heads.save_head(StoredHead(ORIGIN, confirmed_size=7, confirmed_note=b"confirmed"))
    heads.flush()
    crash()
    assert stored_heads(database)[0].confirmed_size == 0, "the server has forgotten"
    heads.flush()
    assert stored_heads(database)[0].confirmed_size == 7


class Interrupted(Source):
    """A source whose first stream ends early, right after something happened."""

    happens: Callable[[], None]

    def read_log(self, origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
        frames = super().read_log(origin, from_size)
        if self.asked:
            yield from frames
            return
        yield next(frames)
        yield next(frames)
        self.happens()


def test_a_log_is_followed_from_where_it_is_stored(
    database: Database, crash: Callable[[], None]
) -> None:
    world = World(database, entries=30)
    source = Interrupted("fujian", world, entries=10, batch_s=0.0)
    source.happens = crash
    follower = world.follower(source)
    follower.step()
    assert world.verified_size() == 0, "the server has forgotten"
    assert world.advanced == [], "what is gone is not told"
    world.now_s += BACKOFF_S_MIN
    assert follower.step()
    assert world.verified_size() == world.log.size
    assert world.advanced[-1] == world.log.size


def test_the_index_begins_again_at_its_last_commit(
    url: str, database: Database, crash: Callable[[], None], tmp_path: Path
) -> None:
    with OwnNode(database) as node:
        finding = Finding(node, tmp_path / "search")
        read = Database.open(url, migrate=False)  # by another process
        ports = IndexerPorts(database.sync, finding.index.show)
        finding.indexer = Indexer(read, IndexFolder(finding.folder), ports, lambda: finding.now_s)
        while finding.indexer.step():
            pass
        forgotten, stored = MadeLog("ydx.example/zhejiang"), MadeLog(MIRRORED)
        forgotten.put(1)
        stored.put(2)
        with database.write(durable=False) as tx:
            mirrors.add(tx, forgotten.origin)
            batches.apply(tx, forgotten.batch(0, 1))
        assert finding.indexer.step()  # taken in, and not committed: no time has passed
        crash()
        store(database, stored)
        with pytest.raises(YdxError, match="DATABASE_ERROR"):
            finding.indexer.step()
        finding.catch_up()
        [hit] = finding.find().hits
        assert hit.listing.name.startswith("nodes/jiangsu/")
        finding.indexer.close()
        read.close()


def test_who_writes_next_waits_for_a_commit_whose_answer_was_lost(
    server: PostgresServer, database: Database
) -> None:
    with OwnNode(database) as node, ThreadPoolExecutor(2) as threads:
        request = node.sequencer.request("caller", new_request_id(), b"body")

        def publish(number: int, options: WriteOptions) -> int:
            said = node.publishing.publish(PLATFORM, LISTING, supply(number), options)
            return int(said.record.info.leaf_index)

        server.set("synchronous_standby_names", "nobody")
        try:
            first = threads.submit(publish, 1, WriteOptions(request))
            until(lambda: server.waits("SyncRep"), "the commit waits")
            lose_connection(database)
            with pytest.raises(YdxError, match="DATABASE_ERROR"):
                first.result()
            second = threads.submit(publish, 2, WriteOptions())
            until(lambda: server.waits("advisory"), "the next writer waits")
        finally:
            server.set("synchronous_standby_names", "")
        assert second.result() == 2
        assert publish(1, WriteOptions(request)) == 1


def lose_connection(database: Database) -> None:
    """Cut the connection that writes, of which the server hears nothing while it waits."""
    assert database._writer is not None
    driver: Any = database._writer.connection.connection.driver_connection
    with socket.socket(fileno=os.dup(driver.pgconn.socket)) as wire:
        wire.shutdown(socket.SHUT_RDWR)
