"""Proofs from tiles: the same as the RFC's, at every size where tiles change."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.merkle import (
    Prover,
    consistency_proof,
    inclusion_proof,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)
from tests.federation.log import trees
from tests.federation.log.refusals import refusal_reason

BORDER_SIZES = [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000]
LEAVES = trees.leaves(70_000)
TILES = trees.tiles(70_000)
PROVER = Prover(TILES)


@given(st.data())
def test_proofs_are_those_of_the_rfc(data: st.DataObject) -> None:
    size2 = data.draw(st.integers(1, 700))
    size1 = data.draw(st.integers(1, size2))
    expected = trees.consistency(size1, LEAVES[:size2])
    assert (
        consistency_proof(size1, size2, TILES) == PROVER.consistency_proof(size1, size2) == expected
    )
    index = data.draw(st.integers(0, size2 - 1))
    expected = trees.inclusion(index, LEAVES[:size2])
    assert inclusion_proof(index, size2, TILES) == PROVER.inclusion_proof(index, size2) == expected


@pytest.mark.parametrize("size", BORDER_SIZES)
def test_edge_1_proofs_at_the_borders_of_tiles(size: int) -> None:
    tree_root = trees.root(LEAVES[:size])
    for index in {0, size // 2, max(0, size - 2), size - 1}:
        verify_inclusion(index, size, LEAVES[index], PROVER.inclusion_proof(index, size), tree_root)
    for old in (one for one in BORDER_SIZES if one <= size):
        proof = PROVER.consistency_proof(old, size)
        verify_consistency(old, size, trees.root(LEAVES[:old]), tree_root, proof)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_a_prover_stays_right_while_its_log_grows(steps: list[int]) -> None:
    tiles, size = trees.Tiles(), 0
    prover = Prover(tiles, kept_level_0_tiles=1)
    for step in steps:
        old, size = size, size + step
        tiles.extend(LEAVES[old:size])
        for index in (0, old, size - 1):
            proof = prover.inclusion_proof(index, size)
            verify_inclusion(index, size, LEAVES[index], proof, tiles.tree.root())
        if old:
            old_root = trees.root(LEAVES[:old])
            proof = prover.consistency_proof(old, size)
            verify_consistency(old, size, old_root, tiles.tree.root(), proof)


def test_a_prover_proves_from_older_sizes_too() -> None:
    chance = random.Random(1)  # noqa: S311 - a repeatable choice of examples
    for _ in range(200):
        size = chance.randrange(1, 70_000)
        index = chance.randrange(size)
        proof = PROVER.inclusion_proof(index, size)
        assert len(proof) <= 17
        tree_root = PROVER.subtree_root(0, size)
        verify_inclusion(index, size, LEAVES[index], proof, tree_root)


def test_the_root_of_a_subtree() -> None:
    for start, end in ((0, 1), (0, 300), (256, 512), (256, 300), (69_632, 70_000)):
        assert subtree_root(start, end, TILES) == trees.root(LEAVES[start:end])
    for start, end in ((0, 0), (5, 4), (-1, 1), (1, 3), (255, 512)):
        assert refusal_reason(subtree_root, start, end, TILES) == "BAD_PROOF"


def test_a_warm_prover_reads_one_tile_for_a_proof() -> None:
    tiles = trees.tiles(70_000)
    prover = Prover(tiles)
    for index in range(0, 70_000, 256):
        prover.inclusion_proof(index, 70_000)
    warm = tiles.reads
    prover.inclusion_proof(3, 70_000)
    assert tiles.reads == warm + 1


def test_frame_proofs_read_no_level_0_tile_but_the_last() -> None:
    tiles = trees.tiles(70_000)
    prover = Prover(tiles)
    for size in range(512, 70_000, 512):
        prover.consistency_proof(size, 70_000)
    assert tiles.reads <= 5


BAD_RANGES = {
    "an index at the size": lambda: PROVER.inclusion_proof(5, 5),
    "a negative index": lambda: PROVER.inclusion_proof(-1, 5),
    "a size of 2^63": lambda: PROVER.inclusion_proof(0, 2**63),
    "a shrinking log": lambda: PROVER.consistency_proof(5, 4),
    "a seeded proof from nothing": lambda: PROVER.seeded_consistency_proof(0, 4),
    "a seeded proof between equal sizes": lambda: PROVER.seeded_consistency_proof(4, 4),
}


@pytest.mark.parametrize("call", BAD_RANGES.values(), ids=BAD_RANGES.keys())
def test_what_cannot_be_proven_is_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(Refused, match="BAD_PROOF"):
        call()


def test_proofs_from_nothing_and_between_equal_sizes_are_empty() -> None:
    assert PROVER.consistency_proof(0, 5) == PROVER.consistency_proof(5, 5) == ()


def test_a_reader_that_gives_a_tile_of_the_wrong_width_is_refused() -> None:
    class Short:
        def tile(self, level: int, n: int, width: int) -> bytes:
            return bytes(32 * width - 1 + 0 * level * n)

    with pytest.raises(Refused, match="MALFORMED_TILE"):
        inclusion_proof(0, 5, Short())
