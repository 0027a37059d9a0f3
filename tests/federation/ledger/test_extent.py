"""The state of an agreement's books stays small, whatever a center and the signers agree on."""

from __future__ import annotations

import pytest

from federation.ledger.documents import Document
from federation.ledger.extent import (
    OPEN_MONTHS_MAX,
    PARTIES_IN_ALL_MAX,
    VERSIONS_MAX,
    YEARS_MAX,
)
from federation.ledger.preview import pending
from federation.records.refs import Ref, said_ref
from tests.federation.ledger.deal import Deal
from tests.federation.ledger.paper import booked, party

VECTOR = {"AH": 50_001, "JS": 30_000, "NETC": 20_000}


def _book_all(deal: Deal, events: list[Ref]) -> None:
    agreed = {event: deal.agreed(event) for event in events}
    for event in events:
        deal.decide(deal.first, booked(event, agreed[event], **deal.vector(event)))


def _months(first_year: int, count: int) -> list[str]:
    return [f"{first_year + number // 12}-{number % 12 + 1:02}" for number in range(count)]


def _full() -> Deal:
    """Return a deal with as many open months as there may be: those of 2026 to 2035."""
    deal = Deal.made(effective_to="2099-01-01")
    months = _months(2026, OPEN_MONTHS_MAX)
    _book_all(deal, [deal.income(instalment=one, income_date=f"{one}-15") for one in months])
    assert len(deal.books().open_months) == OPEN_MONTHS_MAX
    return deal


def test_one_open_month_more_than_ten_years_of_them_is_refused_until_one_is_closed() -> None:
    deal = _full()
    late = deal.income(instalment="late", income_date="2036-01-02")
    deal.decide(deal.first, booked(late, deal.agreed(late), **VECTOR))
    assert deal.why() == ("CANNOT_BE_BOOKED", "TOO_MANY_OPEN_MONTHS")
    same_month = deal.income(instalment="same month", income_date="2035-12-31")
    deal.book(same_month)
    assert deal.why() == ("", "")
    paid = deal.payment("AH", "JS", 1, "2036-02-01")
    deal.decide(deal.first, booked(paid, deal.agreed(paid), AH=1, JS=-1))
    assert deal.why() == ("CANNOT_BE_BOOKED", "TOO_MANY_OPEN_MONTHS")
    deal.close("2026-01")
    deal.book(late)
    assert deal.why() == ("", "")
    assert len(deal.books().open_months) == OPEN_MONTHS_MAX


def test_who_looks_before_proposing_sees_that_too_many_months_are_open() -> None:
    deal = _full()
    days = {"2035-12-30": "", "2036-01-02": "TOO_MANY_OPEN_MONTHS", "2035-12-31": ""}
    asked = [deal.document(deal.income(instalment=one, income_date=one)) for one in days]
    seen = pending(deal.books(), [one for one in asked if isinstance(one, Document)])
    assert [one.refused.reason if one.refused else "" for one in seen] == [*days.values()]


@pytest.mark.parametrize(
    ("day", "is_booked"),
    [(f"{2026 + YEARS_MAX}-12-31", True), (f"{2027 + YEARS_MAX}-01-01", False)],
)
def test_incomes_count_within_a_hundred_years_of_the_first_day(day: str, is_booked: bool) -> None:
    deal = Deal.made(effective_to="9999-01-01")
    event = deal.income(income_date=day)
    deal.decide(deal.first, booked(event, deal.agreed(event), **VECTOR))
    assert deal.why() == (("", "") if is_booked else ("CANNOT_BE_BOOKED", "DAY_OUT_OF_REACH"))


@pytest.mark.parametrize(
    ("day", "is_booked"),
    [
        ("2024-12-31", False),
        ("2025-01-01", True),
        (f"{2026 + YEARS_MAX}-12-31", True),
        (f"{2027 + YEARS_MAX}-01-01", False),
    ],
)
def test_a_payment_may_be_of_the_year_before_and_of_a_hundred_years_after(
    day: str, is_booked: bool
) -> None:
    deal = Deal.made()
    deal.book(deal.income())
    paid = deal.payment("AH", "JS", 1, day)
    deal.decide(deal.first, booked(paid, deal.agreed(paid), AH=1, JS=-1))
    assert deal.why() == (("", "") if is_booked else ("CANNOT_BE_BOOKED", "DAY_OUT_OF_REACH"))


def test_a_reversal_of_a_day_that_is_far_off_is_refused() -> None:
    deal = Deal.made()
    event = deal.income()
    deal.book(event)
    back = deal.reversal(event, 1, f"{2027 + YEARS_MAX}-01-01")
    deal.refuse(back, "DAY_OUT_OF_REACH")
    assert deal.books().rulings[back].reason == "DAY_OUT_OF_REACH"


def test_the_first_day_stays_that_of_the_first_version() -> None:
    deal = Deal.made(effective_to="9999-01-01")
    deal.activate(deal.amendment(effective_to="9999-01-01", effective_from="2030-01-01"))
    assert deal.why() == ("", "")
    version = said_ref(deal.books().versions[1].ref)
    far = deal.income(version=version, income_date=f"{2027 + YEARS_MAX}-01-01")
    deal.refuse(far, "DAY_OUT_OF_REACH")
    assert deal.books().rulings[far].reason == "DAY_OUT_OF_REACH"


def test_an_agreement_has_at_most_so_many_versions() -> None:
    deal = Deal.made(effective_to="9999-01-01")
    last = deal.first
    for number in range(1, VERSIONS_MAX):
        last = _amend(deal, last, number)
    assert len(deal.books().versions) == VERSIONS_MAX
    one_more = deal.amendment(last, effective_from="3000-01-01", effective_to="9999-01-01")
    deal.activate(one_more, "anhui", "jiangsu")
    assert deal.why() == ("CANNOT_BE_BOOKED", "AGREEMENT_TOO_LARGE")
    deal.refuse(one_more, "AGREEMENT_TOO_LARGE")
    assert deal.books().rulings[one_more].reason == "AGREEMENT_TOO_LARGE"
    ends = deal.termination("2999-01-01")
    deal.activate(ends, "anhui", "jiangsu")
    assert deal.why() == ("", "")


def test_all_versions_together_have_at_most_so_many_parties() -> None:
    deal = Deal.made(effective_to="9999-01-01")
    names = [f"P{number}" for number in range(PARTIES_IN_ALL_MAX - 3 + 1)]
    last = deal.first
    for number in range(4):
        of = names[number * 63 : (number + 1) * 63]
        last = _amend(deal, last, number + 1, parties=_parties(of))
    assert len(names) - 4 * 63 == 2  # of which one is too many
    too_many = deal.amendment(last, effective_from="3000-01-01", effective_to="9999-01-01",
                              parties=_parties(names[-2:]))  # fmt: skip
    deal.activate(too_many, "anhui", "jiangsu")
    assert deal.why() == ("CANNOT_BE_BOOKED", "AGREEMENT_TOO_LARGE")
    _amend(deal, last, 5, parties=_parties([*names[-2:-1], *names[:40]]))


def _parties(names: list[str]) -> list[object]:
    """Return them with all shares to one who is in every version."""
    return [party("AH", "anhui", 1_000_000, role=1), *(party(one, "jiangsu", 0) for one in names)]


def _amend(deal: Deal, last: Ref, number: int, **changes: object) -> Ref:
    day = f"{2026 + number // 12}-{number % 12 + 1:02}-01"
    new = deal.amendment(last, effective_from=day, effective_to="9999-01-01", **changes)
    deal.activate(new, "anhui", "jiangsu")
    assert deal.why() == ("", "")
    return new
