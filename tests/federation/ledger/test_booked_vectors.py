"""P7: the amounts that are booked are those of the formula, at the place of BOOKED in the order."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.ledger import allocation, codec
from federation.ledger.agreement import Version
from federation.ledger.allocation import Before
from federation.ledger.booking import tie_of_income
from federation.ledger.documents import Document, Income
from tests.federation.ledger.deal import Deal
from tests.federation.ledger.fraction_oracle import allocate_exactly
from tests.federation.ledger.paper import party
from tests.laws import examples

PARTIES: Final = ("AH", "JS", "NETC")
TIERED: Final[dict[str, Any]] = {
    "parties": [
        party("AH", "anhui", 400_000, cap_fen=60_000),
        party("JS", "jiangsu", 350_000),
        party("NETC", "center", 250_000, floor_fen=700),
    ],
    "tiers": [
        codec.AllocationTier(upto_fen=100_000, rate_ppm=900_000),
        codec.AllocationTier(rate_ppm=100_001),
    ],
    "tier_scope": 2,
    "limit_scope": 3,
    "deductions": ["税"],
}
"""Tiers over a calendar year, limits over the agreement's life."""
EVENTS: Final = st.lists(
    st.tuples(st.integers(2, 90_000), st.sampled_from(["2026-11-03", "2026-12-31", "2027-01-01"])),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=examples(15))
@given(EVENTS, st.data())
def test_p7_what_is_final_is_what_the_formula_gives_at_its_place_in_the_center_s_order(
    told: list[tuple[int, str]], data: st.DataObject
) -> None:
    """BOOKED carries what a second implementation gives, in any order, between reversals."""
    deal = Deal.made(**TIERED)
    first = deal.document(deal.first)
    assert isinstance(first, Document)
    assert isinstance(first.facts, Version)
    terms = first.facts.terms_of(deal.first)
    tax = [codec.Deduction(name="税", amount_fen=1)]
    events = [
        deal.income(instalment=str(number), gross_fen=fen, income_date=day, deductions=tax)
        for number, (fen, day) in enumerate(told)
    ]
    bases: dict[str, int] = defaultdict(int)
    received: dict[str, int] = defaultdict(int)
    for number in data.draw(st.permutations(range(len(told)))):
        (fen, day), event = told[number], events[number]
        document = deal.document(event)
        assert isinstance(document, Document)
        assert isinstance(document.facts, Income)
        before = Before(bases[day[:4]], dict(received))
        asked = allocation.Income(*tie_of_income(document.facts), fen, (("税", 1),))
        expected = allocate_exactly(terms, asked, before)
        if isinstance(expected, str):
            deal.book(event, AH=1)
            assert deal.why() == ("CANNOT_BE_BOOKED", expected)
            continue
        deal.book(event, **expected)
        booked = deal.books().rulings[event].booked
        assert booked is not None
        assert dict(booked.shares) == expected
        assert not deal.books().disputed
        bases[day[:4]] += fen - 1
        for name, part in expected.items():
            received[name] += part
        if sum(expected.values()) and data.draw(st.booleans(), label="take it back"):
            deal.book(deal.reversal(event, day=day))
            assert not deal.last().void
            bases[day[:4]] -= fen - 1
            for name, part in expected.items():
                received[name] -= part


@settings(deadline=None, max_examples=examples(10))
@given(st.permutations(PARTIES), st.integers(1, 20_000))
def test_p7_a_fen_that_two_parties_exchange_in_the_vector_disputes_the_books(
    names: list[str], fen: int
) -> None:
    """Double entry and balances would still add up: only the formula tells."""
    deal = Deal.made()
    event = deal.income()
    vector = deal.vector(event)
    giver, taker = names[:2]
    deal.book(event, **vector | {giver: vector[giver] - fen, taker: vector[taker] + fen})
    assert deal.books().disputed == "VECTOR_DIFFERS"
    deal.book(deal.income(instalment="2"))
    booked = deal.books().rulings[event].booked
    assert booked is not None
    assert dict(booked.shares) == vector, "what is folded is ours, and nothing behind it"
    assert len(deal.fold(deal.first)[1]) == 2
