"""What a view remembers beside its tables is forgotten where a write fails, or was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import YdxError
from node.services.ledger import rebuilding
from node.storage import ledger, ledger_covering, views
from tests.node.services.ledger.made_ledger import (
    check_same_anew,
    follow,
    store_all,
    story,
    tables,
    view_of,
)

if TYPE_CHECKING:
    from node.storage.database import Database


def test_what_a_failed_write_would_have_covered_is_covered_by_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else outcomes would be void here, and books other than everywhere else."""
    paper, _ = story()
    store_all(database, paper)
    view = view_of(database)

    def fail(*_: Any) -> None:
        raise YdxError("DISK_FULL", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(ledger_covering, "keep_center", fail)
        with pytest.raises(YdxError, match="full"):
            follow(view)
    check_same_anew(database, view)


def test_what_a_server_lost_of_it_is_folded_again(database: Database) -> None:
    paper, _ = story()
    store_all(database, paper)
    view = view_of(database)
    follow(view)
    found = tables(database)
    with database.write() as tx:  # its last commits were not on the disk
        ledger.clear(tx)
        views.keep(tx, "ledger", 0, rebuilding.FOLD_VERSION)
    database.losses += 1
    follow(view)
    assert tables(database) == found


def test_a_position_that_the_feed_does_not_know_begins_anew(database: Database) -> None:
    """The feed was restored from a copy: what it tells at its places is other leaves."""
    paper, _ = story()
    store_all(database, paper)
    follow(view_of(database))
    found = tables(database)
    with database.write() as tx:
        views.keep(tx, "ledger", 1_000_000, rebuilding.FOLD_VERSION)
        ledger.clear(tx)
    follow(view_of(database))
    assert tables(database) == found
