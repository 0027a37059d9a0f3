"""A9: caps and floors are kept, or the income is refused with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import event as seen
from hypothesis import given

from federation.ledger.allocation import Allocation, Before, Income, allocate
from federation.ledger.limits import limits_of
from federation.ledger.terms import Party, Terms
from federation.ledger.tiers import amount_fen
from federation.log.errors import Refused
from tests.federation.ledger.examples import (
    AGREEMENT,
    BEFORE,
    INCOMES,
    LAW,
    any_terms,
    by_ppm,
    income,
)
from tests.federation.ledger.test_allocation import allocated


def _why_impossible(terms: Terms, amount: int, before: Before) -> str:
    """Return why no allocation keeps the limits, empty where one does."""
    limits = limits_of(terms, before.received_fen)
    if sum(limits.needs.values()) > amount:
        return "FLOORS_EXCEED_AMOUNT"
    sharing = [one.party for one in terms.parties if one.share_ppm]
    if terms.excess_to is None and all(party in limits.rooms for party in sharing):
        room = sum(limits.rooms[party] for party in sharing)
        return "CAPS_LEAVE_REST" if room < amount else ""
    return ""


@LAW
@given(any_terms(), INCOMES, BEFORE)
def test_a9_limits_are_kept_or_the_income_is_refused(
    terms: Terms, event: Income, before: Before
) -> None:
    amount = amount_fen(terms.tiers, before.base_fen, event.gross_fen)
    found = allocated(terms, event, before)
    impossible = _why_impossible(terms, amount, before)
    seen(impossible or "allocated")
    if not isinstance(found, Allocation):
        assert found == impossible
        return
    assert impossible == ""
    limits = limits_of(terms, before.received_fen)
    assert all(found.shares[party] <= room for party, room in limits.rooms.items())
    assert all(found.shares[party] >= need for party, need in limits.needs.items())


@LAW
@given(any_terms(), INCOMES)
def test_a9_a_limit_that_binds_nobody_changes_nothing(terms: Terms, event: Income) -> None:
    bare = replace(terms, parties=tuple(Party(one.party, one.share_ppm) for one in terms.parties))
    free = allocate(bare, event)
    limits = limits_of(terms, {})
    if all(free.shares[party] <= room for party, room in limits.rooms.items()) and all(
        free.shares[party] >= need for party, need in limits.needs.items()
    ):
        assert allocate(terms, event) == free


def terms_of(*parties: Party, excess_to: str | None = None) -> Terms:
    return Terms(AGREEMENT, parties, excess_to=excess_to)


ALLOCATED = [
    (
        "a cap's excess goes to the others by their shares",
        terms_of(Party("a", 500_000, 20), Party("b", 300_000), Party("c", 200_000)),
        {},
        {"a": 20, "b": 48, "c": 32},
    ),
    (
        "whom the excess lifts over its cap is held too",
        terms_of(Party("a", 500_000, 20), Party("b", 300_000, 40), Party("c", 200_000)),
        {},
        {"a": 20, "b": 40, "c": 40},
    ),
    (
        "a named party gets the excess alone",
        terms_of(Party("a", 500_000, 20), Party("b", 300_000), Party("c", 200_000), excess_to="c"),
        {},
        {"a": 20, "b": 30, "c": 50},
    ),
    (
        "a party without a share can get the excess",
        terms_of(Party("a", 1_000_000, 20), Party("fund", 0), excess_to="fund"),
        {},
        {"a": 20, "fund": 80},
    ),
    (
        "what was received before counts against the cap",
        terms_of(Party("a", 500_000, 60), Party("b", 500_000)),
        {"a": 45},
        {"a": 15, "b": 85},
    ),
    (
        "a cap that is used up leaves no room",
        terms_of(Party("a", 500_000, 60), Party("b", 500_000)),
        {"a": 75},
        {"a": 0, "b": 100},
    ),
    (
        "a floor is taken from the others by their shares",
        terms_of(Party("a", 600_000), Party("b", 300_000), Party("c", 100_000, None, 40)),
        {},
        {"a": 40, "b": 20, "c": 40},
    ),
    (
        "a floor that was received before asks for no more",
        terms_of(Party("a", 900_000), Party("b", 100_000, None, 40)),
        {"b": 40},
        {"a": 90, "b": 10},
    ),
    (
        "a floor is for a party without a share too",
        terms_of(Party("a", 1_000_000), Party("b", 0, None, 25)),
        {},
        {"a": 75, "b": 25},
    ),
    (
        "whom a floor takes below its own floor is held too",
        terms_of(Party("a", 400_000), Party("b", 350_000, None, 32), Party("c", 250_000, None, 45)),
        {},
        {"a": 23, "b": 32, "c": 45},
    ),
    (
        "a floor can free room below a cap",
        terms_of(Party("a", 500_000, 45), Party("b", 400_000), Party("c", 100_000, None, 60)),
        {},
        {"a": 22, "b": 18, "c": 60},
    ),
    (
        "who is held to its floor still gets the excess that is named for it",
        terms_of(
            Party("a", 250_000, 10),
            Party("b", 250_000),
            Party("c", 500_000, None, 66),
            excess_to="c",
        ),
        {},
        {"a": 10, "b": 17, "c": 73},
    ),
]


@pytest.mark.parametrize(
    ("terms", "received", "shares"), [row[1:] for row in ALLOCATED], ids=[r[0] for r in ALLOCATED]
)
def test_limits_of_a_hundred_fen(
    terms: Terms, received: dict[str, int], shares: dict[str, int]
) -> None:
    assert allocate(terms, income(100), Before(received_fen=received)).shares == shares


REFUSED = [
    (
        "caps below the amount",
        terms_of(Party("a", 500_000, 49), Party("b", 500_000, 50)),
        "CAPS_LEAVE_REST",
        {"rest_fen": "1"},
    ),
    (
        "caps of all who have a share",
        terms_of(Party("a", 1_000_000, 99), Party("b", 0)),
        "CAPS_LEAVE_REST",
        {"rest_fen": "1"},
    ),
    (
        "floors above the amount",
        terms_of(Party("a", 500_000, None, 50), Party("b", 500_000, None, 51)),
        "FLOORS_EXCEED_AMOUNT",
        {"needed_fen": "101", "amount_fen": "100"},
    ),
]


@pytest.mark.parametrize(
    ("terms", "reason", "told"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_limits_that_cannot_be_kept_are_refused(
    terms: Terms, reason: str, told: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refusal:
        allocate(terms, income(100))
    assert (refusal.value.reason, refusal.value.metadata) == (reason, told)


def test_caps_that_are_exactly_enough_are_filled() -> None:
    filled = terms_of(Party("a", 500_000, 49), Party("b", 500_000, 51))
    assert allocate(filled, income(100)).shares == {"a": 49, "b": 51}


def test_remainder_goes_by_the_largest_once_its_party_is_held() -> None:
    """Of 103 fen each of four has 25 and the named one 28; held to 26, it takes no more part."""
    terms = by_ppm(a=250_000, b=250_000, c=250_000, d=250_000)
    capped = (Party("a", 250_000, 26), *terms.parties[1:])
    free = replace(terms, remainder_to="a")
    assert allocate(free, income(103)).shares == {"a": 28, "b": 25, "c": 25, "d": 25}
    held = allocate(replace(free, parties=capped), income(103)).shares
    assert (held["a"], sorted(held.values())) == (26, [25, 26, 26, 26])
