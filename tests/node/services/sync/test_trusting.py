"""Trust files from peers that are slow or hostile, and their renewal in turn."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, NoReturn, cast

import pytest

from federation.log.errors import Refused, Unreachable, YdxError
from federation.sync.frames import Peer
from federation.trust.registry import Registry
from node.services.sync.trusting import TrustKeeper
from tests.simulation.member import SimulatedMember
from tests.simulation.world import World

DAY_S = 86_400.0


class Slow:
    """A peer whose file does not come until it is let go."""

    name = "jiangsu"

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()

    def get_trust_file(self, _role: str, _version: int) -> bytes:
        self.asked.set()
        assert self.go_on.wait(60.0)
        raise Unreachable("OUT_OF_REACH", "nothing came")


def ahead(world: World) -> dict[str, int]:
    """Return versions that are newer than what anhui holds."""
    return {role: version + 1 for role, version in world["anhui"].side.trust.versions()}


def test_promise_6_a_peer_that_is_slow_with_its_files_holds_nobody_up(world: World) -> None:
    trust, slow = world["anhui"].side.trust, Slow()
    failed: list[BaseException] = []

    def refresh() -> None:
        try:
            trust.refresh(cast("Peer", slow), ahead(world))
        except Unreachable as error:
            failed.append(error)

    thread = threading.Thread(target=refresh)
    thread.start()
    assert slow.asked.wait(60.0)
    assert dict(trust.versions())["registry"] == 1
    assert trust.file("root", 1)
    assert world["anhui"].meet("center")
    assert not trust.refresh(cast("Peer", cast("Any", None)), ahead(world))  # nobody is asked
    slow.go_on.set()
    thread.join()
    assert len(failed) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", b"[]", b"{" * 5000, b'{"signed": {}, "signatures": []}', b"\x00" * 100_000],
    ids=["nothing", "garbage", "a list", "nested deep", "an empty envelope", "zeros"],
)
def test_files_that_are_none_are_refused_and_change_nothing(world: World, content: bytes) -> None:
    class Liar:
        name = "jiangsu"

        def get_trust_file(self, _role: str, _version: int) -> bytes:
            return content

    trust = world["anhui"].side.trust
    before = trust.versions()
    with pytest.raises(Refused, match="TRUST_FILE_REFUSED"):
        trust.refresh(cast("Peer", Liar()), ahead(world))
    assert trust.versions() == before
    world["anhui"].meet("center")
    assert trust.registry().version == 1


def test_a_peer_that_claims_newer_files_and_has_none_is_asked_in_vain(world: World) -> None:
    trust = world["anhui"].side.trust
    assert not trust.refresh(world["anhui"].side.peers["jiangsu"], ahead(world))


def test_online_files_are_renewed_in_turn_and_travel_through_any_member(world: World) -> None:
    """Whoever's turn it is renews before the week is over; the others take it at a meeting."""
    before = dict(world["anhui"].side.trust.versions())
    expires_s = world["anhui"].side.trust.expires_s()
    renewed: list[SimulatedMember] = []
    while not renewed:
        world.pass_time(DAY_S / 4)
        assert world.now_s < expires_s
        renewed = [member for member in world.up() if member.side.trust.renew_if_due()]
    (renewer,) = renewed
    world.meet_all()
    world.meet_all()
    for member in world.up():
        versions = dict(member.side.trust.versions())
        assert versions["timestamp"] == before["timestamp"] + 1
        assert not member.side.trust.renew_if_due()
    renewer.crash()
    renewer.start()
    assert dict(renewer.side.trust.versions())["timestamp"] == before["timestamp"] + 1


def test_a_member_alone_renews_what_the_absent_ones_should_have(world: World) -> None:
    """Trust does not run out while one holder of the online keys is there and runs."""
    for name in world.others("zhejiang"):
        world[name].crash()
    trust = world["zhejiang"].side.trust
    for _ in range(40):
        world.pass_time(DAY_S / 2)
        trust.renew_if_due()
        assert not trust.is_stale()


def test_edge_15_trust_that_ran_out_stops_neither_publishing_nor_mirroring(world: World) -> None:
    world.pass_time(30 * DAY_S)
    assert world["anhui"].side.trust.is_stale()
    for member in world.up():
        assert member.publish()
    for _ in range(2):
        world.work_round()
        world.pass_time(1.0)
    for member in world.up():
        assert member.side.board.origin(member.origin).confirmed_size == member.own_size()


def test_files_that_cannot_be_stored_are_not_in_force_and_are_taken_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored before it is used: what is in force now is in force after a restart too."""
    renewed: list[SimulatedMember] = []
    while not renewed:
        world.pass_time(DAY_S / 4)
        renewed = [member for member in world.up() if member.side.trust.renew_if_due()]
    (renewer,) = renewed
    other = next(member for member in world.up() if member is not renewer)
    before = other.side.trust.versions()

    def is_full(**_: object) -> NoReturn:
        raise YdxError("DISK_FULL", "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(other.side.database, "write", is_full)
        with pytest.raises(YdxError, match="DISK_FULL"):
            other.side.trust.refresh(
                other.side.peers[renewer.name], dict(renewer.side.trust.versions())
            )
        assert other.side.trust.versions() == before
    assert other.meet(renewer.name)
    assert other.side.trust.versions() == renewer.side.trust.versions()


def test_a_member_whose_certificates_have_ended_is_not_dialled_but_its_log_is_followed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member that has left must not keep a node from its start."""
    anhui, in_force = world["anhui"], TrustKeeper.registry

    def without(self: TrustKeeper) -> Registry:
        found = in_force(self)
        members = [
            replace(one, certificates=()) if one.name == "zhejiang" else one
            for one in found.members
        ]
        return replace(found, members=tuple(members))

    anhui.crash()
    monkeypatch.setattr(TrustKeeper, "registry", without)
    anhui.start()
    assert set(anhui.side.peers) == {"shanghai", "jiangsu", "center"}
    assert world["zhejiang"].origin in anhui.side.followers
