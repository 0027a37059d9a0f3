"""Traces of protocol-traces.md: where a simpler rule fails, and what happens under ours.

T6 and T7b are in `test_forks`. T8 and T11 are about the ledger, T12 about the thaw.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from federation.log.errors import Refused, YdxError
from federation.sync.frames import Batch, WitnessStanding
from federation.sync.start import Verdict
from federation.sync.witness import CosignOffer
from tests.simulation.member import SimulatedMember
from tests.simulation.network import Lie
from tests.simulation.world import World

SHANGHAI = "ydx.example/shanghai"


def offer_of(owner: SimulatedMember, old_size: int) -> CosignOffer:
    """Return the offer of an owner's newest checkpoint, as it goes out."""
    newest = owner.side.board.origin(owner.origin).confirmations.newest
    assert newest is not None
    size = newest.checkpoint.tree_size
    proof = owner.side.copies.consistency_proof(owner.origin, old_size, size)
    return CosignOffer(owner.origin, newest.note, old_size, proof, owner.side.gate.start_id)


def sign_one_more(world: World, owner: SimulatedMember) -> int:
    """Publish and sign once; return the size of the log."""
    assert owner.publish()
    world.pass_time(1.0)
    assert owner.sign()
    return owner.own_size()


def cosigners(owner: SimulatedMember) -> set[str]:
    """Return whose cosignature of its newest checkpoint the owner knows."""
    newest = owner.side.board.origin(owner.origin).confirmations.newest
    assert newest is not None
    return set(newest.lines)


@pytest.mark.parametrize("backup", ["", "older"], ids=["an empty database", "an older database"])
def test_t1_edge_12_a_database_behind_the_file_signs_and_appends_nothing(
    world: World, backup: str
) -> None:
    """The checkpoint was signed, all offers were lost, all members answer "nothing more"."""
    shanghai = world["shanghai"]
    if backup:
        shanghai.save_disk(backup)
    world.network.cut = {frozenset({"shanghai", name}) for name in world.others("shanghai")}
    size = sign_one_more(world, shanghai)
    late = offer_of(shanghai, size - 1)
    shanghai.crash()
    shanghai.restore_disk(backup)
    shanghai.start()
    world.network.cut.clear()
    for _ in range(3):
        world.work_round()
        world.pass_time(31.0)
    assert shanghai.side.gate.verdict() is Verdict.RESTORED_BEHIND
    assert not shanghai.publish()
    assert not shanghai.sign()
    with pytest.raises(YdxError, match=f"RESTORED_BEHIND: size {size} .* known at file"):
        shanghai.side.gate.check()
    with pytest.raises(Refused, match="START_ID_STALE"):  # the old offer, still under way
        world["jiangsu"].side.witness.cosign("shanghai", late, 0.0)


def test_a_backup_between_a_commit_and_its_checkpoint_is_no_fork(world: World) -> None:
    """The file is ahead of the database's intent, but the log is all there: it goes on."""
    shanghai = world["shanghai"]
    assert shanghai.publish()
    shanghai.save_disk("between")
    world.pass_time(1.0)
    assert shanghai.sign()
    shanghai.crash()
    shanghai.restore_disk("between")
    shanghai.start()
    world.meet_all()
    world.pass_time(31.0)
    assert shanghai.side.gate.verdict() is Verdict.OPEN
    size = sign_one_more(world, shanghai)
    world.work_round()
    world.work_round()
    assert world["anhui"].side.board.origin(SHANGHAI).confirmed_size == size


def test_t1b_an_offer_from_before_a_start_is_dropped_unread(world: World) -> None:
    shanghai, jiangsu = world["shanghai"], world["jiangsu"]
    size = sign_one_more(world, shanghai)
    early = offer_of(shanghai, size - 1)
    jiangsu.meet("shanghai")
    jiangsu.follow(SHANGHAI)
    shanghai.crash()
    shanghai.start()
    shanghai.meet("jiangsu")
    nameless = dataclasses.replace(early, start_id=b"")
    for offer in (early, nameless):
        with pytest.raises(Refused, match="START_ID_STALE"):
            jiangsu.side.witness.cosign("shanghai", offer, 0.0)
    renewed = dataclasses.replace(early, start_id=shanghai.side.gate.start_id)
    assert isinstance(jiangsu.side.witness.cosign("shanghai", renewed, 0.0), bytes)


