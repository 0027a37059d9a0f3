"""The center's bookkeeper among three members: what it decides, when, and once only."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from federation.ledger.journal import Place
from federation.log.errors import Refused
from node.services.ledger.books import BooksOf
from node.services.ledger.deciding import CLOSING_S
from node.services.ledger.decisions import TTL_S
from node.services.ledger.reading import EntryFilter
from tests.federation.ledger import paper
from tests.node.services.ledger.ledger_world import (
    APPROVER,
    CLERK,
    MEMBERS,
    SIGNERS,
    LedgerWorld,
    income,
    ledger_world,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUEST_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
SHARED = {"AH": -50_000, "JS": 30_000, "NETC": 20_000}
"""What is owed after an income of 100,001 fen that AH received."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerWorld]:
    with ledger_world(tmp_path) as given:
        yield given


def test_what_all_signers_accept_is_booked_alike_everywhere(world: LedgerWorld) -> None:
    name = world.open()
    event = world.book(name)
    ref = world["anhui"].shown.agreement(CLERK, name).row.ref
    assert {world[one].state(event) for one in MEMBERS} == {"FINAL"}
    assert [world[one].nets(name) for one in MEMBERS] == [SHARED] * 3
    assert len({world[one].books_digest(ref) for one in MEMBERS}) == 1


def test_nothing_is_decided_before_its_acceptances_are_confirmed_at_the_center(
    world: LedgerWorld,
) -> None:
    name = world.open()
    event = world.propose(name)
    anhui, center = world["anhui"], world["center"]
    world.accept(event, by=("jiangsu",))
    anhui.answering.accept(APPROVER, [event], anhui.party.options())
    center.party.take_from(anhui.party)
    center.fold()
    size = center.size()
    assert center.bookkeeper.step() == 0
    assert center.size() == size
    assert world.settle() == 1


def test_nothing_is_decided_twice_before_its_outcome_is_confirmed(world: LedgerWorld) -> None:
    name = world.open()
    event = world.propose(name)
    world.accept(event)
    center = world["center"]
    assert center.bookkeeper.step() == 1
    size = center.size()
    assert center.bookkeeper.step() == 0
    center.start()
    assert center.bookkeeper.step() == 0
    assert center.size() == size
    world.settle()
    assert center.size() == size
    assert world["jiangsu"].state(event) == "FINAL"


