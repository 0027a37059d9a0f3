"""The end of an agreement: what it cuts, who has to accept it, and that it is final."""

from __future__ import annotations

import pytest

from federation.ledger.books import State
from federation.records.refs import said_ref
from tests.federation.ledger.deal import Deal
from tests.federation.ledger.paper import activated, booked

LATER = "2027-01-01"


def days(deal: Deal) -> list[tuple[str, str]]:
    """Return the days of every version that are left."""
    return [(one.effective_from, one.effective_to) for one in deal.books().versions]


def test_an_amendment_accepted_after_the_end_does_not_undo_it() -> None:
    """One signer had accepted it before, and has not agreed to go on since."""
    deal = Deal.made()
    later = deal.amendment(effective_from="2026-07-01", effective_to="2030-01-01")
    before = deal.accept("anhui", deal.first, later)
    deal.activate(deal.termination("2026-08-01"))
    after = deal.accept("jiangsu", deal.first, later)
    deal.cover()
    deal.decide(deal.first, activated(later, before, after))
    assert deal.why() == ("CANNOT_BE_BOOKED", "AGREEMENT_TERMINATED")
    assert days(deal) == [("2026-01-01", "2026-08-01")]
    deal.refuse(later, "AGREEMENT_TERMINATED")
    assert deal.books().rulings[later].state is State.REJECTED


@pytest.mark.parametrize("day", ["2026-08-01", "2027-12-31", "2028-01-01"])
def test_an_income_of_a_day_after_the_end_has_its_own_reason(day: str) -> None:
    deal = Deal.made()
    deal.activate(deal.termination("2026-08-01"))
    late, early = deal.income(income_date=day), deal.income(income_date="2026-07-31")
    deal.book(late, AH=1)
    assert deal.why() == ("CANNOT_BE_BOOKED", "AGREEMENT_TERMINATED")
    deal.book(early)
    assert deal.books().rulings[early].state is State.FINAL
    deal.book(deal.reversal(early))
    assert deal.books().rulings[early].state is State.REVERSED


def test_an_agreement_ends_before_an_amendment_that_is_to_come() -> None:
    deal = Deal.made()
    second = deal.amendment(effective_from=LATER)
    deal.activate(second)
    deal.activate(deal.termination("2026-12-01"))
    assert days(deal) == [("2026-01-01", "2026-12-01"), ("2026-12-01", "2026-12-01")]
    for number, (version, day, why) in enumerate(
        (
            (deal.first, "2026-11-30", ""),
            (deal.first, "2026-12-01", "AGREEMENT_TERMINATED"),
            (second, "2026-11-30", "OUTSIDE_AGREEMENT"),
            (second, LATER, "AGREEMENT_TERMINATED"),
        )
    ):
        deal.book(
            deal.income(version=said_ref(version), income_date=day, instalment=str(number)),
            AH=50_001,
            JS=30_000,
            NETC=20_000,
        )
        assert deal.why() == (("CANNOT_BE_BOOKED", why) if why else ("", ""))
    deal.activate(deal.termination("2026-12-02"))
    assert deal.why() == ("CANNOT_BE_BOOKED", "TERMINATION_DOES_NOT_FIT")
    deal.activate(deal.termination("2026-11-15"))
    assert days(deal) == [("2026-01-01", "2026-11-15"), ("2026-11-15", "2026-11-15")]


def test_who_signs_a_version_that_is_cut_has_to_accept_the_end() -> None:
    """Jiangsu signs what is in force, anhui alone what is to come."""
    deal = Deal.made()
    deal.activate(deal.amendment(effective_from=LATER, signers=["anhui"]))
    early, late = deal.termination("2026-12-01"), deal.termination("2027-02-01")
    deal.activate(early, "anhui")
    assert deal.why()[0] == "NOT_ACCEPTED"
    deal.activate(late, "anhui")
    assert deal.why()[0] == ""
    deal.activate(early, "anhui", "jiangsu")
    assert days(deal) == [("2026-01-01", "2026-12-01"), ("2026-12-01", "2026-12-01")]


def test_what_was_booked_stays_where_the_end_cuts_its_version_to_nothing() -> None:
    deal = Deal.made()
    second = deal.amendment(effective_from=LATER)
    deal.activate(second)
    event = deal.income(version=said_ref(second), income_date="2027-03-01")
    deal.book(event)
    deal.activate(deal.termination("2026-12-01"))
    assert deal.books().rulings[event].state is State.FINAL
    deal.book(deal.reversal(event, day="2027-03-02"))
    assert deal.books().rulings[event].state is State.REVERSED


def test_a_version_that_never_came_into_force_says_not_who_accepts_payments() -> None:
    """Jiangsu let anhui alone sign from 2027 on, and the agreement ended before."""
    deal = Deal.made()
    deal.activate(deal.amendment(effective_from=LATER, signers=["anhui"]))
    deal.book(deal.income())
    deal.activate(deal.termination("2026-12-01"))
    for members, void in ((("anhui",), "NOT_ACCEPTED"), (("anhui", "jiangsu"), "")):
        paid = deal.payment("AH", "JS", 30_000)
        vector = {"AH": 30_000, "JS": -30_000}
        deal.decide(deal.first, booked(paid, deal.agreed(paid, *members), **vector))
        assert deal.why()[0] == void


@pytest.mark.parametrize("reason", ["AGREEMENT_TERMINATED", "OUTSIDE_AGREEMENT"])
def test_what_was_refused_before_the_end_had_its_own_reason_stays_refused(reason: str) -> None:
    """Logs are for ever: a refusal that became void would open the proposal again, and alarm."""
    deal = Deal.made()
    deal.activate(deal.termination("2026-08-01"))
    late = deal.income(income_date="2026-09-01")
    deal.refuse(late, "INSTALMENT_BOOKED")
    assert deal.why() == ("REASON_NOT_FOUND", "AGREEMENT_TERMINATED")
    deal.refuse(late, reason)
    ruling = deal.books().rulings[late]
    assert (ruling.state, ruling.reason) == (State.REJECTED, reason)
