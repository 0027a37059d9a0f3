"""Whom the seeker asks for a wanted part, how often, and what it takes for an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from federation.log.batch import Absence
from federation.log.entry import KIND_LISTING, KIND_SEALED, Audience, Entry, Operation, encode_entry
from federation.log.errors import Refused, Unreachable
from federation.log.part import PartHeader, new_part
from federation.sync.frames import FetchedPart, PartMark, PartPlace
from node.services.sync.peers import BACKOFF_S_MIN, PeerBook
from node.services.sync.wanting import PAUSE_S_MAX, PartSeeker
from node.storage import batches, citing, ledger_covering, mirrors, parts
from node.storage.database import Database
from tests.node.storage.made_logs import ORIGIN, MadeLog, subject

OWNER = "shanghai"
READER = "anhui"
Answer = Callable[[PartPlace], FetchedPart]


def marked(mark: PartMark) -> Answer:
    return lambda _place: FetchedPart(b"", mark)


class Giver:
    """A peer that answers every place alike, or raises."""

    def __init__(self, name: str, scene: Scene, answer: Answer | Exception) -> None:
        self.name = name
        self.answer = answer
        self._scene = scene

    def fetch_parts(self, places: Sequence[PartPlace]) -> list[FetchedPart]:
        self._scene.asked.append(self.name)
        if isinstance(self.answer, Exception):
            raise self.answer
        return [self.answer(place) for place in places]


class Scene:
    """A stored log that lacks parts, and the peers that may have them."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 1000.0
        self.log = MadeLog()
        self.database = Database.open(f"sqlite:///{folder}/ydx.sqlite")
        self.book = PeerBook([OWNER, "center", "jiangsu"], lambda: self.now_s, lambda: 0.5)
        self.asked: list[str] = []
        self.refusals: list[tuple[str, str]] = []
        self.origin_id = 0

    def store(self, *wanted: tuple[int, int]) -> None:
        self.origin_id = self.store_log(self.log, *wanted)

    def store_log(self, log: MadeLog, *wanted: tuple[int, int]) -> int:
        with self.database.write() as tx:
            origin_id = mirrors.add(tx, log.origin).origin_id
            for batch in log.batches(absences=dict.fromkeys(wanted, Absence.WANTED)):
                batches.apply(tx, batch)
        return origin_id

    def honest(self, place: PartPlace) -> FetchedPart:
        return FetchedPart(self.log.parts[place.leaf_index][place.part_number], None)

    def seeker(self, **answers: Answer | Exception) -> PartSeeker:
        for name in answers:
            self.book.state(name).up = True
        member = SimpleNamespace(name=OWNER)
        return PartSeeker(
            self.database,
            cast("Any", {name: Giver(name, self, answer) for name, answer in answers.items()}),
            self.book,
            lambda: cast("Any", SimpleNamespace(member_of_origin=lambda _: member)),
            lambda: self.now_s,
            lambda peer, _origin, refusal: self.refusals.append((peer, refusal.reason)),
            READER,
        )

    def wanted(self) -> int:
        with self.database.read() as tx:
            return parts.wanted_counts(tx).get(self.origin_id, 0)

    def held(self, leaf_index: int, part_number: int) -> bytes | None:
        with self.database.read() as tx:
            return parts.find(tx, self.origin_id, leaf_index, part_number)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.database.close()


def test_the_owner_is_asked_first_and_nobody_after_it_if_it_gives_all(scene: Scene) -> None:
    scene.log.put(1)
    scene.store((0, 0), (0, 1))
    seeker = scene.seeker(center=scene.honest, shanghai=scene.honest)
    assert seeker.step() == 2
    assert scene.asked == [OWNER]
    assert scene.wanted() == 0
    assert [scene.held(0, 0), scene.held(0, 1)] == scene.log.parts[0][:2]


@pytest.mark.parametrize(
    "owner",
    [
        Unreachable("OUT_OF_REACH", "down"),
        Refused("MALFORMED_FRAME", "nonsense"),
        marked(PartMark.MISSING),
        marked(PartMark.WITHHELD),
        marked(PartMark.ERASED),
        lambda _place: FetchedPart(b"garbage", None),
    ],
    ids=["is down", "refuses", "lacks it", "withholds it", "says erased", "gives garbage"],
)
def test_every_other_member_is_asked_if_the_owner(scene: Scene, owner: Answer | Exception) -> None:
    """What an owner says of a PUBLIC part proves nothing: only an ERASE entry does."""
    scene.log.put(1)
    scene.store((0, 0))
    seeker = scene.seeker(shanghai=owner, center=marked(PartMark.MISSING), jiangsu=scene.honest)
    assert seeker.step() == 1
    assert scene.asked == [OWNER, "center", "jiangsu"]
    assert scene.wanted() == 0


