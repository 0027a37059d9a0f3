"""S5, S6 over whole books: what is to be paid follows from what was booked, in any order."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger.claims import claims_of
from federation.ledger.journal import JournalEntry
from federation.ledger.netting import Payment, bilateral, multilateral, net_positions, settle
from tests.federation.ledger.deal import Deal
from tests.laws import examples

PARTIES = ("AH", "JS", "NETC")


class Event(NamedTuple):
    """An income, and what of it is taken back."""

    instalment: str
    gross_fen: int
    received_by: str
    back_fen: int


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    found = []
    for number in range(draw(st.integers(1, 5))):
        fen = draw(st.integers(1, 60) | st.integers(1, 10**9))
        back_fen = draw(st.just(0) | st.integers(1, fen))
        found.append(Event(str(number), fen, draw(st.sampled_from(PARTIES)), back_fen))
    return found


def booked(told: list[Event]) -> Deal:
    """Book events in this order, each with what is taken back of it at once."""
    deal = Deal.made()
    for one in told:
        said = {"gross_fen": one.gross_fen, "received_by": one.received_by}
        income = deal.income(instalment=one.instalment, **said)
        deal.book(income)
        if one.back_fen:
            deal.book(deal.reversal(income, one.back_fen))
    return deal


def journal(deal: Deal) -> list[JournalEntry]:
    return [one.entry for one in deal.fold(deal.first)[1] if one.entry is not None]


def to_pay(deal: Deal) -> tuple[dict[str, int], tuple[Payment, ...], tuple[Payment, ...]]:
    claims = list(claims_of(journal(deal)))
    return dict(sorted(net_positions(claims).items())), multilateral(claims), bilateral(claims)


@settings(deadline=None, max_examples=examples(12))
@given(events().flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_s5_the_order_of_booking_changes_no_position_and_no_payment(
    orders: tuple[list[Event], list[Event]],
) -> None:
    one, other = map(booked, orders)
    assert not any(effect.void for effect in one.fold(one.first)[1])
    assert to_pay(one) == to_pay(other)
    assert one.books().balances == other.books().balances


@settings(deadline=None, max_examples=examples(12))
@given(events(), st.data())
def test_s5_s6_payments_booked_in_any_order_settle_all_and_leave_the_rest(
    told: list[Event], data: st.DataObject
) -> None:
    deal = booked(told)
    before, positions = journal(deal), {one: deal.books().net_fen(one) for one in PARTIES}
    for one in data.draw(st.permutations(settle(positions))):
        deal.book(deal.payment(one.payer, one.payee, one.amount_fen))
        assert not deal.last().void
    assert [deal.books().net_fen(one) for one in PARTIES] == [0, 0, 0]
    assert journal(deal)[: len(before)] == before
