"""The demo's records keep every rule, say what they are meant to say, and multiply alike."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from federation.records.codec import Listing
from federation.records.findings import Checked
from federation.records.validation import check_record
from node.demo.listings import (
    MEMBERS,
    load_listings,
    load_managers,
    load_organisations,
    multiply,
    shares,
)

FOLDER = Path(__file__).parents[3] / "deploy" / "example" / "listings"
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def listings() -> dict[str, list[Listing]]:
    return load_listings(FOLDER)


@pytest.fixture(scope="module")
def everything(listings: dict[str, list[Listing]]) -> list[Listing]:
    return [listing for member in MEMBERS for listing in listings[member]]


def test_every_record_keeps_every_rule(everything: list[Listing]) -> None:
    organisations = [one for many in load_organisations(FOLDER).values() for one in many]
    managers = [one for many in load_managers(FOLDER).values() for one in many]
    assert (len(everything), len(organisations), len(managers)) == (200, 30, 12)
    checks: list[Checked[Any]] = [
        *(check_record(listing, today=TODAY) for listing in everything),
        *(check_record(organisation, today=TODAY) for organisation in organisations),
        *(check_record(manager, today=TODAY) for manager in managers),
    ]
    for checked in checks:
        assert checked.violations == (), checked.record.public.title
        # Real portals have organisations without a code; nothing else is to be mended.
        assert {warning.rule for warning in checked.warnings} <= {"E_UNRESOLVED"}


def test_listings_are_spread_and_say_different_things(
    listings: dict[str, list[Listing]], everything: list[Listing]
) -> None:
    assert all(39 <= len(listings[member]) <= 44 for member in MEMBERS)
    assert len({listing.public.title for listing in everything}) == 200
    sources = {(one.public.source_platform, one.public.source_id) for one in everything}
    assert len(sources) == 200
    kinds = Counter(listing.public.kind for listing in everything)
    assert min(kinds.values()) >= 80
    assert len({listing.public.tech_field for listing in everything}) == 11
    assert len({listing.public.region[:2] for listing in everything}) == 4
    assert len({listing.public.region for listing in everything}) > 80


def test_the_rarer_cases_occur(everything: list[Listing]) -> None:
    public = [listing.public for listing in everything]
    overdue = [
        one for one in public
        if one.supply.public_funds and "" < one.supply.convert_by < TODAY.isoformat()
    ]  # fmt: skip
    assert len(overdue) >= 2
    assert {one.supply.entitlement for one in public} == {0, 1, 2, 3, 4}
    assert any(8 in one.supply.transfer_modes for one in public)
    assert any(one.supply.open_licence_fee_fen for one in public)
    assert any(one.demand.challenge and one.demand.bounty_fen for one in public)
    assert any(one.trl_estimated for one in public)
    anonymous = [listing for listing in everything if listing.public.demand.anonymous]
    assert len(anonymous) >= 5
    for listing in anonymous:
        assert not listing.public.HasField("owner")
        assert listing.members.demander.uscc
    assert all(one.supply.indicators or one.demand.indicators for one in public)
    assert all(listing.origin.contacts for listing in everything)


@pytest.mark.parametrize("member", MEMBERS)
def test_variations_keep_every_rule(listings: dict[str, list[Listing]], member: str) -> None:
    made = list(multiply(listings[member], 400, seed=7))
    assert made[: len(listings[member])] == listings[member]
    for listing in made:
        assert check_record(listing, today=TODAY).violations == (), listing.public.source_id
    assert len({listing.public.source_id for listing in made}) == 400
    assert len({listing.public.title for listing in made}) > 380


def digest(listings: list[Listing], count: int, seed: int) -> str:
    made = hashlib.sha256()
    for listing in multiply(listings, count, seed):
        made.update(listing.SerializeToString(deterministic=True))
    return made.hexdigest()


def test_a_seed_gives_the_same_bytes(listings: dict[str, list[Listing]]) -> None:
    before = [listing.SerializeToString(deterministic=True) for listing in listings["center"]]
    first = digest(listings["center"], 500, seed=1)
    assert digest(listings["center"], 500, seed=1) == first
    assert digest(listings["center"], 500, seed=2) != first
    after = [listing.SerializeToString(deterministic=True) for listing in listings["center"]]
    assert after == before


def test_a_million_is_not_made_before_it_is_asked_for(listings: dict[str, list[Listing]]) -> None:
    assert len(list(islice(multiply(listings["anhui"], 1_000_000, seed=1), 50))) == 50


def test_listings_are_shared_out_evenly() -> None:
    assert shares(12) == {"shanghai": 3, "jiangsu": 3, "zhejiang": 2, "anhui": 2, "center": 2}
    assert sum(shares(100_000).values()) == 100_000
