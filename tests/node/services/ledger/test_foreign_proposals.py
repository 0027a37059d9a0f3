"""What is by no member of its agreement, or leaves one out, is no proposal of it in any row.

Any member of the federation can write such documents without end, and whoever reads an agreement's
proposals would read all of them, the center at each of its steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.log.batch import Absence
from federation.records.refs import Ref, said_ref
from node.services.ledger import reading
from node.services.ledger.documents import Documents
from node.storage import citing, ledger, mirrors, parts
from node.storage.ledger import key_of
from tests.federation.ledger.paper import activated, agreement, income, party
from tests.node.services.ledger.made_ledger import (
    MadeLedger,
    check_equal,
    check_same_anew,
    confirm,
    fill,
    follow,
    grow,
    origin,
    view_of,
)

if TYPE_CHECKING:
    from node.storage.database import Database


def of_two() -> tuple[MadeLedger, Ref]:
    """Return an agreement of anhui and the center, and what jiangsu, no member, proposes on it."""
    paper = MadeLedger()
    parties = [party("AH", "anhui", 500_000, role=1), party("NETC", "center", 500_000, role=3)]
    first = paper.write("anhui", agreement=agreement(parties=parties, signers=["anhui"]))
    said = paper.accept("anhui", first, first)
    paper.cover()
    paper.decide(first, activated(first, said))
    for number in range(3):
        paper.write("jiangsu", income=income(first, instalment=str(number)))
    refs = {"agreement": said_ref(first), "previous": said_ref(first)}
    paper.write("jiangsu", agreement=agreement(parties=parties, signers=["anhui"], **refs))
    return paper, first


def of_three() -> tuple[MadeLedger, Ref]:
    """Return an agreement of all, and what jiangsu proposes on it to anhui alone."""
    paper = MadeLedger()
    first = paper.open()
    paper.book(first, 7)
    for number in range(3):
        paper.write("jiangsu", frozenset({"anhui"}), income=income(first, instalment=str(number)))
    return paper, first


@pytest.fixture(params=[of_two, of_three])
def played(request: pytest.FixtureRequest) -> tuple[MadeLedger, Ref, list[Ref]]:
    """Return an agreement, and what is properly proposed on it and open."""
    paper, first = request.param()
    return paper, first, [paper.write("anhui", income=income(first, instalment="5"))]


def check_only(database: Database, first: Ref, proper: list[Ref]) -> None:
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        rows = ledger.proposals(tx, key_of(*first), 0, 100, only_open=True)
        documents = Documents(tx)
        assert [found.ref for one in rows if (found := documents.at(one.position))] == proper
        assert reading.open_count(tx, row) == len(proper)


@pytest.mark.parametrize("leaves", [1, 2000])
def test_what_is_no_proposal_of_an_agreement_has_no_row_among_its_proposals(
    database: Database, played: tuple[MadeLedger, Ref, list[Ref]], leaves: int
) -> None:
    paper, first, proper = played
    fill(database, paper)
    for log in paper.made.values():
        grow(database, log, len(log.entries))
        confirm(database, log.origin, len(log.entries))
    view = view_of(database, leaves=leaves)
    follow(view)
    check_only(database, first, proper)
    check_equal(database, paper, first)
    check_same_anew(database, view)
    with database.write() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        ledger.set_stale(tx, row.position)
    check_same_anew(database, view)
    check_only(database, first, proper)


def test_nor_has_it_where_the_agreement_comes_after_it(
    database: Database, played: tuple[MadeLedger, Ref, list[Ref]]
) -> None:
    paper, first, proper = played
    fill(database, paper)
    absent = {(first.leaf_index, 0): Absence.WANTED}
    for member, log in paper.made.items():
        grow(database, log, len(log.entries), absent if member == "anhui" else None)
        confirm(database, log.origin, len(log.entries))
    view = view_of(database)
    follow(view)
    with database.write() as tx:
        assert reading.agreement(tx, first) is None
        citing.cite(tx, first.origin, first.leaf_index, 0)
        wire = paper.made["anhui"].parts[first.leaf_index][0]
        origin_id = mirrors.get(tx, origin("anhui")).origin_id
        parts.arrive(tx, origin_id, first.leaf_index, 0, wire, None)
    follow(view)
    check_only(database, first, proper)
    check_same_anew(database, view)
