"""An outcome that the center hides from us is asked for once one does not follow without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.batch import Absence
from node.services.ledger import reading
from node.storage import mirrors, parts
from tests.node.services.ledger.made_ledger import (
    MadeLedger,
    check_equal,
    confirm,
    fill,
    follow,
    grow,
    origin,
    view_of,
)

if TYPE_CHECKING:
    from node.storage.database import Database


@pytest.mark.parametrize("is_disputed", [False, True])
def test_what_is_disputed_or_void_without_it_lets_every_member_be_asked_for_it(
    database: Database, is_disputed: bool
) -> None:
    """Without the income its reversal is void; without the close its month has another digest."""
    paper = MadeLedger()
    first = paper.open()
    event = paper.book(first, 1)
    if is_disputed:
        paper.close(first, "2026-11")
    at = len(paper.made["center"].entries) - 1
    if is_disputed:
        paper.book(first, 2)
        paper.close(first, "2026-12")
    else:
        paper.take_back(first, event)
    fill(database, paper)
    for member, log in paper.made.items():
        hidden = {(at, 0): Absence.WITHHELD} if member == "center" else None
        grow(database, log, len(log.entries), hidden)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    with database.write() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        assert bool(row.disputed) is is_disputed
        origin_id = mirrors.get(tx, origin("center")).origin_id
        assert parts.absence(tx, origin_id, at, 0) is Absence.WANTED
        parts.arrive(tx, origin_id, at, 0, paper.made["center"].parts[at][0], None)
    follow(view)
    check_equal(database, paper, first)
