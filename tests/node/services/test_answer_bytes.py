"""Large listings: a page of hits ends early and goes on, a list of the best loses its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.services import answer_bytes
from node.services.answer_bytes import fitting
from node.services.catalogue.records import LISTING
from node.services.finding import searching
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding, demand
from tests.node.services.own_node import PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

    from federation.records.codec import Listing

TITLE = "高强铝合金低压铸造技术"


def publish(node: OwnNode, record: Listing) -> str:
    return str(node.publishing.publish(PLATFORM, LISTING, record, WriteOptions()).record.name)


@pytest.mark.parametrize(("most", "count"), [(1, 1), (10**9, 6)])
def test_hits_matches_and_duplicates_fit_into_their_answers(
    node: OwnNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, count: int
) -> None:
    finding = Finding(node, tmp_path / "search")
    names = [
        publish(node, supply(number, title=TITLE, open_for_enquiry=True)) for number in range(6)
    ]
    asking = publish(node, demand(9, title=f"寻求{TITLE}", open_for_enquiry=True))
    finding.catch_up()
    for module in (answer_bytes, searching):
        monkeypatch.setattr(module, "ANSWER_BYTES_MAX", most)
    shown: list[str] = []
    page = finding.find("低压铸造", kind=1, limit=100)
    assert len(page.hits) == count
    shown += [hit.listing.name for hit in page.hits]
    while page.next_after is not None:
        page = finding.find("低压铸造", kind=1, limit=100, after=page.next_after)
        shown += [hit.listing.name for hit in page.hits]
    assert sorted(shown) == sorted(names)
    assert len(finding.matching.match(PLATFORM, asking, 100).matches) == count
    found = finding.duplicates.of(PLATFORM, names[0], 100)
    assert len(found.candidates) == min(count, 5)


def test_what_fits_is_taken_up_to_the_one_that_fills_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listings = [supply(number) for number in range(4)]
    monkeypatch.setattr(answer_bytes, "ANSWER_BYTES_MAX", listings[0].ByteSize() + 1)
    assert fitting(listings) == listings[:2]
    assert fitting([]) == []
