"""A relay that serves a log wrongly is refused with its own reason, counted, and rests for it.

Jiangsu lies about shanghai's log to anhui, whose link to shanghai is cut. Everything else that
jiangsu serves goes on, and anhui gets shanghai's log whole through others (promises 2 and 6).
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from federation.log.checkpoint import parse_checkpoint
from federation.log.entry import Audience
from federation.log.note import parse_note
from federation.sync.frames import BATCH_ENTRIES_MAX, Batch, PartMark
from tests.simulation.liars import (
    Frames,
    LogLie,
    beyond,
    endless,
    rebuilt,
    records_of,
    signed_by_a_stranger,
    spoilt_parts,
    tampered_root,
    without_parts,
)
from tests.simulation.world import World

SHANGHAI = "ydx.example/shanghai"
Change = Callable[["Scene", bytes, list[Batch]], Frames]


def reordered(batch: Batch) -> Batch:
    return rebuilt(batch, records_of(batch)[::-1])


def shortened(batch: Batch) -> Batch:
    return rebuilt(batch, records_of(batch)[:-1])


def stuttering(batch: Batch) -> Batch:
    records = records_of(batch)
    return rebuilt(batch, [records[0], *records[:-1]])


def cut_short(batch: Batch) -> Batch:
    *records, (entry, _) = records_of(batch)
    return rebuilt(batch, [*records, (entry[:-1], [])])


def at_index(batch: Batch, first_leaf_index: int) -> Batch:
    return dataclasses.replace(batch, first_leaf_index=first_leaf_index)


def overlong(batch: Batch) -> Batch:
    records = records_of(batch)
    return rebuilt(batch, (records * BATCH_ENTRIES_MAX)[: BATCH_ENTRIES_MAX + 1])


@dataclass
class Scene:
    """Four honest notes of shanghai's log, of growing sizes; anhui has verified the second."""

    world: World
    notes: list[bytes]

    def foreign(self) -> tuple[bytes, list[Batch]]:
        """Return what jiangsu serves of its own log."""
        jiangsu = self.world["jiangsu"]
        note, *batches = jiangsu.side.log_server.read_log(jiangsu.origin, 0, "anhui")
        assert isinstance(note, bytes)
        return note, [one for one in batches if isinstance(one, Batch)]

    def beyond(self, note: bytes) -> bytes:
        """Return what shanghai itself would have to sign to lead further than its log goes."""
        signer = self.world["shanghai"].side.keys.log_signer
        return beyond(parse_checkpoint(parse_note(note).text), 1, signer)

    def half(self, batch: Batch) -> Batch:
        """Return the first half of a batch, rightly proven."""
        records = records_of(batch)[: len(batch.entries) // 2]
        end = batch.first_leaf_index + len(records)
        size = batch.first_leaf_index + len(batch.entries)
        proof = self.world["jiangsu"].side.copies.consistency_proof(SHANGHAI, end, size)
        return dataclasses.replace(rebuilt(batch, records), proof=list(proof))


ATTACKS: dict[str, tuple[str, Change]] = {
    "the target has another root under the old signature": (
        "BAD_SIGNATURE",
        lambda _scene, note, batches: chain([tampered_root(note)], batches),
    ),
    "the target's signature is cut": (
        "BAD_SIGNATURE",
        lambda _scene, note, batches: chain([_cut_signature(note)], batches),
    ),
    "the target is signed by a stranger": (
        "NO_TRUSTED_SIGNATURE",
        lambda _scene, note, batches: chain([signed_by_a_stranger(note)], batches),
    ),
    "the target has a root that nobody has, signed by its origin": (
        "BAD_PROOF",
        lambda scene, note, batches: chain([scene.beyond(note)], batches),
    ),
    "the target is garbage": (
        "MALFORMED_NOTE",
        lambda _scene, _note, batches: chain([b"garbage"], batches),
    ),
    "the target is another origin's": (
        "WRONG_ORIGIN",
        lambda scene, _note, batches: chain([scene.foreign()[0]], batches),
    ),
    "the target is smaller than what is verified": (
        "HEAD_NOT_GROWING",
        lambda scene, _note, batches: chain([scene.notes[0]], batches),
    ),
    "the target is what is verified": (
        "HEAD_NOT_GROWING",
        lambda scene, _note, _batches: iter([scene.notes[1]]),
    ),
    "a batch comes before the target": (
        "MALFORMED_FRAME",
        lambda _scene, _note, batches: iter(batches),
    ),
    "a second target comes in the stream": (
        "MALFORMED_FRAME",
        lambda _scene, note, batches: chain([note, note], batches),
    ),
    "targets come without end": ("MALFORMED_FRAME", lambda _scene, note, _batches: endless(note)),
    "a batch has its entries in another order": (
        "BAD_PROOF",
        lambda _scene, note, batches: chain([note], map(reordered, batches)),
    ),
    "a batch lacks its last entry": (
        "BAD_PROOF",
        lambda _scene, note, batches: chain([note], map(shortened, batches)),
    ),
    "a batch has its first entry twice and not its last": (
        "BAD_PROOF",
        lambda _scene, note, batches: chain([note], map(stuttering, batches)),
    ),
    "a batch has its last entry cut short": (
        "BAD_PROOF",
        lambda _scene, note, batches: chain([note], map(cut_short, batches)),
    ),
    "a batch is of another log": (
        "BAD_PROOF",
        lambda scene, note, batches: chain(
            [note],
            (
                at_index(one, batches[0].first_leaf_index)
                for one in map(shortened, scene.foreign()[1])
            ),
        ),
    ),
    "a batch's proof is of other hashes": (
        "BAD_PROOF",
        lambda _scene, note, batches: chain(
            [note], (dataclasses.replace(one, proof=[bytes(32)]) for one in batches)
        ),
    ),
    "a batch's proof has too many hashes": (
        "FRAME_TOO_LARGE",
        lambda _scene, note, batches: chain(
            [note], (dataclasses.replace(one, proof=[bytes(32)] * 64) for one in batches)
        ),
    ),
    "the stream skips a batch": (
        "BATCH_OUT_OF_PLACE",
        lambda _scene, note, batches: chain([note], (at_index(one, 500) for one in batches)),
    ),
    "the stream begins where the log begins": (
        "BATCH_OUT_OF_PLACE",
        lambda _scene, note, batches: chain([note], (at_index(one, 0) for one in batches)),
    ),
    "empty batches come without end": (
        "BATCH_OUT_OF_PLACE",
        lambda _scene, note, batches: chain([note], endless(rebuilt(batches[0], []))),
    ),
    "a batch has more entries than a frame may": (
        "FRAME_TOO_LARGE",
        lambda _scene, note, batches: chain([note], map(overlong, batches)),
    ),
    "a batch weighs more than a frame may": (
        "FRAME_TOO_LARGE",
        lambda _scene, note, batches: chain(
            [note], (spoilt_parts(one, lambda part: part * 20_000) for one in batches)
        ),
    ),
    "a batch runs past its target": (
        "BATCH_PAST_TARGET",
        lambda scene, _note, batches: chain([scene.notes[2]], batches),
    ),
    "a batch has fewer parts than its entries name": (
        "MALFORMED_FRAME",
        lambda _scene, note, batches: chain(
            [note], (dataclasses.replace(one, parts=one.parts[1:]) for one in batches)
        ),
    ),
    "a mark says nothing": (
        "MALFORMED_FRAME",
        lambda _scene, note, batches: chain(
            [note], (dataclasses.replace(one, marks=[0] * len(one.marks)) for one in batches)
        ),
    ),
    "the parts do not open": (
        "PART_DOES_NOT_OPEN",
        lambda _scene, note, batches: chain(
            [note], (spoilt_parts(one, lambda part: part[::-1]) for one in batches)
        ),
    ),
    "the parts do not open and the stream breaks off": (
        "PART_DOES_NOT_OPEN",
        lambda scene, note, batches: chain(
            [note], [spoilt_parts(scene.half(batches[0]), lambda part: part[::-1])]
        ),
    ),
    "the parts are those of other places": (
        "PART_DOES_NOT_OPEN",
        lambda _scene, note, batches: chain(
            [note],
            (dataclasses.replace(one, parts=_rotated(one.parts)) for one in batches),
        ),
    ),
}


def _cut_signature(note: bytes) -> bytes:
    lines = note.rstrip(b"\n").split(b"\n")
    return b"\n".join([*lines[:-1], lines[-1][:-8] + b"AAAAAAA="]) + b"\n"


def _rotated(parts: Sequence[bytes]) -> list[bytes]:
    carried = [part for part in parts if part]
    turned: Iterator[bytes] = iter(carried[1:] + carried[:1])
    return [next(turned) if part else part for part in parts]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    """Make the folders of a federation in which anhui has half of shanghai's log."""
    folder = tmp_path_factory.mktemp("prepared")
    world = World(7, folder)
    world.open_all()
    notes = []
    for number in range(4):
        for member in world.up():
            member.publish()
        world["shanghai"].publish()
        world.work_round()
        world.pass_time(1.0)
        reached = world["shanghai"].side.board.origin(SHANGHAI).reached
        assert reached is not None
        notes.append(reached[0])
        if number == 1:
            world.network.cut = {frozenset({"anhui", name}) for name in world.others("anhui")}
    world.close()
    return folder, notes


@pytest.fixture
def scene(prepared: tuple[Path, list[bytes]], tmp_path: Path) -> Iterator[Scene]:
    """Start a copy of the prepared federation in which anhui reaches jiangsu alone."""
    folder, notes = prepared
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    world = World(7, tmp_path)
    world.start_all()
    world.network.cut = {
        frozenset({"anhui", name}) for name in world.others("anhui") if name != "jiangsu"
    }
    yield Scene(world, notes)
    world.close()


def complete(world: World) -> None:
    """Let anhui reach everybody but shanghai; check that it gets shanghai's log nevertheless."""
    anhui = world["anhui"]
    world.network.cut = {frozenset({"anhui", "shanghai"})}
    for _ in range(2):
        for name in ("center", "jiangsu", "zhejiang"):
            anhui.meet(name)
        anhui.follow(SHANGHAI)
        anhui.seek()
    size = world["shanghai"].own_size()
    heads = anhui.side.board.origin(SHANGHAI)
    assert (heads.verified_size, heads.confirmed_size) == (size, size)
    for audience in (Audience.PUBLIC, Audience.MEMBERS):
        digest = anhui.digest(audience, {SHANGHAI: size})
        assert digest is not None
        assert digest == world["shanghai"].digest(audience, {SHANGHAI: size})


def check_refused(
    scene: Scene, reason: str, lie: Callable[[bytes, list[Batch]], Frames], kept: int = 0
) -> None:
    """Check that jiangsu is refused for shanghai's log, counted and rests, and all else goes on.

    `kept` entries were proven before the lie.
    """
    world, anhui = scene.world, scene.world["anhui"]
    world.network.lies["jiangsu"] = LogLie(SHANGHAI, lie)
    anhui.meet("jiangsu")
    before = anhui.stored(SHANGHAI)
    anhui.follow(SHANGHAI)
    assert [one for one in anhui.refusals if one[0] == "jiangsu"] == [("jiangsu", SHANGHAI, reason)]
    assert set(anhui.side.book.resting()) == {("jiangsu", SHANGHAI)}
    stored = anhui.stored(SHANGHAI)
    if reason != "PART_DOES_NOT_OPEN":
        assert stored.verified_size == before.verified_size + kept
    root = world["jiangsu"].side.copies.root_at(SHANGHAI, stored.verified_size)
    assert stored.verified_root == root
    assert not anhui.follow(SHANGHAI)
    anhui.meet("jiangsu")
    assert anhui.follow(world["jiangsu"].origin)
    assert anhui.stored(world["jiangsu"].origin).verified_size == world["jiangsu"].own_size()
    complete(world)


@pytest.mark.parametrize(("reason", "change"), ATTACKS.values(), ids=ATTACKS.keys())
def test_promise_6_a_relay_that_serves_a_log_wrongly_is_refused_and_passed_by(
    scene: Scene, reason: str, change: Change
) -> None:
    check_refused(scene, reason, lambda note, batches: change(scene, note, batches))


def test_promise_6_a_relay_that_sends_a_batch_twice_is_refused_and_passed_by(scene: Scene) -> None:
    """What it proved before it stays."""
    check_refused(
        scene,
        "BATCH_OUT_OF_PLACE",
        lambda note, batches: iter([note, *[scene.half(batches[0])] * 2]),
        kept=2,
    )


def test_parts_that_a_relay_keeps_back_are_wanted_and_come_from_others(scene: Scene) -> None:
    world, anhui = scene.world, scene.world["anhui"]
    world.network.lies["jiangsu"] = LogLie(
        SHANGHAI,
        lambda note, batches: chain(
            [note], (without_parts(one, PartMark.ERASED) for one in batches)
        ),
    )
    anhui.meet("jiangsu")
    assert anhui.follow(SHANGHAI)
    assert anhui.digest(Audience.PUBLIC, {SHANGHAI: world["shanghai"].own_size()}) is None
    assert not anhui.side.book.resting()
    complete(world)


def test_a_stream_that_breaks_off_is_resumed_at_the_verified_size(scene: Scene) -> None:
    world, anhui = scene.world, scene.world["anhui"]
    world.network.lies["jiangsu"] = LogLie(
        SHANGHAI, lambda note, batches: iter([note, scene.half(batches[0])])
    )
    anhui.meet("jiangsu")
    begun = anhui.stored(SHANGHAI).verified_size
    assert anhui.follow(SHANGHAI)
    assert anhui.stored(SHANGHAI).verified_size == begun + 2
    assert not anhui.reasons("jiangsu", SHANGHAI)
    complete(world)


def test_promise_6_a_slow_relay_is_left_for_another_that_has_as_much(scene: Scene) -> None:
    world, anhui = scene.world, scene.world["anhui"]

    def slowly(note: bytes, batches: list[Batch]) -> Frames:
        yield note
        for batch in (scene.half(batches[0]), batches[0]):
            world.pass_time(20.0)
            yield batch

    world.network.lies["jiangsu"] = LogLie(SHANGHAI, slowly)
    world.network.cut = {frozenset({"anhui", name}) for name in ("shanghai", "zhejiang")}
    anhui.meet("jiangsu")
    anhui.meet("center")
    world.network.lies["center"] = LogLie(SHANGHAI, lambda note, batches: chain([note], batches))
    asked_at = world.now_s
    while anhui.follow(SHANGHAI):
        pass
    assert anhui.stored(SHANGHAI).verified_size == world["shanghai"].own_size()
    assert world.now_s - asked_at <= 20.0
    assert not anhui.side.book.resting()
