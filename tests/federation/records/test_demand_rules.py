"""Each rule of a demand: an example that breaks it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from federation.records.codec import Listing, Relation
from federation.records.listing import check_listing
from tests.federation.records.examples import TODAY, demand, indicator, supply
from tests.federation.records.spoiling import Broken, drop, extend, put, sentence, told

_VALUE_MAX = "public.demand.indicators[0].value_max"


def _anonymous(listing: Listing) -> None:
    listing.public.demand.anonymous = True
    listing.public.ClearField("owner")


def _anonymous_but_named(listing: Listing) -> None:
    listing.public.demand.anonymous = True
    listing.members.demander.CopyFrom(listing.public.owner)


def _indicator(**values: object) -> Callable[[Listing], object]:
    def spoil(listing: Listing) -> None:
        for name, value in values.items():
            setattr(listing.public.demand.indicators[0], name, value)

    return spoil


OF_DEMANDS = [
    Broken("an end", "REQUIRED", "public.valid_until", drop("public.valid_until")),
    Broken("a demander", "REQUIRED", "public.owner", drop("public.owner")),
    Broken("its own half", "REQUIRED", "public.demand", drop("public.demand")),
    Broken("a problem", "REQUIRED", "public.demand.problem", drop("public.demand.problem")),
    Broken("a type", "REQUIRED", "public.demand.demand_type", drop("public.demand.demand_type")),
    Broken("indicators", "REQUIRED", "public.demand.indicators", drop("public.demand.indicators")),
    Broken(
        "a deadline for interest",
        "REQUIRED",
        "public.demand.deadline_eoi",
        drop("public.demand.deadline_eoi"),
    ),
    Broken("nobody whom members know", "REQUIRED", "members.demander", _anonymous),
    Broken(
        "31 indicators",
        "TOO_MANY",
        "public.demand.indicators",
        extend("public.demand.indicators", *[indicator()] * 30),
    ),
    Broken(
        "4 ways of cooperation",
        "TOO_MANY",
        "public.demand.cooperation_modes",
        extend("public.demand.cooperation_modes", 1, 3, 4),
    ),
    Broken(
        "a deadline after the end",
        "DATE_ORDER",
        "public.demand.deadline_eoi",
        put("public.demand.deadline_eoi", "2027-04-01"),
    ),
    Broken(
        "verified tomorrow",
        "DATE_IN_FUTURE",
        "public.demand.verified_on",
        put("public.demand.verified_on", "2026-07-31"),
    ),
    Broken(
        "a value with its unit",
        "DECIMAL_FORM",
        "public.demand.indicators[0].value",
        _indicator(value="15%"),
    ),
    Broken(
        "a relation to nothing",
        "INDICATOR_VALUE",
        "public.demand.indicators[0].value",
        _indicator(value=""),
    ),
    Broken(
        "a range upside down",
        "INDICATOR_RANGE",
        _VALUE_MAX,
        _indicator(relation=Relation.RELATION_RANGE, value="5", value_max="4.99"),
    ),
    Broken(
        "a range without an upper end",
        "INDICATOR_RANGE",
        _VALUE_MAX,
        _indicator(relation=Relation.RELATION_RANGE),
    ),
    Broken("an upper end alone", "INDICATOR_RANGE", _VALUE_MAX, _indicator(value_max="20")),
    Broken(
        "a named anonymous demander", "OWNER_OF_ANONYMOUS", "public.owner", _anonymous_but_named
    ),
    Broken(
        "a bounty without a challenge",
        "BOUNTY_WITHOUT_CHALLENGE",
        "public.demand.bounty_fen",
        put("public.demand.bounty_fen", 100),
    ),
    Broken(
        "a supply's half",
        "WRONG_KIND",
        "public.supply",
        lambda listing: listing.public.supply.CopyFrom(supply().public.supply),
    ),
    Broken(
        "a price",
        "WRONG_KIND",
        "members.price",
        lambda listing: listing.members.price.CopyFrom(supply().members.price),
    ),
]


@pytest.mark.parametrize("broken", OF_DEMANDS, ids=sentence)
def test_demand_is_refused_for_exactly_this(broken: Broken) -> None:
    listing = demand()
    broken.spoil(listing)
    found = check_listing(listing, today=TODAY).violations
    assert told(found) == [(broken.rule, broken.field)]


def test_anonymous_demand_is_known_to_members() -> None:
    listing = demand()
    _anonymous_but_named(listing)
    listing.public.ClearField("owner")
    assert check_listing(listing, today=TODAY).ok


def test_indicator_may_be_words_alone() -> None:
    listing = demand()
    listing.public.demand.indicators.add(name="焊接", text="支持 MIG 与 TIG")
    assert check_listing(listing, today=TODAY).ok


def test_deadline_that_has_passed_is_a_warning() -> None:
    listing = demand()
    listing.public.demand.deadline_eoi = "2026-07-29"
    checked = check_listing(listing, today=TODAY)
    assert checked.ok
    assert told(checked.warnings) == [("E_EXPIRED", "public.demand.deadline_eoi")]
