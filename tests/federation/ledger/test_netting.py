"""Netting: S1, S2, S3, S5 and S6 of the design, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.ledger.netting import (
    Claim,
    Payment,
    bilateral,
    multilateral,
    net_positions,
    settle,
)
from federation.ledger.terms import AMOUNT_MAX_FEN
from federation.log.errors import Refused
from tests.federation.ledger.examples import LAW

Mode = Callable[[Iterable[Claim]], tuple[Payment, ...]]

MODES = pytest.mark.parametrize("mode", [multilateral, bilateral])
PARTIES = ("anhui", "center", "jiangsu", "shanghai", "zhejiang", "安徽", "上海")
AMOUNTS = st.integers(1, 5) | st.integers(1, AMOUNT_MAX_FEN // 64)
"""Few fen, where many are equal, and amounts of which 60 together are still one."""
PAIRS = [(one, other) for one in PARTIES for other in PARTIES if one != other]
CLAIMS = st.lists(
    st.tuples(st.sampled_from(PAIRS), AMOUNTS).map(lambda one: Claim(*one[0], one[1])),
    max_size=60,
)


def _settling(payments: Iterable[Payment]) -> list[Claim]:
    """Return the payments as claims of the payers: what a payment does to the positions."""
    return [Claim(one.payee, one.payer, one.amount_fen) for one in payments]


def _between(claims: Iterable[Claim], one: str, other: str) -> int:
    """Return what `one` owes `other` less what it is owed by it."""
    signs = {(one, other): 1, (other, one): -1}
    return sum(signs.get((claim.debtor, claim.creditor), 0) * claim.amount_fen for claim in claims)


@LAW
@given(CLAIMS)
def test_s1_the_positions_sum_to_zero(claims: list[Claim]) -> None:
    positions = net_positions(claims)
    assert sum(positions.values()) == 0
    assert set(positions) == {party for one in claims for party in (one.debtor, one.creditor)}


def test_s1_who_is_owed_money_is_above_zero() -> None:
    claims = [Claim("b", "a", 70), Claim("a", "c", 20), Claim("c", "a", 20)]
    assert list(net_positions(claims).items()) == [("a", 70), ("b", -70), ("c", 0)]


@MODES
@LAW
@given(claims=CLAIMS)
def test_s2_after_the_payments_all_positions_are_zero(mode: Mode, claims: list[Claim]) -> None:
    settled = net_positions([*claims, *_settling(mode(claims))])
    assert not any(settled.values())


@LAW
@given(CLAIMS)
def test_s2_after_bilateral_payments_no_two_parties_owe_each_other(claims: list[Claim]) -> None:
    settled = [*claims, *_settling(bilateral(claims))]
    assert not any(_between(settled, *pair) for pair in combinations(PARTIES, 2))


@LAW
@given(CLAIMS)
def test_s3_fewer_payments_than_parties_each_above_zero(claims: list[Claim]) -> None:
    payments = multilateral(claims)
    open_parties = sum(fen != 0 for fen in net_positions(claims).values())
    assert len(payments) <= max(open_parties - 1, 0)
    assert all(type(one.amount_fen) is int and one.amount_fen > 0 for one in payments)
    assert len({frozenset((one.payer, one.payee)) for one in payments}) == len(payments)


@LAW
@given(CLAIMS)
def test_s3_nobody_both_pays_and_is_paid(claims: list[Claim]) -> None:
    positions = net_positions(claims)
    for one in multilateral(claims):
        assert positions[one.payer] < 0 < positions[one.payee]


@LAW
@given(CLAIMS)
def test_s3_bilateral_pays_once_between_two_parties_at_most(claims: list[Claim]) -> None:
    payments = bilateral(claims)
    assert len({frozenset((one.payer, one.payee)) for one in payments}) == len(payments)
    assert all(one.amount_fen > 0 for one in payments)


@MODES
@LAW
@given(claims=CLAIMS, data=st.data())
def test_s5_the_order_of_the_claims_does_not_matter(
    mode: Mode, claims: list[Claim], data: st.DataObject
) -> None:
    assert mode(data.draw(st.permutations(claims))) == mode(claims)


@MODES
@LAW
@given(claims=CLAIMS)
def test_s5_claims_between_the_same_two_may_be_one_or_many(mode: Mode, claims: list[Claim]) -> None:
    sums: dict[tuple[str, str], int] = {}
    for one in claims:
        pair = one.debtor, one.creditor
        sums[pair] = sums.get(pair, 0) + one.amount_fen
    assert mode(Claim(*pair, fen) for pair, fen in sums.items()) == mode(claims)


@MODES
@LAW
@given(claims=CLAIMS)
def test_s6_the_gross_claims_stay_as_they_are(mode: Mode, claims: list[Claim]) -> None:
    before = [(one.debtor, one.creditor, one.amount_fen) for one in claims]
    mode(claims)
    assert [(one.debtor, one.creditor, one.amount_fen) for one in claims] == before


def test_bilateral_is_pairwise_netting_for_all_claims_of_three_parties() -> None:
    """0 to 2 fen each way between each two of three parties: all 729 cases."""
    pairs = list(permutations("abc", 2))
    for amounts in product(range(3), repeat=len(pairs)):
        owed = dict(zip(pairs, amounts, strict=True))
        claims = [Claim(*pair, fen) for pair, fen in owed.items() if fen]
        expected = []
        for one, other in combinations("abc", 2):
            net = owed[one, other] - owed[other, one]
            if net > 0:
                expected.append(Payment(one, other, net))
            elif net < 0:
                expected.append(Payment(other, one, -net))
        assert bilateral(claims) == tuple(expected)


def test_multilateral_settles_all_claims_of_three_parties_with_two_payments_at_most() -> None:
    pairs = list(permutations("abc", 2))
    for amounts in product(range(3), repeat=len(pairs)):
        claims = [Claim(*pair, fen) for pair, fen in zip(pairs, amounts, strict=True) if fen]
        payments = multilateral(claims)
        assert len(payments) <= 2
        assert not any(net_positions([*claims, *_settling(payments)]).values())


@pytest.mark.parametrize(
    ("claims", "many", "two"),
    [
        ([], [], []),
        ([("a", "b", 5)], [("a", "b", 5)], [("a", "b", 5)]),
        ([("a", "b", 5), ("b", "a", 5)], [], []),
        ([("a", "b", 5), ("b", "a", 3), ("a", "b", 5)], [("a", "b", 7)], [("a", "b", 7)]),
        (  # a ring owes nothing in all, and each its neighbour
            [("a", "b", 5), ("b", "c", 5), ("c", "a", 5)],
            [],
            [("a", "b", 5), ("c", "a", 5), ("b", "c", 5)],
        ),
        (  # a chain: b drops out
            [("a", "b", 5), ("b", "c", 5)],
            [("a", "c", 5)],
            [("a", "b", 5), ("b", "c", 5)],
        ),
        (  # equal debtors and equal creditors: by id
            [("d", "a", 5), ("c", "b", 5)],
            [("c", "a", 5), ("d", "b", 5)],
            [("d", "a", 5), ("c", "b", 5)],
        ),
        (  # the largest debtor first, and it pays the largest creditor first
            [("a", "c", 3), ("b", "c", 4), ("b", "d", 6)],
            [("b", "c", 7), ("b", "d", 3), ("a", "d", 3)],
            [("a", "c", 3), ("b", "c", 4), ("b", "d", 6)],
        ),
    ],
)
def test_examples(
    claims: list[tuple[str, str, int]],
    many: list[tuple[str, str, int]],
    two: list[tuple[str, str, int]],
) -> None:
    given_claims = [Claim(*one) for one in claims]
    assert multilateral(given_claims) == tuple(Payment(*one) for one in many)
    assert bilateral(given_claims) == tuple(Payment(*one) for one in two)


GOOD = Claim("a", "b", 1)


@pytest.mark.parametrize("ask", [net_positions, multilateral, bilateral])
@pytest.mark.parametrize(
    "fen", [0, -1, True, False, 1.0, Fraction(1), "1", None, AMOUNT_MAX_FEN + 1]
)
def test_amount_that_is_none_is_refused(
    ask: Callable[[Iterable[Claim]], object], fen: object
) -> None:
    with pytest.raises(Refused) as refusal:
        ask([GOOD, Claim("a", "b", fen)])  # type: ignore[arg-type] # what no type checker sees
    assert refusal.value.reason == "AMOUNT_OUT_OF_RANGE"
    assert refusal.value.metadata == {"field": "claims[1].amount_fen", "value": str(fen)}


@pytest.mark.parametrize("ask", [net_positions, multilateral, bilateral])
def test_claim_of_a_party_on_itself_is_refused(ask: Callable[[Iterable[Claim]], object]) -> None:
    with pytest.raises(Refused) as refusal:
        ask([GOOD, GOOD, Claim("a", "a", 1)])
    assert refusal.value.reason == "CLAIM_ON_ITSELF"
    assert refusal.value.metadata == {"field": "claims[2].creditor", "party": "a"}


@MODES
def test_payment_above_what_an_amount_may_be_is_refused(mode: Mode) -> None:
    claims = [Claim("a", "b", AMOUNT_MAX_FEN)]
    assert mode(claims) == (Payment("a", "b", AMOUNT_MAX_FEN),)
    with pytest.raises(Refused) as refusal:
        mode([*claims, GOOD])
    assert refusal.value.reason == "AMOUNT_OUT_OF_RANGE"
    assert refusal.value.metadata == {"field": "payment a -> b", "value": str(1 << 62)}


def test_s5_positions_are_settled_alike_in_whatever_order_they_are_given() -> None:
    positions = {"a": 3, "b": 3, "c": -2, "d": -2, "e": -2}
    expected = (
        Payment("c", "a", 2), Payment("d", "a", 1), Payment("d", "b", 1), Payment("e", "b", 2)
    )  # fmt: skip
    for order in permutations(positions.items()):
        assert settle(dict(order)) == expected
