"""A mirror takes in what is proven, whole or not at all, and refuses the rest for its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.batch import Absence
from federation.log.entry import KIND_SEALED, Audience, Entry
from federation.log.errors import Refused
from federation.log.merkle import CompactRange
from federation.log.part import PartHeader, new_part
from federation.records.facets import HIDDEN
from federation.sync.frames import BATCH_BYTES_MAX, Batch, PartMark
from federation.sync.mirror import OriginMirror
from tests.federation.sync.origin import ORIGIN, MemoryLog, signer


def mirror_of(log: MemoryLog, size: int = 0) -> OriginMirror:
    return OriginMirror(
        log.origin, log.compact_range(size) if size else CompactRange(), log.keys, "center"
    )


def published(count: int = 20) -> MemoryLog:
    log = MemoryLog()
    log.publish(count)
    return log


@given(st.integers(1, 80), st.data())
def test_frames_cut_anywhere_lead_to_the_same_root(count: int, data: st.DataObject) -> None:
    log = published(count)
    mirror = mirror_of(log)
    target = mirror.set_target(log.note())
    while mirror.verified_size < log.size:
        start = mirror.verified_size
        end = data.draw(st.integers(start + 1, log.size))
        verified = mirror.verify(log.batch(start, end))
        assert mirror.verified_size == start, "verifying alone moves nothing"
        mirror.advance(verified)
    assert verified.compact_range.root() == target.root
    assert not verified.absences
    assert verified.parts[-1].endswith(b"content %d" % (log.size - 1))


def _fork(log: MemoryLog) -> MemoryLog:
    fork = MemoryLog()
    fork.publish(log.size - 1, salt_from=1000)
    return fork


def _swap(items: list[bytes]) -> list[bytes]:
    return [items[1], items[0], *items[2:]]


ATTACKS: dict[str, tuple[Callable[[MemoryLog, Batch], Batch], str]] = {
    "an entry is changed by one bit": (
        lambda _log, batch: replace(
            batch, entries=[batch.entries[0][:-1] + b"\0", *batch.entries[1:]]
        ),
        "BAD_PROOF",
    ),
    "two entries change places": (
        lambda _log, batch: replace(batch, entries=_swap(list(batch.entries))),
        "BAD_PROOF",
    ),
    "the last entry is left out": (
        lambda _log, batch: replace(batch, entries=batch.entries[:-1], parts=batch.parts[:-2]),
        "BAD_PROOF",
    ),
    "an entry comes twice": (
        lambda _log, batch: replace(batch, entries=[batch.entries[0], *batch.entries]),
        "BATCH_PAST_TARGET",
    ),
    "the batch begins too late": (
        lambda log, _batch: log.batch(11, log.size),
        "BATCH_OUT_OF_PLACE",
    ),
    "the batch comes a second time": (
        lambda log, _batch: log.batch(5, 10),
        "BATCH_OUT_OF_PLACE",
    ),
    "the batch is empty": (
        lambda _log, batch: replace(batch, entries=[], parts=[]),
        "BATCH_OUT_OF_PLACE",
    ),
    "the batch is another history's": (
        lambda log, _batch: _fork(log).batch(10, log.size),
        "BAD_PROOF",
    ),
    "a hash of the proof is changed": (
        lambda log, _batch: replace(
            log.batch(10, 15), proof=[bytes(32), *log.batch(10, 15).proof[1:]]
        ),
        "BAD_PROOF",
    ),
    "the proof has 64 hashes": (
        lambda _log, batch: replace(batch, proof=[bytes(32)] * 64),
        "FRAME_TOO_LARGE",
    ),
    "a hash of the proof has 31 bytes": (
        lambda log, _batch: replace(log.batch(10, 15), proof=[bytes(31)]),
        "BAD_PROOF",
    ),
    "a part is missing without a mark": (
        lambda _log, batch: replace(batch, parts=[b"", *batch.parts[1:]]),
        "MALFORMED_FRAME",
    ),
    "a mark stands where a part came": (
        lambda _log, batch: replace(batch, marks=[1]),
        "MALFORMED_FRAME",
    ),
    "a mark says nothing": (
        lambda _log, batch: replace(batch, parts=[b"", *batch.parts[1:]], marks=[9]),
        "MALFORMED_FRAME",
    ),
    "there are more parts than commitments": (
        lambda _log, batch: replace(batch, parts=[*batch.parts, b"x"]),
        "MALFORMED_FRAME",
    ),
    "two records weigh more than a batch may": (
        lambda _log, batch: replace(batch, parts=[bytes(BATCH_BYTES_MAX), *batch.parts[1:]]),
        "FRAME_TOO_LARGE",
    ),
    "513 entries come at once": (
        lambda _log, batch: replace(batch, entries=[batch.entries[0]] * 513),
        "FRAME_TOO_LARGE",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_batch_is_refused_when(attack: str) -> None:
    change, reason = ATTACKS[attack]
    log = published()
    mirror = mirror_of(log, 10)
    mirror.set_target(log.note())
    with pytest.raises(Refused) as refusal:
        mirror.verify(change(log, log.batch(10, log.size)))
    assert refusal.value.reason == reason
    mirror.advance(mirror.verify(log.batch(10, log.size)))
    assert mirror.verified_size == log.size, "the honest batch is still taken"


TARGETS: dict[str, tuple[Callable[[MemoryLog], bytes], str]] = {
    "it is signed by another key of the same name": (
        lambda log: MemoryLog(key_number=1).note() if log else b"",
        "NO_TRUSTED_SIGNATURE",
    ),
    "it is another origin's": (
        lambda _log: MemoryLog(origin="ydx.example/jiangsu").note(),
        "WRONG_ORIGIN",
    ),
    "it is smaller than what is verified": (lambda log: log.note(5), "HEAD_NOT_GROWING"),
    "it has the verified size and another root": (
        lambda log: _fork(log).note(10),
        "ROOT_MISMATCH",
    ),
    "one bit of its signature is wrong": (
        lambda log: log.note()[:-4] + b"AA=\n",
        "BAD_SIGNATURE",
    ),
    "it is no note": (lambda _log: b"hello", "MALFORMED_NOTE"),
}


@pytest.mark.parametrize("attack", TARGETS)
def test_a_target_is_refused_when(attack: str) -> None:
    make, reason = TARGETS[attack]
    log = published()
    mirror = mirror_of(log, 10)
    with pytest.raises(Refused) as refusal:
        mirror.set_target(make(log))
    assert refusal.value.reason == reason
    with pytest.raises(Refused, match="MALFORMED_FRAME"):
        mirror.verify(log.batch(10, 11))


def test_a_part_that_does_not_open_is_wanted_and_the_batch_stands() -> None:
    log = published(3)
    mirror = mirror_of(log)
    mirror.set_target(log.note())
    batch = log.batch(0, log.size)
    spoilt = [batch.parts[0] + b"x", *batch.parts[1:]]
    verified = mirror.verify(replace(batch, parts=spoilt))
    assert verified.absences == {(1, 0): Absence.WANTED}
    assert verified.parts[0] == b""
    assert mirror.dropped_parts == 1


def test_a_part_of_another_place_is_void_though_it_opens() -> None:
    log = published(1)
    header = PartHeader(ORIGIN, (7).to_bytes(16), 1, 0, Audience.PUBLIC)
    wire, commitment = new_part(header, b"copied", bytes(32))
    log.append(
        Entry(
            kind=2,
            subject=(8).to_bytes(16),
            revision=1,
            operation=1,
            parts=((Audience.PUBLIC, commitment),),
        ),
        (wire,),
    )
    mirror = mirror_of(log)
    mirror.set_target(log.note())
    verified = mirror.verify(log.batch(0, log.size))
    assert verified.absences == {(2, 0): Absence.VOID}
    assert verified.parts[-1] == b""
    assert verified.facets[2] == HIDDEN


@pytest.mark.parametrize(
    ("audience", "mark", "absence"),
    [
        (Audience.PUBLIC, PartMark.ERASED, Absence.WANTED),
        (Audience.MEMBERS, PartMark.WITHHELD, Absence.WANTED),
        (Audience.ORIGIN, PartMark.MISSING, None),
        (Audience.NAMED, PartMark.WITHHELD, None),
        (Audience.NAMED, PartMark.ERASED, Absence.WANTED),
        (Audience.NAMED, PartMark.MISSING, Absence.WANTED),
    ],
)
def test_a_mark_is_a_claim(audience: Audience, mark: PartMark, absence: Absence | None) -> None:
    log = MemoryLog()
    if audience == Audience.NAMED:
        entry = Entry(kind=KIND_SEALED, parts=((audience, bytes(32)),))
    else:
        entry = Entry(
            kind=2, subject=bytes(16), revision=1, operation=1, parts=((audience, bytes(32)),)
        )
    log.append(entry, (b"",))
    mirror = OriginMirror(ORIGIN, CompactRange(), log.keys, "center")
    mirror.set_target(log.note())
    verified = mirror.verify(replace(log.batch(0, 2), marks=[mark]))
    assert list(verified.parts) == [b""]
    assert verified.absences == ({} if absence is None else {(1, 0): absence})


def test_a_relay_that_lacks_a_named_part_leaves_its_owner_to_be_asked() -> None:
    log = MemoryLog()
    log.append(Entry(kind=KIND_SEALED, parts=((Audience.NAMED, bytes(32)),)), (b"",))
    mirror = mirror_of(log)
    mirror.set_target(log.note(), from_owner=False)
    verified = mirror.verify(replace(log.batch(0, 2), marks=[1]))
    assert verified.absences == {(1, 0): Absence.WANTED}


NAMED_PARTS: dict[str, tuple[str, tuple[str, ...], bytes | None, Absence | None, int, int]] = {
    # what came: origin in the header, named, bytes in place of the part; absence, dropped, stray
    "it names us": (ORIGIN, ("center", "zhejiang"), None, None, 0, 0),
    "it names others": (ORIGIN, ("zhejiang",), None, Absence.WITHHELD, 0, 1),
    "it names nobody": (ORIGIN, (), None, Absence.WITHHELD, 0, 1),
    "it is of another log": ("ydx.example/x", ("center",), None, Absence.VOID, 0, 0),
    "it does not open": (ORIGIN, ("center",), b"garbage" * 9, Absence.WANTED, 1, 0),
}


@pytest.mark.parametrize("from_owner", [True, False])
@pytest.mark.parametrize("what", NAMED_PARTS)
def test_a_named_part_is_kept_if_it_opens_and_names_us(what: str, *, from_owner: bool) -> None:
    origin, named, instead, absence, dropped, stray = NAMED_PARTS[what]
    header = PartHeader(origin, bytes(16), 1, 0, Audience.NAMED, named)
    wire, commitment = new_part(header, b"document", bytes(32))
    log = MemoryLog()
    log.append(Entry(kind=KIND_SEALED, parts=((Audience.NAMED, commitment),)), (instead or wire,))
    mirror = mirror_of(log)
    mirror.set_target(log.note(), from_owner=from_owner)
    verified = mirror.verify(log.batch(0, log.size))
    assert list(verified.parts) == [wire if absence is None else b""]
    assert verified.absences == ({} if absence is None else {(1, 0): absence})
    assert (mirror.dropped_parts, mirror.stray_parts) == (dropped, stray)


def test_each_named_part_has_its_own_mark() -> None:
    """Marks stand in the order of what is absent, whatever comes between."""
    log = MemoryLog()
    document, personal = (
        new_part(PartHeader(ORIGIN, bytes(16), 1, n, Audience.NAMED, ("center",)), b"x", bytes(32))
        for n in (0, 1)
    )
    commitments = ((Audience.NAMED, document[1]), (Audience.NAMED, personal[1]))
    log.publish(1)
    for parts in [(b"", b""), (document[0], b""), (b"", personal[0]), (b"", b"")]:
        log.append(Entry(kind=KIND_SEALED, parts=commitments), parts)
    log.publish(1)
    mirror = mirror_of(log)
    mirror.set_target(log.note())
    batch = log.batch(0, log.size)
    withheld, erased = PartMark.WITHHELD, PartMark.ERASED
    marks = [withheld, erased, erased, withheld, erased, withheld]
    verified = mirror.verify(replace(batch, marks=marks))
    assert verified.absences == dict.fromkeys([(2, 1), (3, 1), (5, 0)], Absence.WANTED)


def test_an_origin_part_that_somebody_sends_is_not_kept() -> None:
    log = MemoryLog()
    header = PartHeader(ORIGIN, bytes(16), 1, 0, Audience.ORIGIN)
    wire, commitment = new_part(header, b"phone", bytes(32))
    log.append(
        Entry(
            kind=2,
            subject=bytes(16),
            revision=1,
            operation=1,
            parts=((Audience.ORIGIN, commitment),),
        ),
        (wire,),
    )
    mirror = mirror_of(log)
    mirror.set_target(log.note())
    verified = mirror.verify(log.batch(0, 2))
    assert list(verified.parts) == [b""]
    assert not verified.absences, "that it is withheld is normal"


def test_edge_13_an_entry_that_no_version_understands_is_still_mirrored() -> None:
    log = MemoryLog()
    log.entries += [b"\x08\x02", b"\xff\xff"]
    log.parts += [(), ()]
    mirror = mirror_of(log)
    mirror.set_target(log.note())
    verified = mirror.verify(log.batch(0, 3))
    assert [entry[0] for entry in verified.scanned] == ["", "UNKNOWN_FORMAT", "MALFORMED_ENTRY"]


def test_a_batch_is_advanced_past_once() -> None:
    log = published(2)
    mirror = mirror_of(log)
    mirror.set_target(log.note())
    verified = mirror.verify(log.batch(0, 2))
    mirror.advance(verified)
    with pytest.raises(AssertionError):
        mirror.advance(verified)


def test_keys_are_asked_for_at_the_size_of_the_checkpoint() -> None:
    log = published(4)
    old, new = signer(ORIGIN), signer(ORIGIN, 9)
    asked = []

    def keys(tree_size: int) -> list[object]:
        asked.append(tree_size)
        return [(old if tree_size <= 3 else new).verifier()]

    mirror = OriginMirror(ORIGIN, CompactRange(), keys, "center")  # type: ignore[arg-type]  # a test double
    mirror.set_target(log.note(3))
    with pytest.raises(Refused, match="NO_TRUSTED_SIGNATURE"):
        mirror.set_target(log.note())
    assert asked == [3, 5]
