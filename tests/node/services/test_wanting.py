"""Asking for wanted parts: every origin in its turn, and no pause for what nobody was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from federation.log.batch import Absence
from federation.sync.frames import PLACES_MAX, FetchedPart, PartMark, PartPlace, Peer
from node.services.peers import PeerBook
from node.services.wanting import PartSeeker
from node.storage import parts
from node.storage.database import Database
from tests.node.storage.made_logs import MadeLog
from tests.node.storage.test_batches import store

ANHUI, FUJIAN = "ydx.example/anhui", "ydx.example/fujian"


class Empty:
    """A member that has no part that it is asked for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[PartPlace] = []

    def fetch_parts(self, places: Sequence[PartPlace]) -> list[FetchedPart]:
        assert len(places) <= PLACES_MAX
        self.asked += places
        return [FetchedPart(b"", PartMark.MISSING) for _ in places]


class World:
    """Two logs of which parts are wanted, and the member that is asked."""

    def __init__(self, database: Database) -> None:
        self.now_s = 0.0
        self.database = database
        self.peer = Empty("gansu")
        self.book = PeerBook([self.peer.name], lambda: 0.0, lambda: 0.5)
        members = {one: SimpleNamespace(name=one.split("/")[1]) for one in (ANHUI, FUJIAN)}
        registry = cast("Any", SimpleNamespace(member_of_origin=members.__getitem__))
        self.seeker = PartSeeker(
            database,
            cast("dict[str, Peer]", {self.peer.name: self.peer}),
            self.book,
            lambda: registry,
            lambda: self.now_s,
            lambda *_: None,
        )

    def want(self, origin: str, entries: int) -> int:
        log = MadeLog(origin)
        for number in range(entries):
            log.put(number)
        return store(self.database, log, [], {(n, 0): Absence.WANTED for n in range(entries)})

    def attempts(self, origin_id: int, now_s: float) -> list[int]:
        with self.database.read() as tx:
            return [one.attempts for one in parts.wanted_due(tx, origin_id, now_s, 10)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = Database.open(f"sqlite:///{tmp_path}/ydx.sqlite")
    yield World(database)
    database.close()


def test_an_origin_of_which_much_is_wanted_does_not_hold_up_another(world: World) -> None:
    world.want(ANHUI, PLACES_MAX + 1)
    world.want(FUJIAN, 1)
    world.book.state(world.peer.name).up = True

    world.seeker.step()

    assert {one.origin for one in world.peer.asked} == {ANHUI, FUJIAN}


def test_the_pause_grows_only_for_what_somebody_was_asked(world: World) -> None:
    origin_id = world.want(ANHUI, 1)

    world.seeker.step()
    assert world.peer.asked == []
    assert world.attempts(origin_id, now_s=0.0) == []
    assert world.attempts(origin_id, now_s=1.0) == [0]

    world.book.state(world.peer.name).up = True
    world.now_s = 1.0
    world.seeker.step()
    assert world.attempts(origin_id, now_s=2.0) == [1]
