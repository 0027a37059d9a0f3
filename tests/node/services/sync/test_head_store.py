"""Heads, rests and evidence reach the database with the next flush, or with the one after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from federation.log.errors import YdxError
from node.services.sync.head_store import (
    DatabaseHeadStore,
    stored_evidence,
    stored_heads,
    stored_rests,
)
from node.services.sync.origin_heads import StoredHead
from node.services.sync.peers import Rest
from node.storage import mirrors
from node.storage.database import Database

ORIGIN = "ydx.example/anhui"
HEAD = StoredHead(
    ORIGIN,
    newest_note=b"newest",
    confirmed_note=b"confirmed",
    published_note=b"published",
    last_proven_at_s=7.0,
)
REST = Rest(99.0, 2, "BAD_PROOF")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    with database.write() as tx:
        mirrors.add(tx, ORIGIN)
    yield database
    database.close()


def kept(database: Database) -> tuple[bytes, dict[tuple[str, str], Rest], list[bytes]]:
    (head,) = stored_heads(database)
    return head.newest_note, stored_rests(database), stored_evidence(database)


def fill(store: DatabaseHeadStore) -> None:
    store.save_head(HEAD)
    store.save_rest("jiangsu", ORIGIN, REST)
    store.save_evidence(ORIGIN, b"d" * 32, b"evidence")


def test_what_is_saved_is_kept_with_the_next_flush(database: Database) -> None:
    store = DatabaseHeadStore(database)
    fill(store)
    assert kept(database) == (b"", {}, [])
    store.flush()
    assert kept(database) == (b"newest", {("jiangsu", ORIGIN): REST}, [b"evidence"])
    (head,) = stored_heads(database)
    assert (head.confirmed_note, head.published_note) == (b"confirmed", b"published")
    assert head.last_proven_at_s == 7.0


def test_saving_does_not_wait_for_whoever_writes(database: Database) -> None:
    """Heads change under the board's lock, and in hooks of the writing transaction itself."""
    store = DatabaseHeadStore(database)
    with database.write() as tx:
        tx.on_durable(lambda: fill(store))
        fill(store)
    store.flush()
    assert kept(database)[2] == [b"evidence"]


def test_what_a_flush_could_not_write_goes_with_the_next_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*, durable: bool = True, own: bool = False) -> AbstractContextManager[Any]:
        del durable, own
        raise YdxError("DISK_FULL", "the disk is full")

    store = DatabaseHeadStore(database)
    fill(store)
    with monkeypatch.context() as patch:
        patch.setattr(database, "write", fails)
        with pytest.raises(YdxError, match="DISK_FULL"):
            store.flush()
    store.save_head(StoredHead(ORIGIN, newest_note=b"newer"))
    store.flush()
    assert kept(database) == (b"newer", {("jiangsu", ORIGIN): REST}, [b"evidence"])


def test_a_confirmed_size_that_is_kept_does_not_fall(database: Database) -> None:
    store = DatabaseHeadStore(database)
    for size in (9, 4):
        note = b"confirmed %d" % size
        store.save_head(StoredHead(ORIGIN, confirmed_size=size, confirmed_note=note))
        store.flush()
    (head,) = stored_heads(database)
    assert (head.confirmed_size, head.confirmed_note) == (9, b"confirmed 9")


@pytest.mark.parametrize("frozen_size", [None, 0, 5])
def test_where_an_origin_is_frozen_is_kept(database: Database, frozen_size: int | None) -> None:
    store = DatabaseHeadStore(database)
    store.save_head(StoredHead(ORIGIN, frozen_size=frozen_size))
    store.flush()
    (head,) = stored_heads(database)
    assert head.frozen_size == frozen_size
