"""S5, S6 over whole books: what is to be paid follows from what was booked, in any order."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger.booking import book
from federation.ledger.claims import claims_between, claims_of
from federation.ledger.documents import Document
from federation.ledger.journal import JournalEntry, Place
from federation.ledger.netting import Payment, bilateral, multilateral, net_positions, settle
from federation.ledger.sums import PAYMENTS_MAX_FEN
from federation.log.errors import Refused
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
    assert bilateral(claims_between(one.books().owed)) == to_pay(one)[2]
    assert one.books().balances == other.books().balances


def round_of_debts() -> Deal:
    """Return books in which AH owes NETC, NETC owes JS and JS owes AH, more or less."""
    deal = Deal.made()
    for number, (receiver, fen) in enumerate((("AH", 1000), ("JS", 1000), ("NETC", 2000))):
        deal.book(deal.income(instalment=str(number), received_by=receiver, gross_fen=fen))
    return deal


def test_what_two_parties_owe_each_other_can_be_paid_whatever_they_owe_others() -> None:
    deal = round_of_debts()
    made = bilateral(claims_of(journal(deal)))
    assert made == (
        Payment("JS", "AH", 200),
        Payment("NETC", "AH", 800),
        Payment("NETC", "JS", 400),
    )
    assert deal.books().net_fen("JS") > 0  # it is owed money, and yet owes AH
    for one in made:
        deal.book(deal.payment(one.payer, one.payee, one.amount_fen))
        assert deal.last().void == ""
    assert [deal.books().net_fen(one) for one in PARTIES] == [0, 0, 0]
    for payer, payee in permutations(PARTIES, 2):
        deal.book(deal.payment(payer, payee, 1), AH=1)
        assert deal.why() == ("CANNOT_BE_BOOKED", "PAYMENT_EXCEEDS_BALANCE")


def test_what_two_parties_owe_each_other_is_paid_to_the_fen_and_no_more() -> None:
    deal = round_of_debts()
    deal.book(deal.payment("JS", "AH", 201), AH=1)
    assert deal.why() == ("CANNOT_BE_BOOKED", "PAYMENT_EXCEEDS_BALANCE")
    deal.book(deal.payment("JS", "AH", 150))
    assert deal.books().owed_fen("JS", "AH") == -deal.books().owed_fen("AH", "JS") == 50


def test_l10_payments_to_and_fro_end_below_2_61() -> None:
    deal = round_of_debts()
    books = deal.books()
    books.paid_fen = PAYMENTS_MAX_FEN - 199
    document = deal.document(deal.payment("JS", "AH", 200))
    assert isinstance(document, Document)
    with pytest.raises(Refused, match="AMOUNT_OUT_OF_RANGE"):
        book(books, document, Place(1, 99, 0))
    books.paid_fen -= 1
    book(books, document, Place(1, 99, 0))


@settings(deadline=None, max_examples=examples(12))
@given(events())
def test_what_is_owed_between_two_is_the_sum_of_the_claims(told: list[Event]) -> None:
    deal = booked(told)
    books, made = deal.books(), bilateral(claims_of(journal(deal)))
    assert {(one.payer, one.payee): one.amount_fen for one in made} == {
        pair: books.owed_fen(*pair)
        for pair in permutations(PARTIES, 2)
        if books.owed_fen(*pair) > 0
    }


@settings(deadline=None, max_examples=examples(12))
@given(events(), st.data())
def test_s5_s6_payments_booked_in_any_order_settle_all_and_leave_the_rest(
    told: list[Event], data: st.DataObject
) -> None:
    deal = booked(told)
    before, positions = journal(deal), {one: deal.books().net_fen(one) for one in PARTIES}
    made = bilateral(claims_of(before)) if data.draw(st.booleans()) else settle(positions)
    for one in data.draw(st.permutations(made)):
        deal.book(deal.payment(one.payer, one.payee, one.amount_fen))
        assert not deal.last().void
    assert [deal.books().net_fen(one) for one in PARTIES] == [0, 0, 0]
    assert journal(deal)[: len(before)] == before
