"""Alerts: every change of every hit is told, whatever happens in whatever order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_LISTING
from federation.log.errors import YdxError
from federation.records.facets import facets
from node.rpc.stream_life import StreamLife
from node.services.alerting import alerts
from node.services.alerting.alerts import AlertChange
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from node.storage import batches, enquiries, freezing, mirrors, parts
from node.storage.enquiries import EnquiryRow
from tests.node.services.alerting.alerting import Alerting, erase, publish, revise, told
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, PARTNER, PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog, listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.services.alerting.alerts import AlertPage
    from node.storage.saved_queries import SavedQuery

NEW, REVISED, RESTATED, GONE = AlertChange


@pytest.fixture
def alerting(node: OwnNode, tmp_path: Path) -> Alerting:
    return Alerting(Finding(node, tmp_path / "search"))


def test_new_and_revised_hits_are_told_in_the_order_of_the_feed(
    node: OwnNode, alerting: Alerting
) -> None:
    saved = alerting.save("超声波")
    first = publish(node, 1, "超声波焊接机器人一")
    publish(node, 2, "激光切割机器人")
    publish(node, 3, "超声波清洗设备")
    alerting.finding.catch_up()
    assert told(alerting.every(saved)) == [
        (2, NEW, "超声波焊接机器人一", 1),
        (4, NEW, "超声波清洗设备", 1),
    ]
    revise(node, first, "超声波焊接机器人二")
    alerting.finding.catch_up()
    assert told(alerting.every(saved, 4)) == [(5, REVISED, "超声波焊接机器人二", 2)]
    hit = alerting.every(saved, 4)[0]
    assert (hit.name, hit.member, hit.region, hit.kind) == (first, "anhui", "340100", 1)
    assert hit.is_provisional
    revise(node, first, "激光焊接机器人")
    alerting.finding.catch_up()
    assert told(alerting.every(saved, 5)) == [(6, GONE, "", 3)]
    node.publishing.withdraw(PLATFORM, LISTING, first, WriteOptions())
    alerting.finding.catch_up()
    assert alerting.every(saved, 6) == []  # that was told
    assert told(alerting.every(saved, 5)) == [(6, GONE, "", 4)]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("450MPa", "屈服强度450 MPa的铝合金"),
        ("450ＭＰａ", "屈服强度450 MPa的铝合金"),
        ("ZL 2023 1 0123456.1", "铝合金铸造方法ZL202310123456.1"),
    ],
)
def test_what_a_search_finds_another_way_written_is_told_too(
    node: OwnNode, alerting: Alerting, typed: str, title: str
) -> None:
    saved = alerting.save(typed)
    made = supply(1, title=title)
    right: Any = made.public.supply.ip.add()
    right.type, right.number, right.status = 1, "ZL202310123456.1", 2
    node.publishing.publish(PLATFORM, LISTING, made, WriteOptions())
    alerting.finding.catch_up()
    assert [hit.listing.public.title for hit in alerting.finding.find(typed).hits] == [title]
    assert [hit.title for hit in alerting.every(saved)] == [title]


def test_nothing_behind_the_index_is_passed_over(node: OwnNode, alerting: Alerting) -> None:
    saved = alerting.save("超声波")
    publish(node, 1, "超声波焊接机器人一")
    alerting.finding.catch_up()
    publish(node, 2, "超声波焊接机器人二")
    page = alerting.alerts.list(CLERK, saved.id, None, 50)
    assert ([one.position for one in page.hits], page.position, page.more) == ([2], 2, False)
    page = alerting.alerts.list(CLERK, saved.id, 2, 50)
    assert (page.hits, page.position, page.more) == ([], 2, False)
    alerting.finding.catch_up()
    page = alerting.alerts.list(CLERK, saved.id, 2, 50)
    assert ([one.position for one in page.hits], page.position, page.more) == ([3], 3, False)


def test_only_what_holds_all_words_and_passes_the_filter_is_told(
    node: OwnNode, alerting: Alerting
) -> None:
    publish(node, 1, "超声波焊接机器人")
    publish(node, 2, "超声波清洗设备")
    alerting.finding.catch_up()
    assert len(alerting.every(alerting.save("超声波 焊接机器人"))) == 1
    assert len(alerting.every(alerting.save("超声波", members=["anhui"]))) == 2
    assert alerting.every(alerting.save("超声波", members=["jiangsu"])) == []
    assert alerting.every(alerting.save("超声波", kind=2)) == []
    assert len(alerting.every(alerting.save(regions=["34"]))) == 2
    assert len(alerting.every(alerting.save(amount_min_fen=50_000_000))) == 2
    assert alerting.every(alerting.save(amount_max_fen=1)) == []
    assert alerting.every(alerting.save("？")) == []


def test_what_an_enquiry_is_known_about_is_not_told_where_none_is_asked_for(
    node: OwnNode, alerting: Alerting
) -> None:
    asked, free = (publish(node, number, "超声波焊接机器人") for number in (1, 2))
    alerting.finding.catch_up()
    saved = alerting.save(without_enquiry=True)
    row = EnquiryRow(
        bytes(16), "jiangsu", "anhui", 1, False, 1, asked, "o", "", "", "", "", "",  # noqa: FBT003 - its columns
        enquiries.NO_DAY, "", False, "", 1, 0, 0, 0, 1, 0, 0,  # noqa: FBT003
    )  # fmt: skip
    with node.database.write() as tx:
        enquiries.replace(tx, row.subject, [row])
    assert [hit.name for hit in alerting.every(saved)] == [free]


def test_a_saved_query_begins_now_or_where_it_says(node: OwnNode, alerting: Alerting) -> None:
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    assert alerting.save(from_position=0).position == 2
    assert alerting.save(from_position=1).position == 0
    assert alerting.save(from_position=3).position == 2
    with pytest.raises(YdxError, match="POSITION_IN_FUTURE"):
        alerting.save(from_position=4)
    saved = alerting.save("超声波", from_position=0)
    assert alerting.alerts.list(CLERK, saved.id, None, 50).hits == []
    with pytest.raises(YdxError) as caught:
        alerting.alerts.list(CLERK, saved.id, 3, 50)
    assert caught.value.metadata == {"position": "2"}


def test_late_parts_erasures_freezes_and_thaws_are_told(node: OwnNode, alerting: Alerting) -> None:
    log = MadeLog()
    log.put(1, public=listing("超声波一"))
    log.put(1, revision=2, public=listing("超声波二"))
    log.put(2, public=listing("超声波三"))
    saved = alerting.save("超声波", members=["shanghai"])
    with node.database.write() as tx:
        origin_id = mirrors.add(tx, log.origin).origin_id
        batches.apply(tx, log.batch(0, 3, {(2, 0): Absence.WANTED}))
    alerting.finding.catch_up()
    assert told(alerting.every(saved)) == [(2, REVISED, "超声波二", 2)]
    with node.database.write() as tx:
        content = log.publics[2]
        parts.arrive(tx, origin_id, 2, 0, log.parts[2][0], facets(KIND_LISTING, content))
    alerting.finding.catch_up()
    assert told(alerting.every(saved, 3)) == [(4, NEW, "超声波三", 1)]
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, log.origin), 1)
    alerting.finding.catch_up()
    assert told(alerting.every(saved, 4)) == [(5, RESTATED, "超声波一", 1), (6, GONE, "", 0)]
    with node.database.write() as tx:
        freezing.freeze(tx, mirrors.get(tx, log.origin), None)
    alerting.finding.catch_up()
    assert told(alerting.every(saved, 6)) == [
        (7, REVISED, "超声波二", 2),
        (8, NEW, "超声波三", 1),
    ]
    log.erase((1, 1), (2, 1))
    log.erase((2, 0))
    with node.database.write() as tx:
        batches.apply(tx, log.batch(3, 5))
    alerting.finding.catch_up()
    assert told(alerting.every(saved, 8)) == [(9, RESTATED, "超声波二", 2), (9, GONE, "", 1)]


def test_one_erasure_of_many_listings_is_one_page(node: OwnNode, alerting: Alerting) -> None:
    for number in range(5):
        publish(node, number, f"超声波焊接机器人{number}")
    erase(node, *((leaf_index, 1) for leaf_index in range(1, 6)))
    publish(node, 9, "超声波清洗设备")
    alerting.finding.catch_up()
    saved = alerting.save("超声波")
    page = alerting.alerts.evaluate(CLERK, saved, 6, 2)
    assert [one.position for one in page.hits] == [7] * 5
    assert (page.position, page.more) == (7, True)
    assert [one.position for one in alerting.every(saved, 7, 2)] == [8]


def test_many_leaves_are_looked_at_in_one_call(
    node: OwnNode, alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = MadeLog()
    for number in range(1500):
        log.put(number, public=listing("超声波" if number % 700 == 1 else "激光"))
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 1500))
    alerting.finding.catch_up()
    rare, often, never = (alerting.save(text) for text in ("超声波", "激光", "碳纤维"))
    for few in (5_000, 1):
        monkeypatch.setattr("node.search.among._FEW_MATCH", few)
        page = alerting.alerts.evaluate(CLERK, rare, 0, 50)
        assert [one.position for one in page.hits] == [2, 702, 1402]
        assert (page.position, page.more) == (1500, False)
        assert alerting.alerts.evaluate(CLERK, never, 0, 50).position == 1500
        assert len(alerting.every(often)) == 1497


def test_an_index_of_another_database_tells_nothing(node: OwnNode, alerting: Alerting) -> None:
    saved = alerting.save()
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    mark = alerting.finding.index.snapshot().mark
    writer = alerting.finding.indexer._writer
    assert writer is not None
    ahead = {origin_id: size + 5 for origin_id, size in mark.sizes.items()}
    writer.index.commit(type(mark)(mark.position + 5, ahead))
    alerting.finding.indexer.step()
    with pytest.raises(YdxError, match="INDEX_NOT_READY"):
        alerting.every(saved)
    alerting.finding.indexer.close()
    alerting.finding.restart()
    alerting.restart()
    with pytest.raises(YdxError, match="INDEX_NOT_READY"):
        alerting.every(saved)
    alerting.finding.catch_up()
    assert len(alerting.every(saved)) == 1


def test_prices_and_other_callers_queries_are_not_told(node: OwnNode, alerting: Alerting) -> None:
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    with pytest.raises(YdxError, match="ROLE_MISSING"):
        alerting.save(caller=PARTNER, amount_max_fen=1)
    saved = alerting.save()
    with pytest.raises(YdxError, match="RECORD_NOT_FOUND"):
        alerting.alerts.list(PARTNER, saved.id, None, 50)
    with pytest.raises(YdxError, match="RECORD_NOT_FOUND"):
        alerting.alerts.list(CLERK, "x", None, 50)


def watching(alerting: Alerting, saved: SavedQuery) -> tuple[StreamLife, Callable[[], AlertPage]]:
    life = StreamLife()
    watch = alerting.alerts.watch(CLERK, saved.id, None, 50, life)
    return life, lambda: next(watch)


def test_a_watch_tells_hits_as_they_come_and_resumes(node: OwnNode, alerting: Alerting) -> None:
    saved = alerting.save("超声波")
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    life, next_page = watching(alerting, saved)
    assert [one.position for one in next_page().hits] == [2]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next_page)
        publish(node, 2, "超声波清洗设备")
        alerting.finding.catch_up()
        assert [one.position for one in waiting.result(timeout=30).hits] == [3]
        waiting = pool.submit(next_page)
        life.end()
        page = waiting.result(timeout=30)
    assert (page.hits, page.position, page.is_end) == ((), 3, True)


def test_a_watch_that_ends_at_once_says_where_it_would_have_begun(
    node: OwnNode, alerting: Alerting
) -> None:
    publish(node, 1, "超声波焊接机器人")
    saved = alerting.save(from_position=0)
    life = StreamLife()
    life.end()
    (page,) = alerting.alerts.watch(CLERK, saved.id, None, 50, life)
    assert (page.position, page.is_end) == (2, True)


def test_a_watch_tells_a_heartbeat(node: OwnNode, tmp_path: Path) -> None:
    alerting = Alerting(Finding(node, tmp_path / "search"), heartbeat_s=0.01)
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    _, next_page = watching(alerting, alerting.save("激光"))
    page = next_page()
    assert (page.hits, page.position, page.is_end) == ([], 2, False)


def test_a_watch_ends_with_its_token_or_its_query(
    node: OwnNode, alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "CALLER_SEEN_FOR_S", 0.01)
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    saved = alerting.save()
    _, next_page = watching(alerting, saved)
    next_page()
    alerting.ended.add(CLERK.token_id)
    with pytest.raises(YdxError, match="TOKEN_INVALID"):
        next_page()
    alerting.ended.clear()
    _, next_page = watching(alerting, saved)
    next_page()
    alerting.saved.forget(CLERK, saved.id)
    with pytest.raises(YdxError, match="RECORD_NOT_FOUND"):
        next_page()
