"""Roots, proofs and ranges of a copy are those of the log, at every size."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from federation.log.hashing import EMPTY_ROOT
from federation.log.merkle import verify_consistency
from node.services.sync.copies import Copies
from tests.federation.sync.origin import ORIGIN, MemoryLog

LOG = MemoryLog()
LOG.publish(600)
TILES = LOG.prover()._tiles
COPIES = Copies(lambda _origin: TILES)
SIZES = st.integers(0, LOG.size)


@given(SIZES)
def test_root_and_range_are_those_of_the_log(size: int) -> None:
    whole = LOG.compact_range(size) if size else None
    root = whole.root() if whole is not None else EMPTY_ROOT
    assert COPIES.root_at(ORIGIN, size) == root
    found = COPIES.compact_range(ORIGIN, size)
    assert (found.size, found.root()) == (size, root)


@given(SIZES, SIZES)
def test_proofs_hold_between_any_two_sizes(one: int, other: int) -> None:
    smaller, larger = sorted((one, other))
    proof = COPIES.consistency_proof(ORIGIN, smaller, larger)
    verify_consistency(
        smaller,
        larger,
        COPIES.root_at(ORIGIN, smaller),
        COPIES.root_at(ORIGIN, larger),
        proof,
    )


def test_a_range_goes_on_as_the_log_does() -> None:
    found = COPIES.compact_range(ORIGIN, 300)
    whole = LOG.compact_range()
    rest = LOG.compact_range(300)
    assert found.to_bytes() == rest.to_bytes()
    assert whole.size == LOG.size


def test_many_threads_may_ask_at_once() -> None:
    expected = COPIES.root_at(ORIGIN, 512)
    found: list[bytes] = []

    def ask() -> None:
        found.extend(COPIES.root_at(ORIGIN, size) for size in (512, 77, 512))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(expected) == 16


def test_what_is_forgotten_is_read_again() -> None:
    other = MemoryLog()
    other.publish(40, salt_from=900)
    tiles = [TILES, other.prover()._tiles]
    copies = Copies(lambda _origin: tiles[0])
    before = copies.root_at(ORIGIN, 41)
    tiles.reverse()
    assert copies.root_at(ORIGIN, 41) == before
    copies.forget(ORIGIN)
    assert copies.root_at(ORIGIN, 41) == other.compact_range(41).root() != before
