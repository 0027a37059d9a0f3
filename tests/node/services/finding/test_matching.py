"""Matching: reasons that sum to the score, equal lists on equal logs, feedback, symmetry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.log.errors import YdxError
from federation.matching.listing_text import listing_texts
from federation.matching.score import Note, Signal
from federation.matching.terms import terms
from node.services.access import Caller, Role
from node.services.catalogue.records import LISTING
from node.services.finding.matching import CANDIDATES
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding, demand
from tests.node.services.own_node import CLERK, PARTNER, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

    from federation.records.codec import Listing
    from node.services.finding.matching import Match, MatchList

UNKNOWN = "nodes/anhui/listings/0000000000000000000000000a"


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def publish(node: OwnNode, record: Listing) -> str:
    return str(node.publishing.publish(PLATFORM, LISTING, record, WriteOptions()).record.name)


def offer(number: int, **public: Any) -> Listing:
    return supply(number, open_for_enquiry=True, **public)


def strength(made: Any, value: str, unit: str = "MPa") -> Any:
    """State a strength that is reached, exactly."""
    one = made.public.supply.indicators.add()
    one.name, one.relation, one.value, one.unit = "抗拉强度", 3, value, unit
    return made


def wanted(number: int = 100, **public: Any) -> Listing:
    return demand(number, title="寻求高强韧铝合金铸造工艺", open_for_enquiry=True, **public)


def points(match: Match, signal: Signal) -> int:
    return sum(reason.points for reason in match.reasons if reason.signal is signal)


@pytest.fixture
def market(node: OwnNode, finding: Finding) -> Finding:
    publish(node, strength(offer(1, title="高强韧铝合金低压铸造技术"), "0.52", "GPa"))
    publish(node, strength(offer(2, title="高强韧铝合金挤压铸造技术"), "320"))
    publish(node, offer(3, title="医用可降解镁合金骨钉", tech_field=4))
    publish(node, supply(4, title="高强韧铝合金铸造工艺不公开洽谈"))
    publish(node, offer(5, title="高强韧铝合金铸造工艺已过期", valid_until="2026-11-19"))
    finding.wanted = publish(node, wanted())
    finding.catch_up()
    return finding


def match(finding: Finding, name: str = "", **asked: Any) -> MatchList:
    asked.setdefault("caller", CLERK)
    asked.setdefault("limit", 20)
    return finding.matching.match(name=name or finding.wanted, **asked)


def test_the_reasons_are_the_score_and_name_fields_of_both_sides(market: Finding) -> None:
    found = match(market)
    titles = [one.listing.public.title for one in found.matches]
    assert titles[0] == "高强韧铝合金低压铸造技术"
    assert "高强韧铝合金铸造工艺不公开洽谈" not in titles
    for one in found.matches:
        assert sum(reason.points for reason in one.reasons) == one.score
        for reason in one.reasons:
            assert reason.demand.fields
            assert reason.supply.fields
    best = found.matches[0]
    text = next(reason for reason in best.reasons if reason.signal is Signal.TEXT)
    assert 0 < text.points <= 600
    demanded = dict(listing_texts(found.asking.public))
    offered = dict(listing_texts(best.listing.public))
    for term in text.terms:
        assert term.term in terms(demanded[term.demand_field])
        assert term.term in terms(offered[term.supply_field])
    assert found.sizes == {"ydx.example/anhui": 7}


def test_indicators_are_shown_in_one_unit_and_a_contradiction_lowers(market: Finding) -> None:
    by_title = {one.listing.public.title: one for one in match(market).matches}
    met = by_title["高强韧铝合金低压铸造技术"]
    unmet = by_title["高强韧铝合金挤压铸造技术"]
    assert points(met, Signal.INDICATOR) == 40
    reason = next(one for one in met.reasons if one.signal is Signal.INDICATOR)
    assert "450 MPa" in reason.demand.value
    assert "520 MPa" in reason.supply.value
    (reason,) = (one for one in unmet.reasons if one.signal is Signal.INDICATOR)
    assert (reason.points, reason.note) == (-40, Note.CONTRADICTED)
    assert "320 MPa" in reason.supply.value


def test_a_pair_has_the_same_points_whichever_side_asks(market: Finding) -> None:
    forward = {one.listing.name: one for one in match(market).matches}
    for name, one in forward.items():
        back = match(market, name)
        found = {other.listing.name: other for other in back.matches}
        assert found[market.wanted].reasons == one.reasons


def test_a_preferred_region_changes_region_points_only(market: Finding) -> None:
    plain = {one.listing.name: one for one in match(market).matches}
    for one in match(market, region="34").matches:
        before = plain[one.listing.name]
        rest = tuple(reason for reason in one.reasons if reason.signal is not Signal.REGION)
        assert rest == before.reasons
        assert one.score - before.score == points(one, Signal.REGION) == 15
    assert {one.listing.name for one in match(market, region="31").matches} == set(plain)


def test_prices_count_only_for_those_who_may_read_them(market: Finding) -> None:
    stranger = Caller(frozenset({Role.SECURITY}), "9")
    for one in match(market, caller=CLERK).matches:
        assert points(one, Signal.BUDGET) == 40
    for one in match(market, caller=stranger).matches:
        assert points(one, Signal.BUDGET) == 0


def test_feedback_is_kept_shown_and_changes_no_order(market: Finding) -> None:
    before = match(market)
    last = before.matches[-1].listing.name
    name = market.wanted
    said = market.matching.give_feedback(CLERK, name, last, is_useful=True)
    assert (said.useful, said.not_useful, said.own) == (1, 0, True)
    market.matching.give_feedback(PARTNER, name, last, is_useful=False)
    after = match(market)
    assert [one.listing.name for one in after.matches] == [
        one.listing.name for one in before.matches
    ]
    assert after.matches[-1].feedback == (1, 1, True)
    market.matching.give_feedback(CLERK, name, last, is_useful=None)
    assert match(market).matches[-1].feedback == (0, 1, None)
    with pytest.raises(YdxError) as caught:
        market.matching.give_feedback(CLERK, name, UNKNOWN, is_useful=True)
    assert caught.value.reason == "RECORD_NOT_FOUND"


def test_equal_listings_give_equal_lists_whatever_was_revised_and_how_often(
    node: OwnNode, finding: Finding, tmp_path: Path
) -> None:
    """More fit than are candidates, and tantivy counts the words of revisions that are gone."""
    names = []
    for number in range(CANDIDATES + 60):
        made: Any = offer(number, title=f"铝合金铸造{'高' if number % 2 else '强韧'}第{number}")
        made.public.description = "电" * (10 + number)
        if number % 2:
            made.public.ipc.append("B22D 18/04")
        names.append(publish(node, made))
    asking: Any = wanted(900)
    asking.public.ipc.append("B22D 18/04")
    finding.wanted = publish(node, asking)
    finding.catch_up()
    for text in ("强韧" * 200, "") * 3:
        for number in range(0, 60, 2):

            def changed(stored: Any, text: str = text, number: int = number) -> Any:
                stored.public.description = text or "电" * (10 + number)
                return stored

            node.publishing.revise(PLATFORM, LISTING, names[number], changed, WriteOptions(), "")
        finding.catch_up()
    fresh = Finding(node, tmp_path / "fresh")
    fresh.catch_up()
    fresh.wanted = finding.wanted
    lists = [
        [(one.listing.name, one.score) for one in match(each, limit=CANDIDATES).matches]
        for each in (finding, fresh)
    ]
    assert len(lists[0]) == CANDIDATES
    assert lists[0] == lists[1]


def test_an_unknown_listing_is_refused(market: Finding) -> None:
    with pytest.raises(YdxError) as caught:
        match(market, UNKNOWN)
    assert caught.value.reason == "RECORD_NOT_FOUND"


def test_demands_past_their_deadline_do_not_take_the_place_of_open_ones(
    node: OwnNode, finding: Finding
) -> None:
    for number in range(CANDIDATES):
        closed: Any = wanted(number)
        closed.public.demand.deadline_eoi = "2026-11-17"
        publish(node, closed)
    publish(node, demand(CANDIDATES, title="寻求铝合金工艺", open_for_enquiry=True))
    supplied = publish(node, offer(CANDIDATES + 1, title="高强韧铝合金铸造工艺"))
    finding.catch_up()
    titles = [one.listing.public.title for one in match(finding, supplied).matches]
    assert titles == ["寻求铝合金工艺"]


def test_a_long_text_of_words_that_nobody_else_has_still_finds_who_shares_its_title(
    node: OwnNode, finding: Finding
) -> None:
    """All 60 terms that candidates are looked for by once were such words."""
    for number in range(20):
        publish(node, offer(number, title="高强韧铝合金低压铸造技术"))
    made: Any = wanted()
    made.public.description = "".join(map(chr, range(0x5000, 0x5100)))
    name = publish(node, made)
    finding.catch_up()
    titles = [one.listing.public.title for one in match(finding, name).matches]
    assert titles == ["高强韧铝合金低压铸造技术"] * 20


def test_two_nodes_with_equal_logs_give_equal_lists_whatever_their_indexes_went_through(
    market: Finding, tmp_path: Path
) -> None:
    """One index was followed with every commit and many revisions, the other is built at once."""
    node = market.node
    for turn in range(3):
        name = publish(node, offer(10 + turn, title=f"高强铝合金半固态铸造第{turn}代"))
        market.catch_up()

        def changed(stored: Any) -> Any:
            stored.public.trl = 8
            return stored

        node.publishing.revise(PLATFORM, LISTING, name, changed, WriteOptions(), "")
        market.catch_up()
    fresh = Finding(node, tmp_path / "fresh")
    fresh.catch_up()
    fresh.wanted = market.wanted

    def told(found: MatchList) -> list[object]:
        return [(one.listing.name, one.score, one.reasons) for one in found.matches]

    assert told(match(market)) == told(match(fresh))
    assert match(market).sizes == match(fresh).sizes
    supplied = match(market).matches[0].listing.name
    assert told(match(market, supplied)) == told(match(fresh, supplied))
