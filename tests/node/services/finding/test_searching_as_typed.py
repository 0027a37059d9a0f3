"""Names, measures and numbers are found however they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

    from federation.records.codec import Listing


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def publish(node: OwnNode, record: Listing) -> None:
    node.publishing.publish(PLATFORM, LISTING, record, WriteOptions())


def test_names_and_labels_pass_however_wide_they_are_typed(node: OwnNode, finding: Finding) -> None:
    """What is stored was folded (NFKC) where it was written."""
    made = supply(1)
    made.public.owner.name = "上海理工大学（ＣＡＭ中心）"
    made.public.labels.append("首台（套）")
    publish(node, made)
    finding.catch_up()
    for name in ("上海理工大学（CAM中心）", "上海理工大学(cam中心)", "上海理工大学 (CAM 中心)"):
        assert finding.find(organisation=name).total == 1, name
    for uscc in (
        "91110000600037341L",
        "９１１１００００６０００３７３４１Ｌ",
        "9111 0000 6000 3734 1L",
    ):
        assert finding.find(organisation=uscc).total == 1, uscc
    for label in ("首台（套）", "首台(套)"):
        assert finding.find(labels=[label]).total == 1, label


def test_a_number_with_its_unit_is_found_with_and_without_a_blank(
    node: OwnNode, finding: Finding
) -> None:
    """Indicators are searched with a blank between number and unit; people type none."""
    made = supply(1, title="高强铝合金")
    indicator: Any = made.public.supply.indicators.add()
    indicator.name, indicator.relation, indicator.value, indicator.unit = (
        "屈服强度",
        1,
        "450",
        "MPa",
    )
    publish(node, made)
    publish(node, supply(2, title="屈服强度470MPa"))
    publish(node, supply(3, title="型号MPa450与AZ91D"))
    finding.catch_up()
    for text in ("450MPa", "450 MPa", "屈服强度450MPa", "450ＭＰａ"):
        page = finding.find(text)
        first = {hit.listing.public.source_id for hit in page.hits[:2]}  # two may score alike
        assert ("AH-0000001" in first, page.is_partial) == (True, False), text
        assert page.hits[0].highlights, text
    for text in ("470MPa", "470 MPa"):
        assert finding.find(text).total == 1, text
    # A code is no measure: its pieces are not enough.
    assert not finding.find("AZ91D").hits[0].is_partial
    assert all(hit.is_partial for hit in finding.find("AZ91E").hits)


def test_a_patent_number_is_found_as_its_certificate_prints_it(
    node: OwnNode, finding: Finding
) -> None:
    made = supply(1)
    right: Any = made.public.supply.ip.add()
    right.type, right.number, right.status = 1, "ZL 2023 1 0123456.1", 2
    publish(node, made)
    finding.catch_up()
    for text in ("ZL202310123456.1", "202310123456.1", "ZL 2023 1 0123456.1", "zl 202310123456.1"):
        page = finding.find(f"铝合金 {text}")
        assert (page.total, page.is_partial) == (1, False), text
