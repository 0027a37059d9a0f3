"""The signer recomputes what it signs, keeps its cadence, and stops rather than guess."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from federation.log.checkpoint import parse_checkpoint
from federation.log.errors import YdxError
from federation.log.note import parse_note
from node.storage import logs, mirrors, witnessing
from tests.simulation.member import SimulatedMember
from tests.simulation.world import World


@pytest.fixture
def shanghai(world: World) -> SimulatedMember:
    world.pass_time(1.0)
    return world["shanghai"]


def newest_size(member: SimulatedMember) -> int:
    newest = member.side.board.origin(member.origin).confirmations.newest
    assert newest is not None
    return newest.checkpoint.tree_size


def flip_a_stored_byte(member: SimulatedMember) -> None:
    """Change one byte of the last entry of the own log, as a bad disk would."""
    with member.side.database.read() as tx:
        row = mirrors.get(tx, member.origin)
        entry = logs.entry(tx, row.origin_id, row.verified_size - 1)
    assert entry is not None
    with closing(sqlite3.connect(member.disk)) as disk:
        bundles = disk.execute("SELECT id, data FROM entry_bundle").fetchall()
        (place, data), *_ = [one for one in bundles if one[1].endswith(entry)]
        rotten = data[:-1] + bytes([data[-1] ^ 1])
        disk.execute("UPDATE entry_bundle SET data = ? WHERE id = ?", (rotten, place))
        disk.commit()


def test_edge_17_a_flipped_byte_in_a_stored_entry_is_not_signed_for(
    shanghai: SimulatedMember,
) -> None:
    signed = newest_size(shanghai)
    intent = shanghai.side.keys.log_state.last_intent()
    shanghai.publish()
    flip_a_stored_byte(shanghai)
    with pytest.raises(YdxError, match=r"SIGNING_STOPPED.*ydx log verify"):
        shanghai.side.signer.sign_if_due()
    with pytest.raises(YdxError, match="SIGNING_STOPPED"):
        shanghai.side.signer.sign_if_due()
    assert newest_size(shanghai) == signed
    assert shanghai.side.keys.log_state.last_intent() == intent


def test_edge_20_an_intent_that_somebody_else_left_stops_the_signer(
    shanghai: SimulatedMember,
) -> None:
    shanghai.publish()
    assert shanghai.sign()
    with shanghai.side.database.write(own=True) as tx:
        found = witnessing.find_intent(tx)
        assert found is not None
        assert witnessing.swap_intent(tx, found, (found[0] + 1, bytes(32)))
    shanghai.publish()
    with pytest.raises(YdxError, match=r"SIGNING_STOPPED.*another process"):
        shanghai.side.signer.sign_if_due()
    assert not shanghai.publish()


def test_edge_20_of_two_that_sign_over_one_database_one_stops(
    world: World, shanghai: SimulatedMember
) -> None:
    """The second began with a copy of the keys while the first was thought to be gone."""
    assert shanghai.publish()
    assert shanghai.sign()
    folder = shanghai.folder.with_name("shanghai-failover")
    shutil.copytree(shanghai.folder, folder, ignore=shutil.ignore_patterns("ydx.sqlite*"))
    (folder / shanghai.disk.name).symlink_to(shanghai.disk)
    second = world.member("shanghai", folder)
    second.start()
    for name in world.others("shanghai"):
        second.meet(name)
    world.pass_time(31.0)
    assert second.publish()
    assert second.side.signer.sign_if_due()
    signed = second.side.keys.log_state.last_intent()
    assert shanghai.own_size() == signed.size
    shanghai.side.signer.committed(signed.size)
    world.pass_time(1.0)
    with pytest.raises(YdxError, match=r"SIGNING_STOPPED.*another process"):
        shanghai.side.signer.sign_if_due()
    assert newest_size(shanghai) < signed.size
    assert not shanghai.publish()
    assert second.publish()
    world.pass_time(1.0)
    assert second.sign()
    second.crash()


def test_an_intent_whose_commit_failed_late_does_not_stop_the_signer(
    shanghai: SimulatedMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database has it, but its answer was lost: the signer knows its own intent."""
    shanghai.publish()
    real = shanghai.side.database.write

    def lost(*, durable: bool = True, own: bool = False) -> object:
        with real(durable=durable, own=own) as tx:
            found = witnessing.find_intent(tx)
            row = mirrors.get(tx, shanghai.origin)
            assert witnessing.swap_intent(tx, found, (row.verified_size, row.verified_root))
        shanghai.side.signer._left = (found, (row.verified_size, row.verified_root))
        raise YdxError("DATABASE_ERROR", "the answer was lost")

    with monkeypatch.context() as patch:
        patch.setattr(shanghai.side.database, "write", lost)
        with pytest.raises(YdxError, match="DATABASE_ERROR"):
            shanghai.side.signer.sign_if_due()
    assert shanghai.side.signer.sign_if_due()
    assert newest_size(shanghai) == shanghai.own_size()


