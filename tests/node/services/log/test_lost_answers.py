"""A commit whose answer is lost, and a hook that fails after it, stop neither writer nor mirror."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.log.entry import Audience, Operation
from federation.log.errors import YdxError
from node.services.log.drafts import Draft, Encoder, genesis
from node.services.log.sequencer import Sequencer, SequencerPorts, Write
from node.services.log.view import LogView
from node.storage import mirrors
from node.storage.database import Database
from node.storage.sqlite import SqliteTransaction

ORIGIN = "ydx.example/anhui"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    yield database
    database.close()


@pytest.fixture
def sequencer(database: Database) -> Iterator[Sequencer]:
    ports = SequencerPorts(
        may_write=lambda: None,
        on_commit=lambda _size: None,
        wait_stored_by_peer=lambda _size, _timeout_s: True,
        genesis=lambda: genesis("ydx.example", "anhui", 1),
    )
    sequencer = Sequencer(database, Encoder(ORIGIN, time.time, os.urandom), ports, b"k" * 32)
    sequencer.start()
    yield sequencer
    sequencer.stop()


def a_write() -> Write:
    def prepare(view: LogView) -> bytes:
        view.append(
            Draft(
                kind=2,
                subject=os.urandom(16),
                revision=1,
                operation=Operation.PUT,
                contents=((Audience.PUBLIC, b"x"),),
            )
        )
        return b"done"

    return Write(prepare)


def own_size(database: Database) -> int:
    with database.read() as tx:
        return mirrors.get(tx, ORIGIN).verified_size


def test_the_writer_goes_on_after_a_commit_whose_answer_was_lost(
    database: Database, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer.submit(a_write())
    commit, lost = SqliteTransaction.commit, [True]

    def lose_the_answer(transaction: SqliteTransaction) -> None:
        commit(transaction)
        if lost.pop() if lost else False:
            raise sqlite3.OperationalError("the connection was lost after the commit")

    monkeypatch.setattr(SqliteTransaction, "commit", lose_the_answer)
    with pytest.raises(YdxError, match="DATABASE_ERROR"):
        sequencer.submit(a_write())
    sequencer.submit(a_write())
    assert own_size(database) == sequencer.tree_size == 4


def test_a_database_that_holds_less_than_was_answered_for_is_not_written_to(
    database: Database, sequencer: Sequencer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer.submit(a_write())
    with monkeypatch.context() as patched:
        patched.setattr(SqliteTransaction, "commit", _fail)
        with pytest.raises(YdxError, match="DATABASE_ERROR"):
            sequencer.submit(a_write())
    sequencer._range.extend([b"r" * 32])  # what a database lost that was put back
    with pytest.raises(YdxError, match="RESTORED_BEHIND"):
        sequencer.submit(a_write())
    assert own_size(database) == 2


def _fail(_transaction: SqliteTransaction) -> None:
    raise sqlite3.OperationalError("no")


def test_a_hook_that_fails_after_a_commit_is_nobody_else_s_failure(
    database: Database, sequencer: Sequencer, caplog: pytest.LogCaptureFixture
) -> None:
    ran = []

    def faulty() -> None:
        raise ValueError("a tile is damaged")

    with database.write(durable=False) as tx:
        tx.on_durable(faulty)
        tx.on_durable(lambda: ran.append(True))
    for _ in range(2):
        sequencer.submit(a_write())
    assert ran == [True]
    assert own_size(database) == sequencer.tree_size == 3
    assert "a hook after a commit failed" in caplog.text
