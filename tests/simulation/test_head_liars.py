"""What a dishonest member says at meetings, and answers to offers, harms nobody but itself.

Jiangsu lies; everything else goes on, and all logs are confirmed by the other three witnesses
(promises 2 and 6).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from federation.log.cosignature import make_cosignature
from federation.log.keys import Signer
from federation.log.note import add_signatures, parse_note
from federation.sync.frames import Head, Meeting, WitnessStanding
from tests.simulation.liars import (
    GarbageTrust,
    HeadLie,
    MeetingLie,
    WitnessLie,
    signed_by_a_stranger,
    tampered_root,
)
from tests.simulation.network import Lie
from tests.simulation.world import World

SHANGHAI = "ydx.example/shanghai"
ANHUI = "ydx.example/anhui"


def told(change: Callable[[bytes], bytes]) -> Callable[[World], Lie]:
    """Return the lie of a member that changes shanghai's newest note."""

    def changed(head: Head) -> Head:
        return dataclasses.replace(head, newest=head.newest and change(head.newest))

    return lambda _world: HeadLie(SHANGHAI, changed)


def with_a_bad_cosignature(world: World) -> Lie:
    """Put center's cosignature of another checkpoint on shanghai's."""
    signer = world["center"].side.keys.witness_signer

    def changed(head: Head) -> Head:
        other = make_cosignature(tampered_root(head.newest), signer, int(world.now_s))
        return dataclasses.replace(head, newest=add_signatures(head.newest, [other]))

    return HeadLie(SHANGHAI, changed)


def with_evidence(content: Callable[[World], bytes]) -> Callable[[World], Lie]:
    return lambda world: MeetingLie(
        lambda meeting, evidence: (meeting, (*evidence, content(world)))
    )


def no_contradiction(world: World) -> bytes:
    """Return "evidence" of one and the same checkpoint."""
    newest = world["center"].side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    length = len(newest.note).to_bytes(4)
    return b"ydx/evidence/v1\0" + (length + newest.note) * 2


def crowd(count: int) -> Callable[[World], Lie]:
    """Return the lie of a member that tells heads of many origins that do not exist."""
    heads = tuple(Head(f"ydx.example/nobody{number}") for number in range(count))

    def changed(meeting: Meeting, evidence: tuple[bytes, ...]) -> tuple[Meeting, tuple[bytes, ...]]:
        return dataclasses.replace(meeting, heads=(*meeting.heads, *heads)), evidence

    return lambda _world: MeetingLie(changed)


def twice(meeting: Meeting, evidence: tuple[bytes, ...]) -> tuple[Meeting, tuple[bytes, ...]]:
    return dataclasses.replace(meeting, heads=meeting.heads * 2), evidence


MEETINGS: dict[str, tuple[str, str, Callable[[World], Lie]]] = {
    "a head has another root under the old signature": (
        SHANGHAI,
        "BAD_SIGNATURE",
        told(tampered_root),
    ),
    "a head is signed by a stranger": (
        SHANGHAI,
        "NO_TRUSTED_SIGNATURE",
        told(signed_by_a_stranger),
    ),
    "a head is garbage": (SHANGHAI, "MALFORMED_NOTE", told(lambda _note: b"garbage")),
    "a head is another origin's": (
        SHANGHAI,
        "WRONG_ORIGIN",
        told(lambda note: note.replace(b"shanghai", b"zhejiang")),
    ),
    "a head carries a known witness's bad cosignature": (
        SHANGHAI,
        "BAD_SIGNATURE",
        with_a_bad_cosignature,
    ),
    "evidence is garbage": ("", "MALFORMED_EVIDENCE", with_evidence(lambda _world: b"garbage")),
    "evidence shows no contradiction": (
        "",
        "MALFORMED_EVIDENCE",
        with_evidence(no_contradiction),
    ),
    "a meeting has heads of 10,000 origins": ("", "MALFORMED_FRAME", crowd(10_000)),
    "a meeting tells every head twice": ("", "MALFORMED_FRAME", lambda _world: MeetingLie(twice)),
    "newer trust files are claimed and are garbage": (
        "",
        "TRUST_FILE_REFUSED",
        lambda _world: GarbageTrust(),
    ),
}


def confirm_more(world: World, liar: str = "jiangsu") -> None:
    """Publish everywhere; check that all but the liar's own copies get it confirmed."""
    for member in world.up():
        assert member.publish()
    for _ in range(2):
        world.pass_time(1.0)
        world.work_round()
    for owner in world.up():
        for member in world.up():
            heads = member.side.board.origin(owner.origin)
            if liar not in (owner.name, member.name):
                assert heads.verified_size == heads.confirmed_size == owner.own_size()


@pytest.mark.parametrize(("origin", "reason", "lie"), MEETINGS.values(), ids=MEETINGS.keys())
def test_promise_6_a_lie_at_a_meeting_is_counted_and_believed_by_nobody(
    world: World, origin: str, reason: str, lie: Callable[[World], Lie]
) -> None:
    anhui = world["anhui"]
    world.network.lies["jiangsu"] = lie(world)
    anhui.meet("jiangsu")
    assert anhui.reasons("jiangsu", origin) == {reason}
    assert set(anhui.side.book.resting()) == ({("jiangsu", origin)} if origin else set())
    assert not anhui.side.board.origin(SHANGHAI).evidence
    confirm_more(world)


