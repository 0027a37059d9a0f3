"""Entries in bundles: any run of them is read, wherever bundles and the log end."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from federation.log.prover import TILE_WIDTH
from node.storage import logs
from tests.node.storage.test_batches import busy_log, store

if TYPE_CHECKING:
    from node.storage.database import Database


def test_any_run_of_entries_is_read_as_it_was_written(database: Database) -> None:
    log = busy_log(2 * TILE_WIDTH + 40)
    origin_id = store(database, log)
    count = len(log.entries)
    edges = [0, 1, 40, TILE_WIDTH - 1, TILE_WIDTH, TILE_WIDTH + 1, 2 * TILE_WIDTH, count - 1, count]
    with database.read() as tx:
        for first, end in product(edges, [*edges, count + 1, count + TILE_WIDTH]):
            assert logs.entries(tx, origin_id, first, end) == log.entries[first:end]
        for leaf_index in edges[:-1]:
            assert logs.entry(tx, origin_id, leaf_index) == log.entries[leaf_index]
        assert logs.entry(tx, origin_id, count) is None
