"""A cosignature leaves only once it is durable in the database and in the file beside the key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest

from federation.log.errors import Refused, YdxError
from federation.log.note import add_signatures, parse_signature_lines
from federation.sync.frames import WitnessStanding
from federation.sync.witness import CLOCK_SKEW_S_MAX, CosignOffer
from node.storage import witnessing
from tests.simulation.member import SimulatedMember
from tests.simulation.world import World

SHANGHAI = "ydx.example/shanghai"


@pytest.fixture
def offer(world: World) -> CosignOffer:
    """Jiangsu has stored one entry more than it has cosigned, and is offered it."""
    world.work_round()
    shanghai, jiangsu = world["shanghai"], world["jiangsu"]
    shanghai.publish()
    world.pass_time(1.0)
    shanghai.sign()
    jiangsu.meet("shanghai")
    jiangsu.follow(SHANGHAI)
    newest = shanghai.side.board.origin(SHANGHAI).confirmations.newest
    assert newest is not None
    size = newest.checkpoint.tree_size
    old_size = jiangsu.side.keys.witness_state.last_cosigned(SHANGHAI).size
    assert old_size == size - 1
    proof = shanghai.side.copies.consistency_proof(SHANGHAI, old_size, size)
    return CosignOffer(SHANGHAI, newest.note, old_size, proof, shanghai.side.gate.start_id)


@pytest.fixture
def jiangsu(world: World) -> SimulatedMember:
    return world["jiangsu"]


def cosigned_size(member: SimulatedMember) -> tuple[int, int]:
    """Return what the database and the file say was cosigned last."""
    with member.side.database.read() as tx:
        said = witnessing.cosigned(tx, SHANGHAI)
    assert said is not None
    return said.tree_size, member.side.keys.witness_state.last_cosigned(SHANGHAI).size


def test_both_places_hold_what_was_answered(offer: CosignOffer, jiangsu: SimulatedMember) -> None:
    size = offer.old_size + 1
    line = jiangsu.side.witness.cosign("shanghai", offer, 0.0)
    assert isinstance(line, bytes)
    assert cosigned_size(jiangsu) == (size, size)
    jiangsu.crash()
    jiangsu.start()
    assert cosigned_size(jiangsu) == (size, size)


def test_what_the_file_does_not_hold_is_not_answered(
    offer: CosignOffer, jiangsu: SimulatedMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_said: object) -> None:
        raise YdxError("DISK_FULL", "no space for the file")

    state = jiangsu.side.keys.witness_state
    with monkeypatch.context() as patch:
        patch.setattr(state, "record_cosigned", fails)
        with pytest.raises(YdxError, match="DISK_FULL"):
            jiangsu.side.witness.cosign("shanghai", offer, 0.0)
    assert state.last_cosigned(SHANGHAI).size == offer.old_size
    assert isinstance(jiangsu.side.witness.cosign("shanghai", offer, 0.0), bytes)


def test_what_the_database_does_not_hold_is_neither_answered_nor_in_the_file(
    offer: CosignOffer, jiangsu: SimulatedMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., AbstractContextManager[Any]] = jiangsu.side.database.write

    def fails(*, durable: bool = True, own: bool = False) -> AbstractContextManager[Any]:
        del durable, own
        raise YdxError("DISK_FULL", "no space for the database")

    with monkeypatch.context() as patch:
        patch.setattr(jiangsu.side.database, "write", fails)
        with pytest.raises(YdxError, match="DISK_FULL"):
            jiangsu.side.witness.cosign("shanghai", offer, 0.0)
    assert jiangsu.side.database.write == real
    assert cosigned_size(jiangsu) == (offer.old_size, offer.old_size)


def test_edge_9_an_offer_waits_until_what_was_cosigned_before_it_is_kept(
    offer: CosignOffer, jiangsu: SimulatedMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were right when they came; the second is judged by what the first one has left."""
    witness, state = jiangsu.side.witness, jiangsu.side.keys.witness_state
    keeping, go_on = threading.Event(), threading.Event()
    keep = state.record_cosigned

    def slowly(*said: Any) -> None:
        keeping.set()
        assert go_on.wait(20.0)
        keep(*said)

    monkeypatch.setattr(state, "record_cosigned", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(witness.cosign, "shanghai", offer, 0.0)
        assert keeping.wait(20.0)
        second = pool.submit(witness.cosign, "shanghai", offer, 0.0)
        with pytest.raises(TimeoutError):
            second.result(0.3)
        go_on.set()
        size = offer.old_size + 1
        assert isinstance(first.result(20.0), bytes)
        assert second.result(20.0) == WitnessStanding(size, size)


def test_the_file_counts_where_the_database_knows_less(
    offer: CosignOffer, jiangsu: SimulatedMember
) -> None:
    """The database was put back: the witness stands where its file says."""
    assert isinstance(jiangsu.side.witness.cosign("shanghai", offer, 0.0), bytes)
    size = offer.old_size + 1
    with jiangsu.side.database.write() as tx:
        said = witnessing.cosigned(tx, SHANGHAI)
        assert said is not None
        witnessing.set_cosigned(
            tx, SHANGHAI, witnessing.Cosigned(offer.old_size, bytes(32), said.cosignature)
        )
    assert jiangsu.side.witness.cosign("shanghai", offer, 0.0) == WitnessStanding(size, size)


def test_the_same_size_is_cosigned_again_on_request(
    offer: CosignOffer, jiangsu: SimulatedMember, world: World
) -> None:
    first = jiangsu.side.witness.cosign("shanghai", offer, 0.0)
    again = CosignOffer(SHANGHAI, offer.checkpoint, offer.old_size + 1, (), offer.start_id)
    world.pass_time(600.0)
    second = jiangsu.side.witness.cosign("shanghai", again, 0.0)
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    assert first != second


@pytest.mark.parametrize("skew_s", [CLOCK_SKEW_S_MAX + 1, -CLOCK_SKEW_S_MAX - 1])
def test_an_origin_whose_clock_is_too_far_off_is_not_cosigned(
    offer: CosignOffer, jiangsu: SimulatedMember, skew_s: float
) -> None:
    with pytest.raises(Refused, match="CLOCK_SKEW"):
        jiangsu.side.witness.cosign("shanghai", offer, skew_s)
    assert isinstance(jiangsu.side.witness.cosign("shanghai", offer, CLOCK_SKEW_S_MAX), bytes)


def test_our_own_cosignature_goes_with_our_heads(
    offer: CosignOffer, jiangsu: SimulatedMember
) -> None:
    line = jiangsu.side.witness.cosign("shanghai", offer, 0.0)
    assert isinstance(line, bytes)
    (head,) = [one for one in jiangsu.side.board.heads() if one.origin == SHANGHAI]
    assert line in head.newest
    assert head.newest == add_signatures(offer.checkpoint, parse_signature_lines(line))
