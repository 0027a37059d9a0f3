"""Following one origin from several sources, with a clock that only the sources move."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Generator
from itertools import islice
from types import SimpleNamespace
from typing import Any, cast

import pytest

from federation.log.batch import VerifiedBatch
from federation.log.errors import Refused, Unreachable
from federation.log.merkle import CompactRange
from federation.sync.frames import Batch, Head, Peer
from federation.sync.mirror import OriginMirror
from node.services.sync.following import FRAME_ENTRIES_MIN, FRAME_S_MAX, Follower
from node.services.sync.peers import BACKOFF_S_MIN, PeerBook
from node.storage import mirrors
from node.storage.database import Database
from tests.federation.sync.origin import ORIGIN, MemoryLog


class Source:
    """A relay that takes a time for each batch of so many entries."""

    def __init__(self, name: str, world: World, entries: int, batch_s: float) -> None:
        self.name = name
        self.asked = 0
        self._world = world
        self._entries = entries
        self._batch_s = batch_s

    def read_log(self, _origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
        self.asked += 1
        log = self._world.log
        yield log.note()
        while from_size < log.size:
            self._world.now_s += self._batch_s
            end = min(from_size + self._entries, log.size)
            yield log.batch(from_size, end)
            from_size = end


class World:
    """A log, its sources, and the follower of it."""

    def __init__(self, database: Database, entries: int) -> None:
        self.now_s = 0.0
        self.advanced: list[int] = []
        self.stored: Counter[str] = Counter()
        self.log = MemoryLog()
        self.log.publish(entries - 1)
        self.database = database
        with self.database.write() as tx:
            mirrors.add(tx, ORIGIN)

    def follower(self, *sources: Source) -> Follower:
        self.book = book = PeerBook([one.name for one in sources], lambda: self.now_s, lambda: 0.5)
        for place, one in enumerate(sources):
            book.state(one.name).up = True
            book.told(one.name, [Head(ORIGIN, b"", b"", 10**6 - place, 0, ())])
        board = SimpleNamespace(
            take_note=lambda _origin, _note: None,
            advanced=lambda _origin, size: self.advanced.append(size),
        )
        quota = SimpleNamespace(entries=10**9, size_bytes=10**12)
        registry = SimpleNamespace(member_of_origin=lambda _: SimpleNamespace(quota=quota))
        return Follower(
            OriginMirror(ORIGIN, CompactRange(), self.log.keys, "center"),
            "anhui",
            cast("dict[str, Peer]", {one.name: one for one in sources}),
            book,
            cast("Any", board),
            self.database,
            lambda: cast("Any", registry),
            lambda: self.now_s,
            _fail,
            self._count,
        )

    def _count(self, peer: str, entries: int) -> None:
        self.stored[peer] += entries

    def verified_size(self) -> int:
        with self.database.read() as tx:
            return mirrors.get(tx, ORIGIN).verified_size


def _fail(peer: str, _origin: str, refusal: Refused) -> None:
    pytest.fail(f"{peer} was refused: {refusal}")


def test_a_source_that_drips_is_left_for_another(database: Database) -> None:
    world = World(database, entries=60)
    dripping = Source("fujian", world, entries=1, batch_s=FRAME_S_MAX - 0.1)
    good = Source("gansu", world, entries=512, batch_s=0.1)
    follower = world.follower(dripping, good)

    assert follower.step()
    assert world.now_s <= 2 * FRAME_S_MAX
    assert follower.step()
    assert world.verified_size() == world.log.size
    assert good.asked == 1
    assert world.stored == {"fujian": 2, "gansu": 58}


def test_the_only_source_is_followed_however_slow_it_is(database: Database) -> None:
    world = World(database, entries=20)
    dripping = Source("fujian", world, entries=1, batch_s=FRAME_S_MAX)

    assert world.follower(dripping).step()
    assert world.verified_size() == world.log.size
    assert dripping.asked == 1


def test_a_source_that_brings_enough_for_its_time_is_kept(database: Database) -> None:
    world = World(database, entries=3 * FRAME_ENTRIES_MIN)
    steady = Source("fujian", world, entries=FRAME_ENTRIES_MIN // 2, batch_s=FRAME_S_MAX / 2)
    other = Source("gansu", world, entries=512, batch_s=0.1)

    assert world.follower(steady, other).step()
    assert world.verified_size() == world.log.size
    assert other.asked == 0


def batches_in_memory() -> list[VerifiedBatch]:
    return [one for one in gc.get_objects() if isinstance(one, VerifiedBatch)]


def test_what_waits_for_a_sync_keeps_no_batch_in_memory(database: Database) -> None:
    world = World(database, entries=20)
    gc.collect()
    of_others = len(batches_in_memory())  # tests before this one may have left some
    alive: list[int] = []

    class Looking(Source):
        def read_log(self, origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
            for frame in super().read_log(origin, from_size):
                alive.append(len(batches_in_memory()) - of_others)
                yield frame

    assert world.follower(Looking("anhui", world, entries=1, batch_s=0.0)).step()
    assert world.advanced == [*range(1, 21)], "all of it waited for one sync"
    assert max(alive) <= 2, "the one that was stored last, and the one being made"


class BreakingOff(Source):
    """A relay whose stream breaks off after so many batches, again and again."""

    batches = 1

    def read_log(self, origin: str, from_size: int) -> Generator[bytes | Batch, None, None]:
        yield from islice(super().read_log(origin, from_size), 1 + self.batches)
        self._world.now_s += self._batch_s
        raise Unreachable("OUT_OF_REACH", "reset")


def test_a_stream_that_breaks_off_is_taken_up_again_soon_while_the_peer_stays_up(
    database: Database,
) -> None:
    world = World(database, entries=3)
    anhui = BreakingOff("anhui", world, entries=1, batch_s=0.0)
    follower = world.follower(anhui)

    assert follower.step()
    assert follower.last_error == "anhui: OUT_OF_REACH: reset"
    assert world.book.state("anhui").up
    assert not follower.step()
    assert anhui.asked == 1
    world.now_s += BACKOFF_S_MIN
    assert follower.step()
    world.now_s += BACKOFF_S_MIN
    assert follower.step(), "what brings something is waited for no longer than before"
    assert world.verified_size() == world.log.size


def test_a_stream_that_brings_nothing_is_taken_up_less_and_less_often(database: Database) -> None:
    world = World(database, entries=3)
    anhui = BreakingOff("anhui", world, entries=1, batch_s=0.0)
    anhui.batches = 0
    follower = world.follower(anhui)
    for _ in range(100):
        assert not follower.step()
        world.now_s += BACKOFF_S_MIN
    assert 6 <= anhui.asked <= 8


def test_an_owner_whose_streams_hang_is_asked_last(database: Database) -> None:
    world = World(database, entries=40)
    hanging = BreakingOff("anhui", world, entries=1, batch_s=30.0)
    hanging.batches = 0
    good = Source("gansu", world, entries=1, batch_s=0.1)
    follower = world.follower(hanging, good)

    assert follower.step()
    assert hanging.asked == 1
    world.log.publish(5)
    world.now_s += BACKOFF_S_MIN
    before = world.now_s
    assert follower.step()
    assert world.now_s - before < 1.0
    assert world.verified_size() == world.log.size
    assert hanging.asked == 1