def test_t1b_a_witness_remembers_over_its_own_restart_under_which_start_it_answered(
    world: World,
) -> None:
    shanghai, jiangsu = world["shanghai"], world["jiangsu"]
    size = sign_one_more(world, shanghai)
    early = offer_of(shanghai, size - 1)
    shanghai.crash()
    shanghai.start()
    shanghai.meet("jiangsu")
    jiangsu.crash()
    jiangsu.start()
    with pytest.raises(Refused, match="START_ID_STALE"):
        jiangsu.side.witness.cosign("shanghai", early, 0.0)


def test_a_witness_that_comes_late_is_asked_before_it_is_offered_anything(world: World) -> None:
    """It was down when the origin started: the offer meets it first."""
    shanghai, jiangsu = world["shanghai"], world["jiangsu"]
    jiangsu.crash()
    shanghai.crash()
    shanghai.start()
    for name in ("anhui", "center", "zhejiang"):
        shanghai.meet(name)
    world.pass_time(4.0)
    sign_one_more(world, shanghai)
    jiangsu.start()
    jiangsu.meet("shanghai")
    jiangsu.follow(SHANGHAI)
    assert shanghai.offer("jiangsu")


@pytest.mark.parametrize("file", ["log.state", "witness.state"])
def test_t2_t4_t5_a_key_without_its_file_is_never_used_again(world: World, file: str) -> None:
    """Asking the others cannot cure it, so the node does not start."""
    jiangsu = world["jiangsu"]
    jiangsu.crash()
    (jiangsu.folder / "keys" / file).unlink()
    with pytest.raises(YdxError, match=f"KEY_WITHOUT_FILE: {file} is missing"):
        jiangsu.start()


def test_t4_a_witness_with_an_empty_database_keeps_to_what_its_file_says(world: World) -> None:
    """It has no copy any more, so it says where it stands; it cosigns again once it has one."""
    shanghai, jiangsu = world["shanghai"], world["jiangsu"]
    jiangsu.crash()
    jiangsu.restore_disk()
    jiangsu.start()
    shanghai.meet("jiangsu")
    size = sign_one_more(world, shanghai)
    offer = offer_of(shanghai, size - 1)
    witness = jiangsu.side.witness
    assert witness.cosign("shanghai", offer, 0.0) == WitnessStanding(size - 1, 0)
    from_nothing = dataclasses.replace(offer, old_size=0, proof=())
    assert witness.cosign("shanghai", from_nothing, 0.0) == WitnessStanding(size - 1, 0)
    jiangsu.meet("shanghai")
    jiangsu.follow(SHANGHAI)
    assert witness.cosign("shanghai", from_nothing, 0.0) == WitnessStanding(size - 1, size)
    assert isinstance(witness.cosign("shanghai", offer, 0.0), bytes)


def test_t7_heads_carry_the_quorum_note_beside_the_newest(world: World) -> None:
    """Center was away while size 3 was confirmed; its first word is of 4, and it knows both."""
    shanghai, center = world["shanghai"], world["center"]
    center.crash()
    confirmed = sign_one_more(world, shanghai)
    for _ in range(2):
        world.work_round()
    newest = sign_one_more(world, shanghai)
    world["jiangsu"].meet("shanghai")
    center.start()
    world.network.cut = {frozenset({"center", name}) for name in ("shanghai", "anhui", "zhejiang")}
    center.meet("jiangsu")
    center.follow(SHANGHAI)
    heads = center.side.board.origin(SHANGHAI)
    assert heads.confirmed_size == confirmed
    assert heads.largest_size() == newest


def test_t7_witnesses_unite_a_quorum_that_the_origin_keeps_to_itself(world: World) -> None:
    """Three have cosigned, and the origin is gone before it told anybody."""
    shanghai = world["shanghai"]
    size = sign_one_more(world, shanghai)
    for name in ("anhui", "center", "jiangsu"):
        world[name].meet("shanghai")
        world[name].follow(SHANGHAI)
        assert shanghai.offer(name)
    shanghai.crash()
    world.meet_all()
    world.follow_all()
    for member in world.up():
        assert member.side.board.origin(SHANGHAI).confirmed_size == size


