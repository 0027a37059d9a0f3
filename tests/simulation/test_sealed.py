"""Sealed documents between members, some of them dishonest.

Shanghai seals for jiangsu and center. Whatever order, route and lies: who is named reads the same
bytes in the end, and nobody else ever holds them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

import pytest
from sqlalchemy import select

from federation.sync.frames import Batch, FetchedPart, PartMark, PartPlace
from node.services.log.drafts import SealedDocument
from node.services.log.verification import verify_log
from node.storage import citing, mirrors, parts
from node.storage.schema import sealed as sealed_table
from tests.simulation.liars import Frames, rebuilt, records_of
from tests.simulation.network import Lie
from tests.simulation.test_relays import only_links, work
from tests.simulation.world import World

SHANGHAI: Final = "ydx.example/shanghai"
SUBJECT: Final = bytes(range(16))
NAMED: Final = ("center", "jiangsu")
READERS: Final = frozenset({"shanghai", *NAMED})
STEP: Final = SealedDocument(SUBJECT, 1, NAMED, b"a step", b"who to call")


def seal(world: World, document: SealedDocument = STEP) -> int:
    """Seal in shanghai; return the leaf index."""
    assert world["shanghai"].seal(document)
    return world["shanghai"].own_size() - 1


def readers(world: World, leaf_index: int) -> set[str]:
    """Return who reads the document, whole."""
    found = set()
    for member in world.up():
        one = member.read_sealed(SHANGHAI, leaf_index)
        if one is not None and one.document is not None and one.personal is not None:
            assert (one.document.content, one.personal.content) == (b"a step", b"who to call")
            found.add(member.name)
    return found


def holders(world: World, leaf_index: int) -> set[str]:
    """Return who holds any bytes of its parts."""
    found = set()
    for member in world.up():
        with member.side.database.read() as tx:
            row = mirrors.get(tx, SHANGHAI)
            if parts.of_entry(tx, row.origin_id, leaf_index):
                found.add(member.name)
    return found


def fetch(world: World, giver: str, caller: str, leaf_index: int) -> list[FetchedPart]:
    places = [PartPlace(SHANGHAI, leaf_index, number) for number in (0, 1)]
    return world[giver].side.log_server.fetch_parts(places, caller)


def check_verified(world: World) -> None:
    """Recompute every copy of shanghai's log from its bytes."""
    for member in world.up():
        assert verify_log(member.side.database, SHANGHAI).differences == []


def test_a_document_is_read_by_whom_it_names_and_held_by_nobody_else(world: World) -> None:
    leaf_index = seal(world)
    work(world, 2)
    assert readers(world, leaf_index) == holders(world, leaf_index) == READERS
    assert all(
        member.stored(SHANGHAI).confirmed_size > leaf_index or member.name == "shanghai"
        for member in world.up()
    )
    one = world["jiangsu"].read_sealed(SHANGHAI, leaf_index)
    assert one is not None
    assert one.is_confirmed
    check_verified(world)


def test_a_relay_that_is_named_gives_it_to_the_other_who_is(world: World) -> None:
    """Jiangsu never meets shanghai: center, which is named too, has the parts."""
    only_links(world, ("shanghai", "center"), ("center", "jiangsu"), ("center", "zhejiang"))
    leaf_index = seal(world)
    work(world, 3)
    assert readers(world, leaf_index) == READERS
    assert holders(world, leaf_index) == READERS


def test_behind_a_relay_that_is_not_named_it_waits_for_the_owner(world: World) -> None:
    only_links(world, ("shanghai", "zhejiang"), ("zhejiang", "jiangsu"))
    leaf_index = seal(world)
    work(world, 3)
    assert world["jiangsu"].stored(SHANGHAI).verified_size == leaf_index + 1
    assert readers(world, leaf_index) == {"shanghai"}
    world.network.cut.clear()
    world.pass_time(700.0)
    work(world, 2)
    assert readers(world, leaf_index) == holders(world, leaf_index) == READERS
    check_verified(world)


