"""Alerts of what is gone: everyone who may have been told of a listing hears of its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_LISTING
from federation.records.codec import ListingStatus
from federation.records.facets import RecordState, facets
from node.search.query import TERMS_MAX
from node.services.alerting import alerts, former_hits
from node.services.alerting.alerts import AlertChange
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from node.storage import batches, freezing, mirrors, parts
from tests.node.services.alerting.alerting import Alerting, erase, publish, revise, told
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog, listing

if TYPE_CHECKING:
    from pathlib import Path

    from node.services.alerting.alerts import AlertHit
    from node.storage.statement import Statement
    from node.storage.transaction import Row, Transaction

_, REVISED, _, GONE = AlertChange


@pytest.fixture
def alerting(node: OwnNode, tmp_path: Path) -> Alerting:
    return Alerting(Finding(node, tmp_path / "search"))


def gone(hits: list[AlertHit]) -> list[tuple[str, RecordState]]:
    ended = [one for one in hits if one.change is GONE]
    assert {(one.title, one.region, one.kind) for one in ended} <= {("", "", 0)}
    return [(one.name, RecordState(one.state)) for one in ended]


def test_the_end_of_a_hit_is_told_with_its_state_and_nothing_else(
    node: OwnNode, alerting: Alerting
) -> None:
    saved = alerting.save("超声波", states=[1])
    names = [publish(node, number, f"超声波焊接机器人{number}") for number in range(4)]
    other = publish(node, 9, "激光切割机器人")
    alerting.finding.catch_up()
    position = alerting.every(saved)[-1].position
    for name in (names[0], other):
        node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())
    erase(node, (node.catalogue.get(PLATFORM, LISTING, names[1]).info.leaf_index, 0))
    revise(node, names[2], "超声波焊接机器人", status=ListingStatus.LISTING_STATUS_ON_HOLD)
    alerting.finding.catch_up()
    assert gone(alerting.every(saved, position)) == [
        (names[0], RecordState.WITHDRAWN),
        (names[1], RecordState.HIDDEN),
        (names[2], RecordState.ON_HOLD),
    ]


@pytest.mark.parametrize("limit", [1, 50])
def test_the_end_is_told_however_many_changes_are_looked_at_together(
    node: OwnNode, alerting: Alerting, limit: int
) -> None:
    """Whoever was told of it at whatever time, and began again from there."""
    saved = alerting.save("超声波")
    name = publish(node, 1, "超声波焊接机器人")
    revise(node, name, "激光焊接机器人")
    revise(node, name, "超声波清洗机器人")
    revise(node, name, "激光清洗机器人")
    node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())
    alerting.finding.catch_up()
    for after in range(4):
        assert (name, RecordState.WITHDRAWN) in gone(alerting.every(saved, after, limit))
    assert gone(alerting.every(saved, 5, limit)) == []  # its end stands at 5


def test_a_listing_that_never_matched_does_not_end(node: OwnNode, alerting: Alerting) -> None:
    saved = alerting.save("超声波")
    price = alerting.save("激光", amount_max_fen=1)
    name = publish(node, 1, "激光切割机器人")
    revise(node, name, "激光焊接机器人")
    node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())
    alerting.finding.catch_up()
    assert alerting.every(saved) == []
    assert alerting.every(price) == []


def test_what_was_erased_is_not_read_to_find_whom_to_tell(
    node: OwnNode, alerting: Alerting
) -> None:
    """Its end is told to all whose members it may be among, also when it was destroyed long ago."""
    publish(node, 1, "超声波焊接机器人")
    erase(node, (1, 0))
    alerting.finding.catch_up()
    assert len(gone(alerting.every(alerting.save("激光")))) == 1
    assert gone(alerting.every(alerting.save("激光", members=["jiangsu"]))) == []
    assert gone(alerting.every(alerting.save("？"))) == []


def test_an_erased_price_may_have_been_what_matched(node: OwnNode, alerting: Alerting) -> None:
    name = publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    by_price = alerting.save("超声波", amount_min_fen=1)
    by_text = alerting.save("激光")
    assert len(alerting.every(by_price)) == 1
    erase(node, (1, 1))
    alerting.finding.catch_up()
    assert gone(alerting.every(by_price, 2)) == [(name, RecordState.PUBLISHED)]
    assert gone(alerting.every(by_text, 2)) == []


def test_a_price_that_was_erased_finds_nothing_while_the_index_lags(
    node: OwnNode, alerting: Alerting
) -> None:
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    by_price, by_text = alerting.save("超声波", amount_min_fen=1), alerting.save("超声波")
    erase(node, (1, 1))
    assert alerting.every(by_price) == []
    assert alerting.finding.find("超声波", amount_min_fen=1).hits == []
    assert len(alerting.every(by_text)) == 1
    assert len(alerting.finding.find("超声波").hits) == 1


def test_one_call_reads_no_more_earlier_versions_than_it_has_time_for(
    node: OwnNode, alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "VERSIONS_MAX", 2)
    saved = alerting.save("超声波")
    names = [publish(node, number, "激光切割机器人") for number in range(8)]
    for name in names:
        revise(node, name, "激光焊接机器人")
    alerting.finding.catch_up()
    page = alerting.alerts.evaluate(CLERK, saved, 9, 2)
    assert (page.position, page.more) == (11, True)
    assert alerting.every(saved, 9, 2) == []


def test_one_call_looks_at_no_more_listings_than_it_has_time_for(
    node: OwnNode, alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "TOUCHES_MAX", 4)
    saved = alerting.save("超声波")
    names = [publish(node, number, "超声波焊接机器人") for number in range(18)]
    for first in range(1, 19, 3):
        erase(node, *((first + at, 0) for at in range(3)))
    alerting.finding.catch_up()
    page = alerting.alerts.evaluate(CLERK, saved, 19, 50)
    assert (page.position, page.more) == (21, True)
    assert sorted(name for name, _ in gone(alerting.every(saved, 19))) == sorted(names)


def test_which_words_are_rare_is_nothing_to_a_saved_query(
    node: OwnNode, alerting: Alerting
) -> None:
    """Else others' listings would end a hit, and nobody would hear of it."""

    def described(number: int, text: str) -> str:
        made = supply(number, description=text)
        return str(node.publishing.publish(PLATFORM, LISTING, made, WriteOptions()).record.name)

    words = [f"word{number}" for number in range(TERMS_MAX + 10)]
    saved = alerting.save(" ".join(words))
    for number in range(2):
        described(number, " ".join(words[TERMS_MAX:]))
    described(3, " ".join(words[:TERMS_MAX]))
    whole = described(4, " ".join(words))
    alerting.finding.catch_up()
    hits = alerting.every(saved)
    assert [one.name for one in hits] == [whole]
    for number in range(5, 9):
        described(number, " ".join(words[:10]))
    node.publishing.withdraw(PLATFORM, LISTING, whole, WriteOptions())
    alerting.finding.catch_up()
    assert gone(alerting.every(saved, hits[-1].position)) == [(whole, RecordState.WITHDRAWN)]


