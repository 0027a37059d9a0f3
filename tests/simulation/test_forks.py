"""An origin that shows two histories: evidence is made, kept and passed on, and its log freezes.

Shanghai runs twice with one key. One of the two shows its history to jiangsu and zhejiang, the
other to anhui; center is a dishonest witness that cosigns both. The first history has a quorum.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import pytest

from federation.log.errors import Refused
from federation.sync.frames import Batch, Head, WitnessStanding
from federation.sync.witness import CosignOffer
from tests.simulation.liars import BlindWitness
from tests.simulation.member import SimulatedMember
from tests.simulation.network import Lie
from tests.simulation.world import World

SHANGHAI = "ydx.example/shanghai"
HONEST = ("anhui", "jiangsu", "zhejiang")
COMMON = 2
"""The size that everybody has confirmed before the fork."""


class LeadsTo(Lie):
    """Serves a target of its own choice, and nothing behind it."""

    def __init__(self, note: bytes) -> None:
        self.note = note

    def frames(self, origin: str, frames: Iterator[bytes | Batch]) -> Iterator[bytes | Batch]:
        del origin, frames
        return iter([self.note])


@dataclass
class Fork:
    world: World
    first: SimulatedMember
    second: SimulatedMember

    def show(self, owner: SimulatedMember, count: int, *names: str, tell: bool = True) -> None:
        """Let one history grow, and show it to some members; they and center cosign it.

        `tell` says whether the members learn what the others have cosigned.
        """
        for _ in range(count):
            assert owner.publish()
        self.world.pass_time(1.0)
        assert owner.sign()
        for name in names:
            owner.meet(name)
            self.world[name].meet("shanghai")
            self.world[name].follow(SHANGHAI)
            owner.offer(name)
        owner.offer("center")
        self.world.pass_time(120.0)
        for name in (*names, "center"):
            owner.offer(name)
        for name in names:
            if tell:
                self.world[name].meet("shanghai")

    def meet(self, chance: random.Random) -> None:
        """Let the honest members meet and follow each other, in any order."""
        for _ in range(3):
            pairs = list(permutations(HONEST, 2))
            chance.shuffle(pairs)
            for one, other in pairs:
                self.world[one].meet(other)
                self.world[one].follow(SHANGHAI)

    def frozen(self) -> dict[str, int | None]:
        return {name: self.world[name].side.board.origin(SHANGHAI).frozen_size for name in HONEST}


@pytest.fixture
def fork(world: World) -> Fork:
    world.work_round()
    center = world["center"]
    twin = world.clone("shanghai", frozenset({"anhui"}))
    for one in (world["shanghai"], twin):
        for name in world.others("shanghai"):
            one.meet(name)
    world.pass_time(31.0)
    world.network.lies["center"] = BlindWitness(
        lambda: center.side.keys.witness_signer, lambda: world.now_s
    )
    return Fork(world, world["shanghai"], twin)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("first", "second"),
    [(2, 3), (2, 2), (3, 1)],
    ids=["the other history is longer", "both are equally long", "the other history is shorter"],
)
def test_promise_3_everybody_freezes_a_forked_log_whatever_the_order(
    fork: Fork, first: int, second: int, seed: int
) -> None:
    """Who holds the history of the quorum freezes at it, who holds the other one where they part.

    Nothing that was confirmed is lost.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    if seed % 2:
        fork.show(fork.second, second, "anhui")
    fork.show(fork.first, first, "jiangsu", "zhejiang")
    if not seed % 2:
        fork.show(fork.second, second, "anhui")
    confirmed = {
        name: fork.world[name].side.board.origin(SHANGHAI).confirmed_size for name in HONEST
    }
    fork.meet(chance)
    quorum = COMMON + first
    assert fork.frozen() == {"anhui": COMMON, "jiangsu": quorum, "zhejiang": quorum}
    for name in HONEST:
        heads = fork.world[name].side.board.origin(SHANGHAI)
        assert heads.evidence
        assert heads.confirmed_size >= confirmed[name]
        published = fork.world[name].side.board.publishable(SHANGHAI)
        assert published is not None
        assert published[1].tree_size == fork.frozen()[name]


def test_evidence_and_the_frozen_point_survive_a_restart(fork: Fork) -> None:
    fork.show(fork.first, 2, "jiangsu", "zhejiang")
    fork.show(fork.second, 3, "anhui")
    fork.meet(random.Random(1))  # noqa: S311 - repeatable, not secret
    frozen = fork.frozen()
    for name in HONEST:
        fork.world[name].flush()
        fork.world[name].crash()
        fork.world[name].start()
    assert fork.frozen() == frozen == {"anhui": 2, "jiangsu": 4, "zhejiang": 4}
    fork.meet(random.Random(2))  # noqa: S311 - repeatable, not secret
    assert fork.frozen() == frozen


