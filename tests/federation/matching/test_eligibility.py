"""Which listings may be matched at all."""

from __future__ import annotations

import pytest
from hypothesis import given

from federation.matching.eligibility import Hindrance, hindrances, may_match
from federation.records.codec import Demand, ListingPublic
from federation.records.facets import RecordState
from tests.federation.matching.pairs import DEMANDS, SUPPLIES, TODAY, demand, supply


@pytest.mark.parametrize(
    ("asking", "candidate", "state", "found"),
    [
        (demand(), supply(), RecordState.PUBLISHED, ()),
        (supply(open_for_enquiry=False), demand(open_for_enquiry=True), RecordState.PUBLISHED, ()),
        (supply(), supply(), RecordState.PUBLISHED, (Hindrance.SAME_KIND,)),
        (demand(), supply(), RecordState.MATCHED, (Hindrance.NOT_PUBLISHED,)),
        (demand(), supply(), RecordState.WITHDRAWN, (Hindrance.NOT_PUBLISHED,)),
        (
            demand(),
            supply(open_for_enquiry=False),
            RecordState.PUBLISHED,
            (Hindrance.NOT_OPEN,),
        ),
        (demand(), supply(valid_until="2026-07-29"), RecordState.PUBLISHED, (Hindrance.EXPIRED,)),
        (demand(), supply(valid_until="2026-07-30"), RecordState.PUBLISHED, ()),
        (demand(), supply(valid_until=""), RecordState.PUBLISHED, ()),
        (
            supply(),
            demand(open_for_enquiry=True, demand=Demand(deadline_eoi="2026-07-29")),
            RecordState.PUBLISHED,
            (Hindrance.DEADLINE_PASSED,),
        ),
    ],
)
def test_filters_come_first(
    asking: ListingPublic,
    candidate: ListingPublic,
    state: RecordState,
    found: tuple[Hindrance, ...],
) -> None:
    assert hindrances(asking, candidate, state, TODAY) == found
    assert may_match(asking, candidate, state, TODAY) == (not found)


@given(DEMANDS, SUPPLIES)
def test_a_pair_of_one_kind_never_matches(wanted: ListingPublic, offered: ListingPublic) -> None:
    assert not may_match(wanted, wanted, RecordState.PUBLISHED, TODAY)
    assert not may_match(offered, offered, RecordState.PUBLISHED, TODAY)
