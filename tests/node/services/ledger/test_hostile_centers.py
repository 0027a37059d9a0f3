"""A center that writes what no honest node would: whom it names goes on, with all other books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec
from federation.log.entry import KIND_CHECKPOINT, Entry, encode_entry
from node.services.ledger import outcomes
from tests.federation.ledger.paper import agreement
from tests.node.services.ledger.made_ledger import (
    check_equal,
    follow,
    origin,
    store_all,
    story,
    view_of,
)
from tests.node.storage.made_logs import TIME_MS

if TYPE_CHECKING:
    from node.storage.database import Database


@pytest.mark.parametrize("version", [2**63 - 1, 2**63, 2**64 - 1])
def test_a_registry_version_that_no_column_holds_stops_its_own_log_alone(
    database: Database, version: int
) -> None:
    """Any member is a center to who reads it: it need but write an agreement that says so."""
    paper, agreements = story()
    paper.write("jiangsu", agreement=agreement(center="jiangsu"))
    body = codec.checkpoint_body(b"note", version)
    entry = Entry(kind=KIND_CHECKPOINT, recorded_at_ms=TIME_MS, body=body)
    paper.logs["jiangsu"].append(None)
    paper.made["jiangsu"].add(encode_entry(entry), [])
    paper.book(agreements[0], 7)
    store_all(database, paper)
    follow(view_of(database))
    for first in agreements:
        check_equal(database, paper, first)
    with database.read() as tx:
        states = {one.origin: one for one in outcomes.center_states(tx)}
    assert states[origin("jiangsu")].waits_for_registry == 2**63 - 1
    assert not states[origin("center")].waits_for_registry