def test_a_member_that_saw_nothing_learns_of_the_fork_at_its_first_meeting(fork: Fork) -> None:
    """Center's node was told nothing of either history; a quorum note and evidence are enough."""
    fork.show(fork.first, 2, "jiangsu", "zhejiang")
    fork.show(fork.second, 3, "anhui")
    fork.meet(random.Random(3))  # noqa: S311 - repeatable, not secret
    center = fork.world["center"]
    center.meet("zhejiang")
    assert center.side.board.origin(SHANGHAI).frozen_size == COMMON
    center.follow(SHANGHAI)
    assert center.side.board.origin(SHANGHAI).frozen_size == 4


def test_a_frozen_log_is_cosigned_no_more_and_the_others_are(fork: Fork) -> None:
    fork.show(fork.first, 2, "jiangsu", "zhejiang")
    fork.show(fork.second, 3, "anhui")
    fork.meet(random.Random(4))  # noqa: S311 - repeatable, not secret
    newest = fork.first.side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    offer = CosignOffer(SHANGHAI, newest.note, 4, (), fork.first.side.gate.start_id)
    with pytest.raises(Refused, match="ORIGIN_FROZEN"):
        fork.world["jiangsu"].side.witness.cosign("shanghai", offer, 0.0)
    zhejiang = fork.world["zhejiang"]
    zhejiang.publish()
    fork.world.network.lies.clear()
    fork.world.work_round()
    assert zhejiang.side.board.origin(zhejiang.origin).confirmed_size == zhejiang.own_size()


def test_an_origin_that_is_shown_its_own_fork_stops_signing_and_writing(fork: Fork) -> None:
    """Whichever way it learns: from a head beyond its log, a head below, or evidence."""
    fork.show(fork.first, 2, "jiangsu", "zhejiang")
    fork.show(fork.second, 3, "anhui")
    fork.first.meet("anhui")
    assert not fork.first.publish()
    fork.second.publish()
    fork.second.meet("jiangsu")
    assert not fork.second.sign()
    assert fork.second.side.signer.stopped is not None
    assert fork.second.side.signer.stopped.reason == "SIGNING_STOPPED"


def test_an_origin_that_is_given_evidence_against_itself_stops(fork: Fork) -> None:
    fork.show(fork.first, 2, "jiangsu", "zhejiang")
    fork.show(fork.second, 3, "anhui")
    fork.meet(random.Random(5))  # noqa: S311 - repeatable, not secret
    assert fork.first.publish()
    fork.world.pass_time(1.0)
    fork.first.meet("zhejiang")
    assert not fork.first.sign()
    assert fork.first.side.signer.stopped is not None
    assert not fork.first.publish()


def test_t6_the_frozen_point_moves_when_one_more_quorum_note_is_shown(fork: Fork) -> None:
    """Zhejiang has the evidence before it knows that the first history has a quorum."""
    zhejiang = fork.world["zhejiang"]
    fork.show(fork.first, 2, "jiangsu", "zhejiang", tell=False)
    fork.show(fork.second, 3, "anhui")
    zhejiang.meet("anhui")
    zhejiang.follow(SHANGHAI)
    zhejiang.meet("anhui")
    heads = zhejiang.side.board.origin(SHANGHAI)
    assert heads.evidence
    assert (heads.frozen_size, heads.confirmed_size) == (COMMON, COMMON)
    zhejiang.meet("shanghai")
    assert (heads.frozen_size, heads.confirmed_size) == (4, 4)


def test_t7b_the_suffix_is_kept_and_served_and_can_be_confirmed_later(fork: Fork) -> None:
    """Jiangsu froze at 4 with 6 entries stored; the quorum on 6 is shown afterwards."""
    jiangsu, zhejiang = fork.world["jiangsu"], fork.world["zhejiang"]
    fork.show(fork.first, 2, "jiangsu", "zhejiang")
    fork.show(fork.first, 2, "zhejiang", "jiangsu", tell=False)
    fork.show(fork.second, 1, "anhui")
    fork.world["anhui"].meet("jiangsu")
    jiangsu.meet("anhui")
    heads = jiangsu.side.board.origin(SHANGHAI)
    assert (heads.frozen_size, heads.verified_size) == (4, 6)
    note, *_ = jiangsu.side.log_server.read_log(SHANGHAI, 0, "center")
    assert isinstance(note, bytes)
    assert note.split(b"\n")[1] == b"6"
    jiangsu.meet("shanghai")
    zhejiang.meet("jiangsu")
    assert heads.frozen_size == 6


def test_t7b_a_witness_cosigns_only_what_it_has_stored(fork: Fork) -> None:
    fork.first.publish()
    fork.world.pass_time(1.0)
    fork.first.sign()
    fork.first.meet("jiangsu")
    newest = fork.first.side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    proof = fork.first.side.copies.consistency_proof(SHANGHAI, COMMON, COMMON + 1)
    offer = CosignOffer(SHANGHAI, newest.note, COMMON, proof, fork.first.side.gate.start_id)
    witness = fork.world["jiangsu"].side.witness
    assert witness.cosign("shanghai", offer, 0.0) == WitnessStanding(COMMON, COMMON)


