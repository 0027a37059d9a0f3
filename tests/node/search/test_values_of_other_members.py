"""What another member wrote in its listings, which no rule of ours has seen, in the index."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from federation.records.codec import ListingKind, ListingPublic, ListingTerms
from node.search.documents import build_schema, listing_document
from node.search.facet_ranges import RangeCount
from node.search.facets import Counts, Facets
from node.search.index import Snapshot, in_memory
from node.search.query import ListingFilter, Words, query_words
from node.search.ranking import Ranking, Sort
from tests.node.search.test_against_every_listing import Made

TODAY = 739_938
LONG = 60_000


def listing(number: int = 0, **public: Any) -> Made:
    """Return a supply; `public` are fields of its PUBLIC part."""
    said = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY, title="铝合金低压铸造", **public)
    return Made(1, number.to_bytes(16), number + 1, 1, 5, said.SerializeToString(), None)


def priced(least: int, most: int) -> Made:
    terms: Any = ListingTerms()
    terms.price.amount_min_fen, terms.price.amount_max_fen = least, most
    public = ListingPublic(kind=ListingKind.LISTING_KIND_SUPPLY).SerializeToString()
    return Made(1, bytes(16), 1, 1, 5, public, terms.SerializeToString())


def ranking(snapshot: Snapshot, **which: Any) -> Ranking:
    words = query_words(snapshot, "")
    return Ranking(snapshot, words, ListingFilter(**which), Sort.NEWEST, {1: "x/anhui"}, TODAY)


def counted(*listings: Made) -> tuple[Snapshot, Counts]:
    snapshot = in_memory(listings)
    return snapshot, Facets().count(snapshot, ranking(snapshot).query(Words.ALL), TODAY, {})


@pytest.mark.parametrize(
    ("least", "most"),
    [(0, 2**63 - 1), (7, 2**62 + 1), (2**62, 2**63 - 1), (9, 8), (-5, -1), (-(2**63), 2**63 - 1)],
)
def test_a_range_counts_what_its_filter_finds_of_any_price(least: int, most: int) -> None:
    snapshot, counts = counted(priced(least, most))
    told = {(one.first, one.last) for one in counts.ranges["amount_min_fen"]}
    _, every = counted(priced(1, 0))
    for first, last, _ in every.ranges["amount_min_fen"]:
        found, _ = ranking(snapshot, amount_min_fen=first, amount_max_fen=last or 0).total()
        assert found == ((first, last) in told), (first, last)


def test_what_has_no_end_of_price_is_found_above_every_amount() -> None:
    snapshot = in_memory([priced(1, 0)])
    assert ranking(snapshot, amount_min_fen=2**63 - 1).total()[0] == 1


def test_days_that_no_calendar_or_only_the_last_one_has_are_counted() -> None:
    days = ["9999-12-31", "0001-01-01", "10000-01-01", "2026-02-30"]
    snapshot, counts = counted(*(listing(at, valid_until=one) for at, one in enumerate(days)))
    assert counts.ranges["valid_on"][0] == RangeCount(TODAY, None, 3)
    assert ranking(snapshot, valid_on="2026-11-18").total()[0] == 3


def test_a_code_of_any_length_takes_no_room() -> None:
    made = listing(industry=["C" * LONG, "C3421"], region="34" + "0" * LONG)
    schema = build_schema()
    tracemalloc.start()
    listing_document(made, schema)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_bytes < 20_000_000


def test_codes_that_no_filter_takes_are_not_told() -> None:
    wrong = ["张三 13800000000", "C34210", "c34", "Z1", "C\n", "\0", ""]
    snapshot, counts = counted(
        listing(0, industry=wrong, ipc=["李四", "A61K 31/", "IA61K"], region="王五"),
        listing(1, industry=["C3421"], ipc=["a61k 31/4174"], region="340100"),
    )
    assert dict(counts.values["industries"]) == dict.fromkeys(
        ("C", "C3", "C34", "C342", "C3421"), 1
    )
    assert dict(counts.values["ipc"]) == dict.fromkeys(
        ("A", "A61", "A61K", "A61K31", "A61K31/4174"), 1
    )
    assert counts.values["regions"] == [("34", 1), ("3401", 1)]
    assert ranking(snapshot, industries=("C3421",)).total()[0] == 1


def test_no_value_is_told_that_is_longer_than_a_filter_takes() -> None:
    owner: Any = {"name": "某" * LONG}
    long = listing(owner=owner, labels=["标" * LONG, "首台套"])
    _, counts = counted(long, listing(1, owner={"name": "某" * 200}, labels=["标" * 200]))
    assert counts.values["owners"] == [("某" * 200, 1)]
    assert counts.values["labels"] == [("标" * 200, 1), ("首台套", 1)]


def test_long_values_are_not_kept_from_listing_to_listing() -> None:
    schema = build_schema()
    tracemalloc.start()
    for number in range(40):
        owner: Any = {"name": f"{number}" + "x" * LONG}
        codes = [f"A{(number + at) % 2_000}" for at in range(2_000)]
        listing_document(listing(owner=owner, labels=[owner["name"]], ipc=codes), schema)
    kept_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept_bytes < 4_000_000


def test_an_owner_without_a_name_is_not_counted_by_a_code_that_finds_others() -> None:
    code = "91340100MA2N0R3X5B"
    named: Any = {"name": "安徽大学", "uscc": code}
    snapshot, counts = counted(listing(0, owner=named), listing(1, owner={"uscc": code}))
    for value, count in counts.values["owners"]:
        assert ranking(snapshot, organisation=value).total()[0] == count, value
    assert ranking(snapshot, organisation=code).total()[0] == 2


def test_a_readiness_level_that_does_not_exist_is_none() -> None:
    snapshot, counts = counted(listing(0, trl=9), listing(1, trl=2**32 - 1))
    assert counts.values["trl"] == [("0", 1), ("9", 1)]
    assert ranking(snapshot, trl_min=1).total()[0] == 1