def test_checkpoints_keep_their_cadence_and_none_is_made_of_nothing_new(
    world: World, shanghai: SimulatedMember
) -> None:
    assert not shanghai.side.signer.sign_if_due()
    shanghai.publish()
    assert shanghai.side.signer.due_in_s() == 0.0
    assert shanghai.sign()
    shanghai.publish()
    assert shanghai.side.signer.due_in_s() == pytest.approx(0.2, abs=1e-6)
    world.pass_time(0.1)
    assert not shanghai.sign()
    world.pass_time(0.11)
    assert shanghai.sign()
    assert newest_size(shanghai) == shanghai.own_size()


def test_edge_10_database_and_file_hold_the_intent_before_a_note_exists(
    shanghai: SimulatedMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    shanghai.publish()
    size = shanghai.own_size()

    def fails(_size: int, _root: bytes) -> None:
        raise YdxError("DISK_FULL", "no space for the file")

    with monkeypatch.context() as patch:
        patch.setattr(shanghai.side.keys.log_state, "record_intent", fails)
        with pytest.raises(YdxError, match="DISK_FULL"):
            shanghai.side.signer.sign_if_due()
    assert newest_size(shanghai) == size - 1
    with shanghai.side.database.read() as tx:
        intent = witnessing.find_intent(tx)
    assert intent is not None
    assert intent[0] == size
    assert shanghai.side.signer.sign_if_due()


def test_a_restart_offers_what_was_signed_last_again(
    world: World, shanghai: SimulatedMember
) -> None:
    shanghai.publish()
    shanghai.sign()
    shanghai.flush()
    shanghai.crash()
    shanghai.start()
    world.meet_all()
    world.pass_time(4.0)
    assert not shanghai.sign()
    assert shanghai.offer("anhui") is False  # it must mirror first, but it is asked
    world["anhui"].meet("shanghai")
    world["anhui"].follow(shanghai.origin)
    shanghai.meet("anhui")
    assert shanghai.offer("anhui")


def test_after_a_restart_witnesses_are_offered_no_less_than_they_may_have_cosigned(
    world: World, shanghai: SimulatedMember
) -> None:
    """The newest note was lost in the crash; two witnesses have cosigned it already."""
    shanghai.flush()
    shanghai.publish()
    shanghai.sign()
    size = shanghai.own_size()
    for name in ("anhui", "center"):
        world[name].meet("shanghai")
        world[name].follow(shanghai.origin)
        assert shanghai.offer(name)
    shanghai.crash()
    for name in ("anhui", "center"):
        world[name].crash()
    shanghai.start()
    for name in ("jiangsu", "zhejiang"):
        shanghai.meet(name)
    world.pass_time(4.0)
    assert shanghai.sign()
    offered = shanghai.side.offering._offer.checkpoint
    assert offered is not None
    assert offered.tree_size == size


def test_the_note_is_the_log_as_it_is_stored(shanghai: SimulatedMember) -> None:
    shanghai.publish()
    shanghai.sign()
    newest = shanghai.side.board.origin(shanghai.origin).confirmations.newest
    assert newest is not None
    row = shanghai.stored(shanghai.origin)
    said = parse_checkpoint(parse_note(newest.note).text)
    assert (said.tree_size, said.root) == (row.verified_size, row.verified_root)


def test_a_checkpoint_that_could_not_be_told_of_is_signed_again_and_offered(
    world: World, shanghai: SimulatedMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.work_round()
    world.pass_time(1.0)
    assert shanghai.publish()

    def is_lost(*_: object) -> bytes:
        raise YdxError("DATABASE_ERROR", "connection lost")

    with monkeypatch.context() as patch:
        patch.setattr(type(shanghai.side.copies), "root_at", is_lost)
        with pytest.raises(YdxError, match="connection lost"):
            shanghai.side.signer.sign_if_due()
    for _ in range(3):
        world.pass_time(1.0)
        world.work_round()
    assert shanghai.side.board.origin(shanghai.origin).confirmed_size == shanghai.own_size()


def test_a_clock_that_is_set_back_does_not_hold_the_next_checkpoint_up(
    world: World, shanghai: SimulatedMember
) -> None:
    assert shanghai.publish()
    assert shanghai.sign()
    world.now_s -= 3600.0
    assert shanghai.side.signer.due_in_s() <= 0.2