@pytest.mark.parametrize("more", [1, 2], ids=["equally long", "longer"])
def test_edge_12_what_extends_the_checkpoint_before_but_not_the_last_is_not_cosigned(
    fork: Fork, more: int
) -> None:
    """Jiangsu has cosigned what both histories share, then one entry of the first."""
    fork.show(fork.first, 1, "jiangsu")
    for _ in range(more):
        assert fork.second.publish()
    fork.world.pass_time(1.0)
    assert fork.second.sign()
    newest = fork.second.side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    proof = fork.second.side.copies.consistency_proof(SHANGHAI, COMMON, COMMON + more)
    side = fork.world["jiangsu"].side
    last = side.keys.witness_state.last_cosigned(SHANGHAI)
    assert last.size == COMMON + 1
    for old_size in (COMMON, last.size):
        offer = CosignOffer(SHANGHAI, newest.note, old_size, proof, fork.first.side.gate.start_id)
        if more == 1:
            with pytest.raises(Refused, match=r"ROOT_MISMATCH|ORIGIN_FROZEN"):
                side.witness.cosign("shanghai", offer, 0.0)
        else:
            standing = WitnessStanding(last.size, last.size)
            assert side.witness.cosign("shanghai", offer, 0.0) == standing
    assert bool(side.board.origin(SHANGHAI).evidence) == (more == 1)
    assert side.keys.witness_state.last_cosigned(SHANGHAI) == last


def test_edge_12_a_contradiction_that_our_copy_reaches_later_is_evidence_then(fork: Fork) -> None:
    """Jiangsu is shown a note of the other history beyond its copy once, and grows past it."""
    jiangsu = fork.world["jiangsu"]
    fork.show(fork.second, 2, "anhui")
    note = fork.second.side.board.origin(SHANGHAI).confirmations.newest
    assert note is not None
    jiangsu.side.board.take_note(SHANGHAI, note.note)
    assert not jiangsu.side.board.origin(SHANGHAI).evidence
    fork.show(fork.first, 3, "jiangsu")
    assert jiangsu.side.board.origin(SHANGHAI).evidence


def test_what_a_target_contradicts_is_evidence_before_the_stream_is_refused(fork: Fork) -> None:
    """Anhui is led, in a stream, to the first history at the size that it has of the second."""
    anhui = fork.world["anhui"]
    fork.show(fork.first, 2, "jiangsu", "zhejiang")
    fork.show(fork.second, 2, "anhui")
    newest = fork.first.side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    fork.world.network.lies["jiangsu"] = LeadsTo(newest.note)
    assert not anhui.side.board.origin(SHANGHAI).evidence
    anhui.side.book.met("jiangsu", anhui.side.room.introduce())
    anhui.side.book.told("jiangsu", [Head(SHANGHAI, verified_size=9)])
    anhui.follow(SHANGHAI)
    assert anhui.reasons("jiangsu", SHANGHAI) == {"ROOT_MISMATCH"}
    assert anhui.side.board.origin(SHANGHAI).evidence


def test_a_fork_that_no_quorum_has_cosigned_shows_too(fork: Fork) -> None:
    """Both histories rest, the longer one hides the shorter one's note: a failed proof shows it."""
    anhui, jiangsu = fork.world["anhui"], fork.world["jiangsu"]
    fork.show(fork.first, 2, "jiangsu")
    fork.show(fork.second, 3, "anhui")
    fork.world.network.cut = {frozenset({"anhui", "jiangsu"})}
    fork.world["center"].meet("anhui")
    jiangsu.meet("center")  # center tells the longer one's note, and cannot serve it
    fork.world.network.cut.clear()
    jiangsu.meet("anhui")
    anhui.meet("jiangsu")
    assert not anhui.side.board.origin(SHANGHAI).evidence
    jiangsu.follow(SHANGHAI)
    assert jiangsu.reasons("anhui", SHANGHAI) == {"BAD_PROOF"}
    anhui.meet("jiangsu")
    jiangsu.meet("anhui")
    for member in (anhui, jiangsu):
        assert member.side.board.origin(SHANGHAI).frozen_size == COMMON


def test_evidence_of_one_origin_is_bounded(fork: Fork) -> None:
    """An origin can sign as many contradictions as it likes; a few freeze it."""
    anhui = fork.world["anhui"]
    fork.show(fork.first, 20, "jiangsu", "zhejiang")
    for _ in range(20):
        fork.show(fork.second, 1)
        newest = fork.second.side.board.origin(SHANGHAI).confirmations.newest
        assert newest is not None
        fork.world["jiangsu"].side.board.take_note(SHANGHAI, newest.note)
    assert len(fork.world["jiangsu"].side.board.origin(SHANGHAI).evidence) == 16
    anhui.meet("jiangsu")
    assert len(anhui.side.board.origin(SHANGHAI).evidence) == 16
