"""Pages to the end where more listings share a day or a time than are sorted at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.search import ranking
from node.search.ranking import Sort
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

    from node.search.ranking import Reached

WINDOW = 8
SHARING = 3 * WINDOW


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finding:
    monkeypatch.setattr(ranking, "WINDOW", WINDOW)
    monkeypatch.setattr(ranking, "_FIRST", 2)
    return Finding(node, tmp_path / "search")


def publish(node: OwnNode, number: int, valid_until: str) -> str:
    made = supply(number, title=f"铝合金铸造第{number}号", valid_until=valid_until)
    return str(node.publishing.publish(PLATFORM, LISTING, made, WriteOptions()).record.name)


def pages(finding: Finding, text: str, sort: Sort, limit: int) -> list[str]:
    """Return the names of all hits, page by page."""
    found: list[str] = []
    after: Reached | None = None
    while True:
        page = finding.find(text, sort=sort, after=after, limit=limit)
        found += [hit.listing.name for hit in page.hits]
        after = page.next_after
        if after is None:
            assert len(found) == page.total
            return found


@pytest.mark.parametrize("text", ["", "铝合金"])
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_who_closes_on_the_day_that_most_close_on_is_told_in_order_and_so_is_who_closes_later(
    node: OwnNode, finding: Finding, text: str, limit: int
) -> None:
    last = publish(node, 0, "2027-02-01")
    shared = [publish(node, number + 1, "2026-12-31") for number in range(SHARING)]
    later = [publish(node, 100 + number, f"2027-01-{number + 1:02}") for number in range(WINDOW)]
    first = publish(node, 200, "2026-12-30")
    finding.catch_up()
    expected = [first, *sorted(shared), *later, last]
    assert pages(finding, text, Sort.CLOSING_SOON, limit) == expected


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_what_was_written_in_one_millisecond_is_told_to_the_end(
    node: OwnNode, finding: Finding, limit: int
) -> None:
    """The clock of these tests stands still."""
    names = [publish(node, number, "2027-12-31") for number in range(SHARING)]
    finding.catch_up()
    assert pages(finding, "", Sort.NEWEST, limit) == sorted(names)


def test_what_holds_some_words_does_not_follow_where_what_holds_all_is_cut(
    node: OwnNode, finding: Finding
) -> None:
    for number in range(WINDOW + 1):
        made = supply(number, title=f"铝合金与镁合金铸造第{number}号")
        node.publishing.publish(PLATFORM, LISTING, made, WriteOptions())
    publish(node, 99, "2027-12-31")
    finding.catch_up()
    page = finding.find("铝合金 镁合金", limit=100)
    assert len(page.hits) == WINDOW
    assert not any(hit.is_partial for hit in page.hits)