def test_a_listing_of_thousands_of_revisions_is_read_as_one_of_few(
    node: OwnNode, alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    revisions, rows = 3_000, list[object]()
    log = MadeLog()
    for revision in range(1, revisions):
        log.put(1, revision, listing("超声波"))
    log.put(1, revisions, listing("激光"))
    saved = alerting.save("超声波")
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, revisions))
    alerting.finding.catch_up()
    with node.database.read() as tx:
        kind = type(tx)
    every: Any = kind.all

    def counted(tx: Transaction, statement: Statement, values: Row = ()) -> Any:
        found = every(tx, statement, values)
        rows.extend(found)
        return found

    monkeypatch.setattr(kind, "all", counted)
    (hit,) = alerting.every(saved, revisions - 1)
    assert (hit.change, hit.revision) == (GONE, revisions)
    assert 0 < len(rows) < 50


def test_what_was_read_of_earlier_versions_is_kept_for_the_next_query_only(
    node: OwnNode, alerting: Alerting
) -> None:
    name = publish(node, 1, "超声波焊接机器人")
    revise(node, name, "激光焊接机器人")
    alerting.finding.catch_up()
    former = alerting.alerts._former
    first, second = alerting.save("超声波"), alerting.save("焊接")
    assert len(gone(alerting.every(first))) == 1
    read = former._last
    assert gone(alerting.every(second)) == []
    assert former._last is read
    erase(node, (1, 0))
    alerting.finding.catch_up()
    assert former._last is None
    assert len(gone(alerting.every(first))) == 1


def test_what_was_read_before_an_erasure_is_not_kept_after_it(
    node: OwnNode, alerting: Alerting, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = publish(node, 1, "超声波焊接机器人")
    revise(node, name, "激光焊接机器人")
    alerting.finding.catch_up()
    former = alerting.alerts._former
    read = former_hits._read

    def interrupted(*asked: Any) -> Any:
        found = read(*asked)
        former.forget()
        return found

    monkeypatch.setattr(former_hits, "_read", interrupted)
    assert len(gone(alerting.every(alerting.save("超声波")))) == 1
    assert former._last is None


def test_the_end_is_told_where_a_freeze_brings_back_the_first_revision(
    node: OwnNode, alerting: Alerting
) -> None:
    log = MadeLog()
    log.put(1, public=listing("激光一"))
    log.put(1, revision=2, public=listing("超声波二"))
    saved = alerting.save("超声波")
    with node.database.write() as tx:
        mirrors.add(tx, log.origin)
        batches.apply(tx, log.batch(0, 2))
        freezing.freeze(tx, mirrors.get(tx, log.origin), 1)
    alerting.finding.catch_up()
    (hit,) = alerting.every(saved)  # also from the beginning, with both entries in one look
    assert (hit.change, hit.revision, hit.state) == (GONE, 1, RecordState.PUBLISHED)


def test_a_late_part_of_an_old_revision_hides_no_end(node: OwnNode, alerting: Alerting) -> None:
    log = MadeLog()
    for revision, title in enumerate(("激光一", "超声波二", "激光三"), start=1):
        log.put(1, revision=revision, public=listing(title))
    saved = alerting.save("超声波")
    with node.database.write() as tx:
        origin_id = mirrors.add(tx, log.origin).origin_id
        batches.apply(tx, log.batch(0, 2, {(0, 0): Absence.WANTED}))
    alerting.finding.catch_up()
    assert told(alerting.every(saved)) == [(2, REVISED, "超声波二", 2)]
    with node.database.write() as tx:
        content = log.publics[0]
        parts.arrive(tx, origin_id, 0, 0, log.parts[0][0], facets(KIND_LISTING, content))
        batches.apply(tx, log.batch(2, 3))
    alerting.finding.catch_up()
    assert told(alerting.every(saved, 2)) == [(3, GONE, "", 3)]
