"""Alerts at random: two logs, an index and one who polls, and so holds just what matches."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_LISTING
from federation.log.errors import Unreachable
from federation.records.codec import ListingPublic
from federation.records.facets import facets
from node.services.alerting import alerts
from node.services.alerting.alerts import AlertChange
from node.services.catalogue.records import LISTING
from node.services.log.write_options import WriteOptions
from node.storage import arrivals, batches, freezing, live_listings, mirrors, parts
from tests.node.services.alerting.alerting import Alerting, erase, publish, revise
from tests.node.services.finding.finding import Finding
from tests.node.services.own_node import CLERK, PLATFORM, OwnNode
from tests.node.storage.made_logs import MadeLog, listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from node.storage.live_listings import LiveListing
    from node.storage.saved_queries import SavedQuery


@pytest.fixture
def alerting(node: OwnNode, tmp_path: Path) -> Alerting:
    return Alerting(Finding(node, tmp_path / "search"))


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
    held: set[str] = field(default_factory=set)
    """What who polls takes for hits."""
    position: int = 0
    kept: tuple[int, set[str]] = (0, set())

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
            if hit.change is AlertChange.GONE:
                assert hit.title == ""
                self.held.discard(hit.name)
                continue
            assert WORD in hit.title
            self.held.add(hit.name)
            self.told_at[hit.name] = (self.now, hit.revision)
        self.position = page.position
        if self.chance.random() < 0.5:
            self.kept = page.position, set(self.held)
        return page.more

    def go_back(self) -> None:
        """Lose what was taken in since the position was kept, as who polls may; or only where."""
        self.position, held = self.kept
        if self.chance.random() < 0.5:
            self.held = set(held)

    def settle(self) -> None:
        """Catch up, poll to the end, and check that every hit was told as it stands."""
        self.alerting.finding.catch_up()
        while self.poll():
            pass
        with self.node.database.read() as tx:
            assert self.position == arrivals.last_position(tx)
            found, _ = live_listings.behind(tx, 0, 10_000)
        shown = self.alerting.finding.find(WORD, limit=1000).hits
        assert self.held == {hit.listing.name for hit in shown}
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


@pytest.mark.parametrize("seed", [1, 3, 5, 10, 71])
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
