"""The index follows the catalogue: nothing lost, nothing shown that is gone, any crash survived."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_ACK, KIND_ERASE, KIND_LISTING
from federation.log.errors import YdxError
from federation.records.codec import ListingPublic, ListingTerms
from federation.records.codec_body import ErasedPart, erase_body
from federation.records.facets import facets
from node.services.catalogue.records import LISTING
from node.services.log.drafts import Draft
from node.services.log.sequencer import Write
from node.services.log.write_options import WriteOptions
from node.storage import batches, freezing, mirrors, parts
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import ORIGIN, PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog, listing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def finding(node: OwnNode, tmp_path: Path) -> Finding:
    return Finding(node, tmp_path / "search")


def publish(node: OwnNode, number: int, **public: Any) -> str:
    listing = supply(number, **public)
    return str(node.publishing.publish(PLATFORM, LISTING, listing, WriteOptions()).record.name)


def revise(node: OwnNode, name: str, **public: Any) -> None:
    def changed(stored: Any) -> Any:
        for key, value in public.items():
            setattr(stored.public, key, value)
        return stored

    node.publishing.revise(PLATFORM, LISTING, name, changed, WriteOptions(), "")


def erase(node: OwnNode, leaf_index: int) -> None:
    body = erase_body((ErasedPart(ORIGIN, leaf_index, 0),), "PIPL-47")

    def write(view: Any) -> bytes:
        view.append(Draft(kind=KIND_ERASE, body=body))
        return b""

    node.sequencer.submit(Write(write))


def check_index(finding: Finding) -> None:
    """Assert that the index that was followed step by step holds what one built now holds."""
    finding.catch_up()
    followed = _everything(finding)
    for _ in finding.indexer.rebuild():
        pass
    assert _everything(finding) == followed
    with finding.node.database.read() as tx:
        sizes = {row.origin_id: row.verified_size for row in mirrors.every(tx)}
    taken = finding.index.snapshot().mark.sizes
    assert {origin_id: taken.get(origin_id, 0) for origin_id in sizes} == sizes


def _everything(finding: Finding) -> list[tuple[str, int]]:
    page = finding.find(limit=1000)
    assert page.total == len(page.hits)
    return [(hit.listing.name, hit.listing.info.leaf_index) for hit in page.hits]


def test_a_search_before_the_index_is_open_says_so(finding: Finding) -> None:
    with pytest.raises(YdxError) as caught:
        finding.find("铝合金")
    assert caught.value.reason == "INDEX_NOT_READY"


def test_published_revised_and_withdrawn_listings_are_followed(
    node: OwnNode, finding: Finding
) -> None:
    first = publish(node, 1, title="超声波焊接机器人")
    publish(node, 2)
    finding.catch_up()
    assert finding.titles("超声波") == ["超声波焊接机器人"]
    revise(node, first, title="激光焊接机器人")
    finding.catch_up()
    assert finding.titles("超声波") == []
    assert finding.titles("激光焊接") == ["激光焊接机器人"]
    node.publishing.withdraw(PLATFORM, LISTING, first, WriteOptions())
    finding.catch_up()
    assert finding.titles("激光焊接") == []
    check_index(finding)


def test_at_rest_it_commits_what_it_has_taken_in_and_takes_in_nothing(
    node: OwnNode, finding: Finding
) -> None:
    finding.catch_up()
    for number, title in enumerate(("爬壁机器人", "超声波焊接机器人")):
        publish(node, number, title=title)
        while finding.indexer.step():
            pass
    publish(node, 2, title="激光焊接机器人")
    assert finding.titles("机器人") == ["爬壁机器人"], "no commit of the second is due yet"
    for _ in range(2):
        finding.now_s += 60.0
        finding.indexer.rest()
        assert finding.titles("焊接") == ["超声波焊接机器人"]
    check_index(finding)


def test_what_is_gone_is_not_shown_while_the_index_lags(node: OwnNode, finding: Finding) -> None:
    names = [publish(node, number, title=f"超声波焊接机器人{number}") for number in range(4)]
    finding.catch_up()
    node.publishing.withdraw(PLATFORM, LISTING, names[0], WriteOptions())
    revise(node, names[1], title="不再相关的另一个成果")
    erase(node, 3)
    page = finding.find("超声波")
    assert [hit.listing.name for hit in page.hits] == [names[3]]
    assert [(facts.state, facts.why) for facts in page.origins] == [
        ("PARTIAL", "the index is 3 entries behind")
    ]
    finding.catch_up()
    assert finding.find("超声波").origins[0].state == "COMPLETE"
    check_index(finding)


def test_a_mirrors_late_parts_and_freezes_are_followed(node: OwnNode, finding: Finding) -> None:
    log = MadeLog()
    log.put(1)
    log.put(1, revision=2)
    log.put(2)
    with node.database.write() as tx:
        origin_id = mirrors.add(tx, log.origin).origin_id
        batches.apply(tx, log.batch(0, 3, {(2, 0): Absence.WANTED}))
    finding.catch_up()
    assert finding.titles("项") == ["第1项 2"]
    with node.database.write() as tx:
        content = log.publics[2]
        parts.arrive(tx, origin_id, 2, 0, log.parts[2][0], facets(KIND_LISTING, content))
    theirs = finding.find(members=("shanghai",)).origins
    assert [(one.state, one.why) for one in theirs] == [("PARTIAL", "the index is behind")]
    finding.catch_up()
    assert finding.find(members=("shanghai",)).origins[0].state == "COMPLETE"
    assert sorted(finding.titles("项")) == ["第1项 2", "第2项 1"]
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, log.origin), 1)
    assert finding.titles("项") == []  # not even while the index lags
    finding.catch_up()
    assert finding.titles("项") == ["第1项 1"]
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, log.origin), None)
    finding.catch_up()
    assert sorted(finding.titles("项")) == ["第1项 2", "第2项 1"]
    check_index(finding)


def test_odd_numbers_of_another_member_do_not_stop_the_index(
    node: OwnNode, finding: Finding
) -> None:
    """An enumeration may hold any int32, an amount any int64; only our own writers check them."""
    odd: list[Any] = [ListingPublic.FromString(listing(f"第{n}项")) for n in range(5)]
    odd[0].tech_field = -1
    odd[1].supply.transfer_modes.append(-2)
    odd[2].demand.cooperation_modes.append(-3)
    odd[3].supply.ip.add().status = -4
    odd[4].supply.transfer_modes.append(8)  # an open licence, with a fee below zero
    odd[4].supply.open_licence_fee_fen = -5
    terms = ListingTerms()
    terms.price.amount_min_fen, terms.price.amount_max_fen = -7, -6
    log = MadeLog()
    for number, public in enumerate(odd):
        log.put(number, public=public.SerializeToString(), members=terms.SerializeToString())
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 5))
    publish(node, 1)
    finding.catch_up()
    assert len(finding.titles("项")) == 5
    assert finding.find(with_facets=True).total == 6
    check_index(finding)


def test_a_process_that_is_killed_catches_up_at_its_start(node: OwnNode, finding: Finding) -> None:
    publish(node, 1, title="第一个成果名称")
    finding.catch_up()
    finding.indexer.step()
    publish(node, 2, title="第二个成果名称")
    finding.indexer.step()
    publish(node, 3, title="第三个成果名称")
    finding.indexer.step()  # taken in, and not committed
    assert sorted(finding.titles("成果名称")) == ["第一个成果名称", "第二个成果名称"]
    finding.indexer.close()
    finding.restart()
    finding.catch_up()
    assert len(finding.titles("成果名称")) == 3
    check_index(finding)


def test_entries_that_are_no_listings_cost_no_commit_and_are_passed_again_after_a_restart(
    node: OwnNode, finding: Finding
) -> None:
    publish(node, 1)
    finding.catch_up()
    meta = finding.folder / (finding.folder / "current").read_text() / "meta.json"
    before, position = meta.read_bytes(), finding.index.snapshot().mark.position
    for _ in range(3):
        node.sequencer.submit(Write(_acknowledge))
        finding.catch_up()
    assert meta.read_bytes() == before
    assert finding.index.snapshot().mark.position == position + 3
    assert finding.find().origins[0].state == "COMPLETE"
    finding.indexer.close()
    finding.restart()
    finding.catch_up()
    assert finding.index.snapshot().mark.position == position + 3
    publish(node, 2)
    finding.catch_up()
    assert meta.read_bytes() != before
    check_index(finding)


def _acknowledge(view: Any) -> bytes:
    view.append(Draft(kind=KIND_ACK, body=b"seen"))
    return b""


def test_an_index_of_another_database_is_built_again(node: OwnNode, finding: Finding) -> None:
    publish(node, 1)
    publish(node, 2)
    finding.catch_up()
    mark = finding.index.snapshot().mark
    finding.indexer.close()
    finding.restart()
    finding.indexer.step()
    writer = finding.indexer._writer
    assert writer is not None
    ahead = {origin_id: size + 5 for origin_id, size in mark.sizes.items()}
    writer.index.commit(type(mark)(mark.position + 5, ahead))
    finding.indexer.step()
    assert [one.state for one in finding.find().origins] == ["PARTIAL"]
    assert finding.index.behind() == mark.position
    finding.indexer.close()
    finding.restart()
    finding.catch_up()
    assert finding.index.snapshot().mark == mark
    assert finding.find().total == 2


@pytest.mark.parametrize("damage", ["gone", "cut", "empty"])
def test_an_index_that_cannot_be_read_is_built_again(
    node: OwnNode, finding: Finding, damage: str
) -> None:
    publish(node, 1)
    finding.catch_up()
    finding.indexer.close()
    folder = finding.folder / (finding.folder / "current").read_text()
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "cut":
        (folder / "meta.json").write_bytes((folder / "meta.json").read_bytes()[:20])
    else:
        for file in folder.iterdir():
            file.unlink()
    finding.restart()
    finding.catch_up()
    assert finding.find().total == 1


def test_a_rebuild_serves_the_old_index_until_the_new_one_has_everything(
    node: OwnNode, finding: Finding
) -> None:
    for number in range(5):
        publish(node, number)
    finding.catch_up()
    before = set(finding.folder.iterdir())
    steps = finding.indexer.rebuild()
    told = [next(steps)]
    publish(node, 99, title="重建期间发布的成果")
    assert finding.find().total == 5
    with pytest.raises(YdxError) as caught:
        next(finding.indexer.rebuild())
    assert caught.value.reason == "OVERLOADED"
    told += list(steps)
    assert told[-1].is_finished
    assert finding.find().total == 6
    after = set(finding.folder.iterdir())
    assert len(after) == len(before)
    assert after != before
    publish(node, 100)
    check_index(finding)


def test_a_rebuild_that_is_broken_off_leaves_everything_as_it_was(
    node: OwnNode, finding: Finding
) -> None:
    publish(node, 1)
    finding.catch_up()
    before = set(finding.folder.iterdir())
    steps = finding.indexer.rebuild()
    next(steps)
    steps.close()
    assert set(finding.folder.iterdir()) == before
    check_index(finding)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_the_index_equals_one_built_now(
    node: OwnNode, finding: Finding, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    live: list[str] = []
    for number in range(40):
        act = chance.choice(["publish", "publish", "revise", "withdraw", "step", "kill", "erase"])
        if act == "publish":
            live.append(publish(node, number))
        elif act == "revise" and live:
            revise(node, chance.choice(live), title=f"修订后的成果第{number}号")
        elif act == "withdraw" and live:
            node.publishing.withdraw(
                PLATFORM, LISTING, live.pop(chance.randrange(len(live))), WriteOptions()
            )
        elif act == "erase" and live:
            name = live.pop()
            record = node.catalogue.get(PLATFORM, LISTING, name)
            erase(node, record.info.leaf_index)
        elif act == "step":
            finding.now_s += chance.choice([0.0, 1.0])
            finding.indexer.step()
        elif act == "kill":
            finding.indexer.close()
            finding.restart()
    check_index(finding)
    assert {hit.listing.name for hit in finding.find(limit=1000).hits} == set(live)
