"""Facets as callers see them: each count is what its filter lets through."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from node.services.catalogue.records import LISTING
from node.services.finding import facet_counting
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding, demand
from tests.node.services.own_node import PARTNER, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

    from node.search.facets import Counts


@pytest.fixture
def market(node: OwnNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """Publish listings that differ in what is counted, and look at few positions back."""
    monkeypatch.setattr(facet_counting, "RECENT", (1, 2, 5))
    first = supply(1, title="高温合金叶片精密铸造技术", trl=7)
    second: Any = supply(2, title="医用可降解镁合金骨钉", tech_field=4, region="340200", trl=4)
    second.public.supply.transfer_modes[:] = [8]
    second.public.supply.open_licence_fee_fen = 2_000_000
    second.members.ClearField("price")
    second.public.open_for_enquiry = True
    second.public.valid_until = "2026-12-20"
    third: Any = demand(3, title="寻求提高铝合金低温韧性的热处理工艺", region="341500")
    third.public.owner.name = "安徽 某某大学"
    for listing in (first, second, third):
        node.publishing.publish(PLATFORM, LISTING, listing, WriteOptions())
    finding = Finding(node, tmp_path / "search")
    finding.catch_up()
    return finding


def counts(market: Finding, text: str = "", **asked: Any) -> Counts:
    facets = market.find(text, with_facets=True, **asked).facets
    assert facets is not None
    return facets


def test_facets_count_what_matches(market: Finding) -> None:
    values = counts(market, "合金").values
    assert values["kind"] == [("1", 2), ("2", 1)]
    assert values["members"] == [("anhui", 3)]
    assert dict(values["regions"])["34"] == 3
    assert values["tech_field"] == [("5", 2), ("4", 1)]
    assert dict(values["transfer_modes"]) == {"5": 1, "8": 1}
    assert values["open_for_enquiry"] == [("0", 2), ("1", 1)]
    assert values["open_licence"] == [("1", 1)]
    assert values["owners"] == [("安徽某某大学", 3)]
    assert counts(market, "高温合金").values["kind"] == [("1", 1)]
    assert market.find("合金").facets is None


def test_every_range_counts_what_its_filter_lets_through(market: Finding) -> None:
    def day(number: int) -> str:
        return date.fromordinal(number).isoformat()

    told = counts(market).ranges
    assert {name: len(ranges) for name, ranges in told.items()} == {
        "amount_min_fen": 7, "closes_from": 3, "valid_on": 4, "changed_after_position": 2,
    }  # fmt: skip
    for name, ranges in told.items():
        for first, last, count in ranges:
            which: dict[str, Any] = {name: first}
            if name == "amount_min_fen":
                which["amount_max_fen"] = last or 0
            elif name == "closes_from":
                which = {name: day(first), "closes_until": day(last or 0)}
            elif name == "valid_on":
                which = {name: day(first)}
            assert market.find(**which).total == count, (name, first)


def test_who_may_not_read_prices_is_not_told_how_many_have_which(market: Finding) -> None:
    assert counts(market).ranges["amount_min_fen"]
    assert "amount_min_fen" not in counts(market, caller=PARTNER).ranges


def test_facets_that_were_kept_are_those_counted_afresh(node: OwnNode, market: Finding) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("", {}), ("合金", {}), ("合金", {"kind": 1}), ("", {"regions": ("34",)}),
        ("合金 骨钉", {}), ("", {"trl_min": 5}), ("", {"trl_min": 4}), ("没有这个", {}),
    ]  # fmt: skip

    def counted() -> list[Any]:
        return [market.find(text, with_facets=True, **which).facets for text, which in asked]

    for number in range(2):
        first, kept = counted(), counted()
        market.restart()
        market.catch_up()
        assert first == kept == counted()
        assert first[0].values["kind"] == [("1", 2 + number), ("2", 1)]
        node.publishing.publish(PLATFORM, LISTING, supply(10 + number), WriteOptions())
        market.catch_up()
