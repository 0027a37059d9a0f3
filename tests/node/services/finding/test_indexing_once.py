"""A listing stands in the index once, whenever it is revised and however the feed is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.services.finding import indexing
from node.storage import batches, mirrors
from tests.node.services.finding.finding import Finding
from tests.node.services.finding.test_indexing import check_index, publish, revise
from tests.node.services.own_node import OwnNode
from tests.node.storage.made_logs import MadeLog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def test_a_listing_that_is_seen_before_its_own_entry_arrives_is_not_put_twice(
    node: OwnNode, finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding.catch_up()
    monkeypatch.setattr(indexing, "LEAVES_A_STEP", 1)
    log = MadeLog()
    log.put(1, revision=2)  # advances nothing, but names the listing that comes with entry 1
    log.put(1)
    log.put(1)  # no next revision
    log.put(1, revision=2)
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 2))
    finding.catch_up()
    assert finding.titles("项") == ["第1项 1"]
    check_index(finding)
    with node.database.write() as tx:
        batches.apply(tx, log.batch(2, 4))
    finding.catch_up()
    assert finding.titles("项") == ["第1项 2"]
    check_index(finding)


def test_what_is_written_while_an_index_is_built_is_put_once(
    node: OwnNode, finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "LISTINGS_A_STEP", 1)
    names = [publish(node, number, title=f"超声波焊接机器人{number}") for number in range(3)]
    finding.indexer.step()
    revise(node, names[0], title="修订后的超声波焊接机器人")
    publish(node, 3, title="后来的超声波焊接机器人")
    finding.catch_up()
    assert len(finding.titles("超声波")) == 4
    check_index(finding)


def test_a_listing_that_was_revised_since_is_in_the_index_while_its_next_entry_has_not_arrived(
    node: OwnNode, finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a follower of a saved query would hear that it is gone."""
    finding.catch_up()
    monkeypatch.setattr(indexing, "LEAVES_A_STEP", 2)
    log = MadeLog()
    for revision in (1, 2, 3):
        log.put(1, revision=revision)
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 3))
    for _ in range(3):
        finding.now_s += 1
        finding.indexer.step()
        if finding.index.snapshot().mark.position == 2:
            assert finding.titles("项") == ["第1项 3"]
            break
    else:
        raise AssertionError("the index was never committed between the two entries")
    check_index(finding)


def test_a_rebuild_ends_while_listings_come_in_faster_than_it_takes_them(
    node: OwnNode, finding: Finding
) -> None:
    publish(node, 0)
    finding.catch_up()
    for number, _ in enumerate(finding.indexer.rebuild(), 1):
        assert number < 20
        publish(node, number)
    finding.catch_up()
    check_index(finding)
