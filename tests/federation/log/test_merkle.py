"""Merkle trees against the RFC's own recursion, and proofs that lie."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.errors import Refused
from federation.log.hashing import hash_pairs
from federation.log.merkle import (
    EMPTY_ROOT,
    CompactRange,
    consistency_roots,
    leaf_hash,
    leaf_hashes,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.federation.log import trees
from tests.federation.log.refusals import refusal_reason

LEAVES = trees.leaves(300)
ROOTS = [trees.root(LEAVES[:size]) for size in range(301)]
SIZES = st.integers(1, 300)


def test_the_hash_constants_of_rfc_6962() -> None:
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")
    assert leaf_hash(b"").hex().startswith("6e340b9cffb37a98")
    assert leaf_hash(b"L123456").hex().startswith("395aa064aa4c29f7")
    assert node_hash(b"N123", b"N456").hex().startswith("aa217fe888e47007")
    assert leaf_hashes([b"", b"L123456"]) == [leaf_hash(b""), leaf_hash(b"L123456")]


@given(SIZES, st.lists(st.integers(1, 300), max_size=4))
def test_a_compact_range_grown_in_any_steps_has_the_root_of_the_rfc(
    size: int, cuts: list[int]
) -> None:
    tree = CompactRange()
    steps = sorted({0, size, *(cut for cut in cuts if cut < size)})
    for start, end in pairwise(steps):
        assert tree.extend(LEAVES[start:end])[0] == LEAVES[start:end]
        assert tree.root() == ROOTS[end]
    assert tree.size == size


def test_extending_returns_the_hashes_of_every_tile_level() -> None:
    hashes = trees.leaves(70_000)
    tree = CompactRange()
    levels: list[list[bytes]] = [[], [], []]
    for start in range(0, len(hashes), 999):
        for level, added in enumerate(tree.extend(hashes[start : start + 999])):
            levels[level] += added
    assert [len(level) for level in levels] == [70_000, 273, 1]
    assert levels[1][272] == trees.root(hashes[272 * 256 : 273 * 256])
    assert levels[2][0] == trees.root(hashes[:65_536])
    assert tree.root() == trees.root(hashes)


def test_extending_by_nothing_changes_nothing() -> None:
    tree = CompactRange(1, LEAVES[:1])
    assert tree.extend([]) == []
    assert (tree.size, tree.root()) == (1, LEAVES[0])


def test_a_copy_is_independent() -> None:
    tree = CompactRange()
    copy = tree.copy()
    copy.extend(LEAVES[:3])
    assert (tree.root(), copy.root()) == (EMPTY_ROOT, ROOTS[3])


@given(st.integers(0, 300))
def test_a_compact_range_round_trips(size: int) -> None:
    tree = CompactRange()
    tree.extend(LEAVES[:size])
    read = CompactRange.from_bytes(tree.to_bytes())
    assert (read.size, read.hashes) == (size, tree.hashes)


@given(st.binary(max_size=120))
def test_reading_a_compact_range_is_total(raw: bytes) -> None:
    reason = refusal_reason(CompactRange.from_bytes, raw)
    assert reason in {None, "MALFORMED_TILE"}
    assert reason or CompactRange.from_bytes(raw).to_bytes() == raw


BAD_RANGES = {
    "nothing": b"",
    "a cut size": bytes(7),
    "a hash too many": bytes(8) + LEAVES[0],
    "a hash too few": (3).to_bytes(8) + LEAVES[0],
    "a cut hash": (1).to_bytes(8) + LEAVES[0][1:],
    "a size of 2^63": (2**63).to_bytes(8) + LEAVES[0],
}


@pytest.mark.parametrize("raw", BAD_RANGES.values(), ids=BAD_RANGES.keys())
def test_a_bad_compact_range_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match="MALFORMED_TILE"):
        CompactRange.from_bytes(raw)


@given(st.data())
def test_the_inclusion_proof_of_the_rfc_verifies_and_only_there(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    proof = trees.inclusion(index, LEAVES[:size])
    verify_inclusion(index, size, LEAVES[index], proof, ROOTS[size])
    for bad in (
        (index, size, LEAVES[index - 1] if size > 1 else EMPTY_ROOT, proof, ROOTS[size]),
        (index, size, LEAVES[index], proof, ROOTS[size - 1]),
        (index, size, LEAVES[index], (*proof, LEAVES[0]), ROOTS[size]),
        (index + size, size, LEAVES[index], proof, ROOTS[size]),
        (index - size, size, LEAVES[index], proof, ROOTS[size]),
    ):
        assert refusal_reason(verify_inclusion, *bad) == "BAD_PROOF"


@given(st.data())
def test_the_consistency_proof_of_the_rfc_verifies_and_only_there(data: st.DataObject) -> None:
    size2 = data.draw(SIZES)
    size1 = data.draw(st.integers(1, size2))
    proof = trees.consistency(size1, LEAVES[:size2])
    verify_consistency(size1, size2, ROOTS[size1], ROOTS[size2], proof)
    for bad in (
        (size1, size2, ROOTS[size1 - 1], ROOTS[size2], proof),
        (size1, size2, ROOTS[size1], ROOTS[size2 - 1], proof),
        (size1, size2, ROOTS[size1], ROOTS[size2], (*proof, LEAVES[0])),
        (size2 + 1, size2, ROOTS[size1], ROOTS[size2], proof),
    ):
        assert refusal_reason(verify_consistency, *bad) == "BAD_PROOF"


@given(st.data())
def test_a_mutated_proof_is_refused(data: st.DataObject) -> None:
    size2 = data.draw(st.integers(2, 300))
    size1 = data.draw(st.integers(1, size2 - 1))
    index = data.draw(st.integers(0, size2 - 1))
    for proof, verify, place in (
        (trees.inclusion(index, LEAVES[:size2]), verify_inclusion, (index, size2, LEAVES[index])),
        (
            trees.consistency(size1, LEAVES[:size2]),
            verify_consistency,
            (size1, size2, ROOTS[size1]),
        ),
    ):
        at = data.draw(st.integers(0, len(proof) - 1))
        flipped = bytes([proof[at][0] ^ data.draw(st.integers(1, 255))]) + proof[at][1:]
        for mutated in (
            (*proof[:at], flipped, *proof[at + 1 :]),
            (*proof[:at], *proof[at + 1 :]),
            (*proof[:at], proof[at][:-1], *proof[at + 1 :]),
            (*proof[:at], proof[at] + b"\0", *proof[at + 1 :]),
            (*proof[:at], b"", *proof[at + 1 :]),
        ):
            arguments = (
                (*place, mutated, ROOTS[size2])
                if verify is verify_inclusion
                else (*place, ROOTS[size2], mutated)
            )
            assert refusal_reason(verify, *arguments) == "BAD_PROOF"


NONE: tuple[bytes, ...] = ()
ZERO = {
    "from nothing to nothing": ((0, 0, EMPTY_ROOT, EMPTY_ROOT, NONE), None),
    "from nothing to anything": ((0, 5, EMPTY_ROOT, ROOTS[5], NONE), None),
    "from nothing with a proof": ((0, 5, EMPTY_ROOT, ROOTS[5], LEAVES[:1]), "BAD_PROOF"),
    "from nothing with another root": ((0, 5, ROOTS[1], ROOTS[5], NONE), "BAD_PROOF"),
    "nothing with two wrong roots": ((0, 0, ROOTS[1], ROOTS[1], NONE), "BAD_PROOF"),
    "from nothing to a root of 31 bytes": ((0, 5, EMPTY_ROOT, bytes(31), NONE), "BAD_PROOF"),
    "an old root of no bytes": ((0, 5, b"", ROOTS[5], NONE), "BAD_PROOF"),
    "equal sizes, equal roots": ((5, 5, ROOTS[5], ROOTS[5], NONE), None),
    "equal sizes, equal roots, a proof": ((5, 5, ROOTS[5], ROOTS[5], LEAVES[:1]), "BAD_PROOF"),
    "equal sizes, different roots": ((5, 5, ROOTS[5], ROOTS[4], NONE), "BAD_PROOF"),
    "shrinking": ((5, 4, ROOTS[5], ROOTS[4], NONE), "BAD_PROOF"),
    "a negative size": ((-1, 4, ROOTS[5], ROOTS[4], NONE), "BAD_PROOF"),
    "a size of 2^63": ((1, 2**63, ROOTS[1], ROOTS[4], LEAVES[:63]), "BAD_PROOF"),
    "growing without a proof": ((1, 2, ROOTS[1], ROOTS[2], NONE), "BAD_PROOF"),
}


@pytest.mark.parametrize(("arguments", "reason"), ZERO.values(), ids=ZERO.keys())
def test_edge_1_sizes_at_the_border(
    arguments: tuple[int, int, bytes, bytes, tuple[bytes, ...]], reason: str | None
) -> None:
    assert refusal_reason(verify_consistency, *arguments) == reason


def test_edge_1_the_tree_of_one_leaf() -> None:
    verify_inclusion(0, 1, LEAVES[0], (), LEAVES[0])
    for index, size in ((0, 0), (1, 1), (-1, 1)):
        with pytest.raises(Refused, match="BAD_PROOF"):
            verify_inclusion(index, size, LEAVES[0], (), LEAVES[0])


def test_edge_5_an_empty_hash_equals_no_root() -> None:
    with pytest.raises(Refused, match="BAD_PROOF"):
        verify_inclusion(0, 1, b"", (), b"")
    with pytest.raises(Refused, match="BAD_PROOF"):
        verify_consistency(1, 1, b"", b"", ())


def test_a_proof_is_at_most_63_hashes() -> None:
    with pytest.raises(Refused, match="BAD_PROOF"):
        verify_inclusion(0, 2**63 - 1, LEAVES[0], [LEAVES[0]] * 10_000, LEAVES[0])


@given(SIZES, SIZES)
def test_the_seeded_proof_names_the_old_root_of_a_power_of_two(a: int, b: int) -> None:
    size1, size2 = sorted((a, b))
    proof = trees.consistency(size1, LEAVES[:size2])
    seeded = proof if size1 & (size1 - 1) else (ROOTS[size1], *proof)
    if size1 == size2:
        assert refusal_reason(consistency_roots, size1, size2, seeded) == "BAD_PROOF"
    else:
        assert consistency_roots(size1, size2, seeded) == (ROOTS[size1], ROOTS[size2])


def test_pairs_need_an_even_number_of_nodes() -> None:
    assert hash_pairs(LEAVES[:4]) == [node_hash(*LEAVES[:2]), node_hash(*LEAVES[2:4])]
    with pytest.raises(ValueError, match="zip"):
        hash_pairs(LEAVES[:3])
