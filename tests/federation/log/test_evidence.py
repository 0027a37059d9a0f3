"""Evidence of forks: what proves a lie by itself, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.log.checkpoint import Checkpoint, sign_checkpoint
from federation.log.cosignature import make_cosignature
from federation.log.errors import Refused
from federation.log.evidence import Evidence, check_evidence, make_evidence, parse_evidence
from federation.log.keys import Signer
from federation.log.merkle import EMPTY_ROOT, Prover
from federation.log.note import add_signatures
from tests.federation.log import trees
from tests.federation.log.refusals import refusal_reason
from tests.federation.log.samples import ORIGIN

LOG = Signer(ORIGIN, b"l" * 32)
OTHER = Signer("ydx.example/anhui", b"o" * 32)
KEYS = [LOG.verifier()]
HONEST = trees.tiles(40)
HONEST_LEAVES = trees.leaves(40)


def note(size: int, root: bytes, *extensions: str) -> bytes:
    return sign_checkpoint(Checkpoint(ORIGIN, size, root, extensions), [LOG])


def forked_leaves(at: int) -> list[bytes]:
    """Return the honest leaves with another one at one place."""
    return [*HONEST_LEAVES[:at], *trees.leaves(1, b"fork"), *HONEST_LEAVES[at + 1 :]]


def forked_prover(at: int) -> Prover:
    tiles = trees.Tiles()
    tiles.extend(forked_leaves(at))
    return Prover(tiles)


def honest_note(size: int) -> bytes:
    return note(size, trees.root(HONEST_LEAVES[:size]))


def test_type_a_the_same_size_with_two_roots() -> None:
    fork = note(5, trees.root(forked_leaves(2)[:5]))
    evidence = make_evidence(honest_note(5), fork, KEYS)
    assert evidence == make_evidence(fork, honest_note(5), KEYS)
    old, new = check_evidence(evidence, KEYS)
    assert (old.tree_size, new.tree_size) == (5, 5)
    assert old.root != new.root


@pytest.mark.parametrize("size1", range(1, 40))
def test_type_b_every_fork_below_the_smaller_size_can_be_shown(size1: int) -> None:
    """Also when the smaller size is a power of two, whose root an ordinary proof omits."""
    for at in {0, size1 // 2, size1 - 1}:
        prover = forked_prover(at)
        for size2 in {size1 + 1, min(40, size1 * 2), 40} - {size1, 41}:
            larger = note(size2, trees.root(forked_leaves(at)[:size2]))
            evidence = make_evidence(larger, honest_note(size1), KEYS, prover)
            read = parse_evidence(evidence.encode())
            assert read == evidence
            old, new = check_evidence(read, KEYS)
            assert (old.tree_size, new.tree_size) == (size1, size2)


@given(st.integers(1, 39), st.integers(2, 40))
def test_an_honest_log_can_never_be_accused(a: int, b: int) -> None:
    evidence_from = (honest_note(a), honest_note(b), KEYS, Prover(HONEST))
    assert refusal_reason(make_evidence, *evidence_from) == "MALFORMED_EVIDENCE"


def test_a_fork_at_or_above_the_smaller_size_is_growth() -> None:
    larger = note(40, trees.root(forked_leaves(10)))
    reason = refusal_reason(make_evidence, honest_note(10), larger, KEYS, forked_prover(10))
    assert reason == "MALFORMED_EVIDENCE"


FORK = make_evidence(
    honest_note(8), note(20, trees.root(forked_leaves(3)[:20])), KEYS, forked_prover(3)
)
WITNESS = Signer("w", b"w" * 32)
SAME = {
    "the same note twice": (honest_note(5), honest_note(5)),
    "edge 11: another extension line": (
        honest_note(5),
        note(5, trees.root(HONEST_LEAVES[:5]), "more"),
    ),
    "edge 11: another set of signatures": (
        honest_note(5),
        add_signatures(honest_note(5), [make_cosignature(honest_note(5), WITNESS, 1)]),
    ),
    "edge 11: the same witness at another time": (
        add_signatures(honest_note(5), [make_cosignature(honest_note(5), WITNESS, 1)]),
        add_signatures(honest_note(5), [make_cosignature(honest_note(5), WITNESS, 2)]),
    ),
    "the empty tree and any other": (note(0, EMPTY_ROOT), honest_note(5)),
    "two sizes and no hashes": (honest_note(5), honest_note(6)),
}


@pytest.mark.parametrize(("note1", "note2"), SAME.values(), ids=SAME.keys())
def test_edge_11_what_does_not_contradict_is_no_evidence(note1: bytes, note2: bytes) -> None:
    assert refusal_reason(make_evidence, note1, note2, KEYS) == "MALFORMED_EVIDENCE"
    assert refusal_reason(check_evidence, Evidence(note1, note2), KEYS) in {
        "MALFORMED_EVIDENCE",
        "BAD_PROOF",
    }


SAME_SIZE = make_evidence(honest_note(5), note(5, bytes(32)), KEYS)
FALSE = {
    "a failing proof": (replace(FORK, hashes=(bytes(32), *FORK.hashes[1:])), "MALFORMED_EVIDENCE"),
    "a proof of the wrong length": (replace(FORK, hashes=FORK.hashes[:-1]), "BAD_PROOF"),
    "no hashes": (replace(FORK, hashes=()), "BAD_PROOF"),
    "the larger tree first": (Evidence(FORK.second, FORK.first, FORK.hashes), "MALFORMED_EVIDENCE"),
    "roots descending": (Evidence(SAME_SIZE.second, SAME_SIZE.first), "MALFORMED_EVIDENCE"),
    "hashes where none belong": (replace(SAME_SIZE, hashes=(bytes(32),)), "MALFORMED_EVIDENCE"),
    "a note of another origin": (
        replace(SAME_SIZE, second=sign_checkpoint(Checkpoint(OTHER.name, 5, bytes(32)), [OTHER])),
        "MALFORMED_EVIDENCE",
    ),
    "an unsigned root": (
        replace(FORK, first=FORK.first.replace(b"\n8\n", b"\n9\n")),
        "BAD_SIGNATURE",
    ),
    "a note by nobody we know": (
        replace(FORK, first=FORK.first.replace("— y".encode(), "— z".encode())),
        "NO_TRUSTED_SIGNATURE",
    ),
}


@pytest.mark.parametrize(("evidence", "reason"), FALSE.values(), ids=FALSE.keys())
def test_a_false_accusation_is_refused(evidence: Evidence, reason: str) -> None:
    assert refusal_reason(check_evidence, evidence, [*KEYS, OTHER.verifier()]) == reason


def test_one_conflict_has_one_digest_however_it_is_cosigned() -> None:
    cosigned = add_signatures(FORK.first, [make_cosignature(FORK.first, WITNESS, 1)])
    assert replace(FORK, first=cosigned).digest() == FORK.digest()
    assert SAME_SIZE.digest() != FORK.digest()
    assert len(FORK.digest()) == 32


RAW = FORK.encode()
MALFORMED = {
    "nothing": b"",
    "another format": b"x" + RAW,
    "cut in the first note": RAW[:100],
    "cut in the second length": RAW[: 16 + 4 + len(FORK.first) + 2],
    "a cut hash": RAW[:-1],
    "65 hashes": RAW + bytes(32) * (65 - len(FORK.hashes)),
    "a length beyond the end": RAW[:16] + b"\xff" * 4 + RAW[20:],
    "over the limit": RAW + bytes(3_000_000),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_evidence_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match="MALFORMED_EVIDENCE"):
        parse_evidence(raw)


@given(st.binary() | st.binary(max_size=200).map(lambda rest: RAW[:16] + rest))
def test_reading_is_total_and_what_it_accepts_is_written_back_the_same(raw: bytes) -> None:
    reason = refusal_reason(parse_evidence, raw)
    assert reason in {None, "MALFORMED_EVIDENCE"}
    assert reason or parse_evidence(raw).encode() == raw