def test_t9_an_offer_is_repeated_and_the_same_size_is_cosigned_again(world: World) -> None:
    """Every answer is lost and nothing changes any more; then the network is well again."""
    shanghai = world["shanghai"]
    world.work_round()
    sign_one_more(world, shanghai)
    world.work_round()
    size = sign_one_more(world, shanghai)
    world.meet_all()
    world.follow_all()
    world.network.answer_lost = 1.0
    for name in world.others("shanghai"):
        assert not shanghai.offer(name)
        assert world[name].side.keys.witness_state.last_cosigned(SHANGHAI).size == size
    world.network.answer_lost = 0.0
    world.pass_time(61.0)
    for name in world.others("shanghai"):
        assert shanghai.offer(name)
    assert shanghai.side.board.origin(SHANGHAI).confirmed_size == size


def test_t9_a_late_cosignature_of_an_offer_that_is_settled_counts(world: World) -> None:
    """Zhejiang's line comes by a head after its three fellows and the next offer."""
    shanghai, zhejiang = world["shanghai"], world["zhejiang"]
    sign_one_more(world, shanghai)
    for name in world.others("shanghai"):
        world[name].meet("shanghai")
        world[name].follow(SHANGHAI)
    assert all(shanghai.offer(name) for name in ("anhui", "center", "jiangsu"))
    late = zhejiang.side.witness.cosign(
        "shanghai", offer_of(shanghai, shanghai.own_size() - 1), 0.0
    )
    assert isinstance(late, bytes)
    shanghai.meet("zhejiang")
    assert cosigners(shanghai) == set(world.others("shanghai"))


def test_an_unchanged_checkpoint_is_offered_again_after_ten_minutes(world: World) -> None:
    shanghai, anhui = world["shanghai"], world["anhui"]
    world.work_round()
    newest = shanghai.side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    first_at = newest.lines["anhui"][0]
    assert not shanghai.offer("anhui")
    world.pass_time(601.0)
    assert shanghai.offer("anhui")
    assert newest.lines["anhui"][0] >= first_at + 601
    anhui.meet("shanghai")
    assert anhui.side.board.origin(SHANGHAI).heard_at_s >= first_at + 601


def test_t10_the_offer_stands_until_witnesses_that_must_first_mirror_have_signed(
    world: World,
) -> None:
    """Shanghai signs five times in the time that a witness takes to mirror once."""
    shanghai = world["shanghai"]
    for _ in range(8):
        for _ in range(5):
            sign_one_more(world, shanghai)
            for name in world.others("shanghai"):
                shanghai.offer(name)
        for name in world.others("shanghai"):
            world[name].meet("shanghai")
            world[name].follow(SHANGHAI)
    for name in world.others("shanghai"):
        confirmed = world[name].side.board.origin(SHANGHAI).confirmed_size
        assert confirmed >= shanghai.own_size() - 15


class Recorded(Lie):
    """A stream that began a while ago."""

    def __init__(self, recorded: list[bytes | Batch]) -> None:
        self.recorded = recorded

    def frames(self, origin: str, frames: Iterator[bytes | Batch]) -> Iterator[bytes | Batch]:
        del origin, frames
        return iter(self.recorded)


def test_a_copy_that_lags_behind_every_quorum_is_confirmed_all_the_same(world: World) -> None:
    """While anhui's stream runs, it learns of quorums beyond: they do not hide the one it needs."""
    shanghai, anhui = world["shanghai"], world["anhui"]
    begun_at = 3
    for number in range(6):
        sign_one_more(world, shanghai)
        for name in ("center", "jiangsu", "zhejiang"):
            world[name].meet("shanghai")
            world[name].follow(SHANGHAI)
            assert shanghai.offer(name)
        anhui.meet("shanghai")
        if number == begun_at:
            size = shanghai.own_size()
            stream = list(shanghai.side.log_server.read_log(SHANGHAI, 2, "anhui"))
    world.network.lies["shanghai"] = Recorded(stream)
    anhui.follow(SHANGHAI)
    heads = anhui.side.board.origin(SHANGHAI)
    assert (heads.verified_size, heads.confirmed_size) == (size, size)
    assert heads.largest_size() == size + 2
