"""Books are told with a size of the center's log: what one entry decides is all below it or above.

A member waits, or its books are disputed, within a document of several outcomes; another one's log
of the center is confirmed just up to that document. Both tell the same size, and the same books.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.batch import Absence
from node.services.access import Caller, Role
from node.services.document_names import AGREEMENTS, DocumentName
from node.services.ledger import outcomes, reading
from node.services.ledger.accounts import LedgerAccounts
from node.services.ledger.reading import EntryFilter
from node.services.ledger.shown import LedgerShown
from node.storage import mirrors, parts
from node.storage.database import Database
from tests.federation.ledger.paper import booked, income
from tests.node.services.ledger.made_ledger import (
    BOTH,
    MadeLedger,
    check_equal,
    confirm,
    fill,
    follow,
    grow,
    origin,
    story,
    view_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from federation.ledger.codec import Outcome
    from federation.records.refs import Ref

CLERK: Final = Caller(frozenset({Role.CLERK}), "clerk")
VECTOR: Final = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}


class Two:
    """Two incomes that one document of the center decides, behind a void outcome."""

    def __init__(self, **last_vector: int) -> None:
        self.paper, (self.first, _) = story()
        paper, first = self.paper, self.first
        self.one = paper.write("anhui", income=income(first, instalment="8"))
        self.other = paper.write("jiangsu", income=income(first, instalment="9"))
        paper.cover()
        said = [booked(self.one, (), **VECTOR), self._booked(self.one, **VECTOR)]
        said.append(self._booked(self.other, **(last_vector or VECTOR)))
        paper.cover()
        self.at = paper.decide(first, *said).leaf_index

    def _booked(self, event: Ref, **vector: int) -> Outcome:
        yes = tuple(self.paper.accept(member, self.first, event) for member in BOTH)
        return booked(event, yes, **vector)


@pytest.fixture
def databases(new_url: Callable[[], str]) -> Iterator[tuple[Database, Database]]:
    here, there = Database.open(new_url()), Database.open(new_url())
    with closing(here), closing(there):
        yield here, there


def store(database: Database, paper: MadeLedger, size: int = 0, absent: Ref | None = None) -> None:
    """Store all logs but one document, confirmed; the center's up to a size."""
    fill(database, paper)
    for member, log in paper.made.items():
        is_absent = absent is not None and absent.member == member
        lacks = {(absent.leaf_index, 0): Absence.WANTED} if absent and is_absent else {}
        grow(database, log, len(log.entries), lacks)
        confirm(database, log.origin, (member == "center" and size) or len(log.entries))


def told(database: Database, first: Ref, *, is_disputed: bool = False) -> tuple[Any, ...]:
    """Return what is told of books: size and digest, and unless disputed what they come to."""
    with database.read() as tx:
        row = reading.agreement(tx, first)
        assert row is not None
        voids = outcomes.voids(tx, row)
    name = str(DocumentName(row.author, AGREEMENTS, row.subject))
    accounts = LedgerAccounts(database, LedgerShown(database, "anhui"))
    state = accounts.agreement(CLERK, name)
    if is_disputed:
        return state.center_size, state.digest
    _, entries, _ = accounts.entries(CLERK, name, EntryFilter(), None, 100)
    _, balances = accounts.balances(CLERK, name, "", 0)
    return state.center_size, state.digest, entries, balances.fen, balances.nets, voids


def test_an_agreement_that_waits_stops_before_the_whole_document(
    databases: tuple[Database, Database],
) -> None:
    two, (here, there) = Two(), databases
    store(here, two.paper, absent=two.other)
    store(there, two.paper, size=two.at)
    view = view_of(here)
    follow(view)
    follow(view_of(there))
    with here.read() as tx:
        row = reading.agreement(tx, two.first)
        assert row is not None
        assert row.waits
        assert reading.awaited(tx, row) == [two.other]
    assert told(here, two.first) == told(there, two.first)
    assert told(here, two.first)[0] == two.at
    with here.write() as tx:
        origin_id = mirrors.get(tx, origin("jiangsu")).origin_id
        at = two.other.leaf_index
        parts.arrive(tx, origin_id, at, 0, two.paper.made["jiangsu"].parts[at][0], None)
    follow(view)
    check_equal(here, two.paper, two.first)


def test_the_digest_of_disputed_books_is_of_what_is_below_the_size_that_is_told_with_it(
    databases: tuple[Database, Database],
) -> None:
    two, (here, there) = Two(AH=50_000, JS=30_001, NETC=20_000), databases
    store(here, two.paper)
    store(there, two.paper, size=two.at)
    for one in databases:
        follow(view_of(one))
    with here.read() as tx:
        row = reading.agreement(tx, two.first)
        assert row is not None
        assert row.disputed == "VECTOR_DIFFERS"
    assert told(here, two.first, is_disputed=True) == told(there, two.first)[:2]