def test_heads_of_unknown_origins_are_not_remembered(world: World) -> None:
    anhui = world["anhui"]
    world.network.lies["jiangsu"] = crowd(900)(world)
    assert anhui.meet("jiangsu")
    assert set(anhui.side.book.state("jiangsu").heads) == {one.origin for one in world.up()}
    assert not anhui.refusals


def test_lines_that_a_peer_puts_on_a_note_do_not_travel(world: World) -> None:
    """98 lines of strangers leave no place for cosignatures: kept, they would spoil every head."""
    strangers = [Signer(f"ydx.example/stranger{number}/witness", b"s" * 32) for number in range(98)]

    def crowded(note: bytes) -> bytes:
        text = parse_note(note)
        alone = text.text + b"\n" + text.signatures[0].encode()
        return add_signatures(alone, [make_cosignature(alone, one, 1) for one in strangers])

    shanghai, anhui = world["shanghai"], world["anhui"]
    shanghai.publish()
    shanghai.sign()
    world["jiangsu"].meet("shanghai")
    world.network.lies["jiangsu"] = told(crowded)(world)
    anhui.meet("jiangsu")
    newest = anhui.side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    assert newest.checkpoint.tree_size == shanghai.own_size()
    assert len(parse_note(newest.note).signatures) == 1
    confirm_more(world)


def test_promise_6_sizes_that_nobody_has_stop_nobody(world: World) -> None:
    """Shanghai is out of reach and the liar claims most: anhui asks it first, then the others."""
    anhui, shanghai = world["anhui"], world["shanghai"]
    shanghai.publish()
    shanghai.sign()
    world.network.cut = {frozenset({"shanghai", name}) for name in ("anhui", "jiangsu")}
    world["center"].meet("shanghai")
    world["center"].follow(SHANGHAI)
    world.network.lies["jiangsu"] = HeadLie(
        SHANGHAI,
        lambda head: dataclasses.replace(head, verified_size=1 << 62, confirmed_size=1 << 62),
    )
    assert not anhui.meet("shanghai")
    assert anhui.meet("jiangsu")
    assert anhui.meet("center")
    assert anhui.side.book.sources(SHANGHAI, "shanghai", 0)[0] == "jiangsu"
    assert anhui.follow(SHANGHAI)
    assert anhui.stored(SHANGHAI).verified_size == shanghai.own_size()


def test_what_a_peer_claims_to_have_stored_is_believed_up_to_what_there_is(world: World) -> None:
    anhui = world["anhui"]
    world.network.lies["jiangsu"] = HeadLie(
        ANHUI, lambda head: dataclasses.replace(head, verified_size=1 << 62)
    )
    anhui.meet("jiangsu")
    world.network.cut = {frozenset({"anhui", name}) for name in world.others("anhui")}
    anhui.publish()
    anhui.sign()
    published = anhui.side.board.publishable(ANHUI)
    assert published is not None
    assert published[1].tree_size == anhui.own_size() - 1


COSIGNATURES: dict[str, tuple[str, Callable[[World, bytes, bytes], bytes]]] = {
    "it is garbage": ("MALFORMED_NOTE", lambda _world, _note, _line: b"garbage\n"),
    "it is nothing": ("MALFORMED_NOTE", lambda _world, _note, _line: b""),
    "it is of another checkpoint": (
        "BAD_SIGNATURE",
        lambda world, note, _line: make_cosignature(
            tampered_root(note), world["jiangsu"].side.keys.witness_signer, 1
        ).encode(),
    ),
    "it is a stranger's": (
        "NO_TRUSTED_SIGNATURE",
        lambda _world, note, _line: make_cosignature(
            note, Signer("ydx.example/jiangsu/witness", b"s" * 32), 1
        ).encode(),
    ),
    "it is another witness's": (
        "NO_TRUSTED_SIGNATURE",
        lambda world, note, _line: make_cosignature(
            note, world["center"].side.keys.witness_signer, 1
        ).encode(),
    ),
    "it comes 101 times": ("MALFORMED_NOTE", lambda _world, _note, line: line * 101),
}


@pytest.mark.parametrize(("reason", "change"), COSIGNATURES.values(), ids=COSIGNATURES.keys())
def test_a_bad_cosignature_is_counted_and_does_not_count(
    world: World, reason: str, change: Callable[[World, bytes, bytes], bytes]
) -> None:
    def answer(note: bytes, honest: bytes | WitnessStanding) -> bytes | WitnessStanding:
        return change(world, note, honest) if isinstance(honest, bytes) else honest

    anhui, jiangsu = world["anhui"], world["jiangsu"]
    anhui.publish()
    anhui.sign()
    jiangsu.meet("anhui")
    jiangsu.follow(ANHUI)
    world.network.lies["jiangsu"] = WitnessLie(answer)
    assert not anhui.offer("jiangsu")
    assert anhui.reasons("jiangsu", ANHUI) == {reason}
    newest = anhui.side.board.origin(ANHUI).confirmations.newest
    assert newest is not None
    assert "jiangsu" not in newest.lines
    confirm_more(world)


def test_a_witness_that_claims_to_be_far_ahead_loses_only_its_own_vote(world: World) -> None:
    world.network.lies["jiangsu"] = WitnessLie(
        lambda _note, _honest: WitnessStanding(1 << 62, 1 << 62)
    )
    confirm_more(world)
