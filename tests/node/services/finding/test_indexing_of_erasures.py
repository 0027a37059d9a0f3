"""The words of what was erased leave the files of the index within the hour, whatever happens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from node.search import index
from node.services.finding.indexing import REBUILD_AFTER_ERASURE_S
from node.storage import batches, freezing, mirrors
from tests.node.services.finding.finding import Finding
from tests.node.services.finding.test_indexing import erase, publish
from tests.node.services.own_node import OwnNode
from tests.node.storage.made_logs import MadeLog

if TYPE_CHECKING:
    from pathlib import Path

    from node.search.index import Mark


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def test_the_words_of_what_was_erased_leave_the_files(node: OwnNode, finding: Finding) -> None:
    publish(node, 1, description="含有误写的联系人编号 zhangsanfeng77 的成果说明文字")
    publish(node, 2)
    finding.catch_up()
    assert _holds(finding, "zhangsanfeng77")
    erase(node, 1)
    finding.catch_up()
    assert _holds(finding, "zhangsanfeng77")  # deleted, and not yet removed
    assert not finding.indexer.is_rebuild_due()
    finding.indexer.close()
    finding.restart()  # the erasure is not forgotten
    finding.catch_up()
    assert _holds(finding, "zhangsanfeng77")
    finding.now_s += REBUILD_AFTER_ERASURE_S
    assert finding.indexer.is_rebuild_due()
    for _ in finding.indexer.rebuild():
        pass
    assert not _holds(finding, "zhangsanfeng77")
    assert len([one for one in finding.folder.iterdir() if one.is_dir()]) == 1
    assert not finding.indexer.is_rebuild_due()
    assert finding.find().total == 1


def _erase_one(node: OwnNode, finding: Finding) -> None:
    publish(node, 1)
    finding.catch_up()
    erase(node, 1)
    finding.catch_up()


def _restart(finding: Finding) -> None:
    finding.indexer.close()
    finding.restart()
    finding.catch_up()


def test_restarts_do_not_put_off_the_rebuild_after_an_erasure(
    node: OwnNode, finding: Finding
) -> None:
    _erase_one(node, finding)
    restarts = 0
    while not finding.indexer.is_rebuild_due():
        finding.now_s += REBUILD_AFTER_ERASURE_S / 5
        _restart(finding)
        restarts += 1
    assert restarts == 5
    for _ in finding.indexer.rebuild():
        pass
    _restart(finding)
    finding.now_s += REBUILD_AFTER_ERASURE_S
    assert not finding.indexer.is_rebuild_due()


def test_a_later_erasure_does_not_put_it_off_either(node: OwnNode, finding: Finding) -> None:
    _erase_one(node, finding)
    finding.now_s += REBUILD_AFTER_ERASURE_S / 2
    publish(node, 2)
    erase(node, 3)
    finding.catch_up()
    finding.now_s += REBUILD_AFTER_ERASURE_S / 2
    assert finding.indexer.is_rebuild_due()


def test_a_clock_that_was_set_back_does_not_put_it_off(node: OwnNode, finding: Finding) -> None:
    _erase_one(node, finding)
    finding.now_s -= 10 * REBUILD_AFTER_ERASURE_S
    assert finding.indexer.is_rebuild_due()


def test_an_erasure_that_was_kept_without_its_time_is_long_ago(
    node: OwnNode, finding: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As programs wrote it before; they can still read what is written now."""
    text = index._mark_text

    def without_time(mark: Mark) -> str:
        said = json.loads(text(mark))
        assert said["has_erased"] is (mark.erased_at_s is not None)
        del said["erased_at_s"]
        return json.dumps(said)

    monkeypatch.setattr(index, "_mark_text", without_time)
    _erase_one(node, finding)
    finding.now_s += REBUILD_AFTER_ERASURE_S  # else "long ago" is not yet
    _restart(finding)
    assert finding.index.snapshot().mark.erased_at_s == 0.0
    assert finding.indexer.is_rebuild_due()


def _holds(finding: Finding, term: str) -> bool:
    """Tell whether a term stands in the dictionary of any segment, deleted listings included."""
    searcher = finding.index.snapshot().searcher
    return bool(searcher.terms_with_prefix("text", term))


def test_an_erasure_that_was_frozen_when_it_arrived_has_the_index_built_again_once_it_is_shown(
    node: OwnNode, finding: Finding
) -> None:
    log = MadeLog()
    log.put(1)
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 1))
        freezing.freeze(tx, mirrors.get(tx, log.origin), 1)
    finding.catch_up()
    log.erase((0, 0))
    with node.database.write() as tx:
        batches.apply(tx, log.batch(1, 2))
    finding.catch_up()
    for _ in finding.indexer.rebuild():
        pass
    assert finding.index.snapshot().mark.erased_at_s is None
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, log.origin), None)
    finding.now_s += 1
    finding.catch_up()
    assert finding.index.snapshot().mark.erased_at_s is not None
    assert finding.titles("项") == []
