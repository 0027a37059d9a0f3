"""Any member serves any origin: what matters is the origin's signature, not who brings it."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest

from federation.log.entry import Audience
from federation.log.errors import Refused
from tests.simulation.checks import Checks
from tests.simulation.world import World

SHANGHAI = "ydx.example/shanghai"


def only_links(world: World, *links: tuple[str, str]) -> None:
    """Cut every link but these."""
    kept = {frozenset(link) for link in links}
    world.network.cut = {frozenset(link) for link in permutations(world.members, 2)} - kept


def publish_in_shanghai(world: World) -> int:
    assert world["shanghai"].publish()
    return world["shanghai"].own_size()


def work(world: World, rounds: int) -> None:
    for _ in range(rounds):
        world.pass_time(1.0)
        world.work_round()


def test_with_the_direct_link_cut_a_log_comes_through_another_member(world: World) -> None:
    world.network.cut = {frozenset({"anhui", "shanghai"})}
    size = publish_in_shanghai(world)
    work(world, 2)
    for member in world.up():
        heads = member.side.board.origin(SHANGHAI)
        assert (heads.verified_size, heads.confirmed_size) == (size, size)
    Checks(world).after_step()
    digests = Checks(world).digests(Audience.MEMBERS)
    assert len(digests) == 5
    assert len(set(digests)) == 1


def test_a_log_travels_along_a_chain_of_members(world: World) -> None:
    """Four steps away, and verified; nobody but jiangsu is asked to cosign, so not confirmed."""
    chain = ("shanghai", "jiangsu", "zhejiang", "center", "anhui")
    only_links(world, *pairwise(chain))
    size = publish_in_shanghai(world)
    work(world, len(chain))
    heads = world["anhui"].side.board.origin(SHANGHAI)
    assert (heads.verified_size, heads.confirmed_size) == (size, size - 1)
    world.network.cut.clear()
    work(world, 2)
    assert heads.confirmed_size == size


def test_a_confirmation_reaches_members_that_the_origin_does_not(world: World) -> None:
    """Three of four witnesses are linked: that is a quorum, and anhui learns of it from them."""
    world.network.cut = {frozenset({"anhui", "shanghai"}), frozenset({"anhui", "center"})}
    size = publish_in_shanghai(world)
    work(world, 2)
    assert world["anhui"].side.board.origin(SHANGHAI).confirmed_size == size


def test_a_log_outlives_its_origin(world: World) -> None:
    """Shanghai is gone after center alone has its entry; the others get it from center."""
    only_links(world, ("shanghai", "center"))
    size = publish_in_shanghai(world)
    work(world, 1)
    world["shanghai"].crash()
    world.network.cut.clear()
    world.pass_time(1.0)
    world.work_round()
    for member in world.up():
        assert member.stored(SHANGHAI).verified_size == size


def test_a_member_that_crashed_can_serve_all_that_it_has_stored(world: World) -> None:
    """The note that covers a copy is stored with it, so that the copy is of use to others."""
    only_links(world, ("shanghai", "center"))
    size = publish_in_shanghai(world)
    world["shanghai"].sign()
    world["center"].meet("shanghai")
    world["center"].follow(SHANGHAI)
    world["center"].crash()
    world["shanghai"].crash()
    world["center"].start()
    world.network.cut.clear()
    world.meet_all()
    world.follow_all()
    for member in world.up():
        assert member.stored(SHANGHAI).verified_size == size


def test_a_relay_shows_each_caller_the_parts_that_it_may_see(world: World) -> None:
    """ORIGIN parts never leave their owner, through nobody."""
    server = world["jiangsu"].side.log_server
    _, batch = server.read_log(SHANGHAI, 0, "anhui")
    assert not isinstance(batch, bytes)
    assert [bool(part) for part in batch.parts] == [True, True, False]
    _, own = world["shanghai"].side.log_server.read_log(SHANGHAI, 0, "anhui")
    assert own == batch


def test_a_log_that_no_registry_names_is_not_served(world: World) -> None:
    with pytest.raises(Refused, match="UNKNOWN_ORIGIN"):
        next(world["jiangsu"].side.log_server.read_log("ydx.example/nobody", 0, "anhui"))