def test_a_peer_that_gives_what_does_not_open_is_counted_and_rests(scene: Scene) -> None:
    scene.log.put(1)
    scene.store((0, 0))
    seeker = scene.seeker(center=lambda _place: FetchedPart(b"garbage" * 20, None))
    assert seeker.step() == 0
    assert scene.refusals == [("center", "PART_DOES_NOT_OPEN")]
    assert set(scene.book.resting()) == {("center", ORIGIN)}
    scene.now_s += 300.0
    seeker.step()
    assert scene.asked == ["center"]


def test_a_part_that_opens_and_belongs_elsewhere_is_void_and_asked_for_no_more(
    scene: Scene,
) -> None:
    """The origin itself committed to it; nobody else can be at fault."""
    header = PartHeader(ORIGIN, subject(7), 3, 0, Audience.PUBLIC)
    wire, commitment = new_part(header, b"elsewhere", b"s" * 32)
    entry = Entry(
        kind=KIND_LISTING,
        subject=subject(1),
        revision=1,
        operation=Operation.PUT,
        recorded_at_ms=1,
        parts=((Audience.PUBLIC, commitment),),
    )
    scene.log.add(encode_entry(entry), [wire])
    scene.store((0, 0))
    scene.seeker(center=scene.honest).step()
    assert scene.held(0, 0) is None
    assert scene.wanted() == 0
    assert not scene.book.resting()
    with scene.database.read() as tx:
        assert parts.absence(tx, scene.origin_id, 0, 0) is Absence.VOID


def sealed(scene: Scene, *named: str) -> None:
    header = PartHeader(ORIGIN, bytes(16), 1, 0, Audience.NAMED, named or (READER,))
    wire, commitment = new_part(header, b"document", b"n" * 32)
    entry = Entry(kind=KIND_SEALED, parts=((Audience.NAMED, commitment),))
    scene.log.add(encode_entry(entry), [wire])
    scene.store((0, 0))


def test_a_named_part_is_asked_from_its_owner_only_and_once(scene: Scene) -> None:
    sealed(scene)
    seeker = scene.seeker(shanghai=marked(PartMark.WITHHELD), center=scene.honest)
    seeker.step()
    scene.now_s += 10_000.0
    seeker.step()
    assert scene.asked == [OWNER]
    with scene.database.read() as tx:
        assert parts.absence(tx, scene.origin_id, 0, 0) is Absence.WITHHELD


def test_a_named_part_stays_wanted_while_its_owner_is_out_of_reach(scene: Scene) -> None:
    sealed(scene)
    seeker = scene.seeker(center=scene.honest)
    seeker.step()
    assert scene.asked == []
    seeker = scene.seeker(shanghai=scene.honest)
    scene.now_s += 1.1
    assert seeker.step() == 1
    assert scene.held(0, 0) == scene.log.parts[0][0]


@pytest.mark.parametrize(
    "owner",
    [
        marked(PartMark.WITHHELD),
        marked(PartMark.MISSING),
        Unreachable("OUT_OF_REACH", "down"),
        lambda _place: FetchedPart(b"garbage", None),
    ],
    ids=["withholds it", "lacks it", "is down", "gives garbage"],
)
def test_a_named_part_that_is_cited_is_asked_from_every_member_if_the_owner(
    scene: Scene, owner: Answer | Exception
) -> None:
    sealed(scene)
    with scene.database.write() as tx:
        assert citing.cite(tx, ORIGIN, 0)
    seeker = scene.seeker(shanghai=owner, center=marked(PartMark.WITHHELD), jiangsu=scene.honest)
    assert seeker.step() == 1
    assert scene.asked == [OWNER, "center", "jiangsu"]
    assert scene.held(0, 0) == scene.log.parts[0][0]


def test_a_cited_part_stays_wanted_until_it_comes(scene: Scene) -> None:
    sealed(scene)
    with scene.database.write() as tx:
        citing.cite(tx, ORIGIN, 0)
    withheld = marked(PartMark.WITHHELD)
    assert scene.seeker(shanghai=marked(PartMark.MISSING), center=withheld).step() == 0
    with scene.database.read() as tx:
        assert ledger_covering.first_wanted(tx, scene.origin_id) == 0
    scene.now_s += 10_000.0
    assert scene.seeker(shanghai=withheld, center=withheld).step() == 0
    with scene.database.read() as tx:
        assert ledger_covering.first_wanted(tx, scene.origin_id) is None, "its owner has spoken"
    scene.now_s += 10_000.0
    assert scene.seeker(shanghai=scene.honest).step() == 1