def test_a_write_that_fails_is_made_again_and_counts_once(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = world.open()
    event = world.propose(name)
    world.accept(event)
    center = world["center"]
    size = center.size()

    def fail(*_: Any) -> Any:
        raise Refused("DISK_FULL", "the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(center.bookkeeper, "_add", fail)
        with pytest.raises(Refused, match="disk"):
            center.bookkeeper.step()
    assert center.size() == size
    assert world.settle() == 1
    assert center.size() == size + 3
    assert world["anhui"].nets(name) == SHARED
    assert world["anhui"].state(event) == "FINAL"


def test_a_cut_link_lets_booking_wait_and_all_books_be_equal_afterwards(
    world: LedgerWorld,
) -> None:
    name = world.open()
    world.cut = {frozenset({"center", one}) for one in SIGNERS}
    events = [world.propose(name, number) for number in range(1, 4)]
    world.accept(*events)
    assert world.settle() == 0
    assert [world["anhui"].state(one) for one in events] == ["OPEN"] * 3
    world.cut = set()
    assert world.settle() == 3
    ref = world["anhui"].shown.agreement(CLERK, name).row.ref
    assert {world[one].state(each) for one in MEMBERS for each in events} == {"FINAL"}
    assert len({tuple(world[one].nets(name).items()) for one in MEMBERS}) == 1
    assert len({world[one].books_digest(ref) for one in MEMBERS}) == 1


def test_a_checkpoint_is_carried_only_where_something_is_not_covered_yet(
    world: LedgerWorld,
) -> None:
    name = world.open()
    events = [world.propose(name, number) for number in (1, 2)]
    world.accept(*events)
    center = world["center"]
    size = center.size()
    world.settle()
    assert center.size() == size + len(SIGNERS) + 1
    world.now_s += TTL_S + 1
    size = center.size()
    world.settle()
    assert center.size() == size


def test_of_two_agreements_that_are_decided_at_once_one_carries_the_checkpoints(
    world: LedgerWorld,
) -> None:
    events = [world.propose(world.open(title=title)) for title in ("分配协议甲", "分配协议乙")]
    for event in events:
        world.accept(event)
    center = world["center"]
    size = center.size()
    assert center.bookkeeper.step() == len(events)
    assert center.size() == size + len(SIGNERS) + len(events)


def test_a_proposal_that_nobody_answers_expires_by_the_clock(world: LedgerWorld) -> None:
    name = world.open()
    event = world.propose(name)
    world.now_s += TTL_S - 1
    assert world.settle() == 0
    world.now_s += 1
    assert world.settle() == 1
    assert {world[one].state(event) for one in MEMBERS} == {"EXPIRED"}
    assert world["anhui"].nets(name) == {}


def test_the_agreement_says_how_long_a_proposal_waits(world: LedgerWorld) -> None:
    name = world.open(countersign_ttl_s=86_400)
    world.propose(name)
    world.now_s += 86_400
    assert world.settle() == 1


def test_a_signers_rejection_refuses_and_others_have_no_say(world: LedgerWorld) -> None:
    name = world.open()
    event = world.propose(name)
    center, jiangsu = world["center"], world["jiangsu"]
    with pytest.raises(Refused) as caught:
        center.answering.reject(event, "不同意", center.party.options())
    assert caught.value.reason == "NOT_A_SIGNER"
    jiangsu.answering.reject(event, "金额不符", jiangsu.party.options())
    assert world.settle() == 1
    assert world["anhui"].state(event) == "REJECTED REJECTED"


def test_the_second_of_two_incomes_of_one_instalment_is_refused_with_the_reason(
    world: LedgerWorld,
) -> None:
    name = world.open()
    events = [world.propose(name, 1), world.propose(name, 1, gross_fen=5)]
    world.accept(*events)
    assert world.settle() == 2
    assert [world["jiangsu"].state(one) for one in events] == [
        "FINAL",
        "REJECTED INSTALMENT_BOOKED",
    ]
    assert world["jiangsu"].nets(name) == SHARED


def test_many_that_wait_do_not_stop_what_is_whole(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.services.ledger.deciding._LOOKED_AT", 2)
    name = world.open()
    for number in range(1, 4):
        world.propose(name, number)
    last = world.propose(name, 4)
    world.accept(last)
    assert world.settle() == 1
    assert world["anhui"].state(last) == "FINAL"


def test_outcomes_that_fill_more_than_one_document_are_all_decided(world: LedgerWorld) -> None:
    """Two hundred outcomes of many parties do not fit into what one part holds."""
    parties = [
        paper.party(f"PARTY-WITH-A-RATHER-LONG-CODE-{at:03}", MEMBERS[at % 3], 25_000)
        for at in range(40)
    ]
    name = world.open(parties=parties)
    anhui = world["anhui"]
    rows = [
        (income(number, received_by=parties[0].party, gross_fen=10_000_000_019), "")
        for number in range(200)
    ]
    done = anhui.proposing.propose_incomes(CLERK, name, rows, anhui.party.options())
    anhui.fold()
    world.send()
    names = [one.name for one in anhui.shown.proposals_from(done.ref, len(rows))]
    world.accept(*names)
    assert world.settle() == len(rows)
    assert {world["jiangsu"].state(one) for one in names} == {"FINAL"}


def test_an_agreement_that_cannot_be_decided_does_not_stop_the_others(
    world: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = world.open(), world.open(title="另一份协议")
    events = [world.propose(name) for name in (one, other)]
    world.accept(events[0])
    world.accept(events[1])
    center = world["center"]
    bad = center.shown.agreement(CLERK, one).row.ref

    def rotted(tx: Any, row: Any, documents: Any) -> Any:
        if row.ref == bad:
            raise Refused("COPY_DAMAGED", "a version has rotted")
        return BooksOf(tx, row, documents)

    with monkeypatch.context() as patched:
        patched.setattr("node.services.ledger.deciding.BooksOf", rotted)
        with pytest.raises(Refused, match="rotted"):
            center.bookkeeper.step()
    world.send()
    assert [center.state(event) for event in events] == ["OPEN", "FINAL"]


def test_a_period_is_closed_once_with_the_same_answer_for_the_same_request(
    world: LedgerWorld,
) -> None:
    name = world.open()
    world.book(name)
    center = world["center"]
    ref = center.shown.agreement(CLERK, name).row.ref
    options = center.party.options(REQUEST_ID, b"body")
    size = center.size()
    made = center.bookkeeper.close_period(ref, "2026-11", options)
    assert center.bookkeeper.close_period(ref, "2026-11", options) == made
    with pytest.raises(Refused) as caught:
        center.bookkeeper.close_period(ref, "2026-12", center.party.options())
    assert caught.value.reason == "BOOKS_WAIT"
    world.send()
    assert center.bookkeeper.close_period(ref, "2026-11", options) == made
    assert center.size() == size + 1
    for one in MEMBERS:
        (shown,) = world[one].accounts.statements(CLERK, name)[1]
        assert shown.digest == made.digest()


def test_a_period_can_be_closed_while_incomes_go_on_being_booked(world: LedgerWorld) -> None:
    """Else there would always be some that are decided and not confirmed yet."""
    name = world.open()
    center = world["center"]
    ref = center.shown.agreement(CLERK, name).row.ref
    events = [world.propose(name, number) for number in (1, 2)]
    world.accept(events[0])
    assert center.bookkeeper.step() == 1
    with pytest.raises(Refused, match="BOOKS_WAIT"):
        center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.accept(events[1])
    world.send()
    assert center.bookkeeper.step() == 0
    made = center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    assert [count for _, count, _ in made.months] == [1]
    assert world.settle() == 1
    assert [center.state(event) for event in events] == ["FINAL", "FINAL"]


def test_who_asks_to_close_and_does_not_come_back_holds_nothing_back_for_long(
    world: LedgerWorld,
) -> None:
    name = world.open()
    center = world["center"]
    ref = center.shown.agreement(CLERK, name).row.ref
    first, second = (world.propose(name, number) for number in (1, 2))
    world.accept(first)
    center.bookkeeper.step()
    with pytest.raises(Refused, match="BOOKS_WAIT"):
        center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.accept(second)
    assert world.settle() == 0
    world.now_s += CLOSING_S
    assert world.settle() == 1


@pytest.mark.parametrize(
    ("by", "period", "reason"),
    [
        ("center", "2026-13", "INVALID_FIELD"),
        ("center", "2027-02", "PERIOD_NOT_OPEN"),
        ("center", "2027-01", "PERIOD_NOT_OPEN"),
        ("center", "9999-12", "PERIOD_NOT_OPEN"),
        ("center", "2026-11", "PERIOD_NOT_OPEN"),
        ("anhui", "2026-12", "INVALID_FIELD"),
    ],
)
def test_what_cannot_be_closed_is_refused_and_nothing_is_written(
    world: LedgerWorld, by: str, period: str, reason: str
) -> None:
    name = world.open()
    center, member = world["center"], world[by]
    ref = center.shown.agreement(CLERK, name).row.ref
    center.bookkeeper.close_period(ref, "2026-11", center.party.options())
    world.send()
    size = member.size()
    with pytest.raises(Refused) as caught:
        member.bookkeeper.close_period(ref, period, member.party.options())
    assert caught.value.reason == reason
    assert member.size() == size


def test_no_month_before_the_agreement_is_closed(world: LedgerWorld) -> None:
    """It left an empty statement, and the month could not be closed again."""
    name = world.open()
    center = world["center"]
    ref = center.shown.agreement(CLERK, name).row.ref
    size = center.size()
    with pytest.raises(Refused, match="PERIOD_NOT_OPEN") as caught:
        center.bookkeeper.close_period(ref, "2025-12", center.party.options())
    assert caught.value.metadata["began_in"] == "2026-01"
    assert center.size() == size
    options = center.party.options(validate_only=True)
    assert center.bookkeeper.close_period(ref, "2026-01", options).period == "2026-01"
    assert center.size() == size, "it was only checked"
    center.bookkeeper.close_period(ref, "2026-01", center.party.options())


def test_a_month_is_closed_when_it_is_over_in_shanghai(world: LedgerWorld) -> None:
    name = world.open()
    center = world["center"]
    ref = center.shown.agreement(CLERK, name).row.ref
    midnight_s = datetime(2027, 2, 1, tzinfo=timezone(timedelta(hours=8))).timestamp()
    world.now_s = midnight_s - 1
    with pytest.raises(Refused) as caught:
        center.bookkeeper.close_period(ref, "2027-01", center.party.options())
    assert "is not over; wait until 2027-02-01" in str(caught.value)
    assert caught.value.metadata["over_on"] == "2027-02-01"
    world.now_s = midnight_s
    made = center.bookkeeper.close_period(ref, "2027-01", center.party.options())
    assert made.period == "2027-01"


def test_balances_of_a_day_and_a_size_are_those_of_the_entries_below_both(
    world: LedgerWorld,
) -> None:
    name = world.open()
    for number, day in enumerate(("2026-11-03", "2026-12-24", "2026-11-09"), 1):
        world.book(name, number, income_date=day)
    jiangsu = world["jiangsu"]
    entries = jiangsu.accounts.entries(CLERK, name, EntryFilter(), None, 100)[1]
    sizes = [0, *(one.place.leaf_index for one in entries), entries[-1].place.leaf_index + 1]
    for day in ("", "2026-11-02", "2026-11-03", "2026-11-30", "2026-12-31"):
        for size in sizes:
            expected: dict[Any, int] = {}
            for entry in entries:
                if (not day or entry.value_date <= day) and (
                    not size or entry.place.leaf_index < size
                ):
                    for account, fen in entry.postings:
                        expected[account] = expected.get(account, 0) + fen
            found = jiangsu.accounts.balances(CLERK, name, day, size)[1].fen
            assert dict(found) == {one: fen for one, fen in expected.items() if fen}


def test_places_that_no_log_has_are_no_internal_error(world: LedgerWorld) -> None:
    name = world.open()
    world.book(name)
    anhui = world["anhui"]
    for day in ("", "2026-12-31"):
        found = anhui.accounts.balances(CLERK, name, day, 2**64 - 1)[1]
        assert dict(found.nets) == SHARED
    for leaf_index, number in ((2**64 - 1, 0), (0, 2**32 - 1), (0, 0)):
        with pytest.raises(Refused) as caught:
            anhui.trails.trail(CLERK, name, Place(0, leaf_index, number))
        assert caught.value.reason == "RECORD_NOT_FOUND"
