"""What is served of an index that another process writes, and replaces."""

from __future__ import annotations

import fcntl
import queue
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from federation.log.errors import Unreachable
from node.search.folder import IndexFolder
from node.services.catalogue.records import LISTING
from node.services.finding.served_index import ServedIndex
from node.services.log.write_options import WriteOptions
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, PLATFORM, OwnNode, supply

if TYPE_CHECKING:
    from pathlib import Path

    from node.search.index import Mark, Snapshot

WAIT_S = 20.0


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def take_in(finding: Finding, number: int) -> tuple[str, Mark]:
    """Publish a listing and index it; return what the node is told."""
    finding.node.publishing.publish(PLATFORM, LISTING, supply(number), WriteOptions())
    finding.catch_up()
    name = (finding.folder / "current").read_text()
    return name, finding.index.snapshot().mark


def test_an_index_begun_anew_never_serves_under_the_mark_of_the_one_before(
    finding: Finding,
) -> None:
    """Else who waits for alerts would hear that there was nothing up to that mark."""
    name, mark = take_in(finding, 1)
    served = ServedIndex(finding.node.database, finding.folder)
    served.show(name, mark)  # and nobody has searched yet
    finding.indexer.close()
    (finding.folder / name / "meta.json").write_text("torn")
    IndexFolder(finding.folder).open()  # what the writer does; it tells after its first step
    with suppress(Unreachable):
        snapshot = served.snapshot()
        assert snapshot.mark.position == 0 or snapshot.searcher.num_docs > 0


def test_what_was_committed_serves_before_the_writer_has_said_anything(finding: Finding) -> None:
    node = finding.node
    take_in(finding, 1)
    take_in(finding, 2)
    gone, changed = (hit.listing.name for hit in finding.find().hits)
    finding.indexer.close()
    finding.restart()
    assert finding.find().total == 2
    assert finding.index.behind() == 0
    node.publishing.withdraw(PLATFORM, LISTING, gone, WriteOptions())
    page = finding.find()
    assert [hit.listing.name for hit in page.hits] == [changed]
    assert [one.state for one in page.origins] == ["PARTIAL"]
    finding.catch_up()
    assert finding.find().total == 1


def _served_at_the_start(finding: Finding) -> ServedIndex:
    finding.indexer.close()
    served = ServedIndex(finding.node.database, finding.folder)
    served.open_committed()
    return served


def test_an_index_that_is_ahead_of_the_database_does_not_serve_at_the_start(
    finding: Finding,
) -> None:
    _, mark = take_in(finding, 1)
    writer = finding.indexer._writer
    assert writer is not None
    writer.index.commit(replace(mark, position=mark.position + 1))
    served = _served_at_the_start(finding)
    with pytest.raises(Unreachable):
        served.snapshot()
    assert served.behind() == mark.position


@pytest.mark.parametrize("damage", ["gone", "torn", "without a name", "never finished"])
def test_what_is_no_index_does_not_serve_at_the_start(finding: Finding, damage: str) -> None:
    name, _ = take_in(finding, 1)
    finding.indexer.close()
    if damage == "gone":
        shutil.rmtree(finding.folder / name)
    elif damage == "torn":
        (finding.folder / name / "meta.json").write_text("torn")
    elif damage == "without a name":
        (finding.folder / "current").write_text("")
    else:
        folder = IndexFolder(finding.folder)
        begun, _ = folder.begin()
        folder.use(begun)
    with pytest.raises(Unreachable):
        _served_at_the_start(finding).snapshot()


def test_what_cannot_be_opened_counts_as_behind(finding: Finding) -> None:
    take_in(finding, 1)
    old = finding.index.snapshot()
    _, mark = take_in(finding, 2)
    served = ServedIndex(finding.node.database, finding.folder)
    served.show("99", mark)
    with pytest.raises(Unreachable):
        served.snapshot()
    assert served.behind() == mark.position > old.mark.position


def test_an_index_that_was_replaced_is_let_go_though_nobody_searches(finding: Finding) -> None:
    """After an erasure its files hold the words, as long as they are open."""
    take_in(finding, 1)
    old = finding.index.snapshot()
    name = next(one.listing.name for one in finding.find().hits)
    finding.matching.match(CLERK, name, 10, "")
    assert finding.matching._statistics is not None
    for _ in finding.indexer.rebuild():
        pass
    assert finding.index._snapshot is not old
    assert finding.matching._statistics is None


def test_searches_do_not_wait_for_one_that_opens_a_commit(finding: Finding) -> None:
    name, mark = take_in(finding, 1)
    served = ServedIndex(finding.node.database, finding.folder)
    served.show(name, mark)
    old = served.snapshot()
    served.show(*take_in(finding, 2))
    found: queue.SimpleQueue[Snapshot] = queue.SimpleQueue()
    threads = [threading.Thread(target=lambda: found.put(served.snapshot())) for _ in range(2)]
    # What the writer holds now and then; it may be stopped, or have little processor.
    with (finding.folder / name / ".tantivy-meta.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for thread in threads:
            thread.start()
        try:
            assert found.get(timeout=WAIT_S) is old
        finally:
            fcntl.flock(held, fcntl.LOCK_UN)
            for thread in threads:
                thread.join()
    assert found.get().mark.position > old.mark.position
