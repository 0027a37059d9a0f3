"""Matching with listings that no honest node would have published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.matching.indicators import parse_message
from federation.matching.score import Signal
from node.services.finding.matched import INDICATORS_MAX
from tests.node.services.finding.finding import Finding, demand
from tests.node.services.finding.test_duplicates import mirrored
from tests.node.services.finding.test_matching import (
    match,
    offer,
    points,
    publish,
    strength,
    wanted,
)
from tests.node.services.own_node import OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

    from federation.records.codec import ListingPublic

TITLE = "高强韧铝合金低压铸造技术"


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the indicators that are read from now on."""
    names: list[str] = []

    def counted(indicator: Any) -> Any:
        names.append(indicator.name)
        return parse_message(indicator)

    monkeypatch.setattr("federation.matching.score.parse_message", counted)
    return names


def flooded(public: ListingPublic, indicators: Any) -> bytes:
    """Return a PUBLIC part with thousands of indicators."""
    public.title, public.open_for_enquiry = TITLE, True
    for number in range(2000):
        one = indicators.add()
        one.name = f"强度{number}大于{number}MPa"
    return public.SerializeToString()


def test_no_more_indicators_of_a_candidate_are_read_than_one_may_publish(
    node: OwnNode, finding: Finding, read: list[str]
) -> None:
    made = strength(supply(1), "520")
    mirrored(node, flooded(made.public, made.public.supply.indicators))
    name = publish(node, wanted())
    finding.catch_up()
    (found,) = match(finding, name).matches
    assert points(found, Signal.INDICATOR) == 40
    assert len(read) <= 2 * INDICATORS_MAX


def test_nor_of_the_listing_that_asks_which_is_shown_whole(
    node: OwnNode, finding: Finding, read: list[str]
) -> None:
    made: Any = demand(1)
    (name,) = mirrored(node, flooded(made.public, made.public.demand.indicators))
    publish(node, strength(offer(2, title=TITLE), "520"))
    finding.catch_up()
    found = match(finding, name)
    assert len(found.asking.public.demand.indicators) == 2001
    assert len(found.matches) == 1
    assert len(read) <= 2 * INDICATORS_MAX
