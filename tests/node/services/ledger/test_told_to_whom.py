"""What a reader is told of books, by who it is and what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.errors import Refused
from node.services.access import Caller, Role
from node.services.errors import InvalidFields
from node.services.ledger.reading import EntryFilter
from tests.federation.ledger import paper
from tests.federation.ledger.paper import booked, party
from tests.node.services.ledger.ledger_world import CLERK, LedgerWorld, ledger_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from node.services.ledger.accounts import BooksState

OFFICE: Final = "苏州技术经理人事务所"
PARTNER: Final = Caller(frozenset({Role.PARTNER}), "office", organisation=OFFICE)
PARTIES: Final = [
    party("AH", "anhui", 500_000, role=1),
    party("JS", "jiangsu", 300_000, role=2),
    party("TM1", "jiangsu", 100_000, role=4, display_name=OFFICE),
    party("TM2", "jiangsu", 100_000, role=4, display_name=OFFICE),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerWorld]:
    folder: Path = tmp_path_factory.mktemp("told")
    with ledger_world(folder) as given:
        yield given


@pytest.fixture(scope="module")
def agreement(world: LedgerWorld) -> str:
    """Return an agreement with an income that is disputed, and an outcome that is void."""
    name = world.open(parties=PARTIES)
    event = world.book(name)
    jiangsu, center = world["jiangsu"], world["center"]
    jiangsu.answering.dispute(event, "金额不符", jiangsu.party.options(), is_over=False)
    row = center.shown.agreement(CLERK, name).row
    first = center.shown.proposal(CLERK, event).document.ref

    def make(view: Any) -> Any:
        return center.bookkeeper._add(view, row, [booked(first, (), AH=1)])

    center.party.sealing.write(make)
    world.send()
    return name


def test_a_partner_is_told_no_void_outcome_no_dispute_and_no_digest(
    world: LedgerWorld, agreement: str
) -> None:
    accounts = world["jiangsu"].accounts
    asks: list[Callable[[Caller], BooksState]] = [
        lambda who: accounts.agreement(who, agreement),
        lambda who: accounts.balances(who, agreement, "", 0)[0],
        lambda who: accounts.entries(who, agreement, EntryFilter(party="TM1"), None, 9)[0],
    ]
    for ask in asks:
        told = ask(PARTNER)
        assert (told.voids, told.disputed_incomes, told.digest) == ((), (), b"")
        assert told.center_size == ask(CLERK).center_size
        assert [one.void for one in ask(CLERK).voids] == ["ALREADY_DECIDED"]
    assert accounts.agreement(CLERK, agreement).disputed_incomes
    assert accounts.agreement(CLERK, agreement).digest


def test_who_has_two_parties_says_whose_entries_it_asks_for(
    world: LedgerWorld, agreement: str
) -> None:
    accounts = world["jiangsu"].accounts
    with pytest.raises(InvalidFields) as caught:
        accounts.entries(PARTNER, agreement, EntryFilter(), None, 9)
    assert [(one.field, one.rule) for one in caught.value.violations] == [("party", "REQUIRED")]
    _, (entry,), _ = accounts.entries(PARTNER, agreement, EntryFilter(party="TM2"), None, 9)
    assert {one.account.party for one in entry.postings} == {"TM1", "TM2"}
    with pytest.raises(Refused, match="ROLE_MISSING"):
        accounts.entries(PARTNER, agreement, EntryFilter(party="AH"), None, 9)


def test_of_an_agreement_that_is_not_active_no_party_is_unknown(world: LedgerWorld) -> None:
    anhui = world["anhui"]
    done = anhui.proposing.create(CLERK, paper.agreement(title="另一份协议"), anhui.party.options())
    world.send()
    name = anhui.shown.agreement_at(done.ref).name
    assert anhui.accounts.entries(CLERK, name, EntryFilter(party="NN"), None, 9)[1] == []


def test_what_is_open_is_pending_now_and_at_no_earlier_day_or_size(
    world: LedgerWorld, agreement: str
) -> None:
    world.propose(agreement, 8)
    accounts = world["jiangsu"].accounts
    state, now = accounts.balances(CLERK, agreement, "", 0)
    assert now.pending
    for day, size in (("", state.center_size), ("2026-12-31", 0), ("2026-12-31", 1)):
        assert accounts.balances(CLERK, agreement, day, size)[1].pending == {}


def test_only_the_newest_statement_carries_what_is_open(world: LedgerWorld, agreement: str) -> None:
    world.propose(agreement, 9)
    center = world["center"]
    ref = center.shown.agreement(CLERK, agreement).row.ref
    for month in ("2026-10", "2026-11"):
        center.bookkeeper.close_period(ref, month, center.party.options())
        world.send()
    _, (newest, older) = world["jiangsu"].accounts.statements(CLERK, agreement)
    assert (newest.statement.period, older.statement.period) == ("2026-11", "2026-10")
    assert newest.carried
    assert older.carried == ()
