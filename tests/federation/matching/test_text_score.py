"""The score is exact, and says where it comes from."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.matching.terms import is_single, terms
from federation.matching.text_score import (
    LENGTH_NORMALISATION,
    SCALE,
    Statistics,
    for_length,
    largest,
    query,
    query_weights,
    score,
    shares,
)

WORDS = ["磁悬", "悬浮", "磁", "浮", "bear", "steel", "az91d", "5g"]
COUNTS = st.dictionaries(st.sampled_from(WORDS), st.integers(1, 40))
WEIGHTS = st.dictionaries(st.sampled_from(WORDS), st.integers(1, 20 * SCALE), min_size=1)


@st.composite
def statistics(draw: st.DrawFn) -> Statistics:
    documents = draw(st.integers(1, 1_000_000))
    frequency = draw(st.dictionaries(st.sampled_from(WORDS), st.integers(0, documents)))
    return Statistics(documents, draw(st.integers(documents, documents * 2000)), frequency)


def test_a_term_weighs_by_its_saturated_count_and_the_boost_of_its_text() -> None:
    weights = query_weights([("steel", 4), ("steel steel bearing", 1)])
    assert weights == {"steel": 4 * SCALE + 2 * 5 * SCALE // 6, "bear": SCALE}


def test_a_single_character_weighs_less_than_a_pair() -> None:
    assert query_weights([("磁铁", 1)]) == {"磁铁": SCALE, "磁": 700_000, "铁": 700_000}


def test_the_heaviest_terms_come_first_and_ties_go_by_the_term() -> None:
    known = Statistics(100, 10_000, {"steel": 50, "bear": 1, "zinc": 1})
    asked = query(query_weights([("steel zinc bearing", 1)]), known)
    assert asked.heaviest(known, most=2) == [("bear", SCALE), ("zinc", SCALE)]
    assert list(asked.impacts) == ["bear", "zinc", "steel"]


def test_what_nobody_else_holds_takes_no_place_among_the_heaviest() -> None:
    known = Statistics(100, 10_000, {"steel": 50, "bear": 2, "zinc": 1})
    asked = query(query_weights([("steel zinc bearing unknown", 1)]), known)
    assert [term for term, _ in asked.heaviest(known)] == ["zinc", "bear", "steel"]
    assert asked.heaviest(known, own=1, most=2) == [("bear", SCALE), ("steel", SCALE)]


@pytest.mark.parametrize(
    ("documents", "frequency"), [(1, 0), (1, 1), (300_000, 0), (300_000, 17), (300_000, 300_000)]
)
@pytest.mark.parametrize("count", [1, 2, 40])
def test_what_a_term_adds_is_the_natural_logarithm_in_millionths(
    documents: int, frequency: int, count: int
) -> None:
    odds = (documents - frequency + 0.5) / (frequency + 0.5)
    expected = math.log(1 + count * odds / 2) * SCALE
    known = Statistics(documents, 1, {"steel": frequency})
    assert -1 < known.worth("steel", count) - expected < 0.01


@pytest.mark.parametrize(
    ("documents", "frequency", "count", "expected"),
    [(227_646, 900, 1, 4_843_401), (169_574, 120, 1, 6_556_963), (132_313, 900, 2, 4_989_982)],
)
def test_a_logarithm_just_below_a_whole_number_is_rounded_down(
    documents: int, frequency: int, count: int, expected: int
) -> None:
    with localcontext(prec=50):
        above, below = count * (2 * (documents - frequency) + 1), 4 * frequency + 2
        exact = (Decimal(above + below) / below).ln() * SCALE
    assert Decimal(expected) + 1 - Decimal("0.00001") < exact < expected + 1
    assert Statistics(documents, 1, {"steel": frequency}).worth("steel", count) == expected


def test_what_stands_in_every_listing_says_next_to_nothing_however_often() -> None:
    known = Statistics(1_000, 100_000, {"steel": 1_000, "zinc": 500})
    assert known.worth("steel", 40) < known.worth("zinc") // 40
    assert Statistics(1_000, 100_000, {"steel": 1_001}).worth("steel") < 1_000


def test_a_repeat_of_a_frequent_term_says_more_beside_its_presence_than_one_of_a_rare_term() -> (
    None
):
    known = Statistics(10_000, 1_000_000, {"steel": 2_000, "zinc": 3})
    asked = query({"steel": SCALE, "zinc": SCALE}, known)
    once, twice = (shares(asked, {"steel": count, "zinc": count}) for count in (1, 2))
    assert once["zinc"] > once["steel"]
    assert twice["steel"] * once["zinc"] > twice["zinc"] * once["steel"]


def test_a_longer_text_with_the_same_terms_scores_less_by_its_length() -> None:
    known = Statistics(10, 1_000, {"steel": 2})
    asked = query({"steel": SCALE}, known)
    mean, longer = (score(asked, {"steel": 3}, length, known) for length in (100, 200))
    assert mean == asked.shares["steel", 3]
    assert longer == SCALE * mean // (SCALE + LENGTH_NORMALISATION)


def test_figures_are_the_same_on_every_machine() -> None:
    frequency = {"磁悬": 120, "悬浮": 900, "轴承": 4_000, "浮轴": 90, "的": 290_000, "振动": 9_000}
    frequency |= {"磁": 21_000, "悬": 6_000, "浮": 11_000, "轴": 19_000, "承": 17_000}
    known = Statistics(300_000, 90_000_000, frequency)
    asked = query(query_weights([("磁悬浮轴承", 4), ("高速磁悬浮轴承的振动", 1)]), known)
    words = terms("一种磁悬浮轴承,磁力可调的磁悬浮电机")
    counts = Counter(words)
    assert known.worth("磁悬") == 7_127_145
    assert score(asked, counts, len(words), known) == 343_201_350
    assert largest(shares(asked, counts)) == ["磁悬", "浮轴", "悬浮", "轴承", "悬"]


@given(WEIGHTS, COUNTS, st.integers(1, 5000), statistics())
def test_whole_numbers_stay_close_to_the_exact_figures(
    weights: dict[str, int], counts: dict[str, int], length: int, known: Statistics
) -> None:
    asked = query(weights, known)
    b = Fraction(LENGTH_NORMALISATION, SCALE)
    relative = 1 - b + b * length * known.documents / Fraction(known.total_terms)
    exact = 0.0
    for term in weights.keys() & counts.keys():
        holders = known.document_frequency.get(term, 0)
        odds = (known.documents - holders + 0.5) / (holders + 0.5)
        exact += weights[term] * math.log1p(counts[term] * odds / 2) / float(relative)
    # A share loses less than 1, and as much as its weight by its logarithm; what it is divided by
    # is off by less than two millionths, and no smaller than 0.45.
    bound = 3 * sum(1 + weight / SCALE for weight in weights.values()) + 1 + exact * 1e-5
    assert abs(score(asked, counts, length, known) - exact) <= bound


@given(WEIGHTS, COUNTS, st.integers(1, 5000), statistics(), st.randoms())
def test_the_order_of_terms_is_free(
    weights: dict[str, int], counts: dict[str, int], length: int, known: Statistics, random: Random
) -> None:
    shuffled = list(weights.items())
    random.shuffle(shuffled)
    one, other = query(weights, known), query(dict(shuffled), known)
    assert list(one.impacts.items()) == list(other.impacts.items())
    turned = dict(sorted(counts.items()))
    assert shares(one, counts) == shares(other, turned)
    assert score(one, counts, length, known) == score(other, turned, length, known)


@given(WEIGHTS, COUNTS, st.sampled_from(WORDS), st.integers(1, 5000), statistics())
def test_one_more_matching_term_never_lowers_the_score(
    weights: dict[str, int], counts: dict[str, int], term: str, length: int, known: Statistics
) -> None:
    asked = query(weights, known)
    more = counts | {term: counts.get(term, 0) + 1}
    assert score(asked, more, length, known) >= score(asked, counts, length, known) >= 0


@given(WEIGHTS, COUNTS, st.integers(1, 5000), st.integers(0, 5000), statistics())
def test_a_longer_text_with_the_same_matches_never_scores_more(
    weights: dict[str, int], counts: dict[str, int], length: int, more: int, known: Statistics
) -> None:
    asked = query(weights, known)
    assert score(asked, counts, length + more, known) <= score(asked, counts, length, known)


@given(WEIGHTS, COUNTS, st.integers(1, 5000), statistics())
def test_terms_that_the_query_has_not_may_be_left_out(
    weights: dict[str, int], counts: dict[str, int], length: int, known: Statistics
) -> None:
    asked = query(weights, known)
    of_the_query = {term: count for term, count in counts.items() if term in asked.impacts}
    assert score(asked, of_the_query, length, known) == score(asked, counts, length, known)


@given(WEIGHTS, COUNTS, st.integers(1, 5000), statistics())
def test_the_shares_for_the_length_are_the_score(
    weights: dict[str, int], counts: dict[str, int], length: int, known: Statistics
) -> None:
    asked = query(weights, known)
    found = shares(asked, counts)
    held = sum(found.values())
    assert for_length(held, length, known) == score(asked, counts, length, known)
    assert found.keys() == weights.keys() & counts.keys()
    assert largest(found) == sorted(found, key=lambda term: (-found[term], term))[:5]


@given(st.text(st.sampled_from("磁悬浮 bearing5"), max_size=30), st.integers(1, 9))
def test_weights_belong_to_the_terms_of_the_texts(text: str, boost: int) -> None:
    weights = query_weights([(text, boost)])
    assert weights.keys() == set(terms(text))
    for term, weight in weights.items():
        full = 700_000 if is_single(term) else SCALE
        assert boost * full <= weight <= boost * full * 5


def test_nothing_known_and_nothing_asked_give_nothing() -> None:
    nothing = Statistics(0, 0, {})
    assert score(query({}, nothing), {}, 0, nothing) == 0
    assert score(query({"steel": SCALE}, nothing), {"steel": 1}, 1, nothing) > 0
