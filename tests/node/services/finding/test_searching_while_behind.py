"""What a search tells of listings that are gone while the index still holds them: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding
from tests.node.services.finding.test_indexing import erase
from tests.node.services.own_node import PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def told(finding: Finding, column: str) -> list[str]:
    facets = finding.find(with_facets=True).facets
    assert facets is not None
    return [value for value, _ in facets.values[column]]


@pytest.mark.parametrize("end", ["withdrawn", "erased", "revised"])
def test_no_label_and_no_owner_of_what_is_gone_is_counted(
    node: OwnNode, finding: Finding, end: str
) -> None:
    names = []
    for number, (labels, owner) in enumerate(
        [(["首台套", "张三专项"], "(张三) 工作室"), (["首台套"], "安徽大学")]
    ):
        made: Any = supply(number)
        made.public.labels.extend(labels)
        made.public.owner.Clear()
        made.public.owner.name = owner
        names.append(node.publishing.publish(PLATFORM, LISTING, made, WriteOptions()).record.name)
    finding.catch_up()
    assert told(finding, "labels") == ["首台套", "张三专项"]
    assert told(finding, "owners") == ["(张三) 工作室", "安徽大学"]
    if end == "withdrawn":
        node.publishing.withdraw(PLATFORM, LISTING, names[0], WriteOptions())
    elif end == "erased":
        erase(node, 1)
    else:

        def changed(stored: Any) -> Any:
            del stored.public.labels[:]
            stored.public.owner.name = "安徽大学"
            return stored

        node.publishing.revise(PLATFORM, LISTING, names[0], changed, WriteOptions(), "")
    for _ in range(2):
        assert told(finding, "labels") == ["首台套"]
        assert told(finding, "owners") == ["安徽大学"]
        finding.catch_up()
