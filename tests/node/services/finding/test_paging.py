"""Pages of a search while listings come, change and go: nothing that stays is lost or doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.search.ranking import Reached


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def publish(node: OwnNode, number: int, **public: Any) -> str:
    record = supply(number, **public)
    return str(node.publishing.publish(PLATFORM, LISTING, record, WriteOptions()).record.name)


def withdraw(node: OwnNode, name: str) -> None:
    node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())


def revise(node: OwnNode, name: str) -> None:
    def changed(stored: Any) -> Any:
        stored.public.title = "完全不同的低压铸造成果"
        return stored

    node.publishing.revise(PLATFORM, LISTING, name, changed, WriteOptions(), "")


@pytest.mark.parametrize("change", [withdraw, revise])
@pytest.mark.parametrize("gone", [1, 2, 3])
@pytest.mark.parametrize("page", [2, 3])
def test_pages_go_on_where_the_last_ones_told_are_no_more_what_they_were(
    node: OwnNode,
    finding: Finding,
    change: Callable[[OwnNode, str], None],
    gone: int,
    page: int,
) -> None:
    """All scores are others then: the index counts less listings, and others."""
    titles = ["同样的超声焊接成果" + "之二" * (number % 3) for number in range(15)]
    names = [publish(node, number, title=title) for number, title in enumerate(titles)]
    for number in range(20, 40):
        publish(node, number, title="别的低压铸造设备")
    finding.catch_up()
    shown: list[str] = []
    lost: list[str] = []
    after: Reached | None = None
    while True:
        found = finding.find("超声焊接", after=after, limit=page)
        told = [hit.listing.name for hit in found.hits]
        shown += told
        after = found.next_after
        if after is None:
            break
        for name in [one for one in shown if one not in lost][-gone:]:
            change(node, name)
            lost.append(name)
        finding.catch_up()
        assert list(finding.indexer.rebuild())
    assert sorted(shown) == sorted(names)
