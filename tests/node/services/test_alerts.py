"""Alerts: every change of every hit is told, whatever happens in whatever order."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_ERASE, KIND_LISTING
from federation.log.errors import Unreachable, YdxError
from federation.records.codec import ListingPublic
from federation.records.codec_body import ErasedPart, erase_body
from federation.records.facets import facets
from node.rpc.stream_life import StreamLife
from node.services import alerts
from node.services.alerts import AlertChange
from node.services.publishing import WriteOptions
from node.services.records import LISTING
from node.services.sequencer import Write
from node.services.sequencer_drafts import Draft
from node.storage import arrivals, batches, freezing, live_listings, mirrors, parts
from tests.node.services.alerting import Alerting
from tests.node.services.finding import Finding
from tests.node.services.own_node import CLERK, ORIGIN, PARTNER, PLATFORM, OwnNode, supply
from tests.node.storage.made_logs import MadeLog, listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.services.alerts import AlertHit, AlertPage
    from node.storage.live_listings import LiveListing
    from node.storage.saved_queries import SavedQuery

NEW, REVISED, RESTATED = AlertChange


@pytest.fixture
def alerting(node: OwnNode, tmp_path: Path) -> Alerting:
    return Alerting(Finding(node, tmp_path / "search"))


def publish(node: OwnNode, number: int, title: str) -> str:
    made = supply(number, title=title)
    return str(node.publishing.publish(PLATFORM, LISTING, made, WriteOptions()).record.name)


def revise(node: OwnNode, name: str, title: str) -> None:
    def changed(stored: Any) -> Any:
        stored.public.title = title
        return stored

    node.publishing.revise(PLATFORM, LISTING, name, changed, WriteOptions(), "")


def erase(node: OwnNode, *places: tuple[int, int]) -> None:
    body = erase_body(tuple(ErasedPart(ORIGIN, *place) for place in places), "PIPL-47")

    def write(view: Any) -> bytes:
        view.append(Draft(kind=KIND_ERASE, body=body))
        return b""

    node.sequencer.submit(Write(write))


def told(hits: list[AlertHit]) -> list[tuple[int, AlertChange, str, int]]:
    return [(one.position, one.change, one.title, one.revision) for one in hits]


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
    node.publishing.withdraw(PLATFORM, LISTING, first, WriteOptions())
    alerting.finding.catch_up()
    assert alerting.every(saved, 5) == []


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
    assert told(alerting.every(saved, 4)) == [(5, RESTATED, "超声波一", 1)]
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
    assert told(alerting.every(saved, 8)) == [(9, RESTATED, "超声波二", 2)]


def test_one_erasure_of_many_listings_is_one_page(node: OwnNode, alerting: Alerting) -> None:
    for number in range(5):
        publish(node, number, f"超声波焊接机器人{number}")
    erase(node, *((leaf_index, 1) for leaf_index in range(1, 6)))
    publish(node, 9, "超声波清洗设备")
    alerting.finding.catch_up()
    saved = alerting.save("超声波")
    page = alerting.alerts.evaluate(CLERK, saved, 0, 2)
    assert [one.position for one in page.hits] == [7] * 5
    assert (page.position, page.more) == (7, True)
    assert [one.position for one in alerting.every(saved, 7, 2)] == [8]


def test_an_index_of_another_database_tells_nothing(node: OwnNode, alerting: Alerting) -> None:
    saved = alerting.save()
    publish(node, 1, "超声波焊接机器人")
    alerting.finding.catch_up()
    mark = alerting.finding.indexer.snapshot().mark
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


WORD: Final = "超声"
TITLES: Final = ("超声焊接机器", "激光焊接机器")


@dataclass
class World:
    """Two logs, an index and one who polls, all driven by chance; and what has to be told."""

    alerting: Alerting
    chance: random.Random
    saved: SavedQuery = field(init=False)
    log: MadeLog = field(default_factory=MadeLog)
    origin_id: int = 0
    stored: int = 0
    revisions: dict[int, int] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    wanted: list[tuple[int, int]] = field(default_factory=list)
    now: int = 0
    live: dict[tuple[int, bytes], LiveListing] = field(default_factory=dict)
    changed_at: dict[tuple[int, bytes], int] = field(default_factory=dict)
    told_at: dict[str, tuple[int, int]] = field(default_factory=dict)
    position: int = 0
    kept_position: int = 0

    def __post_init__(self) -> None:
        self.saved = self.alerting.save(WORD)
        with self.node.database.write() as tx:
            self.origin_id = mirrors.add(tx, self.log.origin).origin_id
        self.acts: list[Callable[[], object]] = [
            self.publish, self.publish, self.revise, self.withdraw, self.erase_own,
            self.grow, self.grow, self.grow, self.store, self.store, self.arrive, self.arrive,
            self.freeze, self.thaw, self.thaw, self.index, self.index, self.index, self.kill,
            self.rebuild, self.poll, self.poll, self.poll, self.go_back, self.settle,
        ]  # fmt: skip

    @property
    def node(self) -> OwnNode:
        return self.alerting.finding.node

    def title(self) -> str:
        return f"{self.chance.choice(TITLES)}{self.now}"

    def step(self) -> None:
        """Do anything, and note which listings look different after it."""
        self.now += 1
        self.chance.choice(self.acts)()
        with self.node.database.read() as tx:
            found, _ = live_listings.behind(tx, 0, 10_000)
        live = {(one.origin_id, one.subject): one for one in found}
        for key, one in live.items():
            if self.live.get(key) != one:
                self.changed_at[key] = self.now
        self.live = live

    def publish(self) -> None:
        self.own.append(publish(self.node, self.now, self.title()))

    def revise(self) -> None:
        if self.own:
            revise(self.node, self.chance.choice(self.own), self.title())

    def withdraw(self) -> None:
        if self.own:
            name = self.own.pop(self.chance.randrange(len(self.own)))
            self.node.publishing.withdraw(PLATFORM, LISTING, name, WriteOptions())

    def erase_own(self) -> None:
        if self.own:
            record = self.node.catalogue.get(PLATFORM, LISTING, self.chance.choice(self.own))
            number = self.chance.choice([0, 1])
            if number == 0:
                self.own.remove(record.name)
            erase(self.node, (record.info.leaf_index, number))

    def grow(self) -> None:
        """Let the other member write."""
        for _ in range(self.chance.randint(1, 6)):
            number = self.chance.randint(1, 8)
            revision = self.revisions.get(number, 0) + 1
            if self.log.entries and self.chance.random() < 0.15:
                self.log.erase((self.chance.randrange(len(self.log.entries)), 0))
            elif revision > 1 and self.chance.random() < 0.1:
                self.log.withdraw(number, revision)
                self.revisions[number] = 100
            elif revision <= 100:
                self.log.put(number, revision, listing(self.title()))
                self.revisions[number] = revision

    def store(self) -> None:
        """Take some of it in, without some of the parts."""
        if self.stored == len(self.log.entries):
            return
        end = self.chance.randint(self.stored + 1, len(self.log.entries))
        absences = {
            (leaf_index, 0): Absence.WANTED
            for leaf_index in range(self.stored, end)
            if self.log.parts[leaf_index] and self.chance.random() < 0.3
        }
        with self.node.database.write() as tx:
            batches.apply(tx, self.log.batch(self.stored, end, absences))
        self.wanted += absences
        self.stored = end

    def arrive(self) -> None:
        if self.wanted:
            leaf_index, number = self.wanted.pop(self.chance.randrange(len(self.wanted)))
            shown = facets(KIND_LISTING, self.log.publics[leaf_index])
            with self.node.database.write() as tx:
                wire = self.log.parts[leaf_index][number]
                parts.arrive(tx, self.origin_id, leaf_index, number, wire, shown)

    def freeze(self) -> None:
        with self.node.database.write() as tx:
            row = mirrors.get(tx, self.log.origin)
            if row.frozen_size is None and self.stored:
                freezing.freeze(tx, row, self.chance.randint(0, self.stored))

    def thaw(self) -> None:
        with self.node.database.write() as tx:
            row = mirrors.get(tx, self.log.origin)
            if row.frozen_size is not None:
                freezing.freeze(tx, row, None)

    def index(self) -> None:
        self.alerting.finding.now_s += self.chance.choice([0.0, 1.0])
        self.alerting.finding.indexer.step()

    def kill(self) -> None:
        self.alerting.finding.indexer.close()
        self.alerting.finding.restart()
        self.alerting.restart()

    def rebuild(self) -> None:
        self.alerting.finding.indexer.step()
        for _ in self.alerting.finding.indexer.rebuild():
            pass

    def poll(self) -> bool:
        """Take one page; return whether there is more."""
        limit = self.chance.choice([1, 2, 3, 50])
        try:
            page = self.alerting.alerts.evaluate(CLERK, self.saved, self.position, limit)
        except Unreachable:  # the index is being opened
            return False
        assert page.position > self.position or not page.more
        assert [one.position for one in page.hits] == sorted(one.position for one in page.hits)
        for hit in page.hits:
            assert self.position < hit.position <= page.position
            assert WORD in hit.title
            self.told_at[hit.name] = (self.now, hit.revision)
        self.position = page.position
        if self.chance.random() < 0.5:
            self.kept_position = page.position
        return page.more

    def go_back(self) -> None:
        """Lose what was taken in since the position was kept, as who polls may."""
        self.position = self.kept_position

    def settle(self) -> None:
        """Catch up, poll to the end, and check that every hit was told as it stands."""
        self.alerting.finding.catch_up()
        while self.poll():
            pass
        with self.node.database.read() as tx:
            assert self.position == arrivals.last_position(tx)
            found, _ = live_listings.behind(tx, 0, 10_000)
        for one in found:
            if WORD in ListingPublic.FromString(one.public).title:
                stored = self.alerting.finding.find(WORD, limit=1000).hits
                names = {hit.listing.name: hit.listing.info for hit in stored}
                (name,) = [
                    name
                    for name, info in names.items()
                    if info.leaf_index == one.position & 0xFF_FFFF_FFFF
                    and ("/anhui/" in name) == (one.origin_id != self.origin_id)
                ]
                at, revision = self.told_at[name]
                assert at >= self.changed_at.get((one.origin_id, one.subject), 0)
                assert revision == names[name].revision


@pytest.mark.parametrize("seed", range(1, 6))
def test_whatever_happens_in_whatever_order_no_hit_is_missed(
    node: OwnNode, alerting: Alerting, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    monkeypatch.setattr(alerts, "LEAVES_A_LOOK", chance.choice([1, 3, 2000]))
    node.sequencer.open_log()
    world = World(alerting, chance)
    for _ in range(120):
        world.step()
    world.settle()
    assert world.told_at