def test_a_named_part_that_its_owner_has_lost_is_asked_from_every_member(scene: Scene) -> None:
    sealed(scene)
    seeker = scene.seeker(shanghai=marked(PartMark.MISSING), center=scene.honest)
    assert seeker.step() == 1
    assert scene.asked == [OWNER, "center"]


@pytest.mark.parametrize("giver", [OWNER, "center"])
def test_a_named_part_that_does_not_name_us_is_dropped_and_proven_withheld(
    scene: Scene, giver: str
) -> None:
    sealed(scene, "zhejiang")
    with scene.database.write() as tx:
        citing.cite(tx, ORIGIN, 0)
    scene.seeker(**{giver: scene.honest}).step()
    assert scene.refusals == [(giver, "PART_MISPLACED")]
    assert scene.held(0, 0) is None
    with scene.database.read() as tx:
        assert parts.absence(tx, scene.origin_id, 0, 0) is Absence.WITHHELD
        assert parts.wanted_due(tx, scene.origin_id, 1e9, 10) == []


def test_between_rounds_the_pause_doubles_up_to_ten_minutes(scene: Scene) -> None:
    scene.log.put(1)
    scene.store((0, 0))
    seeker = scene.seeker(center=marked(PartMark.MISSING))
    pauses: list[float] = []
    last_s = scene.now_s
    while len(pauses) < 14:
        before = len(scene.asked)
        seeker.step()
        if len(scene.asked) > before:
            pauses.append(scene.now_s - last_s)
            last_s = scene.now_s
        scene.now_s += 0.5 if len(pauses) < 5 else 50.0
    assert pauses[1:5] == [1.0, 2.0, 4.0, 8.0]
    assert pauses[-1] == PAUSE_S_MAX


def test_an_answer_that_is_cut_short_is_asked_for_again(scene: Scene) -> None:
    for number in range(3):
        scene.log.put(number)
    scene.store((0, 0), (1, 0), (2, 0))
    seeker = scene.seeker(center=scene.honest, jiangsu=scene.honest)
    giver = cast("Giver", seeker._peers["center"])
    whole = giver.fetch_parts
    cast("Any", giver).fetch_parts = lambda places: whole(places)[:1]
    assert seeker.step() == 3
    assert scene.asked == ["center", "jiangsu"]


def test_a_peer_that_does_not_answer_is_waited_for_once_a_round_however_many_logs_lack_parts(
    scene: Scene,
) -> None:
    scene.log.put(1)
    scene.store((0, 0))
    for number in range(5):
        log = MadeLog(f"ydx.example/shanghai.{number + 2}")
        log.put(1)
        scene.store_log(log, (0, 0))
    seeker = scene.seeker(shanghai=Unreachable("OUT_OF_REACH", "Deadline Exceeded"))
    seeker.step()
    assert scene.asked == [OWNER]
    scene.now_s += 1.1
    seeker.step()
    assert scene.asked == [OWNER, OWNER]


def test_a_peer_that_gave_no_parts_is_still_asked_for_its_log(scene: Scene) -> None:
    scene.log.put(1)
    scene.store((0, 0))
    seeker = scene.seeker(shanghai=Unreachable("OUT_OF_REACH", "Deadline Exceeded"))
    seeker.step()
    assert scene.book.may_be_asked(OWNER, ORIGIN)


def test_one_answer_ends_the_pause_between_questions_about_parts(scene: Scene) -> None:
    scene.log.put(1)
    scene.store((0, 0))
    seeker = scene.seeker(shanghai=Unreachable("OUT_OF_REACH", "reset"))
    giver = cast("Giver", seeker._peers[OWNER])
    for _ in range(4):
        scene.now_s += PAUSE_S_MAX
        seeker.step()
    giver.answer = marked(PartMark.MISSING)
    scene.now_s += PAUSE_S_MAX
    seeker.step()
    giver.answer = Unreachable("OUT_OF_REACH", "reset")
    scene.now_s += PAUSE_S_MAX
    seeker.step()
    asked = len(scene.asked)
    log = MadeLog("ydx.example/shanghai.2")
    log.put(1)
    scene.store_log(log, (0, 0))
    scene.now_s += BACKOFF_S_MIN
    seeker.step()
    assert len(scene.asked) == asked + 1
