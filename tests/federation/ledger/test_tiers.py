"""A10: tiers are monotone and add up; and a real schedule."""

from __future__ import annotations

from itertools import accumulate, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.allocation import Before, allocate
from federation.ledger.terms import WHOLE_PPM, Party, Scope, Terms, Tier
from federation.ledger.terms_validation import check_terms
from federation.ledger.tiers import amount_fen, cumulative_fen
from tests.federation.ledger.examples import AGREEMENT, AMOUNTS, LAW, TIERS, income

YUAN = 100
WAN = 10_000 * YUAN
YI = 10_000 * WAN


@LAW
@given(TIERS, AMOUNTS, AMOUNTS)
def test_a10_more_base_never_shares_less_and_never_more_than_itself(
    tiers: tuple[Tier, ...], before: int, base: int
) -> None:
    assert 0 <= amount_fen(tiers, before, base) <= base + 1
    assert cumulative_fen(tiers, before) <= cumulative_fen(tiers, before + base)


@LAW
@given(TIERS, st.lists(AMOUNTS, min_size=1, max_size=5))
def test_a10_events_add_up_to_the_tiers_of_their_sum(
    tiers: tuple[Tier, ...], bases: list[int]
) -> None:
    places = pairwise(accumulate(bases, initial=0))
    amounts = [amount_fen(tiers, before, after - before) for before, after in places]
    assert sum(amounts) == cumulative_fen(tiers, sum(bases))


def test_a10_the_total_does_not_depend_on_the_order_but_a_single_event_does() -> None:
    tiers = (Tier(5_000_000, 600_000), Tier(None, 400_000))
    bases = (5_000_000, 4_000_001, 3_250_002)
    totals, first = set(), set()
    for order in permutations(bases):
        before, given_fen = 0, {}
        for base in order:
            given_fen[base] = amount_fen(tiers, before, base)
            before += base
        totals.add(sum(given_fen.values()))
        first.add(given_fen[bases[0]])
    assert totals == {5_900_001}
    assert {min(first), max(first)} == {2_000_000, 3_000_000}


@pytest.mark.parametrize(
    ("x_fen", "shared_fen"), [(0, 0), (1, 0), (9, 0), (10, 1), (19, 1), (20, 2), (21, 2), (22, 3)]
)
def test_a_tier_begins_where_the_one_before_it_ends(x_fen: int, shared_fen: int) -> None:
    """10 % of the first 20 fen, 50 % of what is above; one floor at the end."""
    assert cumulative_fen((Tier(20, 100_000), Tier(None, 500_000)), x_fen) == shared_fen


def test_tiers_can_share_nothing() -> None:
    terms = Terms(AGREEMENT, (Party("a", WHOLE_PPM),), tiers=(Tier(None, 1),))
    found = allocate(terms, income(999_999))
    assert (found.base_fen, found.amount_fen, found.shares) == (999_999, 0, {"a": 0})
    assert found.decisions == ()


# The subsidy for technology contracts that a city in Jiangsu published: 0.6, 0.4 and 0.15 per mille
# of the year's contracts from 10 million, 100 million and 1 billion yuan up to 6 billion; and a
# most that one gets in each band. 0.15 per mille is 1.5 basis points: why rates are in ppm.
JIANGSU = (
    Tier(1_000 * WAN, 0),
    Tier(1 * YI, 600),
    Tier(10 * YI, 400),
    Tier(60 * YI, 150),
    Tier(None, 0),
)


@pytest.mark.parametrize(
    ("contracts_fen", "subsidy_fen"),
    [
        (1_000 * WAN, 0),
        (1_000 * WAN + 1_666, 0),
        (1_000 * WAN + 1_667, 1),
        (1 * YI, 54_000 * YUAN),
        (10 * YI, 414_000 * YUAN),
        (60 * YI, 1_164_000 * YUAN),
        (100 * YI, 1_164_000 * YUAN),
    ],
)
def test_jiangsu_schedule(contracts_fen: int, subsidy_fen: int) -> None:
    assert cumulative_fen(JIANGSU, contracts_fen) == subsidy_fen


@pytest.mark.parametrize(
    ("band", "cap_fen", "contracts_fen", "paid_fen"),
    [
        (1, 4 * WAN, 5_000 * WAN, 24_000 * YUAN),
        (1, 4 * WAN, 1 * YI, 4 * WAN),
        (2, 15 * WAN, 4 * YI, 120_000 * YUAN),
        (2, 15 * WAN, 10 * YI, 15 * WAN),
        (3, 30 * WAN, 20 * YI, 150_000 * YUAN),
        (3, 30 * WAN, 60 * YI, 30 * WAN),
    ],
)
def test_jiangsu_caps_over_a_year_whatever_its_instalments(
    band: int, cap_fen: int, contracts_fen: int, paid_fen: int
) -> None:
    """A band and its cap are one agreement; what is above the cap stays with the treasury."""
    terms = Terms(
        AGREEMENT,
        (Party("seller", WHOLE_PPM, cap_fen), Party("treasury", 0)),
        tiers=(
            Tier(JIANGSU[band - 1].upto_fen, 0),
            JIANGSU[band],
            Tier(None, 0),
        ),
        tier_scope=Scope.CALENDAR_YEAR,
        limit_scope=Scope.CALENDAR_YEAR,
        excess_to="treasury",
    )
    assert check_terms(terms) == ()
    received = {"seller": 0, "treasury": 0}
    instalments = 7
    for at in range(instalments):
        before, after = (contracts_fen * part // instalments for part in (at, at + 1))
        found = allocate(terms, income(after - before), Before(before, received))
        received = {party: fen + found.shares[party] for party, fen in received.items()}
    assert received["seller"] == paid_fen
    assert sum(received.values()) == cumulative_fen(terms.tiers, contracts_fen)