@pytest.mark.parametrize("giver", ["shanghai", "center", "jiangsu", "zhejiang"])
def test_who_is_not_named_asks_in_vain_and_learns_nothing_of_who_is(
    world: World, giver: str
) -> None:
    """By place, and by the same commitments in a log of its own."""
    leaf_index = seal(world)
    work(world, 2)
    fetched = fetch(world, giver, "anhui", leaf_index)
    assert [(one.content, one.mark) for one in fetched] == [(b"", PartMark.WITHHELD)] * 2
    for frame in world[giver].side.log_server.read_log(SHANGHAI, leaf_index, "anhui"):
        if isinstance(frame, Batch):
            assert (frame.parts, frame.marks) == ([b"", b""], [PartMark.WITHHELD] * 2)


class Leaks(Lie):
    """Serves as if the caller were another member."""

    def __init__(self, serve: Callable[[int], Frames]) -> None:
        self.serve = serve

    def frames(self, origin: str, frames: Frames) -> Frames:
        if origin != SHANGHAI:
            return frames
        first = next(one.first_leaf_index for one in frames if isinstance(one, Batch))
        return self.serve(first)


@pytest.mark.parametrize("liar", ["center", "shanghai"])
def test_a_part_that_leaks_to_the_wrong_member_is_dropped_and_told(world: World, liar: str) -> None:
    """Whether a relay or the origin itself sends it: the header names who may have it."""
    only_links(world, ("shanghai", "center"), (liar, "zhejiang"))
    serve = world[liar].side.log_server.read_log
    world.network.lies[liar] = Leaks(lambda first: iter(serve(SHANGHAI, first, "jiangsu")))
    leaf_index = seal(world)
    work(world, 3)
    assert world["zhejiang"].stored(SHANGHAI).verified_size == leaf_index + 1
    assert holders(world, leaf_index) <= READERS
    assert "PART_MISPLACED" in world["zhejiang"].reasons(liar, SHANGHAI)
    assert not world["zhejiang"].side.book.rests(liar, SHANGHAI), "the copy is good"
    check_verified(world)


class WithholdsSealed(Lie):
    """Marks every part of sealed entries WITHHELD, as if they named somebody else."""

    def frames(self, origin: str, frames: Frames) -> Frames:
        for frame in super().frames(origin, frames):
            if not isinstance(frame, Batch):
                yield frame
                continue
            records = [
                (entry, [b""] * len(own) if len(own) == 2 else own)
                for entry, own in records_of(frame)
            ]
            yield rebuilt(frame, records)

    def parts(self, parts: list[FetchedPart]) -> list[FetchedPart]:
        return [FetchedPart(b"", PartMark.WITHHELD) for _ in parts]


def cite(world: World, name: str, leaf_index: int) -> list[bool]:
    with world[name].side.database.write() as tx:
        return [citing.cite(tx, SHANGHAI, leaf_index, number) for number in (0, 1)]


def test_an_origin_that_withholds_first_is_asked_again_once_the_document_is_cited(
    world: World,
) -> None:
    world.network.cut = {frozenset({"jiangsu", "center"})}
    world.network.lies["shanghai"] = WithholdsSealed()
    leaf_index = seal(world)
    work(world, 2)
    world.network.lies.clear()
    world.pass_time(100_000.0)
    work(world, 2)
    assert readers(world, leaf_index) == {"shanghai"}, "it said that nobody is named"
    assert cite(world, "jiangsu", leaf_index) == [True, True]
    work(world, 1)
    assert readers(world, leaf_index) == {"shanghai", "jiangsu"}
    check_verified(world)


def test_what_an_origin_withholds_from_one_comes_from_another_whom_it_names(
    world: World,
) -> None:
    """Shanghai serves center and lies to jiangsu for ever."""
    leaf_index = seal(world)
    world["shanghai"].sign()
    world["center"].meet("shanghai")
    world["center"].follow(SHANGHAI)
    assert readers(world, leaf_index) == {"shanghai", "center"}
    world.network.lies["shanghai"] = WithholdsSealed()
    world.network.cut = {frozenset({"jiangsu", "center"})}
    work(world, 2)
    world.network.cut.clear()
    work(world, 2)
    assert "jiangsu" not in readers(world, leaf_index)
    cite(world, "jiangsu", leaf_index)
    work(world, 2)
    assert readers(world, leaf_index) == holders(world, leaf_index) == READERS


