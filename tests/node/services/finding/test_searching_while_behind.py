"""What a search tells of listings that are gone while the index still holds them: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def labels(finding: Finding) -> list[str]:
    return [label for label, _ in finding.find(with_facets=True).facets["labels"]]


@pytest.mark.parametrize("end", ["withdrawn", "erased", "revised"])
def test_no_label_of_what_is_gone_is_counted(node: OwnNode, finding: Finding, end: str) -> None:
    names = []
    for number, said in enumerate((["首台套", "张三专项"], ["首台套"])):
        made = supply(number)
        made.public.labels.extend(said)
        names.append(node.publishing.publish(PLATFORM, LISTING, made, WriteOptions()).record.name)
    finding.catch_up()
    assert labels(finding) == ["首台套", "张三专项"]
    if end == "withdrawn":
        node.publishing.withdraw(PLATFORM, LISTING, names[0], WriteOptions())
    elif end == "erased":
        erase(node, 1)
    else:

        def changed(stored: object) -> object:
            del stored.public.labels[:]  # type: ignore[attr-defined]
            return stored

        node.publishing.revise(PLATFORM, LISTING, names[0], changed, WriteOptions(), "")
    assert labels(finding) == ["首台套"]
    finding.catch_up()
    assert labels(finding) == ["首台套"]
