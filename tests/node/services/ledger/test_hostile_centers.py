"""A center that writes what no honest node would: whom it names goes on, with all other books."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from federation.ledger import codec
from federation.ledger.books import State
from federation.log.entry import KIND_CHECKPOINT, Entry, encode_entry
from federation.records.refs import Ref, said_ref
from node.services.ledger import outcomes, reading
from node.services.log.drafts import SealedDocument
from tests.federation.ledger.paper import agreement
from tests.node.services.ledger.ledger_world import CLERK, income, ledger_world
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
    from pathlib import Path

    from node.services.log.sealing import SealedPlace
    from node.services.log.view import LogView
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


def test_who_may_not_read_what_the_center_names_waits_for_it_visibly_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    """Nothing proves to jiangsu that the income was never meant to count: so it says what it lacks.

    The others see that the outcome is void. Nobody books, or tells, what another has not.
    """
    with ledger_world(tmp_path) as world:
        name = world.open()
        world.book(name, 1)
        anhui, center, jiangsu = (world[one] for one in ("anhui", "center", "jiangsu"))
        row = center.shown.agreement(CLERK, name).row
        said = income(2)
        for field in (said.agreement, said.version):
            field.CopyFrom(said_ref(row.ref))
        content = codec.serialise(codec.LedgerDocument(income=said))
        place = anhui.party.sealing.seal(SealedDocument(os.urandom(16), 1, ("center",), content))
        unread = Ref(anhui.party.origin, place.leaf_index, place.leaf_hash)
        world.book(name, 3)  # so a checkpoint covers it
        before = dict(jiangsu.nets(name))

        def lie(view: LogView) -> SealedPlace:
            expired = codec.Outcome(
                kind=codec.OutcomeKind.OUTCOME_KIND_EXPIRED, proposal=said_ref(unread)
            )
            return center.bookkeeper._add(view, row, [expired])

        center.party.sealing.write(lie)
        world.send()
        event = world.book(name, 4)
        for member, waits, voids, state in (
            (anhui, [], ["NOT_ADDRESSED"], State.FINAL),
            (center, [], ["NOT_ADDRESSED"], State.FINAL),
            (jiangsu, [unread], [], None),
        ):
            shown = member.shown.agreement(CLERK, name)
            assert list(shown.waits_for) == waits
            with member.database.read() as tx:
                found = reading.agreement(tx, row.ref)
                assert [one.void for one in outcomes.voids(tx, found)] == voids
            assert member.shown.proposal(CLERK, event).state is state
        assert jiangsu.nets(name) == before