def test_a_citation_may_come_before_what_it_cites(world: World) -> None:
    world.network.cut = {frozenset({"jiangsu", "center"})}
    world.network.lies["shanghai"] = WithholdsSealed()
    leaf_index = world["shanghai"].own_size()
    assert cite(world, "jiangsu", leaf_index) == [False, False]
    assert seal(world) == leaf_index
    work(world, 2)
    world.network.lies.clear()
    world.pass_time(700.0)
    work(world, 1)
    assert readers(world, leaf_index) == {"shanghai", "jiangsu"}


def test_an_erased_personal_part_is_gone_for_all_and_comes_back_to_nobody(world: World) -> None:
    """Also for who gets the document only after its erasure, from a relay that never knew of it."""
    world.network.cut = {frozenset({"jiangsu", other}) for other in world.others("jiangsu")}
    leaf_index = seal(world)
    work(world, 2)
    assert world["shanghai"].erase(leaf_index, 1)
    assert world["shanghai"].erase(leaf_index, 0)
    for _ in range(2):
        work(world, 2)
        for member in world.up():
            one = member.read_sealed(SHANGHAI, leaf_index)
            if one is not None:
                assert member.name in READERS
                assert one.document is not None, "a document cannot be erased"
                assert one.personal is None
        world.network.cut.clear()
    assert world["jiangsu"].read_sealed(SHANGHAI, leaf_index) is not None
    for giver in READERS:
        document, personal = fetch(world, giver, "jiangsu", leaf_index)
        assert document.content
        assert (personal.content, personal.mark) == (b"", PartMark.ERASED)
    check_verified(world)


class Fickle(Lie):
    """Says of each part, at random, that it is withheld, erased or missing, or gives it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def frames(self, origin: str, frames: Frames) -> Frames:
        for frame in super().frames(origin, frames):
            if isinstance(frame, Batch):
                records = [
                    (entry, [b"" if self.chance.random() < 0.5 else part for part in own])
                    for entry, own in records_of(frame)
                ]
                made = rebuilt(frame, records)
                marks = self._marks(len(made.marks))
                yield Batch(made.first_leaf_index, made.entries, made.parts, marks, made.proof)
            else:
                yield frame

    def parts(self, parts: list[FetchedPart]) -> list[FetchedPart]:
        return [
            FetchedPart(b"", mark) if self.chance.random() < 0.5 else one
            for one, mark in zip(parts, self._marks(len(parts)), strict=True)
        ]

    def _marks(self, count: int) -> Sequence[PartMark]:
        return self.chance.choices(list(PartMark), k=count)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_when_and_from_whom_the_readers_have_the_same_list(
    world: World, seed: int
) -> None:
    """Everybody lies about parts at random for a while; each document is cited at last."""
    chance = random.Random(seed)  # noqa: S311 - repeatable by its seed, not secret
    for name in world.members:
        world.network.lies[name] = Fickle(chance)
    leaves = []
    for number in range(6):
        document = SealedDocument(SUBJECT, number, NAMED, b"a step", b"who to call")
        leaves.append(seal(world, document))
        world.pass_time(chance.choice([1.0, 40.0, 1000.0]))
        world.network.cut = {
            frozenset(pair)
            for pair in [("shanghai", "jiangsu"), ("center", "jiangsu"), ("shanghai", "center")]
            if chance.random() < 0.4
        }
        work(world, 1)
    world.network.heal()
    for name in NAMED:
        for leaf_index in leaves:
            cite(world, name, leaf_index)
    for _ in range(8):
        world.pass_time(100_000.0)
        work(world, 1)
    for leaf_index in leaves:
        assert readers(world, leaf_index) == holders(world, leaf_index) == READERS
    check_verified(world)
    assert {len(listed(world, name)) for name in READERS} == {len(leaves)}
    assert [listed(world, name) for name in ("anhui", "zhejiang")] == [[], []]


def listed(world: World, name: str) -> list[tuple[object, ...]]:
    with world[name].side.database.read() as tx:
        return [tuple(row) for row in tx.execute(select(sealed_table))]
